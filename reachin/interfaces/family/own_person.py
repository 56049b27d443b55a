"""With a page of one's own: how to be in touch, where one lives, who must not see, what one is called. The same pages as by a request."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from reachin.access.requests_for_assistance import own_person
from reachin.access.requests_for_assistance.actions import own_contact_of
from reachin.access.requests_for_assistance.enums import AskedBy
from reachin.access.requests_for_assistance.questions import NEWEST_VERSION, questions_for
from reachin.families.information_sharing.models import Block
from reachin.families.own_accounts.enums import Ground
from reachin.families.own_accounts.models import OwnAccount
from reachin.families.people.homes import Standing, standing_of
from reachin.families.people.models import PersonDetails
from reachin.groundwork.audited_access.pages import Opens, family_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.pages import render
from reachin.interfaces.asking_form.forms import answers_from, form_for
from reachin.partnership.agencies.enums import AgencyKind
from reachin.partnership.agencies.models import Agency

from .own_safety import HOW, WAYS, WRONG, CorrectForm, HomeForm, KeepOutForm
from .own_words import who_words
from .who import bearers_scope, posted

OWN_PAGE = Opens("own_person", "own_page")


def _own(request: HttpRequest) -> OwnAccount:
    """The account that is borne; whoever bears a request has these pages there (Http404)."""
    account = OwnAccount.objects.select_related("person").filter(id=bearers_scope(request), ended_at=None).first()
    if account is None:
        raise Http404
    return account


def _saved(page: str) -> HttpResponse:
    return redirect(f"{reverse(page)}?saved=yes")


@family_page(opens=OWN_PAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """How we may be in touch with me."""
    account = _own(request)
    asked_by = AskedBy.PARENT_OR_CARER if account.ground == Ground.GROWN_UP else AskedBy.YOUNG_PERSON
    questions = questions_for(NEWEST_VERSION, asked_by)
    form = form_for([questions[code] for code in (*WAYS, *HOW)], asked_by, posted(request), initial=own_contact_of(account.person_id))
    if form.is_bound and form.is_valid():
        own_person.change_contact(account.person_id, answers_from(form), by=account.id, now=now())
        return _saved("family:own_contact")
    context = {"form": form, "how": [form[code] for code in HOW], "done": "saved" in request.GET}
    return render(request, "family/contact.html", context, status=WRONG if form.is_bound else 200)


@family_page(opens=OWN_PAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """Whether it has to stay secret where I live."""
    account = _own(request)
    is_secret = standing_of([account.person_id]) != Standing.UNPROTECTED
    form = HomeForm(posted(request), initial={"is_hidden": "yes" if is_secret else None}, is_secret=is_secret)
    if form.is_bound and form.is_valid():
        wants = form.cleaned_data["is_hidden"] == "yes"
        own_person.keep_home_secret(account.person_id, is_secret=wants, by=account.id, now=now())
        kept_anyway = not wants and standing_of([account.person_id]) != Standing.UNPROTECTED
        return redirect(f"{reverse('family:own_home')}?saved={'kept' if kept_anyway else 'yes'}")
    context = {"form": form, "is_secret": is_secret, "done": "saved" in request.GET, "kept_anyway": request.GET.get("saved") == "kept"}
    return render(request, "family/home.html", context, status=WRONG if form.is_bound else 200)


@family_page(opens=OWN_PAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def must_not_see(request: HttpRequest) -> HttpResponse:
    """Who must not see: what I said, and one more."""
    account = _own(request)
    said = list(_said(account))
    kept = [account.person.controller_id, *(one.agency_id for one in said)]
    agencies = list(Agency.objects.active().exclude(kind=AgencyKind.HUB).exclude(id__in=kept).order_by("name"))
    form = KeepOutForm(posted(request), agencies=agencies)
    if form.is_bound and form.is_valid():
        chosen = next(one for one in agencies if str(one.id) == form.cleaned_data["agency"])
        own_person.keep_out(account.person_id, chosen, by=account.id, now=now())
        return _saved("family:own_must_not_see")
    rows = [{"id": one.id, "who": who_words(one.agency), "since": one.said_at} for one in said]
    context: dict[str, Any] = {"form": form, "rows": rows, "done": "saved" in request.GET, "let_in": "family:own_let_in"}
    return render(request, "family/must_not_see.html", context, status=WRONG if form.is_bound else 200)


def _said(account: OwnAccount) -> Any:
    """What they said themselves; what somebody else said to keep them safe does not show here."""
    own = Block.objects.filter(person_id=account.person_id, said_by=account.id, lifted_at=None)
    return own.select_related("agency").order_by("said_at")


@family_page(opens=OWN_PAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def let_in(request: HttpRequest, own_block_id: UUID) -> HttpResponse:
    """Take back that somebody must not see."""
    account = _own(request)
    said = _said(account).filter(id=own_block_id).first()
    if said is None:
        raise Http404
    if request.method == "POST":
        own_person.let_in_again(account.person_id, said.id, by=account.id, now=now())
        return _saved("family:own_must_not_see")
    return render(request, "family/let_in.html", {"who": who_words(said.agency), "must_not_see": "family:own_must_not_see"})


@family_page(opens=OWN_PAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest) -> HttpResponse:
    """Put right what I am called and how old I am."""
    account = _own(request)
    details = PersonDetails.objects.filter(person_id=account.person_id).first()
    if details is None:
        raise Http404
    facts = details.facts()
    form = CorrectForm(posted(request), initial={"known_as": facts.known_as, "age_years": facts.age_on(now().date())})
    if form.is_bound and form.is_valid():
        own_person.correct_facts(account.person_id, **form.cleaned_data, now=now())
        return _saved("family:own_correct")
    return render(request, "family/correct.html", {"form": form, "done": "saved" in request.GET}, status=WRONG if form.is_bound else 200)
