from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from reachin.access.requests_for_assistance import actions
from reachin.access.requests_for_assistance.enums import AskedBy, Channel
from reachin.access.requests_for_assistance.models import DraftRequest
from reachin.access.requests_for_assistance.questions import FAMILY, NEWEST_VERSION, SECTIONS, Question, Words, sections_for
from reachin.access.requests_for_assistance.rules import may_be_sent, questions_missing_for
from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.ids import new_id
from reachin.groundwork.page_parts.forms import Form
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.page_parts.staffed_hours import hours_words
from reachin.groundwork.permissions.enums import Permission
from reachin.interfaces.asking_form.forms import PersonForm, QuestionsForm, answers_from, form_for
from reachin.interfaces.hub.navigation import account_of, staff_context
from reachin.interfaces.hub.words import WHO_ASKED
from reachin.partnership.agencies.models import Agency

from .drafting import PEOPLE_SECTION, is_people
from .forms import WRONG, own_id
from .people_rows import PeopleRows, is_wrong

PEOPLE_ON_PAPER = 5
SHORTEST_PHRASE = 8
AS_ON_PAPER = AskedBy.PARENT_OR_CARER
"""The paper form has one wording; it is the parent's."""
DESK_CHANNELS = (
    Channel.PAPER,
    Channel.SCHOOL_DESK,
    Channel.VILLAGE_HALL,
    Channel.FAITH_SETTING,
    Channel.DROP_IN,
    Channel.PHONE,
    Channel.SOCIAL_MEDIA,
)


class DeskForm(Form):
    """What stands around the questions: by which way the form came, who asks. The id makes the same form, posted twice, one request."""

    key = forms.CharField(widget=forms.HiddenInput, required=False)
    channel = forms.ChoiceField(label=_("How did it come?"), choices=[(way, way.label) for way in DESK_CHANNELS], initial=Channel.PAPER)
    asked_by = forms.ChoiceField(
        label=_("Who asks?"),
        choices=[(asker, WHO_ASKED[asker]) for asker in AskedBy if asker in FAMILY],
        widget=forms.RadioSelect,
        initial=AskedBy.PARENT_OR_CARER,
    )


class PhraseForm(Form):
    """The phrase that the family wrote on the form, if they did."""

    phrase = forms.CharField(
        label=_("The phrase that they chose"),
        help_text=_("As it is written on the form; capitals do not matter. Leave it empty if there is none. It cannot be read again here."),
        required=False,
        min_length=SHORTEST_PHRASE,
        max_length=100,
    )


@staff_page(permission=Permission.REQUEST_KEY_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def key_in(request: HttpRequest) -> HttpResponse:
    """Keys in a filled form, in the order of the paper, on one page. What the family left out on paper stays left out."""
    data = request.POST if request.method == "POST" else None
    desk, phrase = DeskForm(data, initial={"key": str(new_id()), **_remembered(request)}), PhraseForm(data)
    people = PeopleRows(_persons_form, data=data, known=[], rows=PEOPLE_ON_PAPER)
    form = form_for([one for asked in _asked().values() for one in asked if not is_people(one)], AS_ON_PAPER, data)
    is_sound = data is not None and all([desk.is_valid(), _is_valid_as_on_paper(form), people.is_valid(), phrase.is_valid()])
    given = answers_from(form) | {"people": people.people()} if is_sound else {}
    if not is_sound or not may_be_sent(given):
        return _show(request, desk, form, people, phrase, says_nothing=is_sound)
    key, told = own_id(desk.cleaned_data["key"]), desk.cleaned_data
    try:
        actions.key_in(
            key,
            given,
            by=account_of(request),
            asked_by=AskedBy(told["asked_by"]),
            channel=Channel(told["channel"]),
            phrase=phrase.cleaned_data["phrase"],
            now=now(),
        )
    except DraftRequest.DoesNotExist:
        raise Http404 from None
    return redirect("practitioner:slip", key)


def _remembered(request: HttpRequest) -> dict[str, str]:
    """A desk keys in many forms that came the same way: the next one begins with the same."""
    way = request.GET.get("channel", "")
    return {"channel": way} if way in DESK_CHANNELS else {}


def _asked() -> dict[str, list[Question]]:
    return sections_for(NEWEST_VERSION, AS_ON_PAPER)


def _persons_form(data: Mapping[str, Any] | None = None, initial: Mapping[str, Any] | None = None, prefix: str | None = None) -> PersonForm:
    return PersonForm(data, initial=dict(initial or {}), prefix=prefix)


def _is_valid_as_on_paper(form: QuestionsForm) -> bool:
    """Whether the answers are sound; a number or address that the family left out is no error of the desk's: the hub asks them."""
    form.is_valid()
    needed = questions_missing_for(str(form.cleaned_data.get("contact_way") or ""))
    if needed is not None and needed in form.errors and not str(form.data.get(needed, "")).strip():
        del form.errors[needed]
        form.cleaned_data[needed] = ""
    return form.is_valid()


def _show(
    request: HttpRequest, desk: DeskForm, form: QuestionsForm, people: PeopleRows, phrase: PhraseForm, *, says_nothing: bool
) -> HttpResponse:
    context = {
        **staff_context(request),
        "form": form,
        "desk_form": desk,
        "people": people,
        "phrase": phrase,
        "shown_forms": [desk, *people, form, phrase],
        "sections": [_section(form, slug, title) for slug, title in SECTIONS if slug in _asked()],
        "says_nothing": says_nothing,
        "is_wrong_elsewhere": not form.errors and (says_nothing or is_wrong([desk, *people, phrase])),
    }
    return render(request, "practitioner/key_in.html", context, status=WRONG if form.is_bound else 200)


def _section(form: QuestionsForm, slug: str, title: Words) -> dict[str, Any]:
    fields = [form[asked.code] for asked in _asked()[slug] if not is_people(asked)]
    return {"title": title, "fields": fields, "has_people": slug == PEOPLE_SECTION}


@staff_page(permission=Permission.REQUEST_KEY_IN)
@require_http_methods(["GET", "HEAD"])
def slip(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """What the desk hands to the family: the code and how to look. For a day, to whoever keyed it in; nothing of what becomes of it."""
    told = actions.keyed_slip(request_id)
    if told is None:
        raise Http404
    hub = Agency.objects.hubs().order_by("slug").first()
    context = {
        **staff_context(request),
        "slip": told,
        "hub": hub,
        "hub_hours": hours_words(hub.staffed_hours()) if hub else "",
        "address": request.build_absolute_uri(reverse("family:way_in")),
    }
    return render(request, "practitioner/slip.html", context)
