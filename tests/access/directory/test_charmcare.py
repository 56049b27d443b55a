"""The folder of tables, invented and real (Baltimore, 1,876 services)."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from reachin.access.directory.reading.charmcare import is_charmcare, read_folder
from reachin.access.directory.reading.shapes import Problem, ServiceReading

SERVICES = "id,location_id,name,description,eligibility,fees,languages,status\n"
FILES = {
    "services.csv": SERVICES + "1,10,Food for all,Soup,,Free,Spanish.,active\n",
    "locations.csv": "id,organization_id,name,latitude,longitude\n10,100,The hall,39.3,-76.6\n",
    "organizations.csv": "id,name\n100,Neighbours\n",
    "taxonomy.csv": "bom,id,name,type\n,5,Food Pantry,service\n,6,Teens (13-19 years old),situation\n",
    "service_categories.json": '{"1": ["5", "5", "6", "999"]}',
}


def read(**files: str) -> tuple[list[ServiceReading], list[Problem]]:
    changed = {name.replace("__", "."): text for name, text in files.items()}
    readings = list(read_folder({**FILES, **changed}))
    return [one for one in readings if isinstance(one, ServiceReading)], [one for one in readings if isinstance(one, Problem)]


def test_a_service_is_put_together_from_its_tables() -> None:
    [reading], problems = read()
    assert problems == []
    assert (reading.key, reading.line, reading.organisation.name) == ("1", 2, "Neighbours")
    assert (reading.needs, reading.min_age, reading.max_age, reading.languages) == (("food",), 13, 19, ("es",))
    assert [term.name for term in reading.terms] == ["Food Pantry", "Teens (13-19 years old)"]
    assert (reading.area_codes, reading.area_names) == ((), ())  # not known: it never excludes


ROWS = [
    (",10,No id,,,,,active", "the service has no id", True),
    ("2,10,,,,,,active", "service 2 has no name", True),
    ("2,99,Lost,,,,,active", "Lost: its location is not in locations.csv", False),
    ("2,10,Odd,,,,,perhaps", "Odd: 'perhaps' is not a status; taken as closed for now", False),
]


@pytest.mark.parametrize(("row", "reason", "is_refused"), ROWS)
def test_a_bad_row_is_told_with_its_line(row: str, reason: str, is_refused: bool) -> None:
    readings, [problem] = read(services__csv=SERVICES + row + "\n3,10,Good,,,,,active\n")
    assert (problem.where, problem.line, problem.reason, problem.is_refused) == ("services.csv", 2, reason, is_refused)
    assert readings[-1].name == "Good"


def test_lines_are_counted_through_cells_of_several_lines() -> None:
    _, [problem] = read(services__csv=SERVICES + '1,10,A,"one\ntwo\nthree",,,,active\n,10,B,,,,,active\n')
    assert problem.line == 5


@pytest.mark.parametrize("text", ["", "\x00", "id\n1\n"])
def test_without_services_the_whole_is_said_to_be_unreadable(text: str) -> None:
    readings, [problem] = read(services__csv=text)
    assert readings == []
    assert problem.is_break


@pytest.mark.parametrize("text", ["", "[", "[1]", '{"1": 5}'])
def test_spoilt_categories_cost_only_the_terms(text: str) -> None:
    [reading], _ = read(service_categories__json=text)
    assert reading.terms == ()
    assert reading.needs == ("food",)  # from its name


def test_a_parents_course_is_not_for_adults_only() -> None:
    taxonomy = "id,name,type\n5,Parenting Education,service\n6,Adults (31-54 years old),situation\n7,Parents,situation\n"
    [reading], _ = read(taxonomy__csv=taxonomy, service_categories__json='{"1": ["5", "6", "7"]}')
    assert reading.min_age is None


def test_a_folder_is_known_by_its_files() -> None:
    assert is_charmcare(frozenset(FILES))
    assert not is_charmcare(frozenset({"services.csv"}))


def test_baltimore_is_read_whole(outside_data: Callable[[str], Path]) -> None:
    folder = outside_data("data/directories/baltimore_charmcare")
    files = {path.name: path.read_text("utf-8-sig") for path in folder.iterdir()}
    readings = list(read_folder(files))
    good = [one for one in readings if isinstance(one, ServiceReading)]
    assert len(good) == len({one.key for one in good}) == 1876
    assert [one.reason for one in readings if isinstance(one, Problem)] == ["good food 4 u: its location is not in locations.csv"]
    assert not [one for one in good if one.area_codes or one.area_names]
    assert sum(not one.needs for one in good) < 40
    assert Counter(one.status for one in good) == {"open": 1876}
