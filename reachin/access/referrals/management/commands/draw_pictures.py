from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from reachin.access.referrals.pictures import page


class Command(BaseCommand):
    help = "Draws the states and moves of requests and referrals into docs/journeys/states-and-moves.md."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.ROOT / "docs" / "journeys" / "states-and-moves.md"
        path.write_text(page())
        self.stdout.write(f"drawn: {path.relative_to(settings.ROOT)}")
