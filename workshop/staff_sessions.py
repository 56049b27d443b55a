"""Sessions of staff who proved two factors, made as the product makes them: for crowds and proofs, which hold no telephone.

In production a password alone leads nowhere but to setting up a second factor. Run as a program it reads addresses (JSON) and prints the
cookie's name and each one's session.
"""
# ruff: noqa: PLC0415 Django is set up before anything of it is imported

import json
import subprocess
import sys
from dataclasses import replace

from workshop import databases, places
from workshop.crowd import HOST
from workshop.servers import Server
from workshop.visitors import NotLetIn, Staff, staff_of_the_demo


def let_in(server: Server, database: str) -> Staff:
    """The demo's staff, signed in on this database, one session each. Raises NotLetIn."""
    staff = staff_of_the_demo()
    environment = databases.environment(server, database, mode="production") | {
        "REACHIN_HOSTS": HOST,
        "REACHIN_PARTNERSHIP": "Strathlennan",
    }
    made = subprocess.run(
        [sys.executable, "-m", "workshop.staff_sessions"],
        input=json.dumps([*staff.hub_workers, *staff.receivers]),
        env=environment,
        cwd=places.ROOT,
        capture_output=True,
        text=True,
    )
    if made.returncode:
        raise NotLetIn(f"Nobody could be signed in:\n{made.stderr}")
    cookie, sessions = json.loads(made.stdout)
    return replace(staff, cookie=cookie, sessions=sessions)


def main() -> None:
    """Signs everybody in whose address is read."""
    import django

    django.setup()
    from importlib import import_module

    from django.conf import settings
    from django.test import RequestFactory

    from reachin.interfaces.practitioner.signing_in_visits import begin_visit, key_of
    from reachin.partnership.accounts.enums import Means
    from reachin.partnership.accounts.models import Account

    sessions = {}
    for account in Account.objects.active().filter(email__in=json.load(sys.stdin)):
        request = RequestFactory().get("/")
        request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        begin_visit(request, account, Means.APP)
        request.session.save()
        sessions[account.email] = key_of(request)
    print(json.dumps([settings.SESSION_COOKIE_NAME, sessions]))


if __name__ == "__main__":
    main()
