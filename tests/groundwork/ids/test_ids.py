import time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachin.groundwork.ids import READABLE, REFERENCE_LENGTH, new_id, new_reference, read_reference, written

references = st.text(READABLE, min_size=REFERENCE_LENGTH, max_size=REFERENCE_LENGTH)
BETWEEN = [" ", "-", "\t", "\n", ".", "–", "—", "\u00a0", "\u2011", "\u200b", "_", "  - "]


def test_an_id_is_a_uuid_of_version_7() -> None:
    made = new_id()
    assert (made.version, made.variant) == (7, UUID(int=0x8 << 60).variant)


def test_an_id_tells_the_millisecond_of_its_making() -> None:
    before = time.time_ns() // 1_000_000
    told = new_id().int >> 80
    assert before <= told <= time.time_ns() // 1_000_000


def test_ids_of_later_milliseconds_sort_after_earlier_ones() -> None:
    made = []
    for _ in range(5):
        made.append(new_id())
        time.sleep(0.002)
    assert made == sorted(made)


def test_ids_are_never_made_twice() -> None:
    assert len({new_id() for _ in range(5000)}) == 5000


def test_a_reference_is_twelve_readable_characters_in_fours() -> None:
    for _ in range(200):
        parts = new_reference().split("-")
        assert [len(part) for part in parts] == [4, 4, 4]
        assert set("".join(parts)) <= set(READABLE)


@pytest.mark.parametrize("pair", ["0O", "1I", "1L", "2Z", "5S", "8B", "UV", "MN", "DT"])
def test_the_alphabet_has_at_most_one_of_two_characters_that_are_taken_for_one_another(pair: str) -> None:
    assert len(set(pair) & set(READABLE)) <= 1


def test_the_alphabet_has_no_vowels_and_so_no_words() -> None:
    assert not set("AEIOUY") & set(READABLE)


def test_references_are_never_made_twice() -> None:
    assert len({new_reference() for _ in range(5000)}) == 5000


@given(references, st.lists(st.sampled_from(BETWEEN), min_size=REFERENCE_LENGTH, max_size=REFERENCE_LENGTH), st.booleans())
def test_a_reference_is_read_back_however_it_is_spaced_and_cased(letters: str, between: list[str], is_lower: bool) -> None:
    typed = "".join(gap + (letter.lower() if is_lower else letter) for gap, letter in zip(between, letters, strict=True))
    assert read_reference(typed) == written(letters)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("K7QF-3MPX-9CRV", "K7QF-3MPX-9CRV"),
        ("k7qf3mpx9crv", "K7QF-3MPX-9CRV"),
        (" k7qf 3mpx 9crv \n", "K7QF-3MPX-9CRV"),
        ("Ｋ７ＱＦ－３ＭＰＸ－９ＣＲＶ", "K7QF-3MPX-9CRV"),
        ("K7QF-3MPX-9CR", None),
        ("K7QF-3MPX-9CRVV", None),
        ("K7QF-3MPX-9CRO", None),
        ("K7QF/3MPX/9CRV", None),
        ("K7QF-3MPX-9CRV; drop table", None),
        ("", None),
        ("\x00", None),
        ("\ud800", None),
        ("🙂", None),
        ("K" * 100_000, None),
    ],
)
def test_what_somebody_typed_is_read_as_a_reference_or_as_none(typed: str, read: str | None) -> None:
    assert read_reference(typed) == read


@given(st.text(max_size=60))
def test_whatever_is_typed_gives_a_reference_or_none(typed: str) -> None:
    read = read_reference(typed)
    assert read is None or read_reference(read) == read
