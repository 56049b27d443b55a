from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from reachin.access.referrals import actions
from reachin.access.referrals.enums import ReferralState
from reachin.access.referrals.models import Referral, ReferralMove
from reachin.access.referrals.rules import LIVE
from reachin.groundwork.audited_access.pages import Opens, staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.moments import short_day_and_time
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission

from .forms import AnswerForForm, TakeBackForm, VersionedForm, seen_anew
from .navigation import account_of, staff_context
from .reading import Names
from .request_page import back_to
from .words import STATE_COLOURS

OPENED = Opens("referral", "front_door", by="referral_id")
WRONG = 422
CHANGED = 409
WORDS: dict[str, tuple[Promise, Promise]] = {
    "answer_for": (gettext_lazy("Write down their answer"), gettext_lazy("Keep it")),
    "take_back": (gettext_lazy("Take the referral back"), gettext_lazy("Take it back")),
}


def sent_referral(request: HttpRequest, referral_id: UUID) -> Referral:
    """The referral that this account's agency sent; otherwise Http404."""
    related = ("receiver_agency", "request_for_assistance")
    found = Referral.objects.select_related(*related).filter(id=referral_id, sender_agency_id=account_of(request).agency_id).first()
    if found is None:
        raise Http404
    return found


@staff_page(permission=Permission.REFERRAL_SEND, opens=OPENED)
@require_http_methods(["GET", "HEAD", "POST"])
def answer_for(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Write down what an agency said where nobody signs in."""
    referral = sent_referral(request, referral_id)
    if referral.receiver_agency.uses_reach_in:
        raise Http404
    form = AnswerForForm.about(referral, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, referral, form, "answer_for", status=_status(request, referral))
    assert isinstance(form, AnswerForForm)
    told = form.cleaned_data
    try:
        with transaction.atomic():
            actions.answer(
                referral,
                ReferralState(told["to"]),
                by=account_of(request),
                now=now(),
                words=told["words"],
                decline_reason=form.decline(),
                outcome=form.ended(),
                seen_version=told["version"],
            )
    except (actions.ChangedMeanwhile, actions.NoSuchMove):
        return _changed(request, referral_id, AnswerForForm, "answer_for")
    return back_to(referral.request_for_assistance_id, "answer_for")


@staff_page(permission=Permission.REFERRAL_SEND, opens=OPENED)
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Take a referral back: what was shared can no longer be opened."""
    referral = sent_referral(request, referral_id)
    form = TakeBackForm.about(referral, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, referral, form, "take_back", status=_status(request, referral))
    told = form.cleaned_data
    try:
        with transaction.atomic():
            actions.take_back(referral, by=account_of(request), words=told["reason"], now=now(), seen_version=told["version"])
    except (actions.ChangedMeanwhile, actions.NoSuchMove):
        return _changed(request, referral_id, TakeBackForm, "take_back")
    return back_to(referral.request_for_assistance_id, "take_back")


def _status(request: HttpRequest, referral: Referral) -> int:
    if request.method == "POST":
        return WRONG
    return 200 if referral.state in LIVE else CHANGED


def _changed(request: HttpRequest, referral_id: UUID, kind: type[VersionedForm], step: str) -> HttpResponse:
    referral = sent_referral(request, referral_id)
    form = kind.about(referral, seen_anew(request.POST, referral.version))
    return _page(request, referral, form, step, status=CHANGED)


def _page(request: HttpRequest, referral: Referral, form: VersionedForm, step: str, *, status: int) -> HttpResponse:
    state = ReferralState(referral.state)
    title, button = WORDS[step]
    context: dict[str, Any] = {
        **staff_context(request),
        "form": form,
        "step": step,
        "title": title,
        "button": button,
        "referral": referral,
        "state": state.label,
        "colour": STATE_COLOURS.get(state, "grey"),
        "is_possible": state in LIVE,
        "conflict": _latest(referral) if status == CHANGED else "",
    }
    return render(request, "hub/referral_step.html", context, status=status)


def _latest(referral: Referral) -> str:
    """Who moved it last, and when."""
    move = ReferralMove.objects.filter(referral_id=referral.id).order_by("-number").values("state", "moved_at", "moved_by").first()
    if move is None:
        return ""
    who = Names.of(referral.request_for_assistance_id, [move["moved_by"]])[move["moved_by"]]
    return _("%(who)s, %(when)s: %(what)s") % {
        "who": who or "–",
        "when": short_day_and_time(move["moved_at"]),
        "what": ReferralState(move["state"]).label,
    }
