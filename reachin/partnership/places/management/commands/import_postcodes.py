from argparse import ArgumentParser
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from reachin.groundwork.audited_access.context import Actor
from reachin.partnership.places.actions import Loaded, import_postcodes
from reachin.partnership.places.reading import UnreadableFile


class Command(BaseCommand):
    """Loads Scottish postcodes from a file, or from the outside data's geography folder."""

    help = "Loads postcodes (CSV, also gzipped). A second run updates what changed and adds nothing twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "path", nargs="?", type=Path, default=Path(settings.SHARED) / "data" / "geography", help="a file, or a folder with one"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began = monotonic()
        try:
            loaded = import_postcodes(options["path"], by=Actor.system("import_postcodes"), progress=self.tell)
        except UnreadableFile as error:
            raise CommandError(str(error)) from error
        self.report(loaded, monotonic() - began)

    def tell(self, rows: int) -> None:
        self.stderr.write(f"{rows:,} rows read")

    def report(self, loaded: Loaded, seconds: float) -> None:
        for problem in loaded.problems:
            self.stderr.write(f"line {problem.line}: {problem.reason}")
        self.stdout.write(
            f"{loaded.rows:,} rows in {seconds:.1f} s ({loaded.rows / max(seconds, 0.001):,.0f} a second): "
            f"{loaded.read:,} postcodes, {loaded.added:,} added, {loaded.changed:,} changed, {loaded.unchanged:,} as they were; "
            f"{len(loaded.problems):,} rows left out"
        )
