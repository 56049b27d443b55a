from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from reachin.groundwork.field_encryption import seal_answers, unseal_answers
from reachin.groundwork.ids import new_id
from reachin.groundwork.notices.rules import SafeContact, safe_contact
from reachin.partnership.agencies.models import Agency

from .rules import PersonFacts, facts_from_answers, facts_to_answers


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
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "person": "identifies",
        "sealed": "identifies",
        "told_at": "safe",
        "told_by": "identifies",
        "ended_at": "safe",
        "ended_by": "identifies",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_by=None) | models.Q(ended_at__isnull=False, ended_by__isnull=False),
                name="contact_ended_by_somebody",
            ),
            models.UniqueConstraint(fields=["person"], condition=models.Q(ended_at=None), name="contact_one_in_force"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def told(self) -> dict[str, str]:
        """What was told, by question code."""
        return unseal_answers(self.sealed, field=self.FIELD, row=self.id)

    def safe_contact(self) -> SafeContact | None:
        """The safe contact it makes; None means: do not contact."""
        return safe_contact(self.told(), told_at=self.told_at)
