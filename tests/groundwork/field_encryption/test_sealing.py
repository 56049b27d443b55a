from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from reachin.groundwork.field_encryption import blind_index, seal, seal_answers, unseal, unseal_answers

ROW, OTHER_ROW = uuid4(), uuid4()
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
json_values = st.recursive(st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words, lambda inner: st.lists(inner, max_size=3))


@pytest.fixture
def keys(settings: Any) -> Callable[[dict[int, str]], None]:
    """Puts other field keys into force: hex of 32 bytes by their id."""

    def use(field_keys: dict[int, str]) -> None:
        settings.KEYS = replace(settings.KEYS, field_keys=field_keys)

    return use


@given(words, st.uuids())
def test_what_was_sealed_is_the_same_when_unsealed(told: str, row: UUID) -> None:
    assert unseal(seal(told, field="people.details", row=row), field="people.details", row=row) == told


@given(st.dictionaries(words, json_values, max_size=4))
def test_answers_are_the_same_when_unsealed(told: dict[str, Any]) -> None:
    assert unseal_answers(seal_answers(told, field="x", row=ROW), field="x", row=ROW) == told


def test_nothing_of_the_words_shows_in_what_is_kept() -> None:
    assert b"Skye" not in seal("Skye lives by the pier", field="x", row=ROW)


@pytest.mark.asvs("11.3.4")
def test_the_same_words_are_never_sealed_alike() -> None:
    assert len({seal("Skye", field="x", row=ROW) for _ in range(100)}) == 100


def test_a_value_that_was_moved_to_another_row_is_refused() -> None:
    with pytest.raises(InvalidTag):
        unseal(seal("Skye", field="x", row=ROW), field="x", row=OTHER_ROW)


def test_a_value_that_was_moved_to_another_field_is_refused() -> None:
    with pytest.raises(InvalidTag):
        unseal(seal("Skye", field="requests.story", row=ROW), field="requests.place", row=ROW)


@pytest.mark.parametrize("place", range(30))
@pytest.mark.asvs("11.3.3")
def test_a_value_that_was_altered_in_any_byte_is_refused(place: int) -> None:
    sealed = bytearray(seal("Skye", field="x", row=ROW))
    sealed[place] ^= 1
    with pytest.raises((InvalidTag, KeyError)):
        unseal(bytes(sealed), field="x", row=ROW)


@pytest.mark.parametrize("length", [0, 1, 12, 13, 28])
@pytest.mark.asvs("11.2.5")
def test_a_value_that_was_cut_short_is_refused(length: int) -> None:
    with pytest.raises(InvalidTag):
        unseal(seal("Skye", field="x", row=ROW)[:length], field="x", row=ROW)


@pytest.mark.asvs("11.2.2")
def test_after_a_change_of_keys_the_newest_seals_and_the_old_still_opens(keys: Callable[[dict[int, str]], None]) -> None:
    keys({1: "11" * 32})
    old = seal("before", field="x", row=ROW)
    keys({1: "11" * 32, 2: "22" * 32})
    new = seal("after", field="x", row=ROW)
    assert (old[0], new[0]) == (1, 2)
    assert [unseal(sealed, field="x", row=ROW) for sealed in (old, new)] == ["before", "after"]


def test_when_a_key_is_gone_what_it_sealed_is_gone_too(keys: Callable[[dict[int, str]], None]) -> None:
    keys({1: "11" * 32})
    sealed = seal("before", field="x", row=ROW)
    keys({2: "22" * 32})
    with pytest.raises(KeyError):
        unseal(sealed, field="x", row=ROW)


def test_another_key_under_the_same_id_opens_nothing(keys: Callable[[dict[int, str]], None]) -> None:
    keys({1: "11" * 32})
    sealed = seal("before", field="x", row=ROW)
    keys({1: "33" * 32})
    with pytest.raises(InvalidTag):
        unseal(sealed, field="x", row=ROW)


def test_a_blind_index_finds_equal_words_of_one_field_and_tells_nothing_else() -> None:
    assert blind_index("K7QF", field="way_in") == blind_index("K7QF", field="way_in")
    assert len({blind_index("K7QF", field="way_in"), blind_index("K7QG", field="way_in"), blind_index("K7QF", field="network")}) == 3
    assert len(blind_index("K7QF", field="way_in")) == 32


def test_a_blind_index_cannot_be_made_without_the_key(settings: Any) -> None:
    before = blind_index("K7QF", field="way_in")
    settings.KEYS = replace(settings.KEYS, blind_key="44" * 32)
    assert blind_index("K7QF", field="way_in") != before
