"""A person's own safety after sending: how we may be in touch, where they live, who must not see, and what they are called."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from reachin.access.referrals import actions as referrals
from reachin.access.requests_for_assistance import safety
from reachin.access.requests_for_assistance.actions import own_contact_of, standing_of_request
from reachin.access.requests_for_assistance.enums import AskedBy
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson, SafetyTold
from reachin.access.requests_for_assistance.questions import questions_for
from reachin.families.information_sharing.models import Block
from reachin.families.people.homes import Standing
from reachin.families.people.models import PersonDetails
from reachin.families.people.rules import IS_PROTECTED
from reachin.groundwork.audited_access.pages import Opens, family_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.forms import Form
from reachin.groundwork.page_parts.pages import render
from reachin.interfaces.asking_form.forms import OLDEST_AGE, answers_from, form_for
from reachin.partnership.agencies.enums import AgencyKind
from reachin.partnership.agencies.models import Agency

from .own_words import who_words
from .who import bearers_scope, posted

OWN = Opens("request", "own_request")
WRONG = 422
WAYS = ("contact_way", "phone", "email", "address", "through")
HOW = ("safe_times", "may_leave_message", "who_may_answer", "cover_name")


def _own(request: HttpRequest) -> tuple[RequestForAssistance, UUID]:
    """The request of whoever asked for themselves, and the person who they are; what a worker sent has no such page (Http404)."""
    row = RequestForAssistance.objects.get(id=bearers_scope(request))
    first = RequestPerson.objects.select_related("alias").filter(request_for_assistance=row, is_contact=True).first()
    if row.asked_by_practitioner() or first is None:
        raise Http404
    return row, first.alias.person_id


def _saved(page: str) -> HttpResponse:
    return redirect(f"{reverse(page)}?saved=yes")


@family_page(opens=OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """How we may be in touch: the same questions as on asking."""
    row, person_id = _own(request)
    asked_by = AskedBy(row.asked_by)
    questions = questions_for(row.form_version, asked_by)
    asked = [questions[code] for code in (*WAYS, *HOW)]
    form = form_for(asked, asked_by, posted(request), initial=own_contact_of(person_id))
    if form.is_bound and form.is_valid():
        safety.change_contact(row, answers_from(form), by=row.id, now=now())
        referrals.tell_of_new_contact(row, now=now())
        return _saved("family:contact")
    context = {"form": form, "how": [form[code] for code in HOW], "done": "saved" in request.GET}
    return render(request, "family/contact.html", context, status=WRONG if form.is_bound else 200)


class HomeForm(Form):
    """Yes at once; no only for whoever says that they are sure of it, where it is a secret now."""

    def __init__(self, *args: Any, is_secret: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_secret = is_secret

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.is_secret and cleaned.get("is_hidden") == "no" and not cleaned.get("is_sure"):
            self.add_error("is_sure", _("Tick this if you are sure, and nobody makes you say it"))
        return cleaned

    is_hidden = forms.ChoiceField(
        label=_("Does it have to stay secret where you live?"),
        choices=[("yes", _("Yes, keep it secret")), ("no", _("No"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no")},
    )
    is_sure = forms.BooleanField(label=_("If no: I am sure that it does not have to stay secret any more"), required=False)


@family_page(opens=OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """Whether it has to stay secret where I live."""
    row, _person_id = _own(request)
    is_secret = standing_of_request(row.id) != Standing.UNPROTECTED
    told = SafetyTold.objects.filter(request_for_assistance=row).first()
    said = "yes" if is_secret else told.answers().get(IS_PROTECTED) if told is not None else None
    form = HomeForm(posted(request), initial={"is_hidden": said}, is_secret=is_secret)
    if form.is_bound and form.is_valid():
        is_still = safety.keep_home_secret(row, is_secret=form.cleaned_data["is_hidden"] == "yes", by=row.id, now=now())
        kept_anyway = is_still and form.cleaned_data["is_hidden"] == "no"
        return redirect(f"{reverse('family:home')}?saved={'kept' if kept_anyway else 'yes'}")
    context = {"form": form, "is_secret": is_secret, "done": "saved" in request.GET, "kept_anyway": request.GET.get("saved") == "kept"}
    return render(request, "family/home.html", context, status=WRONG if form.is_bound else 200)


class KeepOutForm(Form):
    """Who must not see; where that is whoever reads the request now (`holder`), who takes it on instead (`doors`)."""

    agency = forms.ChoiceField(label=_("Who must not see?"), error_messages={"required": _("Choose who must not see")})
    door = forms.ChoiceField(label=_("Who should read your request instead?"), required=False)

    def __init__(
        self, *args: Any, agencies: Sequence[Agency], holder: Agency | None = None, doors: Sequence[Agency] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.holder = holder if doors else None
        named = ([(str(holder.id), _("%(name)s (they read your request now)") % {"name": holder.name})] if holder and doors else []) + [
            (str(one.id), one.name) for one in agencies
        ]
        self.fields["agency"].choices = [("", _("Choose one")), *named]  # type: ignore[attr-defined]
        if not doors:
            del self.fields["door"]
            return
        self.fields["door"].choices = [("", _("Choose one")), *((str(one.id), one.name) for one in doors)]  # type: ignore[attr-defined]
        self.fields["door"].help_text = _("Only if %(name)s must not see it.") % {"name": holder.name if holder else ""}

    def names_the_holder(self) -> bool:
        return self.holder is not None and self.cleaned_data.get("agency") == str(self.holder.id)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.names_the_holder() and not cleaned.get("door") and "door" not in self.errors:
            self.add_error("door", _("Choose who should read your request instead. Somebody has to, so that you get help"))
        if self.names_the_holder() and cleaned.get("door") == cleaned.get("agency"):
            self.add_error("door", _("Choose another one"))
        return cleaned


@family_page(opens=OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def must_not_see(request: HttpRequest) -> HttpResponse:
    """Who must not see: what I said, and one more."""
    row, person_id = _own(request)
    said = list(_said(row, person_id))
    may_be_named = (
        Agency.objects.active().exclude(kind=AgencyKind.HUB).exclude(id__in=[row.holder_agency_id, *(one.agency_id for one in said)])
    )
    agencies, doors = list(may_be_named.order_by("name")), safety.doors_instead(row)
    form = KeepOutForm(posted(request), agencies=agencies, holder=row.holder_agency, doors=doors)
    if form.is_bound and form.is_valid():
        if form.names_the_holder():
            door = next(one for one in doors if str(one.id) == form.cleaned_data["door"])
            safety.keep_out_the_door(row, door, by=row.id, now=now())
            return _saved("family:must_not_see")
        chosen = next(one for one in agencies if str(one.id) == form.cleaned_data["agency"])
        safety.keep_out(row, chosen, by=row.id, now=now())
        return _saved("family:must_not_see")
    rows = [{"id": one.id, "who": who_words(one.agency), "since": one.said_at} for one in said]
    context = {"form": form, "rows": rows, "done": "saved" in request.GET, "holder": row.holder_agency.name}
    return render(request, "family/must_not_see.html", context, status=WRONG if form.is_bound else 200)


def _said(row: RequestForAssistance, person_id: UUID) -> Any:
    """What this family said themselves; what somebody else said to keep a child safe does not show here."""
    return Block.objects.filter(person_id=person_id, said_by=row.id, lifted_at=None).select_related("agency").order_by("said_at")


@family_page(opens=OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def let_in(request: HttpRequest, block_id: UUID) -> HttpResponse:
    """Take back that somebody must not see."""
    row, person_id = _own(request)
    said = _said(row, person_id).filter(id=block_id).first()
    if said is None:
        raise Http404
    if request.method == "POST":
        safety.let_in_again(row, said.agency, by=row.id, now=now())
        return _saved("family:must_not_see")
    return render(request, "family/let_in.html", {"who": who_words(said.agency)})


class CorrectForm(Form):
    known_as = forms.CharField(label=_("What are you called?"), max_length=80, error_messages={"required": _("Write what you are called")})
    age_years = forms.IntegerField(
        label=_("How old are you?"),
        help_text=_("In years. You can leave this empty."),
        required=False,
        min_value=0,
        max_value=OLDEST_AGE,
        error_messages={code: _("Write an age in years, from 0 to 120") for code in ("invalid", "min_value", "max_value")},
    )


@family_page(opens=OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest) -> HttpResponse:
    """Put right what I am called and how old I am."""
    row, person_id = _own(request)
    details = PersonDetails.objects.filter(person_id=person_id).first()
    if details is None:
        raise Http404
    facts = details.facts()
    form = CorrectForm(posted(request), initial={"known_as": facts.known_as, "age_years": facts.age_on(now().date())})
    if form.is_bound and form.is_valid():
        safety.correct_own_facts(row, **form.cleaned_data, by=row.id, now=now())
        return _saved("family:correct")
    return render(request, "family/correct.html", {"form": form, "done": "saved" in request.GET}, status=WRONG if form.is_bound else 200)
