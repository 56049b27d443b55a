"""Retention: what is due for review before destruction, the two guardians who decide, legal holds, and what was destroyed."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Max
from django.db.models.functions import ExtractYear
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from reachin.families.retention import actions
from reachin.families.retention.enums import ReviewDecision
from reachin.families.retention.models import DestructionReview, LegalHold, ReviewQuerySet
from reachin.families.retention.rules import CLASSES, TO_BE_CHECKED, CannotBeDone
from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.forms import Form
from reachin.groundwork.page_parts.moments import day, day_and_time, short_day, short_day_and_time
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.interfaces.hub.navigation import account_of
from reachin.partnership.accounts.models import Account

from .pages import guardian_context
from .retention_forms import HoldForm, ReasonForm, ReviewForm, SecondForm
from .retention_words import CLASS_WORDS, KINDS, code_of, held_thing, why_due, years_of
from .reviews import names_of

WRONG, NOT_NOW = 422, 409
PAGE_SIZE = 50
REVIEWS = Permission.DESTRUCTION_REVIEW
DONE = {
    "decided": gettext_lazy("Your decision is kept."),
    "agreed": gettext_lazy("You agreed. It is destroyed with the next daily round, unless somebody holds it before."),
    "disagreed": gettext_lazy("You did not agree. It comes up again."),
    "held": gettext_lazy("The hold is in force."),
    "lifted": gettext_lazy("The hold is lifted."),
}


def reviews_of(account: Account) -> ReviewQuerySet:
    """Reviews of the account's agency."""
    found: ReviewQuerySet = DestructionReview.objects.filter(controller_id=account.agency_id)
    return found


def _parts(request: HttpRequest) -> list[dict[str, Any]]:
    """The room's own pages, as tabs below its heading."""
    here = request.resolver_match.view_name if request.resolver_match is not None else ""
    pages = (("retention", _("Due for review")), ("holds", _("Holds")), ("destroyed", _("What was destroyed")))
    return [{"text": text, "url": reverse(f"guardian:{name}"), "current": here == f"guardian:{name}"} for name, text in pages]


def _context(request: HttpRequest) -> dict[str, Any]:
    return {**guardian_context(request), "parts_of_retention": _parts(request), "done": DONE.get(request.GET.get("done", ""), "")}


@staff_page(permission=REVIEWS)
@require_http_methods(["GET", "HEAD"])
def retention(request: HttpRequest) -> HttpResponse:
    """What is due for review, the longest due first; what waits for a second guardian; what goes with the next round."""
    account = account_of(request)
    waiting = reviews_of(account).due().order_by("due_from", "id")
    page = Paginator(waiting.filter(decided_at=None), PAGE_SIZE).get_page(request.GET.get("page"))
    second = list(waiting.exclude(decided_at=None))
    going = list(reviews_of(account).to_be_destroyed().order_by("due_from", "id"))
    names = names_of({one.decided_by for one in (*second, *going) if one.decided_by is not None})
    context = {
        **_context(request),
        "page": page,
        "due": [_due_row(one) for one in page],
        "second": [_second_row(one, account, names) for one in second],
        "going": [_second_row(one, account, names) for one in going],
    }
    return render(request, "guardian/retention.html", context)


def _link(one: DestructionReview, more: str = "") -> dict[str, Any]:
    return {
        "text": f"{KINDS.get(one.kind, one.kind)} {code_of(one.subject_id)}",
        "url": reverse("guardian:destruction", args=[one.id]),
        "more": more,
    }


def _due_row(one: DestructionReview) -> list[Any]:
    return [_link(one), CLASS_WORDS.get(one.class_code, one.class_code), short_day(one.due_from), why_due(one)]


def _second_row(one: DestructionReview, account: Account, names: Any) -> list[Any]:
    own = _("Your own decision: somebody else has to agree") if one.decided_by == account.id and one.confirmed_at is None else ""
    who = names.get(one.decided_by, "")
    return [
        _link(one, own),
        CLASS_WORDS.get(one.class_code, one.class_code),
        short_day(one.due_from),
        f"{who}, {short_day(one.decided_at)}",
    ]


def _one(request: HttpRequest, review_id: UUID) -> DestructionReview:
    found = reviews_of(account_of(request)).select_related("controller").filter(id=review_id).first()
    if found is None:
        raise Http404
    return found


