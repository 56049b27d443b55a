from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual

from reachin.families.people.models import Person
from reachin.groundwork.clock.constraints import both_or_none
from reachin.groundwork.field_encryption import seal, unseal
from reachin.groundwork.field_encryption.sealing import LEAST_BYTES
from reachin.groundwork.ids import new_id
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency

from .enums import Basis, Category, CircleRole, CriminalCondition, Decision, Informed, Purpose, ReviewOutcome, SaidAs, SpecialCondition
from .rules import LEAST_REASON, SPECIAL_CATEGORIES, WORDS_WITHIN


def says_something(column: str) -> models.Q:
    """That a sealed column holds at least one letter. Said of what is missing too: a check that comes to NULL would hold."""
    return models.Q(**{f"{column}__isnull": False}) & models.Q(GreaterThan(Length(column), LEAST_BYTES))


KEPT_BACK = models.Q(kept_back_why=None) | models.Q(reviewed_at__isnull=False) & says_something("kept_back_why")
"""A reviewer alone keeps something back, and says why."""


UNFINISHED = models.Q(words_due_at__isnull=False, completed_at=None)
"""Shared first in an emergency, and not yet written down in full."""


class WordsSealed:
    """For models that keep words in several columns, each sealed for itself under FIELD and its own name."""

    FIELD: ClassVar[str]
    id: Any

    def keep(self, column: str, words: str) -> None:
        """Seals words into one of these columns."""
        setattr(self, column, seal(words, field=f"{self.FIELD}.{column}", row=self.id))

    def words(self, column: str) -> str:
        """The words of one of these columns; empty where nothing is kept."""
        sealed = getattr(self, column)
        return "" if sealed is None else unseal(sealed, field=f"{self.FIELD}.{column}", row=self.id)


class SharingAgreementQuerySet(models.QuerySet["SharingAgreement"]):
    def in_force(self, day: date) -> Self:
        """Agreements that count on this day, by the calendar and not by a job."""
        return self.filter(starts_on__lte=day, expires_on__gte=day, ended_at=None)

    def between(self, one: UUID, other: UUID) -> Self:
        """Agreements that both agencies are parties to."""
        return self.filter(parties=one).filter(parties=other)


class SharingAgreement(models.Model):
    """What agencies agreed to share routinely: it carries each such share and fills in what has to be said of it. No word of families."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    keeper = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    parties = models.ManyToManyField(Agency, through="AgreementParty", related_name="+")
    purpose = models.CharField(max_length=20, choices=Purpose)
    categories = ArrayField(models.CharField(max_length=30, choices=Category))
    basis = models.CharField(max_length=30, choices=Basis)
    special_condition = models.CharField(max_length=30, choices=SpecialCondition, blank=True)
    criminal_condition = models.CharField(max_length=30, choices=CriminalCondition, blank=True)
    statutory_power = models.CharField(max_length=300, blank=True)
    why = models.TextField()
    necessity = models.TextField()
    schedule = models.TextField()
    document = models.CharField(max_length=300, blank=True)
    starts_on = models.DateField()
    expires_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "name": "safe",
        "keeper": "safe",
        "purpose": "safe",
        "categories": "safe",
        "basis": "safe",
        "special_condition": "safe",
        "criminal_condition": "safe",
        "statutory_power": "safe",
        "why": "safe",
        "necessity": "safe",
        "schedule": "safe",
        "document": "safe",
        "starts_on": "safe",
        "expires_on": "safe",
        "recorded_at": "safe",
        "recorded_by": "identifies",
        "ended_at": "safe",
        "ended_by": "identifies",
    }

    objects = SharingAgreementQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(purpose__in=Purpose.values), name="agreement_purpose_known"),
            models.CheckConstraint(condition=models.Q(basis__in=Basis.values), name="agreement_basis_known"),
            models.CheckConstraint(
                condition=models.Q(categories__contained_by=Category.values, categories__len__gt=0), name="agreement_categories_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(categories__overlap=list(SPECIAL_CATEGORIES)) | ~models.Q(special_condition=""),
                name="agreement_says_why_special",
            ),
            models.CheckConstraint(condition=models.Q(expires_on__gte=models.F("starts_on")), name="agreement_expires_after_start"),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_by__isnull=True) | models.Q(ended_at__isnull=False, ended_by__isnull=False),
                name="agreement_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AgreementParty(models.Model):
    """An agency that is party to an agreement."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agreement = models.ForeignKey(SharingAgreement, on_delete=models.PROTECT, related_name="party_rows")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")

    privacy: ClassVar[Mapping[str, str]] = {"id": "safe", "agreement": "safe", "agency": "safe"}

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["agreement", "agency"], name="agreement_party_once")]

    def __str__(self) -> str:
        return str(self.id)


