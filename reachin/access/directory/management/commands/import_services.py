from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reachin.access.directory.actions import ImportIsRunning, load_services
from reachin.access.directory.fetching import CannotFetch, Fetcher
from reachin.access.directory.models import ImportProblem, ImportRun
from reachin.groundwork.audited_access.context import Actor
from reachin.groundwork.clock import now


class Command(BaseCommand):
    """Reads services into the directory."""

    help = (
        "Reads services from a file, a folder or a web address: Open Referral UK 3.0 and 1.x (JSON), or a folder of CSV tables "
        "(services, locations, organizations, taxonomy). A second run updates what changed and adds nothing twice; "
        "what its source no longer lists is closed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("place", metavar="PATH_OR_URL")
        parser.add_argument("--source", default="", metavar="NAME", help="what to call the source; the same name is updated the next time")
        parser.add_argument("--allow-private", action="store_true", help="the address may lie within a private network")
        parser.add_argument("--close-missing", action="store_true", help="close what is no longer listed, also when that is more than half")

    def handle(self, *args: Any, **options: Any) -> None:
        began = monotonic()
        try:
            run = load_services(
                options["place"],
                source_name=options["source"],
                by=Actor.system("import_services"),
                now=now(),
                fetcher=Fetcher(allow_private=options["allow_private"]),
                close_missing=options["close_missing"],
                progress=self.tell,
            )
        except (CannotFetch, ImportIsRunning) as error:
            raise CommandError(str(error)) from error
        self.report(run, monotonic() - began)

    def tell(self, entries: int) -> None:
        self.stderr.write(f"{entries:,} services read")

    def report(self, run: ImportRun, seconds: float) -> None:
        for problem in ImportProblem.objects.filter(run=run).order_by("id"):
            self.stderr.write(f"{problem.where}, line {problem.line}: {problem.reason}{' (left out)' if problem.is_refused else ''}")
        self.stdout.write(
            f"{run.read:,} services in {seconds:.1f} s ({run.read / max(seconds, 0.001):,.0f} a second): {run.added:,} added, "
            f"{run.changed:,} changed, {run.unchanged:,} as they were, {run.refused:,} left out, {run.closed:,} closed"
        )
