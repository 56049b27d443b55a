from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Q

from reachin.families.people.enums import Relation
from reachin.families.people.homes import Home
from reachin.families.people.models import PersonAlias
from reachin.groundwork.clock.constraints import both_or_none
from reachin.groundwork.field_encryption import seal, seal_answers, unseal, unseal_answers
from reachin.groundwork.ids import new_id
from reachin.partnership.agencies.models import Agency

from .enums import AskedBy, Channel, CheckedAs, ContactOutcome, Mover, NoteKind, Outcome, Stage, Suspicion, Urgency, WaitingFor
from .rules import WAITS_FOR, shown_name

OPEN_STAGES = [stage for stage, waiting in WAITS_FOR.items() if waiting != WaitingFor.NOBODY]


class DraftRequest(models.Model):
    """A request that is still being written. Only the bearer of its id sees it; it may be thrown away. All answers are sealed."""

    FIELD: ClassVar[str] = "requests.draft"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=14, unique=True)
    form_version = models.PositiveSmallIntegerField()
    asked_by = models.CharField(max_length=20, choices=AskedBy)
    channel = models.CharField(max_length=20, choices=Channel)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    sealed = models.BinaryField()
    saw_danger_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "identifies",
        "reference": "identifies",
        "form_version": "safe",
        "asked_by": "safe",
        "channel": "safe",
        "started_by": "safe",
        "sealed": "sensitive",
        "saw_danger_at": "sensitive",
        "started_at": "safe",
        "changed_at": "safe",
    }

    def __str__(self) -> str:
        return self.reference

    def answers(self) -> dict[str, Any]:
        """What was answered so far, by question code."""
        return unseal_answers(self.sealed, field=self.FIELD, row=self.id)

    def keep(self, answers: Mapping[str, Any]) -> None:
        """Seals the answers into this row (not yet saved)."""
        self.sealed = seal_answers(answers, field=self.FIELD, row=self.id)


class WayIn(models.Model):
    """By what the family comes back to their draft or request: the reference (a digest) and a phrase of their own (hashed)."""

    id = models.UUIDField(primary_key=True, editable=False)
    reference_digest = models.BinaryField(unique=True)
    phrase_hash = models.CharField(max_length=200)
    chosen_at = models.DateTimeField()
    renewed_at = models.DateTimeField(null=True)
    """When it was last chosen anew or shut after sending: whoever came in before comes in again."""

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "identifies",
        "reference_digest": "identifies",
        "phrase_hash": "sensitive",
        "chosen_at": "safe",
        "renewed_at": "safe",
    }

    def __str__(self) -> str:
        return str(self.id)


