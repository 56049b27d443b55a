from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from reachin.access.referrals import actions as referrals
from reachin.access.referrals.enums import ReferralState
from reachin.access.referrals.models import Referral, ReferralMove
from reachin.access.requests_for_assistance import actions
from reachin.access.requests_for_assistance.enums import AskedBy, Mover, NoteKind, Outcome, Stage, Urgency
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestMove, RequestNote
from reachin.access.requests_for_assistance.questions import Question, questions_for
from reachin.access.requests_for_assistance.rules import has_safe_way, may_move, missing_answers, questions_missing_for, shown_name
from reachin.groundwork.audited_access.pages import Opens, staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.moments import day_and_time, short_day
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.page_parts.staffed_hours import hours_words
from reachin.groundwork.permissions.enums import Permission
from reachin.interfaces.asking_form.forms import QuestionsForm, answers_from, form_for, practitioners_person_form
from reachin.interfaces.hub.navigation import account_of, staff_context
from reachin.interfaces.hub.words import STAGE_COLOURS, STATE_COLOURS, URGENCY_TAGS

from .drafting import is_people, own_drafts
from .forms import CHANGED, WRONG, WithdrawForm
from .people_rows import PeopleRows, is_wrong
from .showing import these, told_sections
from .words import STAGE_WORDS, STEP_COMPLETED, STEP_WORDS, Words, channel_words, done_words, shown_service

PAGE_SIZE = 25
OWN = Opens("request", "own_request", by="request_id")
AS_PRACTITIONER = AskedBy.PRACTITIONER


