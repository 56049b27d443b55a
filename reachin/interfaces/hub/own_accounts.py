"""Offering somebody their own page: a worker who is with them agrees on words with them and hands over a link that works once.

A second worker makes sure that it was them who began it, before it opens anything.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from reachin.access.requests_for_assistance import ways_in
from reachin.access.requests_for_assistance.own_pages import asked_themselves, must_not_know, offer_own_page
from reachin.families.own_accounts.actions import DoesNotFit, confirm
from reachin.families.own_accounts.enums import Ground
from reachin.families.own_accounts.models import OwnAccount
from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.forms import Form
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.page_parts.squares import square
from reachin.groundwork.permissions.enums import Permission

from .circle_reading import people_of_card
from .navigation import account_of, staff_context
from .reading import card_of, heading, held_card
from .request_page import OPENED

WRONG = 422
WRONG_GROUNDS: dict[str, tuple[str, Promise]] = {
    "too_young": ("ground", _("By their age on record they are younger than that")),
    "say_why": ("why", _("Say how you know that they understand")),
    "not_checked": ("checked", _("Somebody else asked for help. Say how you made sure that it is safe to give them a page")),
    "must_not_know": (
        "ground",
        _("Somebody must not know of this request. Give no page on it: if they want help, record them anew with a request of their own"),
    ),
    "not_needed": ("why", _("Leave this empty: from 12 on nobody has to show that they understand")),
}


class OfferForm(Form):
    """On what ground, and the words that worker and person agreed on."""

    ground = forms.ChoiceField(label=_("Why may they have a page of their own?"), choices=Ground.choices, widget=forms.RadioSelect)
    why = forms.CharField(
        label=_("If they are younger than 12: how do you know that they understand?"),
        widget=forms.Textarea,
        required=False,
        max_length=2000,
    )
    checked = forms.CharField(
        label=_("If somebody else asked for help: how did you make sure that it is them, and that it puts nobody at risk?"),
        help_text=_("Their page tells them that the family support team knows them. Ask whoever asked for help first, alone."),
        widget=forms.Textarea,
        required=False,
        max_length=2000,
    )
    phrase = forms.CharField(
        label=_("Words that you and they agree on now"),
        help_text=_("They type them once, with the link. Not a birthday, and nothing that somebody at home could guess."),
        min_length=8,
        max_length=100,
    )


@staff_page(permission=Permission.OWN_ACCOUNT_OFFER, opens=OPENED)
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, request_id: UUID, person_id: UUID) -> HttpResponse:
    """The form, and then the link: shown once, to be handed over and never sent."""
    card = card_of(request, request_id)
    name = people_of_card(card).get(person_id)
    if name is None:
        raise Http404
    form = OfferForm(request.POST or None)
    context: dict[str, Any] = {
        **staff_context(request),
        "head": heading(card, now()),
        "name": name,
        "form": form,
        "asked_themselves": asked_themselves(card, person_id),
        "must_not_know": must_not_know(card),
    }
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            given = told | {"ground": Ground(told["ground"])}
            _account, token = offer_own_page(card, person_id, **given, by=account_of(request), now=now())
        except DoesNotFit as refused:
            form.add_error(*_as_error(refused))
        else:
            address = request.build_absolute_uri(reverse("family:begin", args=[token]))
            return render(request, "hub/own_account_offered.html", {**context, "address": address, "picture": square(address)})
    return render(request, "hub/own_account_offer.html", context, status=WRONG if form.is_bound else 200)


def _as_error(refused: DoesNotFit) -> tuple[str, str]:
    field, words = WRONG_GROUNDS[refused.code]
    return field, str(words)


class ConfirmForm(Form):
    """That a second worker has asked the person."""

    is_them = forms.BooleanField(
        label=_("I have asked them myself: they want this page, and nobody else began it for them"),
        error_messages={"required": _("Ask them yourself first, and then say so here")},
    )


@staff_page(permission=Permission.OWN_ACCOUNT_OFFER, opens=OPENED)
@require_http_methods(["GET", "HEAD", "POST"])
def make_sure(request: HttpRequest, request_id: UUID, person_id: UUID) -> HttpResponse:
    """A second worker makes sure; for whoever offered it this is not there."""
    card, account = card_of(request, request_id), account_of(request)
    name = people_of_card(card).get(person_id)
    found = waiting_for_a_second([person_id], but=account.id).get(person_id)
    if name is None or found is None:
        raise Http404
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        confirm(found.id, by=account, now=now())
        return redirect(f"{reverse('hub:circle', args=[card.id])}?done=confirmed")
    context = {**staff_context(request), "head": heading(card, now()), "name": name, "form": form, "has_begun": found.begun_at is not None}
    return render(request, "hub/own_account_confirm.html", context, status=WRONG if form.is_bound else 200)


def waiting_for_a_second(people: Iterable[UUID], *, but: UUID) -> dict[UUID, OwnAccount]:
    """The pages, by person, that somebody else than this worker offered and that nobody has made sure of yet."""
    found = OwnAccount.objects.filter(person_id__in=list(people), ended_at=None, confirmed_at=None).exclude(invited_by=but)
    return {one.person_id: one for one in found}


class ShutForm(Form):
    """That the worker has made sure."""

    is_sure = forms.BooleanField(
        label=_("I have spoken with whoever asked for help, and made sure that it is them and that they want this"),
        error_messages={"required": _("Make sure first, and then say so here")},
    )


@staff_page(permission=Permission.OWN_ACCOUNT_OFFER, opens=OPENED)
@require_http_methods(["GET", "HEAD", "POST"])
def shut_way_in(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Shuts the code and phrase of a request that somebody else knows; a page of their own leads to it from then on."""
    card = held_card(request, request_id)
    form = ShutForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        ways_in.shut(card)
        return redirect(f"{reverse('hub:circle', args=[card.id])}?done=shut")
    context = {**staff_context(request), "head": heading(card, now()), "form": form}
    return render(request, "hub/shut_way_in.html", context, status=WRONG if form.is_bound else 200)
