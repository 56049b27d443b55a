from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import formats


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A day of which perhaps only the month and year, or the year, are known: "born in 2015", "due in May"."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for a day that no calendar has, or a day without its month."""
        if self.day is not None and self.month is None:
            raise ValueError("a day needs its month")
        self.first_day()

    def first_day(self) -> date:
        """The earliest day it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    def last_day(self) -> date:
        """The latest day it can mean."""
        if self.day is not None and self.month is not None:
            return date(self.year, self.month, self.day)
        month = self.month or 12
        if self.year == date.max.year and month == 12:
            return date.max
        following = date(self.year + month // 12, month % 12 + 1, 1)
        return following - timedelta(days=1)

    def is_whole(self) -> bool:
        """Whether the day itself is known."""
        return self.day is not None

    def __str__(self) -> str:
        """3 March 2026, March 2026 or 2026, in the language of the page."""
        if self.day is not None:
            return formats.date_format(self.first_day(), "j F Y")
        return formats.date_format(self.first_day(), "F Y") if self.month is not None else str(self.year)
