from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from reachin.access.directory.models import among, masked_name
from reachin.access.referrals import corrections
from reachin.access.requests_for_assistance import actions
from reachin.access.requests_for_assistance.enums import Stage
from reachin.access.requests_for_assistance.models import DangerAlert, RequestForAssistance
from reachin.families.information_requests.models import Correction
from reachin.families.people.homes import for_paper
from reachin.groundwork.audited_access.pages import Opens, staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.notices.models import Message
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.partnership.agencies.models import Agency

from .checks import check_of, to_be_checked
from .navigation import account_of, staff_context
from .reading import (
    ASKED_FOR,
    KNOWN_TO_AGENCY,
    Trail,
    answers_of,
    card_of,
    delay_facts,
    delay_rows,
    heading,
    held_card,
    is_open,
    is_ours,
    may_change_door,
    may_go,
    messages_of,
    missing_of,
    people_of,
    rows_of,
    safe_contact,
    today_of,
    warnings_of,
)
from .referral_reading import referrals_of

MOST_MESSAGES = 100
OPENED = Opens("request", "front_door", by="request_id")
DONE: Mapping[str, Promise] = {
    "take_on": _("You are in touch with this family now. They see that somebody is on it."),
    "contact": _("What came of it is kept."),
    "ask_family": _("The question is asked. The family sees it with their code."),
    "return": _("The request is back with the sender, who sees what is missing."),
    "call_list": _("The family is on the call list."),
    "discuss": _("The request is in discussion."),
    "close": _("The request is closed. You can open it again."),
    "reopen": _("The request is open again."),
    "error": _("The request is marked as entered in error."),
    "refer": _("Help is asked for. The family is told by the way that they chose."),
    "take_back": _("The referral is taken back."),
    "answer_for": _("The agency's answer is written down."),
    "take_alert": _("You took it on. The danger is yours to answer now."),
    "told": _("It is kept that you told the family."),
    "contact_check": _("It is kept that you made sure: messages go by this way again, and services may get it."),
    "concern": _("The concern is passed on, and kept with the request. The request goes on here as it was."),
    "release": _("The request is in the queue now, and the family is told by the way that they chose."),
    "set_aside": _("The request is set aside. Nobody was written to. You can open it again."),
}


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=OPENED)
@require_http_methods(["GET", "HEAD"])
def request_page(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request as one readable page."""
    context = {**staff_context(request), **read(request, request_id), "done": DONE.get(request.GET.get("done", ""), "")}
    return render(request, "hub/request.html", context)


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=OPENED, fresh=True)
@require_http_methods(["GET", "HEAD"])
def print_out(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The same for paper: masked services are not named, a secret home is left out."""
    shown, card = read(request, request_id), card_of(request, request_id)
    paper = {"head": heading(card, now(), on_paper=True), "kept_out": names_on_paper(shown["blocked_agencies"])}
    return render(request, "hub/print.html", {**shown, **paper})


def names_on_paper(agencies: Sequence[str]) -> list[str]:
    """These agencies as paper may name them: whoever finds it learns of no masked one."""
    rows = Agency.objects.filter(among("id", [UUID(one) for one in agencies])).order_by("name").values_list("name", "is_masked")
    return list(dict.fromkeys(masked_name() if is_masked else name for name, is_masked in rows))


def put_right() -> list[dict[str, Any]]:
    """What was put right of the request that is open, with what stood there before: it was decided on that."""
    found = Correction.objects.order_by("made_at", "id")
    return [{"label": corrections.label_of(one), "made_at": one.made_at, **one.facts()} for one in found]


def read(request: HttpRequest, request_id: UUID) -> dict[str, Any]:
    """Everything that the page shows of a request that is open."""
    card, account, moment = card_of(request, request_id), account_of(request), now()
    answers, trail = answers_of(card), Trail.of(card)
    found, contact = trail.delays(moment), safe_contact(answers, card)
    return {
        "head": heading(card, moment),
        "warnings": warnings_of(card, answers, account),
        "contact": contact if is_ours(card, account) else {**contact, "check_url": ""},
        "contact_on_paper": {**safe_contact(for_paper(answers), card), "check_url": ""},
        "story": answers.get("story") or "",
        "blocked_agencies": answers.get("blocked_agencies") or [],
        "asked_for": rows_of(card, answers, ASKED_FOR),
        "asked_for_on_paper": rows_of(card, for_paper(answers), ASKED_FOR),
        "known_to_agency": rows_of(card, answers, KNOWN_TO_AGENCY),
        "put_right": put_right(),
        "people": people_of(answers, today_of(moment)),
        "missing": missing_of(card, answers),
        "questions": trail.questions(),
        "decisions": trail.decisions(card),
        "history": trail.history(),
        "attempts": trail.attempts,
        "delay_rows": delay_rows(found, moment),
        "delay_facts": delay_facts(found, card),
        "messages": messages_of(card),
        "referrals": referrals_of(card, account),
        "is_ours": is_ours(card, account),
        "holder": card.holder_agency.name,
        "steps": steps_of(card) if is_ours(card, account) else [],
        "check": check_of(card),
        "may_take_on": is_ours(card, account) and is_open(card) and not to_be_checked(card) and card.contact_owner_id != account.id,
        "may_tell": is_ours(card, account),
        "printed_at": moment,
    }


def steps_of(card: RequestForAssistance) -> list[dict[str, Any]]:
    """What can be done with the request now, the likeliest first."""
    family = not card.asked_by_practitioner()
    possible = (
        ("refer", _("Refer to services"), may_go(card, Stage.MATCHED) or card.stage == Stage.MATCHED),
        ("contact", _("Record contact"), is_open(card)),
        ("ask_family", _("Ask the family"), is_open(card) and family),
        ("return", _("Return to the sender"), may_go(card, Stage.RETURNED)),
        ("call_list", _("Put on the call list"), may_go(card, Stage.TO_BE_CONTACTED)),
        ("discuss", _("Put into discussion"), may_go(card, Stage.IN_DISCUSSION) and is_open(card)),
        ("close", _("Close"), may_go(card, Stage.CLOSED)),
        ("reopen", _("Open again"), card.stage == Stage.CLOSED),
        ("move", _("Move to another door"), may_change_door(card)),
        ("error", _("Entered in error"), may_go(card, Stage.ENTERED_IN_ERROR)),
    )
    steps = [(name, words) for name, words, is_possible in possible if is_possible and not to_be_checked(card)]
    if card.stage == Stage.TO_BE_CONTACTED:
        steps.sort(key=lambda step: step[0] != "contact")
    return [
        {"text": words, "url": reverse(f"hub:{name}", args=[card.id]), "kind": "secondary" if place else ""}
        for place, (name, words) in enumerate(steps)
    ]


def back_to(request_id: UUID, done: str) -> HttpResponse:
    """The way back to the request after something was done."""
    return redirect(f"{reverse('hub:request', args=[request_id])}?done={done}")


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=OPENED)
@require_http_methods(["POST"])
def take_on(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """I will be in touch with this family. Who presses first has it; the second is shown who that is."""
    card = held_card(request, request_id)
    version = request.POST.get("version", "")
    seen = int(version) if version.isdecimal() and len(version) < 9 else None
    try:
        with transaction.atomic():
            actions.take_on_contact(card, by=account_of(request), now=now(), seen_version=seen)
    except (actions.ChangedMeanwhile, actions.NoSuchMove):
        context = {**staff_context(request), **read(request, request_id), "done": "", "conflict": Trail.of(card).latest()}
        return render(request, "hub/request.html", context, status=409)
    return back_to(request_id, "take_on")


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=OPENED)
@require_http_methods(["POST"])
def take_alert(request: HttpRequest, request_id: UUID, alert_id: UUID) -> HttpResponse:
    """Somebody may be in danger, and I answer it: for those whose agency was alerted. Who presses first has it."""
    account = account_of(request)
    alert = DangerAlert.objects.filter(id=alert_id, request_for_assistance_id=request_id, duty_agency_id=account.agency_id).first()
    if alert is None:
        raise Http404
    actions.take_alert(alert, by=account, now=now())
    return back_to(request_id, "take_alert" if DangerAlert.objects.filter(id=alert_id, taken_by=account).exists() else "")


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=OPENED)
@require_http_methods(["POST"])
def told(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """I told the family what these messages say. Again changes nothing; a message that is not about this request is no message."""
    held_card(request, request_id)
    ids = _ids(request.POST.getlist("message")[:MOST_MESSAGES])
    waiting = Message.objects.filter(among("id", ids), about_id=request_id, is_for_staff=False, state__in=actions.TOLD_BY_A_PERSON)
    for message_id in list(waiting.values_list("id", flat=True)):
        actions.tell_by_hand(message_id, by=account_of(request), now=now())
    return back_to(request_id, "told")


def _ids(texts: Iterable[str]) -> list[UUID]:
    """The ids that were posted; what is none is left out."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
