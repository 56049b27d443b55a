"""The register of sharing agreements that my agency is party to."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from reachin.access.directory.models import among
from reachin.families.information_sharing.actions import end_agreement, record_agreement
from reachin.families.information_sharing.enums import Basis, CriminalCondition, Purpose, SpecialCondition
from reachin.families.information_sharing.models import SharingAgreement, SharingAgreementQuerySet
from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.ids import new_id
from reachin.groundwork.page_parts.moments import day as in_words
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.interfaces.hub.circle_adding import partners_of
from reachin.interfaces.hub.circle_reading import kinds_of
from reachin.interfaces.hub.navigation import account_of
from reachin.interfaces.hub.reading import today_of
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.enums import AgencyKind
from reachin.partnership.agencies.models import Agency

from .forms import AgreementForm
from .pages import guardian_context
from .words import agency_name

WRONG = 422
SOON = timedelta(days=60)
DONE: Mapping[str, Promise] = {
    "recorded": gettext_lazy("The agreement is in the register. It fills in shares from its first day."),
    "ended": gettext_lazy("The agreement is ended. It fills in nothing from now on; what was shared under it stays as decided."),
}


def own_agreements(account: Account) -> SharingAgreementQuerySet:
    """Those that the account's agency is party to, the next to expire first."""
    found: SharingAgreementQuerySet = SharingAgreement.objects.filter(parties=account.agency_id)
    return found.order_by("expires_on", "name", "id")


@staff_page(permission=Permission.AGREEMENT_KEEP)
@require_http_methods(["GET", "HEAD"])
def agreements(request: HttpRequest) -> HttpResponse:
    """The register: those in force by the day on which they expire, and apart those that are over."""
    account, today = account_of(request), today_of(now())
    found = list(own_agreements(account).prefetch_related("parties").select_related("keeper"))
    rows = [(one, _row(one, account, today)) for one in found]
    context = {
        **guardian_context(request),
        "in_force": [row for one, row in rows if not is_over(one, today)],
        "over": [row for one, row in rows if is_over(one, today)],
        "done": DONE.get(request.GET.get("done", ""), ""),
    }
    return render(request, "guardian/agreements.html", context)


def is_over(one: SharingAgreement, today: date) -> bool:
    """Whether it was ended, or its last day is past."""
    return one.ended_at is not None or one.expires_on < today


def _row(one: SharingAgreement, account: Account, today: date) -> list[Any]:
    return [
        {"text": one.name, "url": reverse("guardian:agreement", args=[one.id])},
        ", ".join(_parties(one, account)),
        Purpose(one.purpose).label,
        in_words(one.expires_on),
        _state(one, today),
    ]


def _state(one: SharingAgreement, today: date) -> dict[str, Any]:
    if one.ended_at is not None:
        return {"tag": _("Ended"), "colour": "grey"}
    if one.expires_on < today:
        return {"tag": _("Expired"), "colour": "red"}
    if one.starts_on > today:
        return {"tag": _("Not begun yet"), "colour": "blue"}
    if one.expires_on <= today + SOON:
        return {"tag": _("Expires soon"), "colour": "orange"}
    return {"tag": _("In force"), "colour": "green"}


def _parties(one: SharingAgreement, account: Account) -> list[str]:
    return sorted({agency_name(party, own=account.agency_id, chosen_by=one.keeper_id) for party in one.parties.all()})


@staff_page(permission=Permission.AGREEMENT_KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Enter an agreement that my agency keeps. The same form again enters none."""
    account = account_of(request)
    kind, agencies = AgencyKind(account.agency.kind), partners_of(account)
    initial = {"key": new_id(), "special_condition": "", "criminal_condition": "", "starts_on": today_of(now())}
    form = AgreementForm(request.POST if request.method == "POST" else None, initial=initial, agencies=agencies, kind=kind)
    if request.method != "POST" or not form.is_valid():
        context = {**guardian_context(request), "form": form}
        return render(request, "guardian/agreement_add.html", context, status=WRONG if request.method == "POST" else 200)
    made = form.agreement()
    made.id = uuid5(form.cleaned_data["key"], str(account.id))
    if not SharingAgreement.objects.filter(id=made.id).exists():
        parties: Sequence[UUID] = sorted(UUID(one) for one in form.cleaned_data["parties"])
        with transaction.atomic():
            record_agreement(made, parties=list(Agency.objects.filter(among("id", parties))), by=account, now=now())
    return redirect(f"{reverse('guardian:agreements')}?done=recorded")


def _own(request: HttpRequest, agreement_id: UUID) -> SharingAgreement:
    found = own_agreements(account_of(request)).filter(id=agreement_id).select_related("keeper").first()
    if found is None:
        raise Http404
    return found


def _shown(request: HttpRequest, agreement_id: UUID) -> dict[str, Any]:
    """What the page and the print show of an agreement."""
    one, account = _own(request, agreement_id), account_of(request)
    rows = [
        (_("Parties"), "\n".join(_parties(one, account))),
        (_("Kept by"), agency_name(one.keeper, own=account.agency_id)),
        (_("What for"), Purpose(one.purpose).label),
        (_("Kinds of words"), "\n".join(kinds_of(one.categories))),
        (_("Why it is shared"), one.why),
        (_("Why it is needed, and no more"), one.necessity),
        (_("How and when"), one.schedule),
        (_("Lawful basis"), Basis(one.basis).label),
        (_("Why words of this kind may be shared"), SpecialCondition(one.special_condition).label if one.special_condition else ""),
        (_("Why words about offences may be shared"), CriminalCondition(one.criminal_condition).label if one.criminal_condition else ""),
        (_("Law that gives the power"), one.statutory_power),
        (_("Signed document"), one.document),
        (_("First day"), in_words(one.starts_on)),
        (_("Last day"), in_words(one.expires_on)),
    ]
    return {
        "agreement": one,
        "state": _state(one, today_of(now())),
        "rows": [{"key": key, "value": str(value)} for key, value in rows if value],
        "may_end": one.keeper_id == account.agency_id and one.ended_at is None,
        "printed_at": now(),
    }


@staff_page(permission=Permission.AGREEMENT_KEEP)
@require_http_methods(["GET", "HEAD"])
def agreement(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """One agreement with everything that it says."""
    return render(request, "guardian/agreement.html", {**guardian_context(request), **_shown(request, agreement_id)})


@staff_page(permission=Permission.AGREEMENT_KEEP, fresh=True)
@require_http_methods(["GET", "HEAD"])
def agreement_print(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """The same for paper."""
    return render(request, "guardian/agreement_print.html", _shown(request, agreement_id))


@staff_page(permission=Permission.AGREEMENT_KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """Ends an agreement that my agency keeps, after asking."""
    one, account = _own(request, agreement_id), account_of(request)
    if one.keeper_id != account.agency_id:
        raise Http404
    if request.method == "POST":
        end_agreement(one.id, by=account, now=now())
        return redirect(f"{reverse('guardian:agreements')}?done=ended")
    context = {
        **guardian_context(request),
        "title": _("End an agreement"),
        "words": _("“%(name)s” fills in nothing from now on. What was shared under it stays as decided: end those shares one by one.")
        % {"name": one.name},
        "button": _("End the agreement"),
        "back": reverse("guardian:agreement", args=[one.id]),
    }
    return render(request, "guardian/confirm.html", context)
