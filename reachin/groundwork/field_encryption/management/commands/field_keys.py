import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS

from reachin.groundwork.field_encryption.columns import sealed_columns
from reachin.groundwork.field_encryption.rotation import that_do_not_open, under_which_keys


class Command(BaseCommand):
    help = "Says as JSON which field keys are known and how many sealed values each holds. As the owner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--open", action="store_true", help="also open every value, and say how many do not open")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="Django's name of the connection (usual: default)")

    def handle(self, *args: Any, **options: Any) -> None:
        columns, using = sealed_columns(), options["database"]
        told: dict[str, Any] = {
            "known": sorted(settings.KEYS.fresh().field_keys),
            "values": dict(sorted(under_which_keys(columns, using=using).items())),
        }
        if options["open"]:
            told["closed"] = sum(that_do_not_open(column, using=using) for column in columns)
        self.stdout.write(json.dumps(told))
        if told.get("closed"):
            raise CommandError(f"{told['closed']} values do not open with these keys")
