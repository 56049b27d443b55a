"""By when something asked is answered, where it goes from where, and who puts what into a copy."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachin.families.information_requests.enums import AskedFor, State
from reachin.families.information_requests.rules import MOVES, OPEN, due_on, may_move, may_put_in


@pytest.mark.parametrize(
    ("kind", "asked", "due"),
    [
        ("copy", date(2026, 11, 22), date(2026, 12, 22)),
        ("copy", date(2026, 12, 5), date(2027, 1, 5)),
        ("erasure", date(2027, 1, 31), date(2027, 2, 28)),
        ("objection", date(2028, 1, 30), date(2028, 2, 29)),
        ("correction", date(2026, 3, 31), date(2026, 4, 30)),
        ("complaint", date(2026, 11, 22), date(2026, 12, 22)),
        ("complaint", date(2027, 1, 31), date(2027, 3, 2)),
    ],
)
def test_the_last_day_for_an_answer(kind: str, asked: date, due: date) -> None:
    assert due_on(AskedFor(kind), asked) == due


@given(st.sampled_from(AskedFor), st.dates(date(2020, 1, 1), date(2060, 1, 1)))
def test_nobody_waits_longer_than_a_month_or_less_than_four_weeks(kind: AskedFor, asked: date) -> None:
    assert timedelta(days=28) <= due_on(kind, asked) - asked <= timedelta(days=31)


def test_nothing_is_answered_before_it_was_prepared_and_nothing_moves_after() -> None:
    answered = {State.RELEASED, State.REFUSED}
    assert {state for state in State for to in answered if may_move(state, to)} == {State.PREPARED}
    assert all(MOVES[state] == frozenset() for state in answered)
    assert set(State) - answered == OPEN


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("is_preparer", [True, False])
def test_what_needs_a_second_look_is_put_in_only_by_the_second_person(state: State, is_preparer: bool) -> None:
    assert may_put_in(state, needs_second=True, is_preparer=is_preparer) is (state == State.PREPARED and not is_preparer)
    assert may_put_in(state, needs_second=False, is_preparer=is_preparer) is (state in OPEN)
