"""Who looked: what stands out among the openings of my agency's staff, in words; and who was slowed down for opening too many."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from reachin.access.directory.models import among
from reachin.families.information_sharing.looking import Finding, Look, unusual
from reachin.groundwork.audited_access.brakes import look_at_brake
from reachin.groundwork.audited_access.enums import BrakeStep
from reachin.groundwork.audited_access.models import OpeningBrake
from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.moments import short_day_and_time
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.interfaces.hub.navigation import account_of
from reachin.partnership.accounts.models import Account

from .forms import DAYS
from .pages import guardian_context
from .words import REASONS, in_words

USUAL_DAYS = 14
LOOKED = "select user_id, kind, subject_id, purpose, opened_at, same_name, same_street, acted, was_closed, alerted from reachin.looking(%s)"


def looked(since: datetime) -> list[Look]:
    """What people of the acting guardian's agency opened since then."""
    with connection.cursor() as cursor:
        cursor.execute(LOOKED, [since])
        return [Look(*row) for row in cursor.fetchall()]


def findings(account: Account, *, days: int, moment: datetime) -> list[Finding]:
    """What stands out in the last days."""
    return unusual(looked(moment - timedelta(days=days)), hours=account.agency.staffed_hours(), now=moment)


def brakes_of(account: Account) -> list[OpeningBrake]:
    """Whom the brakes slowed down, where no guardian has looked at it yet."""
    return list(OpeningBrake.objects.of_agency(account.agency_id).unseen())


@staff_page(permission=Permission.SHARING_REVIEW)
@require_http_methods(["GET", "HEAD"])
def looking(request: HttpRequest) -> HttpResponse:
    """What to ask about, with why, in the days that were chosen."""
    account, moment = account_of(request), now()
    wanted = request.GET.get("days", "")
    days = int(wanted) if wanted in DAYS else USUAL_DAYS
    found, brakes = findings(account, days=days, moment=moment), brakes_of(account)
    people = {one.user_id for one in found} | {one.user_id for one in brakes}
    names = dict(Account.objects.filter(among("id", sorted(people))).values_list("id", "name"))
    context = {
        **guardian_context(request),
        "days": days,
        "choices": [int(one) for one in DAYS],
        "rows": [_row(one, names) for one in found],
        "brakes": [_brake(one, names) for one in brakes],
    }
    return render(request, "guardian/looking.html", context)


def _row(one: Finding, names: dict[UUID, str]) -> list[Any]:
    last = short_day_and_time(one.last_at) if one.last_at != one.first_at else ""
    return [
        names.get(one.user_id, ""),
        {"text": REASONS[one.reason], "more": in_words(one)},
        {"text": short_day_and_time(one.first_at), "more": last},
    ]


def _brake(one: OpeningBrake, names: dict[UUID, str]) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": names.get(one.user_id, ""),
        "step": BrakeStep(one.step).label,
        "records": one.records,
        "by_agency": one.by_agency,
        "searches": one.searches,
        "at": one.braked_at,
    }


@staff_page(permission=Permission.SHARING_REVIEW)
@require_POST
def brake_seen(request: HttpRequest, brake_id: UUID) -> HttpResponse:
    """I looked at it."""
    mark = OpeningBrake.objects.of_agency(account_of(request).agency_id).filter(id=brake_id).first()
    if mark is None:
        raise Http404
    look_at_brake(mark, by=account_of(request).id, now=now())
    return redirect(reverse("guardian:looking"))
