from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from reachin.partnership.places.rules import Point

from .enums import Need

OLDEST_AGE = 120
"""Years. An age beyond it is somebody's way of writing "no limit"."""

MASKED_NEEDS = frozenset({Need.SAFETY_AT_HOME.value, Need.ALCOHOL_DRUGS.value, Need.IMMIGRATION.value})
"""Being seen with such a service may itself do harm: its name is kept out of statuses, texts and prints (practice.md)."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a service offers, as facts for matching. None and empty collections mean that it is not known.

    Ages in years, both ends included; `points` where it meets people; `wait_days` as stated on `wait_stated_on`.
    """

    service_id: UUID
    organisation_id: UUID
    name: str
    agency_id: UUID | None = None
    is_open: bool = True
    takes_requests: bool = True
    is_masked: bool = False
    needs: frozenset[str] = frozenset()
    min_age: int | None = None
    max_age: int | None = None
    only_for: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    has_interpreter: bool | None = None
    access_met: frozenset[str] = frozenset()
    access_unmet: frozenset[str] = frozenset()
    delivery: frozenset[str] = frozenset()
    area_codes: frozenset[str] = frozenset()
    points: tuple[Point, ...] = ()
    wait_days: int | None = None
    wait_stated_on: date | None = None
    places_free: int | None = None
    confirmed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Ages:
    """A range of ages in years, both ends included; None is no limit. `said` are remarks about what did not make sense."""

    lowest: int | None = None
    highest: int | None = None
    said: tuple[str, ...] = field(default=())


def ages_between(lowest: float | None, highest: float | None) -> Ages:
    """A range from two numbers as they were told; what cannot be an age is no limit, and a range that runs backwards is none."""
    said = [f"{told:g} is not an age" for told in (lowest, highest) if told is not None and told < 0]
    low = int(lowest) if lowest is not None and 0 < lowest <= OLDEST_AGE else None
    high = int(highest) if highest is not None and 0 <= highest < OLDEST_AGE else None
    if low is not None and high is not None and low > high:
        return Ages(said=(*said, f"the youngest age {low} is above the oldest {high}"))
    return Ages(low, high, tuple(said))


def should_be_masked(needs: Collection[str]) -> bool:
    """Whether a service is masked unless it says otherwise: what it helps with is among the needs that may give somebody away."""
    return not MASKED_NEEDS.isdisjoint(needs)


def may_close(*, listed: int, seen: int) -> bool:
    """Whether services that a source no longer lists may be closed: not when more than half would vanish at once.

    A source that shrinks so far is more often a broken feed than the end of that many services; a person looks first.
    """
    return seen * 2 >= listed
