from collections.abc import Mapping
from datetime import date
from typing import ClassVar, Self
from uuid import UUID

from django.db import models

from reachin.families.information_sharing.enums import Category
from reachin.families.people.models import Person
from reachin.groundwork.field_encryption import seal, unseal
from reachin.groundwork.ids import new_id
from reachin.partnership.agencies.models import Agency

from .enums import AskedFor, Face, State, WordsKind
from .rules import OPEN, needs_second_look


def _both_or_none(step: str) -> models.CheckConstraint:
    at, by = f"{step}_at", f"{step}_by"
    return models.CheckConstraint(
        condition=models.Q(**{at: None, by: None}) | models.Q(**{f"{at}__isnull": False, f"{by}__isnull": False}),
        name=f"information_{step}_by_somebody",
    )


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
            _both_or_none("acknowledged"),
            _both_or_none("prepared"),
            _both_or_none("reviewed"),
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
            models.CheckConstraint(
                condition=models.Q(decided_at=None, decided_by=None) | models.Q(decided_at__isnull=False, decided_by__isnull=False),
                name="copy_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def said(self) -> str:
        """The words, unsealed."""
        return unseal(self.sealed, field=self.FIELD, row=self.id)

    def needs_second(self) -> bool:
        """Whether only the second person may put it in."""
        return needs_second_look(is_others_words=self.is_others_words, is_childs_confidence=self.is_childs_confidence)
