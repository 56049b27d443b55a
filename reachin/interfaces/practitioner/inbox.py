from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from markupsafe import Markup

from reachin.access.referrals import actions
from reachin.access.referrals.enums import DeclineReason, Helped, ReferralMover, ReferralOutcome, ReferralState, Shared
from reachin.access.referrals.models import Referral, ReferralMove, ReferralNote, ReferralQuerySet, Snapshot, contact_told_since_sent
from reachin.access.referrals.reading import shared_with
from reachin.access.referrals.rules import LIVE, MOVES, STORY_QUESTIONS, TAKEN_BACK
from reachin.access.requests_for_assistance.enums import AskedBy, Urgency
from reachin.access.requests_for_assistance.questions import CONTACT_WAY, NEWEST_VERSION, Question, questions_for
from reachin.access.requests_for_assistance.rules import shown_name
from reachin.families.people.homes import Home, for_paper, says_protected
from reachin.families.people.rules import WHERE_THEY_LIVE
from reachin.groundwork.audited_access.lookups import Lookup
from reachin.groundwork.audited_access.pages import Opens, staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.notices.rules import safe_contact
from reachin.groundwork.page_parts.moments import day_and_time, short_day
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.interfaces.hub.navigation import account_of, staff_context
from reachin.interfaces.hub.words import STATE_COLOURS, URGENCY_TAGS, days, days_between

from .forms import ANSWERS, CHANGED, WRONG, AnswerForm
from .partner_notices import corrections_of, notices_of
from .people_shared import people_of_referral
from .showing import names_of, told_rows
from .words import INBOX_WORDS, NOT_SHARED_WORDS, REFERRAL_MOVER_WORDS, done_words, says_something, shown_person

PAGE_SIZE = 50
SUPPORT = Opens("referral", "support", by="referral_id")
LISTED = (
    *("id", "display_name", "people_count", "urgency", "state", "state_since", "sent_at", "sender_agency__name", "decline_reason"),
    "outcome",
)
MOST_COUNTED = 1000
MOST_ROWS_REMEMBERED = 2000
OPENABLE = LIVE | {ReferralState.COMPLETED}
"""In which states the receiver may still open what was shared."""


@staff_page(permission=Permission.REFERRAL_ANSWER)
@require_http_methods(["GET", "HEAD"])
def inbox(request: HttpRequest) -> HttpResponse:
    """What was referred to my organisation: the live ones most urgent and oldest first, the closed ones on a page of their own."""
    received = Referral.objects.received_by(account_of(request).agency_id)
    shows_closed, address = request.GET.get("show") == "closed", reverse("practitioner:inbox")
    page = _page(request, received, shows_closed=shows_closed)
    many, others = page.paginator.count, _count_if_few(received.filter(is_live=shows_closed))
    context = {
        **staff_context(request),
        "page": page,
        "rows": [_row(row, shows_closed=shows_closed) for row in page],
        "shows_closed": shows_closed,
        "tabs": [
            {"text": _("With us"), "url": address, "current": not shows_closed, "count": others if shows_closed else many},
            {"text": _("Closed"), "url": f"{address}?show=closed", "current": shows_closed, "count": many if shows_closed else others},
        ],
        "done": done_words(request.GET.get("done")),
        "told": notices_of(account_of(request)),
    }
    return render(request, "practitioner/inbox.html", context)


def _count_if_few(found: ReferralQuerySet) -> int | None:
    """How many there are; None for very many: those of years would take longer to count than the page takes to draw."""
    count = found[: MOST_COUNTED + 1].count()
    return count if count <= MOST_COUNTED else None


def _page(request: HttpRequest, received: ReferralQuerySet, *, shows_closed: bool) -> Page[dict[str, Any]]:
    """One page of the inbox, in its order."""
    closed, live = received.filter(is_live=False).order_by("-state_since", "id"), received.live().order_by("urgency", "sent_at", "id")
    return Paginator((closed if shows_closed else live).values(*LISTED), PAGE_SIZE).get_page(request.GET.get("page"))


