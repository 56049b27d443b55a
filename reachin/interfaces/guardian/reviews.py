"""What awaits a review: emergencies in which somebody looked first, decisions made in one or above a block. Nobody reviews their own."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from reachin.access.directory.models import among, masked_name
from reachin.access.referrals.actions import follow_ended_shares
from reachin.access.referrals.enums import ReferralMover
from reachin.families.information_sharing.actions import CannotBeDecided, review_decision, review_emergency
from reachin.families.information_sharing.enums import Basis, Decision, Informed, Purpose, ReviewOutcome
from reachin.families.information_sharing.models import EmergencyAccess, SharingDecision
from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.moments import day, day_and_time, short_day_and_time
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.interfaces.hub.circle_reading import kinds_of
from reachin.interfaces.hub.navigation import account_of
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency

from .forms import ReviewForm
from .looking import looked
from .pages import guardian_context

WRONG, DONE_ALREADY = 422, 409
LATELY = timedelta(days=90)
MOST_SHOWN = 100
SEALED = ("why", "views", "necessity", "not_told_why", "review_words", "kept_back_why")


def emergencies() -> QuerySet[EmergencyAccess]:
    """Emergencies that the agency of whoever acts reviews: of its own people, of a record it answers for, or where nobody else can."""
    return EmergencyAccess.objects.select_related("account", "agency")


def decisions() -> QuerySet[SharingDecision]:
    """Decisions that the agency of whoever acts reviews: its own, about people whose record it answers for, or where nobody else can."""
    return SharingDecision.objects.exclude(review_due_at=None).select_related("agency", "controller")


def names_of(ids: set[UUID]) -> Mapping[UUID, str]:
    """The names of accounts."""
    return dict(Account.objects.filter(among("id", sorted(ids))).values_list("id", "name"))


@staff_page(permission=Permission.SHARING_REVIEW)
@require_http_methods(["GET", "HEAD"])
def reviews(request: HttpRequest) -> HttpResponse:
    """What awaits a review, the longest due first; and what was reviewed lately."""
    account, moment = account_of(request), now()
    looked_first, decided = emergencies().defer("reason", "review_words", "kept_back_why"), decisions().defer(*SEALED)
    waiting, lately = Q(reviewed_at=None), Q(reviewed_at__gt=moment - LATELY)
    longest, latest = ("review_due_at", "id"), ("-reviewed_at", "id")
    context = {
        **guardian_context(request),
        "waiting": _rows(looked_first.filter(waiting).order_by(*longest), decided.filter(waiting).order_by(*longest), account, moment),
        "count": looked_first.filter(waiting).count() + decided.filter(waiting).count(),
        "reviewed": _rows(looked_first.filter(lately).order_by(*latest), decided.filter(lately).order_by(*latest), account, moment),
        "most": MOST_SHOWN,
        "is_done": request.GET.get("done") == "reviewed",
    }
    return render(request, "guardian/reviews.html", context)


def _rows(
    emergencies: QuerySet[EmergencyAccess], decisions: QuerySet[SharingDecision], account: Account, moment: datetime
) -> list[list[Any]]:
    """So many of both together, from the first of each, the longest due first."""
    first, decided = list(emergencies[:MOST_SHOWN]), list(decisions[:MOST_SHOWN])
    names = names_of({one.decided_by for one in decided})
    told = [
        (
            one.review_due_at,
            _row(
                _("Looked first"),
                "review_emergency",
                one,
                one.account_id,
                _who(one.account.name, one.agency, account),
                one.starts_at,
                account,
                moment,
            ),
        )
        for one in first
    ]
    told += [
        (
            one.review_due_at or moment,
            _row(
                _what(one),
                "review_decision",
                one,
                one.decided_by,
                _who(names.get(one.decided_by, ""), one.controller, account),
                one.decided_at,
                account,
                moment,
            ),
        )
        for one in decided
    ]
    return [row for _due, row in sorted(told, key=lambda pair: pair[0])][:MOST_SHOWN]


def _who(name: str, agency: Agency, account: Account) -> str:
    """Who it was and, where they are of another agency, of which; a masked one is not named to others."""
    if agency.id == account.agency_id:
        return name
    return f"{name}, {masked_name() if agency.is_masked else agency.name}"


def _what(one: SharingDecision) -> str:
    if one.words_due_at is not None:
        return _("Shared first in an emergency")
    return _("Shared above a block") if one.beats_block else _("Decided in an emergency")


def _row(
    what: str,
    page: str,
    one: EmergencyAccess | SharingDecision,
    who: UUID,
    name: str,
    at: datetime,
    account: Account,
    moment: datetime,
) -> list[Any]:
    return [
        {
            "text": what,
            "url": reverse(f"guardian:{page}", args=[one.id]),
            "more": _("Your own: somebody else reviews it") if who == account.id else "",
        },
        name,
        short_day_and_time(at),
        day(one.review_due_at),
        _state(one, moment),
    ]


def _state(one: EmergencyAccess | SharingDecision, moment: datetime) -> dict[str, Any]:
    if one.reviewed_at is not None:
        outcome = ReviewOutcome(one.review_outcome)
        return {"tag": outcome.label, "colour": "green" if outcome == ReviewOutcome.JUSTIFIED else "red"}
    if isinstance(one, SharingDecision) and one.is_unfinished():
        is_late = one.words_due_at is not None and one.words_due_at < moment
        return {"tag": _("Record overdue"), "colour": "red"} if is_late else {"tag": _("Record to be finished"), "colour": "orange"}
    is_late = one.review_due_at is not None and one.review_due_at < moment
    return {"tag": _("Overdue"), "colour": "red"} if is_late else {"tag": _("To be reviewed"), "colour": "orange"}


@staff_page(permission=Permission.SHARING_REVIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def emergency(request: HttpRequest, access_id: UUID) -> HttpResponse:
    """One emergency: who looked first, why, and whether anything was opened."""
    account = account_of(request)
    one = emergencies().filter(id=access_id).first()
    if one is None:
        raise Http404
    form = ReviewForm(request.POST if request.method == "POST" else None)
    is_own = one.account_id == account.id
    if request.method == "POST" and form.is_valid() and not is_own and one.reviewed_at is None:
        review_emergency(access_id, by=account, **form.found(), now=now())
        return redirect(f"{reverse('guardian:reviews')}?done=reviewed")
    rows = [
        (_("Who"), _who(f"{one.account.name}, {one.account.job_title}".strip(", "), one.agency, account)),
        (_("When"), day_and_time(one.starts_at)),
        (_("Until"), day_and_time(one.ended_at or one.until)),
        (_("Why"), one.words("reason")),
        (_("What was opened"), _opened(one, account)),
        (_("Kept off the person’s own page"), one.words("kept_back_why")),
    ]
    return _review_page(request, _("Looked first in an emergency"), rows, one, form, is_own=is_own, words=one.words("review_words"))


def _opened(one: EmergencyAccess, account: Account) -> str:
    """How often it was opened, where the looker is of the reader's own agency: others' openings are their own guardians' to read."""
    if one.agency_id != account.agency_id:
        return _("The guardians of their own organisation see what was opened.")
    own = (one.account_id, one.subject_id, "emergency")
    times = sum(1 for look in looked(one.starts_at) if (look.user_id, look.subject_id, look.purpose) == own)
    if not times:
        return _("Nothing: the reference was wrong, they must not see it, or they did not go on.")
    return ngettext("It was opened once.", "It was opened %(times)d times.", times) % {"times": times}


