"""The application's own call for its audit, taken out of one room at a time: rows must then stand there that nobody wrote down."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from psycopg import sql

from workshop import databases
from workshop.proofs.guards_rows import guarded
from workshop.proofs.world import World, build
from workshop.servers import Connection

AUDIT = "audited_access_auditevent"
UNWRITTEN = """
select count(*) from {} t where not exists (select from audited_access_auditevent a
  where (a.transaction::text::numeric %% 4294967296)::text = t.xmin::text)
"""
"""Rows whose last transaction left no audit row."""


def unwritten(admin: Connection) -> Counter[str]:
    """How many rows of each guarded table were made or changed by a transaction that wrote nothing into the audit."""
    found: Counter[str] = Counter()
    for table in guarded(admin):
        if table != AUDIT:
            row = admin.execute(sql.SQL(UNWRITTEN).format(sql.Identifier(table)), []).fetchone()
            found[table] = int(row[0]) if row else 0
    return +found


def callers() -> list[str]:
    """The modules that write into the audit by a name of their own."""
    from reachin.groundwork.audited_access import audit

    loaded = [(name, module) for name, module in sys.modules.items() if name.startswith("reachin.") and module is not None]
    return sorted(name for name, module in loaded if getattr(module, "record", None) is audit.record and module is not audit)


@contextmanager
def heard() -> Iterator[Counter[str]]:
    """Counts meanwhile which of the callers write something."""
    from reachin.groundwork.audited_access import audit

    counts: Counter[str] = Counter()

    def counting(name: str) -> Callable[..., Any]:
        def record(*told: Any, **how: Any) -> Any:
            counts[name] += 1
            return audit.record(*told, **how)

        return record

    with ExitStack() as held:
        for name in callers():
            held.enter_context(patch.object(sys.modules[name], "record", counting(name)))
        yield counts


def audit_mutants(admin: Connection) -> Iterator[tuple[str, Callable[[], bool]]]:
    """A name and a trial for each module whose call matters here; a trial says whether it was noticed. The world is made anew in each."""
    before = _made(admin)
    if before:
        yield f"rows that nobody wrote down: {dict(before)}", lambda: False
    databases.wipe(admin)
    with heard() as counts:
        build()
    for name in sorted(counts):
        yield f"{name}: nothing is written into the audit", lambda name=name: _noticed(admin, name, before)  # type: ignore[misc]


def _made(admin: Connection) -> Counter[str]:
    databases.wipe(admin)
    with without_savepoints():
        build()
    return unwritten(admin)


@contextmanager
def without_savepoints() -> Iterator[None]:
    """A row says which transaction wrote it; inside a savepoint it would say which part of one, and an audit row does not."""
    from django.db import connections

    with ExitStack() as held:
        for alias in connections:
            held.enter_context(patch.object(connections[alias].features, "uses_savepoints", new=False))
        yield


def _noticed(admin: Connection, name: str, before: Counter[str]) -> bool:
    with patch.object(sys.modules[name], "record", lambda *told, **how: None):
        try:
            after = _made(admin)
        except Exception:  # noqa: BLE001 whatever breaks without its audit row is noticed
            return True
    return bool(after - before)


def made_anew(admin: Connection) -> World:
    """The world on a slate that is empty again."""
    databases.wipe(admin)
    return build()
