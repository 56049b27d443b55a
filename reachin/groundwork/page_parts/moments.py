"""Days and moments as people read them: Europe/London, in the language of the page."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import formats, timezone
from django.utils.translation import get_language

from reachin.groundwork.languages.text import subtag

LONDON = ZoneInfo("Europe/London")


def _local(moment: datetime) -> datetime:
    """Raises ValueError for a moment without a time zone: it would be shown an hour wrong in summer."""
    if timezone.is_naive(moment):
        raise ValueError(f"{moment!r} has no time zone")
    return timezone.localtime(moment, LONDON)


def _day_of(value: date) -> date:
    return _local(value).date() if isinstance(value, datetime) else value


def day(value: date | None) -> str:
    """3 March 2026. Nothing for None."""
    return "" if value is None else formats.date_format(_day_of(value), "j F Y")


def short_day(value: date | None) -> str:
    """3 Mar 2026, for dense tables."""
    return "" if value is None else formats.date_format(_day_of(value), "j M Y")


def weekday(value: date | None) -> str:
    """Tuesday 3 March 2026: for whatever somebody has to keep or wait for."""
    return "" if value is None else formats.date_format(_day_of(value), "l j F Y")


def clock_time(value: datetime | time | None) -> str:
    """4:05pm, midday, midnight; in Gaelic 16:05."""
    if value is None:
        return ""
    at = _local(value).time() if isinstance(value, datetime) else value
    if subtag(get_language()) != "en":
        return f"{at.hour:02}:{at.minute:02}"
    if at.minute == 0 and at.hour in (0, 12):
        return "midday" if at.hour else "midnight"
    return f"{at.hour % 12 or 12}:{at.minute:02}{'am' if at.hour < 12 else 'pm'}"


def day_and_time(value: datetime | None) -> str:
    """3 March 2026, 4:05pm."""
    return "" if value is None else f"{day(value)}, {clock_time(value)}"


def short_day_and_time(value: datetime | None) -> str:
    """3 Mar 2026, 4:05pm, for dense tables."""
    return "" if value is None else f"{short_day(value)}, {clock_time(value)}"
