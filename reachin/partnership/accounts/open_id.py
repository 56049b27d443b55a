"""OpenID Connect as the side that trusts: the code flow with PKCE, state and nonce, and what an ID token proves. Nothing is kept here."""

import base64
import hashlib
import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt

PATIENCE_SECONDS = 4
MOST_BYTES = 200_000
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
LEEWAY_SECONDS = 60
KNOWN_SECONDS, SILENT_SECONDS = 600, 30
ON_THIS_MACHINE = ("localhost", "127.0.0.1")


class NotProved(ValueError):
    """The provider did not answer, or its answer does not prove who it is."""


@dataclass(frozen=True, slots=True)
class Connection:
    """What the partnership agreed on with a provider."""

    issuer: str
    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Going:
    """What a visitor takes along to the provider and must bring back: kept in their session."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Proved:
    """What an ID token proves: whom the provider means, their verified e-mail address, whether it asked for a second factor, and when."""

    subject: str
    email: str
    is_two_factor: bool
    signed_in_at: datetime | None
    """When they proved it there (aware, UTC); None where the provider does not say."""


class _NoDetours(urllib.request.HTTPRedirectHandler):
    """A provider answers where it was asked, or not at all."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


known: dict[str, tuple[float, dict[str, str] | None]] = {}
"""What each issuer said of itself, or that it did not, and until when (on this process's own clock) that is not asked again."""
_opener = urllib.request.build_opener(_NoDetours)


def send_there(connection: Connection, *, back: str, again: bool) -> tuple[str, Going]:
    """The provider's address to send a visitor to, and what they must bring back. `again`: it must ask for the password anew.

    Raises NotProved when the provider cannot be reached or is not the one that it should be.
    """
    going = Going(*(secrets.token_urlsafe(32) for _part in range(3)))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(going.verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        "response_type": "code",
        "client_id": connection.client_id,
        "redirect_uri": back,
        "scope": "openid email",
        "state": going.state,
        "nonce": going.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **({"prompt": "login", "max_age": "0"} if again else {}),
    }
    address = _safe(_described(connection)["authorization_endpoint"])
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}", going


def prove(connection: Connection, going: Going, code: str, *, back: str) -> Proved:
    """Takes the code to the provider and reads the ID token that it gives. Raises NotProved unless every part of it holds."""
    described = _described(connection)
    told = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": going.verifier}
    told |= {"client_id": connection.client_id, "client_secret": connection.client_secret}
    answer = _fetch(described["token_endpoint"], urlencode(told).encode())
    claims = _claims(str(answer.get("id_token", "")), _fetch(described["jwks_uri"]), connection)
    if claims.get("nonce") != going.nonce or claims.get("azp", connection.client_id) != connection.client_id:
        raise NotProved("the token was not made for this sign-in")
    if claims.get("email_verified") not in (True, "true") or not isinstance(claims.get("email"), str):
        raise NotProved("the e-mail address is not verified")
    methods, moment = claims.get("amr"), claims.get("auth_time")
    signed_in_at = datetime.fromtimestamp(moment, UTC) if isinstance(moment, int) else None
    return Proved(str(claims["sub"]), claims["email"], isinstance(methods, list) and "mfa" in methods, signed_in_at)


def _claims(token: str, keys: Mapping[str, Any], connection: Connection) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise NotProved("the token is signed by no algorithm that counts")
        key = next(one for one in jwt.PyJWKSet.from_dict(dict(keys)).keys if one.key_id == header.get("kid"))
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=[header["alg"]],
            audience=connection.client_id,
            issuer=connection.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except (jwt.PyJWTError, StopIteration, ValueError, TypeError) as wrong:
        raise NotProved("the token does not hold") from wrong
    return claims


def _described(connection: Connection) -> dict[str, str]:
    """What the provider says of itself, asked for now and then: one that is silent must not hold up everybody who presses its button."""
    until, told = known.get(connection.issuer, (0.0, None))
    if until < time.monotonic():
        try:
            known[connection.issuer] = time.monotonic() + KNOWN_SECONDS, (told := _ask_itself(connection))
        except NotProved:
            known[connection.issuer] = time.monotonic() + SILENT_SECONDS, None
            raise
    if told is None:
        raise NotProved("the provider did not answer lately")
    return told


def _ask_itself(connection: Connection) -> dict[str, str]:
    """Where the provider says that it does what; only if it says that it is the one that was agreed on."""
    told = _fetch(f"{connection.issuer.rstrip('/')}/.well-known/openid-configuration")
    wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if told.get("issuer") != connection.issuer or not all(isinstance(told.get(name), str) for name in wanted):
        raise NotProved("the provider does not describe itself as agreed")
    return {name: told[name] for name in wanted}


def _fetch(address: str, form: bytes | None = None) -> dict[str, Any]:
    asking = urllib.request.Request(_safe(address), data=form, headers={"Accept": "application/json"})  # noqa: S310 _safe
    try:
        with _opener.open(asking, timeout=PATIENCE_SECONDS) as answer:
            told = json.loads(answer.read(MOST_BYTES))
    except (urllib.error.URLError, TimeoutError, ValueError, OSError) as wrong:
        raise NotProved("the provider does not answer") from wrong
    if not isinstance(told, dict):
        raise NotProved("the provider does not answer as it should")
    return told


def _safe(address: str) -> str:
    """The address, if it is HTTPS; plain HTTP only to this machine itself. Raises NotProved."""
    parts = urlsplit(address)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ON_THIS_MACHINE):
        return address
    raise NotProved("a provider is asked over HTTPS only")
