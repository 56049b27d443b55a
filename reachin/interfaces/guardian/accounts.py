"""Ending and opening again of accounts, and ending an agency: with their next request nothing of theirs works."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission, Role
from reachin.interfaces.hub.navigation import account_of
from reachin.partnership.accounts import actions
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency

from .pages import guardian_context


def agencies_of(account: Account) -> QuerySet[Agency]:
    """The agencies whose accounts this account sees to: an administrator's every one, a guardian's own."""
    every = Agency.objects.order_by("name")
    return every if account.role == Role.ADMINISTRATOR else every.filter(id=account.agency_id)


@staff_page(permission=Permission.ACCOUNT_END)
@require_http_methods(["GET", "HEAD"])
def accounts(request: HttpRequest) -> HttpResponse:
    """The accounts of an agency, with what can be done."""
    account = account_of(request)
    agencies = list(agencies_of(account))
    wanted = request.GET.get("agency", "")
    shown = next((one for one in agencies if str(one.id) == wanted), account.agency)
    rows = [_row(one, account) for one in Account.objects.get_queryset().filter(agency=shown).order_by("name", "id")]
    context = {
        **guardian_context(request),
        "agencies": [{"id": one.id, "name": one.name, "is_shown": one.id == shown.id} for one in agencies] if len(agencies) > 1 else [],
        "agency": shown,
        "rows": rows,
        "may_end_agency": account.may(Permission.AGENCY_END) and shown.closed_at is None,
        "done": _done(request.GET.get("done", "")),
    }
    return render(request, "guardian/accounts.html", context)


def _done(code: str) -> str:
    return {
        "ended": _("The account is ended. Nothing of theirs works from now on."),
        "reopened": _("The account is open again. They sign in anew."),
        "new_password": _("The link is on its way to their work address. It works once, within an hour."),
        "home": _("It is kept as you said."),
        "agency_ended": _("The organisation is ended. Nobody of it comes in any more."),
    }.get(code, "")


def _row(one: Account, account: Account) -> dict[str, Any]:
    return {
        "name": one.name,
        "more": f"{Role(one.role).label} · {one.email}",
        "is_active": one.is_active,
        "ended_at": one.ended_at,
        "url": "" if one.id == account.id else reverse(f"guardian:account_{'end' if one.is_active else 'reopen'}", args=[one.id]),
        "new_password": "" if one.id == account.id or not one.is_active else reverse("guardian:account_new_password", args=[one.id]),
        "home": "" if one.id == account.id or not one.is_active else reverse("guardian:account_home", args=[one.id]),
    }


def reached(request: HttpRequest, account_id: UUID) -> Account:
    """The account, where it is theirs to end (Http404)."""
    account = account_of(request)
    found = Account.objects.get_queryset().filter(id=account_id, agency__in=agencies_of(account)).exclude(id=account.id)
    one = found.select_related("agency").first()
    if one is None:
        raise Http404
    return one


@staff_page(permission=Permission.ACCOUNT_END, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Ends an account, after asking. Twice is once."""
    one = reached(request, account_id)
    back = list_of(one.agency)
    if request.method == "POST":
        try:
            with transaction.atomic():
                actions.end_account(one, by=account_of(request), now=now())
        except actions.NotSo:
            pass
        return redirect(f"{back}&done=ended")
    words = _("%(name)s is out with their next request: every session ends, and no passkey, app or password works. What they wrote stays.")
    return _confirm(request, _("End an account"), words % {"name": one.name}, _("End the account"), back)


@staff_page(permission=Permission.ACCOUNT_END, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Opens an account again, after asking. Twice is once."""
    one = reached(request, account_id)
    back = list_of(one.agency)
    if request.method == "POST":
        try:
            with transaction.atomic():
                actions.reopen_account(one, by=account_of(request), now=now())
        except actions.NotSo:
            pass
        return redirect(f"{back}&done=reopened")
    words = _("%(name)s can sign in again with what they had. No session of before comes back.")
    return _confirm(request, _("Open an account again"), words % {"name": one.name}, _("Open the account again"), back)


@staff_page(permission=Permission.AGENCY_END, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def end_agency(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Ends an agency, after asking. It may be one's own: then one is out too."""
    account = account_of(request)
    one = agencies_of(account).filter(id=agency_id, closed_at=None).first()
    if one is None:
        raise Http404
    if request.method == "POST":
        try:
            with transaction.atomic():
                actions.end_agency(one, by=account, now=now())
        except PermissionDenied as refused:
            raise Http404 from refused
        return redirect(f"{list_of(one)}&done=agency_ended")
    words = _(
        "Everybody at %(name)s is out with their next request, and nobody of it comes in again."
        " Decide first who takes on what it holds. This cannot be undone here."
    )
    return _confirm(request, _("End an organisation"), words % {"name": one.name}, _("End the organisation"), list_of(one))


def list_of(agency: Agency) -> str:
    """The address of the list of an agency's accounts."""
    return f"{reverse('guardian:accounts')}?agency={agency.id}"


def _confirm(request: HttpRequest, title: str, words: str, button: str, back: str) -> HttpResponse:
    return render(
        request, "guardian/confirm.html", {**guardian_context(request), "title": title, "words": words, "button": button, "back": back}
    )
