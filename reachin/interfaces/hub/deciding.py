from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from reachin.access.referrals.models import Referral
from reachin.access.requests_for_assistance import actions
from reachin.access.requests_for_assistance.enums import ContactOutcome, Outcome, Stage
from reachin.access.requests_for_assistance.models import RequestForAssistance
from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency

from .forms import CloseForm, ContactForm, MoveForm, QuestionForm, ReasonForm, ReturnForm, VersionedForm, seen_anew
from .navigation import account_of, staff_context
from .reading import Trail, answers_of, gaps, heading, held_card, is_open, may_change_door, may_go, safe_contact, warnings_of
from .request_page import OPENED, back_to

WRONG = 422
CHANGED = 409
Card = RequestForAssistance
BLOCKED = _("The family said that this organisation must not see it. Choose another.")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to be done with a request: its page's words, its form, when it is possible, and the action behind it."""

    name: str
    title: Promise
    button: Promise
    form: type[VersionedForm]
    is_possible: Callable[[Card], bool]
    act: Callable[[Card, VersionedForm, Account], object]
    intro: Promise | str = ""
    initial: Callable[[Card], Mapping[str, Any]] = lambda card: {}
    shows_contact: bool = False
    is_danger: bool = False


def step_page(request: HttpRequest, request_id: UUID, step: Step) -> HttpResponse:
    """Shows the step's form and takes it. Whoever comes second is told who was quicker, and keeps what they typed."""
    card = held_card(request, request_id)
    possible = step.is_possible(card)
    form = step.form.about(card, request.POST or None, initial=step.initial(card) if request.method != "POST" else None)
    if request.method != "POST":
        return _page(request, card, step, form, status=200 if possible else CHANGED)
    if not form.is_valid():
        return _page(request, card, step, form, status=WRONG)
    try:
        with transaction.atomic():
            step.act(card, form, account_of(request))
    except (actions.ChangedMeanwhile, actions.NoSuchMove):
        card = held_card(request, request_id)
        again = step.form.about(card, seen_anew(request.POST, card.version))
        return _page(request, card, step, again, status=CHANGED)
    except actions.BlockedByFamily:
        form.add_error("door", str(BLOCKED))
        return _page(request, card, step, form, status=WRONG)
    return redirect("hub:queue") if step.name == "move" else back_to(request_id, step.name)


def _page(request: HttpRequest, card: Card, step: Step, form: VersionedForm, *, status: int) -> HttpResponse:
    answers = answers_of(card)
    context: dict[str, Any] = {
        **staff_context(request),
        "step": step,
        "form": form,
        "head": heading(card, now()),
        "contact": safe_contact(answers, card) if step.shows_contact else None,
        "warnings": warnings_of(card, answers),
        "is_possible": step.is_possible(card),
        "conflict": Trail.of(card).latest() if status == CHANGED else "",
        "stage": Stage(card.stage).label,
        "asked_elsewhere": Referral.objects.live().of_request(card.id).count() if step.name == "close" else 0,
    }
    return render(request, "hub/step.html", context, status=status)


def _decides(to: Stage) -> Callable[[Card, VersionedForm, Account], object]:
    def act(card: Card, form: VersionedForm, by: Account) -> object:
        told = form.cleaned_data
        return actions.decide(card, to, by=by, reason=told["reason"], now=now(), seen_version=told["version"])

    return act


def _closes(card: Card, form: VersionedForm, by: Account) -> object:
    told = form.cleaned_data
    return actions.decide(
        card, Stage.CLOSED, by=by, reason=told["reason"], outcome=Outcome(told["outcome"]), now=now(), seen_version=told["version"]
    )


def _records_contact(card: Card, form: VersionedForm, by: Account) -> object:
    told = form.cleaned_data
    outcome = ContactOutcome(told["outcome"])
    return actions.record_contact(card, by=by, outcome=outcome, words=told["words"], now=now(), seen_version=told["version"])


def _asks_family(card: Card, form: VersionedForm, by: Account) -> object:
    told = form.cleaned_data
    return actions.ask_family(card, by=by, question=told["question"], now=now(), seen_version=told["version"])