class WayInTry(models.Model):
    """One try to come in, known or unknown reference alike: a keyed digest of what was tried, so that guessing is slowed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.BinaryField()
    tried_at = models.DateTimeField()

    privacy: ClassVar[Mapping[str, str]] = {"id": "safe", "digest": "identifies", "tried_at": "safe"}

    class Meta:
        indexes: ClassVar = [models.Index(fields=["digest", "tried_at"], name="wayintry_by_digest")]

    def __str__(self) -> str:
        return str(self.id)


class RequestQuerySet(models.QuerySet["RequestForAssistance"]):
    def held_by(self, agency_id: object) -> Self:
        """Requests in the hands of one agency: its queue."""
        return self.filter(holder_agency_id=agency_id)

    def waiting_for(self, whom: WaitingFor) -> Self:
        return self.filter(waiting_for=whom)

    def sent_by(self, account_id: object) -> Self:
        return self.filter(sender_id=account_id)

    def most_urgent_first(self) -> Self:
        """Danger first, then the oldest."""
        return self.order_by("urgency", "received_at", "id")


class RequestForAssistance(models.Model):
    """The card of a request: what queues and lists show. What was told lies in records of its own, seen only under an opening."""

    id = models.UUIDField(primary_key=True, editable=False)
    reference = models.CharField(max_length=14, unique=True)
    form_version = models.PositiveSmallIntegerField()
    asked_by = models.CharField(max_length=20, choices=AskedBy)
    channel = models.CharField(max_length=20, choices=Channel)
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    sender_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+")
    holder_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    duty_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+")
    """The duty desk that was alerted, where somebody may be in danger."""
    display_name = models.CharField(max_length=80)
    people_count = models.PositiveSmallIntegerField()
    area_code = models.CharField(max_length=12, blank=True)
    urgency = models.PositiveSmallIntegerField(choices=Urgency)
    stage = models.CharField(max_length=20, choices=Stage)
    stage_since = models.DateTimeField()
    waiting_for = models.CharField(max_length=10, choices=WaitingFor)
    version = models.PositiveIntegerField(default=1)
    received_at = models.DateTimeField()
    received_by = models.UUIDField()
    contact_due_at = models.DateTimeField(null=True)
    untold_since = models.DateTimeField(null=True)
    """Since when a message to the family could not be sent, and nobody told it in its place; null where there is none."""
    contact_owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    help_started_at = models.DateTimeField(null=True)
    help_started_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    outcome = models.CharField(max_length=30, choices=Outcome, blank=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "identifies",
        "reference": "identifies",
        "form_version": "safe",
        "asked_by": "sensitive",
        "channel": "safe",
        "sender": "safe",
        "sender_agency": "safe",
        "holder_agency": "safe",
        "duty_agency": "sensitive",
        "display_name": "identifies",
        "people_count": "safe",
        "area_code": "sensitive",
        "urgency": "sensitive",
        "stage": "sensitive",
        "stage_since": "safe",
        "waiting_for": "safe",
        "version": "safe",
        "received_at": "safe",
        "received_by": "identifies",
        "contact_due_at": "safe",
        "untold_since": "safe",
        "contact_owner": "safe",
        "help_started_at": "safe",
        "help_started_by": "safe",
        "closed_at": "safe",
        "closed_by": "identifies",
        "outcome": "sensitive",
    }

    objects = RequestQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(stage__in=[s for s in Stage.values if s != Stage.DRAFT]), name="request_stage_known"),
            models.CheckConstraint(condition=Q(asked_by__in=AskedBy.values), name="request_asked_by_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="request_channel_known"),
            models.CheckConstraint(
                condition=Q(asked_by=AskedBy.PRACTITIONER) | ~Q(stage=Stage.RETURNED), name="request_family_never_returned"
            ),
            models.CheckConstraint(
                condition=Q(sender__isnull=False, sender_agency__isnull=False)
                | Q(sender=None, sender_agency=None) & ~Q(asked_by=AskedBy.PRACTITIONER),
                name="request_practitioner_has_account",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False, waiting_for=WaitingFor.NOBODY) | Q(closed_at=None) & ~Q(waiting_for=WaitingFor.NOBODY),
                name="request_closed_waits_for_nobody",
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.CLOSED) | ~Q(outcome=""),
                name="request_closed_with_outcome",
            ),
            both_or_none("closed_at", "closed_by", name="request_closed_by_somebody"),
            both_or_none("help_started_at", "help_started_by", name="request_help_started_by_somebody"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["holder_agency", "waiting_for", "urgency", "received_at", "id"], name="request_queue"),
            models.Index(fields=["holder_agency", "stage", "urgency", "received_at", "id"], name="request_queue_by_stage"),
            models.Index(fields=["holder_agency", "received_at"], name="request_by_arrival"),
            models.Index(fields=["sender", "received_at"], name="request_by_sender"),
        ]

    def __str__(self) -> str:
        return self.reference

    def shown_name(self) -> str:
        """Whom it is about, in words where nobody was named."""
        return shown_name(self.display_name)

    def asked_by_practitioner(self) -> bool:
        return self.asked_by == AskedBy.PRACTITIONER


class RequestPerson(models.Model):
    """One person of a request and what they are to the one who asks. Points at the person by an alias, which outlives a merge."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request_for_assistance = models.ForeignKey(RequestForAssistance, on_delete=models.PROTECT, related_name="people")
    alias = models.ForeignKey(PersonAlias, on_delete=models.PROTECT, related_name="+")
    relation = models.CharField(max_length=20, choices=Relation)
    place = models.PositiveSmallIntegerField()
    is_contact = models.BooleanField()
    """Whether this is the person whose contact instruction the request gave."""

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "request_for_assistance": "identifies",
        "alias": "identifies",
        "relation": "sensitive",
        "place": "safe",
        "is_contact": "safe",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request_for_assistance", "place"], name="requestperson_place_once"),
            models.CheckConstraint(condition=Q(relation__in=Relation.values), name="requestperson_relation_known"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Telling(models.Model):
    """What was told in one category of words, sealed. One table a category, so that each can be open or shut."""

    FIELD: ClassVar[str]
    objects: ClassVar[models.Manager[Any]] = models.Manager()

    request_for_assistance = models.OneToOneField(RequestForAssistance, primary_key=True, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()

    privacy: ClassVar[Mapping[str, str]] = {"request_for_assistance": "identifies", "sealed": "sensitive"}

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.request_for_assistance_id)

    def answers(self) -> dict[str, Any]:
        return unseal_answers(self.sealed, field=self.FIELD, row=self.request_for_assistance_id)

    def keep(self, answers: Mapping[str, Any]) -> None:
        self.sealed = seal_answers(answers, field=self.FIELD, row=self.request_for_assistance_id)


class StoryTold(Telling):
    """The story, the wishes, and what an agency knows."""

    FIELD: ClassVar[str] = "requests.story"


class PlanTold(Telling):
    """Whether there is a child's plan."""

    FIELD: ClassVar[str] = "requests.plan"


class SafetyTold(Telling):
    """Danger, and who must not see or know."""

    FIELD: ClassVar[str] = "requests.safety"


class PlaceTold(Telling):
    """Where the family lives or stays. Seen only under the category of protected addresses.

    `postcode_digest` lets an information guardian ask about somebody who looked at a neighbour; a home that is secret has none.
    """

    FIELD: ClassVar[str] = "requests.place"

    postcode_digest = models.BinaryField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {**Telling.privacy, "postcode_digest": "identifies"}

    def keep_street(self, home: Home) -> None:
        """Keeps the digest of the street that was told, or none where the home is secret (not yet saved)."""
        self.postcode_digest = home.street_digest()


TELLINGS: tuple[type[Telling], ...] = (StoryTold, PlanTold, SafetyTold, PlaceTold)


def all_told(request_id: UUID) -> dict[str, Any]:
    """What was told in every category that is open to the one who acts, by question code; by one statement, since it is read together."""
    parts = [
        f"select {place} as place, sealed from {telling._meta.db_table} where request_for_assistance_id = %s::uuid"
        for place, telling in enumerate(TELLINGS)
    ]
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(parts), [request_id] * len(parts))
        found = cursor.fetchall()
    return {
        code: answer
        for place, sealed in found
        for code, answer in unseal_answers(sealed, field=TELLINGS[place].FIELD, row=request_id).items()
    }