@staff_page(permission=Permission.REQUEST_SEND)
@require_http_methods(["GET", "HEAD"])
def requests(request: HttpRequest) -> HttpResponse:
    """Every request that I sent and what became of it: those that wait for me first, then the newest."""
    account = account_of(request)
    waits_for_me = Case(When(stage=Stage.RETURNED, then=Value(0)), default=Value(1), output_field=IntegerField())
    own = RequestForAssistance.objects.sent_by(account.id).order_by(waits_for_me, "-received_at", "id")
    page = Paginator(own.values("id", "reference", "display_name", "stage", "stage_since", "received_at", "outcome"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    became = _became([row["id"] for row in page])
    context = {
        **staff_context(request),
        "page": page,
        "rows": [_line(row, became.get(row["id"], [])) for row in page],
        "drafts": own_drafts(account) if page.number == 1 else [],
        "done": done_words(request.GET.get("done")),
    }
    return render(request, "practitioner/requests.html", context)


def _line(row: Mapping[str, Any], became: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    stage = Stage(row["stage"])
    return {
        "name": shown_name(row["display_name"]),
        "reference": row["reference"],
        "url": reverse("practitioner:request", args=[row["id"]]),
        "sent": short_day(row["received_at"]),
        "stage": STAGE_WORDS[stage],
        "colour": STAGE_COLOURS[stage],
        "outcome": Outcome(row["outcome"]).label if row["outcome"] else "",
        "since": short_day(row["stage_since"]),
        "complete": reverse("practitioner:complete", args=[row["id"]]) if stage == Stage.RETURNED else "",
        "became": became,
    }


def _became(request_ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """What each of these requests' referrals came to; a masked service has no name."""
    found: dict[UUID, list[dict[str, Any]]] = {}
    rows = Referral.objects.filter(request_for_assistance_id__in=these(request_ids)).order_by("sent_at", "id")
    for row in rows.values("request_for_assistance_id", "service_name", "is_masked", "state"):
        name = shown_service(row["service_name"], is_masked=row["is_masked"])
        found.setdefault(row["request_for_assistance_id"], []).append({"name": name, "state": ReferralState(row["state"]).label})
    return found


def own_request(request: HttpRequest, request_id: UUID) -> RequestForAssistance:
    """My own request, or 404: one that I may open for another reason has its page at the hub."""
    own = RequestForAssistance.objects.sent_by(account_of(request).id).select_related("holder_agency", "duty_agency")
    row = own.filter(id=request_id).first()
    if row is None:
        raise Http404
    return row


@staff_page(permission=Permission.REQUEST_SEND, opens=OWN)
@require_http_methods(["GET", "HEAD"])
def request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request of mine: what I sent, what became of it step by step, and what is missing."""
    row = own_request(request, request_id)
    told, stage = actions.told_so_far(row), Stage(row.stage)
    context = {
        **staff_context(request),
        "row": row,
        "stage": STAGE_WORDS[stage],
        "colour": STAGE_COLOURS[stage],
        "outcome": Outcome(row.outcome).label if row.outcome else "",
        "urgency": URGENCY_TAGS.get(Urgency(row.urgency)),
        "channel": channel_words(row.channel),
        "is_back": stage == Stage.RETURNED,
        "missing": _missing(row, told) if stage == Stage.RETURNED else [],
        "notes": _notes(row) if stage == Stage.RETURNED else [],
        "sections": told_sections(row.form_version, AS_PRACTITIONER, told, today=now().date(), by_me=True),
        "steps": _steps(row),
        "referrals": _referrals(row),
        "may_withdraw": may_move(stage, Stage.WITHDRAWN, mover=Mover.SENDER, asked_by=AS_PRACTITIONER),
        "may_pass_on": account_of(request).may(Permission.CONCERN_HAND_ON),
        "is_in_danger": row.urgency == Urgency.DANGER and row.closed_at is None,
        "done": _done(request, stage),
        "desk": row.duty_agency,
        "desk_hours": hours_words(row.duty_agency.staffed_hours()) if row.duty_agency else "",
    }
    return render(request, "practitioner/request.html", context)


def _done(request: HttpRequest, stage: Stage) -> Words:
    """What was done; one that came back as soon as it was sent is no success."""
    word = request.GET.get("done")
    return done_words("sent-and-back" if word == "sent" and stage == Stage.RETURNED else word)


def _missing(row: RequestForAssistance, told: Mapping[str, Any]) -> list[dict[str, Any]]:
    questions = questions_for(row.form_version, AS_PRACTITIONER)
    gaps = missing_answers(told, asked_by=AS_PRACTITIONER, version=row.form_version)
    return [{"words": questions[gap.question].words_to(AS_PRACTITIONER), "why": gap.why, "may_wait": gap.may_wait} for gap in gaps]


def _open_notes(row: RequestForAssistance) -> list[RequestNote]:
    """What the hub still misses, in its own words and questions."""
    found = RequestNote.objects.filter(request_for_assistance=row, kind=NoteKind.WHAT_IS_MISSING, answered_at=None)
    return list(found.order_by("written_at"))


def _notes(row: RequestForAssistance) -> list[str]:
    return [words for note in _open_notes(row) if (words := note.words())]


def _steps(row: RequestForAssistance) -> list[dict[str, Any]]:
    """Every step of the request and of what was asked of services, in the order in which they happened."""
    moves = RequestMove.objects.filter(request_for_assistance=row).order_by("number").values("stage", "moved_at", "mover", "reason")
    steps = [(move["moved_at"], 0, _step_words(move), move["stage"] == Stage.RETURNED) for move in moves]
    answers = ReferralMove.objects.filter(referral__request_for_assistance=row).order_by("moved_at", "number")
    for move in answers.values("state", "moved_at", "referral__service_name", "referral__is_masked"):
        name = shown_service(move["referral__service_name"], is_masked=move["referral__is_masked"])
        steps.append((move["moved_at"], 1, f"{name}: {ReferralState(move['state']).label}", False))
    return [
        {"title": words, "when": day_and_time(at), "state": "problem" if is_back and row.stage == Stage.RETURNED else "done"}
        for at, _order, words, is_back in sorted(steps, key=lambda step: step[:2])
    ]


def _step_words(move: Mapping[str, Any]) -> str:
    if move["reason"] == "completed":
        return str(STEP_COMPLETED)
    return str(STEP_WORDS[Stage(move["stage"])])


def _referrals(row: RequestForAssistance) -> list[dict[str, Any]]:
    found = Referral.objects.of_request(row.id).order_by("sent_at", "id")
    return [
        {
            "name": shown_service(one["service_name"], is_masked=one["is_masked"]),
            "state": ReferralState(one["state"]).label,
            "colour": STATE_COLOURS.get(ReferralState(one["state"]), "grey"),
            "since": one["state_since"],
        }
        for one in found.values("service_name", "is_masked", "state", "state_since")
    ]


# Adding what is missing


def _asked_again(row: RequestForAssistance, told: Mapping[str, Any]) -> list[Question]:
    """Only the questions that are missing, in the form's order: by the table of pre-triage, and those that the hub named."""
    questions = questions_for(row.form_version, AS_PRACTITIONER)
    codes = {gap.question for gap in missing_answers(told, asked_by=AS_PRACTITIONER, version=row.form_version)}
    codes |= {code for note in _open_notes(row) for code in note.questions if not told.get(code)}
    if "contact_way" in codes:
        codes |= _missing_of_contact(told)
        codes -= {"contact_way"} if told.get("contact_way") else set()
    if "family_knows" in codes:
        codes.add("why_not_told")
    return [question for code, question in questions.items() if code in codes]


def _missing_of_contact(told: Mapping[str, Any]) -> set[str]:
    """What a way of contact still needs: where it was chosen, only its number or address; where not, whatever way may be chosen."""
    chosen = str(told.get("contact_way") or "")
    needed = questions_missing_for(chosen)
    if chosen and needed:
        return {needed}
    return set() if has_safe_way(told) else {"phone", "email", "address", "through"}


@staff_page(permission=Permission.REQUEST_SEND, opens=OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def complete(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One page with only what is missing. What was told before is not asked again."""
    row = own_request(request, request_id)
    if row.stage != Stage.RETURNED:
        return redirect("practitioner:request", request_id)
    told = actions.told_so_far(row)
    asked = _asked_again(row, told)
    data = request.POST if request.method == "POST" else None
    form = form_for([one for one in asked if not is_people(one)], AS_PRACTITIONER, data, told)
    people = PeopleRows(practitioners_person_form, data=data, known=[], rows=1) if any(map(is_people, asked)) else None
    if data is None or not (form.is_valid() and (people is None or people.is_valid())):
        return _show_complete(request, row, told, form, people)
    given = _given(form, people)
    if not given:
        return _show_complete(request, row, told, form, people, nothing_given=True)
    try:
        held = actions.complete(row, given, by=account_of(request), now=now())
    except actions.NoSuchMove:
        return redirect("practitioner:request", request_id)
    word = "still-missing" if held.stage == Stage.RETURNED else "completed"
    return redirect(f"{reverse('practitioner:request', args=[request_id])}?done={word}")


def _given(form: QuestionsForm, people: PeopleRows | None) -> dict[str, Any]:
    """What was answered now: an answer left empty takes nothing away that was told before."""
    given = {code: answer for code, answer in answers_from(form).items() if answer}
    named = people.people() if people is not None else []
    return given | ({"people": named} if named else {})


def _show_complete(
    request: HttpRequest,
    row: RequestForAssistance,
    told: Mapping[str, Any],
    form: QuestionsForm,
    people: PeopleRows | None,
    *,
    nothing_given: bool = False,
) -> HttpResponse:
    context = {
        **staff_context(request),
        "row": row,
        "form": form,
        "people": people,
        "shown_forms": [form, *(people or [])],
        "is_wrong_elsewhere": not form.errors and (nothing_given or is_wrong(people or [])),
        "missing": _missing(row, told),
        "notes": _notes(row),
        "nothing_given": nothing_given,
    }
    return render(request, "practitioner/complete.html", context, status=WRONG if form.is_bound else 200)


# Taking it back


@staff_page(permission=Permission.REQUEST_SEND, opens=OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Takes a request back; asked once more before it is done. Again changes nothing."""
    row = own_request(request, request_id)
    form = WithdrawForm(request.POST or None)
    status = WRONG if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            referrals.withdraw_all(row, by=account_of(request), reason=form.cleaned_data["reason"], now=now())
        except actions.NoSuchMove:
            status = CHANGED
        else:
            return redirect(f"{reverse('practitioner:request', args=[request_id])}?done=withdrawn")
    may_withdraw = may_move(Stage(row.stage), Stage.WITHDRAWN, mover=Mover.SENDER, asked_by=AS_PRACTITIONER)
    context = {**staff_context(request), "row": row, "form": form, "may_withdraw": may_withdraw, "stage": STAGE_WORDS[Stage(row.stage)]}
    return render(request, "practitioner/withdraw.html", context, status=status)
