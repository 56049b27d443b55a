from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from reachin.groundwork.clock.constraints import both_or_none
from reachin.groundwork.ids import new_id

from .enums import Factor


class OneTimeLinkQuerySet(models.QuerySet["OneTimeLink"]):
    def live(self, now: datetime) -> Self:
        """Links that can still be used."""
        return self.filter(used_at=None, ended_at=None, expires_at__gt=now)


class OneTimeLink(models.Model):
    """One link: the digest of its token, what it is for, what it needs, and what became of it. The token itself is nowhere."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    token_digest = models.BinaryField(unique=True)
    purpose = models.CharField(max_length=60)
    """noun.verb of what it lets somebody do; a link for one purpose opens no other."""
    subject_id = models.UUIDField()
    factor = models.CharField(max_length=20, choices=Factor)
    phrase_hash = models.CharField(max_length=200, blank=True)
    account_id = models.UUIDField(null=True)
    """The account with which it ends, where it belongs to one."""
    agency_id = models.UUIDField(null=True)
    """The agency with which it ends; its people may confirm it and end it."""
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.UUIDField(null=True)
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=60, null=True)  # noqa: DJ001 null with ended_at, by a constraint

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "token_digest": "identifies",
        "purpose": "safe",
        "subject_id": "identifies",
        "factor": "safe",
        "phrase_hash": "sensitive",
        "account_id": "identifies",
        "agency_id": "safe",
        "made_at": "safe",
        "made_by": "identifies",
        "expires_at": "safe",
        "tries": "safe",
        "confirmed_at": "safe",
        "confirmed_by": "identifies",
        "used_at": "safe",
        "ended_at": "safe",
        "ended_by": "safe",
    }

    objects = OneTimeLinkQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(factor=Factor.PHRASE) & ~Q(phrase_hash="") | Q(factor=Factor.WORKER, phrase_hash=""), name="link_has_its_factor"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("made_at")), name="link_lives"),
            models.CheckConstraint(condition=Q(used_at=None) | Q(ended_at=None), name="link_used_or_ended"),
            both_or_none("confirmed_at", "confirmed_by", name="link_confirmed_by_somebody"),
            both_or_none("ended_at", "ended_by", name="link_ended_by_something"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject_id", "purpose"], name="link_by_subject"),
            models.Index(fields=["account_id"], name="link_by_account"),
            models.Index(fields=["agency_id"], name="link_by_agency"),
            models.Index(fields=["expires_at"], name="link_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.id)
