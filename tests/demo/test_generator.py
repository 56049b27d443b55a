"""The generator is pure: the same seed, the same families, of every kind that the proofs ask for."""

from itertools import islice

import pytest

from demo import invented_words as words
from demo.generator import families
from reachin.access.requests_for_assistance.danger import mentions_danger
from reachin.access.requests_for_assistance.enums import AskedBy
from reachin.access.requests_for_assistance.questions import NEWEST_VERSION, questions_for
from reachin.access.requests_for_assistance.rules import may_be_sent
from reachin.families.people.enums import Relation
from reachin.groundwork.notices.enums import ContactWay

SOME = list(families(1, 2_000))


def test_the_same_seed_gives_the_same_families() -> None:
    assert list(families(1, 2_000)) == SOME


def test_more_of_them_begin_with_the_same_ones() -> None:
    assert list(islice(families(1, 50_000), 2_000)) == SOME


def test_another_seed_gives_others() -> None:
    assert list(families(2, 50)) != SOME[:50]


def test_each_answers_questions_that_it_is_asked_and_may_send_it() -> None:
    for family in SOME:
        asked = questions_for(NEWEST_VERSION, family.asked_by)
        assert family.answers.keys() <= asked.keys()
        assert may_be_sent(family.answers)
        assert all(person["relation"] in Relation.values for person in family.answers["people"])
        chosen = {code: {choice for choice, _ in asked[code].choices} for code in family.answers if asked[code].choices}
        for code, choices in chosen.items():
            given = family.answers[code]
            assert set(given if isinstance(given, list) else [given]) <= choices


def test_every_kind_is_there() -> None:
    assert {family.asked_by for family in SOME} == set(AskedBy)
    assert {family.answers.get("contact_way") for family in SOME} == {None, *ContactWay.values}
    assert any(family.has_secret_home() for family in SOME)
    assert any(family.blocked for family in SOME)
    assert any(family.estranged_parent for family in SOME)
    assert any(family.is_in_danger for family in SOME)
    assert any(person.get("due_on") for family in SOME for person in family.answers["people"])
    assert any("place" not in family.answers for family in SOME)


@pytest.mark.parametrize("sentence", words.DANGER)
def test_danger_is_found_where_it_is_named(sentence: str) -> None:
    assert mentions_danger(sentence)


def test_danger_is_found_nowhere_else() -> None:
    plain = [*words.OPENINGS, *words.CLOSINGS, *words.WISHES, *words.NOT_WANTED, *words.MUST_NOT_KNOW, *words.CHILDS_VIEWS, *words.TRIED]
    plain += [sentence for kinds in (words.SENTENCES, words.OWN_SENTENCES) for sentences in kinds.values() for sentence in sentences]
    assert [sentence for sentence in plain if mentions_danger(sentence)] == []


def test_everybody_is_reached_at_numbers_that_are_kept_for_drama() -> None:
    for family in SOME:
        assert family.answers.get("phone", "07700 900").startswith("07700 900")
        assert family.answers.get("email", ".example").endswith(".example")
