from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
MONDAY_TO_FRIDAY = frozenset(range(5))
PROCLAIMED = frozenset({date(2026, 6, 15)})
"""Scotland's bank holidays that no rule gives: one day each, by royal proclamation. Add to them as they are proclaimed."""


@dataclass(frozen=True, slots=True)
class StaffedHours:
    """When somebody is there: week days (Monday is 0), from and until on the wall clock in Scotland.

    Raises ValueError when there is no such time: no day, a day that is none, or closing before opening.
    """

    opens: time = time(9)
    closes: time = time(17)
    days: frozenset[int] = MONDAY_TO_FRIDAY

    def __post_init__(self) -> None:
        if not self.days or not self.days <= frozenset(range(7)) or self.opens >= self.closes:
            raise ValueError("nobody would ever be there")

    def is_open(self, moment: datetime) -> bool:
        """Whether somebody is there at an aware moment."""
        local = moment.astimezone(LONDON)
        return self._works_on(local.date()) and self.opens <= local.time() < self.closes

    def next_opening(self, moment: datetime) -> datetime:
        """The moment itself when somebody is there, else when somebody next will be."""
        if self.is_open(moment):
            return moment
        local = moment.astimezone(LONDON)
        day = local.date() if local.time() < self.opens else local.date() + timedelta(days=1)
        while not self._works_on(day):
            day += timedelta(days=1)
        return datetime.combine(day, self.opens, LONDON)

    def _works_on(self, day: date) -> bool:
        return day.weekday() in self.days and day not in bank_holidays(day.year)


def _easter(year: int) -> date:
    """Easter Sunday by the Gregorian calendar (Oudin's arithmetic)."""
    golden, century = year % 19, year // 100
    epact = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    full_moon = epact - epact // 28 * (1 - epact // 28 * (29 // (epact + 1)) * ((21 - golden) // 11))
    offset = full_moon - (year + year // 4 + full_moon + 2 - century + century // 4) % 7
    month = 3 + (offset + 40) // 44
    return date(year, month, offset + 28 - 31 * (month // 4))


def _weekday_from(day: date, weekday: int, *, step: int = 1) -> date:
    while day.weekday() != weekday:
        day += timedelta(days=step)
    return day


def _moved_off_weekend(days: Collection[date]) -> frozenset[date]:
    """Holidays that fall on a weekend are kept on the next free working day."""
    kept: set[date] = set()
    for day in sorted(days):
        free = day
        while free.weekday() > 4 or free in kept:
            free += timedelta(days=1)
        kept.add(free)
    return frozenset(kept)


def bank_holidays(year: int) -> frozenset[date]:
    """Scotland's bank holidays: those that rules give, and the single days that were proclaimed."""
    fixed = {date(year, 1, 1), date(year, 1, 2), date(year, 11, 30), date(year, 12, 25), date(year, 12, 26)}
    movable = {
        _easter(year) - timedelta(days=2),
        _weekday_from(date(year, 5, 1), 0),
        _weekday_from(date(year, 5, 31), 0, step=-1),
        _weekday_from(date(year, 8, 1), 0),
    }
    return _moved_off_weekend(fixed) | movable | {day for day in PROCLAIMED if day.year == year}


def is_working_day(day: date) -> bool:
    """Monday to Friday and no Scottish bank holiday."""
    return day.weekday() < 5 and day not in bank_holidays(day.year)


def add_working_days(moment: datetime, days: int) -> datetime:
    """The same wall-clock time, so many working days later (0: the next working day at the earliest if today is none)."""
    local = moment.astimezone(LONDON)
    day, left = local.date(), days
    while left > 0 or not is_working_day(day):
        day += timedelta(days=1)
        if is_working_day(day):
            left -= 1
    return datetime.combine(day, local.time(), LONDON)
