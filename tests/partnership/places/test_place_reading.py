import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from reachin.partnership.places.reading import PostcodeReading, RowProblem, UnreadableFile, read_postcodes

HEADING = "postcode,latitude,longitude,council_area_2011_code,health_board_2014_code,integration_authority_2016_code,place_name"
OBAN = "PA34 4AA,56.41,-5.47,S12000035,S08000022,S37000004,"


def read(*rows: str) -> list[PostcodeReading | RowProblem]:
    return list(read_postcodes([f"{row}\n" for row in (HEADING, *rows)]))


BAD_ROWS = [
    ("ABC,56.4,-5.4,,,,", "'ABC' is not a postcode"),
    (",56.4,-5.4,,,,", "there is no postcode"),
    ("PA34,56.4,-5.4,,,,", "'PA34' is not a postcode"),
    ("PA34 4AA,north,-5.4,,,,", "PA34 4AA has no place on the map"),
    ("PA34 4AA,nan,-5.4,,,,", "PA34 4AA has no place on the map"),
    ("PA34 4AA,,,,,,", "PA34 4AA has no place on the map"),
    ("PA34 4AA,100,101,,,,", "PA34 4AA has no place on the map"),
    ("PA34 4AA,56.4,-5.4,Argyll,,,", "'Argyll' is not an area code"),
    ("PA34 4AA", "PA34 4AA has no place on the map"),
]


@pytest.mark.parametrize(("row", "reason"), BAD_ROWS)
def test_a_bad_row_is_told_with_its_line_and_the_next_one_is_read(row: str, reason: str) -> None:
    problem, good = read(row, OBAN.replace("4AA", "4AB"))
    assert problem == RowProblem(2, reason)
    assert isinstance(good, PostcodeReading)
    assert good.line == 3


def test_a_postcode_that_comes_twice_is_kept_once() -> None:
    assert read(OBAN, OBAN.replace("4AA", "4AB"), OBAN)[1] == RowProblem(4, "PA34 4AA was already on line 2")


def test_a_postcode_with_a_border_through_it_keeps_the_areas_of_both_sides() -> None:
    [read_one] = read("AB12 3GQA,57.08,-2.10,S12000034,S08000020,S37000002,", "AB12 3GQB,57.09,-2.11,S12000033,S08000020,S37000001,")
    assert isinstance(read_one, PostcodeReading)
    assert (read_one.code, read_one.council_code, read_one.rows) == ("AB12 3GQ", "S12000034", 2)
    assert read_one.other_area_codes == ("S12000033", "S37000001")


def test_a_cell_that_is_far_too_long_is_told_and_passed_over() -> None:
    problem, good = read("x" * 200_000, OBAN)
    assert isinstance(problem, RowProblem)
    assert "field larger" in problem.reason
    assert isinstance(good, PostcodeReading)


@pytest.mark.parametrize("text", ["", "a,b,c\n1,2,3\n", "\x00\x01\x02"])
def test_another_file_is_refused_as_a_whole(text: str) -> None:
    with pytest.raises(UnreadableFile, match="the heading lacks"):
        list(read_postcodes(text.splitlines(keepends=True)))


def test_the_scottish_directory_is_read_whole(outside_data: Callable[[str], Path]) -> None:
    with gzip.open(outside_data("data/geography/scotland_postcodes_2020-01.csv.gz"), "rt", encoding="utf-8") as lines:
        readings = list(read_postcodes(lines))
    good = [reading for reading in readings if isinstance(reading, PostcodeReading)]
    assert (len(readings), len(good), sum(reading.rows for reading in good)) == (158_738, 158_738, 158_967)
    assert sum(bool(reading.other_area_codes) for reading in good) == 202
