from collections.abc import Hashable, Iterable, Mapping
from uuid import UUID

from django import forms
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from reachin.access.requests_for_assistance import actions, drafts, quarantine
from reachin.access.requests_for_assistance.enums import AskedBy, Channel, Suspicion
from reachin.access.requests_for_assistance.models import DraftRequest, RequestForAssistance, WayIn
from reachin.access.requests_for_assistance.questions import SECTIONS, FormPage, Question, QuestionKind
from reachin.access.requests_for_assistance.rules import may_be_sent
from reachin.groundwork.audited_access.context import Actor, acting
from reachin.groundwork.audited_access.lookups import Lookup
from reachin.groundwork.audited_access.pages import public_page
from reachin.groundwork.clock import now
from reachin.groundwork.ids import new_id
from reachin.groundwork.notices.rules import safe_contact
from reachin.groundwork.page_parts.forms import Form
from reachin.groundwork.page_parts.frames import render_framed
from reachin.groundwork.page_parts.pages import render
from reachin.interfaces.asking_form.forms import QuestionsForm, answers_from, form_for, typed_into
from reachin.interfaces.asking_form.showing import shown_answer
from reachin.interfaces.family.who import bear, own_scope
from reachin.partnership.agencies.models import Agency

from .drafting import FAMILY_ASKERS, Draft, own_draft, page_address
from .hours import hours_words
from .looks import FormMarks, looks_of, remember, suspicions_on_sending

KEY_SALT = "public.ask"
KEY_GOOD_FOR_SECONDS = 24 * 60 * 60
SHORTEST_PHRASE = 8
LOOKS_HERE = "here"
"""In the address of the page after sending: no promise to call or write, for there is no safe way to."""
WRONG = 422


class WhoAsksForm(Form):
    """Who asks. The key makes the same form, posted twice, one draft; it is signed, so that nobody can choose another's."""

    asked_by = forms.ChoiceField(
        label=_("Who are you?"),
        choices=[(asker.value, asker.label) for asker in FAMILY_ASKERS],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who you are")},
    )
    key = forms.CharField(widget=forms.HiddenInput)


class PhraseForm(Form):
    """The phrase with which somebody comes back."""

    phrase = forms.CharField(
        label=_("Your phrase"),
        help_text=_("At least 8 letters. For example, three words that only you would put together. Do not use a birthday or a name."),
        min_length=SHORTEST_PHRASE,
        max_length=100,
        error_messages={
            "required": _("Write a phrase that you will remember"),
            "min_length": _("Make it a little longer: at least 8 letters"),
        },
    )


def _signed_key(scope: UUID) -> str:
    return signing.dumps(str(scope), salt=KEY_SALT)


def _scope_of_key(key: str) -> UUID | None:
    try:
        return UUID(signing.loads(key, salt=KEY_SALT, max_age=KEY_GOOD_FOR_SECONDS))
    except signing.BadSignature:
        return None


def _is_forged(key: str) -> bool:
    """Whether a key was never ours. One that is merely old is a page that stayed open for long."""
    try:
        signing.loads(key, salt=KEY_SALT)
    except signing.BadSignature:
        return True
    return False


_duty_desks = Lookup(lambda: Agency.objects.duty_desks().order_by("slug"))


def duty_desk_words(draft: Draft | None = None) -> dict[str, object]:
    """The desk that would be alerted and when it is staffed, for pages that speak of danger: never one that the family keeps out."""
    kept_out = draft.answers.get("blocked_agencies", []) if draft else []
    desk = next((one for one in _duty_desks() if str(one.id) not in kept_out), None)
    return {"desk": desk, "desk_hours": hours_words(desk) if desk else ""}


def shown_desk(words: Mapping[str, object]) -> Hashable:
    """All that a page shows of the desk in `duty_desk_words`, for a page that is drawn once."""
    desk = words.get("desk")
    return (desk.name, desk.phone, words["desk_hours"]) if isinstance(desk, Agency) else None


