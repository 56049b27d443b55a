import json
from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reachin.groundwork.audited_access.pages import public_page
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Role
from reachin.interfaces.practitioner.signing_in_visits import begin_visit
from reachin.partnership.accounts.enums import Means
from reachin.partnership.accounts.models import Account

ROLES = [Role.HUB_WORKER, Role.DUTY_WORKER, Role.PRACTITIONER, Role.DESK_WORKER, Role.SUPPORT_WORKER]
ROLES += [role for role in Role if role not in ROLES]
"""In which order the staff are listed: first those who take part in what the demonstration shows."""


@public_page(demo_only=True)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody one can be in the demonstration: staff by one tap, families by their code and phrase."""
    return render(request, "demonstration/people.html", {"staff": _staff(), "families": _family_rows()})


def _staff() -> list[dict[str, Any]]:
    """Everybody who may sign in, those whom most visitors want to be first."""
    staff = Account.objects.active().order_by("agency__name", "name").values("id", "name", "job_title", "role", "agency__name")
    shown = [{**one, "agency": one["agency__name"], "what": one["job_title"] or Role(one["role"]).label} for one in staff]
    return sorted(shown, key=lambda one: ROLES.index(one["role"]))


def _family_rows() -> list[list[Any]]:
    without = _("No phrase: their school asked")
    return [[way["who"], way["what"], {"text": way["reference"], "more": way["phrase"] or without}] for way in _families()]


@cache
def _families() -> Sequence[dict[str, str]]:
    """The invented families' codes and phrases, as the demo's own table tells them; none where the demo is not installed."""
    path = settings.ROOT / "demo" / "ways_in.json"
    ways_in: list[dict[str, str]] = json.loads(path.read_text("utf-8"))["ways_in"] if path.exists() else []
    return ways_in


@public_page(context="own", demo_only=True)
@require_POST
def sign_in_as(request: HttpRequest) -> HttpResponse:
    """Signs in the chosen member of staff without a password, under a new session."""
    account = Account.objects.active().select_related("agency").filter(id=_chosen(request)).first()
    if account is None:
        raise Http404
    begin_visit(request, account, Means.DEMONSTRATION)
    return redirect(settings.LOGIN_REDIRECT_URL)


def _chosen(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("account", ""))
    except ValueError:
        raise Http404 from None
