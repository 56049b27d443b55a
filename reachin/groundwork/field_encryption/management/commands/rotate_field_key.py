from argparse import ArgumentParser
from pathlib import Path
from time import monotonic, sleep, time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS

from reachin.groundwork.field_encryption.columns import SealedColumn, sealed_columns
from reachin.groundwork.field_encryption.rotation import BATCH, nobody_writing, seal_anew, under_which_keys
from reachin.settings.keys import Keys, add_field_key, retire_field_keys

GRACE_SECONDS = 120
"""Longer than a context lives: whoever sealed under the old key before the new one came has written by then, or never will."""
SPOKEN_OF = 20
STEPS = ("add", "seal", "drop")


class Command(BaseCommand):
    """Adds a key, seals everything anew under it, and takes the old ones away when nothing is under them any more."""

    help = (
        "Changes the key of sealed fields while the service runs. May be stopped at any time and run again. As the owner. "
        "Where several machines have the keys file: --step add, copy the file to all, --step seal, --step drop, copy it again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--step", choices=STEPS, help="only this step (usual: all, one after another)")
        parser.add_argument("--batch", type=int, default=BATCH, help=f"how many values are sealed in one transaction (usual: {BATCH})")
        parser.add_argument("--grace", type=int, default=GRACE_SECONDS, help=f"seconds to wait before old keys go (usual: {GRACE_SECONDS})")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="Django's name of the connection (usual: default)")

    def handle(self, *args: Any, **options: Any) -> None:
        self.using, self.batch, self.path = options["database"], options["batch"], _keys_file()
        columns, step = sealed_columns(), options["step"]
        if step in (None, "add"):
            self.add(is_one_step=step is not None)
        if step in (None, "seal"):
            self.seal(columns)
        if step in (None, "drop"):
            self.drop(columns, options["grace"])

    def add(self, *, is_one_step: bool) -> None:
        """A new key, unless an earlier change has not come to its end."""
        known = Keys.read(self.path).field_keys
        if len(known) > 1 and not is_one_step:
            self.stderr.write(f"Going on with an earlier change: keys {_listed(known)} are known, {max(known)} seals.")
        elif len(known) > 1:
            raise CommandError(f"Keys {_listed(known)} are known: bring that change to its end first (--step seal, --step drop).")
        else:
            self.stderr.write(f"Key {add_field_key(self.path)} seals from now on. Keep a copy of {self.path}, apart from the backups.")

    def seal(self, columns: list[SealedColumn]) -> None:
        """Everything that an older key sealed. Raises CommandError where a value opens with no key."""
        newest = max(Keys.read(self.path).field_keys)
        self.stderr.write(f"{under_which_keys(columns, using=self.using)[newest]:,} values are under key {newest} already.")
        spoilt = []
        for column in columns:
            began = monotonic()
            done, unreadable = seal_anew(column, newest, using=self.using, batch=self.batch, progress=self._progress(column))
            spoilt += [f"{column}, row {row_id}" for row_id in unreadable]
            self.stderr.write(f"{column}: {done:,} sealed anew in {monotonic() - began:.1f} s")
        if spoilt:
            for one in spoilt[:SPOKEN_OF]:
                self.stderr.write(f"does not open: {one}")
            raise CommandError(
                f"{len(spoilt)} values open with no key that is known; they and all keys stay. Bring the missing keys, or a backup."
            )

    def _progress(self, column: SealedColumn) -> Any:
        return lambda done: self.stderr.write(f"{column}: {done:,}")

    def drop(self, columns: list[SealedColumn], grace: int) -> None:
        """Old keys go when the new one is old enough, and a look at everything, while nobody writes, finds nothing under them."""
        known = Keys.read(self.path).field_keys
        newest, old = max(known), sorted(known)[:-1]
        if not old:
            self.stdout.write(f"Key {newest} is the only one.")
            return
        if (wait := self.path.stat().st_mtime + grace - time()) > 0:
            self.stderr.write(f"Waiting {wait:.0f} s for those who may still be writing under the old key.")
            sleep(wait)
        self.seal(columns)
        with nobody_writing(columns, using=self.using):
            left = {key_id: count for key_id, count in under_which_keys(columns, using=self.using).items() if key_id != newest}
            if left:
                raise CommandError(
                    f"Values are still under old keys ({left}): is a process running with an old keys file? Start it again, then this."
                )
            retired = retire_field_keys(self.path, old)
        self.stdout.write(
            f"Key {newest} is the only one. Nothing is under {_listed(old)} any more, but backups from before are: {retired} opens them. "
            "Move it to where your copies of keys are, and destroy it with the last of those backups."
        )


def _keys_file() -> Path:
    path: Path | None = settings.KEYS.path
    if path is None:
        raise CommandError("These keys come from no file.")
    return path


def _listed(ids: Any) -> str:
    return ", ".join(map(str, sorted(ids)))
