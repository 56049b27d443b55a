"""`start.py doctor`: looks at an installation and says in words what is wrong and what to do.

A further check is one function with `@looks_at_machine("...")`, `@looks_at_database("...")` or `@looks_at_product("...")`, here or in
`workshop.installation`: it gives nothing when all is well, or the trouble with its remedy. What the service itself asks before it starts
(reachin/groundwork/audited_access/starting.py) is asked here too.
"""

import argparse
import json
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import psycopg

from workshop import databases, demo, places
from workshop.keys import ensure_keys
from workshop.progress import Trouble
from workshop.provisions import LEAST_PYTHON
from workshop.servers import Connection, Server, for_keeps, running

LEAST_POSTGRES = 180_000
LEAST_FREE_BYTES = 2_000_000_000
CLOCK = "select clock_timestamp()"
KEY_BYTES = 32
REAL = "REACHIN_DB_HOST"
"""Where this is set, the doctor looks at the installation that the environment describes, by its own roles, and changes nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and what to do about it."""

    what: str
    remedy: str


MachineCheck: TypeAlias = Callable[[], Finding | None]
DatabaseCheck: TypeAlias = Callable[[Connection], Finding | None]
ProductCheck: TypeAlias = Callable[[Server | None], Finding | None]
MACHINE: list[tuple[str, MachineCheck]] = []
DATABASE: list[tuple[str, DatabaseCheck]] = []
PRODUCT: list[tuple[str, ProductCheck]] = []
STRICT: list[tuple[str, MachineCheck]] = []


def looks_at_machine(subject: str, *, strict: bool = False) -> Callable[[MachineCheck], MachineCheck]:
    """Registers a check that needs no database; with `strict` it is asked of real installations only (`--strict`)."""

    def register(check: MachineCheck) -> MachineCheck:
        (STRICT if strict else MACHINE).append((subject, check))
        return check

    return register


def looks_at_database(subject: str) -> Callable[[DatabaseCheck], DatabaseCheck]:
    """Registers a check that reads the prepared database as an administering login."""

    def register(check: DatabaseCheck) -> DatabaseCheck:
        DATABASE.append((subject, check))
        return check

    return register


def looks_at_product(subject: str) -> Callable[[ProductCheck], ProductCheck]:
    """Registers a check that runs a command of the product: on the demo's database, or (None) on the one that REACHIN_DB_HOST names."""

    def register(check: ProductCheck) -> ProductCheck:
        PRODUCT.append((subject, check))
        return check

    return register


def main(told: argparse.Namespace) -> int:
    """0 when nothing is wrong, else 1."""
    from workshop import installation  # noqa: F401, PLC0415 registers its checks, by what is defined above

    troubles = [_report(subject, check()) for subject, check in [*MACHINE, *(STRICT if told.strict else [])]]
    try:
        if REAL in os.environ:
            troubles += [_report(subject, check(None)) for subject, check in PRODUCT]
        else:
            with running(for_keeps()) as found:
                troubles += [_report(subject, finding) for subject, finding in _looked_at(found)]
    except (Trouble, psycopg.OperationalError) as failure:
        troubles.append(_report("PostgreSQL", Finding(f"it cannot be used: {failure}", "mend what the message names, then look again")))
    count = sum(troubles)
    print(f"Troubles: {count}." if count else "Nothing is wrong.")
    return 1 if count else 0


def _looked_at(found: Server) -> Iterator[tuple[str, Finding | None]]:
    databases.prepare(found, demo.database(), demo=True)
    with found.administer(demo.database()) as admin:
        for subject, check in DATABASE:
            yield subject, check(admin)
        for subject in guards():
            yield subject, guard(subject, admin)
    for subject, of_product in PRODUCT:
        yield subject, of_product(found)


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
    """Readable by its owner only, and each key is there in full length."""
    path = ensure_keys()
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return Finding(f"others may read {path} (mode {mode:o})", f"chmod 600 {path}, and think of changing the keys")
    try:
        told = json.loads(path.read_text())
        keys = [told["context_key"], told["blind_key"], *told["field_keys"].values()]
        if all(len(bytes.fromhex(key)) == KEY_BYTES for key in keys) and told["field_keys"] and told["secret_key"]:
            return None
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    return Finding(f"{path} does not hold all keys", "bring it from your copy; made-up keys open nothing that is sealed")


@looks_at_database("PostgreSQL's version")
def postgres_version(admin: Connection) -> Finding | None:
    """18 or newer."""
    if admin.info.server_version >= LEAST_POSTGRES:
        return None
    return Finding(f"the server is version {admin.info.server_version // 10_000}", "use PostgreSQL 18 or newer")


def guards() -> list[str]:
    """What the service asks of its database before it starts."""
    from reachin.groundwork.audited_access.starting import DATABASE as ASKED  # noqa: PLC0415 the product may be broken: then only this check is

    return list(ASKED)


def guard(subject: str, admin: Connection) -> Finding | None:
    """One of the service's own questions, asked as an administering login."""
    from reachin.groundwork.audited_access.starting import DATABASE as ASKED  # noqa: PLC0415

    finding = ASKED[subject](lambda question: admin.execute(question.encode()).fetchall())
    return None if finding is None else Finding(finding.what, finding.remedy)


def application_role(admin: Connection) -> Finding | None:
    """No superuser, no way past row security, owner of nothing, member of no other role."""
    return guard("The application's role", admin)


def row_security(admin: Connection) -> Finding | None:
    """Forced on every table that is not in the list of exempt ones."""
    return guard("Row security", admin)


def unguarded_tables(admin: Connection) -> list[str]:
    """Tables of the product without forced row security that are not listed as exempt with a reason."""
    from reachin.groundwork.audited_access import starting  # noqa: PLC0415

    return starting.unguarded_tables(lambda question: admin.execute(question.encode()).fetchall())


def clock(admin: Connection) -> Finding | None:
    """`reachin.clock()` tells the real time: only test databases have another."""
    return guard("The clock", admin)
