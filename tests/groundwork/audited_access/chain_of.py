"""A chain made in memory, and rows that lie in a database before anybody linked them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from reachin.groundwork.audited_access.witness import BEGINNING, Chained, Link, Value, Witness, link_digest, row_digest

INSERT = (
    "insert into audited_access_auditevent (id, happened_at, event, subject_kind, subject_id, fields, actor_kind, role)"
    " values (%s, now(), %s, 'thing', gen_random_uuid(), '{a,b}', 'system', '')"
)


def linked(rows: Sequence[Sequence[Value]]) -> list[Chained]:
    """The rows as a chain."""
    made, before = [], BEGINNING
    for number, values in enumerate(rows, start=1):
        row_id = str(uuid4())
        link = Link(number, "change", row_id, 1, datetime.now(UTC).isoformat(), row_digest("change", 1, values), "")
        before = link_digest(before, link)
        made.append(Chained(replace(link, digest=before), row_id, values))
    return made


def witness_of(chain: Sequence[Chained]) -> Witness:
    """What somebody kept who saw this chain."""
    digests = {one.link.number: one.link.digest for one in chain if one.link is not None}
    return Witness("some day", len(chain), digests.get(len(chain), BEGINNING), digests)


def write_row(connection: Any, event: str = "thing.done") -> UUID:
    """One audit row through a connection of the owner or a superuser; committed when its transaction is."""
    row_id = uuid4()
    connection.execute(INSERT, [row_id, event])
    return row_id
