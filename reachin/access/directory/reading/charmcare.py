"""The folder of CSV files in the form of Ohana and CHARMcare: services, locations, organizations, taxonomy, and service_categories.json."""

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from reachin.access.directory.enums import Delivery, ServiceStatus, TermKind
from reachin.access.directory.rules import ages_between, should_be_masked
from reachin.partnership.places.reading import RowProblem, TableRow, UnreadableFile, table_rows
from reachin.partnership.places.rules import point_of

from . import texts
from .needs import is_masking, needs_of
from .shapes import LocationReading, OrganisationReading, Problem, Readings, ServiceReading, TermReading
from .taken import ages_in_groups, delivery_in, has_interpreter_in, is_free_in, languages_in, status_of

SERVICES = "services.csv"
NEEDED_FILES = (SERVICES, "locations.csv", "organizations.csv")

CHILDREN_COME_TOO = frozenset(
    {"families with children", "parents", "mothers", "fathers", "single mom", "single dad", "pregnancy", "caregivers", "family friendly"}
)
"""A service with such a term is not for adults only, whatever age groups it names: a parents' course is asked for with a child's age."""

Cells = Mapping[str, str]


def is_charmcare(names: frozenset[str]) -> bool:
    """Whether a folder with these files is of this kind."""
    return names.issuperset(NEEDED_FILES)


def read_folder(files: Mapping[str, str]) -> Readings:
    """Every service of the folder, given the texts of its files by name."""
    problems: list[Problem] = []
    tables = {name: _table(files, name, problems) for name in ("locations.csv", "organizations.csv", "taxonomy.csv")}
    categories = _categories(files.get("service_categories.json", "{}"), problems)
    yield from problems
    for row in _rows(files.get(SERVICES, ""), SERVICES, {"id", "name"}):
        if isinstance(row, Problem):
            yield row
        else:
            yield from _read_row(row, tables, categories.get(row.cells["id"], ()))


def _read_row(row: TableRow, tables: Mapping[str, Mapping[str, Cells]], categories: tuple[str, ...]) -> Readings:
    cells = row.cells
    key, name = texts.key(cells["id"]), texts.one_line(cells["name"])
    if not key or not name:
        yield Problem(SERVICES, row.line, "the service has no id" if not key else f"service {key} has no name")
        return
    location = tables["locations.csv"].get(cells.get("location_id", ""), {})
    if not location:
        yield Problem(SERVICES, row.line, f"{name}: its location is not in locations.csv", is_refused=False)
    status = status_of(texts.one_line(cells.get("status", "")))
    if status is None:
        yield Problem(SERVICES, row.line, f"{name}: {cells['status'][:40]!r} is not a status; taken as closed for now", is_refused=False)
    terms = _terms(categories, tables["taxonomy.csv"])
    organisation = _organisation(tables["organizations.csv"].get(location.get("organization_id", ""), {}), key=key, name=name)
    reading = ServiceReading(SERVICES, row.line, key, name, organisation, terms=terms, status=(status or ServiceStatus.PAUSED).value)
    yield _with_facts(_with_words(reading, cells), cells, location)


def _with_words(reading: ServiceReading, cells: Cells) -> ServiceReading:
    fees = texts.plain(cells.get("fees", ""))
    return replace(
        reading,
        description=texts.plain(cells.get("description", "")),
        eligibility=texts.plain(cells.get("eligibility", "")),
        how_to_apply=texts.plain(cells.get("application_process", "")),
        wait_words=texts.plain(cells.get("wait_time", ""), 500),
        fees=fees,
        is_free=is_free_in(fees),
        email=texts.one_line(cells.get("email", ""), 254),
        website=texts.one_line(cells.get("website", ""), 500),
    )


def _with_facts(reading: ServiceReading, cells: Cells, location: Cells) -> ServiceReading:
    spoken = f"{cells.get('languages', '')} {cells.get('interpretation_services', '')}"
    needs = needs_of(reading.terms, name=reading.name, text=reading.description).needs
    places = tuple(place for place in [_location(location)] if place.key)
    ages = _ages(reading.terms)
    area = texts.one_line(cells.get("service_areas", ""))
    return replace(
        reading,
        needs=needs,
        min_age=ages[0],
        max_age=ages[1],
        is_masked=should_be_masked(needs) or is_masking(reading.name, reading.terms),
        languages=languages_in(spoken),
        has_interpreter=has_interpreter_in(spoken),
        delivery=_delivery(reading, places),
        area_names=(area,) if area else (),
        locations=places,
    )


