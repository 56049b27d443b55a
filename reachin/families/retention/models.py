from collections.abc import Mapping
from typing import ClassVar, Self

from django.db import models

from reachin.families.people.models import PersonAlias
from reachin.groundwork.clock.constraints import both_or_none
from reachin.groundwork.field_encryption import seal, unseal
from reachin.groundwork.ids import new_id
from reachin.partnership.agencies.models import Agency

from .enums import ReviewDecision


class ReviewQuerySet(models.QuerySet["DestructionReview"]):
    def due(self) -> Self:
        """What waits for a first or a second person."""
        undecided = models.Q(decided_at=None) | models.Q(decision=ReviewDecision.DESTROY, confirmed_at=None, disagreed_at=None)
        return self.filter(undecided, destroyed_at=None)

    def to_be_destroyed(self) -> Self:
        """What two people decided and has not been done."""
        return self.filter(decision=ReviewDecision.DESTROY, confirmed_at__isnull=False, destroyed_at=None)

    def destroyed(self) -> Self:
        """What was done."""
        return self.filter(destroyed_at__isnull=False)


class DestructionReview(models.Model):
    """A record whose time is over, or that its person asked to have deleted, and what two people said of it. It is named by its id alone.

    `asked_id` is what the person asked, where it went because of that and not by the schedule.
    """

    FIELD: ClassVar[str] = "retention.review"
    DISAGREEMENT: ClassVar[str] = "retention.disagreement"
    SEALED: ClassVar[Mapping[str, str]] = {"reason": FIELD, "disagreement": DISAGREEMENT}

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    class_code = models.CharField(max_length=30)
    controller = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    counted_from = models.DateTimeField()
    due_from = models.DateTimeField()
    decision = models.CharField(max_length=10, choices=ReviewDecision, blank=True)
    reason = models.BinaryField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    keep_until = models.DateField(null=True)
    """Until when it is kept, where that was decided; then it comes up again."""
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.UUIDField(null=True)
    disagreed_at = models.DateTimeField(null=True)
    disagreed_by = models.UUIDField(null=True)
    disagreement = models.BinaryField(null=True)
    """Why the second person did not confirm: it is listed anew."""
    asked_id = models.UUIDField(null=True)
    destroyed_at = models.DateTimeField(null=True)
    destroyed_by = models.UUIDField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "kind": "safe",
        "subject_id": "identifies",
        "class_code": "sensitive",
        "controller": "safe",
        "counted_from": "safe",
        "due_from": "safe",
        "decision": "safe",
        "reason": "sensitive",
        "decided_at": "safe",
        "decided_by": "safe",
        "keep_until": "safe",
        "confirmed_at": "safe",
        "confirmed_by": "safe",
        "disagreed_at": "safe",
        "disagreed_by": "safe",
        "disagreement": "sensitive",
        "asked_id": "identifies",
        "destroyed_at": "safe",
        "destroyed_by": "safe",
    }

    objects: ClassVar[models.Manager["DestructionReview"]] = models.Manager.from_queryset(ReviewQuerySet)()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(decision="") | models.Q(decision__in=ReviewDecision.values), name="review_decision_known"
            ),
            models.CheckConstraint(
                condition=models.Q(decision="", decided_at=None, decided_by=None, reason=None)
                | models.Q(decided_at__isnull=False, decided_by__isnull=False, reason__isnull=False) & ~models.Q(decision=""),
                name="review_decided_by_somebody",
            ),
            both_or_none("confirmed_at", "confirmed_by", name="review_confirmed_by_somebody"),
            both_or_none("destroyed_at", "destroyed_by", name="review_destroyed_by_somebody"),
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None)
                | models.Q(decision=ReviewDecision.DESTROY, decided_by__isnull=False) & ~models.Q(confirmed_by=models.F("decided_by")),
                name="review_confirmed_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=models.Q(destroyed_at=None) | models.Q(confirmed_at__isnull=False), name="review_destroyed_only_when_confirmed"
            ),
            models.CheckConstraint(
                condition=models.Q(keep_until=None) | models.Q(decision=ReviewDecision.KEEP), name="review_kept_until_a_day"
            ),
            both_or_none("disagreed_at", "disagreed_by", "disagreement", name="review_disagreed_by_somebody_for_a_reason"),
            models.CheckConstraint(
                condition=models.Q(disagreed_by=None)
                | models.Q(decision=ReviewDecision.DESTROY, confirmed_at=None) & ~models.Q(disagreed_by=models.F("decided_by")),
                name="review_disagreed_by_a_second_person",
            ),
            models.UniqueConstraint(
                fields=["kind", "subject_id"], condition=models.Q(destroyed_at=None, decided_at=None), name="review_once_at_a_time"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["controller", "decided_at", "due_from"], name="review_by_controller")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"

    def because(self) -> str:
        """Why it was decided, in the reviewer's words; empty before."""
        return "" if self.reason is None else unseal(self.reason, field=self.FIELD, row=self.id)

    def keep_reason(self, words: str) -> None:
        """Seals the reviewer's words into this row; saving is the action's."""
        self.reason = seal(words, field=self.FIELD, row=self.id)

    def because_not(self) -> str:
        """Why the second person did not confirm; empty where nobody disagreed."""
        return "" if self.disagreement is None else unseal(self.disagreement, field=self.DISAGREEMENT, row=self.id)

    def keep_disagreement(self, words: str) -> None:
        """Seals the second person's words into this row; saving is the action's."""
        self.disagreement = seal(words, field=self.DISAGREEMENT, row=self.id)


