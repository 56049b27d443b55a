"""Open Referral UK as it is met: the standard's own examples, both versions, and entries that are wrong in every way."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachin.access.directory.reading.open_referral import read_document
from reachin.access.directory.reading.shapes import Document, Problem, ServiceReading

VERSION_1 = {
    "id": "12345",
    "name": "Dads and tots",
    "status": "active",
    "description": "<p>Play &amp; <strong>talk</strong></p><p>Bring a snack</p>",
    "organization": {"id": "o-1", "name": "Lennan Dads", "url": "https://lennan-dads.example"},
    "attending_type": "venue",
    "attending_access": "drop-in",
    "fees": "Free",
    "assured_date": "2026-05-04",
    "eligibilitys": [{"eligibility": "Fathers", "minimum_age": 0, "maximum_age": 5}],
    "service_areas": [{"extent": "http://statistics.data.gov.uk/id/statistical-geography/S12000035"}, {"service_area": "The glen"}],
    "service_taxonomys": [{"taxonomy": {"id": "t-1", "name": "Parenting", "vocabulary": "openEligibility"}}],
    "languages": [{"language": "English"}, {"language": "Gaelic"}],
    "cost_options": [{"amount": 0, "option": "Everybody"}],
    "regular_schedules": [{"byday": "SA", "opens_at": "10:00:00", "closes_at": "12:00:00"}],
    "contacts": [{"name": "Somebody's Name", "phones": [{"number": "01632 960 555"}]}],
    "service_at_locations": [
        {
            "location": {
                "id": 7,
                "name": "The hall",
                "latitude": "56.4",
                "longitude": "-5.4",
                "physical_addresses": [{"address_1": "1 Hall Road", "city": "Portlennan", "postal_code": "pa371ab"}],
                "accessibility_for_disabilities": [{"accessibility": "Wheelchair ramp"}],
            }
        }
    ],
}


def read(text: object) -> tuple[list[ServiceReading], list[Problem]]:
    readings = list(read_document(Document("feed", text if isinstance(text, str) else json.dumps(text))))
    return [one for one in readings if isinstance(one, ServiceReading)], [one for one in readings if isinstance(one, Problem)]


def read_one(entry: dict[str, Any]) -> ServiceReading:
    [reading], _ = read(entry)
    return reading


def test_a_service_of_version_1_is_read_whole() -> None:
    reading = read_one(VERSION_1)
    assert (reading.key, reading.name, reading.status) == ("12345", "Dads and tots", "open")
    assert reading.description == "Play & talk\n\nBring a snack"
    assert (reading.organisation.key, reading.organisation.website) == ("o-1", "https://lennan-dads.example")
    assert (reading.min_age, reading.max_age, reading.eligibility) == (None, 5, "Fathers")
    assert (reading.area_codes, reading.area_names) == (("S12000035",), ("The glen",))
    assert (reading.languages, reading.is_free, reading.delivery) == (("en", "gd"), True, ("place",))
    assert (reading.opening, reading.phone, reading.confirmed_on) == ("Saturday 10:00 to 12:00", "01632 960 555", date(2026, 5, 4))
    assert reading.needs == ("behaviour",)
    [place] = reading.locations
    assert (place.key, place.address, place.postcode) == ("7", "1 Hall Road\nPortlennan", "pa371ab")
    assert place.point is not None
    assert reading.access_met == ("step_free",)


def test_no_persons_name_is_taken() -> None:
    assert "Somebody's Name" not in repr(read_one(VERSION_1))


def test_the_standards_full_example_of_version_3(outside_data: Callable[[str], Path]) -> None:
    text = outside_data("data/open_referral_uk/3.0/examples/service_full.json").read_text("utf-8")
    [reading], problems = read(text)
    assert (reading.name, reading.min_age, reading.max_age) == ("Community Counselling", 12, 100)
    assert (reading.organisation.name, reading.fees, reading.is_free) == (
        "Example Organization Inc.",
        "fees_description\nUnder 18s and Over 60s £35 per 1 hour session",
        False,
    )
    assert reading.access_met == ("hearing_loop", "step_free")
    assert [problem.reason for problem in problems] == ["Community Counselling: latitude 100, longitude 101 is nowhere on earth"]
    assert not problems[0].is_refused


@pytest.mark.parametrize(("name", "services"), [("service_list.json", 1), ("service_full.json", 1)])
def test_pages_and_single_services_are_told_apart(outside_data: Callable[[str], Path], name: str, services: int) -> None:
    text = outside_data(f"data/open_referral_uk/3.0/examples/{name}").read_text("utf-8")
    assert len(read(text)[0]) == services


ENTRY = {"id": "1", "name": "A", "status": "active"}
SHAPES = [
    (ENTRY, 1),
    ([ENTRY, {**ENTRY, "id": "2"}], 2),
    ({"content": [ENTRY], "totalPages": 1}, 1),
    ({"contents": [ENTRY], "total_pages": 1}, 1),
    ({"services": [ENTRY]}, 1),
    ({"contents": []}, 0),
    ([], 0),
]


@pytest.mark.parametrize(("document", "services"), SHAPES)
def test_every_shape_of_a_document_is_read(document: object, services: int) -> None:
    readings, problems = read(document)
    assert (len(readings), problems) == (services, [])


REFUSED = [
    ({"name": "A", "status": "active"}, "A has no id"),
    ({"id": "1", "status": "active"}, "service 1 has no name"),
    ({"id": "1", "name": "   "}, "service 1 has no name"),
    ({"id": "x" * 300, "name": "A"}, "A has no id"),
    ("a text", "this is not a service"),
    (None, "this is not a service"),
    ([], "this is not a service"),
    ({}, "this is not a service"),
]


@pytest.mark.parametrize(("entry", "reason"), REFUSED)
def test_a_bad_entry_is_told_and_never_stops_the_good_ones(entry: object, reason: str) -> None:
    readings, [problem] = read(json.dumps([ENTRY, entry, {**ENTRY, "id": "2"}], indent=0))
    assert [reading.key for reading in readings] == ["1", "2"]
    assert (problem.reason, problem.is_refused) == (reason, True)
    assert problem.line > 1


REMARKS = [
    ({"status": "perhaps"}, "A: 'perhaps' is not a status; taken as closed for now"),
    ({"minimum_age": 30, "maximum_age": 5}, "A: the youngest age 30 is above the oldest 5"),
    ({"minimum_age": -4}, "A: -4 is not an age"),
    (
        {"service_at_locations": [{"location": {"id": "l", "latitude": 900, "longitude": 1}}]},
        "A: latitude 900, longitude 1 is nowhere on earth",
    ),
]


@pytest.mark.parametrize(("details", "remark"), REMARKS)
def test_a_detail_that_makes_no_sense_is_told_and_left_out(details: dict[str, Any], remark: str) -> None:
    [_], [problem] = read({**ENTRY, **details})
    assert (problem.reason, problem.is_refused) == (remark, False)


def test_a_document_that_breaks_off_gives_what_came_before_and_its_line() -> None:
    text = json.dumps([ENTRY, {**ENTRY, "id": "2"}], indent=0)
    [first], [problem] = read(text[:-10])
    assert first.key == "1"
    assert (problem.line, problem.is_break) == (10, True)


@pytest.mark.parametrize(
    "text", ["", "   ", "hello", "<html>", "{", "[", '{"contents": [', "[" * 100_000, '{"id": 1}}', "\x00", "{[1]: 2}"]
)
def test_what_is_no_json_is_one_problem(text: str) -> None:
    readings, problems = read(text)
    assert readings == []
    assert problems[-1].is_break


KINDS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = sorted(
    {*VERSION_1, "schedules", "capacities", "attributes", "phones", "reach_in", "minimum_age", "maximum_age", "interpretation_services"}
)


@given(st.dictionaries(st.sampled_from(FIELDS), KINDS))
def test_no_value_anywhere_breaks_the_reading(fields: dict[str, Any]) -> None:
    entry = {**VERSION_1, **fields, "id": "1", "name": "A"}
    readings = list(read_document(Document("feed", json.dumps(entry))))
    assert sum(isinstance(one, ServiceReading) for one in readings) == 1


def test_formulas_and_hostile_words_stay_text(outside_data: Callable[[str], Path]) -> None:
    formulas = outside_data("data/security/formula_strings.txt").read_text("utf-8").splitlines()
    naughty = json.loads(next(outside_data("data/security/blns").glob("*.json")).read_text("utf-8"))
    for words in [*formulas, *naughty]:
        reading = read_one({**ENTRY, "name": f"A {words}", "description": words})
        assert "\x00" not in repr(reading)
        assert reading.name.split() == ["A", *"".join(sign for sign in words if not _is_control(sign)).split()][: len(reading.name.split())]


def _is_control(sign: str) -> bool:
    return sign not in "\n\t" and (ord(sign) < 32 or 127 <= ord(sign) < 160 or 0xD800 <= ord(sign) < 0xE000)


def test_what_the_standard_has_no_place_for_is_read_from_our_own_object() -> None:
    own = {
        "is_masked": True,
        "takes_requests": False,
        "public_name": {"en": "Talk", "gd": "Còmhradh", "xx": "?"},
        "only_for": ["women", "nobody"],
        "delivery": ["mobile"],
        "access_met": ["quiet_space"],
        "access_unmet": ["step_free"],
        "wait": {"days": 12, "stated_on": "2026-11-02"},
    }
    reading = read_one({**ENTRY, "reach_in": own, "capacities": [{"available": 2, "maximum": 9}], "wait_time": "Two weeks"})
    assert (reading.is_masked, reading.takes_requests, reading.only_for) == (True, False, ("women",))
    assert reading.public_name == (("en", "Talk"), ("gd", "Còmhradh"))
    assert (reading.delivery, reading.access_met, reading.access_unmet) == (("mobile",), ("quiet_space",), ("step_free",))
    assert (reading.wait_days, reading.wait_words, reading.places_free, reading.capacity) == (12, "Two weeks", 2, 9)
