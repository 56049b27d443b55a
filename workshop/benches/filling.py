"""Fills the database that the environment names with the invented partnership and so many requests, and says how far it is."""

import sys
from datetime import UTC, datetime, timedelta

import django

STAFF_SINCE = timedelta(days=4 * 365)


def main(count: int, seed: int) -> None:
    """Prints how many requests are stored, after each batch. Raises what the demo's filling raises."""
    django.setup()
    from demo.filling import fill
    from demo.partnership import load_partnership

    now = datetime.now(UTC)
    load_partnership(since=now - STAFF_SINCE, now=now)
    fill(count, seed=seed, using="owner", progress=lambda done, of: print(done, flush=True))


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:3]))
