"""`start.py doctor`: looks at an installation and says in words what is wrong and what to do.

A further check is one function here with `@looks_at("...")`: it gives nothing when all is well, or the trouble with its remedy.
"""

import argparse
import shutil
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import psycopg

from workshop import databases, demo, places
from workshop.keys import ensure_keys
from workshop.progress import Trouble
from workshop.provisions import LEAST_PYTHON
from workshop.servers import APP, Connection, for_keeps, running

LEAST_POSTGRES = 180_000
LEAST_FREE_BYTES = 2_000_000_000
CLOCK = "select clock_timestamp()"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and what to do about it."""

    what: str
    remedy: str


MachineCheck: TypeAlias = Callable[[], Finding | None]
DatabaseCheck: TypeAlias = Callable[[Connection], Finding | None]
MACHINE: list[tuple[str, MachineCheck]] = []
DATABASE: list[tuple[str, DatabaseCheck]] = []


def looks_at_machine(subject: str) -> Callable[[MachineCheck], MachineCheck]:
    """Registers a check that needs no database."""

    def register(check: MachineCheck) -> MachineCheck:
        MACHINE.append((subject, check))
        return check

    return register


def looks_at_database(subject: str) -> Callable[[DatabaseCheck], DatabaseCheck]:
    """Registers a check that reads the prepared database as an administering login."""

    def register(check: DatabaseCheck) -> DatabaseCheck:
        DATABASE.append((subject, check))
        return check

    return register


def main(told: argparse.Namespace) -> int:
    """0 when nothing is wrong, else 1."""
    troubles = [_report(subject, check()) for subject, check in MACHINE]
    try:
        with running(for_keeps()) as found:
            databases.prepare(found, demo.database(), demo=True)
            with found.administer(demo.database()) as admin:
                troubles += [_report(subject, check(admin)) for subject, check in DATABASE]
    except (Trouble, psycopg.OperationalError) as failure:
        troubles.append(_report("PostgreSQL", Finding(f"it cannot be used: {failure}", "mend what the message names, then look again")))
    count = sum(troubles)
    print(f"Troubles: {count}." if count else "Nothing is wrong.")
    return 1 if count else 0


def _report(subject: str, finding: Finding | None) -> bool:
    if finding is None:
        print(f"well     {subject}")
        return False
    print(f"TROUBLE  {subject}: {finding.what}\n         What to do: {finding.remedy}")
    return True


@looks_at_machine("Python")
def python_version() -> Finding | None:
    """3.11 or newer."""
    if sys.version_info >= LEAST_PYTHON:
        return None
    return Finding(f"this is Python {sys.version.split()[0]}", "install Python 3.11 or newer and remove .venv")


@looks_at_machine("Disk space")
def disk() -> Finding | None:
    """Two gigabytes free where the state folder is."""
    free = shutil.disk_usage(places.state()).free
    if free >= LEAST_FREE_BYTES:
        return None
    return Finding(f"only {free / 1e9:.1f} GB are free in {places.state()}", "make room, or name another folder in REACHIN_STATE")


@looks_at_machine("Keys file")
def keys_file() -> Finding | None:
    """Readable by its owner only."""
    path = ensure_keys()
    mode = stat.S_IMODE(path.stat().st_mode)
    if not mode & 0o077:
        return None
    return Finding(f"others may read {path} (mode {mode:o})", f"chmod 600 {path}, and think of changing the keys")


@looks_at_database("PostgreSQL's version")
def postgres_version(admin: Connection) -> Finding | None:
    """18 or newer."""
    if admin.info.server_version >= LEAST_POSTGRES:
        return None
    return Finding(f"the server is version {admin.info.server_version // 10_000}", "use PostgreSQL 18 or newer")


@looks_at_database("The application's role")
def application_role(admin: Connection) -> Finding | None:
    """No superuser, no way past row security, owner of nothing, member of no other role."""
    rights = admin.execute("select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole from pg_roles where rolname = %s", [APP]).fetchone()
    if rights is None or any(rights):
        remedy = f"alter role {APP} nosuperuser nobypassrls nocreatedb nocreaterole"
        return Finding(f"{APP} has rights that it must not have, or is missing", remedy)
    owned = _names(admin, "select c.relname from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = %s", APP)
    if owned:
        return Finding(f"{APP} owns {', '.join(owned)}", "give these to reachin_owner: an owner can switch row security off")
    groups = _names(admin, "select g.rolname from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = %s::regrole", APP)
    if groups:
        return Finding(f"{APP} is a member of {', '.join(groups)}", f"revoke these from {APP}")
    return None


@looks_at_database("Row security")
def row_security(admin: Connection) -> Finding | None:
    """Forced on every table that is not in the list of exempt ones."""
    open_tables = unguarded_tables(admin)
    if not open_tables:
        return None
    remedy = "run `start.py manage migrate`; if it stays, take the site down and ask"
    return Finding(f"without forced row security: {', '.join(open_tables)}", remedy)


def unguarded_tables(admin: Connection) -> list[str]:
    """Tables of the product without forced row security that are not listed as exempt with a reason."""
    from reachin.groundwork.audited_access.exempt import EXEMPT, EXEMPT_ROOMS  # noqa: PLC0415 the product may be broken: then only this check is

    tables = _names(
        admin,
        "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = %s and c.relkind in ('r', 'p') "
        "and not (c.relrowsecurity and c.relforcerowsecurity) order by 1",
        "public",
    )
    return [table for table in tables if table not in EXEMPT and not table.startswith(tuple(EXEMPT_ROOMS))]


@looks_at_database("The clock")
def clock(admin: Connection) -> Finding | None:
    """`reachin.clock()` tells the real time: only test databases have another."""
    body = admin.execute("select trim(prosrc) from pg_proc where oid = 'reachin.clock()'::regprocedure").fetchone()
    if body is not None and str(body[0]) == CLOCK:
        return None
    return Finding("reachin.clock() was changed", f"put back its body: {CLOCK}")


def _names(admin: Connection, query: str, value: str) -> list[str]:
    return [str(name) for (name,) in admin.execute(query.encode(), [value]).fetchall()]
