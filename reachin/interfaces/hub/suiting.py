"""What an open request asks for, as facts for matching. What is not said in so many words is not guessed."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.utils.translation import override

from reachin.access.directory.enums import LANGUAGES, ForWhom, Need
from reachin.access.matching.rules import Asked
from reachin.families.people.enums import Relation
from reachin.families.people.homes import Home
from reachin.families.people.rules import facts_from_answers
from reachin.partnership.places.rules import name_key

OTHER_NAMES = {"bsl": "bfi", "sign language": "bfi", "gaidhlig": "gd"}
ENGLISH = "en"
BROUGHT_UP_BY_RELATIVES = frozenset({Relation.GRANDCHILD.value, Relation.CARED_FOR.value})


def asked_of(answers: Mapping[str, Any], *, today: date, not_wanted: Collection[UUID]) -> Asked:
    """The facts: needs, ages (an expected baby is 0), place unless it is a secret, languages, and who must not be asked."""
    people = list(answers.get("people", []))
    home = Home.of(answers)
    languages = languages_in(answers.get("language") or "")
    speaks_english = ENGLISH in languages or languages == {"gd"}
    return Asked(
        today=today,
        needs=frozenset(set(answers.get("help_with") or ()) & set(Need.values)),
        ages=frozenset(age for person in people if (age := age_of(person, today)) is not None),
        area_codes=home.area_codes(),
        points=home.points(),
        languages_needed=frozenset() if speaks_english else frozenset(languages),
        languages_liked=frozenset(languages - {ENGLISH}) if speaks_english else frozenset(),
        belongs_to=belongs_to(people, languages),
        not_wanted=frozenset(not_wanted),
    )


def age_of(person: Mapping[str, Any], today: date) -> int | None:
    """Age in years; an expected baby is 0; None where it was not said."""
    facts = facts_from_answers(person)
    if facts.due_on is not None or person.get("relation") == Relation.EXPECTED_BABY:
        return 0
    return facts.age_on(today)


def languages_in(text: str) -> set[str]:
    """The codes of the languages that a text names, in English or in its own words where we have them."""
    words = f" {name_key(text)} "
    return {code for name, code in _names_of_languages().items() if f" {name} " in words}


@cache
def _names_of_languages() -> Mapping[str, str]:
    with override("en"):
        return {name_key(str(label)): code for code, label in LANGUAGES.items()} | OTHER_NAMES


def belongs_to(people: Collection[Mapping[str, Any]], languages: Collection[str]) -> frozenset[str]:
    """What is plain from who they are: a baby on the way, a child brought up by relatives or friends, Gaelic."""
    relations = {person.get("relation") for person in people}
    found = set()
    if Relation.EXPECTED_BABY.value in relations or any(person.get("due_on") for person in people):
        found.add(ForWhom.EXPECTING.value)
    if relations & BROUGHT_UP_BY_RELATIVES:
        found.add(ForWhom.KINSHIP_CARERS.value)
    if "gd" in languages:
        found.add(ForWhom.GAELIC_SPEAKERS.value)
    return frozenset(found)
