"""An erasure on the guardian's page: what could go, why the law keeps the rest, a last question, and a hold for whoever needs one."""

from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reachin.access.referrals import corrections
from reachin.access.referrals.actions import follow_ended_shares
from reachin.access.referrals.enums import ReferralMover
from reachin.access.requests_for_assistance import safety
from reachin.families.information_requests import actions
from reachin.families.information_requests.enums import AskedFor, KeptBecause, NoticeOf, State
from reachin.families.information_requests.models import ErasureEntry, InformationRequest
from reachin.families.people.models import PersonAlias
from reachin.families.retention import erasures
from reachin.families.retention.actions import hold
from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.pages import Opens, staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.interfaces.hub.navigation import account_of

from . import information_requests as pages
from .erasures_shown import entries_of, going, shown
from .pages import guardian_context
from .retention_forms import ReasonForm

OPENS = Opens("information_request", "information_request", by="asked_id")
ANSWERS = Permission.INFORMATION_ANSWER


@staff_page(permission=ANSWERS, opens=OPENS)
@require_http_methods(["POST"])
def look_up(request: HttpRequest, asked_id: UUID) -> HttpResponse:
    """Look up what could be deleted, and what the law keeps."""
    try:
        found = erasures.look_up(pages.open_one(asked_id), by=account_of(request), now=now())
    except actions.NoSuchMove:
        return pages.not_now(request, asked_id)
    if not found:
        trouble = _("Nothing is left that could be deleted. Write that in the answer of a refusal.")
        return pages.page_of(request, pages.open_one(asked_id), trouble=trouble)
    return pages.back_to(asked_id)


@staff_page(permission=ANSWERS, opens=OPENS)
@require_http_methods(["POST"])
def erasure_entry(request: HttpRequest, asked_id: UUID, entry_id: UUID) -> HttpResponse:
    """Keep one record for a reason in law, or let it go."""
    entry = ErasureEntry.objects.select_related("information_request").filter(id=entry_id, information_request_id=asked_id).first()
    said = request.POST.get("because", "")
    if entry is None or said not in ("", *KeptBecause.values):
        raise Http404
    try:
        erasures.decide_entry(entry, KeptBecause(said) if said else None, by=account_of(request), now=now())
    except actions.NoSuchMove:
        return pages.not_now(request, asked_id)
    return pages.back_to(asked_id, f"#record-{entry.place + 1}")


@staff_page(permission=ANSWERS, opens=OPENS, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, asked_id: UUID) -> HttpResponse:
    """The last question before a person's records are deleted; with a yes, they are gone and the answer is given, or neither."""
    asked, account = pages.open_one(asked_id), account_of(request)
    if asked.kind != AskedFor.ERASURE or asked.state != State.PREPARED or asked.prepared_by == account.id or not going(asked):
        return pages.not_now(request, asked_id)
    if request.method != "POST":
        return _erase_page(request, asked)
    asker = safety.asker_of(asked.asked_by, asked.person_id)
    received = corrections.who_received(asked, {one.subject_id for one in going(asked)})
    try:
        with transaction.atomic():
            actions.release(asked, by=account, now=now())
            erasures.carry_out(asked, by=account, now=now())
            corrections.tell_partners(asked, received, NoticeOf.DELETED, by=account, now=now())
            follow_ended_shares(asked.person_id, mover=ReferralMover.FAMILY, by=account.id, now=now())
    except erasures.CannotBeErased:
        record("erasure.refused", subject_kind="information_request", subject_id=asked.id)
        return _erase_page(request, asked, status=pages.NOT_NOW)
    safety.tell(asker, event="information.answered", now=now())
    return pages.back_to(asked_id)


def _erase_page(request: HttpRequest, asked: InformationRequest, *, status: int = 200) -> HttpResponse:
    records = [shown(one, may_work=False) for one in entries_of(asked)]
    context = {
        **guardian_context(request),
        "asked": asked,
        "goes": [one for one in records if not one["is_kept"]],
        "kept": [one for one in records if one["is_kept"]],
        "trouble": _("Something holds a record now, so nothing was deleted. Hand it back, and look up again what could go.")
        if status != 200
        else "",
    }
    return render(request, "guardian/erase.html", context, status=status)


@staff_page(permission=ANSWERS, opens=OPENS)
@require_http_methods(["GET", "HEAD", "POST"])
def hold_person(request: HttpRequest, asked_id: UUID) -> HttpResponse:
    """Holds every record of the person who asked, while what they asked is open."""
    asked = pages.open_one(asked_id)
    alias = PersonAlias.objects.filter(person_id=asked.person_id).first()
    if alias is None or not asked.is_open() or asked.kind == AskedFor.COMPLAINT:
        return pages.not_now(request, asked_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        hold(by=account_of(request), reason=form.cleaned_data["reason"], alias_id=alias.id, now=now())
        return redirect("guardian:information_request", asked_id)
    words = _("Nothing of this person is destroyed until somebody lifts the hold. Name what needs it, and nobody in it.")
    return pages.step_page(request, asked, form, _("Hold every record of this person"), _("Hold them"), words)
