import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS

from reachin.groundwork.field_encryption.columns import sealed_columns
from reachin.groundwork.field_encryption.rotation import under_which_keys


class Command(BaseCommand):
    help = "Says as JSON which field keys are known and how many sealed values each holds. As the owner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="Django's name of the connection (usual: default)")

    def handle(self, *args: Any, **options: Any) -> None:
        found = under_which_keys(sealed_columns(), using=options["database"])
        self.stdout.write(json.dumps({"known": sorted(settings.KEYS.fresh().field_keys), "values": dict(sorted(found.items()))}))
