from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS

from reachin.groundwork.audited_access.chain import chain, head
from reachin.groundwork.audited_access.witness import Finding, NotAWitness, read_witness, verify

SPOKEN_OF = 50


class Command(BaseCommand):
    help = "Says whether anybody changed, removed, added or cut anything of the audit. As the owner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--witness", type=Path, action="append", default=[], help="a file by export_witness; may be given several times"
        )
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="Django's name of the connection (usual: default)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            witnesses = [read_witness(path) for path in options["witness"]]
        except (NotAWitness, OSError) as error:
            raise CommandError(str(error)) from error
        if not witnesses:
            self.stderr.write("Without a witness from outside a tail that was cut, or a chain that was made anew, cannot be seen.")
        destroyed: list[Finding] = []
        findings = list(verify(chain(using=options["database"]), witnesses, destroyed))
        for finding in findings[:SPOKEN_OF]:
            self.stderr.write(str(finding))
        if findings:
            raise CommandError(
                f"{len(findings)} findings: the audit is not as it was. Keep this database as it is, and tell whoever is responsible."
            )
        links, digest = head(using=options["database"])
        if destroyed:
            self.stdout.write(f"{len(destroyed)} rows were lawfully destroyed: the register of destructions names what they told of")
        self.stdout.write(f"{links} links, head {digest}: nothing was changed, removed or cut")
