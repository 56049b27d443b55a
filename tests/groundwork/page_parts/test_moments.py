from datetime import UTC, date, datetime, time

import pytest
from django.utils import translation

from reachin.groundwork.page_parts import moments
from reachin.groundwork.page_parts.environment import number

SUMMER_NIGHT = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)


def test_moments_are_shown_in_scottish_time() -> None:
    assert moments.day(SUMMER_NIGHT) == "1 July 2026"
    assert moments.short_day(SUMMER_NIGHT) == "1 Jul 2026"
    assert moments.weekday(SUMMER_NIGHT) == "Wednesday 1 July 2026"
    assert moments.clock_time(SUMMER_NIGHT) == "12:30am"
    assert moments.day_and_time(datetime(2026, 1, 5, 16, 5, tzinfo=UTC)) == "5 January 2026, 4:05pm"
    assert moments.short_day_and_time(datetime(2026, 1, 5, 9, 0, tzinfo=UTC)) == "5 Jan 2026, 9:00am"


def test_days_are_shown_as_they_are() -> None:
    assert moments.day(date(2026, 3, 3)) == "3 March 2026"


@pytest.mark.parametrize(
    ("at", "words"), [(time(12, 0), "midday"), (time(0, 0), "midnight"), (time(12, 1), "12:01pm"), (time(11, 59), "11:59am")]
)
def test_noon_and_midnight_have_their_names(at: time, words: str) -> None:
    assert moments.clock_time(at) == words


def test_gaelic_pages_have_gaelic_days() -> None:
    with translation.override("gd"):
        assert "2026" in moments.day(date(2026, 3, 3))
        assert "March" not in moments.day(date(2026, 3, 3))
        assert moments.clock_time(time(16, 5)) == "16:05"


def test_nothing_gives_nothing() -> None:
    shown = [show(None) for show in (moments.day, moments.short_day, moments.weekday, moments.clock_time, moments.day_and_time)]
    assert shown == [""] * 5


def test_a_moment_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        moments.day(datetime(2026, 3, 3))  # noqa: DTZ001


def test_numbers_are_grouped() -> None:
    assert (number(1234567), number(3), number(None)) == ("1,234,567", "3", "")
