"""Databases of invented requests for the benches: filled once, kept between runs, made anew when the generator or schema changes."""

import hashlib
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from psycopg import sql

from workshop import databases, places
from workshop.databases import CommandFailed
from workshop.keys import ensure_keys
from workshop.progress import say, step
from workshop.servers import APP, Connection, Server

SEED = 1
BAR_WIDTH = 30
MADE_FROM = ("demo/*.py", "demo/*.json", "workshop/benches/filling.py", "reachin/**/migrations/*.py", "reachin/**/*.sql")
WAITING = "select count(*) from requests_for_assistance_requestforassistance where waiting_for = 'hub'"


def ensure(server: Server, count: int, *, waiting: int = 0) -> str:
    """The name of a database with so many invented requests and at least so many still waiting at the hub. Raises CommandFailed."""
    name = f"{_family(count)}{_fingerprint()}"
    with server.administer() as admin:
        if name in _named(admin, _family(count)) and _count(server, name, WAITING) >= waiting:
            databases.prepare(server, name)
            return name
        for old in _named(admin, _family(count)):
            databases.drop(server, old)
        unfinished = f"{name}_unfinished"
        databases.prepare(server, unfinished)
        fill(server, unfinished, count)
        with step("Letting the database settle"), server.administer(unfinished) as inside:
            inside.execute("vacuum (analyze)")
            inside.execute("checkpoint")
        admin.execute(sql.SQL("alter database {} rename to {}").format(sql.Identifier(unfinished), sql.Identifier(name)))
    if _count(server, name, WAITING) < waiting:
        raise CommandFailed(f"{count} requests leave fewer than {waiting} waiting at the hub: take more requests or fewer users")
    return name


def fill(server: Server, name: str, count: int) -> None:
    """Fills a prepared database in a process of its own, with a bar and the time that is left. Raises CommandFailed."""
    command = [str(places.PYTHON), "-m", "workshop.benches.filling", str(count), str(SEED)]
    environment = databases.environment(server, name, mode="test", role=APP)
    began = time.monotonic()
    say(f"Inventing {count:,} requests, once:")
    with subprocess.Popen(command, cwd=places.ROOT, env=environment, stdout=subprocess.PIPE, text=True) as filling:
        assert filling.stdout is not None
        for line in filling.stdout:
            print(f"\r{progress_bar(int(line), count, time.monotonic() - began)}", end="", file=sys.stderr, flush=True)
    say("")
    if filling.returncode:
        raise CommandFailed(f"the database {name} could not be filled (see above)")


def progress_bar(done: int, of: int, seconds: float) -> str:
    """How far it is and how long it still takes, in one line; `seconds` is how long it took so far."""
    full = BAR_WIDTH * done // of
    left = seconds / done * (of - done) if done else 0.0
    return f"  [{'#' * full}{'.' * (BAR_WIDTH - full)}] {done:,} of {of:,}, {left:.0f} s left   "


def _family(count: int) -> str:
    """What the names of this checkout's databases of that size begin with."""
    checkout = hashlib.sha256(str(places.ROOT).encode()).hexdigest()[:6]
    return f"reachin_bench_{checkout}_{count}_"


def _fingerprint() -> str:
    """Changes with the schema, the generator and the keys that seal what it writes."""
    found = hashlib.sha256(ensure_keys().read_bytes())
    for path in _sources():
        found.update(path.read_bytes())
    return found.hexdigest()[:8]


def _sources() -> Iterable[Path]:
    return sorted({path for pattern in MADE_FROM for path in places.ROOT.glob(pattern)})


def _named(admin: Connection, beginning: str) -> list[str]:
    rows = admin.execute("select datname from pg_database where starts_with(datname, %s)", [beginning]).fetchall()
    return [str(name) for (name,) in rows]


def _count(server: Server, name: str, question: str) -> int:
    with server.administer(name) as inside:
        row = inside.execute(question.encode()).fetchone()
    return int(row[0]) if row else 0