@public_page(context="own")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Who asks; begins a draft, or changes who asks in the one that is there."""
    draft = _draft_borne(request)
    key = _signed_key(draft.row.id if draft else new_id())
    form = WhoAsksForm(request.POST or None, initial={"key": key, "asked_by": draft.row.asked_by if draft else None})
    if form.is_bound and form.is_valid():
        wished, asker = draft.row.id if draft else _scope_of_key(form.cleaned_data["key"]) or new_id(), form.cleaned_data["asked_by"]
        try:
            _begin(begun := wished, asker)
        except DraftRequest.DoesNotExist:
            _begin(begun := new_id(), asker)
        bear(request, begun)
        remember(request, looks_of(request) | ({Suspicion.NOT_OUR_FORM} if _is_forged(form.cleaned_data["key"]) else set()))
        return redirect("public:tasks")
    if draft is None and not form.is_bound:
        return render_framed(
            request,
            "public/ask.html",
            depends_on=(),
            context=lambda: {"form": form, "draft": None},
            slots={"key": conditional_escape(key)},
        )
    context = {"form": form, "draft": draft, "key": form["key"].value() or key}
    return render(request, "public/ask.html", context, status=WRONG if form.is_bound else 200)


def _draft_borne(request: HttpRequest) -> Draft | None:
    """The draft that this visitor bears already; somebody who bears none, as most do here, asks the database for nothing."""
    scope = own_scope(request)
    if scope is None:
        return None
    with acting(Actor.family(scope), read_only=True):
        return own_draft(request)


def _begin(scope: UUID, asker: AskedBy) -> None:
    """The draft of that id, asked by whom was said. Raises DraftRequest.DoesNotExist when a request was sent under it already."""
    with acting(Actor.family(scope)) as moment:
        row = drafts.start_draft(scope, by=None, asked_by=asker, channel=Channel.ONLINE, now=moment)
        if row.asked_by != asker:
            drafts.change_asker(scope, asker, by=None, now=moment)


_phrase_of = Lookup(lambda draft: WayIn.objects.filter(id=draft).values_list("id"))


@public_page()
@require_http_methods(["GET", "HEAD"])
def tasks(request: HttpRequest) -> HttpResponse:
    """The task list: what is told and what could be, in any order."""
    draft = own_draft(request)
    if draft is None:
        return redirect("public:ask")
    told = tuple(_is_told(draft, page) for page in draft.pages)
    has_phrase, is_ready = _phrase_of.first(draft.row.id) is not None, may_be_sent(draft.answers)
    return render_framed(
        request,
        "public/tasks.html",
        depends_on=(draft.asked_by, draft.row.form_version, told, has_phrase, is_ready),
        context=lambda: {"groups": _task_groups(draft), "has_phrase": has_phrase, "may_be_sent": is_ready},
        slots={},
    )


def _task_groups(draft: Draft) -> list[dict[str, object]]:
    groups = [(title, [_task(draft, page) for page in draft.pages if page.section == section]) for section, title in SECTIONS]
    return [{"title": title, "tasks": tasks} for title, tasks in groups if tasks]


def _is_told(draft: Draft, page: FormPage) -> bool:
    return any(draft.answers.get(question.code) for question in page.questions)


def _task(draft: Draft, page: FormPage) -> dict[str, object]:
    is_told = _is_told(draft, page)
    return {
        "title": page.title_to(draft.asked_by),
        "url": page_address(page.slug),
        "status": _("Done") if is_told else _("Not yet"),
        "colour": "green" if is_told else "grey",
    }


@public_page()
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, slug: str) -> HttpResponse:
    """One page of the form. Whatever is sound of what was typed is kept, even where the page shows an error."""
    draft = own_draft(request, to_change=request.method == "POST")
    if draft is None:
        return redirect("public:ask")
    page = draft.page(slug)
    asked = page.questions_for(draft.asked_by)
    if request.method != "POST" and _is_blank(draft, asked):
        return _show_blank_question(request, draft, page)
    form = form_for(asked, draft.asked_by, request.POST if request.method == "POST" else None, draft.answers)
    if request.method != "POST":
        return _show_question(request, draft, page, form)
    saw_danger, given = draft.row.saw_danger_at is not None, answers_from(form) if form.is_valid() else typed_into(form)
    kept = drafts.keep_answers(draft.row.id, given, by=None, now=now(), held=draft.row)
    onward = _onward(request, draft, slug)
    if kept.saw_danger_at is not None and not saw_danger:
        return redirect(f"{reverse('public:emergency')}?next={onward if form.is_valid() else page_address(slug)}")
    return redirect(onward) if form.is_valid() else _show_question(request, draft, page, form)


def _onward(request: HttpRequest, draft: Draft, slug: str) -> str:
    if "leave" in request.POST:
        return reverse("public:leave")
    if "back_to_check" in request.GET:
        return reverse("public:check")
    return draft.after(slug)


def _is_blank(draft: Draft, asked: Iterable[Question]) -> bool:
    """Whether the page of these questions has nothing of this family on it, and no list that changes from day to day."""
    return not any(draft.answers.get(question.code) or question.kind == QuestionKind.AGENCIES for question in asked)


def _show_blank_question(request: HttpRequest, draft: Draft, page: FormPage) -> HttpResponse:
    """A question that is not answered yet looks the same to everybody who asks in the same way: its page is drawn once."""
    desk = _desk_words(draft, page)

    def context() -> dict[str, object]:
        return _question_context(draft, page, form_for(page.questions_for(draft.asked_by), draft.asked_by), desk)

    depends_on = (draft.asked_by, draft.row.form_version, shown_desk(desk))
    return render_framed(request, "public/question.html", depends_on=depends_on, context=context, slots={})


def _show_question(request: HttpRequest, draft: Draft, page: FormPage, form: QuestionsForm) -> HttpResponse:
    context = _question_context(draft, page, form, _desk_words(draft, page))
    return render(request, "public/question.html", context, status=WRONG if form.is_bound else 200)


def _desk_words(draft: Draft, page: FormPage) -> dict[str, object]:
    return duty_desk_words(draft) if page.slug == "danger" else {}


def _question_context(draft: Draft, page: FormPage, form: QuestionsForm, desk: Mapping[str, object]) -> dict[str, object]:
    title = page.title_to(draft.asked_by)
    return {
        "form": form,
        "page": page,
        "title": title,
        "heading": next((asked.code for asked in page.questions if asked.words_to(draft.asked_by) == title), ""),
        "back": draft.before(page.slug),
        "place": [other.slug for other in draft.pages].index(page.slug) + 1,
        "of": len(draft.pages),
        **desk,
    }


@public_page()
@require_http_methods(["GET", "HEAD"])
def emergency(request: HttpRequest) -> HttpResponse:
    """The emergency route: shown at once when danger is named, and reachable from every page."""
    onward = request.GET.get("next", "")
    is_ours = onward.startswith("/ask/") and "//" not in onward and "\\" not in onward
    return render(request, "public/emergency.html", {"onward": onward if is_ours else "", **duty_desk_words(own_draft(request))})


@public_page()
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """All answers on one page, each with a way to change it; sending begins here."""
    draft = own_draft(request)
    if draft is None:
        return redirect("family:status") if own_scope(request) else redirect("public:ask")
    if request.method == "POST":
        return _send(request, draft)
    return _show_check(request, draft)


def _show_check(request: HttpRequest, draft: Draft, *, nothing_told: bool = False) -> HttpResponse:
    sections = [
        {"title": title, "rows": [row for page in draft.pages if page.section == section for row in _check_rows(draft, page)]}
        for section, title in SECTIONS
    ]
    context = {
        "draft": draft,
        "sections": [part for part in sections if part["rows"]],
        "nothing_told": nothing_told,
        "may_contact": _may_contact(draft),
        "marks": FormMarks.of(draft.row.id),
        **duty_desk_words(draft),
    }
    return render(request, "public/check.html", context, status=WRONG if nothing_told else 200)


def _may_contact(draft: Draft) -> bool:
    """Whether a safe way was told; without one, or where they look here themselves, nobody calls or writes."""
    return safe_contact(draft.answers, told_at=now()) is not None


def _check_rows(draft: Draft, page: FormPage) -> list[dict[str, object]]:
    """A row for each answer of the page; one row for the whole page where nothing is answered."""
    asked = page.questions_for(draft.asked_by)
    told = [(question.words_to(draft.asked_by), shown_answer(question, draft.answers)) for question in asked]
    answered = [row for row in told if row[1]]
    change = f"{page_address(page.slug)}?back_to_check"
    return [
        {"key": words, "value": value, "change": change, "about": words}
        for words, value in answered or [(page.title_to(draft.asked_by), "")]
    ]


def _send(request: HttpRequest, draft: Draft) -> HttpResponse:
    if not may_be_sent(draft.answers):
        return _show_check(request, draft, nothing_told=True)
    looks = looks_of(request, of_draft=draft.row.id)
    if not WayIn.objects.filter(id=draft.row.id).exists():
        remember(request, looks)
        return redirect(f"{reverse('public:leave')}?send")
    received = actions.send(draft.row.id, by=None, now=now())
    if received.received_at == now():  # otherwise the same form was posted before, and is counted already
        suspicions = suspicions_on_sending(request, draft, looks)
        if suspicions:
            quarantine.hold(received, suspicions, now=now())
    return redirect(reverse("public:sent") if _may_contact(draft) else f"{reverse('public:sent')}?{LOOKS_HERE}")


@public_page()
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Choose a phrase: to come back later, or, on the way to sending, to look at the request afterwards."""
    draft = own_draft(request)
    if draft is None:
        return redirect("public:sent") if own_scope(request) else redirect("public:ask")
    sends = "send" in request.GET
    form = PhraseForm(request.POST or None)
    if form.is_bound and form.is_valid():
        drafts.choose_phrase(draft.row.id, reference=draft.row.reference, phrase=form.cleaned_data["phrase"], by=None, now=now())
        return _send(request, draft) if sends else redirect("public:left")
    has_phrase = WayIn.objects.filter(id=draft.row.id).exists()
    context = {"form": form, "draft": draft, "sends": sends, "has_phrase": has_phrase, "marks": FormMarks.of(draft.row.id)}
    return render(request, "public/leave.html", context, status=WRONG if form.is_bound else 200)


