"""The demo database: made, migrated, marked as a demo and filled with the invented partnership."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from workshop import databases, places
from workshop.progress import say, step
from workshop.servers import APP, Server

LOADER = "load_demo"


def database() -> str:
    """The demo database's name: REACHIN_DB_NAME, or reachin_demo."""
    return os.environ.get("REACHIN_DB_NAME") or "reachin_demo"


def prepare(server: Server) -> None:
    """Brings the demo database and the static files up to date, and fills the database when it is new. Raises CommandFailed."""
    with step("Preparing the database"):
        databases.prepare(server, database(), demo=True)
    gather_static_files(server)
    with server.administer() as admin:
        known = databases.mark(admin, database())
        if known.demo_loaded:
            return
        if not _has_loader():
            say("There is no demo partnership to load yet.")
            return
        with step("Loading the demo partnership"):
            _django(server, [[LOADER]])
        databases.set_mark(admin, database(), replace(known, demo_loaded=True))


def gather_static_files(server: Server) -> None:
    """Copies styles, scripts and fonts to where the pages serve them from, when any of them changed."""
    stamp = places.state() / "static.stamp"
    wanted = _static_fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    with step("Gathering styles, scripts and fonts"):
        _django(server, [["collectstatic", "--no-input", "--clear", "--verbosity", "0"]])
    stamp.write_text(wanted)


def _django(server: Server, commands: Sequence[Sequence[str]]) -> None:
    databases.django(server, database(), commands, mode="demo", role=APP)


def _has_loader() -> bool:
    return any(places.ROOT.glob(f"demo/**/management/commands/{LOADER}.py"))


def _static_fingerprint() -> str:
    found = hashlib.sha256((places.ASSETS / "package-lock.json").read_bytes())
    for path in _static_sources():
        found.update(f"{path.relative_to(places.ROOT)} {path.stat().st_mtime_ns} {path.stat().st_size}\n".encode())
    return found.hexdigest()


def _static_sources() -> list[Path]:
    return sorted(path for path in places.ROOT.glob("reachin/**/static/**/*") if path.is_file())