def _told(one: DestructionReview) -> list[dict[str, Any]]:
    """All that a guardian knows of it: what kind, which class, by which source. Nobody's words, and nobody's name."""
    kept = CLASSES[one.class_code]
    names = names_of({who for who in (one.decided_by, one.confirmed_by, one.disagreed_by) if who is not None})
    decided = (
        f"{ReviewDecision(one.decision).label}. {names.get(one.decided_by, '')}, {short_day_and_time(one.decided_at)}"
        if one.decided_at and one.decided_by
        else ""
    )
    confirmed = (
        f"{names.get(one.confirmed_by, '')}, {short_day_and_time(one.confirmed_at)}" if one.confirmed_at and one.confirmed_by else ""
    )
    disagreed = (
        f"{names.get(one.disagreed_by, '')}, {short_day_and_time(one.disagreed_at)}" if one.disagreed_at and one.disagreed_by else ""
    )
    rows = [
        (_("Kind"), KINDS.get(one.kind, one.kind)),
        (_("Record"), code_of(one.subject_id)),
        (_("Class"), CLASS_WORDS.get(one.class_code, one.class_code)),
        (_("Schedule"), years_of(one.class_code)),
        (_("Source"), kept.source if kept.is_checked else f"{kept.source} ({TO_BE_CHECKED})"),
        (_("Counted from"), day(one.counted_from)),
        (_("Due since"), day(one.due_from)),
        (_("Why it is due"), why_due(one)),
        (_("Decided"), decided),
        (_("Reason"), one.because()),
        (_("Kept until"), day(one.keep_until) if one.keep_until else ""),
        (_("The second guardian agreed"), confirmed),
        (_("The second guardian did not agree"), f"{disagreed}\n{one.because_not()}" if disagreed else ""),
        (_("Destroyed"), day_and_time(one.destroyed_at) if one.destroyed_at else ""),
    ]
    return [{"key": key, "value": str(value)} for key, value in rows if value]


def _state(one: DestructionReview, account: Account) -> str:
    """What can be done with it now: decide, agree, wait for somebody else, or nothing."""
    if one.destroyed_at is not None or one.disagreed_at is not None or one.confirmed_at is not None:
        return "over"
    if one.decided_at is None:
        return "decide"
    if one.decision != ReviewDecision.DESTROY:
        return "over"
    return "own" if one.decided_by == account.id else "agree"


