import re
from datetime import timedelta

LONGEST_LIFE = timedelta(days=3)
CHECK_GOOD_FOR = timedelta(minutes=30)
"""How long a worker's check holds: the person is there, or at the other end of the call."""
KEPT_WHEN_OVER = timedelta(days=7)
MOST_TRIES = 5
TRIES_OF_A_NETWORK = 30
TRIES_COUNTED = timedelta(minutes=15)
TOKEN_BYTES = 16
LONGEST_TOKEN = 100
PURPOSE = re.compile(r"[a-z_]+\.[a-z_]+")


def check_terms(purpose: str, lasts: timedelta) -> None:
    """Raises ValueError for a purpose that is not written noun.verb, and for a life that is none or too long."""
    if PURPOSE.fullmatch(purpose) is None:
        raise ValueError(f"{purpose!r} is not noun.verb")
    if not timedelta() < lasts <= LONGEST_LIFE:
        raise ValueError("a link lives for some time, and not longer than three days")
