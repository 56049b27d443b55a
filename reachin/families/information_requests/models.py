from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models

from reachin.families.information_sharing.enums import Category
from reachin.families.people.models import Person
from reachin.groundwork.clock.constraints import both_or_none
from reachin.groundwork.field_encryption import seal, seal_answers, unseal, unseal_answers
from reachin.groundwork.ids import new_id
from reachin.partnership.agencies.models import Agency

from .enums import AskedFor, Corrected, Face, KeptBecause, NoticeOf, State, WordsKind
from .rules import OPEN, needs_second_look


class InformationRequestQuerySet(models.QuerySet["InformationRequest"]):
    def open(self) -> Self:
        """Those that wait for an answer."""
        return self.filter(state__in=sorted(OPEN))

    def due_first(self) -> Self:
        return self.order_by("due_on", "asked_at", "id")


class InformationRequest(models.Model):
    """The card of what a person asks about their information: which kind, where it is, by when. What was written lies in InformationWords.

    `controller` answers for it. `asked_by` is what the person bore when they asked. Who reviews is never who prepared.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    controller = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=AskedFor)
    face = models.CharField(max_length=10, choices=Face, blank=True)
    state = models.CharField(max_length=20, choices=State, default=State.ASKED)
    due_on = models.DateField()
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.UUIDField(null=True)
    prepared_at = models.DateTimeField(null=True)
    prepared_by = models.UUIDField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.UUIDField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "person": "identifies",
        "controller": "safe",
        "kind": "sensitive",
        "face": "sensitive",
        "state": "safe",
        "due_on": "safe",
        "asked_at": "safe",
        "asked_by": "identifies",
        "acknowledged_at": "safe",
        "acknowledged_by": "identifies",
        "prepared_at": "safe",
        "prepared_by": "identifies",
        "reviewed_at": "safe",
        "reviewed_by": "identifies",
    }

    objects = InformationRequestQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=AskedFor.values), name="information_kind_known"),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="information_state_known"),
            models.CheckConstraint(condition=models.Q(face__in=["", *Face.values]), name="information_face_known"),
            both_or_none("acknowledged_at", "acknowledged_by", name="information_acknowledged_by_somebody"),
            both_or_none("prepared_at", "prepared_by", name="information_prepared_by_somebody"),
            both_or_none("reviewed_at", "reviewed_by", name="information_reviewed_by_somebody"),
            models.CheckConstraint(
                condition=models.Q(reviewed_by=None) | ~models.Q(reviewed_by=models.F("prepared_by")), name="information_second_person"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[State.RELEASED, State.REFUSED],
                    prepared_at__isnull=False,
                    prepared_by__isnull=False,
                    reviewed_at__isnull=False,
                )
                | models.Q(state=State.PREPARED, prepared_at__isnull=False, reviewed_at=None)
                | models.Q(state=State.ACKNOWLEDGED, acknowledged_at__isnull=False, prepared_at=None, reviewed_at=None)
                | models.Q(state=State.ASKED, acknowledged_at=None, prepared_at=None, reviewed_at=None),
                name="information_state_as_done",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["controller", "state", "due_on"], name="information_due"),
            models.Index(fields=["person", "asked_at"], name="information_by_person"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def is_open(self) -> bool:
        return State(self.state) in OPEN

    def is_late_on(self, day: date) -> bool:
        """Whether it should have been answered before this day."""
        return self.is_open() and self.due_on < day


class InformationWords(models.Model):
    """Words of an information request, sealed: seen by a guardian who opened it, and by the person once it is answered."""

    FIELD: ClassVar[str] = "information_requests.words"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    information_request = models.ForeignKey(InformationRequest, on_delete=models.PROTECT, related_name="words")
    kind = models.CharField(max_length=20, choices=WordsKind)
    sealed = models.BinaryField()
    written_at = models.DateTimeField()
    written_by = models.UUIDField()

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "information_request": "identifies",
        "kind": "safe",
        "sealed": "sensitive",
        "written_at": "safe",
        "written_by": "identifies",
    }

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(kind__in=WordsKind.values), name="information_words_kind_known")]
        indexes: ClassVar = [models.Index(fields=["information_request", "written_at"], name="information_words_in_order")]

    def __str__(self) -> str:
        return str(self.id)

    def said(self) -> str:
        """The words, unsealed."""
        return unseal(self.sealed, field=self.FIELD, row=self.id)

    @classmethod
    def of(cls, asked: InformationRequest, kind: WordsKind, words: str, *, by: UUID) -> "InformationWords":
        """Words ready to be kept, but for their moment."""
        kept = cls(information_request=asked, kind=kind, written_by=by)
        kept.sealed = seal(words, field=cls.FIELD, row=kept.id)
        return kept


class CopyEntry(models.Model):
    """One thing that is held about the person, as it goes into their copy, or is withheld from it.

    What others said and what a child told in confidence begins withheld; only the second person puts it in.
    """

    FIELD: ClassVar[str] = "information_requests.copy"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    information_request = models.ForeignKey(InformationRequest, on_delete=models.PROTECT, related_name="entries")
    place = models.PositiveIntegerField()
    held_at = models.DateTimeField()
    controller = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=30, choices=Category)
    sealed = models.BinaryField()
    is_others_words = models.BooleanField()
    is_childs_confidence = models.BooleanField()
    is_withheld = models.BooleanField()
    gathered_at = models.DateTimeField()
    gathered_by = models.UUIDField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "information_request": "identifies",
        "place": "safe",
        "held_at": "safe",
        "controller": "safe",
        "category": "safe",
        "sealed": "sensitive",
        "is_others_words": "safe",
        "is_childs_confidence": "sensitive",
        "is_withheld": "safe",
        "gathered_at": "safe",
        "gathered_by": "identifies",
        "decided_at": "safe",
        "decided_by": "identifies",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["information_request", "place"], name="copy_place_once"),
            models.CheckConstraint(condition=models.Q(category__in=Category.values), name="copy_category_known"),
            both_or_none("decided_at", "decided_by", name="copy_decided_by_somebody"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def said(self) -> str:
        """The words, unsealed."""
        return unseal(self.sealed, field=self.FIELD, row=self.id)

    def needs_second(self) -> bool:
        """Whether only the second person may put it in."""
        return needs_second_look(is_others_words=self.is_others_words, is_childs_confidence=self.is_childs_confidence)


class ErasureEntry(models.Model):
    """One record of a person who asks for deletion: it goes, or `kept_because` says in a word why the law keeps it.

    What `found_because` says, the database found; only where it is empty a guardian may choose.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    information_request = models.ForeignKey(InformationRequest, on_delete=models.PROTECT, related_name="erasures")
    place = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    class_code = models.CharField(max_length=30)
    since = models.DateTimeField(null=True)
    """When the record ended; None while it has not."""
    found_because = models.CharField(max_length=20, choices=KeptBecause, blank=True)
    kept_because = models.CharField(max_length=20, choices=KeptBecause, blank=True)
    gathered_at = models.DateTimeField()
    gathered_by = models.UUIDField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.UUIDField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "information_request": "identifies",
        "place": "safe",
        "kind": "safe",
        "subject_id": "identifies",
        "class_code": "sensitive",
        "since": "safe",
        "found_because": "sensitive",
        "kept_because": "sensitive",
        "gathered_at": "safe",
        "gathered_by": "identifies",
        "decided_at": "safe",
        "decided_by": "identifies",
        "done_at": "safe",
        "done_by": "identifies",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["information_request", "place"], name="erasure_place_once"),
            models.CheckConstraint(
                condition=models.Q(found_because__in=["", *KeptBecause.values], kept_because__in=["", *KeptBecause.values]),
                name="erasure_reason_known",
            ),
            models.CheckConstraint(condition=models.Q(found_because="") | ~models.Q(kept_because=""), name="erasure_keeps_what_is_found"),
            models.CheckConstraint(condition=models.Q(done_at=None) | models.Q(kept_because=""), name="erasure_done_only_where_not_kept"),
            both_or_none("decided_at", "decided_by", name="erasure_decided_by_somebody"),
            both_or_none("done_at", "done_by", name="erasure_done_by_somebody"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Correction(models.Model):
    """One fact that is put right because its person asked: what stood there and what stands there now, sealed together.

    Until a second guardian gives the answer (`made_at`), it is proposed only. What stood there before is kept here, marked as corrected.
    """

    FIELD: ClassVar[str] = "information_requests.correction"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    information_request = models.ForeignKey(InformationRequest, on_delete=models.PROTECT, related_name="corrections")
    what = models.CharField(max_length=10, choices=Corrected)
    subject_id = models.UUIDField()
    """The person, or the request in which it was told."""
    code = models.CharField(max_length=60)
    """Which detail, or the code of the question."""
    sealed = models.BinaryField()
    proposed_at = models.DateTimeField()
    proposed_by = models.UUIDField()
    made_at = models.DateTimeField(null=True)
    made_by = models.UUIDField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "information_request": "identifies",
        "what": "safe",
        "subject_id": "identifies",
        "code": "sensitive",
        "sealed": "sensitive",
        "proposed_at": "safe",
        "proposed_by": "identifies",
        "made_at": "safe",
        "made_by": "identifies",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(what__in=Corrected.values), name="correction_kind_known"),
            models.UniqueConstraint(fields=["information_request", "subject_id", "code"], name="correction_of_a_fact_once"),
            models.CheckConstraint(
                condition=models.Q(made_at=None, made_by=None)
                | models.Q(made_at__isnull=False, made_by__isnull=False) & ~models.Q(made_by=models.F("proposed_by")),
                name="correction_made_by_a_second_person",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["subject_id", "code"], name="correction_by_fact")]

    def __str__(self) -> str:
        return str(self.id)

    def facts(self) -> dict[str, Any]:
        """`before` and `after`."""
        return unseal_answers(self.sealed, field=self.FIELD, row=self.id)

    def keep(self, *, before: Any, after: Any) -> None:
        """Seals both into this row (not yet saved)."""
        self.sealed = seal_answers({"before": before, "after": after}, field=self.FIELD, row=self.id)


class PartnerNotice(models.Model):
    """Another agency that had received it is told that something was put right, or deleted; what it was stands nowhere in it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    information_request = models.ForeignKey(InformationRequest, on_delete=models.PROTECT, related_name="notices")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    of = models.CharField(max_length=10, choices=NoticeOf)
    kind = models.CharField(max_length=20)
    """As what they received it: a referral, or a person who was shared with them."""
    subject_id = models.UUIDField()
    told_at = models.DateTimeField()
    told_by = models.UUIDField()
    seen_at = models.DateTimeField(null=True)
    seen_by = models.UUIDField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "information_request": "identifies",
        "agency": "sensitive",
        "of": "safe",
        "kind": "safe",
        "subject_id": "identifies",
        "told_at": "safe",
        "told_by": "identifies",
        "seen_at": "safe",
        "seen_by": "identifies",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(of__in=NoticeOf.values), name="partner_notice_known"),
            both_or_none("seen_at", "seen_by", name="partner_notice_seen_by_somebody"),
            models.UniqueConstraint(fields=["information_request", "agency", "subject_id"], name="partner_notice_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["agency", "seen_at", "told_at"], name="partner_notice_by_agency")]

    def __str__(self) -> str:
        return str(self.id)
