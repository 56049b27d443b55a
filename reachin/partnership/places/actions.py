"""Loads areas, postcodes and named places.

A large file is loaded in batches, each in its own transaction with its audit row: what was stored stays, and a second run changes
nothing that is already so. That is why these actions open `acting` themselves; call them outside a transaction.
"""

import gzip
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.context import Actor, acting
from reachin.groundwork.ids import new_id

from .reading import PostcodeReading, RowProblem, UnreadableFile, read_postcodes
from .rules import name_key, outward_of

POSTCODE_FILES = "scotland_postcodes_*.csv*"
AREAS_OF_SCOTLAND = Path(__file__).parent / "areas_of_scotland.json"
BATCH = 5000

# Arrays rather than a temporary table: the application's role may not make one. Rows that are already so are not written again.
STORE_POSTCODES = """
insert into places_postcode as kept (id, code, outward, latitude, longitude, council_code, health_board_code, hscp_code, other_area_codes)
select id, code, outward, latitude, longitude, council, board, hscp, string_to_array(others, ' ') from unnest(
  %s::uuid[], %s::text[], %s::text[], %s::float8[], %s::float8[], %s::text[], %s::text[], %s::text[], %s::text[]
) as told (id, code, outward, latitude, longitude, council, board, hscp, others)
on conflict (code) do update set latitude = excluded.latitude, longitude = excluded.longitude, council_code = excluded.council_code,
  health_board_code = excluded.health_board_code, hscp_code = excluded.hscp_code, other_area_codes = excluded.other_area_codes
where (kept.latitude, kept.longitude, kept.council_code, kept.health_board_code, kept.hscp_code, kept.other_area_codes)
  is distinct from (excluded.latitude, excluded.longitude, excluded.council_code, excluded.health_board_code,
  excluded.hscp_code, excluded.other_area_codes)
returning (old.id is null) as is_new
"""
STORE_PLACES = """
insert into places_namedplace as kept
  (id, name, name_key, postcode, latitude, longitude, council_code, health_board_code, hscp_code, is_invented)
select * from unnest(
  %s::uuid[], %s::text[], %s::text[], %s::text[], %s::float8[], %s::float8[], %s::text[], %s::text[], %s::text[], %s::bool[])
on conflict (name_key, council_code) do update set name = excluded.name, postcode = excluded.postcode,
  latitude = excluded.latitude, longitude = excluded.longitude
where not (kept.is_invented and not excluded.is_invented)
  and (kept.name, kept.postcode, kept.latitude, kept.longitude)
  is distinct from (excluded.name, excluded.postcode, excluded.latitude, excluded.longitude)
returning (old.id is null) as is_new
"""
# An invented partnership may rename a real area in its own database; the official names do not take that back.
STORE_AREAS = """
insert into places_area as kept (id, code, name, name_key, kind, is_invented)
select * from unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bool[])
on conflict (code) do update set name = excluded.name, name_key = excluded.name_key, is_invented = excluded.is_invented
where not (kept.is_invented and not excluded.is_invented) and kept.name is distinct from excluded.name
returning (old.id is null) as is_new
"""

STATEMENTS = {"area": STORE_AREAS, "postcode": STORE_POSTCODES, "named_place": STORE_PLACES}
COLUMNS = {
    "area": ("name",),
    "postcode": ("latitude", "longitude", "council_code", "health_board_code", "hscp_code", "other_area_codes"),
    "named_place": ("name", "postcode", "latitude", "longitude"),
}

Progress = Callable[[int], None]
"""Told now and then how many rows of the file have been dealt with."""


def tell_nobody(rows: int) -> None:
    """For those who do not watch."""


@dataclass(slots=True)
class Loaded:
    """What a load did: rows of the file, entries read from them, added, changed and as they were; rows left out with line and reason."""

    rows: int = 0
    read: int = 0
    added: int = 0
    changed: int = 0
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def unchanged(self) -> int:
        return self.read - self.added - self.changed


