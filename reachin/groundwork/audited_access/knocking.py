"""Counting knocks at doors that anybody may knock at. A count slows or marks; the doors above decide what it means."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Count

from .context import ask
from .models import Try

KNOCKS = 72_697_773
"""The first half of the advisory locks under which knocks are counted."""
LONGEST_COUNTED = timedelta(days=2)
"""Longer than any door counts."""


def knock(*digests: bytes, within: timedelta, now: datetime) -> dict[bytes, int]:
    """Counts one knock for each digest, and tells how often each was counted before within that time; one knock after the other."""
    for digest in sorted(digests):
        ask("select pg_advisory_xact_lock(%s, hashtext(%s))", KNOCKS, digest.hex())
    before = knocked(digests, within=within, now=now)
    Try.objects.bulk_create([Try(digest=digest, tried_at=now) for digest in digests])
    return before


def knocked(digests: Collection[bytes], *, within: timedelta, now: datetime) -> dict[bytes, int]:
    """How often each was counted within that time."""
    lately = Try.objects.filter(digest__in=list(digests), tried_at__gt=now - within)
    found = {bytes(digest): count for digest, count in lately.values_list("digest").annotate(Count("id"))}
    return {digest: found.get(digest, 0) for digest in digests}


def forget_knocks(now: datetime) -> int:
    """Removes knocks that no door counts any more; gives how many."""
    return Try.objects.filter(tried_at__lt=now - LONGEST_COUNTED).delete()[0]
