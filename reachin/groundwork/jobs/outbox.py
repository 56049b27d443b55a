"""The outbox's rounds: takes what is due, a message at a time, and never sends one twice at once."""

import logging
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app

from reachin.groundwork.audited_access.context import Actor, acting, handing_over
from reachin.groundwork.notices.actions import leave_to_a_person, settle, try_later
from reachin.groundwork.notices.delivery import WayOut, delivers, way_out
from reachin.groundwork.notices.enums import MessageState
from reachin.groundwork.notices.models import Message

log = logging.getLogger(__name__)
DELIVERY = Actor.system("delivery")


class TellsOfFailed(Protocol):
    """Tells whoever answers for it that a message to a family could not be sent; in the transaction of the last try."""

    def __call__(self, message: Message, *, now: datetime) -> object: ...


@app.periodic(cron="* * * * *")
@app.task(name="outbox.round", queueing_lock="outbox.round")
def go_round(timestamp: int) -> None:
    """Sends what is due; each message in a transaction of its own. `timestamp` is the minute that ordered the round."""
    out = way_out()
    while out is not None and send_next(out):
        pass


def send_next(out: WayOut) -> bool:
    """Sends one due message; False when none is left."""
    with acting(DELIVERY) as now:
        message = _due(now)
        if message is None:
            return False
        if not message.is_for_staff and not delivers(message.way):
            leave_to_a_person(message, now=now)
            return True
        was_sent = _was_sent(message, out)
        with handing_over(DELIVERY):  # a way out may take longer than a context lives
            if was_sent:
                settle(message, MessageState.SENT, by=message.way, now=now)
            elif try_later(message, now=now).state == MessageState.FAILED and not message.is_for_staff:
                tells: TellsOfFailed = import_string(settings.TELLS_OF_FAILED)
                tells(message, now=now)
    return True


def _was_sent(message: Message, out: WayOut) -> bool:
    try:
        out(message, message.unsealed())
    except Exception:  # noqa: BLE001 whatever a way out raises, the message waits and nothing is lost
        log.warning("message %s could not be sent", message.id)
        return False
    return True


def _due(now: datetime) -> Message | None:
    due = Message.objects.filter(state=MessageState.QUEUED, not_before__lte=now).order_by("not_before")
    return due.select_for_update(skip_locked=True).first()
