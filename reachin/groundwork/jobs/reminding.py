"""What waits too long is told again, once a day, until somebody has seen to it."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app

from reachin.groundwork.audited_access.context import Actor, acting

log = logging.getLogger(__name__)
REMINDING = Actor.system("reminding")


@app.periodic(cron="5 7 * * *")
@app.task(name="reminding.round", queueing_lock="reminding.round")
def remind(timestamp: int) -> None:
    """One daily round. `timestamp` is the minute that ordered it."""
    remind_of_everything()


def remind_of_everything() -> dict[str, int]:
    """Lets each room tell of what waits, in a transaction of its own: where one fails, the others still do. Gives how many by function."""
    told = {}
    for name in settings.REMINDED_DAILY:
        tell: Callable[[datetime], int] = import_string(name)
        try:
            with acting(REMINDING) as now:
                told[name] = tell(now)
        except Exception:
            log.exception("%s failed", name)
    return told
