from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from reachin.groundwork.audited_access.models import OpeningBrake
from reachin.groundwork.notices.actions import queue_message
from reachin.groundwork.notices.models import Message
from reachin.groundwork.notices.rules import StaffContact
from reachin.groundwork.permissions.enums import Permission
from reachin.groundwork.permissions.rules import roles_with
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency

WORK_SUBJECT = _("Something is waiting for you in Reach In")
WORK_WORDS = _("Something is waiting for you. Please sign in to see what it is. For safety this message says no more.")


def tell_guardians(agency: Agency, *, about: UUID, event: str, now: datetime) -> list[Message]:
    """Tells an agency's information guardians at their work addresses that something waits for them; what it is, stands on their page.

    Where an agency has none, its own address is told: somebody there has to see to it. Where it has none either, the hubs are told.
    """
    return [_tell(address, about=about, event=event, now=now) for address in _reached_at(agency) or _hubs_reached_at()]


def tell_of_brake(mark: OpeningBrake, *, now: datetime) -> list[Message]:
    """Tells the guardians of an agency that the brake on opening refused somebody there, or everybody; their page says more."""
    return tell_guardians(Agency.objects.get(id=mark.agency_id), about=mark.id, event="opening.refused", now=now)


def tell_reviewers(agencies: Iterable[Agency], *, about: UUID, event: str, now: datetime) -> list[Message]:
    """Tells those who review what somebody of one of these agencies did with what another of them answers for: each at once, once.

    Where none of them has a guardian, nobody there can review: the hubs review in their place, and are told too.
    """
    heard = list(agencies)
    addresses = [address for agency in heard for address in _reached_at(agency) or _hubs_reached_at()]
    if not any(_guardians_at(agency) for agency in heard):
        addresses += _hubs_reached_at()
    return [_tell(address, about=about, event=event, now=now) for address in dict.fromkeys(addresses)]


def _hubs_reached_at() -> list[str]:
    return [address for hub in Agency.objects.hubs().order_by("slug") for address in _reached_at(hub)]


def _guardians_at(agency: Agency) -> list[str]:
    guardians = Account.objects.active().filter(agency=agency, role__in=roles_with(Permission.SHARING_REVIEW)).order_by("email")
    return list(guardians.values_list("email", flat=True))


def _reached_at(agency: Agency) -> list[str]:
    return _guardians_at(agency) or ([agency.email] if agency.email else [])


def tell_partner(agency: Agency, *, about: UUID, only: Account | None = None, now: datetime) -> Message | None:
    """Tells an agency, or the `only` one there who may see it, that something was shared; None where nobody signs in there or no
    address is known."""
    address = only.email if only is not None else agency.email
    if not agency.uses_reach_in or not address:
        return None
    return _tell(address, about=about, event="sharing.decided", now=now)


def _tell(address: str, *, about: UUID, event: str, now: datetime) -> Message:
    return queue_message(about, to=StaffContact(address), event=event, subject=str(WORK_SUBJECT), words=str(WORK_WORDS), now=now)
