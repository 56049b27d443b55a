"""Fills an empty demo database: the partnership, then family after family, each step by the product's own actions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from reachin.groundwork.audited_access.context import ask
from reachin.groundwork.audited_access.demo import is_demo

from .agreements import load_agreements
from .days import Days
from .families import STORIES
from .journey import Journey
from .partnership import WayBack, load_partnership, ways_back

LONG_AGO = timedelta(days=400)


class NotADemo(RuntimeError):
    """This database is no demo: invented families have no place in it."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many invented requests were told now, and how many were there already."""

    told: int
    there: int


def load_demo(*, now: datetime, say: Callable[[str], None] = lambda words: None) -> Loaded:
    """Loads what is missing; a second run changes nothing. Raises NotADemo in any database that is not marked as one (or a test's)."""
    if settings.MODE != "test" and not is_demo():
        raise NotADemo("this database is not marked as a demo")
    partnership = load_partnership(since=now - LONG_AGO, now=now)
    load_agreements(partnership, now=now)
    missing = [(key, way) for key, way in ways_back().items() if not _is_there(way)]
    for key, way in missing:
        STORIES[key](Journey(partnership, Days(now), way))
        say(key)
    return Loaded(told=len(missing), there=len(ways_back()) - len(missing))


def _is_there(way: WayBack) -> bool:
    """Whether this family has its request, or a draft of it, already."""
    return bool(ask("select reachin.request_is_taken(%s::uuid)", way.request_id))
