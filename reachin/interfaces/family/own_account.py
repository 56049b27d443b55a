"""A page of one's own: begun with a link that works once, come back to with a code and a phrase, every way in to it ended by oneself."""

from typing import Any
from uuid import UUID

from django import forms
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from reachin.access.requests_for_assistance import ways_in
from reachin.access.requests_for_assistance.models import WayIn
from reachin.families.own_accounts import actions
from reachin.families.own_accounts.models import OwnAccount
from reachin.families.own_accounts.rules import PURPOSE
from reachin.families.people.models import PersonDetails
from reachin.groundwork.audited_access.context import Actor, acting
from reachin.groundwork.audited_access.networks import network_of
from reachin.groundwork.audited_access.pages import Opens, family_page, public_page
from reachin.groundwork.clock import now
from reachin.groundwork.one_time_links.actions import use_link
from reachin.groundwork.page_parts.forms import Form
from reachin.groundwork.page_parts.pages import render

from .who import OWN_ACCOUNT, bear, bearers_scope, posted

OWN_PAGE = Opens("own_person", "own_page")
WRONG = 422


class BeginForm(Form):
    """What the worker and the person agreed on, and the person's own phrase."""

    together = forms.CharField(
        label=_("The words that you agreed on with your worker"), widget=forms.PasswordInput, max_length=100,
        error_messages={"required": _("Write the words that you agreed on")},
    )  # fmt: skip
    phrase = forms.CharField(
        label=_("A phrase of your own"),
        help_text=_("Choose words that only you know. You will need them to come back."),
        widget=forms.PasswordInput,
        min_length=8,
        max_length=100,
        error_messages={"required": _("Write a phrase that you will remember")},
    )


@public_page(context="own")
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, token: str) -> HttpResponse:
    """Takes up an invitation. Whether the link was ever good is not said before the words are right; the code is shown once."""
    form = BeginForm(request.POST or None)
    refused = too_often = False
    if form.is_bound and form.is_valid():
        used = use_link(token, purpose=PURPOSE, phrase=form.cleaned_data["together"], network=network_of(request.META))
        if used.subject_id is not None:
            with acting(Actor.family(used.subject_id)) as moment:
                code = actions.begin(used.subject_id, phrase=form.cleaned_data["phrase"], now=moment)
                is_open = OwnAccount.objects.get(id=used.subject_id).confirmed_at is not None
            if is_open:
                bear(request, used.subject_id)
            return render(request, "family/begun.html", {"code": code, "is_open": is_open})
        refused, too_often = not used.is_too_often, used.is_too_often
    context = {"form": form, "refused": refused, "too_often": too_often}
    return render(request, "family/begin.html", context, status=429 if too_often else WRONG if form.is_bound else 200)


@family_page(opens=OWN_PAGE)
@require_http_methods(["GET", "HEAD"])
def my_page(request: HttpRequest) -> HttpResponse:
    """What there is about me, and the requests that I sent."""
    details = PersonDetails.objects.first()
    ways_in = _ways_in(bearers_scope(request))
    context = {
        "name": details.facts().known_as if details is not None else "",
        "has_account": any(one["is_here"] for one in ways_in),
        "ways_in": ways_in,
        "requests": _own_requests(),
        "done": "ended" in request.GET,
    }
    return render(request, "family/my_page.html", context)


def _ways_in(scope: UUID) -> list[dict[str, Any]]:
    """Every account with which somebody comes in to this page, or could."""
    found = OwnAccount.objects.filter(ended_at=None).order_by("invited_at")
    return [{"id": one.id, "offered_at": one.invited_at, "begun_at": one.begun_at, "is_here": one.id == scope} for one in found]


def _own_requests() -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("select id, reference, received_at from reachin.own_requests()")
        rows = cursor.fetchall()
    return [{"id": row[0], "reference": row[1], "received_at": row[2]} for row in rows]


class RenewForm(Form):
    """The phrase of until now, and another one."""

    old = forms.CharField(
        label=_("The phrase that you have now"), widget=forms.PasswordInput, max_length=100,
        error_messages={"required": _("Write the phrase that you have now")},
    )  # fmt: skip
    phrase = forms.CharField(
        label=_("Your new phrase"),
        help_text=_("Choose words that only you know. You will need them to come back."),
        widget=forms.PasswordInput,
        min_length=8,
        max_length=100,
        error_messages={"required": _("Write a phrase that you will remember")},
    )
    wants_code = forms.BooleanField(label=_("Give me a new code too: somebody else knows my code"), required=False)


@family_page(opens=OWN_PAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: HttpRequest) -> HttpResponse:
    """Another phrase, and another code for whoever wants one; everybody who came in with the old ones is out."""
    scope, form = bearers_scope(request), RenewForm(posted(request))
    too_often = False
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            code = ways_in.renew(
                scope, old=told["old"], new=told["phrase"], wants_code=told["wants_code"], network=network_of(request.META), now=now()
            )
        except ways_in.WrongPhrase as refused:
            too_often = refused.is_too_often
            form.add_error("old", str(_("That is not your phrase. Try again")))
        except WayIn.DoesNotExist:
            raise Http404 from None
        else:
            bear(request, scope)
            return render(request, "family/renewed.html", {"code": code})
    status = 429 if too_often else WRONG if form.is_bound else 200
    return render(request, "family/renew.html", {"form": form, "too_often": too_often}, status=status)


@family_page(opens=OWN_PAGE)
@require_http_methods(["POST"])
def go_to_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """From my page to a request that I sent; the page is left for it, and there is a way back."""
    if request_id not in {row["id"] for row in _own_requests()}:
        raise Http404
    account = bearers_scope(request)
    bear(request, request_id)
    request.session[OWN_ACCOUNT] = str(account)
    return redirect("family:status")


@family_page()
@require_http_methods(["POST"])
def back_to_my_page(request: HttpRequest) -> HttpResponse:
    """From a request back to the page that it was gone to from."""
    account = request.session.pop(OWN_ACCOUNT, None)
    if account is not None:
        bear(request, UUID(account))
    return redirect("family:my_page")


@family_page(opens=OWN_PAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, way_in_id: UUID) -> HttpResponse:
    """Ends one way in to my page, after a last question. What is held about me stays as it is."""
    scope = bearers_scope(request)
    if not OwnAccount.objects.filter(id=way_in_id, ended_at=None).exists():
        raise Http404
    if request.method != "POST":
        return render(request, "family/end_account.html", {"is_here": way_in_id == scope})
    actions.end_account(way_in_id, by=scope, now=now())
    if way_in_id == scope:
        request.session.flush()
        return redirect("public:start")
    return redirect(f"{reverse('family:my_page')}?ended=yes")
