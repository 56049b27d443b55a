"""What the directory offers near somebody, as plain facts for ranking. Reads only."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Case, F, FloatField, IntegerField, Value, When
from django.db.models.expressions import RawSQL

from reachin.partnership.places.rules import Point, point_of

from .enums import Need, ServiceStatus
from .models import Service, ServiceAtLocation, ServiceQuerySet, among
from .rules import Offer

MOST_OFFERS = 300
"""Candidates that are ranked one by one. Of more, those that meet most needs are taken, then those sure of their area, then the nearest."""

SAME = (
    *("name", "takes_requests", "is_masked", "min_age", "max_age", "has_interpreter", "wait_days", "wait_stated_on", "places_free"),
    "confirmed_on",
)
SETS = ("needs", "only_for", "languages", "access_met", "access_unmet", "delivery", "area_codes")
FIELDS = ("id", "organisation_id", "organisation__agency_id", "status", *SAME, *SETS)
NEEDS_MET = "(select count(*) from unnest(directory_service.needs) need where need = any(%s::text[]))"
# Degrees, squared: enough to sort by, and cheap. Kilometres are worked out for the few that are ranked.
HOW_FAR = """(
select min(power(l.latitude - p.latitude, 2) + power((l.longitude - p.longitude) * cos(radians(p.latitude)), 2))
from directory_serviceatlocation a join directory_location l on l.id = a.location_id
cross join unnest(%s::float8[], %s::float8[]) as p (latitude, longitude)
where a.service_id = directory_service.id)"""


def offers_near(
    *,
    needs: Collection[str],
    area_codes: Collection[str],
    points: Sequence[Point] = (),
    ages: Collection[int] = (),
    limit: int = MOST_OFFERS,
) -> list[Offer]:
    """The open services that may suit, at most `limit` of them; in three queries whatever their number.

    `needs` are codes of Need ("something else" asks for nothing in particular), `area_codes` those of a Place, `ages` in years.
    Empty means not known, and then does not narrow.
    """
    wanted = sorted(set(needs) - {Need.SOMETHING_ELSE.value})
    candidates = Service.objects.candidates_for(needs=wanted, area_codes=area_codes, ages=ages)
    return _offers(_nearest_first(candidates, wanted, points)[:limit])


def offers_of(services: Collection[UUID]) -> list[Offer]:
    """These services as offers, whatever their state."""
    return _offers(Service.objects.filter(among("id", list(services))).order_by("sort_key", "id"))


def _nearest_first(candidates: ServiceQuerySet, needs: list[str], points: Sequence[Point]) -> ServiceQuerySet:
    latitudes, longitudes = [point.latitude for point in points], [point.longitude for point in points]
    return candidates.annotate(
        needs_met=RawSQL(NEEDS_MET, [needs], output_field=IntegerField()),  # noqa: S611 constant SQL
        area_unknown=Case(When(area_codes=[], then=Value(1)), default=Value(0)),
        how_far=RawSQL(HOW_FAR, [latitudes, longitudes], output_field=FloatField()),  # noqa: S611 constant SQL
    ).order_by("-needs_met", "area_unknown", F("how_far").asc(nulls_last=True), "sort_key", "id")


def _offers(services: ServiceQuerySet) -> list[Offer]:
    rows = list(services.values(*FIELDS))
    points = _points_of([row["id"] for row in rows])
    return [_offer(row, points.get(row["id"], ())) for row in rows]


def _points_of(services: list[UUID]) -> Mapping[UUID, tuple[Point, ...]]:
    found: dict[UUID, list[Point]] = defaultdict(list)
    links = ServiceAtLocation.objects.filter(among("service_id", services), location__latitude__isnull=False)
    for service_id, latitude, longitude in links.values_list("service_id", "location__latitude", "location__longitude").order_by("id"):
        if point := point_of(latitude, longitude):
            found[service_id].append(point)
    return {service_id: tuple(points) for service_id, points in found.items()}


def _offer(row: Mapping[str, Any], points: Iterable[Point]) -> Offer:
    facts: dict[str, Any] = {name: row[name] for name in SAME} | {name: frozenset(row[name]) for name in SETS}
    return Offer(
        service_id=row["id"],
        organisation_id=row["organisation_id"],
        agency_id=row["organisation__agency_id"],
        is_open=row["status"] == ServiceStatus.OPEN,
        points=tuple(points),
        **facts,
    )