class SharingDecision(WordsSealed, models.Model):
    """A decision to share something about a person with an agency, or not to: with the seven things that have to be kept of it (B4).

    Who decided and who answers for it (`controller`), with whom, what (`categories`), why, whose views were heard, whether the person was
    asked or told and if not why, why it is needed and no more than that, the lawful basis, the decision. The words are sealed.
    In an emergency the reason comes first and the rest by `words_due_at`; until then the person counts as not told.
    """

    FIELD: ClassVar[str] = "information_sharing.decision"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="sharing_decisions")
    controller = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=10, choices=Decision)
    purpose = models.CharField(max_length=20, choices=Purpose)
    categories = ArrayField(models.CharField(max_length=30, choices=Category))
    why = models.BinaryField()
    views = models.BinaryField(null=True)
    necessity = models.BinaryField(null=True)
    informed = models.CharField(max_length=10, choices=Informed)
    not_told_why = models.BinaryField(null=True)
    basis = models.CharField(max_length=30, choices=Basis)
    special_condition = models.CharField(max_length=30, choices=SpecialCondition, blank=True)
    criminal_condition = models.CharField(max_length=30, choices=CriminalCondition, blank=True)
    statutory_power = models.CharField(max_length=300, blank=True)
    agreement = models.ForeignKey(SharingAgreement, on_delete=models.PROTECT, null=True, related_name="+")
    is_emergency = models.BooleanField(default=False)
    beats_block = models.BooleanField(default=False)
    decided_at = models.DateTimeField()
    decided_by = models.UUIDField()
    words_due_at = models.DateTimeField(null=True)
    """By when the rest of the seven things is written, where it was shared first in an emergency."""
    completed_at = models.DateTimeField(null=True)
    completed_by = models.UUIDField(null=True)
    review_due_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.UUIDField(null=True)
    review_outcome = models.CharField(max_length=20, choices=ReviewOutcome, blank=True)
    review_words = models.BinaryField(null=True)
    kept_back_why = models.BinaryField(null=True)
    """Why the reviewer keeps looks that rest on it off the person's own page; None: they read of them."""

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "person": "identifies",
        "controller": "safe",
        "agency": "sensitive",
        "decision": "sensitive",
        "purpose": "sensitive",
        "categories": "safe",
        "why": "sensitive",
        "views": "sensitive",
        "necessity": "sensitive",
        "informed": "safe",
        "not_told_why": "sensitive",
        "basis": "safe",
        "special_condition": "safe",
        "criminal_condition": "sensitive",
        "statutory_power": "safe",
        "agreement": "safe",
        "is_emergency": "safe",
        "beats_block": "safe",
        "decided_at": "safe",
        "decided_by": "identifies",
        "words_due_at": "safe",
        "completed_at": "safe",
        "completed_by": "identifies",
        "review_due_at": "safe",
        "reviewed_at": "safe",
        "reviewed_by": "identifies",
        "review_outcome": "safe",
        "review_words": "sensitive",
        "kept_back_why": "sensitive",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(decision__in=Decision.values), name="decision_known"),
            models.CheckConstraint(condition=models.Q(purpose__in=Purpose.values), name="decision_purpose_known"),
            models.CheckConstraint(condition=models.Q(basis__in=Basis.values), name="decision_basis_known"),
            models.CheckConstraint(condition=models.Q(informed__in=Informed.values), name="decision_informed_known"),
            models.CheckConstraint(
                condition=models.Q(categories__contained_by=Category.values, categories__len__gt=0), name="decision_says_what"
            ),
            models.CheckConstraint(condition=says_something("why"), name="decision_says_why"),
            models.CheckConstraint(condition=says_something("views") | UNFINISHED, name="decision_says_whose_views"),
            models.CheckConstraint(condition=says_something("necessity") | UNFINISHED, name="decision_says_why_needed"),
            models.CheckConstraint(
                condition=(models.Q(informed=Informed.NOT_TOLD) & says_something("not_told_why"))
                | (~models.Q(informed=Informed.NOT_TOLD) & models.Q(not_told_why=None))
                | UNFINISHED & models.Q(informed=Informed.NOT_TOLD, not_told_why=None),
                name="decision_says_why_not_told",
            ),
            models.CheckConstraint(
                condition=models.Q(words_due_at=None)
                | models.Q(
                    is_emergency=True,
                    decision=Decision.SHARE,
                    beats_block=False,
                    words_due_at__gt=models.F("decided_at"),
                    words_due_at__lte=models.F("decided_at") + WORDS_WITHIN,
                ),
                name="decision_is_finished_within_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(completed_at=None, completed_by=None)
                | models.Q(completed_at__isnull=False, completed_by__isnull=False, words_due_at__isnull=False),
                name="decision_finished_by_somebody",
            ),
            models.CheckConstraint(
                condition=~(UNFINISHED & models.Q(review_outcome=ReviewOutcome.JUSTIFIED)), name="decision_right_only_in_full"
            ),
            models.CheckConstraint(
                condition=models.Q(decision=Decision.NOT_SHARE)
                | models.Q(basis=Basis.CONSENT, informed=Informed.AGREED)
                | (~models.Q(basis=Basis.CONSENT) & ~models.Q(informed=Informed.AGREED)),
                name="decision_consent_was_asked_for",
            ),
            models.CheckConstraint(
                condition=~models.Q(categories__overlap=list(SPECIAL_CATEGORIES)) | ~models.Q(special_condition=""),
                name="decision_says_why_special",
            ),
            models.CheckConstraint(
                condition=models.Q(is_emergency=False) | models.Q(review_due_at__isnull=False), name="decision_emergency_is_reviewed"
            ),
            models.CheckConstraint(
                condition=models.Q(beats_block=False)
                | models.Q(
                    decision=Decision.SHARE,
                    purpose=Purpose.PROTECTION,
                    review_due_at__isnull=False,
                    basis__in=[Basis.PUBLIC_TASK, Basis.LEGAL_OBLIGATION, Basis.VITAL_INTERESTS],
                ),
                name="decision_beats_block_to_protect",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_at=None, reviewed_by=None, review_outcome="")
                | models.Q(reviewed_at__isnull=False, reviewed_by__isnull=False, review_outcome__in=ReviewOutcome.values),
                name="decision_reviewed_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_at=None, review_words=None)
                | models.Q(reviewed_at__isnull=False) & says_something("review_words"),
                name="decision_reviewed_in_words",
            ),
            models.CheckConstraint(condition=KEPT_BACK, name="decision_kept_back_with_a_reason"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["decided_by"], condition=UNFINISHED, name="decision_unfinished"),
            models.Index(fields=["person", "decided_at"], name="decision_by_person"),
            models.Index(fields=["controller", "review_due_at"], name="decision_to_review"),
            models.Index(fields=["controller"], condition=models.Q(beats_block=True), name="decision_above_block"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def is_unfinished(self) -> bool:
        """Whether it was shared first, and the rest of the seven things is still to be written."""
        return self.words_due_at is not None and self.completed_at is None


class CircleQuerySet(models.QuerySet["CircleEntry"]):
    def in_force(self, moment: datetime) -> Self:
        """Entries that count at this moment, by the clock."""
        return self.filter(starts_at__lte=moment, ended_at=None).filter(models.Q(until=None) | models.Q(until__gt=moment))

    def for_account(self, account: Account) -> Self:
        """Entries of a whole agency, and those that name this practitioner of it."""
        return self.filter(models.Q(account=None) | models.Q(account=account))


class CircleEntry(models.Model):
    """One agency in one person's circle, or one practitioner of it: for what, which kinds of words, from when until when, on what basis.

    What the front door holds was given to it by whoever asked; every other entry rests on a decision with its reasons.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="circle")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=20, choices=CircleRole, default=CircleRole.SERVICE)
    decision = models.ForeignKey(SharingDecision, on_delete=models.PROTECT, null=True, related_name="entries")
    purpose = models.CharField(max_length=20, choices=Purpose)
    categories = ArrayField(models.CharField(max_length=30, choices=Category))
    basis = models.CharField(max_length=30, choices=Basis)
    starts_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "person": "identifies",
        "agency": "sensitive",
        "account": "sensitive",
        "role": "sensitive",
        "decision": "safe",
        "purpose": "sensitive",
        "categories": "safe",
        "basis": "safe",
        "starts_at": "safe",
        "until": "safe",
        "recorded_at": "safe",
        "recorded_by": "identifies",
        "ended_at": "safe",
        "ended_by": "identifies",
    }

    objects = CircleQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(role__in=CircleRole.values), name="circle_role_known"),
            models.CheckConstraint(
                condition=models.Q(purpose=Purpose.FRONT_DOOR) | models.Q(decision__isnull=False), name="circle_rests_on_a_decision"
            ),
            models.CheckConstraint(
                condition=models.Q(purpose=Purpose.FRONT_DOOR, account=None) | models.Q(until__isnull=False), name="circle_has_an_end"
            ),
            models.CheckConstraint(condition=models.Q(purpose__in=Purpose.values), name="circle_purpose_known"),
            models.CheckConstraint(condition=models.Q(basis__in=Basis.values), name="circle_basis_known"),
            models.CheckConstraint(condition=models.Q(categories__contained_by=Category.values), name="circle_categories_known"),
            both_or_none("ended_at", "ended_by", name="circle_ended_by_somebody"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "agency"], name="circle_by_person_agency"),
            models.Index(fields=["agency"], condition=models.Q(ended_at=None, decision__isnull=False), name="circle_shared_with"),
            models.Index(fields=["until"], condition=models.Q(ended_at=None, decision__isnull=False), name="circle_by_last_day"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class BlockQuerySet(models.QuerySet["Block"]):
    def against(self, people: Iterable[UUID], agency_id: UUID) -> Self:
        """Blocks in force of any of these people against one agency."""
        return self.filter(person_id__in=list(people), agency_id=agency_id, lifted_at=None)


class Block(models.Model):
    """An agency that must not see anything of a person, whatever its circle entry says.

    What the person or a worker said holds for every record that is joined with theirs; what a parent said, for the record that it was
    said of. `said_as` other is from before, when whoever asked spoke for everybody; it is said no more.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="blocks")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()
    said_by = models.UUIDField()
    said_as = models.CharField(max_length=10, choices=SaidAs)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.UUIDField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "person": "identifies",
        "agency": "sensitive",
        "said_at": "safe",
        "said_by": "identifies",
        "said_as": "safe",
        "lifted_at": "safe",
        "lifted_by": "identifies",
    }

    objects = BlockQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "agency", "said_by"], condition=models.Q(lifted_at=None), name="block_said_once"),
            models.CheckConstraint(condition=models.Q(said_as__in=SaidAs.values), name="block_said_as_known"),
            both_or_none("lifted_at", "lifted_by", name="block_lifted_by_somebody"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["agency", "person"], condition=models.Q(lifted_at=None), name="block_by_agency"),
            models.Index(fields=["said_by"], condition=models.Q(lifted_at=None), name="block_by_whom"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class EmergencyAccess(WordsSealed, models.Model):
    """Somebody looked first, because there was no time, and said why: for some hours, and a guardian looks at it afterwards.

    `controller` answers for the record, as the database says it; None where there is no such record. What was found not to be right has
    ended. `kept_back_why`: why the reviewer keeps it off the person's own page; None: they read of it.
    """

    FIELD: ClassVar[str] = "information_sharing.emergency"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    controller = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.BinaryField()
    starts_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    review_due_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.UUIDField(null=True)
    review_outcome = models.CharField(max_length=20, choices=ReviewOutcome, blank=True)
    review_words = models.BinaryField(null=True)
    kept_back_why = models.BinaryField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "kind": "safe",
        "subject_id": "identifies",
        "account": "identifies",
        "agency": "sensitive",
        "controller": "sensitive",
        "reason": "sensitive",
        "starts_at": "safe",
        "until": "safe",
        "ended_at": "safe",
        "ended_by": "identifies",
        "review_due_at": "safe",
        "reviewed_at": "safe",
        "reviewed_by": "identifies",
        "review_outcome": "safe",
        "review_words": "sensitive",
        "kept_back_why": "sensitive",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=says_something("reason"), name="emergency_says_why"),
            models.CheckConstraint(
                condition=models.Q(reason__isnull=False) & models.Q(GreaterThanOrEqual(Length("reason"), LEAST_BYTES + LEAST_REASON)),
                name="emergency_says_a_few_words",
            ),
            both_or_none("ended_at", "ended_by", name="emergency_ended_by_somebody"),
            models.CheckConstraint(
                condition=~models.Q(review_outcome=ReviewOutcome.NOT_JUSTIFIED) | models.Q(ended_at__isnull=False),
                name="emergency_not_right_has_ended",
            ),
            models.CheckConstraint(condition=KEPT_BACK, name="emergency_kept_back_with_a_reason"),
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("starts_at"), until__lte=models.F("starts_at") + timedelta(hours=24)),
                name="emergency_lasts_hours",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_at=None, reviewed_by=None, review_outcome="", review_words=None)
                | (
                    models.Q(reviewed_at__isnull=False, reviewed_by__isnull=False, review_outcome__in=ReviewOutcome.values)
                    & says_something("review_words")
                ),
                name="emergency_reviewed_by_somebody",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject_id", "account"], name="emergency_by_subject"),
            models.Index(fields=["agency", "review_due_at"], name="emergency_to_review"),
            models.Index(fields=["controller", "review_due_at"], name="emergency_to_review_too"),
        ]

    def __str__(self) -> str:
        return str(self.id)
