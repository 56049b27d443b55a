from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachin.groundwork.clock.rules import LONDON, PROCLAIMED, StaffedHours, add_working_days, bank_holidays, is_working_day

# Scotland's bank holidays as gov.uk lists them (the Banking and Financial Dealings Act 1971 and the St Andrew's Day Act 2007).
KNOWN = {
    2024: ["01-01", "01-02", "03-29", "05-06", "05-27", "08-05", "12-02", "12-25", "12-26"],
    2025: ["01-01", "01-02", "04-18", "05-05", "05-26", "08-04", "12-01", "12-25", "12-26"],
    2026: ["01-01", "01-02", "04-03", "05-04", "05-25", "06-15", "08-03", "11-30", "12-25", "12-28"],
    2027: ["01-01", "01-04", "03-26", "05-03", "05-31", "08-02", "11-30", "12-27", "12-28"],
}
GOOD_FRIDAYS = ["2000-04-21", "2008-03-21", "2011-04-22", "2019-04-19", "2038-04-23", "2049-04-16"]
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 hypothesis adds the zone


def at(text: str) -> datetime:
    """A moment by the wall clock in Scotland."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize("year", KNOWN)
def test_bank_holidays_are_those_of_scotland(year: int) -> None:
    assert sorted(bank_holidays(year)) == [date.fromisoformat(f"{year}-{day}") for day in KNOWN[year]]


@pytest.mark.parametrize("day", GOOD_FRIDAYS)
def test_good_friday_is_found_in_any_year(day: str) -> None:
    assert date.fromisoformat(day) in bank_holidays(int(day[:4]))


def test_easter_monday_and_the_english_august_holiday_are_working_days_in_scotland() -> None:
    assert is_working_day(date(2026, 4, 6))
    assert is_working_day(date(2026, 8, 31))


@given(st.integers(1990, 2090))
def test_every_year_has_nine_bank_holidays_on_working_days(year: int) -> None:
    kept = bank_holidays(year)
    assert len(kept - PROCLAIMED) == 9
    assert all(day.weekday() < 5 and day.year == year for day in kept)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-03-04", True),
        ("2026-03-07", False),
        ("2026-03-08", False),
        ("2026-01-02", False),
        ("2026-11-30", False),
        ("2026-12-28", False),
        ("2026-12-29", True),
    ],
)
def test_a_working_day_is_a_weekday_that_is_no_bank_holiday(day: str, works: bool) -> None:
    assert is_working_day(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("told", "days", "due"),
    [
        ("2026-03-02 10:00", 2, "2026-03-04 10:00"),
        ("2026-03-05 10:00", 2, "2026-03-09 10:00"),
        ("2026-03-06 16:59", 1, "2026-03-09 16:59"),
        ("2026-03-07 10:00", 1, "2026-03-09 10:00"),
        ("2026-03-08 23:59", 2, "2026-03-10 23:59"),
        ("2026-04-02 12:00", 1, "2026-04-06 12:00"),
        ("2026-12-31 09:00", 1, "2027-01-05 09:00"),
        ("2026-12-24 09:00", 2, "2026-12-30 09:00"),
        ("2026-03-04 10:00", 0, "2026-03-04 10:00"),
        ("2026-03-07 10:00", 0, "2026-03-09 10:00"),
        ("2026-03-27 10:00", 1, "2026-03-30 10:00"),
        ("2026-10-23 10:00", 1, "2026-10-26 10:00"),
    ],
)
def test_working_days_are_counted_by_the_wall_clock_over_weekends_holidays_and_summer_time(told: str, days: int, due: str) -> None:
    assert add_working_days(at(told).astimezone(UTC), days) == at(due)


@given(moments, st.integers(0, 15))
def test_working_days_end_on_a_working_day_and_never_before_the_beginning(moment: datetime, days: int) -> None:
    due = add_working_days(moment, days)
    local = moment.astimezone(LONDON)
    assert is_working_day(due.date())
    assert due.date() >= local.date()
    between = [local.date() + timedelta(days=count) for count in range(1, (due.date() - local.date()).days + 1)]
    assert sum(is_working_day(day) for day in between) == (days or (0 if is_working_day(local.date()) else 1))


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-04 08:59:59", False),
        ("2026-03-04 09:00", True),
        ("2026-03-04 16:59:59", True),
        ("2026-03-04 17:00", False),
        ("2026-03-07 12:00", False),
        ("2026-01-02 12:00", False),
        ("2026-07-01 09:00", True),
    ],
)
def test_somebody_is_there_in_staffed_hours_by_the_wall_clock(moment: str, is_open: bool) -> None:
    assert StaffedHours().is_open(at(moment)) is is_open
    assert StaffedHours().is_open(at(moment).astimezone(ZoneInfo("Pacific/Auckland"))) is is_open


def test_staffed_hours_move_with_summer_time() -> None:
    assert StaffedHours().is_open(datetime(2026, 7, 1, 8, 30, tzinfo=UTC))
    assert not StaffedHours().is_open(datetime(2026, 1, 7, 8, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-03-04 10:00", "2026-03-04 10:00"),
        ("2026-03-04 07:00", "2026-03-04 09:00"),
        ("2026-03-04 17:00", "2026-03-05 09:00"),
        ("2026-03-06 18:00", "2026-03-09 09:00"),
        ("2026-03-28 23:00", "2026-03-30 09:00"),
        ("2026-12-24 18:00", "2026-12-29 09:00"),
        ("2026-12-31 18:00", "2027-01-05 09:00"),
    ],
)
def test_the_next_opening_is_the_next_staffed_moment(moment: str, opens: str) -> None:
    assert StaffedHours().next_opening(at(moment)) == at(opens)


@given(moments, st.frozensets(st.integers(0, 6), min_size=1))
def test_somebody_is_there_at_the_next_opening(moment: datetime, days: frozenset[int]) -> None:
    hours = StaffedHours(opens=time(8, 15), closes=time(20), days=days)
    opening = hours.next_opening(moment)
    assert opening >= moment
    assert hours.is_open(opening)


@pytest.mark.parametrize(
    "hours",
    [{"days": frozenset()}, {"days": frozenset({7})}, {"opens": time(17), "closes": time(9)}, {"opens": time(9), "closes": time(9)}],
)
def test_hours_in_which_nobody_is_ever_there_are_refused(hours: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="nobody"):
        StaffedHours(**hours)  # type: ignore[arg-type]
