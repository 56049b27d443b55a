from typing import Any

from django.core.management.base import BaseCommand

from reachin.groundwork.audited_access.models import DatabaseMark
from reachin.groundwork.clock import now


class Command(BaseCommand):
    help = "Marks this database as the demo: only there can people sign in by choosing a name. Run as the owner."

    def handle(self, *args: Any, **options: Any) -> None:
        DatabaseMark.objects.get_or_create(name="demo", defaults={"marked_at": now()})
