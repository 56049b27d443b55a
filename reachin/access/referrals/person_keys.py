"""What referrals hold about somebody, for the register."""

from collections.abc import Collection, Iterator
from uuid import UUID

from django.utils.translation import gettext as _

from reachin.access.requests_for_assistance.person_keys import in_words
from reachin.families.information_sharing.enums import Category
from reachin.families.people.register import HeldEntry, OnErasure, OnMerge, PersonKey

from .models import ReferralPerson, Snapshot


def _referrals(records: Collection[UUID]) -> Iterator[HeldEntry]:
    rows = ReferralPerson.objects.filter(alias__person_id__in=records).select_related("referral__request_for_assistance")
    for referral in {row.referral_id: row.referral for row in rows}.values():
        asked = _("A support service") if referral.is_masked else referral.service_name
        words = _("Help was asked for from: %(service)s") % {"service": asked}
        yield HeldEntry(referral.sent_at, words, referral.sender_agency_id, Category.STORY)
        snapshot = Snapshot.objects.filter(referral=referral).first()
        if snapshot is not None:
            told = in_words(referral.request_for_assistance, snapshot.told())
            words = _("This was shared with them:\n%(told)s") % {"told": told}
            yield HeldEntry(snapshot.taken_at, words, referral.sender_agency_id, Category.STORY, others_words=True)


KEYS = (
    PersonKey.of(
        ReferralPerson,
        "alias",
        on_merge=OnMerge.BY_ALIAS,
        on_erasure=OnErasure.KEPT,
        because="it points by an alias; the snapshot is emptied with its referral when nobody else is in it",
        gather=_referrals,
    ),
)
