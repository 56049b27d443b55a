"""Reads the postcode file: rows of text in, readings or problems out. No database, no file."""

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import isfinite

from .rules import Point, is_area_code, normalise_postcode, point_of, same_area

AREA_COLUMNS = ("council_area_2011_code", "health_board_2014_code", "integration_authority_2016_code")
NEEDED_COLUMNS = frozenset({"postcode", "latitude", "longitude"})
LONGEST_NAME = 120
SPLIT_POSTCODE = re.compile(r"(.* [0-9][A-Z]{2})[A-Z]")
"""A part of a postcode as the NRS directory writes it: a letter behind."""


class UnreadableFile(ValueError):
    """The file as a whole is not what it should be; the message says why."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that was left out: its line in the file (the heading is line 1) and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table: the line that it begins on, and its cells by heading; a missing cell is an empty text."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PostcodeReading:
    """One postcode. Where a border runs through it the directory lists its parts (AB12 3GQA, AB12 3GQB): the first, which is the
    larger, gives the point and areas, and `other_area_codes` the areas of the rest, for nobody knows in which part somebody lives."""

    line: int
    code: str
    point: Point
    council_code: str
    health_board_code: str
    hscp_code: str
    place_name: str
    is_part: bool = False
    rows: int = 1
    other_area_codes: tuple[str, ...] = ()

    def area_codes(self) -> set[str]:
        """The areas of its first part."""
        return {code for code in (self.council_code, self.health_board_code, self.hscp_code) if code}


def read_postcodes(lines: Iterable[str]) -> Iterator[PostcodeReading | RowProblem]:
    """Each postcode as a reading, or the problem with its row. A postcode that comes twice is a problem the second time.

    Raises UnreadableFile when there is no heading, or it lacks a column that is needed.
    """
    seen: dict[str, int] = {}
    waiting: PostcodeReading | None = None
    for row in table_rows(lines, NEEDED_COLUMNS):
        reading = row if isinstance(row, RowProblem) else _read_row(row.cells, row.line)
        if isinstance(reading, RowProblem):
            yield reading
        elif waiting and reading.is_part and waiting.code == reading.code:
            waiting = _joined(waiting, reading)
        elif reading.code in seen:
            yield RowProblem(reading.line, f"{reading.code} was already on line {seen[reading.code]}")
        else:
            seen[reading.code] = reading.line
            if waiting:
                yield waiting
            waiting = reading
    if waiting:
        yield waiting


def _joined(first: PostcodeReading, part: PostcodeReading) -> PostcodeReading:
    others = ({*first.other_area_codes} | part.area_codes()) - first.area_codes()
    return replace(first, rows=first.rows + 1, other_area_codes=tuple(sorted(others)))


def table_rows(lines: Iterable[str], needed: Collection[str]) -> Iterator[TableRow | RowProblem]:
    """The rows of a CSV file with a heading. A row that no reader can take apart is a problem, and the next one is read.

    Raises UnreadableFile when there is no heading, or it lacks a column that is needed.
    """
    rows = csv.DictReader(lines)
    missing = set(needed) - set(rows.fieldnames or ())
    if missing:
        raise UnreadableFile(f"the heading lacks {', '.join(sorted(missing))}")
    while True:
        line = rows.line_num + 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield RowProblem(line, str(error))
        else:
            yield TableRow(line, {name: value or "" for name, value in cells.items() if isinstance(name, str)})


def _read_row(row: Mapping[str, str], line: int) -> PostcodeReading | RowProblem:
    written = row["postcode"].strip()
    part = SPLIT_POSTCODE.fullmatch(written)
    code = normalise_postcode(part[1] if part else written)
    if code is None or " " not in code:
        return RowProblem(line, f"{written[:40]!r} is not a postcode" if written else "there is no postcode")
    point = point_of(_number(row["latitude"]), _number(row["longitude"]))
    if point is None:
        return RowProblem(line, f"{code} has no place on the map")
    areas = [row.get(column, "").strip() for column in AREA_COLUMNS]
    strange = [value for value in areas if value and not is_area_code(value)]
    if strange:
        return RowProblem(line, f"{strange[0][:40]!r} is not an area code")
    council, health_board, hscp = (same_area(value) for value in areas)
    return PostcodeReading(
        line=line,
        code=code,
        point=point,
        council_code=council,
        health_board_code=health_board,
        hscp_code=hscp,
        is_part=part is not None,
        place_name=_one_line(row.get("place_name", "")),
    )


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None


def _one_line(text: str) -> str:
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())[:LONGEST_NAME]
