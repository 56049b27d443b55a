"""Who is there when a database is filled: the hub, the duty desk, staff, and the services that can be asked, as rows name them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Self
from uuid import UUID

from argon2 import PasswordHasher

from reachin.access.directory.models import Service
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency
from reachin.partnership.places.lookup import place_of

from .bulk import NULL

EVERYBODYS_PHRASE = "blue boat at the pier"
"""By which every family of a filling comes back: a hash for each would take an hour."""


class CannotFill(RuntimeError):
    """The database is no demo, or has no hub, staff or services yet."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A member of staff."""

    id: str
    agency: str
    role: str
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose hand wrote a row: the id that the row carries, and what its audit row says of who acted."""

    id: str
    acted: tuple[str, str, str, str, str]
    """Kind, account, agency, scope, role."""

    @classmethod
    def of_family(cls, request: str) -> Self:
        return cls(request, ("family", NULL, NULL, request, ""))

    @classmethod
    def of_worker(cls, worker: Worker, *, scope: str = NULL) -> Self:
        return cls(worker.id, ("staff", worker.id, worker.agency, scope, worker.role))

    def in_the_loop(self) -> "Hand":
        """The part that the closed loop takes in what this hand does."""
        _, account, agency, scope, _ = self.acted
        return Hand(self.id, ("system", account, agency, scope, "closed_loop"))


@dataclass(frozen=True, slots=True)
class Askable:
    """A service that can be asked for help, and who answers for it."""

    id: str
    name: str
    agency: str
    email: str
    is_masked: bool
    needs: frozenset[str]
    answers: Worker


@dataclass(frozen=True)
class Scene:
    """Everybody whom the rows of a filling name, and the moment of its present."""

    now: datetime
    hub: str
    hub_email: str
    duty_desk: str
    duty_email: str
    duty_worker: Worker
    hub_workers: tuple[Worker, ...]
    practitioners: tuple[Worker, ...]
    services: tuple[Askable, ...]
    agencies: Mapping[str, UUID]

    @classmethod
    def of(cls, using: str, now: datetime) -> Self:
        """Reads it from the database. Raises CannotFill when somebody is missing."""
        agencies = {agency.id: agency for agency in Agency.objects.using(using).filter(closed_at=None)}
        hub = next((agency for agency in sorted(agencies.values(), key=lambda one: one.slug) if agency.kind == "hub"), None)
        desk = next((agency for agency in sorted(agencies.values(), key=lambda one: one.slug) if agency.has_duty_desk), None)
        staff = _staff(using)
        duty_worker = next((one for one in staff if desk and one.agency == str(desk.id) and one.role == Role.DUTY_WORKER), None)
        if hub is None or desk is None or duty_worker is None:
            raise CannotFill("load the partnership first: a hub and a staffed duty desk are needed")
        hub_workers = tuple(one for one in staff if one.agency == str(hub.id) and one.role == Role.HUB_WORKER)
        practitioners = tuple(one for one in staff if one.role == Role.PRACTITIONER)
        services = _services(using, {one.agency: one for one in staff if one.role in (Role.PRACTITIONER, Role.SUPPORT_WORKER)})
        if not (hub_workers and practitioners and services):
            raise CannotFill("load the partnership first: hub workers, practitioners and services whose staff answer are needed")
        slugs = {agency.slug: agency.id for agency in agencies.values()}
        return cls(now, str(hub.id), hub.email, str(desk.id), desk.email, duty_worker, hub_workers, practitioners, services, slugs)

    @cached_property
    def phrase_hash(self) -> str:
        """Of the one phrase, with the cost that the product takes."""
        return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1).hash(EVERYBODYS_PHRASE)

    @cached_property
    def _areas(self) -> dict[str, str]:
        return {}

    def area_of(self, place: str) -> str:
        """The council area of a place as it was told, empty where that is not known; each place is looked up once."""
        if place not in self._areas:
            found = place_of(place)
            self._areas[place] = next((code for code in sorted(found.area_codes if found else ()) if code.startswith("S12")), "")
        return self._areas[place]


def _staff(using: str) -> list[Worker]:
    rows = Account.objects.using(using).filter(is_active=True).order_by("email").values_list("id", "agency_id", "role", "email", "name")
    return [Worker(str(account), str(agency), role, email, name) for account, agency, role, email, name in rows]


def _services(using: str, answering: Mapping[str, Worker]) -> tuple[Askable, ...]:
    """Services with somebody at their agency who answers."""
    rows = Service.objects.using(using).taking_requests().select_related("organisation__agency").order_by("source_key")
    found = []
    for service in rows:
        agency = service.organisation.agency
        if agency is not None and str(agency.id) in answering:
            is_masked = service.is_masked or agency.is_masked
            needs = frozenset(service.needs)
            found.append(Askable(str(service.id), service.name, str(agency.id), agency.email, is_masked, needs, answering[str(agency.id)]))
    return tuple(found)
