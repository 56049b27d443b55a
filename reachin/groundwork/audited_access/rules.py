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

    def step(self, records: int) -> BrakeStep | None:
        """What a further record meets after so many."""
        if records < self.asked_from:
            return None
        return BrakeStep.REFUSED if records >= self.refused_from else BrakeStep.ASKED


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
OF_AN_AGENCY = Rate(1500, 3000)
"""Records that the people of a whole agency opened within the hour: beyond, one more needs a reason; beyond twice that, it is refused."""
SEARCHES = Rate(40, 160)
"""Searches by name or reference: more than one every two minutes, all through an hour, is no longer looking somebody up who rang."""
COUNTED_ANEW = timedelta(seconds=5)
"""Counting an agency costs more than counting an account: each process counts it exactly when what it knows is older than this."""
NEVER_HELD_UP = frozenset({"emergency"})
"""Purposes for which nobody is asked or refused, only noticed: each was said with a reason, is few, and is reviewed."""
NOT_REFUSED_FOR_OTHERS = frozenset({"protection"})
"""Purposes for which nobody is refused for what others of their agency opened: they are asked."""


def rate_of(role: str) -> Rate:
    """The rate of a role; of an unknown one too."""
    return RATES.get(role, OTHERWISE)


def brake(records: int, *, by_agency: int, rate: Rate, of_agency: Rate, purpose: str) -> BrakeStep | None:
    """What one more record meets, after so many others by the account and by its agency in the hour; None where it is simply opened."""
    own, others = rate.step(records), of_agency.step(by_agency)
    if own is None and others is None:
        return None
    if purpose in NEVER_HELD_UP:
        return BrakeStep.WARNED
    if others == BrakeStep.REFUSED and purpose in NOT_REFUSED_FOR_OTHERS:
        others = BrakeStep.ASKED
    return BrakeStep.REFUSED if BrakeStep.REFUSED in (own, others) else BrakeStep.ASKED
