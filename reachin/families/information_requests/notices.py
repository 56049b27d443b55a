from datetime import datetime, timedelta

from reachin.families.information_sharing.notices import tell_guardians
from reachin.groundwork.audited_access.context import Actor, handing_over
from reachin.groundwork.page_parts.moments import LONDON
from reachin.groundwork.permissions.enums import Permission
from reachin.groundwork.permissions.rules import roles_with
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.enums import AgencyKind
from reachin.partnership.agencies.models import Agency

from .models import InformationRequest

THE_LOOP = Actor.system("closed_loop")
WARNED_BEFORE = timedelta(days=5)
NEEDED = 2
"""An answer is prepared by one guardian and looked at by another."""


def tell_of_new(asked: InformationRequest, *, now: datetime) -> None:
    """Tells the guardians of the agency that answers that something came in; where it has no two, those of the hub as well."""
    with handing_over(THE_LOOP):
        for agency in _who_hears(asked.controller, is_late=False):
            tell_guardians(agency, about=asked.id, event="information.asked", now=now)


def remind(now: datetime) -> int:
    """Tells guardians of what is due within five days, and of what is late, each day until it is answered; gives how many cards.

    What is late is told to the hub's guardians too. One message for each agency, about the oldest. For the system's part `reminding`.
    """
    today = now.astimezone(LONDON).date()
    due = list(InformationRequest.objects.open().filter(due_on__lte=today + WARNED_BEFORE).select_related("controller").due_first())
    told: dict[tuple[Agency, str], InformationRequest] = {}
    for asked in due:
        is_late = asked.is_late_on(today)
        for agency in _who_hears(asked.controller, is_late=is_late):
            told.setdefault((agency, "information.late" if is_late else "information.due"), asked)
    for (agency, event), asked in told.items():
        tell_guardians(agency, about=asked.id, event=event, now=now)
    return len(due)


def _who_hears(controller: Agency, *, is_late: bool) -> list[Agency]:
    hubs = list(Agency.objects.active().filter(kind=AgencyKind.HUB).exclude(id=controller.id).order_by("slug"))
    return [controller, *hubs] if is_late or not has_two_guardians(controller) else [controller]


def has_two_guardians(agency: Agency) -> bool:
    """Whether an agency can answer by itself."""
    roles = roles_with(Permission.INFORMATION_ANSWER)
    return Account.objects.active().filter(agency=agency, role__in=roles).count() >= NEEDED
