"""Unusual looking: a table of what is asked about and what is left alone."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachin.families.information_sharing.looking import Look, Reason, busiest_day, busiest_hour, unusual
from reachin.groundwork.clock.rules import StaffedHours

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
"""A Thursday."""
LONG_AGO = NOON - timedelta(days=20)
"""A Friday, three weeks before."""
HOURS = StaffedHours()
ME = UUID(int=1)


def look(number: int = 1, *, who: int = 1, minutes: float = 0, at: datetime = NOON, **told: Any) -> Look:
    given: dict[str, Any] = {"kind": "request", "purpose": "front_door", **told}
    return Look(user_id=UUID(int=who), subject_id=UUID(int=number), opened_at=at + timedelta(minutes=minutes), **given)


def reasons(looks: list[Look], *, of: int = 1, now: datetime = NOON) -> set[Reason]:
    return {finding.reason for finding in unusual(looks, hours=HOURS, now=now) if finding.user_id == UUID(int=of)}


def several(many: int, *, step: float = 1, **told: Any) -> list[Look]:
    return [look(number, minutes=number * step, **told) for number in range(many)]


EARLY, SUNDAY = datetime(2026, 11, 19, 3, tzinfo=UTC), datetime(2026, 11, 15, 12, tzinfo=UTC)
CASES = {
    "one opening at noon": ([look()], set()),
    "nobody looked": ([], set()),
    "a name like one's own": ([look(same_name=True)], {Reason.OWN_NAME}),
    "in one's own street": ([look(same_street=True)], {Reason.OWN_STREET}),
    "after it was closed": ([look(was_closed=True)], {Reason.AFTER_CLOSING}),
    "one's own request after it was closed": ([look(was_closed=True, purpose="own_request")], set()),
    "at three in the morning": ([look(at=EARLY)], {Reason.OUTSIDE_HOURS}),
    "on a Sunday": ([look(at=SUNDAY)], {Reason.OUTSIDE_HOURS}),
    "at night, after an alert": ([look(at=EARLY, alerted=True)], set()),
    "to protect somebody": ([look(purpose="protection")], {Reason.TO_PROTECT}),
    "to protect somebody, after an alert": ([look(purpose="protection", alerted=True)], set()),
    "at night, to protect somebody": ([look(at=EARLY, purpose="protection")], {Reason.TO_PROTECT, Reason.OUTSIDE_HOURS}),
    "at night, to protect somebody, after an alert": ([look(at=EARLY, purpose="protection", alerted=True)], set()),
    "at night, in an emergency": ([look(at=EARLY, purpose="emergency")], set()),
    "eight within an hour": (several(8), {Reason.MANY_IN_AN_HOUR}),
    "seven within an hour": (several(7), set()),
    "eight times the same": ([look(1, minutes=number) for number in range(8)], set()),
    "eight over a day": (several(8, step=30), set()),
    "twenty over a day": (several(20, step=12), {Reason.MANY_IN_A_DAY}),
    "nineteen over a day": (several(19, step=12), set()),
    "nothing followed on three": (several(3, at=LONG_AGO), {Reason.NOTHING_FOLLOWED}),
    "nothing followed on two": (several(2, at=LONG_AGO), set()),
    "something followed on one of three": ([*several(2, at=LONG_AGO), look(3, at=LONG_AGO, acted=True)], set()),
    "a second look was acted on": ([*several(3, at=LONG_AGO), look(1, at=LONG_AGO, minutes=9, acted=True)], set()),
    "there was no time yet": (several(3, at=NOON - timedelta(days=6, hours=2)), set()),
    "nothing followed on what one sent": (several(3, at=LONG_AGO, purpose="own_request"), set()),
    "nothing followed on what was opened to protect": (
        several(3, at=LONG_AGO, purpose="protection", alerted=True),
        {Reason.NOTHING_FOLLOWED},
    ),
    "nothing followed on emergencies": (several(3, at=LONG_AGO, purpose="emergency"), set()),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_asked_about(name: str) -> None:
    looks, expected = CASES[name]
    assert reasons(looks) == expected


@pytest.mark.parametrize(("colleagues", "is_asked"), [(1, True), (3, True), (4, False), (9, False)])
def test_many_is_measured_against_colleagues(colleagues: int, is_asked: bool) -> None:
    others = [one for who in (2, 3, 4) for one in several(colleagues, who=who)]
    assert (Reason.MANY_IN_AN_HOUR in reasons([*several(9), *others])) is is_asked


def test_a_finding_says_how_many_when_and_what_is_usual() -> None:
    [found] = unusual([*several(9), *several(2, who=2), *several(2, who=3)], hours=HOURS, now=NOON)
    assert (found.user_id, found.reason, found.many, found.usual) == (ME, Reason.MANY_IN_AN_HOUR, 9, 2)
    assert (found.first_at, found.last_at) == (NOON, NOON + timedelta(minutes=8))


def test_alone_there_is_nothing_usual_to_compare_with() -> None:
    [found] = unusual(several(8), hours=HOURS, now=NOON)
    assert found.usual is None


def test_the_newest_stands_first() -> None:
    found = unusual([look(1, same_name=True), look(2, was_closed=True, minutes=5)], hours=HOURS, now=NOON)
    assert [one.reason for one in found] == [Reason.AFTER_CLOSING, Reason.OWN_NAME]


LOOKS = st.lists(st.builds(look, st.integers(1, 12), minutes=st.integers(0, 3000)), max_size=30)


@given(LOOKS)
def test_the_busiest_hour_is_within_an_hour_and_no_hour_has_more(looks: list[Look]) -> None:
    own = sorted(looks, key=lambda one: one.opened_at)
    best = busiest_hour(own)
    if best:
        assert best[-1].opened_at - best[0].opened_at < timedelta(hours=1)
    for start in own:
        within = {one.subject_id for one in own if timedelta(0) <= one.opened_at - start.opened_at < timedelta(hours=1)}
        assert len(within) <= len({one.subject_id for one in best})


@given(LOOKS)
def test_the_order_in_which_traces_come_makes_no_difference(looks: list[Look]) -> None:
    assert unusual(looks, hours=HOURS, now=NOON) == unusual(looks[::-1], hours=HOURS, now=NOON)


def test_a_day_is_a_day_in_scotland() -> None:
    summer = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    assert len(busiest_day([look(1, at=summer), look(2, at=summer, minutes=45)])) == 1
