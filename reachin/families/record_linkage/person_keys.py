"""What joining itself holds about somebody, for the register."""

from collections.abc import Collection, Iterator
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from reachin.families.people.register import HeldEntry, OnErasure, OnMerge, PersonKey, nothing

from .models import Merge, Pair

HISTORY = "which two records were compared or joined is history, and needed to part them"


def _merges(records: Collection[UUID]) -> Iterator[HeldEntry]:
    """Once a merge, by its merged side. The reason may speak of both records, and of whoever noticed."""
    for merge in Merge.objects.filter(Q(merged_id__in=records) | Q(kept_id__in=records)).select_related("kept"):
        words = _("Two records about you were joined: %(why)s") % {"why": merge.why()}
        yield HeldEntry(merge.merged_at, words, merge.kept.controller_id, "contact", others_words=True)
        if merge.unmerged_at is not None:
            words = _("The two records were parted again: %(why)s") % {"why": merge.why_unmerged()}
            yield HeldEntry(merge.unmerged_at, words, merge.kept.controller_id, "contact", others_words=True)


KEYS = tuple(
    PersonKey.of(
        model,
        field,
        on_merge=OnMerge.STAYS,
        on_erasure=OnErasure.EMPTIED if model is Merge else OnErasure.KEPT,
        because=HISTORY,
        gather=_merges if (model, field) == (Merge, "merged") else nothing,
    )
    for model, field in ((Pair, "one"), (Pair, "other"), (Merge, "kept"), (Merge, "merged"))
)