def _row(row: Mapping[str, Any], *, shows_closed: bool) -> Markup:
    return _drawn(get_language(), days_between(row["sent_at"], now()), tuple(row.items()), shows_closed=shows_closed)


@lru_cache(maxsize=MOST_ROWS_REMEMBERED)
def _drawn(language: str, waited: int, row: tuple[tuple[str, Any], ...], *, shows_closed: bool) -> Markup:
    """One row as HTML, in that language; it depends on nothing else, so that a row which has not changed is not drawn again."""
    line = {"row": _line(dict(row), waited), "shows_closed": shows_closed}
    return Markup(render_to_string("practitioner/inbox_row.html", line))  # noqa: S704 a template of ours


def _line(row: Mapping[str, Any], waited: int) -> dict[str, Any]:
    state = ReferralState(row["state"])
    return {
        "name": _("The name is no longer shown") if state in TAKEN_BACK else shown_name(row["display_name"]),
        "people": row["people_count"],
        "url": reverse("practitioner:referral", args=[row["id"]]) if state in OPENABLE else "",
        "urgency": URGENCY_TAGS.get(Urgency(row["urgency"])) if state in LIVE else None,
        "state": INBOX_WORDS.get(state, state.label),
        "colour": STATE_COLOURS.get(state, "grey"),
        "ended": _reason(row["decline_reason"] or row["outcome"]),
        "sender": row["sender_agency__name"],
        "sent": short_day(row["sent_at"]),
        "since": short_day(row["state_since"]),
        "waited": days(waited),
    }


_of_receiver = Lookup(
    lambda agency, referral: Referral.objects.received_by(agency).select_related("sender_agency", "sent_by").filter(id=referral)
)
_shared_then = Lookup(lambda referral: Snapshot.objects.filter(referral=referral))
_notes_written = Lookup(lambda referral: ReferralNote.objects.filter(referral=referral).order_by("written_at"))
_moves_made: Lookup[Mapping[str, Any]] = Lookup(
    lambda referral: (
        ReferralMove.objects.filter(referral=referral).order_by("number").values("state", "mover", "reason", "moved_at", "moved_by")
    )
)


def _received(request: HttpRequest, referral_id: UUID) -> Referral:
    """A referral that my organisation received, or 404: the sender reads it on its own pages."""
    row = _of_receiver.first(account_of(request).agency_id, referral_id)
    if row is None:
        raise Http404
    return row


@staff_page(permission=Permission.REFERRAL_ANSWER, opens=SUPPORT)
@require_http_methods(["GET", "HEAD"])
def referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """What was shared with my organisation and no more, how to be in touch safely, what happened so far, and my answer.

    Where somebody left it and it goes on for the others, the words that were told for all are shut, and the page says so.
    """
    row = _received(request, referral_id)
    snapshot = _shared_then.first(row.id)
    circles = people_of_referral()
    if snapshot is None and not circles:
        raise Http404
    goes_on = {**_card(request, row), **_going_on(request, row), "circles": circles if _may_read_circles(request) else []}
    if snapshot is None:
        return render(request, "practitioner/referral_rest.html", goes_on)
    context = {**goes_on, **_shared(row, snapshot), "put_right": corrections_of(row)}
    return render(request, "practitioner/referral.html", context)


def _may_read_circles(request: HttpRequest) -> bool:
    return account_of(request).may(Permission.CIRCLE_EXTEND)


def _going_on(request: HttpRequest, row: Referral) -> dict[str, Any]:
    """My organisation's answer, and what happened so far."""
    return {
        "form": AnswerForm(moves=_moves_left(row), initial={"version": row.version}),
        "may_answer": bool(_moves_left(row)),
        **_history(row),
        "done": done_words(request.GET.get("done")),
    }


