"""A date asked in three inputs, as people know dates: day, month, year."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from reachin.groundwork.languages.enums import Language

from .moments import day as day_in_words
from .partial_dates import PartialDate

PARTS = ("day", "month", "year")
Limit = date | Callable[[], date] | None
Typed = Sequence[str]


class DateInThreePartsWidget(forms.MultiWidget):
    """Three text inputs, posted as NAME_day, NAME_month, NAME_year. What was typed comes back as it was typed."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(widgets={part: forms.TextInput() for part in PARTS}, attrs=attrs)

    def decompress(self, value: Any) -> list[str]:
        """From a date, a PartialDate, or "2015-03-04", "2015-03", "2015" (as a draft keeps it)."""
        if isinstance(value, str):
            pieces: list[Any] = [*value.split("-"), "", "", ""][:3]
        elif isinstance(value, (date, PartialDate)):
            pieces = [value.year, value.month, value.day]
        else:
            pieces = ["", "", ""]
        year, month, day = (_without_noughts(piece) for piece in pieces)
        return [day, month, year]


def _without_noughts(piece: Any) -> str:
    text = "" if piece is None else str(piece)
    return text.lstrip("0") if text.isdecimal() else text


class DateInThreeParts(forms.Field):
    """Gives a date, or None where nothing was typed and the field is not required.

    `earliest` and `latest` (dates, or functions that tell one) are the only limits: without them any day of the calendar is taken.
    Months may be typed as numbers or as English or Gaelic words.
    """

    widget = DateInThreePartsWidget
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": gettext_lazy("Enter a date"),
        "too_early": gettext_lazy("The date must be %(limit)s or later"),
        "too_late": gettext_lazy("The date must be %(limit)s or earlier"),
    }

    def __init__(self, *, earliest: Limit = None, latest: Limit = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.earliest = earliest
        self.latest = latest

    def to_python(self, value: Any) -> date | PartialDate | None:
        if value is None or isinstance(value, date):
            return value
        typed = [(piece or "").strip() for piece in value]
        if not any(typed):
            return None
        missing = [part for part, piece in zip(PARTS, typed, strict=True) if not piece]
        if missing:
            raise ValidationError(_missing_message(missing), code="incomplete", params={"parts": missing})
        return self._real_date(*typed)

    def _real_date(self, day: str, month: str, year: str) -> date | PartialDate:
        numbers = _number(day, "day"), _month(month), _number(year, "year")
        try:
            return date(numbers[2], numbers[1], numbers[0])
        except ValueError as error:
            raise ValidationError(
                _("%(day)s %(month)s %(year)s is not a real date. Check the day and the month"),
                code="not_real",
                params={"day": day, "month": month, "year": year, "parts": ["day", "month"]},
            ) from error

    def validate(self, value: Any) -> None:
        if value is None:
            super().validate(value)
            return
        first, last = (value.first_day(), value.last_day()) if isinstance(value, PartialDate) else (value, value)
        earliest, latest = _told(self.earliest), _told(self.latest)
        if earliest is not None and last < earliest:
            raise self._out_of_bounds("too_early", earliest)
        if latest is not None and first > latest:
            raise self._out_of_bounds("too_late", latest)

    def _out_of_bounds(self, code: str, limit: date) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params={"limit": day_in_words(limit), "parts": list(PARTS)})

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = initial if isinstance(initial, (list, tuple)) else DateInThreePartsWidget().decompress(initial)
        return [_without_noughts(piece) for piece in before] != [_without_noughts(piece.strip()) for piece in data or ["", "", ""]]


class PartialDateInThreeParts(DateInThreeParts):
    """The same, where the day, or the day and the month, may be left empty. Gives a PartialDate or None."""

    def to_python(self, value: Any) -> PartialDate | None:
        if value is None or isinstance(value, PartialDate):
            return value
        if isinstance(value, date):
            return PartialDate(value.year, value.month, value.day)
        day, month, year = (piece.strip() for piece in value)
        if not (day or month or year):
            return None
        if not year or (day and not month):
            missing = [part for part, lacks in (("month", bool(day) and not month), ("year", not year)) if lacks]
            raise ValidationError(_missing_message(missing), code="incomplete", params={"parts": missing})
        if not month:
            return PartialDate(_number(year, "year"))
        if not day:
            return PartialDate(_number(year, "year"), _month(month))
        whole = self._real_date(day, month, year)
        return PartialDate(whole.year, whole.month, whole.day)


def _missing_message(missing: Sequence[str]) -> str:
    messages = {
        ("day",): _("Add the day"),
        ("month",): _("Add the month"),
        ("year",): _("Add the year"),
        ("day", "month"): _("Add the day and the month"),
        ("day", "year"): _("Add the day and the year"),
        ("month", "year"): _("Add the month and the year"),
    }
    return messages[tuple(missing)]


def _number(piece: str, part: str) -> int:
    """A day of 1 to 31 or a year of four figures; raises ValidationError naming the part."""
    number = int(piece) if piece.isdecimal() and len(piece) <= 4 else 0
    if part == "day" and not 1 <= number <= 31:
        raise ValidationError(_("The day must be a number from 1 to 31"), code="invalid", params={"parts": [part]})
    if part == "year" and (number < 1 or len(piece) != 4):
        raise ValidationError(_("The year must have 4 numbers, for example 2015"), code="invalid", params={"parts": [part]})
    return number


def _month(piece: str) -> int:
    number = int(piece) if piece.isdecimal() and len(piece) <= 2 else _months_by_name().get(piece.casefold().rstrip("."), 0)
    if not 1 <= number <= 12:
        raise ValidationError(_("The month must be a number from 1 to 12, or its name"), code="invalid", params={"parts": ["month"]})
    return number


def _months_by_name() -> dict[str, int]:
    names: dict[str, int] = {}
    for language in Language.values:
        with override(language):
            for number in MONTHS:
                names[str(MONTHS[number]).casefold()] = number
                names[str(MONTHS_3[number]).casefold().rstrip(".")] = number
    return names | {"sept": 9}


def _told(limit: Limit) -> date | None:
    return limit() if callable(limit) else limit
