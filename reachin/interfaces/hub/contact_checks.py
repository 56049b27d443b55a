"""Making sure that a way of contact still holds: what was said long ago is neither sent by nor sent on until somebody did."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from reachin.access.requests_for_assistance import actions
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.people.models import ContactInstruction
from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.forms import Form
from reachin.groundwork.page_parts.moments import short_day
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.partnership.accounts.models import Account

from .navigation import account_of, staff_context
from .reading import answers_of, heading, held_card, safe_contact
from .request_page import OPENED, back_to

WRONG = 422
HOW = (
    ("asked_them", _("I asked them, in the way that they said")),
    ("met_them", _("I met them")),
    ("trusted", _("Somebody they trust told me")),
)


class CheckForm(Form):
    """How a worker made sure."""

    how = forms.ChoiceField(
        label=_("How did you make sure that this is still safe?"),
        choices=HOW,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how you made sure")},
    )


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=OPENED)
@require_http_methods(["GET", "HEAD", "POST"])
def contact_check(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """What was said, when it was last checked and by whom; to say that it was checked again."""
    card = held_card(request, request_id)
    form = CheckForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.check_safe_contact(card, how=form.cleaned_data["how"], by=account_of(request), now=now())
        except actions.NoSuchMove:
            return back_to(request_id, "")
        return back_to(request_id, "contact_check")
    context: dict[str, Any] = {
        **staff_context(request),
        "head": heading(card, now()),
        "form": form,
        "contact": {**safe_contact(answers_of(card), card), "check_url": ""},
        "checks": _checks(card),
    }
    return render(request, "hub/contact_check.html", context, status=WRONG if form.is_bound else 200)


def _checks(card: RequestForAssistance) -> list[dict[str, Any]]:
    """When it was told and by whom, and when it was last checked and by whom."""
    asker = RequestPerson.objects.filter(request_for_assistance=card, is_contact=True).values("alias__person_id")[:1]
    told = ContactInstruction.objects.filter(person_id__in=asker, ended_at=None).first()
    if told is None:
        return []
    names = dict(Account.objects.filter(id__in=[told.told_by, told.checked_by]).values_list("id", "name"))
    rows = [{"key": _("Told"), "value": f"{short_day(told.told_at)}, {names.get(told.told_by, _('by themselves'))}"}]
    if told.checked_at is not None and told.checked_by is not None:
        rows.append({"key": _("Last checked"), "value": f"{short_day(told.checked_at)}, {names.get(told.checked_by, '')}"})
    return rows
