"""What we received was put right or deleted: that there is something, in the inbox; what it is, only in what we received."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reachin.access.referrals import corrections
from reachin.access.referrals.models import Referral, Snapshot
from reachin.access.referrals.reading import shared_with
from reachin.families.information_requests.enums import Corrected, NoticeOf
from reachin.families.information_requests.models import Correction, PartnerNotice
from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.moments import short_day
from reachin.groundwork.permissions.enums import Permission
from reachin.interfaces.hub.navigation import account_of
from reachin.partnership.accounts.models import Account

MOST_SHOWN = 50


def notices_of(account: Account) -> list[dict[str, Any]]:
    """What my organisation was told of and nobody has seen, the newest first."""
    found = PartnerNotice.objects.filter(agency_id=account.agency_id, seen_at=None).order_by("-told_at", "id")[:MOST_SHOWN]
    return [_shown(one) for one in found]


def _shown(one: PartnerNotice) -> dict[str, Any]:
    is_deleted = one.of == NoticeOf.DELETED
    words = (
        _("Something that you received was deleted because its person asked. Delete your own copies of it, unless a law says otherwise.")
        if is_deleted
        else _("Something that you received was put right. Put it right in what you keep.")
    )
    page = reverse("practitioner:referral", args=[one.subject_id]) if one.kind == "referral" else reverse("practitioner:people")
    return {"id": one.id, "words": words, "day": short_day(one.told_at), "url": "" if is_deleted else page}


def corrections_of(referral: Referral) -> list[dict[str, Any]]:
    """What was put right since, of what had been shared with this referral."""
    snapshot = Snapshot.objects.filter(referral=referral).first()
    shared = str(shared_with(snapshot)) if snapshot is not None else ""
    rows = [(one, one.facts()) for one in Correction.objects.order_by("made_at", "id")]
    return [
        {"label": corrections.label_of(one), **facts}
        for one, facts in rows
        if facts["before"] and (one.what == Corrected.DETAILS or facts["before"] in shared)
    ]


@staff_page(permission=Permission.REFERRAL_ANSWER)
@require_http_methods(["POST"])
def notice_seen(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Somebody of my organisation has seen it."""
    account = account_of(request)
    one = PartnerNotice.objects.filter(id=notice_id, agency_id=account.agency_id).first()
    if one is None:
        raise Http404
    corrections.see_notice(one, by=account, now=now())
    return redirect("practitioner:inbox")
