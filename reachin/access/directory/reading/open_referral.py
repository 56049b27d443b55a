"""Open Referral UK, 3.0 and 1.x, as it is met: one service, a page of a list, an array or a package.

Identifiers may be any text. A person's name is never taken: contacts give only the telephone and address of the service.
What the standard has no place for (a name in Gaelic, masking, a stated wait in days) stands in an object `reach_in`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from reachin.access.directory.enums import AccessNeed, Delivery, ForWhom, ServiceStatus
from reachin.access.directory.rules import Ages, ages_between, should_be_masked
from reachin.partnership.places.rules import area_code_inside, point_of

from . import texts
from .json_items import JsonItems
from .needs import is_masking, needs_of
from .shapes import Document, LocationReading, OrganisationReading, Problem, Readings, ServiceReading, TermReading
from .taken import access_in, delivery_in, has_interpreter_in, is_free_in, languages_in, opening_in, status_of

DETAILS = frozenset(
    {
        *("service_at_locations", "attributes", "schedules", "service_areas", "languages", "cost_options", "contacts", "phones"),
        *("service_taxonomys", "eligibilitys", "regular_schedules", "reach_in"),
    }
)
"""Parts that only a service's own page has: an entry with none of them is a summary."""

Entry = Mapping[str, object]


def read_document(document: Document) -> Readings:
    """Every service of one JSON text; what is wrong with one never stops the others."""
    items = JsonItems(document.text)
    for line, item in items:
        yield from read_service(item, where=document.where, line=line)
    if items.broken:
        line, reason = items.broken
        yield Problem(document.where, line, reason, is_break=True)


def read_service(item: object, *, where: str, line: int) -> Readings:
    """One service as a reading, after remarks about details that were left out; or one problem when it must be refused."""
    entry = texts.mapping(item)
    key, name = texts.key(entry.get("id")), texts.one_line(entry.get("name"))
    if not entry:
        yield Problem(where, line, "this is not a service")
    elif not key:
        yield Problem(where, line, f"{name or 'the service'} has no id")
    elif not name:
        yield Problem(where, line, f"service {key} has no name")
    else:
        yield from (Problem(where, line, f"{name}: {remark}", is_refused=False) for remark in _remarks(entry))
        yield _service(entry, ServiceReading(where, line, key, name, _organisation(entry, key=key, name=name)))


def _remarks(entry: Entry) -> list[str]:
    """What was told but makes no sense, and was left out."""
    told = texts.one_line(entry.get("status"), 40)
    said = [] if status_of(told) else [f"{told!r} is not a status; taken as closed for now"]
    said += _ages(entry).said
    for place in _places(entry):
        latitude, longitude = texts.number(place.get("latitude")), texts.number(place.get("longitude"))
        if latitude is not None and longitude is not None and point_of(latitude, longitude) is None:
            said.append(f"latitude {latitude:g}, longitude {longitude:g} is nowhere on earth")
    return said


def _service(entry: Entry, reading: ServiceReading) -> ServiceReading:
    """The reading with everything that the entry tells."""
    own = texts.mapping(entry.get("reach_in"))
    ages = _ages(entry)
    reading = replace(
        reading,
        status=(status_of(texts.one_line(entry.get("status"))) or ServiceStatus.PAUSED).value,
        description=texts.plain(entry.get("description")),
        min_age=ages.lowest,
        max_age=ages.highest,
        only_for=_ours(own.get("only_for"), ForWhom.values),
        takes_requests=own.get("takes_requests") is not False,
        public_name=_public_name(own),
        confirmed_on=texts.day(entry.get("assured_date")),
        locations=tuple(sorted((_location(place) for place in _places(entry)), key=lambda place: place.key)),
        terms=_terms(entry),
    )
    for part in (_with_words, _with_cost, _with_languages, _with_access, _with_delivery, _with_areas, _with_wait, _with_needs):
        reading = part(reading, entry, own)
    return reading


