from datetime import date
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from reachin.groundwork.page_parts.fields import DateInThreeParts, PartialDateInThreeParts
from reachin.groundwork.page_parts.partial_dates import PartialDate
from reachin.groundwork.page_parts.reading_fields import date_parts, first_input_of

PART = st.one_of(st.text(max_size=6), st.sampled_from(["", "0", "1", "29", "31", "2", "13", "2015", "0000", "9999", "²", "٣", "-1", "Feb"]))


class Born(forms.Form):
    on = DateInThreeParts()


def error_of(field: forms.Field, *typed: str) -> tuple[str, Any]:
    with pytest.raises(ValidationError) as caught:
        field.clean(list(typed))
    error = caught.value.error_list[0]
    return error.messages[0], (error.params or {}).get("parts")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (("4", "3", "2015"), date(2015, 3, 4)),
        ((" 04 ", "03", "2015"), date(2015, 3, 4)),
        (("4", "March", "2015"), date(2015, 3, 4)),
        (("4", "mar.", "2015"), date(2015, 3, 4)),
        (("4", "Sept", "2015"), date(2015, 9, 4)),
        (("29", "2", "2024"), date(2024, 2, 29)),
        (("14", "10", "1066"), date(1066, 10, 14)),
        (("٤", "٣", "٢٠١٥"), date(2015, 3, 4)),
    ],
)
def test_a_date_is_read_as_people_write_it(typed: tuple[str, ...], expected: date) -> None:
    assert DateInThreeParts().clean(list(typed)) == expected


def test_months_may_be_typed_in_gaelic() -> None:
    with translation.override("gd"):
        assert DateInThreeParts().clean(["4", "Am Màrt", "2015"]) == date(2015, 3, 4)


@pytest.mark.parametrize(
    ("typed", "message", "parts"),
    [
        (("", "", ""), "Enter a date", None),
        (("4", "3", ""), "Add the year", ["year"]),
        (("", "3", ""), "Add the day and the year", ["day", "year"]),
        (("31", "2", "2015"), "31 2 2015 is not a real date. Check the day and the month", ["day", "month"]),
        (("32", "1", "2015"), "The day must be a number from 1 to 31", ["day"]),
        (("1", "13", "2015"), "The month must be a number from 1 to 12, or its name", ["month"]),
        (("1", "Juni", "2015"), "The month must be a number from 1 to 12, or its name", ["month"]),
        (("1", "1", "15"), "The year must have 4 numbers, for example 2015", ["year"]),
        (("1", "1", "0000"), "The year must have 4 numbers, for example 2015", ["year"]),
        (("1", "1", "9" * 100_000), "The year must have 4 numbers, for example 2015", ["year"]),
        (("²", "1", "2015"), "The day must be a number from 1 to 31", ["day"]),
    ],
)
def test_what_is_wrong_is_said_of_the_part_that_is_wrong(typed: tuple[str, ...], message: str, parts: list[str] | None) -> None:
    assert error_of(DateInThreeParts(), *typed) == (message, parts)


def test_limits_are_those_that_the_form_asks_for() -> None:
    field = DateInThreeParts(earliest=date(1900, 1, 1), latest=lambda: date(2026, 11, 22))
    assert error_of(field, "14", "10", "1066")[0] == "The date must be 1 January 1900 or later"
    assert error_of(field, "23", "11", "2026")[0] == "The date must be 22 November 2026 or earlier"
    assert field.clean(["22", "11", "2026"]) == date(2026, 11, 22)
    own = DateInThreeParts(latest=date(2026, 11, 22), error_messages={"too_late": "Nobody is born in the future"})
    assert error_of(own, "23", "11", "2026")[0] == "Nobody is born in the future"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (("", "", "2015"), PartialDate(2015)),
        (("", "May", "2027"), PartialDate(2027, 5)),
        (("3", "5", "2027"), PartialDate(2027, 5, 3)),
    ],
)
def test_a_partial_date_is_taken_as_far_as_it_goes(typed: tuple[str, ...], expected: PartialDate) -> None:
    assert PartialDateInThreeParts().clean(list(typed)) == expected


