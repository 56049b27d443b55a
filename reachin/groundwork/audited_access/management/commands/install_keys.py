from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS

from reachin.groundwork.audited_access.signing import IN_FORCE, keep


class Command(BaseCommand):
    help = "Gives the database the key by which it knows a signed context. Run as the owner, after migrating."

    def handle(self, *args: Any, **options: Any) -> None:
        keep(settings.KEYS.context_key, IN_FORCE, using=DEFAULT_DB_ALIAS)