class HoldQuerySet(models.QuerySet["LegalHold"]):
    def in_force(self) -> Self:
        return self.filter(lifted_at=None)


class LegalHold(models.Model):
    """Nothing of this person, this record or this whole class is destroyed until it is lifted: for a court, an inquiry, a complaint."""

    FIELD: ClassVar[str] = "retention.hold"
    LIFTED: ClassVar[str] = "retention.hold_lifted"
    SEALED: ClassVar[Mapping[str, str]] = {"reason": FIELD, "lift_reason": LIFTED}

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    alias = models.ForeignKey(PersonAlias, on_delete=models.PROTECT, null=True, related_name="+")
    subject_id = models.UUIDField(null=True)
    class_code = models.CharField(max_length=30, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    reason = models.BinaryField()
    held_at = models.DateTimeField()
    held_by = models.UUIDField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.UUIDField(null=True)
    lift_reason = models.BinaryField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "alias": "identifies",
        "subject_id": "identifies",
        "class_code": "safe",
        "agency": "safe",
        "reason": "sensitive",
        "held_at": "safe",
        "held_by": "safe",
        "lifted_at": "safe",
        "lifted_by": "safe",
        "lift_reason": "sensitive",
    }

    objects: ClassVar[models.Manager["LegalHold"]] = models.Manager.from_queryset(HoldQuerySet)()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(alias__isnull=False, subject_id=None, class_code="")
                | models.Q(alias=None, subject_id__isnull=False, class_code="")
                | models.Q(alias=None, subject_id=None) & ~models.Q(class_code=""),
                name="hold_on_one_thing",
            ),
            both_or_none("lifted_at", "lifted_by", name="hold_lifted_by_somebody"),
            models.CheckConstraint(
                condition=models.Q(lift_reason=None) | models.Q(lifted_at__isnull=False), name="hold_says_why_only_once_lifted"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject_id"], name="hold_by_record"),
            models.Index(fields=["class_code"], name="hold_by_class"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def because(self) -> str:
        """Why it is held, in the holder's words."""
        return unseal(self.reason, field=self.FIELD, row=self.id)

    def because_lifted(self) -> str:
        """Why it was lifted; empty while it is in force."""
        return "" if self.lift_reason is None else unseal(self.lift_reason, field=self.LIFTED, row=self.id)
