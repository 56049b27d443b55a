"""Offering a page of their own to somebody of a request: being named by somebody else grants nothing, and may put somebody at risk."""

from datetime import datetime
from uuid import UUID

from reachin.families.own_accounts.actions import DoesNotFit, invite
from reachin.families.own_accounts.enums import Ground
from reachin.families.own_accounts.models import OwnAccount
from reachin.partnership.accounts.models import Account

from .models import RequestForAssistance, RequestPerson, SafetyTold


def must_not_know(request_for_assistance: RequestForAssistance) -> str:
    """Who must not know of a request, in the words of whoever said it; empty where nobody was named. Its safety must be open."""
    told = SafetyTold.objects.filter(request_for_assistance=request_for_assistance).first()
    return "" if told is None else str(told.answers().get("must_not_know") or "").strip()


def asked_themselves(request_for_assistance: RequestForAssistance, person_id: UUID) -> bool:
    """Whether it was this person who asked. Raises RequestPerson.DoesNotExist for somebody who is not in it."""
    row = RequestPerson.objects.get(request_for_assistance=request_for_assistance, alias__person_id=person_id)
    return row.is_contact and not request_for_assistance.asked_by_practitioner()


def offer_own_page(
    request_for_assistance: RequestForAssistance,
    person_id: UUID,
    *,
    by: Account,
    ground: Ground,
    why: str,
    checked: str,
    phrase: str,
    now: datetime,
) -> tuple[OwnAccount, str]:
    """Offers a page of their own to somebody of this request, and gives the token of the link.

    Whoever asked has nothing to fear from their own page. For anybody else the worker says how they made sure (`checked`); where somebody
    must not know, another grown-up is recorded anew, with a request of their own. Needs the request to be open. Raises as `invite` does
    (also DoesNotFit with `not_checked` and `must_not_know`), and RequestPerson.DoesNotExist.
    """
    if not asked_themselves(request_for_assistance, person_id):
        named = RequestPerson.objects.get(request_for_assistance=request_for_assistance, alias__person_id=person_id)
        if ground == Ground.GROWN_UP and not named.is_contact and must_not_know(request_for_assistance):
            raise DoesNotFit("must_not_know")
        if not checked.strip():
            raise DoesNotFit("not_checked")
    return invite(person_id, by=by, ground=ground, why=why, phrase=phrase, checked=checked, now=now)
