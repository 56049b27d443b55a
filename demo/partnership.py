"""Everybody who helps in Strathlennan: reads agencies, staff, places and services from the files beside this one and finds them by name."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.contrib.auth.hashers import make_password

from reachin.access.directory.actions import load_services
from reachin.access.directory.models import Service
from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.context import Actor, acting
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency
from reachin.partnership.places.actions import load_places

HERE = Path(__file__).parent
LOADER = Actor.system("demo_loader")
SOURCE = "Strathlennan (invented)"


def told(name: str) -> dict[str, Any]:
    """What one of the files of the demo tells."""
    read: dict[str, Any] = json.loads((HERE / name).read_text("utf-8"))
    return read


@dataclass(frozen=True, slots=True)
class WayBack:
    """The code and the phrase of an invented family: fixed, so that the how-to and the demonstration page may name them."""

    reference: str
    phrase: str

    @property
    def request_id(self) -> UUID:
        return uuid5(NAMESPACE_URL, f"https://strathlennan.example/{self.reference}")


@cache
def ways_back() -> Mapping[str, WayBack]:
    """Every invented request's way back, by its key."""
    return {way["key"]: WayBack(way["reference"], way["phrase"]) for way in told("ways_in.json")["ways_in"]}


@dataclass(frozen=True, slots=True)
class Partnership:
    """Agencies by their slug and staff by their name."""

    agencies: Mapping[str, Agency]
    staff: Mapping[str, Account]

    def service(self, name: str) -> Service:
        """A service of services.json by its name."""
        return Service.objects.select_related("organisation__agency").get(source__name=SOURCE, name=name)


def load_partnership(*, since: datetime, now: datetime) -> Partnership:
    """Loads what is not there yet and gives it all. Agencies and staff have been there since the given moment."""
    agencies = load_agencies(at=since)
    staff = load_staff(agencies, at=since)
    load_places(HERE / "places.json", by=LOADER)
    days_later = (now.date() - date.fromisoformat(told("services.json")["as_of"][:10])).days
    load_services(str(HERE / "services.json"), source_name=SOURCE, by=LOADER, now=now, is_invented=True, days_later=days_later)
    return Partnership(agencies, staff)


def load_agencies(*, at: datetime) -> dict[str, Agency]:
    """The agencies of agencies.json by slug; those that are there already stay as they are."""
    there = {agency.slug: agency for agency in Agency.objects.all()}
    with acting(LOADER, at=at):
        for one in told("agencies.json")["agencies"]:
            if one["slug"] not in there:
                hours = {key: time.fromisoformat(one[key]) for key in ("opens_at", "closes_at") if key in one}
                there[one["slug"]] = Agency.objects.create(**{**one, **hours})
                record("agency.added", subject_kind="agency", subject_id=there[one["slug"]].id, fields=sorted(one))
    return there


def load_staff(agencies: Mapping[str, Agency], *, at: datetime) -> dict[str, Account]:
    """The staff of staff.json by name. One password for all of them, hashed once."""
    read = told("staff.json")
    there = {account.email: account for account in Account.objects.select_related("agency")}
    missing = [one for one in read["staff"] if one["email"] not in there]
    password = make_password(read["password"]) if missing else ""
    with acting(LOADER, at=at):
        for one in missing:
            account = Account.objects.create(**{**one, "agency": agencies[one["agency"]], "password": password})
            there[account.email] = account
            record("account.added", subject_kind="account", subject_id=account.id, fields=sorted(one))
    return {one["name"]: there[one["email"]] for one in read["staff"]}