@staff_page(permission=REVIEWS)
@require_http_methods(["GET", "HEAD", "POST"])
def destruction(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """One record whose time is over: the first guardian decides; a second one agrees, on a page of its own, or does not."""
    one, account = _one(request, review_id), account_of(request)
    state = _state(one, account)
    form: Form = (SecondForm if state == "agree" else ReviewForm)(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _destruction(request, one, form)
    if state not in ("decide", "agree"):
        return _destruction(request, one, form, status=NOT_NOW)
    if not form.is_valid():
        return _destruction(request, one, form, status=WRONG)
    given = form.cleaned_data
    if state == "decide":
        decision, until = ReviewDecision(given["decision"]), given["keep_until"]
        return _try(
            request, one, lambda: actions.decide(one, decision, by=account, reason=given["reason"], keep_until=until, now=now()), "decided"
        )
    if given["step"] == "agree":
        return redirect("guardian:destruction_confirm", one.id)
    return _try(request, one, lambda: actions.disagree(one, by=account, reason=given["reason"], now=now()), "disagreed")


def _try(request: HttpRequest, one: DestructionReview, act: Callable[[], object], done: str) -> HttpResponse:
    try:
        with transaction.atomic():
            act()
    except CannotBeDone:
        return _destruction(request, _one(request, one.id), ReviewForm(), status=NOT_NOW)
    return redirect(f"{reverse('guardian:retention')}?done={done}")


def _destruction(request: HttpRequest, one: DestructionReview, form: Form, *, status: int = 200) -> HttpResponse:
    state = _state(one, account_of(request))
    context = {
        **_context(request),
        "one": one,
        "title": f"{KINDS.get(one.kind, one.kind)} {code_of(one.subject_id)}",
        "rows": _told(one),
        "state": state,
        "form": form,
        "trouble": _("This cannot be done now. Look at where it stands.") if status == NOT_NOW else "",
    }
    return render(request, "guardian/destruction.html", context, status=status)


@staff_page(permission=REVIEWS)
@require_http_methods(["GET", "HEAD", "POST"])
def destruction_confirm(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """The last question before a record is destroyed, for the second guardian."""
    one, account = _one(request, review_id), account_of(request)
    if _state(one, account) != "agree":
        return _destruction(request, one, ReviewForm(), status=NOT_NOW)
    if request.method == "POST":
        return _try(request, one, lambda: actions.confirm(one, by=account, now=now()), "agreed")
    context = {**_context(request), "one": one, "rows": _told(one)}
    return render(request, "guardian/destruction_confirm.html", context)


@staff_page(permission=REVIEWS)
@require_http_methods(["GET", "HEAD"])
def holds(request: HttpRequest) -> HttpResponse:
    """Holds of my agency: those in force, and those that were lifted."""
    own = LegalHold.objects.filter(agency_id=account_of(request).agency_id).order_by("-held_at", "id")
    names = names_of({who for one in own for who in (one.held_by, one.lifted_by) if who is not None})
    context = {
        **_context(request),
        "in_force": [_hold_row(one, names, link=True) for one in own if one.lifted_at is None],
        "lifted": [
            [
                *_hold_row(one, names),
                f"{names.get(one.lifted_by, '') if one.lifted_by else ''}, {short_day(one.lifted_at)}",
                one.because_lifted(),
            ]
            for one in own
            if one.lifted_at is not None
        ],
    }
    return render(request, "guardian/holds.html", context)


def _hold_row(one: LegalHold, names: Any, *, link: bool = False) -> list[Any]:
    what: Any = {"text": held_thing(one), "url": reverse("guardian:hold_lift", args=[one.id])} if link else held_thing(one)
    return [what, one.because(), f"{names.get(one.held_by, '')}, {short_day(one.held_at)}"]


@staff_page(permission=REVIEWS)
@require_http_methods(["GET", "HEAD", "POST"])
def hold_add(request: HttpRequest) -> HttpResponse:
    """Holds a whole class: nothing of it is destroyed, whoever answers for it, until somebody lifts it."""
    form = HoldForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        actions.hold(by=account_of(request), reason=given["reason"], class_code=given["class_code"], now=now())
        return redirect(f"{reverse('guardian:holds')}?done=held")
    words: Sequence[str] = [_("Nothing of this class is destroyed in the whole partnership until you lift the hold.")]
    return _step(request, form, _("Hold a class of record"), _("Hold it"), words)


@staff_page(permission=REVIEWS)
@require_http_methods(["GET", "HEAD", "POST"])
def hold_lift(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    """Lifts a hold of my agency, for a reason."""
    account = account_of(request)
    one = LegalHold.objects.filter(id=hold_id, agency_id=account.agency_id, lifted_at=None).first()
    if one is None:
        raise Http404
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        actions.lift_hold(one, by=account, reason=form.cleaned_data["reason"], now=now())
        return redirect(f"{reverse('guardian:holds')}?done=lifted")
    words = [held_thing(one), one.because(), _("What two guardians agreed to destroy goes with the next daily round once it is lifted.")]
    return _step(request, form, _("Lift a hold"), _("Lift it"), words)


def _step(request: HttpRequest, form: Form, title: str, button: str, words: Sequence[str]) -> HttpResponse:
    context = {**_context(request), "form": form, "title": title, "button": button, "words": words}
    return render(request, "guardian/retention_step.html", context, status=WRONG if form.is_bound else 200)


@staff_page(permission=REVIEWS)
@require_http_methods(["GET", "HEAD"])
def destroyed(request: HttpRequest) -> HttpResponse:
    """How much of which class was destroyed, by year. Never what it was, nor about whom."""
    counted = (
        reviews_of(account_of(request))
        .destroyed()
        .annotate(year=ExtractYear("destroyed_at"))
        .values("year", "kind", "class_code")
        .annotate(many=Count("id"), asked=Count("asked_id"), latest=Max("destroyed_at"))
        .order_by("-year", "kind", "class_code")
    )
    rows = [
        [
            str(row["year"]),
            str(KINDS.get(row["kind"], row["kind"])),
            str(CLASS_WORDS.get(row["class_code"], row["class_code"])),
            str(row["many"] - row["asked"]),
            str(row["asked"]),
            short_day(row["latest"]),
        ]
        for row in counted
    ]
    return render(request, "guardian/destroyed.html", {**_context(request), "rows": rows})
