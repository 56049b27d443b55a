"""Databases of many invented families with their lives, for proofs: filled once, kept between runs, and walked through on a copy."""

import argparse
import hashlib
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import sql

from workshop import databases, places, servers
from workshop.databases import CommandFailed
from workshop.keys import ensure_keys
from workshop.progress import say, step
from workshop.proofs.world import let_go
from workshop.servers import Connection, Server

SEED = 1
MADE_FROM = (
    "demo/*.py", "demo/*.json", "workshop/proofs/families_filling.py", "workshop/proofs/families_lives.py", "reachin/**/migrations/*.py",
    "reachin/**/*.sql",
)  # fmt: skip


def add_options(line: argparse.ArgumentParser) -> None:
    """--families and --seed, for proofs that hold on a small world and on many families alike."""
    line.add_argument("--families", type=int, default=0, help="on so many invented families with their lives, instead of a small world")
    line.add_argument("--seed", type=int, default=SEED, help="another number invents other families and another walk")


@contextmanager
def copied(count: int, seed: int) -> Iterator[str]:
    """A copy of a database of so many families, with Django set up on it as the application's role; gives its name.

    It is dropped afterwards. It lives on the tests' own server: nothing of it has to outlive the machine, and no log of it is kept.
    """
    server = servers.for_tests()
    with servers.running(server) as found:
        kept = ensure(found, count, seed)
        name = f"{kept}_{os.getpid()}"
        with step("A copy to walk through"), found.administer() as admin:
            made = sql.SQL("create database {} template {} strategy file_copy").format(sql.Identifier(name), sql.Identifier(kept))
            admin.execute(made)
        try:
            databases.prepare(found, name)
            os.environ.update(databases.environment(found, name, mode="test"))
            import django

            django.setup()
            yield name
        finally:
            let_go()
            databases.drop(found, name)


def ensure(server: Server, count: int, seed: int) -> str:
    """The name of the kept database of so many families; filled when there is none. Raises CommandFailed."""
    beginning = _beginning(count, seed)
    name = f"{beginning}{_fingerprint()}"
    with server.administer() as admin:
        there = _named(admin, beginning)
        if name in there:
            return name
        for old in there:
            databases.drop(server, old)
        unfinished = f"{name}_unfinished"
        databases.prepare(server, unfinished)
        _fill(server, unfinished, count, seed)
        with step("Letting the database settle"), server.administer(unfinished) as inside:
            inside.execute("vacuum (analyze)")
        admin.execute(sql.SQL("alter database {} rename to {}").format(sql.Identifier(unfinished), sql.Identifier(name)))
    return name


def _fill(server: Server, name: str, count: int, seed: int) -> None:
    command = [str(places.PYTHON), "-m", "workshop.proofs.families_filling", str(count), str(seed)]
    began = time.monotonic()
    say(f"Inventing {count:,} families and their lives, once:")
    filling = subprocess.run(
        command, cwd=places.ROOT, env=databases.environment(server, name, mode="test"), stdout=subprocess.DEVNULL, check=False
    )
    if filling.returncode:
        raise CommandFailed(f"the database {name} could not be filled (see above)")
    say(f"  {time.monotonic() - began:.1f} s")


def _beginning(count: int, seed: int) -> str:
    checkout = hashlib.sha256(str(places.ROOT).encode()).hexdigest()[:6]
    return f"reachin_families_{checkout}_{count}_{seed}_"


def _fingerprint() -> str:
    """Changes with the schema, the generator and the keys that seal what it writes."""
    found = hashlib.sha256(ensure_keys().read_bytes())
    for path in sorted({path for pattern in MADE_FROM for path in places.ROOT.glob(pattern)}):
        found.update(path.read_bytes())
    return found.hexdigest()[:8]


def _named(admin: Connection, beginning: str) -> list[str]:
    rows = admin.execute("select datname from pg_database where starts_with(datname, %s)", [beginning]).fetchall()
    return [str(name) for (name,) in rows]
