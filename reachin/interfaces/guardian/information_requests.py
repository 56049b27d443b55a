"""What people ask about their own information: due first, prepared by one guardian, looked at and given by a second."""

from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from reachin.access.directory.models import among
from reachin.access.referrals import corrections
from reachin.access.requests_for_assistance import safety
from reachin.families.information_requests import actions
from reachin.families.information_requests.enums import AskedFor, Face, NoticeOf, State, WordsKind
from reachin.families.information_requests.models import CopyEntry, InformationRequest, InformationRequestQuerySet, InformationWords
from reachin.families.information_requests.rules import may_put_in
from reachin.families.people.models import PersonDetails
from reachin.groundwork.audited_access.pages import Opens, staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.forms import Form
from reachin.groundwork.page_parts.moments import short_day, short_day_and_time
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.interfaces.hub.navigation import account_of
from reachin.interfaces.hub.reading import today_of
from reachin.partnership.accounts.models import Account

from . import corrections_shown, erasures_shown
from .pages import guardian_context

WRONG, NOT_NOW = 422, 409
SHOWN_ANSWERED = 50
OPENS = Opens("information_request", "information_request", by="asked_id")
ANSWERS = Permission.INFORMATION_ANSWER
COLOURS = {State.ASKED: "blue", State.ACKNOWLEDGED: "yellow", State.PREPARED: "purple", State.RELEASED: "green", State.REFUSED: "grey"}
NOT_POSSIBLE = (actions.NoSuchMove, actions.NotTheSecondPerson)


class PrepareForm(Form):
    answer = forms.CharField(
        label=gettext_lazy("Answer to the person"),
        help_text=gettext_lazy("In plain words. They read it once a second guardian has looked at it."),
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Write the answer")},
    )


