from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from reachin.access.referrals.enums import ReferralState
from reachin.access.referrals.models import Referral
from reachin.access.requests_for_assistance.enums import Stage, WaitingFor
from reachin.access.requests_for_assistance.models import DangerAlert, RequestForAssistance
from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.interfaces.hub.navigation import account_of, staff_context
from reachin.partnership.accounts.models import Account

from .drafting import own_drafts
from .records import record_counts
from .words import done_words

UNANSWERED = (ReferralState.SENT, ReferralState.NO_RESPONSE)


@staff_page()
@require_http_methods(["GET", "HEAD"])
def start(request: HttpRequest) -> HttpResponse:
    """Where a role begins: what waits for this member of staff, and what they can do."""
    account = account_of(request)
    context: dict[str, Any] = {
        **staff_context(request),
        "counts": [
            *_alert_counts(account),
            *_check_counts(account),
            *_inbox_counts(account),
            *_own_counts(account),
            *record_counts(account, now()),
        ],
        "drafts": own_drafts(account) if account.may(Permission.REQUEST_SEND) else [],
        "may_send": account.may(Permission.REQUEST_SEND),
        "may_key_in": account.may(Permission.REQUEST_KEY_IN),
        "may_triage": account.may(Permission.REQUEST_TRIAGE),
        "may_look_first": account.may(Permission.RECORD_OPEN_IN_EMERGENCY),
        "may_see_delays": account.may(Permission.DELAYS_SEE),
        "done": done_words(request.GET.get("done")),
    }
    return render(request, "practitioner/start.html", context)


def _alert_counts(account: Account) -> list[dict[str, Any]]:
    if not account.may(Permission.REQUEST_ANSWER_ALERT):
        return []
    waiting = DangerAlert.objects.filter(duty_agency_id=account.agency_id, taken_at=None).count()
    label = ngettext("alert that nobody took on", "alerts that nobody took on", waiting)
    return [{"number": waiting, "label": label, "url": reverse("practitioner:alerts"), "alert": waiting > 0}]


def _check_counts(account: Account) -> list[dict[str, Any]]:
    """Requests that look automatic, where there are any: they stand apart from the queue, and a family may be among them."""
    if not account.may(Permission.REQUEST_TRIAGE):
        return []
    waiting = RequestForAssistance.objects.held_by(account.agency_id).waiting_for(WaitingFor.CHECK).count()
    label = ngettext("request that looks automatic, to be checked", "requests that look automatic, to be checked", waiting)
    return [{"number": waiting, "label": label, "url": f"{reverse('hub:queue')}?turn=check", "alert": True}] if waiting else []


def _inbox_counts(account: Account) -> list[dict[str, Any]]:
    if not account.may(Permission.REFERRAL_ANSWER):
        return []
    inbox = Referral.objects.received_by(account.agency_id).live()
    told = inbox.aggregate(new=Count("id", filter=Q(state__in=UNANSWERED)), live=Count("id"))
    address = reverse("practitioner:inbox")
    return [
        {"number": told["new"], "label": _("to be answered by your organisation"), "url": address, "alert": told["new"] > 0},
        {"number": told["live"], "label": _("with your organisation in all"), "url": address},
    ]


def _own_counts(account: Account) -> list[dict[str, Any]]:
    if not account.may(Permission.REQUEST_SEND):
        return []
    own = RequestForAssistance.objects.sent_by(account.id)
    told = own.aggregate(back=Count("id", filter=Q(stage=Stage.RETURNED)), going_on=Count("id", filter=Q(closed_at=None)))
    address = reverse("practitioner:requests")
    back = ngettext("of your requests is back with you", "of your requests are back with you", told["back"])
    going_on = ngettext("of your requests is going on", "of your requests are going on", told["going_on"])
    return [
        {"number": told["back"], "label": back, "url": address, "alert": told["back"] > 0},
        {"number": told["going_on"], "label": going_on, "url": address},
    ]
