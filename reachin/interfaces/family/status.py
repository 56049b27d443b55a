from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from reachin.access.referrals import actions as referrals
from reachin.access.referrals.enums import Helped, ReferralState
from reachin.access.referrals.models import Referral, ReferralPerson
from reachin.access.referrals.rules import LIVE
from reachin.access.requests_for_assistance import actions, drafts, ways_in
from reachin.access.requests_for_assistance.enums import AskedBy, Mover, NoteKind, Outcome, Stage, WaitingFor
from reachin.access.requests_for_assistance.models import DraftRequest, RequestForAssistance, RequestMove, RequestNote, RequestPerson
from reachin.access.requests_for_assistance.rules import WAITS_FOR, may_move
from reachin.families.own_accounts.models import OwnAccount
from reachin.families.people.enums import Relation
from reachin.families.people.homes import safe_contact_of
from reachin.families.people.models import ContactInstruction
from reachin.groundwork.audited_access.context import Actor, acting
from reachin.groundwork.audited_access.lookups import Lookup
from reachin.groundwork.audited_access.networks import network_of
from reachin.groundwork.audited_access.pages import Opens, family_page, public_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts import moments
from reachin.groundwork.page_parts.forms import Form
from reachin.groundwork.page_parts.pages import render

from .who import OWN_ACCOUNT, bear, bearers_scope
from .words import A_SERVICE, HELP_ENDED, HELP_STARTED, OUTCOME_WORDS, STEP_WORDS, now_words, referral_words

OWN = Opens("request", "own_request")
WRONG = 422
RATEABLE = frozenset({ReferralState.IN_PROGRESS, ReferralState.COMPLETED})
NAMED_TO_THE_ASKER = frozenset({Relation.SELF, Relation.CHILD, Relation.EXPECTED_BABY, Relation.GRANDCHILD, Relation.CARED_FOR})
"""Which service helps another grown-up is theirs to tell."""


class WayInForm(Form):
    """A reference and the phrase that goes with it."""

    reference = forms.CharField(label=_("Your code"), help_text=_("For example, K7QF-3MPX-9CRV"), max_length=40)
    phrase = forms.CharField(label=_("Your phrase"), widget=forms.PasswordInput, max_length=100)


class AnswerForm(Form):
    words = forms.CharField(label=_("Your answer"), widget=forms.Textarea, error_messages={"required": _("Write your answer")})


class WithdrawForm(Form):
    reason = forms.CharField(
        label=_("Would you like to say why?"), help_text=_("You do not have to."), widget=forms.Textarea, required=False, max_length=2000
    )


class RateForm(Form):
    helped = forms.ChoiceField(
        label=_("Did it help?"), choices=Helped.choices, widget=forms.RadioSelect, error_messages={"required": _("Choose an answer")}
    )
    words = forms.CharField(
        label=_("Is there anything you would like to say about it?"), help_text=_("In your own words. You do not have to."),
        widget=forms.Textarea, required=False,
    )  # fmt: skip


@public_page(context="own")
@require_http_methods(["GET", "HEAD", "POST"])
def way_in(request: HttpRequest) -> HttpResponse:
    """Comes back by code and phrase, to a draft or to a request. What was wrong is never said, nor how near it was."""
    form = WayInForm(request.POST or None)
    refused = too_often = False
    if form.is_bound and form.is_valid():
        network = network_of(request.META)
        came = drafts.come_in(form.cleaned_data["reference"], form.cleaned_data["phrase"], network=network)
        if came.scope is not None:
            bear(request, came.scope)
            return redirect(_place_of(came.scope))
        refused, too_often = not came.is_too_often, came.is_too_often
    context = {"form": form, "refused": refused, "too_often": too_often}
    return render(request, "family/way_in.html", context, status=429 if too_often else WRONG if form.is_bound else 200)


def _place_of(scope: UUID) -> str:
    """The address to which a code led: a draft goes on, a request is looked at, an account is one's own page."""
    with acting(Actor.family(scope), read_only=True):
        if DraftRequest.objects.filter(id=scope).exists():
            return "public:tasks"
        return "family:my_page" if OwnAccount.objects.filter(id=scope).exists() else "family:status"


_card = Lookup(lambda card: RequestForAssistance.objects.select_related("holder_agency", "contact_owner").filter(id=card))
_moves_made = Lookup(
    lambda card: RequestMove.objects.filter(request_for_assistance=card).order_by("number").values_list("stage", "moved_at")
)
_sent = Lookup(
    lambda card: (
        Referral.objects.of_request(card).order_by("sent_at").values("id", "service_name", "is_masked", "state", "state_since", "helped")
    )
)


def _own(request: HttpRequest) -> RequestForAssistance:
    row = _card.first(bearers_scope(request))
    if row is None:
        raise RequestForAssistance.DoesNotExist
    return row


@family_page(opens=OWN)
@require_http_methods(["GET", "HEAD"])
def status(request: HttpRequest) -> HttpResponse:
    """Where my request is: now, what happens next, who, by when; every step so far; what I am asked; the help that was asked for."""
    row = _own(request)
    may_contact = _may_contact(row)
    stage, referrals = Stage(row.stage), _referrals(row, may_contact=may_contact)
    is_promised = row.contact_due_at is not None and WAITS_FOR[stage] == WaitingFor.HUB
    context = {
        "row": row,
        "now_words": now_words(stage, {one["state"] for one in referrals}, may_contact=may_contact),
        "outcome_words": OUTCOME_WORDS[Outcome(row.outcome)] if row.outcome else "",
        "questions": _questions(row),
        "steps": _steps(row, referrals),
        "referrals": referrals,
        "is_code": ways_in.comes_by_reference(row),
        "is_relative": row.asked_by == AskedBy.RELATIVE,
        "may_withdraw": may_move(stage, Stage.WITHDRAWN, mover=Mover.FAMILY, asked_by=AskedBy(row.asked_by)),
        "is_promised": is_promised,
        "came_from_my_page": OWN_ACCOUNT in request.session,
        "is_late": is_promised and row.contact_due_at is not None and row.contact_due_at < now(),
    }
    return render(request, "family/status.html", context)


