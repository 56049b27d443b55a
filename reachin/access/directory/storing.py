"""Keeps readings as rows: new ones are added, changed ones updated under their id, the rest left alone. Used by actions only.

What was told last time is known by its digest, so that a second run writes nothing. Who runs the import holds the source's lock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Manager

from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.ids import new_id
from reachin.groundwork.languages.text import TextInLanguages
from reachin.partnership.agencies.models import Agency
from reachin.partnership.places.lookup import area_codes_by_name
from reachin.partnership.places.rules import name_key, normalise_postcode

from .enums import ServiceStatus
from .models import Location, Organisation, Service, ServiceAtLocation, ServiceTerm, Source, TaxonomyTerm, among
from .reading.needs import needs_of_term
from .reading.shapes import LocationReading, OrganisationReading, ServiceReading, TermReading, digest_of

KEPT_UNLESS_TOLD = ("agency_id", "wait_words", "wait_days", "wait_stated_on", "capacity", "places_free", "confirmed_on")
"""A source that says nothing of these does not wipe out what somebody here has stated."""

Row = dict[str, Any]


@dataclass(slots=True)
class Stored:
    """What came of storing some rows: the keys of those added, and of those changed with the names of their changed fields."""

    added: set[str] = field(default_factory=set)
    changed: dict[str, list[str]] = field(default_factory=dict)

    @property
    def keys(self) -> set[str]:
        return self.added | set(self.changed)


class Shelf:
    """The rows of one kind that a source has, by the source's own key."""

    def __init__(self, manager: "Manager[Any]", source: Source) -> None:
        self.manager, self.source = manager, source
        rows = manager.filter(source=source).values_list("source_key", "id", "digest")
        self.known: dict[str, tuple[UUID, str]] = {key: (row_id, digest) for key, row_id, digest in rows}

    def id_of(self, key: str) -> UUID:
        return self.known[key][0]

    def store(self, rows: Mapping[str, Row]) -> Stored:
        """Adds and changes rows (fields by key, each with its digest)."""
        stored = Stored()
        new = []
        for key, row in rows.items():
            row_id, digest = self.known.get(key, (None, ""))
            if row_id is None:
                row_id = new_id()
                new.append(self.manager.model(id=row_id, source=self.source, source_key=key, **row))
                stored.added.add(key)
            elif digest != row["digest"]:
                stored.changed[key] = self._change(row_id, row)
            self.known[key] = (row_id, row["digest"])
        self.manager.bulk_create(new, batch_size=100)
        return stored

    def _change(self, row_id: UUID, row: Row) -> list[str]:
        """Updates one row; gives the names of the fields that are different now."""
        told = {name: value for name, value in row.items() if name not in KEPT_UNLESS_TOLD or value not in {None, ""}}
        before = self.manager.filter(id=row_id).values(*told).get()
        if told.get("closed_on") and before["closed_on"]:
            del told["closed_on"]  # it was closed before, and on another day
        different = {name: value for name, value in told.items() if before[name] != value}
        self.manager.filter(id=row_id).update(**different)
        return sorted(set(different) - {"digest"})


