from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.interfaces.hub.navigation import account_of
from reachin.interfaces.hub.reading import today_of
from reachin.partnership.accounts.models import Account

from .agreements import SOON, own_agreements
from .information_requests import answered_here
from .looking import USUAL_DAYS, brakes_of, findings
from .pages import guardian_context
from .retention import reviews_of
from .reviews import decisions, emergencies
from .shares import is_past, shares_to_look_at


@staff_page(permission=Permission.SHARING_REVIEW)
@require_http_methods(["GET", "HEAD"])
def start(request: HttpRequest) -> HttpResponse:
    """What waits for the information guardian of this agency."""
    account, moment = account_of(request), now()
    counts = [
        *_reviews(moment),
        *_agreements(account, moment),
        *_looking(account, moment),
        *_shares(moment),
        *_asked(account, moment),
        *_to_destroy(account),
    ]
    return render(request, "guardian/start.html", {**guardian_context(request), "counts": counts})


def _count(number: int, label: str, page: str, *, alert: bool = False) -> dict[str, Any]:
    return {"number": number, "label": label, "url": reverse(f"guardian:{page}"), "alert": alert and number > 0}


def _reviews(moment: datetime) -> list[dict[str, Any]]:
    waiting = emergencies().filter(reviewed_at=None), decisions().filter(reviewed_at=None)
    overdue = sum(found.filter(review_due_at__lt=moment).count() for found in waiting)
    return [
        _count(sum(found.count() for found in waiting), _("to be reviewed"), "reviews"),
        _count(overdue, _("of them overdue"), "reviews", alert=True),
    ]


def _agreements(account: Account, moment: datetime) -> list[dict[str, Any]]:
    today = today_of(moment)
    own = own_agreements(account).filter(ended_at=None)
    return [
        _count(own.filter(expires_on__gte=today, expires_on__lte=today + SOON).count(), _("agreements that expire soon"), "agreements"),
        _count(own.filter(expires_on__lt=today).count(), _("agreements that have expired"), "agreements", alert=True),
    ]


def _looking(account: Account, moment: datetime) -> list[dict[str, Any]]:
    found = len(findings(account, days=USUAL_DAYS, moment=moment))
    return [
        _count(found, _("to ask about in who looked"), "looking"),
        _count(len(brakes_of(account)), _("slowed down for opening too many"), "looking", alert=True),
    ]


def _asked(account: Account, moment: datetime) -> list[dict[str, Any]]:
    own = answered_here(account).open()
    return [
        _count(own.count(), _("information requests to answer"), "information_requests"),
        _count(own.filter(due_on__lt=today_of(moment)).count(), _("of them late"), "information_requests", alert=True),
    ]


def _to_destroy(account: Account) -> list[dict[str, Any]]:
    waiting = reviews_of(account).due()
    return [
        _count(waiting.filter(decided_at=None).count(), _("records due for review"), "retention"),
        _count(waiting.exclude(decided_at=None).exclude(decided_by=account.id).count(), _("to agree to before they go"), "retention"),
    ]


def _shares(moment: datetime) -> list[dict[str, Any]]:
    found = shares_to_look_at()
    return [
        _count(sum(one["above_a_block"] for one in found), _("shares above a block"), "shares", alert=True),
        _count(sum(is_past(one, moment) for one in found), _("shares past their last day"), "shares"),
        _count(sum(one["until"] is None for one in found), _("shares without a last day"), "shares"),
    ]