class RequestMove(models.Model):
    """One move of a request from stage to stage: when, by whom, with which typed reason. The history on every page comes from here."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request_for_assistance = models.ForeignKey(RequestForAssistance, on_delete=models.PROTECT, related_name="moves")
    number = models.PositiveIntegerField()
    stage = models.CharField(max_length=20, choices=Stage)
    mover = models.CharField(max_length=12, choices=Mover)
    reason = models.CharField(max_length=40, blank=True)
    moved_at = models.DateTimeField()
    moved_by = models.UUIDField()

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "request_for_assistance": "identifies",
        "number": "safe",
        "stage": "sensitive",
        "mover": "safe",
        "reason": "sensitive",
        "moved_at": "safe",
        "moved_by": "identifies",
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["request_for_assistance", "number"], name="requestmove_number_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.stage}"


class RequestNote(models.Model):
    """Words beside a request: what is missing, a question and its answer, a decision's reason. Sealed; seen under an opening."""

    FIELD: ClassVar[str] = "requests.note"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request_for_assistance = models.ForeignKey(RequestForAssistance, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=20, choices=NoteKind)
    sealed = models.BinaryField()
    questions = models.JSONField(default=list)
    """Codes of the questions that are missing, for notes of that kind."""
    written_at = models.DateTimeField()
    written_by = models.UUIDField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "request_for_assistance": "identifies",
        "kind": "safe",
        "sealed": "sensitive",
        "questions": "safe",
        "written_at": "safe",
        "written_by": "identifies",
        "answered_at": "safe",
        "answered_by": "identifies",
    }

    class Meta:
        constraints: ClassVar = [both_or_none("answered_at", "answered_by", name="note_answered_by_somebody")]
        indexes: ClassVar = [models.Index(fields=["request_for_assistance", "written_at"], name="note_by_request")]

    def __str__(self) -> str:
        return str(self.id)

    def words(self) -> str:
        return unseal(self.sealed, field=self.FIELD, row=self.id)

    @classmethod
    def saying(cls, words: str, *, request_for_assistance: RequestForAssistance, kind: NoteKind, by: UUID, now: datetime) -> "RequestNote":
        """A note ready to be saved."""
        note = cls(request_for_assistance=request_for_assistance, kind=kind, written_at=now, written_by=by)
        note.sealed = seal(words, field=cls.FIELD, row=note.id)
        return note


