import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12
LEAST_BYTES = 1 + NONCE_BYTES + 16
Sealed = bytes | memoryview


@cache
def _cipher(key: str) -> AESGCM:
    return AESGCM(bytes.fromhex(key))


def _opening_key(key_id: int) -> str:
    """The key of that id; one that came while this process ran is read from the file. Raises KeyError."""
    known = settings.KEYS.field_keys.get(key_id)
    return settings.KEYS.fresh().field_keys[key_id] if known is None else known


def _bound_to(field: str, row: UUID) -> bytes:
    return f"{field}|{row}".encode()


def seal(words: str, *, field: str, row: UUID) -> bytes:
    """Seals words for one field of one row: key id (1 byte), nonce (12), ciphertext with its tag (16 more than the words)."""
    field_keys = settings.KEYS.fresh().field_keys
    key_id = max(field_keys)
    nonce = os.urandom(NONCE_BYTES)
    return bytes([key_id]) + nonce + _cipher(field_keys[key_id]).encrypt(nonce, words.encode(), _bound_to(field, row))


def unseal(sealed: Sealed, *, field: str, row: UUID) -> str:
    """The words again.

    Raises cryptography's InvalidTag when the value was altered or moved from another field or row, KeyError when its key is gone.
    """
    blob = bytes(sealed)
    if len(blob) < LEAST_BYTES:
        raise InvalidTag
    nonce, rest = blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :]
    return _cipher(_opening_key(blob[0])).decrypt(nonce, rest, _bound_to(field, row)).decode()


def seal_answers(answers: Mapping[str, Any], *, field: str, row: UUID) -> bytes:
    """Seals a set of answers (JSON values by question code) as one value."""
    return seal(json.dumps(answers, ensure_ascii=False, separators=(",", ":")), field=field, row=row)


def unseal_answers(sealed: Sealed, *, field: str, row: UUID) -> dict[str, Any]:
    """The answers again; raises as `unseal` does."""
    answers: dict[str, Any] = json.loads(unseal(sealed, field=field, row=row))
    return answers


def blind_index(words: str, *, field: str) -> bytes:
    """A keyed digest (32 bytes) by which equal values can be found without being read."""
    return hmac.new(bytes.fromhex(settings.KEYS.blind_key), f"{field}|{words}".encode(), hashlib.sha256).digest()
