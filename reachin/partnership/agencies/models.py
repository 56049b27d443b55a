from collections.abc import Mapping
from datetime import time
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from reachin.groundwork.clock.constraints import both_or_none
from reachin.groundwork.clock.rules import StaffedHours
from reachin.groundwork.ids import new_id

from .enums import AgencyKind


def weekdays() -> list[int]:
    return [0, 1, 2, 3, 4]


class AgencyQuerySet(models.QuerySet["Agency"]):
    def active(self) -> Self:
        return self.filter(closed_at=None)

    def hubs(self) -> Self:
        return self.active().filter(kind=AgencyKind.HUB)

    def duty_desks(self) -> Self:
        """Agencies that answer when somebody may be in danger."""
        return self.active().filter(has_duty_desk=True)


class Agency(models.Model):
    """An organisation that is a partner. It is the controller of what it records; the partnership itself is no legal body."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=AgencyKind)
    is_masked = models.BooleanField(default=False)
    """Never shown by name in a status, message, agenda, print or file name (women's aid, addiction, immigration, sexual health)."""
    uses_reach_in = models.BooleanField(default=True)
    """False: nobody signs in there yet; the hub telephones and writes the answer down for them."""
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    has_duty_desk = models.BooleanField(default=False)
    opens_at = models.TimeField(default=time(9))
    closes_at = models.TimeField(default=time(17))
    staffed_days = ArrayField(models.PositiveSmallIntegerField(), default=weekdays)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "slug": "safe",
        "name": "safe",
        "kind": "safe",
        "is_masked": "safe",
        "uses_reach_in": "safe",
        "phone": "safe",
        "email": "safe",
        "has_duty_desk": "safe",
        "opens_at": "safe",
        "closes_at": "safe",
        "staffed_days": "safe",
        "closed_at": "safe",
        "closed_by": "safe",
    }

    objects = AgencyQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=AgencyKind.values), name="agency_kind_known"),
            models.CheckConstraint(
                condition=models.Q(opens_at__lt=models.F("closes_at"), staffed_days__contained_by=list(range(7)), staffed_days__len__gt=0),
                name="agency_staffed_sometimes",
            ),
            both_or_none("closed_at", "closed_by", name="agency_closed_by_somebody"),
        ]

    def __str__(self) -> str:
        return self.name

    def staffed_hours(self) -> StaffedHours:
        """When somebody is there."""
        return StaffedHours(opens=self.opens_at, closes=self.closes_at, days=frozenset(self.staffed_days))