@staff_page(permission=Permission.REFERRAL_ANSWER, opens=SUPPORT, fresh=True)
@require_http_methods(["GET", "HEAD"])
def referral_print(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The same on paper, without history or answers. The service's own name is not on it where it is masked."""
    row = _received(request, referral_id)
    snapshot = Snapshot.objects.filter(referral=row).first()
    if snapshot is None:
        raise Http404
    context = {**_card(request, row), **_shared(row, snapshot, on_paper=True), "printed_at": now()}
    return render(request, "practitioner/referral_print.html", context)


def _card(request: HttpRequest, row: Referral) -> dict[str, Any]:
    state = ReferralState(row.state)
    return {
        **staff_context(request),
        "row": row,
        "state": INBOX_WORDS.get(state, state.label),
        "colour": STATE_COLOURS.get(state, "grey"),
        "urgency": URGENCY_TAGS.get(Urgency(row.urgency)),
    }


def _shared(row: Referral, snapshot: Snapshot, *, on_paper: bool = False) -> dict[str, Any]:
    """What was shared, on screen and on paper; a home that is protected today only as far as it is open, and on paper not at all."""
    told, today = shared_with(snapshot), now().date()
    told = for_paper(told) if on_paper else told
    shares = {Shared(part) for part in told.get("shares", [])}
    changed_at = contact_told_since_sent() if Shared.CONTACT in shares else None
    return {
        "people": [shown_person(person, today=today) for person in told["people"] if says_something(person)],
        "story": told_rows(_questions(STORY_QUESTIONS), told, asked_by=AskedBy.PRACTITIONER, today=today),
        "place": Home.of(told).on_screen().get(WHERE_THEY_LIVE, ""),
        "home_is_secret": says_protected(told),
        "must_not_know": told.get("must_not_know", ""),
        "contact": None if changed_at else safe_contact(told, told_at=snapshot.taken_at),
        "contact_changed_at": changed_at,
        "ways": dict(CONTACT_WAY.choices_to(AskedBy.PRACTITIONER)),
        "knows_contact": Shared.CONTACT in shares,
        "looks_themselves": told.get("contact_way") == "come_back",
        "from_sender": told.get("from_sender", ""),
        "taken_at": snapshot.taken_at,
        "not_shared": [NOT_SHARED_WORDS[part] for part in Shared if part not in shares],
    }


def _questions(codes: Sequence[str]) -> list[Question]:
    every = questions_for(NEWEST_VERSION, AskedBy.PRACTITIONER)
    return [every[code] for code in codes if code in every]


def _moves_left(row: Referral) -> list[ReferralState]:
    """What the receiver can answer now, in the order in which it is offered."""
    return [to for to in ANSWERS if ReferralMover.RECEIVER in MOVES[ReferralState(row.state)].get(to, frozenset())]


def _history(row: Referral) -> dict[str, Any]:
    """Every step, and every word that was written beside one, with who: by name in the staff's case, else by their part."""
    moves, notes = _moves_made(row.id), _notes_written(row.id)
    names = names_of([*_movers(moves), *(note.written_by for note in notes if not note.from_family)])
    return {"steps": _steps(moves, names), "notes": _notes(row, notes, names)}


def _moves(row: Referral) -> list[Mapping[str, Any]]:
    found = ReferralMove.objects.filter(referral=row).order_by("number")
    return list(found.values("state", "mover", "reason", "moved_at", "moved_by"))


def _movers(moves: Sequence[Mapping[str, Any]]) -> list[UUID]:
    """Those who may be named: the receiver's own staff."""
    return [move["moved_by"] for move in moves if move["mover"] == ReferralMover.RECEIVER]


def _steps(moves: Sequence[Mapping[str, Any]], names: Mapping[UUID, str]) -> list[dict[str, Any]]:
    return [
        {
            "title": ReferralState(move["state"]).label,
            "when": f"{day_and_time(move['moved_at'])} · {_who_moved(move, names)}",
            "text": _reason(move["reason"]),
        }
        for move in moves
    ]


def _who_moved(move: Mapping[str, Any], names: Mapping[UUID, str]) -> str:
    mover = ReferralMover(move["mover"])
    return (names.get(move["moved_by"]) if mover == ReferralMover.RECEIVER else None) or str(REFERRAL_MOVER_WORDS[mover])


def _reason(code: str) -> str:
    if code in DeclineReason.values:
        return str(DeclineReason(code).label)
    return str(ReferralOutcome(code).label) if code in ReferralOutcome.values else ""


def _notes(row: Referral, notes: Sequence[ReferralNote], names: Mapping[UUID, str]) -> list[dict[str, Any]]:
    """What was written beside the moves, and what the family said of the help."""
    said = [{"who": _("The family"), "at": row.rated_at, "words": str(Helped(row.helped).label)}] if row.helped else []
    return said + [
        {"who": _("The family") if note.from_family else names.get(note.written_by, ""), "at": note.written_at, "words": note.words()}
        for note in notes
    ]


# Answering


@staff_page(permission=Permission.REFERRAL_ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """My organisation's answer. Where somebody answered meanwhile, the page says who and what, and keeps what was typed.

    It opens nothing: what was shared is not needed here, and may be shut by the very answer that came in between.
    """
    row = _received(request, referral_id)
    if request.method != "POST":
        return _show_answer(request, row, AnswerForm(moves=_moves_left(row), initial={"version": row.version}))
    form = AnswerForm(request.POST, moves=ANSWERS)
    if not form.is_valid():
        return _show_answer(request, row, _offering(form, row), status=WRONG)
    told = form.cleaned_data
    to = ReferralState(told["to"])
    try:
        held = actions.answer(
            row,
            to,
            by=account_of(request),
            now=now(),
            words=told["words"],
            decline_reason=DeclineReason(told["decline_reason"]) if to == ReferralState.DECLINED else None,
            outcome=ReferralOutcome(told["outcome"]) if to == ReferralState.COMPLETED else None,
            seen_version=told["version"],
        )
    except (actions.ChangedMeanwhile, actions.NoSuchMove):
        return _show_answer(request, _received(request, referral_id), form, status=CHANGED)
    word = "completed-help" if to == ReferralState.COMPLETED else to.value
    address = reverse("practitioner:referral", args=[referral_id]) if held.state in OPENABLE else reverse("practitioner:inbox")
    return redirect(f"{address}?done={word}")


def _offering(form: AnswerForm, row: Referral) -> AnswerForm:
    """The same form with what was typed, offering only what can be answered now."""
    again = AnswerForm(form.data, moves=_moves_left(row))
    again.is_valid()
    return again


def _show_answer(request: HttpRequest, row: Referral, form: AnswerForm, *, status: int = 200) -> HttpResponse:
    changed, typed = status == CHANGED, form.data.get("words", "")
    if changed:
        form = _after_change(form, row)
    state = ReferralState(row.state)
    context = {
        **staff_context(request),
        "row": row,
        "form": form,
        "may_answer": bool(_moves_left(row)),
        "may_open": state in OPENABLE,
        "state": INBOX_WORDS.get(state, state.label),
        "colour": STATE_COLOURS.get(state, "grey"),
        "changed": _last_step(row) if changed else None,
        "typed": typed if changed else "",
    }
    return render(request, "practitioner/answer.html", context, status=status)


def _last_step(row: Referral) -> dict[str, Any]:
    moves = _moves(row)[-1:]
    return _steps(moves, names_of(_movers(moves)))[0]


def _after_change(form: AnswerForm, row: Referral) -> AnswerForm:
    """What was typed, as a new form over the referral as it is now: nothing is wrong with it, it only has to be answered again."""
    typed = {name: form.cleaned_data.get(name) for name in ("to", "decline_reason", "outcome", "words")}
    return AnswerForm(moves=_moves_left(row), initial={**typed, "version": row.version})
