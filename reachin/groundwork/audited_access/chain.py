"""The chain as it lies in the database: linking what was committed, and reading it back beside its rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from .context import ask
from .witness import BEGINNING, Chained, Link

MOST = 1000
"""How many rows are linked in one transaction."""
AT_A_TIME = 2000
MOMENT = """to_char({} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
LINK = f"l.number, l.kind, l.row_id::text, l.shape, {MOMENT.format('l.linked_at')}, encode(l.row_digest, 'hex'), encode(l.digest, 'hex')"
CHANGE = (
    f"a.id::text, {MOMENT.format('a.happened_at')}, a.event, a.subject_kind, a.subject_id::text, a.fields::text[], a.actor_kind,"
    " a.user_id::text, a.agency_id::text, a.scope_id::text, a.role, a.transaction::text"
)
OPENING = (
    "o.nonce::text, o.kind, o.subject_id::text, o.actor_kind, o.user_id::text, o.agency_id::text, o.scope_id::text, o.role, o.purpose,"
    f" o.reason, o.categories, o.people::text[], {MOMENT.format('o.opened_at')}, o.transaction::text"
)
"""A row's values in the order in which they are digested (shape 1). Written out here: a verifier trusts no function of the database."""
CHANGE_VALUES, LINK_VALUES = 12, 7
LINKED = f"""
select {LINK}, {CHANGE}, {OPENING} from reachin.link l
  left join audited_access_auditevent a on l.kind = 'change' and a.id = l.row_id
  left join reachin.opening o on l.kind = 'opening' and o.nonce = l.row_id
  order by l.number
"""
WITHOUT_LINK = """
select id::text from audited_access_auditevent a, reachin.chain_position p
  where a.transaction < p.linked_before and not exists (select from reachin.link l where l.kind = 'change' and l.row_id = a.id)
union all
select nonce::text from reachin.opening o, reachin.chain_position p
  where o.transaction < p.linked_before and not exists (select from reachin.link l where l.kind = 'opening' and l.row_id = o.nonce)
"""


def link_committed(*, from_the_beginning: bool = False, most: int = MOST) -> int:
    """Links every committed row that has no link yet; gives how many. Each `most` rows are a transaction of their own.

    Nobody waits for it and it waits for nobody: while another process links, it does nothing. Raises RuntimeError inside a transaction,
    whose snapshot would hide what others committed.
    """
    if connection.in_atomic_block:
        raise RuntimeError("what is committed is linked outside of any transaction")
    linked = 0
    while found := ask("select reachin.link_committed(%s, %s)", most, from_the_beginning):
        linked += found
        if found < most:
            break
    return linked


@contextmanager
def _as_guard(using: str) -> Iterator[None]:
    """One transaction that sees the database at one moment, by the guard's eyes: only the owner, who may become the guard, can."""
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
            cursor.execute("set local role reachin_guard")
        yield


def chain(*, using: str = DEFAULT_DB_ALIAS) -> Iterator[Chained]:
    """Every link with its row, in order, then the rows that should have one. As the owner; other roles are refused by the database."""
    with _as_guard(using):
        for row in _asked(using, LINKED):
            yield _chained(row)
        for (row_id,) in _asked(using, WITHOUT_LINK):
            yield Chained(None, row_id, None)


def head(*, using: str = DEFAULT_DB_ALIAS) -> tuple[int, str]:
    """How many links there are and the last one's digest (hex). As the owner."""
    with _as_guard(using):
        found = list(_asked(using, "select number, encode(digest, 'hex') from reachin.link order by number desc limit 1"))
    return (found[0][0], found[0][1]) if found else (0, BEGINNING)


def digests(*, after: int, every: int, up_to: int, using: str = DEFAULT_DB_ALIAS) -> Iterator[tuple[int, str]]:
    """The digests of every so-manieth link between two numbers, the last always among them. As the owner."""
    with _as_guard(using):
        yield from _asked(
            using,
            "select number, encode(digest, 'hex') from reachin.link where number > %s and number <= %s"
            " and (number %% %s = 0 or number = %s) order by number",
            (after, up_to, every, up_to),
        )


def _asked(using: str, question: str, values: tuple[int, ...] = ()) -> Iterator[Any]:
    """The rows of an answer that may be longer than memory; inside a transaction."""
    with connections[using].chunked_cursor() as cursor:
        cursor.execute(question, values or None)
        while rows := cursor.fetchmany(AT_A_TIME):
            yield from rows


def _chained(row: tuple[Any, ...]) -> Chained:
    link = Link(*row[:LINK_VALUES])
    change, opening = row[LINK_VALUES : LINK_VALUES + CHANGE_VALUES], row[LINK_VALUES + CHANGE_VALUES :]
    values = change if link.kind == "change" else opening
    return Chained(link, link.row_id, None if values[0] is None else list(values))
