"""What tests of signing in say often: an app that shows codes, a device that makes and shows passkeys, and who acts."""

import hashlib
import json
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.clock import now
from reachin.groundwork.ids import new_id
from reachin.partnership.accounts import factors
from reachin.partnership.accounts.models import Account, AuthenticatorApp
from reachin.partnership.accounts.passkeys import Here
from reachin.partnership.accounts.rules import STEP_SECONDS, code_at

HERE = Here("testserver", "http://testserver", "Reach In")
PRESENT, VERIFIED, NEW_KEY = 0x01, 0x04, 0x40


@contextmanager
def as_they(account: Account) -> Iterator[datetime]:
    with acting(account.actor()) as moment:
        yield moment


def shown_by_app(account: Account, *, later: int = 0) -> str:
    """The code that the account's app shows, some steps of half a minute later."""
    seed = factors.seed_of(AuthenticatorApp.objects.get(account=account))
    return code_at(seed, int(now().timestamp()) // STEP_SECONDS + later)


def give_app(account: Account) -> AuthenticatorApp:
    """Sets up an app; the code of the step before this one is used up by it."""
    with as_they(account) as moment:
        factors.offer_app(account, by=account, now=moment)
        assert factors.confirm_app(account, shown_by_app(account, later=-1), by=account, key="", now=moment)
    account.refresh_from_db()
    return AuthenticatorApp.objects.get(account=account)


def give_codes(account: Account) -> list[str]:
    with as_they(account) as moment:
        return factors.make_recovery_codes(account, by=account, now=moment)


@dataclass
class Device:
    """A telephone that keeps one passkey."""

    credential_id: bytes = field(default_factory=lambda: new_id().bytes)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    count: int = 0
    flags: int = PRESENT | VERIFIED
    origin: str = HERE.origin
    host: str = HERE.host

    def makes(self, challenge: str) -> str:
        """What a browser answers when a passkey was made for this challenge."""
        held = struct.pack(">16sH", bytes(16), len(self.credential_id)) + self.credential_id + self._public_key()
        told = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._about(NEW_KEY) + held})
        return self._answer({"clientDataJSON": self._client("webauthn.create", challenge), "attestationObject": told})

    def shows(self, challenge: str, *, holder: UUID | None = None) -> str:
        """What a browser answers when the passkey is shown for this challenge."""
        self.count += 1
        about, client = self._about(0), self._client("webauthn.get", challenge)
        signature = self.key.sign(about + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": about, "signature": signature}
        return self._answer(parts | ({"userHandle": holder.bytes} if holder else {}))

    def _about(self, more: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([self.flags | more]) + struct.pack(">I", self.count)

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _public_key(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})

    def _answer(self, parts: dict[str, bytes]) -> str:
        told = {name: bytes_to_base64url(part) for name, part in parts.items()}
        known = bytes_to_base64url(self.credential_id)
        return json.dumps({"id": known, "rawId": known, "type": "public-key", "response": told, "clientExtensionResults": {}})


CHALLENGE = bytes_to_base64url(b"a challenge that nobody guesses!")


def give_passkey(account: Account, device: Device) -> None:
    with as_they(account) as moment:
        factors.add_passkey(
            account, device.makes(CHALLENGE), challenge=CHALLENGE, here=HERE, by=account, key="", user_agent="Firefox/1 Linux", now=moment
        )
    account.refresh_from_db()