def test_a_partial_date_needs_what_gives_it_meaning() -> None:
    assert error_of(PartialDateInThreeParts(), "3", "", "2027") == ("Add the month", ["month"])
    assert error_of(PartialDateInThreeParts(), "3", "", "") == ("Add the month and the year", ["month", "year"])
    assert error_of(PartialDateInThreeParts(), "", "5", "") == ("Add the year", ["year"])


def test_a_partial_date_is_refused_only_when_all_of_it_is_out_of_bounds() -> None:
    field = PartialDateInThreeParts(earliest=date(2026, 6, 15), latest=date(2027, 6, 15))
    assert field.clean(["", "6", "2026"]) == PartialDate(2026, 6)
    assert field.clean(["", "", "2027"]) == PartialDate(2027)
    assert error_of(field, "", "5", "2026")[0] == "The date must be 15 June 2026 or later"
    assert error_of(field, "", "7", "2027")[0] == "The date must be 15 June 2027 or earlier"


@given(PART, PART, PART)
def test_whatever_is_typed_gives_a_date_or_an_error_and_never_breaks(day: str, month: str, year: str) -> None:
    for field in (DateInThreeParts(required=False), PartialDateInThreeParts(required=False)):
        form_class = type("Any", (forms.Form,), {"on": field})
        form = form_class({"on_day": day, "on_month": month, "on_year": year})
        form.is_valid()
        bound = form["on"]
        assert [part.value for part in date_parts(bound)] == [day, month, year]
        assert first_input_of(bound) in {"id_on_day", "id_on_month", "id_on_year"}


@pytest.mark.parametrize(
    ("initial", "shown"),
    [
        (date(2015, 3, 4), ["4", "3", "2015"]),
        (PartialDate(2015, 3), ["", "3", "2015"]),
        ("2015-03-04", ["4", "3", "2015"]),
        ("2015-03", ["", "3", "2015"]),
        ("2015", ["", "", "2015"]),
        (None, ["", "", ""]),
    ],
)
def test_a_kept_date_is_shown_again(initial: Any, shown: list[str]) -> None:
    assert [part.value for part in date_parts(Born(initial={"on": initial})["on"])] == shown


def test_whether_a_date_was_changed() -> None:
    field = DateInThreeParts()
    assert not field.has_changed(date(2015, 3, 4), ["04", "3", "2015"])
    assert field.has_changed(date(2015, 3, 4), ["5", "3", "2015"])
    assert not field.has_changed(None, ["", "", ""])


@pytest.mark.parametrize(
    ("partial", "first", "last", "words"),
    [
        (PartialDate(2024), date(2024, 1, 1), date(2024, 12, 31), "2024"),
        (PartialDate(2024, 2), date(2024, 2, 1), date(2024, 2, 29), "February 2024"),
        (PartialDate(2024, 12), date(2024, 12, 1), date(2024, 12, 31), "December 2024"),
        (PartialDate(2024, 2, 3), date(2024, 2, 3), date(2024, 2, 3), "3 February 2024"),
        (PartialDate(9999, 12), date(9999, 12, 1), date(9999, 12, 31), "December 9999"),
    ],
)
def test_the_days_that_a_partial_date_can_mean(partial: PartialDate, first: date, last: date, words: str) -> None:
    assert (partial.first_day(), partial.last_day(), str(partial)) == (first, last, words)


@pytest.mark.parametrize(
    "wrong", [{"year": 2015, "day": 3}, {"year": 2015, "month": 2, "day": 30}, {"year": 0}, {"year": 2015, "month": 13}]
)
@pytest.mark.asvs("2.2.3")
def test_a_partial_date_that_no_calendar_has_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"day|month|year"):
        PartialDate(**wrong)
