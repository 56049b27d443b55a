from collections.abc import Mapping
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from reachin.groundwork.ids import new_id


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
