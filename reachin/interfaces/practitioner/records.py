"""What somebody shared first in an emergency, and has to write down in full: the list, and the words of the seven things."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from reachin.families.information_sharing.actions import write_in_full
from reachin.families.information_sharing.enums import Basis, Category, Decision, Informed, Purpose
from reachin.families.information_sharing.models import SharingDecision
from reachin.families.information_sharing.rules import SevenThings, bases_of
from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.moments import day_and_time, short_day_and_time
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.interfaces.hub.circle_forms import BASIS_HINTS, INFORMED_HINTS, SevenForm, told
from reachin.interfaces.hub.circle_reading import kinds_of
from reachin.interfaces.hub.navigation import account_of, staff_context
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.enums import AgencyKind

from .forms import WRONG

DONE: Mapping[str, Promise] = {
    "shared": gettext_lazy("It is shared: they see it now. Write the rest of the record here, now or later."),
    "written": gettext_lazy("The record is finished."),
}


class RecordForm(SevenForm):
    """The rest of the seven things: what was shared, with whom and the reason stand already."""

    key = None  # type: ignore[assignment]
    why = None  # type: ignore[assignment]

    def __init__(self, *args: Any, decision: SharingDecision, kind: AgencyKind, **kwargs: Any) -> None:
        super().__init__(*args, kind=kind, **kwargs)
        self.decision = decision
        possible = [basis for basis in Basis if basis in bases_of(kind) - {Basis.CONSENT}]
        self.fields["basis"].choices = told(possible)  # type: ignore[attr-defined]
        self.fields["informed"].choices = told([Informed.TOLD, Informed.REFUSED, Informed.NOT_TOLD])  # type: ignore[attr-defined]

    def things(self) -> SevenThings:
        return SevenThings(
            decision=Decision.SHARE,
            purpose=Purpose(self.decision.purpose),
            categories=tuple(Category(kind) for kind in self.decision.categories),
            **self._said() | {"why": self.decision.words("why")},
        )


def to_write(account: Account) -> QuerySet[SharingDecision]:
    """What this member of staff shared first and has not written down in full."""
    own = SharingDecision.objects.filter(decided_by=account.id, words_due_at__isnull=False, completed_at=None)
    return own.select_related("agency").order_by("words_due_at", "id")


def record_counts(account: Account, moment: datetime) -> list[dict[str, Any]]:
    """For the start page: what is to be written, and whether some of it is late; nothing where there is nothing."""
    if not account.may(Permission.CIRCLE_EXTEND):
        return []
    due = list(to_write(account).values_list("words_due_at", flat=True))
    late = sum(1 for one in due if one is not None and one < moment)
    label = ngettext("record to finish after an emergency", "records to finish after an emergency", len(due))
    label = f"{label} ({_('overdue')})" if late else label
    return [{"number": len(due), "label": label, "url": reverse("practitioner:records"), "alert": late > 0}] if due else []


@staff_page(permission=Permission.CIRCLE_EXTEND)
@require_http_methods(["GET", "HEAD"])
def records(request: HttpRequest) -> HttpResponse:
    """What I shared first and have to write down in full, the longest due first. About whom stands only where they are open."""
    moment = now()
    rows = [
        [
            {"text": one.agency.name, "url": reverse("practitioner:record", args=[one.id])},
            short_day_and_time(one.decided_at),
            short_day_and_time(one.words_due_at),
            state_of(one, moment),
        ]
        for one in to_write(account_of(request))
    ]
    return render(
        request, "practitioner/records.html", {**staff_context(request), "rows": rows, "done": DONE.get(request.GET.get("done", ""), "")}
    )


def state_of(one: SharingDecision, moment: datetime) -> dict[str, str]:
    """Whether the record is overdue, as a tag."""
    if one.words_due_at is not None and one.words_due_at < moment:
        return {"tag": _("Record overdue"), "colour": "red"}
    return {"tag": _("Record to be finished"), "colour": "orange"}


@staff_page(permission=Permission.CIRCLE_EXTEND)
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """Write one down in full: whose views, whether they were told, why it was needed, the basis."""
    account = account_of(request)
    one = to_write(account).filter(id=decision_id).first()
    if one is None:
        raise Http404
    form = RecordForm(
        request.POST if request.method == "POST" else None,
        initial={"special_condition": one.special_condition, "criminal_condition": "", "basis": one.basis},
        decision=one,
        kind=AgencyKind(account.agency.kind),
    )
    if request.method == "POST" and form.is_valid():
        write_in_full(decision_id, form.things(), by=account, now=now())
        return redirect(f"{reverse('practitioner:records')}?done=written")
    context = {
        **staff_context(request),
        "form": form,
        "state": state_of(one, now()),
        "facts": [
            {"key": _("With whom"), "value": one.agency.name},
            {"key": _("What"), "value": ", ".join(str(kind) for kind in kinds_of(one.categories))},
            {"key": _("Why"), "value": one.words("why")},
            {"key": _("Shared"), "value": day_and_time(one.decided_at)},
            {"key": _("Record due by"), "value": day_and_time(one.words_due_at)},
        ],
        "basis_hints": BASIS_HINTS,
        "informed_hints": INFORMED_HINTS,
        "done": DONE.get(request.GET.get("done", ""), ""),
    }
    return render(request, "practitioner/record.html", context, status=WRONG if request.method == "POST" else 200)
