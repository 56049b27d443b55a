"""Passkeys between a browser and the product: the challenge that is kept meanwhile, and where we are."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port

from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.pages import kept_by_nobody
from reachin.partnership.accounts.passkeys import Asked, Here

CHALLENGE = "passkey_challenge"
"""Session key: what a browser was asked, until it answers."""
ANSWERED_WITHIN = timedelta(minutes=5)
CREDENTIAL_LENGTH = 20_000


def here(request: HttpRequest) -> Here:
    """Where a passkey holds: this host, at this very origin."""
    host, _port = split_domain_port(request.get_host())
    return Here(host=host, origin=f"{request.scheme}://{request.get_host()}", service=settings.SERVICE_NAME)


def keep_challenge(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The options for the browser; the challenge stays in the session, in the place of an earlier one."""
    request.session[CHALLENGE] = {"challenge": asked.challenge, "until": (now() + ANSWERED_WITHIN).timestamp()}
    return kept_by_nobody(HttpResponse(asked.options, content_type="application/json"))


def asked_in(request: HttpRequest) -> str | None:
    """The challenge that this browser has to answer, this once; None when there is none, or it is too old."""
    kept = request.session.pop(CHALLENGE, None)
    return kept["challenge"] if kept is not None and kept["until"] >= now().timestamp() else None
