import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from demo.loading import NotADemo, load_demo
from reachin.groundwork.clock import now


class Command(BaseCommand):
    """Loads the invented partnership into a demo database. A second run changes nothing."""

    help = "Loads the invented partnership of Strathlennan into an empty demo database."

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        try:
            loaded = load_demo(now=now())
        except NotADemo as refusal:
            raise CommandError(str(refusal)) from None
        if options["verbosity"] > 1:
            self.stdout.write(f"{loaded.told} requests told, {loaded.there} were there, {time.monotonic() - began:.1f} s")
