from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo.filling import fill
from demo.scene import CannotFill


class Command(BaseCommand):
    """Adds very many invented requests, for benches and proofs. Run it as the role that owns the tables, on a marked database."""

    help = "Adds very many invented requests (as reachin_owner, to a demo or test database that has its partnership)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("count", type=int, help="how many requests")
        parser.add_argument("--seed", type=int, default=1, help="the same seed fills with the same families")
        parser.add_argument("--open-share", type=float, default=0.1, help="how many of them are still open (0 to 1)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            filled = fill(options["count"], seed=options["seed"], open_share=options["open_share"], progress=self._tell)
        except CannotFill as refusal:
            raise CommandError(str(refusal)) from None
        if options["verbosity"]:
            self.stdout.write(f"\n{filled.requests:,} requests, {filled.rows:,} rows, {filled.seconds:.1f} s")

    def _tell(self, done: int, of: int) -> None:
        """How far it is; on a screen in one line."""
        if self.stdout.isatty():
            self.stdout.write(f"\r{done:,} of {of:,}", ending="")
