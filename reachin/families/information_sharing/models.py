from collections.abc import Iterable, Mapping
from typing import ClassVar, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

from reachin.families.people.models import Person
from reachin.groundwork.ids import new_id
from reachin.partnership.agencies.models import Agency

from .enums import Basis, Category, Purpose


class CircleEntry(models.Model):
    """One agency in one person's circle: for what, which kinds of words, from when until when, on what basis."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="circle")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
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

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(purpose__in=Purpose.values), name="circle_purpose_known"),
            models.CheckConstraint(condition=models.Q(basis__in=Basis.values), name="circle_basis_known"),
            models.CheckConstraint(condition=models.Q(categories__contained_by=Category.values), name="circle_categories_known"),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_by=None) | models.Q(ended_at__isnull=False, ended_by__isnull=False),
                name="circle_ended_by_somebody",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "agency"], name="circle_by_person_agency")]

    def __str__(self) -> str:
        return str(self.id)


class BlockQuerySet(models.QuerySet["Block"]):
    def against(self, people: Iterable[UUID], agency_id: UUID) -> Self:
        """Blocks in force of any of these people against one agency."""
        return self.filter(person_id__in=list(people), agency_id=agency_id, lifted_at=None)


class Block(models.Model):
    """An agency that must not see anything of a person, whatever its circle entry says."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="blocks")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()
    said_by = models.UUIDField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.UUIDField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "person": "identifies",
        "agency": "sensitive",
        "said_at": "safe",
        "said_by": "identifies",
        "lifted_at": "safe",
        "lifted_by": "identifies",
    }

    objects = BlockQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "agency"], condition=models.Q(lifted_at=None), name="block_once"),
            models.CheckConstraint(
                condition=models.Q(lifted_at=None, lifted_by=None) | models.Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="block_lifted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
