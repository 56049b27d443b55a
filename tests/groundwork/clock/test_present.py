from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from reachin.groundwork.audited_access.context import Actor, NoOtherTime, acting
from reachin.groundwork.clock import now


def test_now_is_the_databases_moment_in_utc(db: None) -> None:
    told = now()
    assert told.tzinfo is UTC
    assert abs(told - datetime.now(UTC)) < timedelta(seconds=5)


def test_now_stands_still_while_somebody_acts(db: None) -> None:
    with acting(Actor.visitor()) as moment:
        assert now() == now() == moment
    assert now() > moment


def test_the_clock_of_database_and_product_can_be_set_by_a_test(time_is: Callable[[datetime], None]) -> None:
    time_is(datetime(2031, 5, 6, 7, 8, tzinfo=UTC))
    with acting(Actor.visitor()) as moment:
        assert timedelta() <= moment - datetime(2031, 5, 6, 7, 8, tzinfo=UTC) < timedelta(seconds=10)


def test_the_demo_and_tests_may_act_in_the_past_and_everything_carries_that_moment(db: None) -> None:
    past = datetime(2024, 2, 29, 11, tzinfo=UTC)
    with acting(Actor.visitor(), at=past) as moment:
        assert moment == now() == past


def test_nobody_acts_in_the_future(db: None) -> None:
    with pytest.raises(NoOtherTime), acting(Actor.visitor(), at=datetime.now(UTC) + timedelta(minutes=1)):
        raise AssertionError("it was let in")


def test_in_production_nobody_acts_at_another_time(db: None, settings: object) -> None:
    settings.MODE = "production"  # type: ignore[attr-defined]
    with pytest.raises(NoOtherTime), acting(Actor.visitor(), at=datetime(2024, 1, 1, tzinfo=UTC)):
        raise AssertionError("it was let in")
