"""Phrases that people choose and come back with: kept only as a slow hash, and read as people type them on other phones."""

import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

ONE_APOSTROPHE = str.maketrans(dict.fromkeys("’‘`ʼ´", "'"))
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_nobodys_hash = _hasher.hash(secrets.token_urlsafe())


def hash_phrase(phrase: str) -> str:
    """The hash to keep (Argon2id, salted)."""
    return _hasher.hash(plain_phrase(phrase))


def is_phrase(kept: str | None, phrase: str) -> bool:
    """Whether this is the phrase that was hashed. Where there is none, the same work is done and the answer is no."""
    try:
        _hasher.verify(kept or _nobodys_hash, plain_phrase(phrase))
    except (VerifyMismatchError, InvalidHashError):
        return False
    return bool(kept)


def plain_phrase(phrase: str) -> str:
    """Case, extra spaces, and how a phone writes an apostrophe or an accent do not matter in a phrase: people type it on other phones."""
    letters = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", phrase).casefold()).translate(ONE_APOSTROPHE)
    return " ".join(letters.encode(errors="replace").decode().split())
