"""Whether it has to stay secret where the people of a request live: said at once, and lifted only by a decision with its reason."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from reachin.access.requests_for_assistance import safety
from reachin.access.requests_for_assistance.actions import standing_of_request
from reachin.families.people.homes import Standing
from reachin.families.people.models import ProtectedHome
from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.forms import Form
from reachin.groundwork.page_parts.moments import short_day
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission

from .circle_reading import people_of_card
from .navigation import account_of, staff_context
from .reading import Names, heading, held_card
from .request_page import OPENED

WRONG = 422


class LiftForm(Form):
    """Why where they live need not be a secret any more."""

    why = forms.CharField(
        label=_("Why need it not be a secret any more?"),
        help_text=_("Who said so, and how you know that they are safe. It is kept with your name."),
        widget=forms.Textarea,
        error_messages={"required": _("Write why: without a reason it stays secret")},
    )


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=OPENED)
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Who said that it has to stay secret where they live, and when; to say so, or to decide that it need not any more."""
    card = held_card(request, request_id)
    back = reverse("hub:circle", args=[card.id])
    lifts = request.POST.get("do") == "lift"
    form = LiftForm(request.POST if lifts else None)
    if request.method == "POST" and not lifts:
        safety.protect_home_of(card, by=account_of(request), now=now())
        return redirect(f"{back}?done=protected")
    if form.is_bound and form.is_valid():
        is_still = safety.stop_protecting_home_of(card, why=form.cleaned_data["why"], by=account_of(request), now=now())
        return redirect(f"{back}?done={'still_protected' if is_still else 'unprotected'}")
    context: dict[str, Any] = {
        **staff_context(request),
        "head": heading(card, now()),
        "form": form,
        "is_protected": standing_of_request(card.id) != Standing.UNPROTECTED,
        "marks": _marks(card.id, people_of_card(card)),
    }
    return render(request, "hub/home.html", context, status=WRONG if form.is_bound else 200)


def _marks(request_id: UUID, people: dict[UUID, str]) -> list[list[str]]:
    """Rows of a table: of whom it was said, by whom and when, and who lifted it, when and why."""
    marks = list(ProtectedHome.objects.filter(person_id__in=sorted(people)).order_by("said_at", "id"))
    names = Names.of(request_id, [who for mark in marks for who in (mark.said_by, mark.lifted_by)])
    return [[people[mark.person_id], f"{names[mark.said_by]}, {short_day(mark.said_at)}", _lifted(mark, names)] for mark in marks]


def _lifted(mark: ProtectedHome, names: Names) -> str:
    if mark.lifted_at is None:
        return ""
    return "\n".join(part for part in (f"{names[mark.lifted_by]}, {short_day(mark.lifted_at)}", mark.why_lifted()) if part)
