"""Names for things: row ids that the application makes, and references that people read aloud.

Knows: how an id or a reference is made and read back. Refuses to know: what it names. Source: settled.md (UUIDs everywhere).
"""

import secrets
import time
import unicodedata
from uuid import UUID

READABLE = "23456789CFGHJKMPQRVWX"
"""Letters and figures that are not taken for one another when spoken or written by hand; no vowels, so no words."""

REFERENCE_LENGTH = 12
LONGEST_TYPED = 100


def new_id() -> UUID:
    """A UUID of version 7: random, and sorted by the millisecond of its making, so that indexes grow at one end."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)


def new_reference() -> str:
    """A public reference such as `K7QF-3MPX-9CRV`: twelve readable characters (52 bits), random, telling nothing."""
    return written("".join(secrets.choice(READABLE) for _ in range(REFERENCE_LENGTH)))


def written(letters: str) -> str:
    """The letters of a reference in groups of four, as people see it."""
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def read_reference(typed: str) -> str | None:
    """What somebody typed, as a reference; None when it cannot be one. Case, spaces, dashes and full stops do not matter."""
    if len(typed) > LONGEST_TYPED:
        return None
    letters = [letter for letter in unicodedata.normalize("NFKC", typed).upper() if not _is_between(letter)]
    if len(letters) != REFERENCE_LENGTH or not set(letters) <= set(READABLE):
        return None
    return written("".join(letters))


def _is_between(letter: str) -> bool:
    """Spaces, dashes, full stops, and the marks that a phone hides in what it copies: they part letters and mean nothing."""
    return letter.isspace() or letter in "._\u00b7" or unicodedata.category(letter) in {"Pd", "Cf"}
