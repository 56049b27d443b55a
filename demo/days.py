"""Moments of an invented history, told back from the day on which it is loaded, so that the demo is always fresh."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from reachin.groundwork.clock.rules import LONDON, is_working_day


@dataclass(frozen=True, slots=True)
class Days:
    """Tells days back from one aware moment, the present of the story."""

    present: datetime

    def today(self) -> date:
        """The day in Scotland on which the story is told."""
        return self.present.astimezone(LONDON).date()

    def back(self, working_days: int, at: str) -> datetime:
        """So many working days ago (at least one) at a time on the wall clock, such as "09:40"; an aware moment (UTC)."""
        if working_days < 1:
            raise ValueError("today may not have come as far as that time yet: use minutes_ago")
        day, left = self.today(), working_days
        while left:
            day -= timedelta(days=1)
            left -= is_working_day(day)
        return datetime.combine(day, time.fromisoformat(at), LONDON).astimezone(UTC)

    def minutes_ago(self, minutes: int) -> datetime:
        """So many minutes before the present."""
        return self.present - timedelta(minutes=minutes)

    def day_in(self, days: int) -> str:
        """The calendar day so many days from today (negative: ago), as ISO text for an answer."""
        return (self.today() + timedelta(days=days)).isoformat()
