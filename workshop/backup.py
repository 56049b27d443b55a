"""`start.py backup DIR`: a copy of the whole database, and from then on everything that is written, within a minute."""

import argparse
from pathlib import Path

from workshop import backups
from workshop.keys import ensure_keys
from workshop.progress import Trouble, say
from workshop.servers import for_keeps, running


def main(told: argparse.Namespace) -> int:
    """0 when the backup is whole and the log arrives. Raises Trouble."""
    found = for_keeps()
    if found.postgres is None:
        raise Trouble(backups.EXTERNAL)
    with running(found):
        taken = backups.take(found, Path(told.folder), keep=told.keep)
    say(f"Backed up to {taken.folder}, up to {taken.about.finished_at}. What is written from now on follows within a minute.")
    say(f"The keys are NOT in it, and it cannot be read without them: keep a copy of {ensure_keys()} somewhere else, apart from it.")
    if taken.same_disk:
        say("WARNING: it lies on the same disk as the database. When that disk goes, both go. Choose a folder on another disk or machine.")
    return 0