def _questions(row: RequestForAssistance) -> list[dict[str, Any]]:
    asked = RequestNote.objects.filter(request_for_assistance=row, kind=NoteKind.QUESTION, answered_at=None).order_by("written_at")
    return [{"id": note.id, "words": note.words(), "asked_at": note.written_at} for note in asked]


def _steps(row: RequestForAssistance, referrals: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every step with its day, the last one marked as now."""
    marks = [(STEP_WORDS[Stage(stage)], at) for stage, at in _moves_made(row.id)]
    if row.help_started_at is not None and (referrals or row.asked_by != AskedBy.RELATIVE):
        marks.append((HELP_STARTED, row.help_started_at))
    ended = [one["since"] for one in referrals if one["state"] == ReferralState.COMPLETED]
    if ended and not any(one["state"] in LIVE for one in referrals):
        marks.append((HELP_ENDED, max(ended)))
    marks.sort(key=lambda mark: mark[1])
    last = len(marks) - 1
    return [
        {"title": words, "when": moments.day(at), "text": "", "state": "now" if place == last else "done"}
        for place, (words, at) in enumerate(marks)
    ]


def _may_contact(row: RequestForAssistance) -> bool:
    """Whether a safe way is known; without one, or where they look here themselves, nobody calls or writes."""
    asker = RequestPerson.objects.filter(request_for_assistance=row, is_contact=True).values("alias__person_id")[:1]
    told = ContactInstruction.objects.filter(person_id=Subquery(asker), ended_at=None).first()
    return told is not None and safe_contact_of(told, now=now()) is not None


def _referrals(row: RequestForAssistance, *, may_contact: bool) -> list[dict[str, Any]]:
    """What was asked of services: to a relative or friend only for themselves; named only for the asker and their children."""
    whom = _whom_they_are_for(row)
    return [
        {
            "id": one["id"],
            "state": ReferralState(one["state"]),
            "name": A_SERVICE if one["is_masked"] or not whom[one["id"]] & NAMED_TO_THE_ASKER else one["service_name"],
            "words": referral_words(ReferralState(one["state"]), may_contact=may_contact),
            "since": one["state_since"],
            "may_rate": one["state"] in RATEABLE,
            "has_ended": one["state"] == ReferralState.COMPLETED,
            "helped": Helped(one["helped"]).label if one["helped"] else "",
        }
        for one in _sent(row.id)
        if row.asked_by != AskedBy.RELATIVE or Relation.SELF in whom[one["id"]]
    ]


def _whom_they_are_for(row: RequestForAssistance) -> Mapping[UUID, set[Relation]]:
    """For whom the help of each referral was asked, by what they are to the asker."""
    people = RequestPerson.objects.filter(request_for_assistance=row)
    relations = {one.alias_id: Relation.SELF if one.is_contact else Relation(one.relation) for one in people}
    found: dict[UUID, set[Relation]] = defaultdict(set)
    for one in ReferralPerson.objects.filter(referral__request_for_assistance=row):
        if one.alias_id in relations:
            found[one.referral_id].add(relations[one.alias_id])
    return found


@family_page(opens=OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """Answer one question."""
    row = _own(request)
    asked = RequestNote.objects.filter(id=question_id, request_for_assistance=row, kind=NoteKind.QUESTION).first()
    if asked is None:
        raise Http404
    form = AnswerForm(request.POST or None)
    if form.is_bound and form.is_valid():
        actions.answer_question(asked, by=row.id, words=form.cleaned_data["words"], now=now())
        return redirect("family:status")
    context = {"form": form, "question": asked.words(), "is_answered": asked.answered_at is not None}
    return render(request, "family/answer.html", context, status=WRONG if form.is_bound else 200)


@family_page(opens=OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take the whole request back; asked once more before it is done."""
    row = _own(request)
    form = WithdrawForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            referrals.withdraw_all(row, by=None, reason=form.cleaned_data["reason"], now=now())
        except actions.NoSuchMove:
            return render(request, "family/too_late.html", status=409)
        return redirect("family:status")
    return render(request, "family/withdraw.html", {"form": form}, status=WRONG if form.is_bound else 200)


@family_page(opens=OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Say whether the help helped; it can be said again later."""
    row = _own(request)
    referral = Referral.objects.filter(id=referral_id, request_for_assistance=row, state__in=sorted(RATEABLE)).first()
    if referral is None or referral_id not in {one["id"] for one in _referrals(row, may_contact=False)}:
        raise Http404
    form = RateForm(request.POST or None, initial={"helped": referral.helped})
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        referrals.rate(referral, by=row.id, helped=Helped(told["helped"]), words=told["words"], now=now())
        return redirect("family:status")
    [name] = [one["name"] for one in _referrals(row, may_contact=False) if one["id"] == referral_id]
    return render(request, "family/rate.html", {"form": form, "name": name}, status=WRONG if form.is_bound else 200)


@public_page(context="own")
@require_http_methods(["POST"])
def go(request: HttpRequest) -> HttpResponse:
    """Leaves this page for now: this browser forgets the request; the code and phrase lead back."""
    request.session.flush()
    return redirect("public:start")
