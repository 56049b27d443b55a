from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from reachin.access.requests_for_assistance import actions, drafts
from reachin.access.requests_for_assistance.enums import AskedBy, Channel
from reachin.access.requests_for_assistance.models import DraftRequest, RequestForAssistance
from reachin.access.requests_for_assistance.questions import Question
from reachin.access.requests_for_assistance.rules import missing_answers
from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.ids import new_id
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.interfaces.asking_form.forms import QuestionsForm, answers_from, form_for, practitioners_person_form, typed_into
from reachin.interfaces.hub.navigation import account_of, staff_context

from .drafting import PEOPLE_SECTION, Draft, is_people, own_draft, own_drafts
from .duty import duty_desk_words
from .forms import WRONG, ChannelForm, own_id
from .people_rows import MOST_PEOPLE, PeopleRows, is_wrong
from .showing import answer_rows
from .words import channel_words

AS_PRACTITIONER = AskedBy.PRACTITIONER
FOLDED = frozenset(
    (
        *("wishes", "not_wanted", "who_may_answer", "cover_name", "first_contact", "first_contact_name", "blocked_agencies"),
        *("language", "communication", "family_meeting_not_offered", "childs_plan"),
    )
)
"""Questions that a hurried practitioner finds folded away: none of them is needed for a request to go on."""


