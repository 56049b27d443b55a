"""Putting a fact right: one guardian proposes what has to stand there, and may take it back until it is handed on."""

from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from reachin.access.referrals import corrections
from reachin.families.information_requests import actions
from reachin.families.information_requests.enums import AskedFor, State
from reachin.families.information_requests.models import Correction
from reachin.groundwork.audited_access.pages import Opens, staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.forms import Form
from reachin.groundwork.permissions.enums import Permission
from reachin.interfaces.hub.navigation import account_of

from . import information_requests as pages

OPENS = Opens("information_request", "information_request", by="asked_id")
ANSWERS = Permission.INFORMATION_ANSWER
LONGEST_SHOWN = 80


class CorrectForm(Form):
    """Which fact, and what has to stand there."""

    fact = forms.ChoiceField(
        label=gettext_lazy("What is wrong?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what is wrong")},
    )
    after = forms.CharField(
        label=gettext_lazy("What has to stand there?"),
        help_text=gettext_lazy("A day as year, month, day: 2015-03-04. What stood there before is kept, marked as corrected."),
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Write what has to stand there")},
    )

    def __init__(self, *args: Any, facts: list[corrections.Fact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.key, f"{one.label}: {one.said[:LONGEST_SHOWN] or '–'}") for one in facts]
        self.fields["fact"].choices = choices  # type: ignore[attr-defined]


@staff_page(permission=ANSWERS, opens=OPENS)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, asked_id: UUID) -> HttpResponse:
    """Propose what has to stand there instead."""
    asked = pages.open_one(asked_id)
    if asked.kind != AskedFor.CORRECTION or asked.state not in (State.ASKED, State.ACKNOWLEDGED):
        return pages.not_now(request, asked_id)
    form = CorrectForm(request.POST if request.method == "POST" else None, facts=corrections.facts_of(asked))
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                corrections.propose(asked, form.cleaned_data["fact"], form.cleaned_data["after"], by=account_of(request), now=now())
            return pages.back_to(asked_id)
        except corrections.NotAFact:
            form.add_error("after", _("Write something new, as a fact of this kind is written"))
    words = _("A second guardian looks at it, and only then it is changed. The person reads both.")
    return pages.step_page(request, asked, form, _("Put a fact right"), _("Propose it"), words)


@staff_page(permission=ANSWERS, opens=OPENS)
@require_http_methods(["POST"])
def correction_take_back(request: HttpRequest, asked_id: UUID, correction_id: UUID) -> HttpResponse:
    """Take one's own proposal back."""
    one = Correction.objects.select_related("information_request").filter(id=correction_id, information_request_id=asked_id).first()
    if one is None:
        raise Http404
    try:
        with transaction.atomic():
            corrections.take_back(one, by=account_of(request), now=now())
    except actions.NoSuchMove:
        return pages.not_now(request, asked_id)
    return pages.back_to(asked_id)
