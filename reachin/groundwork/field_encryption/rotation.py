"""Changing the key: every sealed value is sealed anew under the newest, while people go on writing.

Nothing is remembered outside the values themselves: each says in its first byte which key sealed it. So it may be killed and run again.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.db import connections, transaction
from psycopg import sql

from .columns import SealedColumn
from .sealing import Sealed, seal, unseal

BATCH = 500
LOCK_TIMEOUT = "10s"
FIRST = UUID(int=0)
NO_KEY = 0
"""No key has this id: whatever is asked for but this is everything."""


def under_which_keys(columns: Sequence[SealedColumn], *, using: str) -> Counter[int]:
    """How many values each key id holds."""
    found: Counter[int] = Counter()
    for column in columns:
        statement = sql.SQL("select get_byte(substring({column} from 1 for 1), 0), count(*) from {table} where {column} <> '' group by 1")
        for key_id, count in _ask(column, statement, [], using):
            found[key_id] += count
    return found


def seal_anew(
    column: SealedColumn, newest: int, *, using: str, batch: int = BATCH, progress: Callable[[int], None] = lambda done: None
) -> tuple[int, list[UUID]]:
    """Seals a column's older values under the newest key, a batch a transaction; gives how many, and the rows whose value does not open.

    A value that somebody changes meanwhile is theirs: it is replaced only where it is still, byte for byte, what was read.
    `progress` is told after each batch how many are done.
    """
    done, unreadable, last = 0, list[UUID](), FIRST
    while rows := _older(column, newest, after=last, most=batch, using=using):
        renewed = []
        for row_id, sealed in rows:
            try:
                words, code = opened(column, sealed, row_id)
            except (InvalidTag, KeyError):
                unreadable.append(row_id)
                continue
            renewed.append((row_id, bytes(sealed), seal(words, field=code, row=row_id)))
        done += _replace(column, renewed, using=using)
        last = rows[-1][0]
        progress(done)
    return done, unreadable


def opened(column: SealedColumn, sealed: Sealed, row: UUID) -> tuple[str, str]:
    """A value's words and the code that it is under. Raises InvalidTag when it is under none of the column's, KeyError without its key."""
    for code in column.codes:
        with suppress(InvalidTag):
            return unseal(sealed, field=code, row=row), code
    raise InvalidTag


def that_do_not_open(column: SealedColumn, *, using: str) -> int:
    """How many values of a column no key that is known opens."""
    count, last = 0, FIRST
    while rows := _older(column, NO_KEY, after=last, most=BATCH, using=using):
        for row_id, sealed in rows:
            try:
                opened(column, sealed, row_id)
            except (InvalidTag, KeyError):
                count += 1
        last = rows[-1][0]
    return count


@contextmanager
def nobody_writing(columns: Sequence[SealedColumn], *, using: str) -> Iterator[None]:
    """A moment in which nobody is amid a change of a sealed value: waits for those who are, and lets others wait."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("select set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
        names = sql.SQL(", ").join(sql.Identifier(table) for table in sorted({column.table for column in columns}))
        cursor.execute(sql.SQL("lock table {} in share mode").format(names))
        yield


def _older(column: SealedColumn, newest: int, *, after: UUID, most: int, using: str) -> list[tuple[UUID, memoryview]]:
    statement = sql.SQL(
        "select {key}, {column} from {table} where {key} > %s and substring({column} from 1 for 1) <> %s order by {key} limit %s"
    )
    return _ask(column, statement, [after, bytes([newest]), most], using)


def _replace(column: SealedColumn, renewed: Sequence[tuple[UUID, bytes, bytes]], *, using: str) -> int:
    if not renewed:
        return 0
    statement = sql.SQL(
        "with told as (select * from unnest(%s::uuid[], %s::bytea[], %s::bytea[]) as t (id, old, new)), done as ("
        " update {table} set {column} = told.new from told where {table}.{key} = told.id and {table}.{column} = told.old returning 1)"
        " select count(*) from done"
    )
    ids, old, new = zip(*renewed, strict=True)
    return int(_ask(column, statement, [list(ids), list(old), list(new)], using)[0][0])


def _ask(column: SealedColumn, statement: sql.SQL, values: list[Any], using: str) -> list[Any]:
    names = {"table": column.table, "key": column.key, "column": column.column}
    with connections[using].cursor() as cursor:
        cursor.execute(statement.format(**{name: sql.Identifier(value) for name, value in names.items()}), values)
        rows: list[Any] = cursor.fetchall()
    return rows
