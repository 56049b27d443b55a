"""`start.py reset-demo`: the demo database is dropped and made anew."""

import argparse

from workshop import databases, demo, places
from workshop.files import Taken, locked
from workshop.progress import Trouble, step
from workshop.servers import Server, for_keeps, running


def main(told: argparse.Namespace) -> int:
    """0 when the demo is as new. Raises Trouble while `run` uses it, or when the workshop did not make the database."""
    try:
        with locked(places.state() / "run.lock", wait=False), running(for_keeps()) as found:
            _reset(found)
    except Taken:
        raise Trouble("Reach In is running: stop it first (Ctrl-C where it runs).") from None
    return 0


def _reset(found: Server) -> None:
    name = demo.database()
    with found.administer() as admin:
        exists = admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
        if exists and not databases.mark(admin, name).prepared:
            raise Trouble(f"{name} was not made by start.py, so it is not thrown away.")
    with step(f"Dropping {name}"):
        databases.drop(found, name)
    demo.prepare(found)
