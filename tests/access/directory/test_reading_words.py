"""Words that sources use, as our codes."""

import pytest

from reachin.access.directory.enums import Need
from reachin.access.directory.reading import texts
from reachin.access.directory.reading.need_words import EXACT, NOT_NEEDS, WORDS
from reachin.access.directory.reading.needs import is_masking, needs_of, needs_of_term
from reachin.access.directory.reading.shapes import TermReading
from reachin.access.directory.reading.taken import access_in, ages_in_groups, has_interpreter_in, is_free_in, languages_in, opening_in

TERMS = [
    ("Food Pantry", "service", ("food",)),
    ("Debt advice", "service", ("money",)),
    ("Domestic Violence Survivors", "situation", ("safety_at_home",)),
    ("Counseling", "service", ("feelings",)),
    ("Credit Counseling", "service", ("money",)),
    ("Help Pay for School", "service", ("money", "school")),
    ("Work", "service", ("work",)),
    ("Teamwork", "service", ()),
    ("Autism", "situation", ("disability",)),
    ("Speech and language", "service", ("disability",)),
    ("Kinship care", "service", ("caring",)),
    ("Family group decision making", "service", ("family_meeting",)),
    ("Parents", "situation", ()),
    ("Insurance Accepted", "situation", ()),
    ("Employed", "situation", ()),
    ("Seniors (55+ years old)", "situation", ()),
    ("", "service", ()),
]


@pytest.mark.parametrize(("name", "kind", "needs"), TERMS)
def test_terms_stand_for_needs(name: str, kind: str, needs: tuple[str, ...]) -> None:
    assert needs_of_term(name, kind=kind) == needs


def test_our_own_taxonomy_stands_for_itself() -> None:
    assert [needs_of_term(need, taxonomy="Reach In needs") for need in Need.values] == [(need,) for need in Need.values]
    assert needs_of_term("food bank", taxonomy="Reach In needs") == ()


def test_a_name_counts_only_without_terms_and_a_text_only_without_both() -> None:
    food, unknown = TermReading("1", "Food"), TermReading("2", "Zebra")
    assert needs_of([food], name="Debt help", text="housing").needs == ("food",)
    assert needs_of([unknown], name="Debt help", text="housing") == needs_of([], name="Debt help")
    assert needs_of([], name="The Nest", text="Help with rent. Rent advice. A meal once.").needs == ("housing",)
    assert needs_of([], name="The Nest", text="A place.").needs == ()


def test_every_need_has_words_but_something_else() -> None:
    assert set(WORDS) == set(Need) - {Need.SOMETHING_ELSE}
    assert not EXACT.keys() & NOT_NEEDS
    assert all(word == word.casefold() for words in WORDS.values() for word in words)


@pytest.mark.parametrize(
    ("name", "masked"), [("Women's Aid", True), ("Young people's sexual health", True), ("Toy library", False), ("Soberano", False)]
)
def test_a_name_that_gives_somebody_away_masks(name: str, masked: bool) -> None:
    assert is_masking(name, []) == masked


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("Spanish.", ("es",)),
        ("ASL, Russian", ("ase", "ru")),
        ("gd", ("gd",)),
        ("Accommodations possible.", ()),
        ("BSL", ("bfi",)),
        ("", ()),
    ],
)
def test_languages(words: str, codes: tuple[str, ...]) -> None:
    assert languages_in(words) == codes


def test_interpreters_and_access() -> None:
    assert has_interpreter_in("Language Line.") is True
    assert has_interpreter_in("Spanish") is None
    assert access_in("Ramp at the side. No hearing loop.") == ({"step_free"}, {"hearing_loop"})
    assert access_in("Two steps: not wheelchair accessible") == (set(), {"step_free"})


@pytest.mark.parametrize(
    ("words", "is_free"),
    [
        ("Free.", True),
        ("None", True),
        ("No fees", True),
        ("$5", False),
        ("£3 a bag", False),
        ("Free, or £2", False),
        ("Ask", None),
        ("", None),
    ],
)
def test_fees(words: str, is_free: bool | None) -> None:
    assert is_free_in(words) == is_free


AGE_GROUPS = [
    ([], (None, None)),
    (["Teens (13-19 years old)"], (13, 19)),
    (["Teens (13-19 years old)", "Children (2-12 years old)"], (2, 19)),
    (["Adults (31-54 years old)"], (18, None)),
    (["Seniors (55+ years old)"], (55, None)),
    (["Teens (13-19 years old)", "Adults (31-54 years old)"], (13, None)),
    (["Families with Children"], (None, None)),
]


@pytest.mark.parametrize(("names", "ages"), AGE_GROUPS)
def test_age_groups(names: list[str], ages: tuple[int | None, int | None]) -> None:
    assert ages_in_groups(names) == ages


def test_opening_times() -> None:
    assert opening_in({"byday": "MO,TH", "opens_at": "09:00:00", "closes_at": "17:00"}) == "Monday, Thursday 09:00 to 17:00"
    assert opening_in({"description": "When the boat is in", "byday": "MO"}) == "When the boat is in"
    assert opening_in({}) == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\x00b\ud800c", "abc"),
        ("a < b and c > d", "a < b and c > d"),
        ("<p>one</p><p>two</p><script>alert(1)</script>", "one\n\ntwo"),
        ("fish &amp; chips", "fish & chips"),
        ("=1+1", "=1+1"),
        (7, "7"),
        (True, ""),
        (None, ""),
        (["a"], ""),
        ("أهلا", "أهلا"),
    ],
)
def test_plain_texts(value: object, text: str) -> None:
    assert texts.plain(value) == text


def test_a_text_without_end_is_cut() -> None:
    assert len(texts.plain("x" * 1_000_000)) == texts.LONGEST_TEXT
    assert len(texts.one_line("y" * 1_000)) == texts.LONGEST_LINE


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e400", True, "", "a", [], None, float("nan")])
def test_no_number(value: object) -> None:
    assert texts.number(value) is None


@pytest.mark.parametrize("value", ["1066-10-14", "tomorrow", "", None, "2026-13-40", 7])
def test_no_day(value: object) -> None:
    assert texts.day(value) is None
