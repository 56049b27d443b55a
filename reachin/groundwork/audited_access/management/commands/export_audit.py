import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS

from reachin.groundwork.audited_access.chain import chain, link_committed
from reachin.groundwork.audited_access.witness import export_line


class Command(BaseCommand):
    help = "Writes the audit with its chain to a file that witness.py can verify without the product. It says who looked at whom: guard it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the file to write; readable by you only")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="Django's name of the connection (usual: default)")

    def handle(self, *args: Any, **options: Any) -> None:
        link_committed()
        count = 0
        with os.fdopen(os.open(options["path"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            for one in chain(using=options["database"]):
                count += 1
                file.write(f"{export_line(one)}\n")
        self.stdout.write(f"{count} rows")
