from collections.abc import Mapping
from typing import ClassVar, Self

from django.db import models

from reachin.families.people.models import Person
from reachin.groundwork.field_encryption import unseal
from reachin.groundwork.ids import new_id
from reachin.partnership.agencies.models import Agency


class Pair(models.Model):
    """Two records, put side by side because they may be of one person. Opening the pair opens both; it holds no words.

    `one` is the lower id, so that there is one pair whichever way round they are put.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    """The controller of both."""
    one = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    put_at = models.DateTimeField()
    put_by = models.UUIDField()

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "identifies",
        "agency": "safe",
        "one": "identifies",
        "other": "identifies",
        "put_at": "safe",
        "put_by": "safe",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name="pair_lower_first"),
            models.UniqueConstraint(fields=["agency", "one", "other"], name="pair_once"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class MergeQuerySet(models.QuerySet["Merge"]):
    def in_force(self) -> Self:
        """Merges that were not undone."""
        return self.filter(unmerged_at=None)


class Merge(models.Model):
    """One record was joined to another record of the same person: `merged` stands for `kept` from then on, until it is undone.

    Both records stay as they are. Written by the guard's functions alone. The reasons are sealed.
    """

    FIELD: ClassVar[str] = "record_linkage.reason"
    UNMERGE_FIELD: ClassVar[str] = "record_linkage.unmerge_reason"
    SEALED: ClassVar[Mapping[str, str]] = {"reason": FIELD, "unmerge_reason": UNMERGE_FIELD}

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="merges")
    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    merged = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.BinaryField()
    merged_at = models.DateTimeField()
    merged_by = models.UUIDField()
    unmerge_reason = models.BinaryField(null=True)
    unmerged_at = models.DateTimeField(null=True)
    unmerged_by = models.UUIDField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "identifies",
        "pair": "identifies",
        "kept": "identifies",
        "merged": "identifies",
        "reason": "sensitive",
        "merged_at": "safe",
        "merged_by": "safe",
        "unmerge_reason": "sensitive",
        "unmerged_at": "safe",
        "unmerged_by": "safe",
    }

    objects = MergeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(kept=models.F("merged")), name="merge_of_two"),
            models.UniqueConstraint(fields=["merged"], condition=models.Q(unmerged_at=None), name="merge_into_one_only"),
            models.CheckConstraint(
                condition=models.Q(unmerged_at=None, unmerged_by=None, unmerge_reason=None)
                | models.Q(unmerged_at__isnull=False, unmerged_by__isnull=False, unmerge_reason__isnull=False),
                name="merge_undone_by_somebody_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def why(self) -> str:
        """Why the two were taken for one person."""
        return unseal(self.reason, field=self.FIELD, row=self.id)

    def why_unmerged(self) -> str:
        """Why they were parted again; empty while they are joined."""
        return "" if self.unmerge_reason is None else unseal(self.unmerge_reason, field=self.UNMERGE_FIELD, row=self.id)


class Moved(models.Model):
    """The journal: a row that this merge moved away from the merged record. It comes home when the merge is undone.

    A row that a later merge moves on keeps the entry of the merge that moved it first: there is its home.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merge = models.ForeignKey(Merge, on_delete=models.PROTECT, related_name="moved")
    key = models.CharField(max_length=120)
    """`table.column`, as the register has it."""
    row_id = models.UUIDField()

    privacy: ClassVar[Mapping[str, str]] = {"id": "safe", "merge": "identifies", "key": "safe", "row_id": "identifies"}

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["merge", "key", "row_id"], name="moved_once_by_a_merge")]
        indexes: ClassVar = [models.Index(fields=["key", "row_id"], name="moved_by_row")]

    def __str__(self) -> str:
        return str(self.id)
