from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from reachin.access.requests_for_assistance import drafts
from reachin.groundwork.audited_access.pages import public_page
from reachin.groundwork.clock import now
from reachin.groundwork.ids import new_id
from reachin.groundwork.page_parts.frames import render_framed
from reachin.groundwork.page_parts.pages import render
from reachin.interfaces.asking_form.forms import PersonForm
from reachin.interfaces.asking_form.showing import shown_person

from .asking import WRONG
from .drafting import Draft, own_draft

MOST_PEOPLE = 20


@public_page()
@require_http_methods(["GET", "HEAD"])
def people(request: HttpRequest) -> HttpResponse:
    """Everybody named so far, each to change or take off, and a way to add one more."""
    draft = own_draft(request)
    if draft is None:
        return redirect("public:ask")
    named = draft.answers.get("people", [])
    if not named:
        return redirect("public:person_add")
    rows = [{"shown": shown_person(person), "key": person["key"]} for person in named]
    context = {"rows": rows, "may_add": len(named) < MOST_PEOPLE, "back": draft.before("people"), "onward": draft.after("people")}
    return render(request, "public/people.html", context)


@public_page()
@require_http_methods(["GET", "HEAD", "POST"])
def person_add(request: HttpRequest) -> HttpResponse:
    """One more person. The key makes the same form, posted twice, one person."""
    return _person(request, None)


@public_page()
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change what was said of one person."""
    return _person(request, key)


def _person(request: HttpRequest, key: UUID | None) -> HttpResponse:
    draft = own_draft(request, to_change=request.method == "POST")
    if draft is None:
        return redirect("public:ask")
    named: list[dict[str, Any]] = draft.answers.get("people", [])
    known = next((one for one in named if one["key"] == str(key)), None)
    if key is not None and known is None:
        raise Http404
    if request.method != "POST" and known is None:
        return _show_blank_person(request, draft, is_first=not named)
    form = PersonForm(request.POST or None, initial=known)
    if form.is_bound and form.is_valid():
        row_key = str(key or _posted_key(request))
        drafts.keep_answers(draft.row.id, {"people": _with(named, form.person() | {"key": row_key})}, by=None, now=now(), held=draft.row)
        return redirect("public:people")
    context = _person_context(draft, form, key=str(key or new_id()), is_new=key is None, is_first=not named)
    return render(request, "public/person.html", context, status=WRONG if form.is_bound else 200)


def _show_blank_person(request: HttpRequest, draft: Draft, *, is_first: bool) -> HttpResponse:
    """Nothing is told yet: but for its key the page is the same for everybody, and is drawn once."""

    def context() -> dict[str, Any]:
        return _person_context(draft, PersonForm(), key="", is_new=True, is_first=is_first)

    depends_on = (draft.asked_by, draft.row.form_version, is_first)
    return render_framed(request, "public/person.html", depends_on=depends_on, context=context, slots={"key": str(new_id())})


def _person_context(draft: Draft, form: PersonForm, *, key: str, is_new: bool, is_first: bool) -> dict[str, Any]:
    return {"form": form, "key": key, "is_new": is_new, "first": is_first, "skip": draft.after("people"), "back": _back(draft)}


def _back(draft: Draft) -> str:
    return reverse("public:people") if draft.answers.get("people") else draft.before("people")


def _posted_key(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return new_id()


def _with(named: Sequence[dict[str, Any]], told: dict[str, Any]) -> list[dict[str, Any]]:
    """The list with this person in their old place, or at the end."""
    if any(one["key"] == told["key"] for one in named):
        return [told if one["key"] == told["key"] else one for one in named]
    return [*named, told][:MOST_PEOPLE]


@public_page()
@require_POST
def person_remove(request: HttpRequest, key: UUID) -> HttpResponse:
    """Takes a person off the list; again changes nothing."""
    draft = own_draft(request)
    if draft is None:
        return redirect("public:ask")
    named = [one for one in draft.answers.get("people", []) if one["key"] != str(key)]
    drafts.keep_answers(draft.row.id, {"people": named}, by=None, now=now())
    return redirect("public:people")
