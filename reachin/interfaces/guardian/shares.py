"""Shares of my agency to look at: without a last day, past it, or above a block. About whom, they do not say: ask whoever decided."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reachin.access.directory.models import among
from reachin.families.information_sharing.enums import Basis, Purpose
from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.moments import short_day
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency

from .pages import guardian_context

MOST_SHOWN = 100
COLUMNS = ("entry_id", "agency_id", "purpose", "basis", "starts_at", "until", "recorded_by", "above_a_block")
TO_LOOK_AT = """
select entry_id, agency_id, purpose, basis, starts_at, until, recorded_by, above_a_block from reachin.shares_of_agency()
  order by starts_at, entry_id
"""
Share = dict[str, Any]


def shares_to_look_at() -> list[Share]:
    """Every one, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(TO_LOOK_AT)
        return [dict(zip(COLUMNS, row, strict=True)) for row in cursor.fetchall()]


@staff_page(permission=Permission.SHARING_REVIEW)
@require_http_methods(["GET", "HEAD"])
def shares(request: HttpRequest) -> HttpResponse:
    """Those above a block, those past their day, and those without one."""
    found, moment = shares_to_look_at(), now()
    parts = {
        "above": [one for one in found if one["above_a_block"]],
        "past": [one for one in found if is_past(one, moment)],
        "endless": [one for one in found if one["until"] is None],
    }
    names = _Names(found)
    context = {
        **guardian_context(request),
        **{name: [_row(one, names) for one in rows[:MOST_SHOWN]] for name, rows in parts.items()},
        "counts": {name: len(rows) for name, rows in parts.items()},
        "most": MOST_SHOWN,
    }
    return render(request, "guardian/shares.html", context)


def is_past(one: Share, moment: datetime) -> bool:
    """Whether its last day is over: it counts no more, but nobody ended it."""
    return one["until"] is not None and one["until"] <= moment


class _Names:
    """Agencies and accounts by id."""

    def __init__(self, found: list[Share]) -> None:
        self.agencies = dict(Agency.objects.filter(among("id", _ids(found, "agency_id"))).values_list("id", "name"))
        self.accounts = dict(Account.objects.filter(among("id", _ids(found, "recorded_by"))).values_list("id", "name"))


def _ids(found: list[Share], column: str) -> list[UUID]:
    return sorted({one[column] for one in found})


def _row(one: Share, names: _Names) -> list[Any]:
    return [
        names.agencies.get(one["agency_id"], ""),
        Purpose(one["purpose"]).label,
        Basis(one["basis"]).label,
        short_day(one["starts_at"]),
        short_day(one["until"]) if one["until"] else _("No day was set"),
        names.accounts.get(one["recorded_by"], ""),
    ]
