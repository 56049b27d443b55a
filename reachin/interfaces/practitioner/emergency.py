"""Looking first, because there is no time: a reference and a reason, then the request to read for some hours, and a review afterwards.

Whether a reference leads anywhere is not told before it is opened: an unknown one is answered, kept and reviewed like any other.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from reachin.access.requests_for_assistance.actions import told_so_far
from reachin.access.requests_for_assistance.enums import AskedBy, Stage
from reachin.access.requests_for_assistance.models import RequestForAssistance
from reachin.access.requests_for_assistance.questions import CONTACT_WAY
from reachin.families.information_sharing.actions import look_first
from reachin.families.information_sharing.models import EmergencyAccess
from reachin.families.information_sharing.rules import EMERGENCY_LASTS, says_enough
from reachin.families.people.homes import says_protected
from reachin.groundwork.audited_access.context import ask
from reachin.groundwork.audited_access.knocking import knock
from reachin.groundwork.audited_access.pages import Opens, staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.field_encryption import blind_index
from reachin.groundwork.ids import read_reference
from reachin.groundwork.notices.rules import safe_contact
from reachin.groundwork.page_parts.forms import Form
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.groundwork.permissions.rules import roles_with
from reachin.interfaces.hub.navigation import account_of, staff_context
from reachin.interfaces.hub.words import STAGE_COLOURS, WHO_ASKED
from reachin.partnership.accounts.models import Account

from .forms import WRONG
from .showing import told_sections

IN_EMERGENCY = Opens("request", "emergency", by="request_id")
KIND = "request"
TOO_MANY = 429
TRIES_WITHIN = timedelta(hours=1)
MOST_TRIES = 10


class EmergencyForm(Form):
    """Which request, and why it cannot wait."""

    reference = forms.CharField(
        label=_("The reference"), help_text=_("Such as K7QF-3MPX-9CRV"), error_messages={"required": _("Write the reference")}
    )
    reason = forms.CharField(
        label=_("Why do you have to look now?"),
        help_text=_("Who may be in danger, and what you are about to do. Your information guardians read it."),
        widget=forms.Textarea,
        error_messages={"required": _("Write why you have to look now")},
    )

    def clean_reference(self) -> str:
        read = read_reference(self.cleaned_data["reference"])
        if read is None:
            raise forms.ValidationError(_("A reference has twelve letters and numbers, such as K7QF-3MPX-9CRV"))
        return read

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if not says_enough(reason):
            raise forms.ValidationError(_("Write a few words, such as “She rang and is afraid”"))
        return reason


@staff_page(permission=Permission.RECORD_OPEN_IN_EMERGENCY)
@require_http_methods(["GET", "HEAD", "POST"])
def emergency(request: HttpRequest) -> HttpResponse:
    """Say why, and look first."""
    if request.method != "POST":
        return _page(request, EmergencyForm())
    form, account, moment = EmergencyForm(request.POST), account_of(request), now()
    if not form.is_valid():
        return _page(request, form, status=WRONG)
    own = blind_index(f"emergency:{account.id}", field="information_sharing.emergency_tries")
    if knock(own, within=TRIES_WITHIN, now=moment)[own] >= MOST_TRIES:
        return _page(request, form, status=TOO_MANY)
    look_first(KIND, _subject(form.cleaned_data["reference"], account), by=account, reason=form.cleaned_data["reason"], now=moment)
    return redirect(f"{reverse('practitioner:emergency')}?done=kept")


def _subject(reference: str, account: Account) -> UUID:
    """What the reference leads to; for one that leads nowhere an id that is nobody's, so that all that follows is the same."""
    found: UUID | None = ask("select reachin.request_for_emergency(%s)", reference)
    return found or uuid5(account.id, reference)


def _page(request: HttpRequest, form: EmergencyForm, *, status: int = 200) -> HttpResponse:
    account, moment = account_of(request), now()
    own = EmergencyAccess.objects.filter(account=account, kind=KIND, until__gt=moment, ended_at=None).order_by("-starts_at", "id")
    guardians = Account.objects.active().filter(agency=account.agency, role__in=roles_with(Permission.SHARING_REVIEW))
    context = {
        **staff_context(request),
        "form": form,
        "is_too_often": status == TOO_MANY,
        "begun": [{"url": reverse("practitioner:in_emergency", args=[one.subject_id]), "access": one} for one in own],
        "hours": int(EMERGENCY_LASTS.total_seconds() // 3600),
        "has_guardians": guardians.exists(),
        "is_kept": request.GET.get("done") == "kept",
    }
    return render(request, "practitioner/emergency.html", context, status=status)


@staff_page(permission=Permission.RECORD_OPEN_IN_EMERGENCY, opens=IN_EMERGENCY)
@require_http_methods(["GET", "HEAD"])
def in_emergency(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The request to read, for as long as the emergency counts."""
    row = RequestForAssistance.objects.filter(id=request_id).select_related("holder_agency").first()
    own = EmergencyAccess.objects.filter(
        account=account_of(request), kind=KIND, subject_id=request_id, until__gt=now(), ended_at=None
    ).first()
    if row is None or own is None:
        raise Http404
    told, asked_by = told_so_far(row), AskedBy(row.asked_by)
    context: dict[str, Any] = {
        **staff_context(request),
        "row": row,
        "access": own,
        "reason": own.words("reason"),
        "stage": Stage(row.stage).label,
        "colour": STAGE_COLOURS[Stage(row.stage)],
        "who_asked": WHO_ASKED[asked_by],
        "sections": told_sections(row.form_version, asked_by, told, today=now().date(), by_me=False),
        "contact": safe_contact(told, told_at=row.received_at),
        "ways": dict(CONTACT_WAY.choices_to(AskedBy.PRACTITIONER)),
        "looks_themselves": told.get("contact_way") == "come_back",
        "must_not_know": told.get("must_not_know", ""),
        "home_is_secret": says_protected(told),
    }
    return render(request, "practitioner/in_emergency.html", context)
