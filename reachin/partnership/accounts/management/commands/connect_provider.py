import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reachin.groundwork.audited_access.context import Actor, acting
from reachin.groundwork.ids import new_id
from reachin.partnership.accounts.open_id import Connection, NotProved, send_there
from reachin.partnership.accounts.providers import connect_provider
from reachin.partnership.agencies.models import Agency

VARIABLE = "REACHIN_PROVIDER_SECRET"


class Command(BaseCommand):
    """Connects an agency's own sign-in (OpenID Connect), after asking it whether it is there."""

    help = (
        "Connects an agency's own sign-in (OpenID Connect). The client secret is read from the variable REACHIN_PROVIDER_SECRET. "
        "Register the address https://YOUR-HOST/work/sign-in/organisation/back/ there beforehand."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("agency", help="the agency's slug")
        parser.add_argument("issuer", help="the provider's address, as it names itself")
        parser.add_argument("client_id", help="what the provider calls this service")

    def handle(self, *args: Any, **options: Any) -> None:
        agency, secret = Agency.objects.active().filter(slug=options["agency"]).first(), os.environ.get(VARIABLE, "")
        if agency is None:
            raise CommandError(f"there is no agency {options['agency']!r}")
        if not secret:
            raise CommandError(f"put the client secret into the variable {VARIABLE}")
        try:
            send_there(Connection(options["issuer"], options["client_id"], secret), back="https://localhost/", again=False)
        except NotProved as wrong:
            raise CommandError(f"{options['issuer']}: {wrong}") from wrong
        with acting(Actor.system("connect_provider")) as now:
            connect_provider(agency, by=new_id(), issuer=options["issuer"], client_id=options["client_id"], client_secret=secret, now=now)
        self.stdout.write(f"{agency.name} signs in through {options['issuer']}")
