"""Unusual looking: which openings an information guardian should ask about, and why. Pure: traces in, findings out.

A finding is a question, not a verdict: most have a good answer. What counts as many is measured against colleagues, so that a busy hub
is not suspected for being busy. Source: who-may-see-what.md (own name or street, many families, no later action).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from uuid import UUID

from reachin.groundwork.clock.rules import LONDON, StaffedHours

AN_HOUR = timedelta(hours=1)
TIME_TO_ACT = timedelta(days=7)
LEAST_IN_AN_HOUR = 8
LEAST_IN_A_DAY = 20
TIMES_THE_USUAL = 3
LEAST_WITHOUT_ACTION = 3
TO_PROTECT = "protection"
"""Not shown to the person for a long time, or never: so somebody else sees each of them."""
REVIEWED = "emergency"
"""Each is reviewed by itself."""
OWN_WORK = "own_request"
"""Looking at what one sent oneself: it needs no action, and goes on after it was closed."""


class Reason(StrEnum):
    """Why an opening, or several, should be asked about."""

    OWN_NAME = "own_name"
    OWN_STREET = "own_street"
    MANY_IN_AN_HOUR = "many_in_an_hour"
    MANY_IN_A_DAY = "many_in_a_day"
    NOTHING_FOLLOWED = "nothing_followed"
    AFTER_CLOSING = "after_closing"
    OUTSIDE_HOURS = "outside_hours"
    TO_PROTECT = "to_protect"


@dataclass(frozen=True, slots=True)
class Look:
    """One opening: who, of what, for what, when; and what is known about it.

    `same_name`: the record's name is like the reader's own. `same_street`: it tells of a home in their own street.
    `acted`: they did something with it within a week. `was_closed`: it was closed by then. `alerted`: it had told of danger by then.
    """

    user_id: UUID
    kind: str
    subject_id: UUID
    purpose: str
    opened_at: datetime
    same_name: bool = False
    same_street: bool = False
    acted: bool = False
    was_closed: bool = False
    alerted: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What to ask one member of staff about. `many`: how many records; `usual`: their colleagues' middle, where that is compared."""

    user_id: UUID
    reason: Reason
    many: int
    first_at: datetime
    last_at: datetime
    usual: int | None = None


def unusual(looks: Iterable[Look], *, hours: StaffedHours, now: datetime) -> list[Finding]:
    """What stands out among the openings of one agency's staff, the newest first. `hours` are those in which the agency is staffed."""
    by_user: dict[UUID, list[Look]] = defaultdict(list)
    for look in sorted(looks, key=lambda one: one.opened_at):
        by_user[look.user_id].append(look)
    found = [finding for user_id, own in by_user.items() for finding in _of_one(user_id, own, hours=hours, now=now)]
    found += _more_than_colleagues(by_user, Reason.MANY_IN_AN_HOUR, busiest_hour, LEAST_IN_AN_HOUR)
    found += _more_than_colleagues(by_user, Reason.MANY_IN_A_DAY, busiest_day, LEAST_IN_A_DAY)
    return sorted(found, key=lambda one: (one.last_at, one.reason, one.user_id), reverse=True)


def _of_one(user_id: UUID, own: Sequence[Look], *, hours: StaffedHours, now: datetime) -> list[Finding]:
    """What stands out without any comparison."""
    chosen = {
        Reason.OWN_NAME: [look for look in own if look.same_name],
        Reason.OWN_STREET: [look for look in own if look.same_street],
        Reason.AFTER_CLOSING: [look for look in own if look.was_closed and look.purpose != OWN_WORK],
        Reason.OUTSIDE_HOURS: [look for look in own if _is_out_of_hours(look, hours)],
        Reason.NOTHING_FOLLOWED: _without_action(own, now),
        Reason.TO_PROTECT: [look for look in own if look.purpose == TO_PROTECT and not look.alerted],
    }
    return [_finding(user_id, reason, looks) for reason, looks in chosen.items() if looks]


def _is_out_of_hours(look: Look, hours: StaffedHours) -> bool:
    return not (hours.is_open(look.opened_at) or look.alerted or look.purpose == REVIEWED)


def _without_action(own: Sequence[Look], now: datetime) -> list[Look]:
    """Looks at records with which nothing was ever done, once there was time; a few are everybody's."""
    acted = {look.subject_id for look in own if look.acted}
    idle = [
        look
        for look in own
        if look.subject_id not in acted and look.purpose not in (OWN_WORK, REVIEWED) and look.opened_at <= now - TIME_TO_ACT
    ]
    return idle if len(_subjects(idle)) >= LEAST_WITHOUT_ACTION else []


def busiest_hour(own: Sequence[Look]) -> list[Look]:
    """The looks of the hour in which the most records were opened; `own` in their order."""
    best: list[Look] = []
    start = 0
    for end, look in enumerate(own):
        while look.opened_at - own[start].opened_at >= AN_HOUR:
            start += 1
        if len(_subjects(own[start : end + 1])) > len(_subjects(best)):
            best = list(own[start : end + 1])
    return best


def busiest_day(own: Sequence[Look]) -> list[Look]:
    """The looks of the day in Scotland on which the most records were opened."""
    days: dict[object, list[Look]] = defaultdict(list)
    for look in own:
        days[look.opened_at.astimezone(LONDON).date()].append(look)
    return max(days.values(), key=lambda looks: len(_subjects(looks)), default=[])


def _more_than_colleagues(
    by_user: dict[UUID, list[Look]], reason: Reason, busiest: Callable[[Sequence[Look]], list[Look]], least: int
) -> list[Finding]:
    most = {user_id: busiest(own) for user_id, own in by_user.items()}
    found = []
    for user_id, looks in most.items():
        others = [len(_subjects(theirs)) for other, theirs in most.items() if other != user_id]
        usual = int(median(others)) if others else 0
        if len(_subjects(looks)) >= max(least, TIMES_THE_USUAL * usual):
            found.append(_finding(user_id, reason, looks, usual=usual if others else None))
    return found


def _subjects(looks: Iterable[Look]) -> set[UUID]:
    return {look.subject_id for look in looks}


def _finding(user_id: UUID, reason: Reason, looks: Sequence[Look], *, usual: int | None = None) -> Finding:
    return Finding(user_id, reason, len(_subjects(looks)), looks[0].opened_at, looks[-1].opened_at, usual)