@staff_page(permission=Permission.REQUEST_SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begins a request with or for a family, or goes on with one that was left."""
    account = account_of(request)
    form = ChannelForm(request.POST or None, initial={"draft": str(new_id())})
    if form.is_bound and form.is_valid():
        channel = Channel(form.cleaned_data["channel"])
        try:
            draft = drafts.start_draft(own_id(form.cleaned_data["draft"]), by=account, asked_by=AS_PRACTITIONER, channel=channel, now=now())
        except DraftRequest.DoesNotExist:
            return redirect("practitioner:requests")
        return redirect(Draft(draft, {}).address_of("happening"))
    context = {**staff_context(request), "form": form, "drafts": own_drafts(account), **duty_desk_words()}
    return render(request, "practitioner/new.html", context, status=WRONG if form.is_bound else 200)


def _draft_or_onward(request: HttpRequest, draft_id: UUID) -> Draft | HttpResponse:
    """The account's own draft; where it was sent meanwhile, the way to the request that it became."""
    account = account_of(request)
    draft = own_draft(account, draft_id)
    if draft is not None:
        return draft
    if RequestForAssistance.objects.sent_by(account.id).filter(id=draft_id).exists():
        return redirect("practitioner:request", draft_id)
    raise Http404


@staff_page(permission=Permission.REQUEST_SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, draft_id: UUID, section: str) -> HttpResponse:
    """One section of the form on one page. Whatever is sound of what was typed is kept, even where the page shows an error."""
    draft = _draft_or_onward(request, draft_id)
    if isinstance(draft, HttpResponse):
        return draft
    asked = draft.questions_of(section)
    data = request.POST if request.method == "POST" else None
    form = form_for([one for one in asked if not is_people(one)], AS_PRACTITIONER, data, draft.answers)
    people = _people(request, draft, data) if section == PEOPLE_SECTION else None
    if data is None:
        return _show_section(request, draft, section, form, people)
    is_sound = form.is_valid() and (people is None or people.is_valid())
    given = answers_from(form) if form.is_valid() else typed_into(form)
    kept = drafts.keep_answers(draft_id, given | ({"people": people.people()} if people else {}), by=account_of(request), now=now())
    if is_sound:
        return redirect(_onward(request, draft, section, people))
    return _show_section(request, Draft(kept, kept.answers()), section, form, people)


def _people(request: HttpRequest, draft: Draft, data: Mapping[str, Any] | None) -> PeopleRows:
    known = draft.answers.get("people", [])
    wanted = len(known) + 1 if "more" in request.GET or not known else len(known)
    return PeopleRows(practitioners_person_form, data=data, known=known, rows=wanted)


def _onward(request: HttpRequest, draft: Draft, section: str, people: PeopleRows | None) -> str:
    if "leave" in request.POST:
        return f"{reverse('practitioner:start')}?done=saved"
    if "more" in request.POST and people is not None:
        return f"{draft.address_of(section)}?more#person-{len(people.people()) + 1}"
    if "back_to_check" in request.GET:
        return reverse("practitioner:check", args=[draft.row.id])
    return draft.after(section)


def _show_section(request: HttpRequest, draft: Draft, section: str, form: QuestionsForm, people: PeopleRows | None) -> HttpResponse:
    slugs = [slug for slug, _title in draft.sections]
    folded = [bound for bound in form if bound.name in FOLDED]
    context = {
        **staff_context(request),
        "form": form,
        "fields": [bound for bound in form if bound.name not in FOLDED],
        "folded": folded,
        "is_unfolded": any(bound.errors or bound.value() for bound in folded),
        "people": people,
        "shown_forms": [form, *(people or [])],
        "is_wrong_elsewhere": not form.errors and is_wrong(people or []),
        "may_add": people is not None and len(people) < MOST_PEOPLE,
        "draft": draft,
        "section": section,
        "title": dict(draft.sections)[section],
        "place": slugs.index(section) + 1,
        "of": len(slugs),
        "back": draft.before(section),
        **_duty_desk(draft),
    }
    return render(request, "practitioner/section.html", context, status=WRONG if form.is_bound else 200)


@staff_page(permission=Permission.REQUEST_SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Everything on one page, what is still missing and why, and sending. The same sending again leads to the same request."""
    draft = _draft_or_onward(request, draft_id)
    if isinstance(draft, HttpResponse):
        return draft
    if request.method != "POST":
        return _show_check(request, draft)
    try:
        actions.send(draft_id, by=account_of(request), now=now())
    except actions.NothingToSend:
        return _show_check(request, draft, nothing_told=True)
    return redirect(f"{reverse('practitioner:request', args=[draft_id])}?done=sent")


def _show_check(request: HttpRequest, draft: Draft, *, nothing_told: bool = False) -> HttpResponse:
    questions = draft.questions()
    gaps = missing_answers(draft.answers, asked_by=draft.asked_by, version=draft.row.form_version)
    missing = [
        {
            "words": questions[gap.question].words_to(AS_PRACTITIONER),
            "why": gap.why,
            "address": _change(draft, gap.question),
            "may_wait": gap.may_wait,
        }
        for gap in gaps
    ]
    sections = [{"title": title, **_told_and_untold(draft, draft.questions_of(slug))} for slug, title in draft.sections]
    context = {
        **staff_context(request),
        "draft": draft,
        "sections": sections,
        "needed": [gap for gap in missing if not gap["may_wait"]],
        "welcome": [gap for gap in missing if gap["may_wait"]],
        "nothing_told": nothing_told,
        "channel": channel_words(draft.row.channel),
        **_duty_desk(draft),
    }
    return render(request, "practitioner/check.html", context, status=WRONG if nothing_told else 200)


def _change(draft: Draft, code: str) -> str:
    return f"{draft.address_of(draft.section_of(code))}?back_to_check"


def _duty_desk(draft: Draft) -> dict[str, Any]:
    """The desk that is alerted when this is sent: not one that the family does not want to see it."""
    return duty_desk_words(draft.answers.get("blocked_agencies") or [])


def _told_and_untold(draft: Draft, questions: list[Question]) -> dict[str, Any]:
    """The answers of a section in rows, and apart from them the questions that were left out, each with its way back."""
    every = answer_rows(questions, draft.answers, asked_by=AS_PRACTITIONER, today=now().date())
    rows = [{**row, "change": _change(draft, question.code)} for question, row in zip(questions, every, strict=True)]
    return {"rows": [row for row in rows if row["value"]], "left_out": [row for row in rows if not row["value"]]}


@staff_page(permission=Permission.REQUEST_SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def throw_away(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Asks once more, then deletes the draft for good. Again changes nothing."""
    account = account_of(request)
    draft = own_draft(account, draft_id)
    if request.method == "POST":
        if draft is not None:
            drafts.throw_away(draft_id, by=account, now=now())
        return redirect(f"{reverse('practitioner:start')}?done=thrown-away")
    if draft is None:
        raise Http404
    return render(request, "practitioner/throw_away.html", {**staff_context(request), "draft": draft})
