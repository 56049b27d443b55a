"""How many records an account opens before somebody asks why. Facts in, decision out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from reachin.groundwork.permissions.enums import Role

from .enums import BrakeStep

WITHIN = timedelta(hours=1)
"""What is counted: other records that the same account opened in the last hour. The same record again is never a new one."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Records within an hour: from `asked_from` on a further one needs a reason, from `refused_from` on it is refused."""

    asked_from: int
    refused_from: int

    def times(self, factor: int) -> "Rate":
        return Rate(self.asked_from * factor, self.refused_from * factor)


RATES: Mapping[str, Rate] = {
    Role.HUB_WORKER: Rate(60, 240),
    Role.DUTY_WORKER: Rate(40, 160),
    Role.INFORMATION_GUARDIAN: Rate(40, 160),
    Role.INDEPENDENT_REVIEWER: Rate(40, 160),
    Role.PRACTITIONER: Rate(20, 80),
    Role.SUPPORT_WORKER: Rate(20, 80),
    Role.SERVICE_MANAGER: Rate(20, 80),
}
"""Some four times what a busy hour needs, and four times that: reading a request and deciding takes minutes, harvesting takes seconds."""
OTHERWISE = Rate(10, 40)
"""For every other role, those that are still to come included."""
MOST_OF_AN_AGENCY = 1500
"""Openings of a whole agency within an hour, after which records that its people open, picked at random, need a reason."""
LOOKED_AT_ONE_IN = 10
"""Counting an agency costs more than counting an account: it is done for one new record in so many, at random."""
NEVER_HELD_UP = frozenset({"emergency"})
"""Purposes for which nobody is asked or refused, only noticed: each was said with a reason, is few, and is reviewed."""


def rate_of(role: str) -> Rate:
    """The rate of a role; of an unknown one too."""
    return RATES.get(role, OTHERWISE)


def brake(records: int, *, agency_is_over: bool, rate: Rate, purpose: str) -> BrakeStep | None:
    """What one more record meets, after so many others in the hour; None where it is simply opened."""
    if records < rate.asked_from and not agency_is_over:
        return None
    if purpose in NEVER_HELD_UP:
        return BrakeStep.WARNED
    return BrakeStep.REFUSED if records >= rate.refused_from else BrakeStep.ASKED
