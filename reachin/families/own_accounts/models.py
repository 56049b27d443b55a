from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q

from reachin.families.people.models import Person
from reachin.groundwork.field_encryption import seal, unseal
from reachin.groundwork.ids import new_id

from .enums import Ground


class OwnAccount(models.Model):
    """A person's own way in: invited, then begun with a code and a phrase, until it ends."""

    FIELD: ClassVar[str] = "own_accounts.why"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="own_accounts")
    ground = models.CharField(max_length=20, choices=Ground)
    why = models.BinaryField(null=True)
    invited_at = models.DateTimeField()
    invited_by = models.UUIDField()
    reference_digest = models.BinaryField(null=True, unique=True)
    phrase_hash = models.CharField(max_length=200, blank=True)
    begun_at = models.DateTimeField(null=True)
    begun_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "identifies",
        "person": "identifies",
        "ground": "safe",
        "why": "sensitive",
        "invited_at": "safe",
        "invited_by": "identifies",
        "reference_digest": "identifies",
        "phrase_hash": "sensitive",
        "begun_at": "safe",
        "begun_by": "identifies",
        "ended_at": "safe",
        "ended_by": "identifies",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ground__in=Ground.values), name="own_account_ground_known"),
            models.CheckConstraint(
                condition=~Q(ground=Ground.UNDERSTANDS) & Q(why=None) | Q(ground=Ground.UNDERSTANDS, why__isnull=False),
                name="own_account_says_why_understood",
            ),
            models.CheckConstraint(
                condition=Q(begun_at=None, begun_by=None, reference_digest=None, phrase_hash="")
                | Q(begun_at__isnull=False, begun_by__isnull=False, reference_digest__isnull=False) & ~Q(phrase_hash=""),
                name="own_account_begun_with_code_and_phrase",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="own_account_ended_by_somebody",
            ),
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at=None), name="own_account_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def keep_why(self, words: str) -> None:
        """Seals why somebody younger than twelve is thought to understand."""
        self.why = seal(words, field=self.FIELD, row=self.id)

    def why_words(self) -> str:
        """Those words; empty where none had to be said."""
        return "" if self.why is None else unseal(self.why, field=self.FIELD, row=self.id)
