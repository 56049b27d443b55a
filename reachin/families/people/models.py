from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan

from reachin.groundwork.clock.constraints import both_or_none
from reachin.groundwork.field_encryption import seal, seal_answers, unseal, unseal_answers
from reachin.groundwork.field_encryption.sealing import LEAST_BYTES
from reachin.groundwork.ids import new_id
from reachin.partnership.agencies.models import Agency

from .rules import ADDRESS_FOR_LETTERS, PersonFacts, facts_from_answers, facts_to_answers


class Person(models.Model):
    """Anyone: born or expected. Holds nothing but that they exist here, and whose record it is."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    controller = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()

    privacy: ClassVar[Mapping[str, str]] = {"id": "identifies", "controller": "safe", "recorded_at": "safe", "recorded_by": "safe"}

    def __str__(self) -> str:
        return str(self.id)


class PersonAlias(models.Model):
    """An id by which other records point at a person; it outlives the joining and parting of records of one person.

    `person` is the record that it was made with and never changes: who may see what goes by it. `stands_for` is who that is now: the same
    record, or the one that it was joined to. Only joining and parting (record_linkage) change it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="aliases")
    stands_for = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    privacy: ClassVar[Mapping[str, str]] = {"id": "identifies", "person": "identifies", "stands_for": "identifies"}

    def __str__(self) -> str:
        return str(self.id)


class PersonDetails(models.Model):
    """What somebody is called and how old they are (category contact)."""

    FIELD: ClassVar[str] = "people.details"

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.PROTECT, related_name="details")
    sealed = models.BinaryField()

    privacy: ClassVar[Mapping[str, str]] = {"person": "identifies", "sealed": "identifies"}

    def __str__(self) -> str:
        return str(self.person_id)

    def facts(self) -> PersonFacts:
        """The facts, unsealed."""
        return facts_from_answers(unseal_answers(self.sealed, field=self.FIELD, row=self.person_id))

    @classmethod
    def holding(cls, person: Person, facts: PersonFacts) -> "PersonDetails":
        """Details ready to be kept."""
        return cls(person=person, sealed=seal_answers(facts_to_answers(facts), field=cls.FIELD, row=person.id))


class ContactInstruction(models.Model):
    """How a person said that they may be reached (category contact). A newer one ends the older."""

    FIELD: ClassVar[str] = "people.contact"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contact_instructions")
    sealed = models.BinaryField()
    told_at = models.DateTimeField()
    told_by = models.UUIDField()
    checked_at = models.DateTimeField(null=True)
    """When a worker last asked whether it still holds; null where nobody did since it was told."""
    checked_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "person": "identifies",
        "sealed": "identifies",
        "told_at": "safe",
        "told_by": "identifies",
        "checked_at": "safe",
        "checked_by": "safe",
        "ended_at": "safe",
        "ended_by": "identifies",
    }

    class Meta:
        constraints: ClassVar = [
            both_or_none("ended_at", "ended_by", name="contact_ended_by_somebody"),
            both_or_none("checked_at", "checked_by", name="contact_checked_by_somebody"),
            models.UniqueConstraint(fields=["person"], condition=models.Q(ended_at=None), name="contact_one_in_force"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def last_checked_at(self) -> datetime:
        """When it was last known to be right: when it was told, or checked since."""
        return self.checked_at or self.told_at

    def told(self) -> dict[str, str]:
        """What was told, by question code, but for the address for letters: that is a home, and `homes` alone gives it."""
        return {code: answer for code, answer in self.told_with_home().items() if code != ADDRESS_FOR_LETTERS}

    def told_with_home(self) -> dict[str, str]:
        """Everything that was told. Only for this room: whoever reads elsewhere asks `homes`."""
        return unseal_answers(self.sealed, field=self.FIELD, row=self.id)


class ProtectedHome(models.Model):
    """Somebody said that it has to stay secret where this person lives. While one such mark is in force, on this record or on another of
    the same person, nothing is derived from their home (`homes`).

    Whoever said it takes it back; everybody else lifts it only by a decision, whose words are kept (`lifted_why`, sealed).
    """

    FIELD: ClassVar[str] = "people.home_lifted"
    SEALED: ClassVar[Mapping[str, str]] = {"lifted_why": FIELD}

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="home_marks")
    said_at = models.DateTimeField()
    said_by = models.UUIDField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.UUIDField(null=True)
    lifted_why = models.BinaryField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "person": "identifies",
        "said_at": "sensitive",
        "said_by": "identifies",
        "lifted_at": "sensitive",
        "lifted_by": "identifies",
        "lifted_why": "sensitive",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "said_by"], condition=models.Q(lifted_at=None), name="home_protected_once_by_each"),
            models.CheckConstraint(
                condition=models.Q(lifted_at=None, lifted_by=None, lifted_why=None)
                | models.Q(lifted_at__isnull=False, lifted_by__isnull=False)
                & (
                    models.Q(lifted_by=models.F("said_by"))
                    | models.Q(lifted_why__isnull=False) & models.Q(GreaterThan(Length("lifted_why"), LEAST_BYTES))
                ),
                name="home_lifted_by_who_said_it_or_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def keep_why_lifted(self, words: str) -> None:
        """Seals the reason of a decision to lift it (not yet saved)."""
        self.lifted_why = seal(words, field=self.FIELD, row=self.id)

    def why_lifted(self) -> str:
        """Why it was decided to lift it; empty where whoever said it took it back, or it is in force."""
        return "" if self.lifted_why is None else unseal(self.lifted_why, field=self.FIELD, row=self.id)
