import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachin.partnership.places.rules import (
    Point,
    area_code_inside,
    distance_km,
    name_key,
    normalise_postcode,
    outward_of,
    point_of,
    postcode_inside,
)

POSTCODES = [
    ("AB10 1AB", "AB10 1AB"),
    ("ab101ab", "AB10 1AB"),
    ("  aB10   1aB ", "AB10 1AB"),
    ("a b 1 0 1 a b", "AB10 1AB"),
    ("G1 1AA", "G1 1AA"),
    ("g11aa", "G1 1AA"),
    ("EC1A-1BB", "EC1A 1BB"),
    ("ＡＢ１０ １ＡＢ", "AB10 1AB"),
    ("AB10", "AB10"),
    ("g12", "G12"),
    ("AB10 1", "AB10"),
    ("AB10 1A", "AB10"),
    ("ab101", "AB10"),
    ("", None),
    ("   ", None),
    ("Portlennan", None),
    ("the caravan by the shore", None),
    ("AB10 1ABC", None),
    ("10 AB1 1AB", None),
    ("\x00\ud800", None),
    ("🙂", None),
]


@pytest.mark.parametrize(("typed", "meant"), POSTCODES)
def test_a_postcode_is_read_however_it_is_typed(typed: str, meant: str | None) -> None:
    assert normalise_postcode(typed) == meant


@given(st.text())
def test_no_text_breaks_the_reading(typed: str) -> None:
    read = normalise_postcode(typed)
    assert read is None or normalise_postcode(read) == read
    assert postcode_inside(typed) is None or normalise_postcode(postcode_inside(typed) or "")
    assert name_key(name_key(typed)) == name_key(typed)


def test_a_hundred_thousand_characters_are_no_postcode() -> None:
    assert normalise_postcode("AB10" * 25_000) is None


def test_a_postcode_is_found_within_an_address() -> None:
    assert postcode_inside("2 Shore Street, Portlennan pa34 4ag, please ring first") == "PA34 4AG"
    assert postcode_inside("near the pier") is None


def test_the_first_part_of_a_postcode() -> None:
    assert outward_of("PA34 4AG") == outward_of("PA34") == "PA34"


DISTANCES = [
    (Point(55.9533, -3.1883), Point(55.8642, -4.2518), 67),  # Edinburgh to Glasgow
    (Point(60.1530, -1.1493), Point(54.6650, -4.9000), 650),  # Lerwick to Drummore
    (Point(56.4, -5.5), Point(56.4, -5.5), 0),
    (Point(0, 180), Point(0, -180), 0),
]


@pytest.mark.parametrize(("start", "end", "kilometres"), DISTANCES)
def test_distances(start: Point, end: Point, kilometres: int) -> None:
    assert distance_km(start, end) == pytest.approx(kilometres, abs=1)


points = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


@given(points, points)
def test_a_distance_is_the_same_both_ways_and_within_the_earth(start: Point, end: Point) -> None:
    there = distance_km(start, end)
    assert 0 <= there <= 20_016
    assert there == pytest.approx(distance_km(end, start))


@pytest.mark.parametrize(("latitude", "longitude"), [(None, 1.0), (1.0, None), (0.0, 0.0), (100.0, 101.0), (float("nan"), 1.0)])
def test_what_is_nowhere_on_earth_is_no_point(latitude: float | None, longitude: float | None) -> None:
    assert point_of(latitude, longitude) is None


def test_names_are_compared_without_accents_case_and_signs() -> None:
    assert name_key("  Àird-nan  ‘Eilean’ ") == name_key("aird nan eilean")


def test_an_area_code_is_found_in_an_address_and_a_changed_one_is_the_same_area() -> None:
    assert area_code_inside("http://statistics.data.gov.uk/id/statistical-geography/S12000035") == "S12000035"
    assert area_code_inside("S12000049") == area_code_inside("S12000046")  # Glasgow City before and after 2019
    assert area_code_inside("all of Scotland") is None
