from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from reachin.access.requests_for_assistance import actions
from reachin.access.requests_for_assistance.enums import AskedBy, Stage
from reachin.access.requests_for_assistance.models import DangerAlert, RequestForAssistance
from reachin.access.requests_for_assistance.questions import CONTACT_WAY
from reachin.access.requests_for_assistance.rules import shown_name
from reachin.families.people.homes import says_protected
from reachin.groundwork.audited_access.pages import Opens, staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.notices.rules import safe_contact
from reachin.groundwork.page_parts.moments import day_and_time
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.page_parts.staffed_hours import hours_words
from reachin.groundwork.permissions.enums import Permission
from reachin.interfaces.hub.navigation import account_of, staff_context
from reachin.interfaces.hub.words import STAGE_COLOURS, WHO_ASKED, lasted
from reachin.partnership.accounts.models import Account

from .forms import CHANGED
from .showing import these, told_sections
from .words import done_words

PROTECTION = Opens("request", "protection", by="request_id")
LOOK_BACK = timedelta(days=14)
MOST_SHOWN = 100
LISTED = ("id", "request_for_assistance_id", "raised_at", "taken_at", "taken_by__name")


@staff_page(permission=Permission.REQUEST_ANSWER_ALERT)
@require_http_methods(["GET", "HEAD"])
def alerts(request: HttpRequest) -> HttpResponse:
    """Alerts of my duty desk that nobody took on, the oldest first, and those that somebody did lately."""
    return _show_alerts(request)


def _show_alerts(request: HttpRequest, *, taken_before: DangerAlert | None = None) -> HttpResponse:
    account, moment = account_of(request), now()
    own = _alerts_of(account)
    waiting = list(own.filter(taken_at=None).order_by("raised_at", "id").values(*LISTED)[:MOST_SHOWN])
    taken = list(own.filter(taken_at__gt=moment - LOOK_BACK).order_by("-taken_at", "id").values(*LISTED)[:MOST_SHOWN])
    cards = _cards(account, [*waiting, *taken])
    context = {
        **staff_context(request),
        "waiting": [_line(row, cards, moment) for row in waiting],
        "taken": [_line(row, cards, moment) for row in taken],
        "hours": hours_words(account.agency.staffed_hours()),
        "taken_before": taken_before,
        "done": done_words(request.GET.get("done")),
    }
    return render(request, "practitioner/alerts.html", context, status=CHANGED if taken_before else 200)


def _alerts_of(account: Account) -> QuerySet[DangerAlert]:
    """The alerts of this account's own duty desk."""
    return DangerAlert.objects.filter(duty_agency_id=account.agency_id)


def _cards(account: Account, rows: list[dict[str, Any]]) -> dict[UUID, str]:
    """The names on the cards of these requests, where the desk may see them: a family can have said that it must not."""
    wanted = these(row["request_for_assistance_id"] for row in rows)
    seen = RequestForAssistance.objects.filter(duty_agency_id=account.agency_id, id__in=wanted)
    return {request_id: shown_name(name) for request_id, name in seen.values_list("id", "display_name")}


def _line(row: Mapping[str, Any], cards: Mapping[UUID, str], moment: datetime) -> dict[str, Any]:
    request_id = row["request_for_assistance_id"]
    return {
        "id": row["id"],
        "name": cards.get(request_id, ""),
        "url": reverse("practitioner:alert", args=[request_id]) if request_id in cards else "",
        "raised_at": row["raised_at"],
        "ago": lasted(moment - row["raised_at"]),
        "taken_at": row["taken_at"],
        "taken_by": row["taken_by__name"],
    }


@staff_page(permission=Permission.REQUEST_ANSWER_ALERT, opens=PROTECTION)
@require_http_methods(["GET", "HEAD"])
def alert(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Everything that was told in a request that tells of danger, for the duty worker who has to decide."""
    account = account_of(request)
    row = RequestForAssistance.objects.filter(id=request_id, duty_agency_id=account.agency_id).select_related("holder_agency").first()
    raised = _alerts_of(account).filter(request_for_assistance_id=request_id).select_related("taken_by").first()
    if row is None or raised is None:
        raise Http404
    told, asked_by = actions.told_so_far(row), AskedBy(row.asked_by)
    context = {
        **staff_context(request),
        "row": row,
        "alert": raised,
        "stage": Stage(row.stage).label,
        "colour": STAGE_COLOURS[Stage(row.stage)],
        "who_asked": WHO_ASKED[asked_by],
        "sections": told_sections(row.form_version, asked_by, told, today=now().date(), by_me=False),
        "contact": safe_contact(told, told_at=row.received_at),
        "ways": dict(CONTACT_WAY.choices_to(AskedBy.PRACTITIONER)),
        "looks_themselves": told.get("contact_way") == "come_back",
        "must_not_know": told.get("must_not_know", ""),
        "home_is_secret": says_protected(told),
        "hub_hours": hours_words(row.holder_agency.staffed_hours()),
        "may_triage": account.may(Permission.REQUEST_TRIAGE),
        "is_mine": raised.taken_by_id == account.id,
        "raised": day_and_time(raised.raised_at),
        "done": done_words(request.GET.get("done")),
    }
    return render(request, "practitioner/alert.html", context)


@staff_page(permission=Permission.REQUEST_ANSWER_ALERT)
@require_POST
def take_alert(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """Takes an alert on. The first one wins; the second is told who has it."""
    account = account_of(request)
    raised = _alerts_of(account).filter(id=alert_id).first()
    if raised is None:
        raise Http404
    held = actions.take_alert(raised, by=account, now=now())
    if held.taken_by_id != account.id:
        return _show_alerts(request, taken_before=held)
    is_seen = RequestForAssistance.objects.filter(id=held.request_for_assistance_id, duty_agency_id=account.agency_id).exists()
    address = reverse("practitioner:alert", args=[held.request_for_assistance_id]) if is_seen else reverse("practitioner:alerts")
    return redirect(f"{address}?done=taken-on")
