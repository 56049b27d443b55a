"""What referrals hold about somebody, for the register."""

from collections.abc import Collection, Iterator
from uuid import UUID

from django.utils.translation import gettext as _

from reachin.access.requests_for_assistance.actions import standing_of_request
from reachin.access.requests_for_assistance.enums import AskedBy
from reachin.access.requests_for_assistance.models import RequestPerson
from reachin.access.requests_for_assistance.person_keys import in_words
from reachin.families.information_sharing.enums import Category, Informed
from reachin.families.information_sharing.models import SharingDecision
from reachin.families.people.homes import for_paper, overlaid, says_protected
from reachin.families.people.register import HeldEntry, OnErasure, OnMerge, PersonKey

from .models import Referral, ReferralNote, ReferralPerson, Snapshot


def _referrals(records: Collection[UUID]) -> Iterator[HeldEntry]:
    """Where help was asked for is told at once only to whoever asked for it: for others it could tell of somebody else's way to safety."""
    rows = ReferralPerson.objects.filter(alias__person_id__in=records).select_related("referral__request_for_assistance")
    own = _own_requests(records)
    for referral in {row.referral_id: row.referral for row in rows}.values():
        others_words = referral.request_for_assistance_id not in own or _is_not_told(referral, records)
        asked = _("A support service") if referral.is_masked else referral.service_name
        words = _("Help was asked for from: %(service)s") % {"service": asked}
        yield HeldEntry(referral.sent_at, words, referral.sender_agency_id, Category.STORY, others_words=others_words)
        snapshot = Snapshot.objects.filter(referral=referral).first()
        if snapshot is not None:
            home = standing_of_request(referral.request_for_assistance_id, said=says_protected(snapshot.told()))
            told = in_words(referral.request_for_assistance, for_paper(overlaid(snapshot.told(), home)))
            words = _("This was shared with them:\n%(told)s") % {"told": told}
            yield HeldEntry(snapshot.taken_at, words, referral.sender_agency_id, Category.STORY, others_words=True)
        yield from _noted(referral, is_own=referral.request_for_assistance_id in own)


def _noted(referral: Referral, *, is_own: bool) -> Iterator[HeldEntry]:
    """What was written beside a referral: the asker's own words of it are theirs, a worker's are another's."""
    for note in ReferralNote.objects.filter(referral=referral):
        words = _("A note on the help that was asked for: %(words)s") % {"words": note.words()}
        others_words = not (is_own and note.from_family)
        yield HeldEntry(note.written_at, words, referral.sender_agency_id, Category.STORY, others_words=others_words)


def _own_requests(records: Collection[UUID]) -> set[UUID]:
    """The requests that this person sent themselves."""
    asked = RequestPerson.objects.filter(alias__person_id__in=records, is_contact=True)
    own = asked.exclude(request_for_assistance__asked_by=AskedBy.PRACTITIONER)
    return set(own.values_list("request_for_assistance_id", flat=True))


def _is_not_told(referral: Referral, records: Collection[UUID]) -> bool:
    decided = SharingDecision.objects.filter(person_id__in=records, agency_id=referral.receiver_agency_id)
    return decided.filter(informed=Informed.NOT_TOLD).exists()


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