class DecideForm(Form):
    """What the second guardian does with what was prepared."""

    step = forms.ChoiceField(
        label=gettext_lazy("What do you decide?"),
        choices=[
            ("release", gettext_lazy("Give the answer to the person")),
            ("refuse", gettext_lazy("Refuse it, with a reason that they read")),
            ("hand_back", gettext_lazy("Hand it back to be prepared again")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what you decide")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("For a refusal the person reads it. For handing back only guardians do."),
        widget=forms.Textarea,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("step") in ("refuse", "hand_back") and not cleaned.get("reason"):
            self.add_error("reason", _("Write the reason"))
        return cleaned


@staff_page(permission=ANSWERS)
@require_http_methods(["GET", "HEAD"])
def information_requests(request: HttpRequest) -> HttpResponse:
    """What people asked of this agency: what waits, due first, and what was answered lately."""
    account = account_of(request)
    own = answered_here(account)
    context = {
        **guardian_context(request),
        "waiting": [_row(one, account) for one in own.open().due_first()],
        "answered": [_row(one, account) for one in own.exclude(reviewed_at=None).order_by("-reviewed_at")[:SHOWN_ANSWERED]],
    }
    return render(request, "guardian/information_requests.html", context)


def answered_here(account: Account) -> InformationRequestQuerySet:
    """What this agency answers, and complaints about agencies that have no two guardians, which the hub's answer."""
    return InformationRequest.objects.filter(Q(controller_id=account.agency_id) | Q(kind=AskedFor.COMPLAINT))


def _row(one: InformationRequest, account: Account) -> list[Any]:
    state = State(one.state)
    more = _("You prepared it: somebody else looks at it") if state == State.PREPARED and one.prepared_by == account.id else ""
    return [
        {"text": AskedFor(one.kind).label, "url": reverse("guardian:information_request", args=[one.id]), "more": more},
        short_day(one.asked_at),
        {"tag": _("Late"), "colour": "red", "more": short_day(one.due_on)} if one.is_late_on(today_of(now())) else short_day(one.due_on),
        {"tag": state.label, "colour": COLOURS[state]},
    ]


def open_one(asked_id: UUID) -> InformationRequest:
    found = InformationRequest.objects.filter(id=asked_id).first()
    if found is None:
        raise Http404
    return found


def page_of(request: HttpRequest, asked: InformationRequest, *, trouble: str = "", status: int = 200) -> HttpResponse:
    """The one page of what was asked: its words, the copy entry by entry, and the steps that can be taken now."""
    account, state = account_of(request), State(asked.state)
    details = PersonDetails.objects.filter(person_id=asked.person_id).first()
    entries = list(CopyEntry.objects.filter(information_request=asked).select_related("controller").order_by("place"))
    may_work = state in (State.ASKED, State.ACKNOWLEDGED)
    is_copy, is_second = asked.kind == AskedFor.COPY, state == State.PREPARED and asked.prepared_by != account.id
    context = {
        **guardian_context(request),
        "asked": asked,
        "kind": AskedFor(asked.kind).label,
        "name": details.facts().known_as if details is not None else "",
        "face": Face(asked.face).label if asked.face else "",
        "state": {"text": state.label, "colour": COLOURS[state]},
        "is_late": asked.is_late_on(today_of(now())),
        "said": _said(asked),
        "entries": [_entry(one, asked, account) for one in entries],
        "is_copy": is_copy,
        **erasures_shown.context_of(asked, may_work=may_work),
        **corrections_shown.context_of(asked, account, may_work=may_work),
        "may_acknowledge": state == State.ASKED,
        "may_gather": may_work and is_copy and not entries,
        "may_prepare": may_work and (bool(entries) or not is_copy) and not erasures_shown.has_to_be_looked_up(asked),
        "may_decide": is_second,
        "waits_for_second": state == State.PREPARED and not is_second,
        "trouble": trouble,
    }
    return render(request, "guardian/information_request.html", context, status=status)


def _said(asked: InformationRequest) -> list[dict[str, Any]]:
    kept = list(InformationWords.objects.filter(information_request=asked).order_by("written_at", "id"))
    names = dict(Account.objects.filter(among("id", sorted({one.written_by for one in kept}))).values_list("id", "name"))
    return [
        {
            "kind": WordsKind(one.kind).label,
            "words": one.said(),
            "at": short_day_and_time(one.written_at),
            "by": names.get(one.written_by, ""),
        }
        for one in kept
    ]


def _entry(one: CopyEntry, asked: InformationRequest, account: Account) -> dict[str, Any]:
    may_put = may_put_in(State(asked.state), needs_second=one.needs_second(), is_preparer=asked.prepared_by == account.id)
    return {
        "id": one.id,
        "number": one.place + 1,
        "held_at": short_day(one.held_at),
        "category": one.get_category_display(),
        "controller": one.controller.name,
        "words": one.said(),
        "is_others_words": one.is_others_words,
        "is_childs_confidence": one.is_childs_confidence,
        "is_withheld": one.is_withheld,
        "may_change": asked.is_open() and (not one.is_withheld or may_put),
    }


@staff_page(permission=ANSWERS, opens=OPENS)
@require_http_methods(["GET", "HEAD"])
def information_request(request: HttpRequest, asked_id: UUID) -> HttpResponse:
    """One thing that was asked."""
    return page_of(request, open_one(asked_id))


def back_to(asked_id: UUID, place: str = "") -> HttpResponse:
    return redirect(reverse("guardian:information_request", args=[asked_id]) + place)


def not_now(request: HttpRequest, asked_id: UUID) -> HttpResponse:
    return page_of(request, open_one(asked_id), trouble=_("This cannot be done now. Look at where it stands."), status=NOT_NOW)


@staff_page(permission=ANSWERS, opens=OPENS)
@require_http_methods(["POST"])
def acknowledge(request: HttpRequest, asked_id: UUID) -> HttpResponse:
    """It came in and is worked on: the person is told that there is news."""
    asked = open_one(asked_id)
    try:
        actions.acknowledge(asked, by=account_of(request), now=now())
    except NOT_POSSIBLE:
        return not_now(request, asked_id)
    safety.tell_asker(asked.asked_by, asked.person_id, event="information.acknowledged", now=now())
    return back_to(asked_id)


@staff_page(permission=ANSWERS, opens=OPENS)
@require_http_methods(["POST"])
def gather(request: HttpRequest, asked_id: UUID) -> HttpResponse:
    """Write down what is held, entry by entry."""
    try:
        actions.gather(open_one(asked_id), by=account_of(request), now=now())
    except NOT_POSSIBLE:
        return not_now(request, asked_id)
    return back_to(asked_id)


@staff_page(permission=ANSWERS, opens=OPENS)
@require_http_methods(["POST"])
def copy_entry(request: HttpRequest, asked_id: UUID, held_id: UUID) -> HttpResponse:
    """Leave one entry out, or put it in."""
    entry = CopyEntry.objects.select_related("information_request").filter(id=held_id, information_request_id=asked_id).first()
    if entry is None:
        raise Http404
    try:
        actions.decide_entry(entry, is_withheld=request.POST.get("step") != "put_in", by=account_of(request), now=now())
    except NOT_POSSIBLE:
        return not_now(request, asked_id)
    return back_to(asked_id, f"#entry-{entry.place + 1}")


@staff_page(permission=ANSWERS, opens=OPENS)
@require_http_methods(["GET", "HEAD", "POST"])
def prepare(request: HttpRequest, asked_id: UUID) -> HttpResponse:
    """Write the answer and hand it to a second guardian."""
    asked = open_one(asked_id)
    form = PrepareForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.prepare(asked, by=account_of(request), answer=form.cleaned_data["answer"], now=now())
        except NOT_POSSIBLE:
            return not_now(request, asked_id)
        return back_to(asked_id)
    return step_page(request, asked, form, _("Write the answer"), _("Hand it to a second guardian"))


@staff_page(permission=ANSWERS, opens=OPENS, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, asked_id: UUID) -> HttpResponse:
    """The second guardian gives the answer, refuses with a reason, or hands it back."""
    asked, account = open_one(asked_id), account_of(request)
    form = DecideForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        step, reason = form.cleaned_data["step"], form.cleaned_data["reason"]
        try:
            if step == "release" and erasures_shown.going(asked):
                return redirect("guardian:erase", asked.id)
            if step == "release" and asked.kind == AskedFor.CORRECTION:
                _put_right(asked, account)
            elif step == "release":
                actions.release(asked, by=account, now=now())
            elif step == "refuse":
                actions.refuse(asked, by=account, reason=reason, now=now())
            else:
                actions.hand_back(asked, by=account, reason=reason, now=now())
        except (*NOT_POSSIBLE, corrections.NotAFact):
            return not_now(request, asked_id)
        if step != "hand_back":
            safety.tell_asker(asked.asked_by, asked.person_id, event="information.answered", now=now())
        return back_to(asked_id)
    return step_page(request, asked, form, _("Look at what was prepared, and decide"), _("Decide"))


def _put_right(asked: InformationRequest, account: Account) -> None:
    """The answer is given and the facts are changed, or neither; whoever had received them is told that there is something."""
    with transaction.atomic():
        actions.release(asked, by=account, now=now())
        if corrections.make(asked, by=account, now=now()):
            received = corrections.who_received(asked)
            corrections.tell_partners(asked, received, NoticeOf.CORRECTED, by=account, now=now())


def step_page(request: HttpRequest, asked: InformationRequest, form: Form, title: str, button: str, words: str = "") -> HttpResponse:
    context = {
        **guardian_context(request),
        "asked": asked,
        "kind": AskedFor(asked.kind).label,
        "said": _said(asked),
        "form": form,
        "title": title,
        "button": button,
        "words": words,
    }
    return render(request, "guardian/information_step.html", context, status=WRONG if form.is_bound else 200)