class ContactAttempt(models.Model):
    """Somebody tried to be in touch with the family: when, who, and what came of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request_for_assistance = models.ForeignKey(RequestForAssistance, on_delete=models.PROTECT, related_name="contact_attempts")
    outcome = models.CharField(max_length=20, choices=ContactOutcome)
    tried_at = models.DateTimeField()
    tried_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "request_for_assistance": "identifies",
        "outcome": "sensitive",
        "tried_at": "safe",
        "tried_by": "safe",
    }

    def __str__(self) -> str:
        return self.outcome


class DangerAlert(models.Model):
    """Somebody may be in danger: raised on sending, never on a draft, and open until a duty worker took it on."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request_for_assistance = models.ForeignKey(RequestForAssistance, on_delete=models.PROTECT, related_name="alerts")
    duty_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "request_for_assistance": "identifies",
        "duty_agency": "safe",
        "raised_at": "safe",
        "taken_at": "safe",
        "taken_by": "safe",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request_for_assistance", "duty_agency"], name="alert_once"),
            both_or_none("taken_at", "taken_by", name="alert_taken_by_somebody"),
        ]
        indexes: ClassVar = [models.Index(fields=["duty_agency", "taken_at", "raised_at"], name="alert_open")]

    def __str__(self) -> str:
        return str(self.id)


class Quarantine(models.Model):
    """A request that looks as if no person had sent it: why, and what a hub worker decided. It was received as any other."""

    request_for_assistance = models.OneToOneField(
        RequestForAssistance, primary_key=True, on_delete=models.PROTECT, related_name="quarantine"
    )
    suspicions = ArrayField(models.CharField(max_length=30, choices=Suspicion))
    marked_at = models.DateTimeField()
    checked_as = models.CharField(max_length=20, choices=CheckedAs, blank=True)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    privacy: ClassVar[Mapping[str, str]] = {
        "request_for_assistance": "identifies",
        "suspicions": "safe",
        "marked_at": "safe",
        "checked_as": "safe",
        "checked_at": "safe",
        "checked_by": "safe",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(checked_as__in=["", *CheckedAs.values]), name="quarantine_check_known"),
            models.CheckConstraint(
                condition=Q(checked_at=None, checked_by=None, checked_as="")
                | Q(checked_at__isnull=False, checked_by__isnull=False) & ~Q(checked_as=""),
                name="quarantine_checked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.request_for_assistance_id)
