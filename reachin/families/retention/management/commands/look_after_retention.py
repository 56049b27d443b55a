from typing import Any

from django.core.management.base import BaseCommand

from reachin.families.retention.actions import as_retention, destroy_what_was_reviewed, list_what_is_due, sweep


class Command(BaseCommand):
    help = (
        "Lists the records whose time is over for two people to look at, destroys what two people decided, and sweeps drafts and messages."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with as_retention() as now:
            added = list_what_is_due(now=now)
        with as_retention() as now:
            done, refused = destroy_what_was_reviewed(now=now)
        with as_retention():
            swept = sweep()
        self.stdout.write(f"due: {added} more; destroyed: {done}; refused by the database: {refused}; swept: {swept}")
