"""Signing in through an agency's own sign-in (OpenID Connect)."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.audited_access.pages import public_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.pages import render
from reachin.partnership.accounts.enums import Means
from reachin.partnership.accounts.models import Account, SignInProvider
from reachin.partnership.accounts.open_id import Going, NotProved, Proved, prove, send_there
from reachin.partnership.accounts.providers import account_by, connection_of

from .forms import WRONG
from .signing_in import NOT_PROVED, SIGNING_IN, SignInForm, next_step, show_sign_in

GOING = "going_elsewhere"
"""Session key: what was taken along to a provider, until it is brought back."""
BACK_WITHIN = timedelta(minutes=10)
NOT_REACHED = _("The sign-in of that organisation does not answer. Try again later, or use another way.")


@public_page(context="own")
@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest) -> HttpResponse:
    """Which organisation's own sign-in to go to; then a page that leads there, since a form may only lead to ourselves."""
    offered = SignInProvider.objects.filter(ended_at=None, agency__closed_at=None)
    wished, trouble = request.POST.get("next", request.GET.get("next", ""))[:2000], ""
    provider = _chosen(request) if request.method == "POST" else None
    if provider is not None:
        try:
            return _lead_there(request, provider, wished=wished, again="again" in request.POST)
        except NotProved:
            trouble = str(NOT_REACHED)
    rows = list(offered.order_by("agency__name").values("id", "agency__name"))
    context = {"rows": rows, "next": wished, "trouble": trouble}
    return render(request, "practitioner/organisation.html", context, status=WRONG if request.method == "POST" else 200)


def _chosen(request: HttpRequest) -> SignInProvider | None:
    try:
        chosen = UUID(request.POST.get("provider", ""))
    except ValueError:
        return None
    return _working(chosen)


def _working(provider_id: UUID | str) -> SignInProvider | None:
    return SignInProvider.objects.select_related("agency").filter(id=provider_id, ended_at=None, agency__closed_at=None).first()


def _lead_there(request: HttpRequest, provider: SignInProvider, *, wished: str, again: bool) -> HttpResponse:
    address, going = send_there(connection_of(provider), back=_back(request), again=again)
    until = (now() + BACK_WITHIN).timestamp()
    request.session[GOING] = {"provider": str(provider.id), "going": asdict(going), "until": until, "next": wished}
    answer = render(request, "practitioner/to_organisation.html", {"address": address, "name": provider.agency.name})
    answer["Refresh"] = f"0; url={address}"
    return answer


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("practitioner:back_from_organisation"))


@public_page(context="own")
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Back from an agency's own sign-in. Whatever does not fit reads the same."""
    kept = request.session.pop(GOING, None)
    found = _brought_back(request, kept) if kept is not None else None
    if kept is None or found is None:
        return show_sign_in(request, SignInForm(), trouble=NOT_PROVED, status=WRONG)
    account, proved = found
    means = Means.PROVIDER if proved.is_two_factor else Means.PROVIDER_ALONE
    return next_step(request, account, means, wished=kept["next"], proved_at=_moment_of(proved))


def _moment_of(proved: Proved) -> Any:
    """When they proved it there; the longest ago that there is, where nobody says."""
    return proved.signed_in_at or now() - timedelta(days=1)


def _brought_back(request: HttpRequest, kept: dict[str, Any]) -> tuple[Account, Proved] | None:
    """The account of the agency whose provider proved it, with what was proved."""
    going, provider = Going(**kept["going"]), _working(kept["provider"])
    is_ours = constant_time_compare(request.GET.get("state", ""), going.state) and kept["until"] >= now().timestamp()
    if provider is None or not is_ours or "code" not in request.GET:
        return None
    try:
        proved = prove(connection_of(provider), going, request.GET["code"], back=_back(request))
    except NotProved:
        return None
    with acting(SIGNING_IN) as moment:
        account = account_by(provider, proved, now=moment)
    return (account, proved) if account is not None else None
