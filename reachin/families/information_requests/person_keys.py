"""What information requests hold about somebody, for the register."""

from collections.abc import Collection, Iterator
from uuid import UUID

from django.utils.translation import gettext as _

from reachin.families.information_sharing.enums import Category
from reachin.families.people.register import HeldEntry, OnErasure, OnMerge, PersonKey

from .enums import AskedFor, WordsKind
from .models import Correction, InformationRequest, InformationWords, PartnerNotice


def _asked(records: Collection[UUID]) -> Iterator[HeldEntry]:
    """What the person asked themselves, as far as it is open; what was answered, they have."""
    for kept in InformationRequest.objects.filter(person_id__in=records):
        said = InformationWords.objects.filter(information_request=kept, kind=WordsKind.ASKED).first()
        words = _("You asked: %(what)s. %(words)s") % {"what": AskedFor(kept.kind).label, "words": said.said() if said else ""}
        yield HeldEntry(kept.asked_at, words.strip(), kept.controller_id, Category.STORY)


KEYS = (
    PersonKey.of(
        InformationRequest,
        "person",
        on_merge=OnMerge.STAYS,
        on_erasure=OnErasure.KEPT,
        because="that somebody asked, and what was answered, has to be shown for as long as its schedule says",
        gather=_asked,
    ),
    PersonKey.of(
        Correction,
        "subject_id",
        on_merge=OnMerge.STAYS,
        on_erasure=OnErasure.REMOVED,
        because="what stood there before belongs to the record that was put right, and goes with it",
    ),
    PersonKey.of(
        PartnerNotice,
        "subject_id",
        on_merge=OnMerge.STAYS,
        on_erasure=OnErasure.KEPT,
        because="that another agency was told of a correction or a deletion has to be shown; no words",
    ),
)