def _with_words(reading: ServiceReading, entry: Entry, own: Entry) -> ServiceReading:
    phones = texts.mappings(entry.get("phones")) + [
        phone for contact in texts.mappings(entry.get("contacts")) for phone in texts.mappings(contact.get("phones"))
    ]
    schedules = texts.mappings(entry.get("schedules")) + texts.mappings(entry.get("regular_schedules"))
    eligible = [texts.plain(each.get("eligibility")) for each in texts.mappings(entry.get("eligibilitys"))]
    return replace(
        reading,
        eligibility=_joined([texts.plain(entry.get("eligibility_description")), *eligible]),
        how_to_apply=texts.plain(entry.get("application_process")) or texts.one_line(entry.get("attending_access")),
        opening=_joined(opening_in(schedule) for schedule in schedules),
        phone=next((number for phone in phones if (number := texts.one_line(phone.get("number"), 80))), ""),
        email=texts.one_line(entry.get("email"), 254),
        website=texts.one_line(entry.get("url"), 500),
    )


def _with_cost(reading: ServiceReading, entry: Entry, own: Entry) -> ServiceReading:
    options = texts.mappings(entry.get("cost_options"))
    amounts = [amount for option in options if (amount := texts.number(option.get("amount"))) is not None]
    told = _joined([texts.plain(entry.get("fees")), texts.plain(entry.get("fees_description")), *map(_cost_words, options)])
    return replace(reading, fees=told, is_free=not any(amounts) if amounts else is_free_in(told))


def _with_languages(reading: ServiceReading, entry: Entry, own: Entry) -> ServiceReading:
    spoken = texts.mappings(entry.get("languages"))
    words = [texts.one_line(one.get(name)) for one in spoken for name in ("code", "name", "language", "note")]
    interpreting = texts.plain(entry.get("interpretation_services"))
    codes = {code for word in words for code in languages_in(word)}
    return replace(reading, languages=tuple(sorted(codes)), has_interpreter=True if interpreting else has_interpreter_in(" ".join(words)))


def _with_access(reading: ServiceReading, entry: Entry, own: Entry) -> ServiceReading:
    met, unmet = access_in(" ".join(place.access_words for place in reading.locations))
    met |= set(_ours(own.get("access_met"), AccessNeed.values))
    unmet |= set(_ours(own.get("access_unmet"), AccessNeed.values))
    return replace(reading, access_met=tuple(sorted(met)), access_unmet=tuple(sorted(unmet - met)))


def _with_delivery(reading: ServiceReading, entry: Entry, own: Entry) -> ServiceReading:
    schedules = texts.mappings(entry.get("schedules"))
    words = [texts.one_line(entry.get("attending_type")), *(texts.one_line(schedule.get("attending_type")) for schedule in schedules)]
    kinds = {texts.one_line(place.get("location_type")) for place in _places(entry)}
    found = delivery_in(" ".join(words)) | set(_ours(own.get("delivery"), Delivery.values))
    if "virtual" in kinds:
        found.add(Delivery.ONLINE.value)
    if kinds - {"virtual", "postal"} and not own.get("delivery"):
        found.add(Delivery.PLACE.value)
    return replace(reading, delivery=tuple(sorted(found)))


def _with_areas(reading: ServiceReading, entry: Entry, own: Entry) -> ServiceReading:
    codes: set[str] = set()
    names: set[str] = set()
    for area in texts.mappings(entry.get("service_areas")):
        words = [texts.one_line(area.get(name)) for name in ("uri", "extent", "name", "service_area")]
        code = next((found for word in words if (found := area_code_inside(word))), None)
        if code:
            codes.add(code)
        else:
            names.update(word for word in words[2:] if word)
    return replace(reading, area_codes=tuple(sorted(codes)), area_names=tuple(sorted(names)))


def _with_wait(reading: ServiceReading, entry: Entry, own: Entry) -> ServiceReading:
    wait = texts.mapping(own.get("wait"))
    room = next(iter(texts.mappings(entry.get("capacities"))), {})
    return replace(
        reading,
        wait_words=texts.plain(entry.get("wait_time"), 500),
        wait_days=texts.count(wait.get("days")),
        wait_stated_on=texts.day(wait.get("stated_on")),
        capacity=texts.count(room.get("maximum")),
        places_free=texts.count(room.get("available")),
    )


def _with_needs(reading: ServiceReading, entry: Entry, own: Entry) -> ServiceReading:
    needs = needs_of(reading.terms, name=reading.name, text=reading.description).needs
    masked = own.get("is_masked")
    if not isinstance(masked, bool):
        masked = should_be_masked(needs) or is_masking(reading.name, reading.terms)
    return replace(reading, needs=needs, is_masked=masked)


