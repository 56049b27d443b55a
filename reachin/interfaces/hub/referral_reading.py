"""The referrals of one open request, as the hub follows them."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from reachin.access.referrals.enums import DeclineReason, Helped, ReferralOutcome, ReferralState
from reachin.access.referrals.models import Referral, ReferralNote
from reachin.access.referrals.rules import LIVE, SIDE_OF
from reachin.access.requests_for_assistance.models import RequestForAssistance
from reachin.partnership.accounts.models import Account

from .words import STATE_COLOURS

FIELDS = (
    *("id", "service_name", "is_masked", "state", "state_since", "sent_at", "sent_by__name", "decline_reason", "outcome", "helped"),
    *("sender_agency_id", "receiver_agency__name", "receiver_agency__phone", "receiver_agency__uses_reach_in"),
)


def referrals_of(card: RequestForAssistance, account: Account) -> list[dict[str, Any]]:
    """Each referral with where it is, why, what was said of it, and what this account may do with it."""
    words = _words_of(card)
    rows = Referral.objects.of_request(card.id).order_by("sent_at", "id").values(*FIELDS)
    return [_shown(row, words[row["id"]], account) for row in rows]


def _words_of(card: RequestForAssistance) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for note in ReferralNote.objects.filter(referral__request_for_assistance_id=card.id).order_by("written_at", "id"):
        found[note.referral_id].append({"words": note.words(), "at": note.written_at, "from_family": note.from_family})
    return found


def _shown(row: dict[str, Any], words: list[dict[str, Any]], account: Account) -> dict[str, Any]:
    state = ReferralState(row["state"])
    is_ours = state in LIVE and row["sender_agency_id"] == account.agency_id
    return {
        "id": row["id"],
        "name": row["service_name"],
        "is_masked": row["is_masked"],
        "agency": row["receiver_agency__name"],
        "phone": row["receiver_agency__phone"],
        "signs_in": row["receiver_agency__uses_reach_in"],
        "state": state.label,
        "colour": STATE_COLOURS.get(state, "grey"),
        "since": row["state_since"],
        "sent_at": row["sent_at"],
        "sent_by": row["sent_by__name"],
        "why": _why(row),
        "helped": Helped(row["helped"]).label if row["helped"] else "",
        "said": words,
        "may_take_back": is_ours,
        "may_answer_for": is_ours and not row["receiver_agency__uses_reach_in"],
    }


def _why(row: dict[str, Any]) -> str:
    """The typed reason of a decline with its side, or the outcome of help that ended."""
    if row["decline_reason"]:
        reason = DeclineReason(row["decline_reason"])
        return _("%(reason)s (on the side of: %(side)s)") % {"reason": reason.label, "side": SIDE_OF[reason].label}
    return str(ReferralOutcome(row["outcome"]).label) if row["outcome"] else ""
