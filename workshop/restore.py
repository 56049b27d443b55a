"""`start.py restore DIR --to MOMENT --into DATABASE_DIR`: the database as it was at a second, beside the one that runs."""

import argparse
import os
from datetime import datetime
from pathlib import Path

from workshop import backups
from workshop.progress import Trouble, say


def main(told: argparse.Namespace) -> int:
    """0 when it is there. Raises Trouble, also while DATABASE_URL names somebody else's server."""
    if os.environ.get("DATABASE_URL"):
        raise Trouble(backups.EXTERNAL)
    restored = backups.restore(
        Path(told.folder), Path(told.into), to=moment(told.to) if told.to else None, also=Path(told.wal) if told.wal else None
    )
    last = f" The last thing in it is of {restored.last.isoformat()}." if restored.last else ""
    say(f"Restored into {restored.postgres.home}.{last}")
    if restored.missing_keys:
        ids = ", ".join(restored.missing_keys)
        say(f"WARNING: the keys here are not those that it was sealed with (field keys {ids}): bring them back.")
    say("To use it: stop Reach In, move the folder `postgres` of the state folder aside, put this one in its place, start again.")
    say("Then: start.py doctor, and start.py manage verify_audit --witness FILE with a witness from before that moment.")
    return 0


def moment(typed: str) -> datetime:
    """An aware moment. Raises Trouble for one that does not say in which zone it is meant."""
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        raise Trouble(f"{typed!r} is no moment: write it such as 2026-11-22T10:00:05Z.") from None
    if found.tzinfo is None:
        raise Trouble(f"{typed!r} does not say in which zone: end it with Z for UTC, or with an offset such as +01:00.")
    return found
