from datetime import time
from typing import Any

import pytest
from django.db import connection
from django.db.utils import IntegrityError, ProgrammingError

from reachin.groundwork.clock import now
from reachin.partnership.agencies.enums import AgencyKind
from reachin.partnership.agencies.models import Agency
from tests import cast


def test_staffed_hours_are_those_of_the_agency(db: None) -> None:
    desk = cast.agency("late-desk", opens_at=time(12), closes_at=time(22), staffed_days=[5, 6])
    hours = desk.staffed_hours()
    assert (hours.opens, hours.closes, hours.days) == (time(12), time(22), frozenset({5, 6}))
    assert cast.hub().staffed_hours().days == frozenset(range(5))


def test_hubs_and_duty_desks_are_found_while_they_work(db: None) -> None:
    cast.hub(), cast.social_work(), cast.charity()
    assert [agency.slug for agency in Agency.objects.hubs()] == ["family-hub"]
    assert [agency.slug for agency in Agency.objects.duty_desks()] == ["social-work"]
    Agency.objects.update(closed_at=now(), closed_by=cast.hub().id)
    assert not Agency.objects.active().exists()
    assert not Agency.objects.hubs().exists()
    assert not Agency.objects.duty_desks().exists()


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"kind": "spies"}, "agency_kind_known"),
        ({"closed_at": now}, "agency_closed_by_somebody"),
        ({"staffed_days": []}, "agency_staffed_sometimes"),
        ({"staffed_days": [7]}, "agency_staffed_sometimes"),
        ({"opens_at": time(17), "closes_at": time(9)}, "agency_staffed_sometimes"),
        ({"opens_at": time(9), "closes_at": time(9)}, "agency_staffed_sometimes"),
    ],
)
def test_the_database_refuses_an_agency_that_cannot_be(db: None, fields: dict[str, Any], name: str) -> None:
    told = {key: value() if callable(value) else value for key, value in fields.items()}
    with pytest.raises(IntegrityError, match=name):
        Agency.objects.create(**{"slug": "x", "name": "X", "kind": AgencyKind.OTHER, **told})


def test_two_agencies_never_share_a_slug(db: None) -> None:
    cast.hub()
    with pytest.raises(IntegrityError):
        Agency.objects.create(slug="family-hub", name="X", kind=AgencyKind.HUB)


def test_an_agency_is_never_deleted(db: None) -> None:
    """Asked of the database itself: Django would first look for rows of families that point at it."""
    cast.hub()
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("delete from agencies_agency")
