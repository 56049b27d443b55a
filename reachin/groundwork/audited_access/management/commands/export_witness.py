from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS

from reachin.groundwork.audited_access import chain
from reachin.groundwork.audited_access.witness import witness_lines
from reachin.groundwork.clock import now


class Command(BaseCommand):
    help = (
        "Writes the digests of the audit's chain to a file, for others to keep: with it they can tell that nothing was cut. As the owner."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the file to write; keep it where whoever runs this database cannot reach it")
        parser.add_argument("--every", type=int, default=1, help="only every so-manieth digest, and the last: a smaller file (usual: 1)")
        parser.add_argument("--after", type=int, default=0, help="only digests after this number, to go on from an earlier witness")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="Django's name of the connection (usual: default)")

    def handle(self, *args: Any, **options: Any) -> None:
        chain.link_committed()
        links, head = chain.head(using=options["database"])
        digests = chain.digests(
            after=min(options["after"], max(links - 1, 0)), every=max(options["every"], 1), up_to=links, using=options["database"]
        )
        lines = witness_lines(digests, made_at=now().isoformat(), links=links, head=head)
        half = options["path"].with_name(f"{options['path'].name}.half")
        with half.open("w") as file:
            file.writelines(f"{line}\n" for line in lines)
        half.replace(options["path"])
        self.stdout.write(f"{links} links, head {head}")