def _returns(card: Card, form: VersionedForm, by: Account) -> object:
    told = form.cleaned_data
    return actions.return_to_sender(card, by=by, note=told["note"], questions=told["questions"], now=now(), seen_version=told["version"])


def _moves(card: Card, form: VersionedForm, by: Account) -> object:
    told = form.cleaned_data
    door = Agency.objects.get(id=told["door"])
    return actions.move_to_door(card, door, by=by, reason=told["reason"], now=now(), seen_version=told["version"])


CONTACT = Step(
    "contact",
    _("Record contact"),
    _("Keep it"),
    ContactForm,
    is_open,
    _records_contact,
    intro=_("If you spoke with them, the request goes on. Otherwise it stays on the call list."),
    shows_contact=True,
)
ASK_FAMILY = Step(
    "ask_family",
    _("Ask the family"),
    _("Ask"),
    QuestionForm,
    lambda card: is_open(card) and not card.asked_by_practitioner(),
    _asks_family,
    shows_contact=True,
)
RETURN = Step(
    "return",
    _("Return to the sender"),
    _("Return it"),
    ReturnForm,
    lambda card: may_go(card, Stage.RETURNED),
    _returns,
    initial=lambda card: {"questions": [gap.question for gap in gaps(card, answers_of(card))]},
    intro=_("The sender’s clock stops; the family’s wait goes on and is counted."),
)
CALL_LIST = Step(
    "call_list",
    _("Put on the call list"),
    _("Put on the call list"),
    ReasonForm,
    lambda card: may_go(card, Stage.TO_BE_CONTACTED),
    _decides(Stage.TO_BE_CONTACTED),
)
DISCUSS = Step(
    "discuss",
    _("Put into discussion"),
    _("Put into discussion"),
    ReasonForm,
    lambda card: is_open(card) and may_go(card, Stage.IN_DISCUSSION),
    _decides(Stage.IN_DISCUSSION),
)
CLOSE = Step(
    "close",
    _("Close the request"),
    _("Close it"),
    CloseForm,
    lambda card: may_go(card, Stage.CLOSED),
    _closes,
    intro=_("The family is told by the way that they chose. You can open it again."),
)
REOPEN = Step(
    "reopen", _("Open again"), _("Open it again"), ReasonForm, lambda card: card.stage == Stage.CLOSED, _decides(Stage.IN_DISCUSSION)
)
ERROR = Step(
    "error",
    _("Entered in error"),
    _("Mark as entered in error"),
    ReasonForm,
    lambda card: may_go(card, Stage.ENTERED_IN_ERROR),
    _decides(Stage.ENTERED_IN_ERROR),
    intro=_("Only for a request that should never have been there, such as one keyed in twice. This cannot be undone."),
    is_danger=True,
)
MOVE = Step(
    "move",
    _("Move to another door"),
    _("Move it"),
    MoveForm,
    may_change_door,
    _moves,
    intro=_("It is moved, never refused: they take it on with all that was told, and the family is told. You will no longer see it."),
)


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=OPENED)
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Keep what came of being in touch with the family."""
    return step_page(request, request_id, CONTACT)


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=OPENED)
@require_http_methods(["GET", "HEAD", "POST"])
def ask_family(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Ask the family a question."""
    return step_page(request, request_id, ASK_FAMILY)


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=OPENED)
@require_http_methods(["GET", "HEAD", "POST"])
def return_to_sender(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Give a practitioner's request back with what is missing."""
    return step_page(request, request_id, RETURN)


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=OPENED)
@require_http_methods(["GET", "HEAD", "POST"])
def call_list(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The family is to be contacted first."""
    return step_page(request, request_id, CALL_LIST)


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=OPENED)
@require_http_methods(["GET", "HEAD", "POST"])
def discuss(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The hub talks about it."""
    return step_page(request, request_id, DISCUSS)


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=OPENED)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Close with an outcome."""
    return step_page(request, request_id, CLOSE)


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=OPENED)
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Undo a closing."""
    return step_page(request, request_id, REOPEN)


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=OPENED)
@require_http_methods(["GET", "HEAD", "POST"])
def entered_in_error(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """It should never have been there."""
    return step_page(request, request_id, ERROR)


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=OPENED)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Hand the request to the agency where it belongs."""
    return step_page(request, request_id, MOVE)
