"""The one seeded generator of invented families, for the demo, the benches and the proofs. Pure: no database, no clock, no files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from reachin.access.requests_for_assistance.enums import AskedBy, Channel

from . import invented_words as words

Answers = dict[str, Any]
A_DAY = date(2026, 9, 1)
WHO_ASKS = (
    *(AskedBy.PARENT_OR_CARER,) * 10,
    *(AskedBy.PRACTITIONER,) * 5,
    *(AskedBy.YOUNG_PERSON,) * 2,
    AskedBy.RELATIVE,
    AskedBy.RELATIVE,
    AskedBy.EXPECTING,
)
BY_FAMILY = (*(Channel.ONLINE,) * 12, *(Channel.PHONE,) * 3, Channel.PAPER, Channel.PAPER, Channel.SCHOOL_DESK, Channel.VILLAGE_HALL)


@dataclass(frozen=True, slots=True)
class InventedFamily:
    """One invented request as it would be sent.

    `answers` by question code (form version 1), but for the agencies that must not see, which `blocked` names by their slug.
    `estranged_parent` is what a parent is called who must not hear of it, empty where there is none.
    """

    number: int
    asked_by: AskedBy
    channel: Channel
    answers: Mapping[str, Any]
    blocked: tuple[str, ...]
    estranged_parent: str
    is_in_danger: bool

    def answers_at(self, agencies: Mapping[str, UUID]) -> Answers:
        """The answers with the blocked agencies by their ids (given by slug); a slug that is not there is left out."""
        ids = [str(agencies[slug]) for slug in self.blocked if slug in agencies]
        return {**self.answers, "blocked_agencies": ids} if ids else dict(self.answers)

    def has_secret_home(self) -> bool:
        """Whether it must stay secret where they live."""
        return self.answers.get("home_is_secret") == "yes"


def families(seed: int, count: int, *, on: date = A_DAY) -> Iterator[InventedFamily]:
    """Invented families, always the same for the same seed; more of them begin with the same ones. Due dates count from `on`."""
    chance = Random(f"reach in {seed}")  # noqa: S311 invented, not secret
    for number in range(count):
        yield _family(chance, number, on)


def _family(chance: Random, number: int, on: date) -> InventedFamily:
    pick, asked_by = chance.choice, chance.choice(WHO_ASKS)
    people = _people(chance, asked_by, on)
    child = people[-1]["known_as"] or "the baby"
    sentences = words.OWN_SENTENCES if asked_by == AskedBy.YOUNG_PERSON else words.SENTENCES
    needs = chance.sample(tuple(sentences), 1 + chance.randrange(3))
    is_in_danger = chance.random() < 0.012
    answers: Answers = {
        "story": _story(chance, [sentences[need] for need in needs], child, is_in_danger=is_in_danger),
        "help_with": [need.value for need in needs],
        "in_danger": pick(("yes", "not_sure")) if is_in_danger else "not_sure" if chance.random() < 0.04 else "no",
        "people": people,
        "first_contact": pick(("hub", "hub", "charity", "school", "health_visitor", "known")),
        "family_meeting": pick(("yes", "tell_me_more", "no", "not_now")),
    }
    if chance.random() < 0.6:
        answers["wishes"] = pick(words.WISHES).format(child=child)
    if chance.random() < 0.2:
        answers["not_wanted"] = pick(words.NOT_WANTED)
    if chance.random() < (0.8 if asked_by == AskedBy.PRACTITIONER else 0.93):
        answers |= _contact(chance, number)
    if asked_by == AskedBy.PRACTITIONER:
        answers |= _known_to_agencies(chance, number, child)
    else:
        answers["your_name"] = people[0]["known_as"] if people[0]["relation"] == "self" else pick(words.GROWN_UPS)
    answers |= {code: told for code, told in (("language", pick(words.LANGUAGES)), ("communication", pick(words.SUPPORTS))) if told}
    place = pick(words.PLACES)
    if place:
        answers["place"] = place
    estranged, blocked = _keep_out(chance, answers)
    channel = Channel.AGENCY if asked_by == AskedBy.PRACTITIONER else pick(BY_FAMILY)
    return InventedFamily(number, asked_by, channel, answers, blocked, estranged, is_in_danger)


def _people(chance: Random, asked_by: AskedBy, on: date) -> list[dict[str, Any]]:
    """Whom the help is for; the last one is a child, or the baby on the way."""
    names = chance.sample(words.CHILDREN, 1 + chance.randrange(3))
    if asked_by == AskedBy.EXPECTING:
        due = on + timedelta(days=chance.randrange(20, 220))
        return [
            {"known_as": chance.choice(words.GROWN_UPS), "age_years": chance.randrange(16, 42), "relation": "self"},
            {"known_as": "", "due_on": due.isoformat(), "relation": "expected_baby"},
        ]
    if asked_by == AskedBy.YOUNG_PERSON:
        return [{"known_as": names[0], "age_years": chance.randrange(11, 18), "relation": "self"}]
    relation = "grandchild" if asked_by == AskedBy.RELATIVE else "child"
    return [{"known_as": name, "age_years": chance.randrange(18), "relation": relation} for name in names]


def _story(chance: Random, sentences: Sequence[Sequence[str]], child: str, *, is_in_danger: bool) -> str:
    told = [chance.choice(words.OPENINGS), *map(chance.choice, sentences), chance.choice(words.CLOSINGS)]
    if is_in_danger:
        told.insert(-1, chance.choice(words.DANGER))
    return " ".join(told).format(child=child)


def _contact(chance: Random, number: int) -> Answers:
    """A safe way to be in touch; numbers are those kept for drama, addresses lead nowhere."""
    way = chance.choice(("text", "text", "text", "phone", "phone", "email", "letter", "through", "come_back"))
    told: Answers = {
        "contact_way": way,
        "safe_times": chance.choice(words.SAFE_TIMES),
        "may_leave_message": chance.choice(("yes", "yes", "no")),
    }
    if way in {"text", "phone"}:
        told["phone"] = f"07700 900{number % 1000:03}"
    elif way == "email":
        told["email"] = f"family.{number}@post.example"
    elif way == "letter":
        told["address"] = f"{1 + number % 40} {chance.choice(words.STREETS)}, Portlennan"
    elif way == "through":
        told["through"] = f"{chance.choice(words.TRUSTED)}, 01632 960{number % 1000:03}"
    if chance.random() < 0.1:
        told["cover_name"] = chance.choice(words.COVER_NAMES)
    return told


def _known_to_agencies(chance: Random, number: int, child: str) -> Answers:
    knows = chance.choice(("asked_with", "agreed", "agreed", "told", "not_told"))
    told = {
        "family_knows": knows,
        "childs_view": chance.choice(words.CHILDS_VIEWS).format(child=child),
        "tried": chance.choice(words.TRIED),
        "childs_plan": chance.choice(("yes", "no", "no", "not_sure")),
        "reach_me": f"01632 960{number % 1000:03}, after three",
    }
    return told | ({"why_not_told": "It did not seem safe to say so yet."} if knows == "not_told" else {})


def _keep_out(chance: Random, answers: Answers) -> tuple[str, tuple[str, ...]]:
    """Some families hide their home, keep an agency out, or somebody must not hear of it. Adds the answers; gives who and which."""
    estranged, blocked = "", tuple[str, ...]()
    if chance.random() < 0.08:
        estranged = chance.choice(words.GROWN_UPS)
        answers["must_not_know"] = chance.choice(words.MUST_NOT_KNOW[:2]).format(other=estranged)
        if chance.random() < 0.6:
            answers |= {"home_is_secret": "yes"}
    elif chance.random() < 0.04:
        answers["must_not_know"] = chance.choice(words.MUST_NOT_KNOW[2:])
    if chance.random() < 0.05:
        blocked = (chance.choice(words.MAY_BE_BLOCKED),)
    return estranged, blocked