@staff_page(permission=Permission.SHARING_REVIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """One decision above a block, or made in an emergency, with its seven things. About whom, it does not say."""
    account = account_of(request)
    one = decisions().filter(id=decision_id).first()
    if one is None:
        raise Http404
    form = ReviewForm(request.POST if request.method == "POST" else None)
    is_own = one.decided_by == account.id
    if request.method == "POST" and form.is_valid() and not is_own and one.reviewed_at is None:
        try:
            _review(decision_id, form, account)
        except CannotBeDecided:
            form.add_error("outcome", _("It can be found right once the record is finished. Ask whoever shared it to write it"))
        else:
            return redirect(f"{reverse('guardian:reviews')}?done=reviewed")
    rows = [
        (_("Who decided"), _who(names_of({one.decided_by}).get(one.decided_by, ""), one.controller, account)),
        (_("When"), day_and_time(one.decided_at)),
        (_("Decision"), Decision(one.decision).label),
        (_("With whom"), one.agency.name),
        (_("What for"), Purpose(one.purpose).label),
        (_("What"), "\n".join(kinds_of(one.categories))),
        (_("Why"), one.words("why")),
        (_("Full record"), _record_words(one)),
        (_("Whose views were heard"), one.words("views")),
        (_("Were they told?"), "" if one.is_unfinished() else Informed(one.informed).label),
        (_("Why not"), one.words("not_told_why")),
        (_("Why it is needed, and no more"), one.words("necessity")),
        (_("Lawful basis"), Basis(one.basis).label),
        (_("Kept off the person’s own page"), one.words("kept_back_why")),
    ]
    return _review_page(request, _what(one), rows, one, form, is_own=is_own, words=one.words("review_words"))


def _record_words(one: SharingDecision) -> str:
    """Whether what was shared first is written down in full, and by when it has to be."""
    if one.words_due_at is None:
        return ""
    if one.completed_at is not None:
        return _("Written %(when)s") % {"when": day_and_time(one.completed_at)}
    return _("Not written yet, due by %(when)s") % {"when": day_and_time(one.words_due_at)}


def _review(decision_id: UUID, form: ReviewForm, account: Account) -> None:
    """Keeps the review; what was asked of an agency that may not see them any more ends with its share."""
    held = review_decision(decision_id, by=account, **form.found(), now=now())
    if held.review_outcome == ReviewOutcome.NOT_JUSTIFIED:
        follow_ended_shares(held.person_id, agency_id=held.agency_id, mover=ReferralMover.SENDER, by=account.id, now=now())


def _review_page(
    request: HttpRequest,
    title: str,
    rows: list[tuple[str, Any]],
    one: EmergencyAccess | SharingDecision,
    form: ReviewForm,
    *,
    is_own: bool,
    words: str,
) -> HttpResponse:
    reviewer = names_of({one.reviewed_by}).get(one.reviewed_by, "") if one.reviewed_by is not None else ""
    status = 200 if request.method != "POST" else DONE_ALREADY if is_own or one.reviewed_at is not None else WRONG
    context = {
        **guardian_context(request),
        "title": title,
        "rows": [{"key": key, "value": str(value)} for key, value in rows if value],
        "state": _state(one, now()),
        "due": one.review_due_at,
        "one": one,
        "reviewer": reviewer,
        "review_words": words,
        "is_own": is_own,
        "form": form,
    }
    return render(request, "guardian/review.html", context, status=status)