def _ages(terms: tuple[TermReading, ...]) -> tuple[int | None, int | None]:
    names = [term.name for term in terms if term.kind == TermKind.SITUATION]
    if any(name.casefold() == "all ages" for name in names):
        return None, None
    lowest, highest = ages_in_groups(names)
    if CHILDREN_COME_TOO.intersection(name.casefold() for name in names):
        lowest = None
    ages = ages_between(lowest, highest)
    return ages.lowest, ages.highest


def _delivery(reading: ServiceReading, places: tuple[LocationReading, ...]) -> tuple[str, ...]:
    found = delivery_in(" ".join(term.name for term in reading.terms if term.kind == TermKind.SERVICE))
    described = reading.description.casefold()
    if "home visits: yes" in described or any(term.name == "Home Visiting" for term in reading.terms):
        found.add(Delivery.AT_HOME.value)
    if any(place.point for place in places):
        found.add(Delivery.PLACE.value)
    return tuple(sorted(found))


def _location(cells: Cells) -> LocationReading:
    point = point_of(texts.number(cells.get("latitude", "")), texts.number(cells.get("longitude", "")))
    return LocationReading(
        key=texts.key(cells.get("id", "")),
        name=texts.one_line(cells.get("name", "")),
        point=point,
        access_words=texts.plain(cells.get("accessibility", "")),
    )


def _organisation(cells: Cells, *, key: str, name: str) -> OrganisationReading:
    return OrganisationReading(
        key=texts.key(cells.get("id", "")) or f"of {key}"[: texts.LONGEST_KEY],
        name=texts.one_line(cells.get("name", "")) or name,
        description=texts.plain(cells.get("description", "")),
        website=texts.one_line(cells.get("website", ""), 500),
        email=texts.one_line(cells.get("email", ""), 254),
    )


def _terms(ids: tuple[str, ...], taxonomy: Mapping[str, Cells]) -> tuple[TermReading, ...]:
    """The terms of a service, each once; an id that the taxonomy lacks is left out."""
    found = {key: taxonomy[key] for key in ids if key in taxonomy}
    return tuple(
        TermReading(key, texts.one_line(cells["name"]), "CHARMcare", _kind(cells)) for key, cells in sorted(found.items()) if cells["name"]
    )


def _kind(cells: Cells) -> str:
    return (TermKind.SITUATION if cells.get("type") == "situation" else TermKind.SERVICE).value


def _table(files: Mapping[str, str], name: str, problems: list[Problem]) -> Mapping[str, Cells]:
    rows: dict[str, Cells] = {}
    for row in _rows(files.get(name, "id,name\n"), name, {"id", "name"}):
        if isinstance(row, Problem):
            problems.append(replace(row, is_break=False))
        elif row.cells["id"] in rows:
            problems.append(Problem(name, row.line, f"id {row.cells['id'][:40]} is there twice; the first is kept", is_refused=False))
        else:
            rows[row.cells["id"]] = row.cells
    return rows


def _rows(text: str, name: str, needed: set[str]) -> Iterator[TableRow | Problem]:
    try:
        for row in table_rows(io.StringIO(text.removeprefix("\ufeff"), newline=""), needed):
            yield Problem(name, row.line, row.reason) if isinstance(row, RowProblem) else row
    except UnreadableFile as error:
        yield Problem(name, 1, str(error), is_break=True)


def _categories(text: str, problems: list[Problem]) -> Mapping[str, tuple[str, ...]]:
    try:
        told = texts.mapping(json.loads(text.removeprefix("\ufeff")))
    except (ValueError, RecursionError) as error:
        problems.append(Problem("service_categories.json", getattr(error, "lineno", 0), "it is not JSON: no terms", is_refused=False))
        return {}
    return {key: tuple(dict.fromkeys(str(term) for term in terms)) for key, terms in told.items() if isinstance(terms, list)}