def import_postcodes(path: Path, *, by: Actor, progress: Progress = tell_nobody) -> Loaded:
    """Loads a postcode file, or the newest one in a folder: new rows are added, changed ones updated, none is removed.

    Raises UnreadableFile when there is no such file or it is something else, having stored what came before the break.
    """
    load_areas(AREAS_OF_SCOTLAND, by=by)
    loaded, load = Loaded(), new_id()
    with _opened(postcode_file(path)) as lines:
        readings = read_postcodes(lines)
        while batch := list(islice(readings, BATCH)):
            good = [reading for reading in batch if isinstance(reading, PostcodeReading)]
            problems = [problem for problem in batch if isinstance(problem, RowProblem)]
            loaded.problems += problems
            loaded.rows += len(problems) + sum(reading.rows for reading in good)
            loaded.read += len(good)
            _store(by, "postcode", [_postcode_row(reading) for reading in good], load=load, loaded=loaded)
            named = [_named_row(reading) for reading in good if reading.place_name]
            _store(by, "named_place", _once(named), load=load, loaded=Loaded())
            progress(loaded.rows)
    return loaded


def load_areas(path: Path, *, by: Actor) -> Loaded:
    """Loads names of areas from a JSON file with "areas": [{code, name, kind}]."""
    return _load_areas(json.loads(path.read_text("utf-8")), by=by)


def load_places(path: Path, *, by: Actor) -> Loaded:
    """Loads an invented partnership's places (demo/places.json): "areas" that it renames, "places" and "postcodes" on real ground."""
    load_areas(AREAS_OF_SCOTLAND, by=by)
    told: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    loaded, load = _load_areas(told, by=by), new_id()
    loaded.rows += len(told["places"]) + len(told["postcodes"])
    loaded.read = loaded.rows
    places = [[new_id(), place["name"], name_key(place["name"]), *_where(place, "postcode"), True] for place in told["places"]]
    _store(by, "named_place", places, load=load, loaded=loaded)
    postcodes = [[new_id(), code["postcode"], outward_of(code["postcode"]), *_where(code), ""] for code in told["postcodes"]]
    _store(by, "postcode", postcodes, load=load, loaded=loaded)
    return loaded


def postcode_file(path: Path) -> Path:
    """The file itself, or the newest postcode file in a folder. Raises UnreadableFile when there is none."""
    if path.is_file():
        return path
    found = sorted(path.glob(POSTCODE_FILES))
    if not found:
        raise UnreadableFile(f"no postcode file at {path}")
    return found[-1]


@contextmanager
def _opened(path: Path) -> Iterator[Iterator[str]]:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            yield io.TextIOWrapper(stream, "utf-8-sig", errors="replace", newline="")
    except (OSError, EOFError) as error:
        raise UnreadableFile(f"{path.name} cannot be read: {error}") from error


def _load_areas(told: Mapping[str, Any], *, by: Actor) -> Loaded:
    loaded = Loaded(rows=len(told["areas"]), read=len(told["areas"]))
    is_invented = bool(told.get("is_invented"))
    rows = [[new_id(), area["code"], area["name"], name_key(area["name"]), area["kind"], is_invented] for area in told["areas"]]
    _store(by, "area", rows, load=new_id(), loaded=loaded)
    return loaded


def _store(by: Actor, kind: str, rows: Sequence[Sequence[object]], *, load: UUID, loaded: Loaded) -> None:
    if not rows:
        return
    with acting(by), connection.cursor() as cursor:
        cursor.execute(STATEMENTS[kind], [list(column) for column in zip(*rows, strict=True)])
        stored = [is_new for (is_new,) in cursor.fetchall()]
        if stored:
            record(f"{kind}.imported", subject_kind=f"{kind}_file", subject_id=load, fields=COLUMNS[kind])
    loaded.added += stored.count(True)
    loaded.changed += stored.count(False)


def _postcode_row(reading: PostcodeReading) -> list[object]:
    areas = [reading.council_code, reading.health_board_code, reading.hscp_code]
    others = " ".join(reading.other_area_codes)
    return [new_id(), reading.code, outward_of(reading.code), reading.point.latitude, reading.point.longitude, *areas, others]


def _named_row(reading: PostcodeReading) -> list[object]:
    areas = [reading.council_code, reading.health_board_code, reading.hscp_code]
    where = [reading.code, reading.point.latitude, reading.point.longitude, *areas]
    return [new_id(), reading.place_name, name_key(reading.place_name), *where, False]


def _once(rows: Sequence[list[object]]) -> list[list[object]]:
    """One row for each name and council: one statement may not touch a row twice."""
    return list({(row[2], row[6]): row for row in rows}.values())


def _where(place: Mapping[str, Any], *first: str) -> list[object]:
    numbers = [float(place["latitude"]), float(place["longitude"])]
    return [*(place[name] for name in first), *numbers, place["council"], place["health_board"], place["hscp"]]
