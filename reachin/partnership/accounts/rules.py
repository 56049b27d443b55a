"""Facts in, decision out: codes that an app shows, recovery codes, how often somebody may try, how long a sign-in is fresh."""

import base64
import hashlib
import hmac
import re
from collections.abc import Collection
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from .enums import TWO_FACTORS

FRESH = timedelta(minutes=5)
LEFT_ALONE_AFTER = timedelta(minutes=30)
"""A screen that nobody used for so long asks again who is there (ASVS 7.3.1); shorter would be clicked away, longer is a lunch break."""
USE_KEPT_EVERY = timedelta(minutes=2)
"""How often the moment of the last use is kept: what a session may fall short of the half hour."""
SECOND_STEP_WITHIN = timedelta(minutes=10)
STEP_SECONDS = 30
SEED_BYTES = 20
CODE_DIGITS = 6
TRY_LIMITS = ((timedelta(minutes=15), 5), (timedelta(days=1), 30))
"""Wrong codes of one account: how many within how long. Guessing six digits at this pace takes decades."""
TRIES_KEPT = max(within for within, _most in TRY_LIMITS)
RECOVERY_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No letter or digit that is taken for another when it is copied by hand."""
RECOVERY_CODES = 10
RECOVERY_LENGTH = 12
BROWSERS = {
    "Edge": r"Edg",
    "Opera": r"OPR/",
    "Samsung Internet": r"SamsungBrowser",
    "Firefox": r"Firefox/|FxiOS",
    "Chrome": r"Chrome/|CriOS",
    "Safari": r"Safari/",
}
SYSTEMS = {
    "Android": r"Android",
    "iPhone": r"iPhone",
    "iPad": r"iPad",
    "Windows": r"Windows",
    "ChromeOS": r"CrOS",
    "Mac": r"Macintosh|Mac OS X",
    "Linux": r"Linux",
}


def is_fresh(signed_in_at: datetime | None, *, now: datetime) -> bool:
    """Whether somebody proved lately who they are; never when that moment is unknown or still to come."""
    return signed_in_at is not None and timedelta(0) <= now - signed_in_at <= FRESH


def was_left_alone(last_used_at: datetime, *, now: datetime) -> bool:
    """Whether nobody used it for so long that somebody else could sit there now."""
    return now - last_used_at > LEFT_ALONE_AFTER


def is_two_factor(means: str) -> bool:
    """Whether a session begun by this means proved two factors. What is unknown proved none."""
    return means in TWO_FACTORS


def to_the_hour(moment: datetime) -> datetime:
    """The moment without minutes: all that is kept of when a session was last used."""
    return moment.replace(minute=0, second=0, microsecond=0)


def device_words(user_agent: str) -> str:
    """What a browser says of itself, as its owner would know it again: "Firefox, Windows". Empty when nothing is known of it."""
    named = [next((name for name, pattern in table.items() if re.search(pattern, user_agent)), "") for table in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, named))


def code_at(seed: bytes, step: int) -> str:
    """The six digits that an app shows in one step of 30 seconds (RFC 6238 with SHA-1, which every app knows)."""
    digest = hmac.new(seed, step.to_bytes(8, "big"), hashlib.sha1).digest()
    place = digest[-1] & 15
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFFFFFF
    return str(number % 10**CODE_DIGITS).zfill(CODE_DIGITS)


def matching_step(seed: bytes, typed: str, *, now: datetime, after: int) -> int | None:
    """The step whose code this is: the present one or its neighbours, and later than the one that was used last. None for a wrong code."""
    present = int(now.timestamp()) // STEP_SECONDS
    for step in (present, present - 1, present + 1):
        if step > after and hmac.compare_digest(code_at(seed, step).encode(), typed.encode()):
            return step
    return None


def seed_words(seed: bytes) -> str:
    """The seed as an app takes it when it is typed, in groups of four."""
    words = base64.b32encode(seed).decode().rstrip("=")
    return " ".join(words[place : place + 4] for place in range(0, len(words), 4))


def app_address(seed: bytes, *, service: str, email: str) -> str:
    """The address by which an app takes the seed from a picture."""
    told = urlencode({"secret": base64.b32encode(seed).decode().rstrip("="), "issuer": service}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{service}:{email}')}?{told}"


def is_app_code(typed: str) -> bool:
    """Whether this has the shape of an app's code."""
    return re.fullmatch(r"[0-9]{6}", typed) is not None


def tidy_code(typed: str) -> str:
    """A code as it was meant: without spaces and hyphens, in capitals."""
    return re.sub(r"[\s\-\u2010-\u2015]", "", typed).upper()


def recovery_place(code: str) -> int | None:
    """Which of the ten recovery codes this would be: its first character says so, so that one digest is computed and not ten."""
    if len(code) != RECOVERY_LENGTH or not set(code) <= set(RECOVERY_ALPHABET):
        return None
    return RECOVERY_ALPHABET.index(code[0])


def recovery_words(code: str) -> str:
    """A recovery code as it is shown, in groups of four."""
    return "-".join(code[place : place + 4] for place in range(0, RECOVERY_LENGTH, 4))


def reaches_limit(failures: Collection[datetime], *, now: datetime) -> bool:
    """Whether the newest of these failures is the one that shuts an account out: told once, and not again for each try beyond it."""
    before = sorted(failures)[:-1]
    return may_try(before, now=now) and not may_try(failures, now=now)


def may_try(failures: Collection[datetime], *, now: datetime) -> bool:
    """Whether an account that failed at these moments may try another code."""
    return all(sum(now - within < failed for failed in failures) < most for within, most in TRY_LIMITS)