class Shelves:
    """Everything that a source has, and what is needed to turn readings into rows."""

    def __init__(self, source: Source) -> None:
        self.organisations = Shelf(Organisation.objects, source)
        self.locations = Shelf(Location.objects, source)
        self.terms = Shelf(TaxonomyTerm.objects, source)
        self.services = Shelf(Service.objects, source)
        self.agencies = dict(Agency.objects.values_list("slug", "id"))
        self.areas = area_codes_by_name()

    def store(self, readings: Iterable[ServiceReading], *, today: date) -> Stored:
        """Stores services with all that belongs to them, and records each that is new or changed."""
        told = {reading.key: reading for reading in readings}
        digests = {key: reading.digest() for key, reading in told.items()}
        news = [reading for key, reading in told.items() if self.services.known.get(key, (None, ""))[1] != digests[key]]
        self._store_surroundings(news)
        stored = self.services.store({reading.key: self._service_row(reading, digests[reading.key], today=today) for reading in news})
        self._link([told[key] for key in stored.keys])
        self._see(told, today=today)
        for key in stored.added:
            record("service.added", subject_kind="service", subject_id=self.services.id_of(key))
        for key, fields in stored.changed.items():
            record("service.changed", subject_kind="service", subject_id=self.services.id_of(key), fields=fields)
        return stored

    def put_on_map(self) -> None:
        """Gives places without coordinates those of their postcode, where it is known."""
        with connection.cursor() as cursor:
            cursor.execute(
                "update directory_location l set latitude = p.latitude, longitude = p.longitude"
                " from places_postcode p where l.source_id = %s::uuid and l.latitude is null and p.code = l.postcode",
                [self.services.source.id],
            )

    def _store_surroundings(self, readings: Iterable[ServiceReading]) -> None:
        organisations = {reading.organisation.key: reading.organisation for reading in readings}
        self.organisations.store({key: self._organisation_row(told) for key, told in organisations.items()})
        locations = {place.key: place for reading in readings for place in reading.locations}
        self.locations.store({key: _location_row(place) for key, place in locations.items()})
        terms = {term.key: term for reading in readings for term in reading.terms}
        self.terms.store({key: _term_row(term) for key, term in terms.items()})

    def _organisation_row(self, told: OrganisationReading) -> Row:
        return {
            "agency_id": self.agencies.get(told.agency_slug),
            "name": told.name,
            "description": told.description,
            "website": told.website,
            "email": told.email,
            "phone": told.phone,
            "digest": digest_of(told),
        }

    def _service_row(self, reading: ServiceReading, digest: str, *, today: date) -> Row:
        copied = {name: getattr(reading, name) for name in COPIED}
        lists = {name: list(getattr(reading, name)) for name in LISTS}
        named = {name: self.areas.get(name_key(name)) for name in reading.area_names}
        return (
            copied
            | lists
            | {
                "organisation_id": self.organisations.id_of(reading.organisation.key),
                "public_name": TextInLanguages.of(dict(reading.public_name)),
                "sort_key": name_key(reading.name),
                "area_codes": sorted({*reading.area_codes, *(code for code in named.values() if code)}),
                "area_words": "\\n".join(sorted(name for name, code in named.items() if not code)),
                "closed_on": today if reading.status == ServiceStatus.CLOSED else None,
                "digest": digest,
            }
        )

    def _link(self, readings: Iterable[ServiceReading]) -> None:
        places = {(self.services.id_of(one.key), self.locations.id_of(place.key)) for one in readings for place in one.locations}
        terms = {(self.services.id_of(one.key), self.terms.id_of(term.key)) for one in readings for term in one.terms}
        services = [self.services.id_of(one.key) for one in readings]
        _keep_links(ServiceAtLocation.objects, "location_id", services, places)
        _keep_links(ServiceTerm.objects, "term_id", services, terms)

    def _see(self, keys: Iterable[str], *, today: date) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "update directory_service set last_seen_on = %s::date"
                " where id = any(%s::uuid[]) and last_seen_on is distinct from %s::date",
                [today, [self.services.id_of(key) for key in keys], today],
            )


COPIED = (
    *("name", "description", "eligibility", "how_to_apply", "opening", "fees", "is_free", "phone", "email", "website", "min_age"),
    *("max_age", "has_interpreter", "status", "takes_requests", "is_masked", "wait_words", "wait_days", "wait_stated_on", "capacity"),
    *("places_free", "confirmed_on"),
)
LISTS = ("needs", "only_for", "languages", "access_met", "access_unmet", "delivery")


def _location_row(place: LocationReading) -> Row:
    return {
        "name": place.name,
        "address": place.address,
        "postcode": normalise_postcode(place.postcode) or place.postcode,
        "latitude": place.point and place.point.latitude,
        "longitude": place.point and place.point.longitude,
        "access_words": place.access_words,
        "digest": digest_of(place),
    }


def _term_row(term: TermReading) -> Row:
    needs = list(needs_of_term(term.name, kind=term.kind, taxonomy=term.taxonomy))
    return {"name": term.name, "taxonomy": term.taxonomy, "kind": term.kind, "needs": needs, "digest": digest_of((term, needs))}


def _keep_links(manager: "Manager[Any]", other: str, services: list[UUID], wanted: set[tuple[UUID, UUID]]) -> None:
    """Makes the links of these services the wanted ones."""
    found = {(row[0], row[1]): row[2] for row in manager.filter(among("service_id", services)).values_list("service_id", other, "id")}
    if unwanted := [row_id for pair, row_id in found.items() if pair not in wanted]:
        manager.filter(among("id", unwanted)).delete()
    missing = sorted(wanted - found.keys())
    manager.bulk_create([manager.model(id=new_id(), service_id=service, **{other: each}) for service, each in missing], batch_size=500)
