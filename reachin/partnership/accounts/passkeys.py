"""Passkeys (WebAuthn): what a browser is asked for, and whether what it answers holds. Nothing is kept here."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from .models import Account, Passkey

MOST_CREDENTIAL_ID_BYTES = 1023
WRONG_SHAPE = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)
"""What the library raises for an answer that does not hold, or is none at all."""


class NotVerified(ValueError):
    """What a browser answered does not prove what was asked."""


@dataclass(frozen=True, slots=True)
class Here:
    """Where a passkey holds: the host's name, the whole origin, and what the service calls itself."""

    host: str
    origin: str
    service: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the browser is asked: the challenge (base64url) that its answer must hold, and the options as JSON."""

    challenge: str
    options: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Which passkey a browser says that it shows, and whose; neither is proved yet."""

    credential_id: bytes
    holder: UUID | None


def ask_to_make(account: Account, *, known: Iterable[bytes], here: Here) -> Asked:
    """Asks for a new passkey that finds its account by itself and makes sure who holds it."""
    options = generate_registration_options(
        rp_id=here.host,
        rp_name=here.service,
        user_id=account.id.bytes,
        user_name=account.email,
        user_display_name=account.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return Asked(bytes_to_base64url(options.challenge), options_to_json(options))


def ask_to_show(*, known: Iterable[bytes], here: Here) -> Asked:
    """Asks for one of the known passkeys; for any of this place when none is named."""
    options = generate_authentication_options(
        rp_id=here.host,
        allow_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Asked(bytes_to_base64url(options.challenge), options_to_json(options))


def made_passkey(credential: str, *, challenge: str, here: Here) -> VerifiedRegistration:
    """The passkey that was made. Raises NotVerified unless it was made here, for this challenge, by somebody whom the device knows."""
    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=here.host,
            expected_origin=here.origin,
            require_user_verification=True,
        )
    except WRONG_SHAPE as wrong:
        raise NotVerified from wrong
    if len(made.credential_id) > MOST_CREDENTIAL_ID_BYTES:
        raise NotVerified
    return made


def credential_of(credential: str) -> Shown:
    """What the browser's answer says of itself. Raises NotVerified where it is no such answer."""
    try:
        told = json.loads(credential)
        holder = told["response"].get("userHandle")
        return Shown(base64url_to_bytes(told["rawId"]), UUID(bytes=base64url_to_bytes(holder)) if holder else None)
    except WRONG_SHAPE as wrong:
        raise NotVerified from wrong


def shown_passkey(credential: str, *, challenge: str, here: Here, known: Passkey) -> VerifiedAuthentication:
    """What is proved by showing this passkey. Raises NotVerified unless it was shown here, for this challenge, by whom it knows."""
    try:
        return verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=here.host,
            expected_origin=here.origin,
            credential_public_key=bytes(known.public_key),
            credential_current_sign_count=known.sign_count,
            require_user_verification=True,
        )
    except WRONG_SHAPE as wrong:
        raise NotVerified from wrong
