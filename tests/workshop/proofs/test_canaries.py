"""The proof of the canaries has a word in hiding in every sealed column: whoever adds one, and plants nothing in it, fails here."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connections

from reachin.groundwork.field_encryption import unseal
from reachin.groundwork.field_encryption.columns import SealedColumn, sealed_columns
from workshop.proofs.world import World, build
from workshop.proofs.world_sealed import WITHOUT_WORDS


@pytest.fixture
def world(db: None) -> World:
    return build()


def _opened(column: SealedColumn, blob: Any, row: UUID) -> str:
    """The words under one of the column's codes. Fails the test where none opens them: then a change of keys would stop there too."""
    for code in column.codes:
        try:
            return unseal(blob, field=code, row=row)
        except InvalidTag:
            continue
    raise AssertionError(f"{column} opens under none of {column.codes}")


def _words(column: SealedColumn) -> Iterator[str]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f'select "{column.key}", "{column.column}" from "{column.table}" where "{column.column}" is not null')
        for row, blob in cursor.fetchall():
            yield _opened(column, blob, row)


def test_every_sealed_column_has_a_word_in_hiding_or_says_why_it_can_have_none(world: World) -> None:
    hidden = world.all_canaries()
    without = {str(column) for column in sealed_columns() if not any(word in said for said in _words(column) for word in hidden)}
    assert without == set(WITHOUT_WORDS)


def test_no_word_is_part_of_another_and_each_stands_in_one_place(world: World) -> None:
    told = [word for words in world.canaries.values() for word in words]
    assert len(told) == len(set(told))
    assert [one for one in told if any(one in other for other in told if other != one)] == []
