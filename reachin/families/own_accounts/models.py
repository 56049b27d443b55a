from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from reachin.families.people.models import Person
from reachin.groundwork.clock.constraints import both_or_none
from reachin.groundwork.field_encryption import seal, unseal
from reachin.groundwork.ids import new_id

from .enums import Ground


class OwnAccount(models.Model):
    """A person's own way in: invited, then begun with a code and a phrase, until it ends."""

    FIELD: ClassVar[str] = "own_accounts.why"
    CHECKED: ClassVar[str] = "own_accounts.checked"
    SEALED: ClassVar[Mapping[str, str]] = {"why": FIELD, "checked": CHECKED}

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="own_accounts")
    ground = models.CharField(max_length=20, choices=Ground)
    why = models.BinaryField(null=True)
    checked = models.BinaryField(null=True)
    """How the worker made sure that it is them and that nobody is put at risk, where somebody else asked for help; sealed."""
    invited_at = models.DateTimeField()
    invited_by = models.UUIDField()
    reference_digest = models.BinaryField(null=True, unique=True)
    phrase_hash = models.CharField(max_length=200, blank=True)
    begun_at = models.DateTimeField(null=True)
    begun_by = models.UUIDField(null=True)
    renewed_at = models.DateTimeField(null=True)
    """When its person last chose another phrase: whoever came in before comes in again."""
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.UUIDField(null=True)
    """A second worker, who made sure that it is the person who has begun it: until then it opens nothing."""
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "identifies",
        "person": "identifies",
        "ground": "safe",
        "why": "sensitive",
        "checked": "sensitive",
        "invited_at": "safe",
        "invited_by": "identifies",
        "reference_digest": "identifies",
        "phrase_hash": "sensitive",
        "begun_at": "safe",
        "begun_by": "identifies",
        "renewed_at": "safe",
        "confirmed_at": "safe",
        "confirmed_by": "identifies",
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
            both_or_none("ended_at", "ended_by", name="own_account_ended_by_somebody"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False) & ~Q(confirmed_by=F("invited_by")),
                name="own_account_confirmed_by_a_second",
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

    def keep_checked(self, words: str) -> None:
        """Seals how the worker made sure."""
        self.checked = seal(words, field=self.CHECKED, row=self.id)

    def checked_words(self) -> str:
        """Those words; empty where whoever asked for help has it themselves."""
        return "" if self.checked is None else unseal(self.checked, field=self.CHECKED, row=self.id)
