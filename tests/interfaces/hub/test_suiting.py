"""What a request asks for, as facts for matching."""

from datetime import date
from typing import Any

import pytest

from reachin.interfaces.hub.suiting import age_of, asked_of, belongs_to, languages_in

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", set()),
        ("Polish", {"pl"}),
        ("polish and English please", {"pl", "en"}),
        ("Gàidhlig", {"gd"}),
        ("BSL", {"bfi"}),
        ("British Sign Language", {"bfi"}),
        ("I polished it", set()),
        ("🙂", set()),
    ],
)
def test_languages_are_read_from_words(text: str, codes: set[str]) -> None:
    assert languages_in(text) == codes


@pytest.mark.parametrize(
    ("language", "needed", "liked"),
    [
        ("Polish", {"pl"}, set()),
        ("Polish or English", set(), {"pl"}),
        ("Gaelic", set(), {"gd"}),
        ("Ukrainian and Russian", {"uk", "ru"}, set()),
    ],
)
def test_a_language_is_needed_unless_english_will_do(db: None, language: str, needed: set[str], liked: set[str]) -> None:
    asked = asked_of({"language": language}, today=TODAY, not_wanted=[])
    assert (set(asked.languages_needed), set(asked.languages_liked)) == (needed, liked)


@pytest.mark.parametrize(
    ("person", "age"),
    [
        ({"known_as": "Tam", "age_years": 6}, 6),
        ({"known_as": "Tam", "born_on": "2020-11-23"}, 5),
        ({"known_as": "", "due_on": "2027-03-02"}, 0),
        ({"known_as": "", "relation": "expected_baby"}, 0),
        ({"known_as": "Mum"}, None),
    ],
)
def test_ages(person: dict[str, Any], age: int | None) -> None:
    assert age_of(person, TODAY) == age


def test_what_is_plain_from_who_they_are() -> None:
    assert belongs_to([{"relation": "grandchild"}, {"relation": "child", "due_on": "2027-01-01"}], {"gd"}) == {
        "kinship_carers",
        "expecting",
        "gaelic_speakers",
    }
    assert belongs_to([{"relation": "child"}], set()) == frozenset()


def test_needs_that_are_none_are_left_out(db: None) -> None:
    asked = asked_of({"help_with": ["school", "gone_from_the_form"]}, today=TODAY, not_wanted=[])
    assert asked.needs == {"school"}
    assert asked_of({}, today=TODAY, not_wanted=[]).area_codes == frozenset()
