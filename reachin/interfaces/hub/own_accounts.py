"""Offering somebody their own page: a worker who is with them agrees on words with them and hands over a link that works once."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from reachin.families.own_accounts.actions import DoesNotFit, invite
from reachin.families.own_accounts.enums import Ground
from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.forms import Form
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.page_parts.squares import square
from reachin.groundwork.permissions.enums import Permission

from .circle import people_of_card
from .navigation import account_of, staff_context
from .reading import card_of, heading
from .request_page import OPENED

WRONG = 422
WRONG_GROUNDS: dict[str, tuple[str, Promise]] = {
    "too_young": ("ground", _("By their age on record they are younger than that")),
    "say_why": ("why", _("Say how you know that they understand")),
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
    context: dict[str, Any] = {**staff_context(request), "head": heading(card, now()), "name": name, "form": form}
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            _account, token = invite(
                person_id, by=account_of(request), ground=Ground(told["ground"]), why=told["why"], phrase=told["phrase"], now=now()
            )
        except DoesNotFit as refused:
            form.add_error(*_as_error(refused))
        else:
            address = request.build_absolute_uri(reverse("family:begin", args=[token]))
            return render(request, "hub/own_account_offered.html", {**context, "address": address, "picture": square(address)})
    return render(request, "hub/own_account_offer.html", context, status=WRONG if form.is_bound else 200)


def _as_error(refused: DoesNotFit) -> tuple[str, str]:
    field, words = WRONG_GROUNDS[refused.code]
    return field, str(words)