def _organisation(entry: Entry, *, key: str, name: str) -> OrganisationReading:
    told = texts.mapping(entry.get("organization"))
    phones = texts.mappings(told.get("phones"))
    return OrganisationReading(
        key=texts.key(told.get("id")) or texts.key(entry.get("organization_id")) or f"of {key}"[: texts.LONGEST_KEY],
        name=texts.one_line(told.get("name")) or name,
        description=texts.plain(told.get("description")),
        website=texts.one_line(told.get("website") or told.get("url"), 500),
        email=texts.one_line(told.get("email"), 254),
        phone=next((number for phone in phones if (number := texts.one_line(phone.get("number"), 80))), ""),
        agency_slug=texts.one_line(texts.mapping(told.get("reach_in")).get("agency"), 80),
    )


def _places(entry: Entry) -> list[Entry]:
    """The locations that have an id; one without cannot be told from others the next time."""
    found = [texts.mapping(at.get("location")) for at in texts.mappings(entry.get("service_at_locations"))]
    unique = {texts.key(place.get("id")): place for place in found}
    return [place for key, place in unique.items() if key]


def _location(place: Entry) -> LocationReading:
    address = next(iter(texts.mappings(place.get("addresses")) + texts.mappings(place.get("physical_addresses"))), {})
    lines = (texts.one_line(address.get(name)) for name in ("address_1", "address_2", "city", "region", "state_province"))
    access = texts.mappings(place.get("accessibility")) + texts.mappings(place.get("accessibility_for_disabilities"))
    words = (texts.plain(each.get(name)) for each in access for name in ("description", "details", "accessibility"))
    return LocationReading(
        key=texts.key(place.get("id")),
        name=texts.one_line(place.get("name")),
        address="\n".join(dict.fromkeys(line for line in lines if line)),
        postcode=texts.one_line(address.get("postal_code"), 20),
        point=point_of(texts.number(place.get("latitude")), texts.number(place.get("longitude"))),
        access_words=_joined(words),
    )


def _terms(entry: Entry) -> tuple[TermReading, ...]:
    told = [texts.mapping(link.get("taxonomy_term")) for link in texts.mappings(entry.get("attributes"))]
    told += [texts.mapping(link.get("taxonomy")) for link in texts.mappings(entry.get("service_taxonomys"))]
    terms = {}
    for term in told:
        name = texts.one_line(term.get("term") or term.get("name"))
        taxonomy = texts.one_line(term.get("taxonomy") or term.get("vocabulary"), texts.LONGEST_KEY)
        key = texts.key(term.get("id")) or f"{taxonomy}:{name}"[: texts.LONGEST_KEY]
        if name:
            terms[key] = TermReading(key, name, taxonomy)
    return tuple(terms[key] for key in sorted(terms))


def _ages(entry: Entry) -> Ages:
    """The service's own ages; where it has none, the widest span of its eligibilities."""
    own = ages_between(texts.number(entry.get("minimum_age")), texts.number(entry.get("maximum_age")))
    told = texts.mappings(entry.get("eligibilitys"))
    if own != Ages() or not told:
        return own
    lowest = [texts.number(each.get("minimum_age")) for each in told]
    highest = [texts.number(each.get("maximum_age")) for each in told]
    return ages_between(_least(lowest), _greatest(highest))


def _least(numbers: Sequence[float | None]) -> float | None:
    known = [number for number in numbers if number is not None]
    return min(known) if len(known) == len(numbers) else None


def _greatest(numbers: Sequence[float | None]) -> float | None:
    known = [number for number in numbers if number is not None]
    return max(known) if len(known) == len(numbers) else None


def _cost_words(option: Entry) -> str:
    amount = texts.number(option.get("amount"))
    words = [texts.one_line(option.get("option")), f"£{amount:g}" if amount else "", texts.one_line(option.get("amount_description"))]
    return " ".join(word for word in words if word)


def _public_name(own: Entry) -> tuple[tuple[str, str], ...]:
    told = texts.mapping(own.get("public_name"))
    return tuple((language, name) for language in ("en", "gd") if (name := texts.one_line(told.get(language))))


def _ours(value: object, known: Sequence[str]) -> tuple[str, ...]:
    """Those of our codes that a list names; others are left out."""
    named = value if isinstance(value, list) else []
    return tuple(sorted({code for code in named if isinstance(code, str) and code in known}))


def _joined(parts: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(part for part in parts if part))
