from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from reachin.access.directory.models import Service
from reachin.access.requests_for_assistance.models import RequestForAssistance
from reachin.access.requests_for_assistance.rules import NOBODY_NAMED, shown_name
from reachin.families.people.models import PersonAlias
from reachin.groundwork.audited_access.context import ask
from reachin.groundwork.clock.constraints import both_or_none
from reachin.groundwork.field_encryption import seal_answers, unseal, unseal_answers
from reachin.groundwork.ids import new_id
from reachin.partnership.agencies.models import Agency

from .enums import DeclineReason, Helped, ReferralMover, ReferralOutcome, ReferralState
from .rules import LIVE, TAKEN_BACK


class ReferralQuerySet(models.QuerySet["Referral"]):
    def live(self) -> Self:
        return self.filter(is_live=True)

    def received_by(self, agency_id: object) -> Self:
        """An agency's inbox."""
        return self.filter(receiver_agency_id=agency_id)

    def sent_by(self, agency_id: object) -> Self:
        return self.filter(sender_agency_id=agency_id)

    def of_request(self, request_id: object) -> Self:
        return self.filter(request_for_assistance_id=request_id)


class Referral(models.Model):
    """The card of a referral. What was shared lies in its snapshot, seen only under an opening."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sending_key = models.UUIDField(unique=True)
    """Made with the form that sends it: the same form posted twice makes one referral."""
    request_for_assistance = models.ForeignKey(RequestForAssistance, on_delete=models.PROTECT, related_name="referrals")
    request_sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    request_sender_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    service_name = models.CharField(max_length=300)
    is_masked = models.BooleanField()
    sender_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    receiver_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    display_name = models.CharField(max_length=80)
    people_count = models.PositiveSmallIntegerField()
    urgency = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=20, choices=ReferralState)
    state_since = models.DateTimeField()
    is_live = models.BooleanField()
    version = models.PositiveIntegerField(default=1)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    match_reasons = models.JSONField(default=list)
    """Why this service was suggested, as it was shown to the one who decided."""
    decline_reason = models.CharField(max_length=20, choices=DeclineReason, blank=True)
    outcome = models.CharField(max_length=20, choices=ReferralOutcome, blank=True)
    helped = models.CharField(max_length=10, choices=Helped, blank=True)
    rated_at = models.DateTimeField(null=True)
    rated_by = models.UUIDField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "identifies",
        "sending_key": "safe",
        "request_for_assistance": "identifies",
        "request_sender": "safe",
        "request_sender_agency": "safe",
        "service": "sensitive",
        "service_name": "sensitive",
        "is_masked": "sensitive",
        "sender_agency": "safe",
        "receiver_agency": "sensitive",
        "display_name": "identifies",
        "people_count": "safe",
        "urgency": "sensitive",
        "state": "sensitive",
        "state_since": "safe",
        "is_live": "safe",
        "version": "safe",
        "sent_at": "safe",
        "sent_by": "safe",
        "match_reasons": "sensitive",
        "decline_reason": "sensitive",
        "outcome": "sensitive",
        "helped": "sensitive",
        "rated_at": "safe",
        "rated_by": "identifies",
    }

    objects = ReferralQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ReferralState.values), name="referral_state_known"),
            models.CheckConstraint(
                condition=Q(is_live=True, state__in=sorted(LIVE)) | Q(is_live=False) & ~Q(state__in=sorted(LIVE)),
                name="referral_live_by_state",
            ),
            models.CheckConstraint(condition=~Q(state=ReferralState.COMPLETED) | ~Q(outcome=""), name="referral_completed_with_outcome"),
            models.CheckConstraint(
                condition=~Q(state=ReferralState.DECLINED) | ~Q(decline_reason=""), name="referral_declined_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(rated_at=None, rated_by=None, helped="") | Q(rated_at__isnull=False, rated_by__isnull=False) & ~Q(helped=""),
                name="referral_rated_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(rated_by=None) | Q(rated_by=F("request_for_assistance_id")), name="referral_rated_by_the_family"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(TAKEN_BACK)) | Q(display_name__in=["", NOBODY_NAMED]), name="referral_taken_back_names_nobody"
            ),
            models.UniqueConstraint(
                fields=["request_for_assistance", "service"], condition=Q(is_live=True), name="referral_one_live_a_service"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["receiver_agency", "is_live", "urgency", "sent_at", "id"], name="referral_inbox"),
            models.Index(fields=["request_for_assistance", "sent_at"], name="referral_by_request"),
            models.Index(fields=["sender_agency", "is_live", "sent_at"], name="referral_by_sender"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def shown_name(self) -> str:
        """Whom it is about, in words where nobody was named."""
        return shown_name(self.display_name)


class ReferralPerson(models.Model):
    """A person for whom help was asked; by an alias, which outlives a merge.

    They left it when the last share with the agency that was asked ended for them: it goes on for the others, or for nobody.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="people")
    alias = models.ForeignKey(PersonAlias, on_delete=models.PROTECT, related_name="+")
    left_at = models.DateTimeField(null=True)
    left_by = models.UUIDField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "referral": "identifies",
        "alias": "identifies",
        "left_at": "sensitive",
        "left_by": "identifies",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["referral", "alias"], name="referralperson_once"),
            both_or_none("left_at", "left_by", name="referralperson_left_by_somebody"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Snapshot(models.Model):
    """What was shared, copied on the day it was sent. Later changes to the record do not reach it."""

    FIELD: ClassVar[str] = "referrals.snapshot"

    referral = models.OneToOneField(Referral, primary_key=True, on_delete=models.PROTECT, related_name="snapshot")
    sealed = models.BinaryField()
    taken_at = models.DateTimeField()
    taken_by = models.UUIDField()

    privacy: ClassVar[Mapping[str, str]] = {"referral": "identifies", "sealed": "sensitive", "taken_at": "safe", "taken_by": "safe"}

    def __str__(self) -> str:
        return str(self.referral_id)

    def told(self) -> dict[str, Any]:
        return unseal_answers(self.sealed, field=self.FIELD, row=self.referral_id)

    def keep(self, told: Mapping[str, Any]) -> None:
        self.sealed = seal_answers(told, field=self.FIELD, row=self.referral_id)


def contact_told_since_sent() -> datetime | None:
    """Since when the way of contact in the snapshot of the open referral holds no more; None while it does.

    A snapshot stays as it was, but nobody is rung where somebody else may answer now.
    """
    told_at: datetime | None = ask("select reachin.contact_told_since_sent()")
    return told_at


class ReferralMove(models.Model):
    """One move: when, by whom, with which typed reason."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="moves")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=20, choices=ReferralState)
    mover = models.CharField(max_length=10, choices=ReferralMover)
    reason = models.CharField(max_length=40, blank=True)
    moved_at = models.DateTimeField()
    moved_by = models.UUIDField()

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "referral": "identifies",
        "number": "safe",
        "state": "sensitive",
        "mover": "safe",
        "reason": "sensitive",
        "moved_at": "safe",
        "moved_by": "identifies",
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["referral", "number"], name="referralmove_number_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"


class ReferralNote(models.Model):
    """Words beside a move: why declined, how it ended, what the family said of it. Sealed; seen under an opening."""

    FIELD: ClassVar[str] = "referrals.note"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="notes")
    from_family = models.BooleanField(default=False)
    sealed = models.BinaryField()
    written_at = models.DateTimeField()
    written_by = models.UUIDField()

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "referral": "identifies",
        "from_family": "safe",
        "sealed": "sensitive",
        "written_at": "safe",
        "written_by": "identifies",
    }

    class Meta:
        indexes: ClassVar = [models.Index(fields=["referral", "written_at"], name="referralnote_by_referral")]

    def __str__(self) -> str:
        return str(self.id)

    def words(self) -> str:
        return unseal(self.sealed, field=self.FIELD, row=self.id)