@public_page()
@require_http_methods(["GET", "HEAD"])
def left(request: HttpRequest) -> HttpResponse:
    """The code to come back with."""
    draft = own_draft(request)
    if draft is None or not WayIn.objects.filter(id=draft.row.id).exists():
        return redirect("public:ask")
    return render(request, "public/left.html", {"draft": draft})


@public_page(context="own")
@require_http_methods(["GET", "HEAD", "POST"])
def throw_away(request: HttpRequest) -> HttpResponse:
    """Asks once more, then deletes the draft for good."""
    scope = own_scope(request)
    if request.method == "POST" and scope is not None:
        with acting(Actor.family(scope)) as moment:
            if DraftRequest.objects.filter(id=scope).exists():
                drafts.throw_away(scope, by=None, now=moment)
                request.session.flush()
        return redirect("public:start")
    return render(request, "public/throw_away.html")


@public_page()
@require_http_methods(["GET", "HEAD"])
def sent(request: HttpRequest) -> HttpResponse:
    """The request is with us: its reference, and what happens next, who, and by when."""
    scope = own_scope(request)
    row = RequestForAssistance.objects.filter(id=scope).select_related("holder_agency", "duty_agency").first() if scope else None
    if row is None:
        return redirect("public:start")
    hub = row.holder_agency
    context = {"row": row, "hub": hub, "hub_hours": hours_words(hub), "may_contact": LOOKS_HERE not in request.GET, **_alerted(row)}
    return render(request, "public/sent.html", context)


def _alerted(row: RequestForAssistance) -> dict[str, object]:
    """The desk that was alerted; where the family kept every desk out, the hub itself."""
    desk = row.duty_agency or row.holder_agency
    return {"desk": desk, "desk_hours": hours_words(desk)}


@public_page(context="own")
@require_POST
def close_draft(request: HttpRequest) -> HttpResponse:
    """Leaves for now on this device: the draft stays and can be come back to, and this browser no longer bears it."""
    request.session.flush()
    return redirect("public:start")
