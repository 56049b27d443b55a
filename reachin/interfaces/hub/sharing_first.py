"""Sharing first in an emergency: who, which kinds of words, one reason, for how many hours. The full record is due within a day."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reachin.families.information_sharing.actions import CannotBeDecided, IsBlocked, share_first
from reachin.families.information_sharing.blocked import own_categories
from reachin.families.information_sharing.enums import Category
from reachin.families.information_sharing.models import SharingDecision
from reachin.families.information_sharing.rules import WORDS_WITHIN, says_enough
from reachin.groundwork.clock import now
from reachin.groundwork.ids import new_id
from reachin.groundwork.page_parts.forms import Form
from reachin.groundwork.page_parts.pages import render
from reachin.partnership.agencies.models import Agency

from .circle_adding import WRONG, Place, partners_of
from .circle_forms import BLOCKED, KIND_HINTS, TROUBLES, told
from .navigation import account_of, staff_context

HOURS = (4, 8, 24)
HOURS_WORDS: Mapping[int, Promise] = {4: _("4 hours"), 8: _("8 hours"), 24: _("24 hours")}


class ShareFirstForm(Form):
    """What has to be said before something is shared in an emergency, and no more."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    person = forms.ChoiceField(label=_("About whom?"), widget=forms.RadioSelect, error_messages={"required": _("Choose about whom")})
    agency = forms.ChoiceField(label=_("With which organisation?"), error_messages={"required": _("Choose an organisation")})
    categories = forms.MultipleChoiceField(
        label=_("What may they see?"),
        help_text=_("Only what they need now."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what they may see")},
    )
    reason = forms.CharField(
        label=_("Why does it have to be now?"),
        help_text=_("Who is in danger, and what they are to do."),
        widget=forms.Textarea,
        error_messages={"required": _("Write why it has to be now")},
    )
    hours = forms.TypedChoiceField(
        label=_("For how long?"), coerce=int, choices=list(HOURS_WORDS.items()), widget=forms.RadioSelect, initial=HOURS[0]
    )

    def __init__(
        self, *args: Any, people: Mapping[UUID, str], agencies: Sequence[tuple[str, str]], own: Collection[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [(str(one), name) for one, name in people.items()]  # type: ignore[attr-defined]
        self.fields["agency"].choices = [("", _("Choose")), *agencies]  # type: ignore[attr-defined]
        self.fields["categories"].choices = told([one for one in Category if one in own])  # type: ignore[attr-defined]

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if not says_enough(reason):
            raise forms.ValidationError(_("Write a few words, such as “She rang and is afraid”"))
        return reason


def sharing_first_page(request: HttpRequest, place: Place) -> HttpResponse:
    """The form, and what comes of it: shared at once, and the full record due."""
    account = account_of(request)
    own = set().union(*(own_categories(one) for one in place.people)) if place.people else set()
    initial: dict[str, Any] = {"key": new_id(), "hours": HOURS[0]}
    if len(place.people) == 1:
        initial["person"] = str(next(iter(place.people)))
    form = ShareFirstForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        people=place.people,
        agencies=partners_of(account),
        own=own,
    )
    if request.method != "POST" or not form.is_valid():
        return _page(request, place, form)
    given = form.cleaned_data
    key = uuid5(given["key"], f"{account.id} {given['person']} {given['agency']}")
    try:
        with transaction.atomic():
            share_first(
                UUID(given["person"]),
                Agency.objects.get(id=given["agency"]),
                categories=[Category(kind) for kind in given["categories"]],
                reason=given["reason"],
                hours=given["hours"],
                by=account,
                now=now(),
                key=key,
            )
    except IntegrityError:
        if not SharingDecision.objects.filter(id=key).exists():
            raise
    except IsBlocked:
        form.add_error("agency", str(BLOCKED))
    except CannotBeDecided:
        form.add_error("categories", str(TROUBLES["not_ours"]))
    return _page(request, place, form) if form.errors else redirect(f"{reverse('practitioner:record', args=[key])}?done=shared")


def _page(request: HttpRequest, place: Place, form: ShareFirstForm) -> HttpResponse:
    context = {
        **staff_context(request),
        **place.context,
        "place": place,
        "form": form,
        "kind_hints": KIND_HINTS,
        "within": int(WORDS_WITHIN.total_seconds() // 3600),
    }
    return render(request, "hub/share_first.html", context, status=WRONG if form.errors else 200)
