from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from reachin.groundwork.clock.constraints import both_or_none
from reachin.groundwork.field_encryption import unseal_answers
from reachin.groundwork.ids import new_id

from .enums import ContactWay, MessageState


class Message(models.Model):
    """One message in the outbox. Address and words are sealed; `about_id` is the record whose bearer it is for."""

    FIELD: ClassVar[str] = "notices.message"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    about_id = models.UUIDField()
    event = models.CharField(max_length=60)
    is_for_staff = models.BooleanField()
    way = models.CharField(max_length=20, choices=ContactWay)
    sealed = models.BinaryField()
    state = models.CharField(max_length=10, choices=MessageState)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    queued_by = models.UUIDField(null=True)
    not_before = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=40, null=True)  # noqa: DJ001 null with settled_at, by a constraint

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "about_id": "identifies",
        "event": "sensitive",
        "is_for_staff": "safe",
        "way": "safe",
        "sealed": "identifies",
        "state": "safe",
        "attempts": "safe",
        "queued_at": "safe",
        "queued_by": "identifies",
        "not_before": "safe",
        "settled_at": "safe",
        "settled_by": "safe",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=MessageState.values), name="message_state_known"),
            both_or_none("settled_at", "settled_by", name="message_settled_by_something"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "not_before"], name="message_due"),
            models.Index(fields=["about_id", "queued_at"], name="message_about"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def unsealed(self) -> dict[str, str]:
        """The address, subject and words."""
        return unseal_answers(self.sealed, field=self.FIELD, row=self.id)
