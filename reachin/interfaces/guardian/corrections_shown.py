"""What a guardian sees of a correction: what is proposed, what stood there, and whom it was told to."""

from typing import Any

from reachin.access.referrals import corrections
from reachin.families.information_requests.enums import AskedFor
from reachin.families.information_requests.models import Correction, InformationRequest, PartnerNotice
from reachin.partnership.accounts.models import Account


def context_of(asked: InformationRequest, account: Account, *, may_work: bool) -> dict[str, Any]:
    """What the page of an information request shows of a correction."""
    is_correction = asked.kind == AskedFor.CORRECTION
    proposed = Correction.objects.filter(information_request=asked).order_by("proposed_at", "id") if is_correction else ()
    return {
        "is_correction": is_correction,
        "may_correct": is_correction and may_work,
        "corrections": [_shown(one, account, may_work=may_work) for one in proposed],
        "partners_told": PartnerNotice.objects.filter(information_request=asked).count(),
    }


def _shown(one: Correction, account: Account, *, may_work: bool) -> dict[str, Any]:
    return {
        "id": one.id,
        "label": corrections.label_of(one),
        **one.facts(),
        "made_at": one.made_at,
        "may_take_back": may_work and one.made_at is None and one.proposed_by == account.id,
    }
