from collections.abc import Mapping
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from reachin.groundwork.clock.constraints import both_or_none
from reachin.groundwork.ids import new_id

from .enums import BrakeStep


class AuditEvent(models.Model):
    """What was done, by whom, to what: ids and field names, never values."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    happened_at = models.DateTimeField()
    event = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    fields = ArrayField(models.CharField(max_length=60), default=list)
    actor_kind = models.CharField(max_length=10)
    user_id = models.UUIDField(null=True)
    agency_id = models.UUIDField(null=True)
    scope_id = models.UUIDField(null=True)
    role = models.CharField(max_length=40)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "happened_at": "safe",
        "event": "sensitive",
        "subject_kind": "safe",
        "subject_id": "identifies",
        "fields": "safe",
        "actor_kind": "safe",
        "user_id": "identifies",
        "agency_id": "safe",
        "scope_id": "identifies",
        "role": "safe",
    }

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject_id", "happened_at"], name="audit_by_subject")]

    def __str__(self) -> str:
        return self.event


class DatabaseMark(models.Model):
    """Says of this database what it is; demo sign-in works only on one that is marked as demo."""

    name = models.CharField(primary_key=True, max_length=20)
    marked_at = models.DateTimeField()

    privacy: ClassVar[Mapping[str, str]] = {"name": "safe", "marked_at": "safe"}

    def __str__(self) -> str:
        return self.name


class Try(models.Model):
    """One knock at a door that anybody may knock at: a keyed digest of who knocked or at what, and when. Never the thing itself."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.BinaryField()
    tried_at = models.DateTimeField()

    privacy: ClassVar[Mapping[str, str]] = {"id": "safe", "digest": "identifies", "tried_at": "safe"}

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["digest", "tried_at"], name="try_by_digest"),
            models.Index(fields=["tried_at"], name="try_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class OpeningBrakeQuerySet(models.QuerySet["OpeningBrake"]):
    def of_agency(self, agency_id: object) -> Self:
        return self.filter(agency_id=agency_id)

    def unseen(self) -> Self:
        """What no information guardian has looked at yet, the newest first."""
        return self.filter(seen_at=None).order_by("-braked_at")


class OpeningBrake(models.Model):
    """An account, or its agency as a whole, opened more records within an hour than usual: what an information guardian has to look at."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user_id = models.UUIDField()
    agency_id = models.UUIDField()
    role = models.CharField(max_length=40)
    step = models.CharField(max_length=20, choices=BrakeStep)
    records = models.PositiveIntegerField()
    """How many other records the account had opened within the hour; 0 where that was few."""
    by_agency = models.PositiveIntegerField(default=0, db_default=0)
    """How many records the people of the agency had opened within the hour; 0 where that was not too many."""
    searches = models.PositiveIntegerField(default=0, db_default=0)
    """For how many others they had searched by name or reference within the hour; 0 where it was about opening."""
    braked_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    seen_by = models.UUIDField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "user_id": "identifies",
        "agency_id": "safe",
        "role": "safe",
        "step": "safe",
        "records": "safe",
        "by_agency": "safe",
        "searches": "safe",
        "braked_at": "safe",
        "seen_at": "safe",
        "seen_by": "identifies",
    }

    objects = OpeningBrakeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(step__in=BrakeStep.values), name="openingbrake_step_known"),
            both_or_none("seen_at", "seen_by", name="openingbrake_seen_by_somebody"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user_id", "braked_at"], name="openingbrake_by_user"),
            models.Index(fields=["agency_id", "seen_at", "braked_at"], name="openingbrake_of_agency"),
        ]

    def __str__(self) -> str:
        return self.step
