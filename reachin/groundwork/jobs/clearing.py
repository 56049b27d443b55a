"""What has served is forgotten: sessions that are over, tries that no longer count, links that nobody can use."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app

from reachin.groundwork.audited_access.context import Actor, acting

log = logging.getLogger(__name__)
CLEARING = Actor.system("clearing")


@app.periodic(cron="17 * * * *")
@app.task(name="clearing.round", queueing_lock="clearing.round")
def clear(timestamp: int) -> None:
    """One hourly round. `timestamp` is the minute that ordered it."""
    clear_everything()


def clear_everything() -> dict[str, int]:
    """Lets each room forget, in a transaction of its own: where one fails, the others still do. Gives how many rows by function."""
    removed = {}
    for name in settings.CLEARED_HOURLY:
        forget: Callable[[datetime], int] = import_string(name)
        try:
            with acting(CLEARING) as now:
                removed[name] = forget(now)
        except Exception:
            log.exception("%s failed", name)
    return removed
