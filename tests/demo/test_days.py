"""The invented history counts in working days, back from a day in Scotland."""

from datetime import UTC, datetime

import pytest

from demo.days import Days

SUNDAY = Days(datetime(2026, 11, 22, 2, 0, tzinfo=UTC))
AFTER_NEW_YEAR = Days(datetime(2026, 1, 5, 9, 0, tzinfo=UTC))
IN_SUMMER = Days(datetime(2026, 7, 1, 23, 30, tzinfo=UTC))


def test_one_back_is_the_last_working_day() -> None:
    assert SUNDAY.back(1, "09:40") == datetime(2026, 11, 20, 9, 40, tzinfo=UTC)


def test_bank_holidays_do_not_count() -> None:
    assert AFTER_NEW_YEAR.back(1, "10:00") == datetime(2025, 12, 31, 10, 0, tzinfo=UTC)


def test_the_wall_clock_is_scotlands() -> None:
    assert IN_SUMMER.back(1, "09:00") == datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
    assert IN_SUMMER.day_in(0) == "2026-07-02"


def test_today_is_told_in_minutes() -> None:
    with pytest.raises(ValueError, match="minutes"):
        SUNDAY.back(0, "09:00")
    assert SUNDAY.minutes_ago(30) == datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
