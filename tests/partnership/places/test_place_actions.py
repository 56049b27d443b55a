import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from reachin.groundwork.audited_access.context import Actor
from reachin.partnership.places.actions import AREAS_OF_SCOTLAND, import_postcodes, load_areas, load_places
from reachin.partnership.places.lookup import area_name, place_of
from reachin.partnership.places.models import Area, NamedPlace, Postcode
from reachin.partnership.places.reading import UnreadableFile

BY = Actor.system("test")
HEADING = "postcode,latitude,longitude,council_area_2011_code,health_board_2014_code,integration_authority_2016_code,place_name\n"
DEMO = Path(__file__).parents[3] / "demo" / "places.json"

pytestmark = pytest.mark.usefixtures("db")


def file_of(folder: Path, *rows: str) -> Path:
    path = folder / "scotland_postcodes_test.csv"
    path.write_text(HEADING + "".join(f"{row}\n" for row in rows), "utf-8-sig")
    return path


def test_a_second_run_changes_and_doubles_nothing(tmp_path: Path) -> None:
    path = file_of(tmp_path, "PA34 4AA,56.41,-5.47,S12000035,S08000022,S37000004,Oban", "XX,1,1,,,,")
    first = import_postcodes(path, by=BY)
    before = list(Postcode.objects.values())
    second = import_postcodes(path, by=BY)
    assert (first.added, first.changed, len(first.problems)) == (1, 0, 1)
    assert (second.added, second.changed, second.unchanged) == (0, 0, 1)
    assert list(Postcode.objects.values()) == before
    assert NamedPlace.objects.count() == 1


def test_what_changed_is_updated_under_the_same_id(tmp_path: Path) -> None:
    import_postcodes(file_of(tmp_path, "PA34 4AA,56.41,-5.47,S12000035,S08000022,S37000004,"), by=BY)
    before = Postcode.objects.get()
    loaded = import_postcodes(file_of(tmp_path, "PA34 4AA,56.50,-5.47,S12000035,S08000022,S37000004,"), by=BY)
    after = Postcode.objects.get()
    assert loaded.changed == 1
    assert (after.id, after.latitude) == (before.id, 56.50)


def test_a_folder_gives_its_newest_file_and_progress_is_told(tmp_path: Path) -> None:
    file_of(tmp_path, "PA34 4AA,56.41,-5.47,,,,")
    told: list[int] = []
    import_postcodes(tmp_path, by=BY, progress=told.append)
    assert told == [1]


@pytest.mark.parametrize("name", ["missing.csv", "broken.csv.gz"])
def test_a_file_that_cannot_be_read_is_said_so(tmp_path: Path, name: str) -> None:
    (tmp_path / "broken.csv.gz").write_bytes(b"not gzip")
    with pytest.raises(UnreadableFile):
        import_postcodes(tmp_path / name, by=BY)


def test_places_are_found_by_postcode_first_part_name_and_area() -> None:
    load_places(DEMO, by=BY)
    for text in ("pa344ag", "PA34", "Portlennan", " portlennan ", "Shore Street, PA34 4AG"):
        place = place_of(text)
        assert place is not None
        assert {"S12000035", "S08000022", "S37000004", "S92000003"} == place.area_codes
        assert place.point is not None
        assert place.point.latitude == pytest.approx(56.41, abs=0.01)
    strathlennan = place_of("Strathlennan")
    assert strathlennan is not None
    assert (strathlennan.point, strathlennan.is_exact, "S12000035" in strathlennan.area_codes) == (None, False, True)


@pytest.mark.parametrize("text", ["", "nowhere at all", "SW1A 1AA", "\x00", "🙂" * 1000])
def test_a_place_that_is_not_known_is_unknown_and_no_error(text: str) -> None:
    load_places(DEMO, by=BY)
    assert place_of(text) is None


def test_two_places_of_one_name_are_not_guessed_between(tmp_path: Path) -> None:
    rows = ("G69 9AA,55.9,-4.1,S12000044,,,Muirhead", "DD2 5QN,56.5,-3.07,S12000041,,,Muirhead")
    import_postcodes(file_of(tmp_path, *rows), by=BY)
    assert place_of("Muirhead") is None


def test_the_first_part_of_a_postcode_lies_in_every_area_that_it_touches(tmp_path: Path) -> None:
    import_postcodes(file_of(tmp_path, "EH49 6AA,55.97,-3.60,S12000040,,,", "EH49 7AA,55.99,-3.64,S12000014,,,"), by=BY)
    place = place_of("eh49")
    assert place is not None
    assert place.area_codes == {"S12000040", "S12000014", "S92000003"}
    assert place.point is not None
    assert place.point.latitude == pytest.approx(55.98)


def test_an_invented_name_for_an_area_is_not_taken_back_by_the_official_one() -> None:
    load_places(DEMO, by=BY)
    load_areas(AREAS_OF_SCOTLAND, by=BY)
    assert area_name("S12000035") == "Strathlennan"
    assert area_name("S99999999") == "S99999999"
    assert Area.objects.count() == len(json.loads(AREAS_OF_SCOTLAND.read_text("utf-8"))["areas"])


def test_the_command_tells_what_it_did_and_what_it_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = file_of(tmp_path, "PA34 4AA,56.41,-5.47,S12000035,S08000022,S37000004,", "XX,1,1,,,,")
    call_command("import_postcodes", str(path))
    told = capsys.readouterr()
    assert "1 postcodes, 1 added, 0 changed, 0 as they were; 1 rows left out" in told.out
    assert "line 3: 'XX' is not a postcode" in told.err
    with pytest.raises(CommandError, match="no postcode file"):
        call_command("import_postcodes", str(tmp_path / "gone"))


def test_every_postcode_of_scotland_is_loaded(outside_data: Callable[[str], Path]) -> None:
    loaded = import_postcodes(outside_data("data/geography"), by=BY)
    assert (loaded.rows, loaded.added, loaded.problems) == (158_967, 158_738, [])
