from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

from django.db.models import Avg

from .enums import PlaceKind
from .models import Area, NamedPlace, Postcode
from .rules import LONGEST_TEXT, SCOTLAND, Point, name_key, normalise_postcode, postcode_inside


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is, as closely as they told: a point where there is one, and the codes of all areas that it lies in."""

    text: str
    kind: str
    name: str
    point: Point | None
    area_codes: frozenset[str]

    @property
    def is_exact(self) -> bool:
        """Whether it is a single postcode; anything else is a middle of something larger."""
        return self.kind == PlaceKind.POSTCODE


def place_of(text: str) -> Place | None:
    """The place that a text names: a postcode (also within an address), its first part, a place name or an area's name.

    None when nothing is known by it, or two places bear the name: unknown, never an error.
    """
    text = text[:LONGEST_TEXT].strip()
    code = normalise_postcode(text) or postcode_inside(text)
    if code is None:
        return _named(text) or _area(text)
    return (_postcode(text, code) if " " in code else None) or _outward(text, code.partition(" ")[0]) or _named(text)


def area_name(code: str) -> str:
    """The area's name; the code itself when it is not known."""
    return Area.objects.filter(code=code).values_list("name", flat=True).first() or code


def area_codes_by_name() -> Mapping[str, str]:
    """All areas that may be named in a sentence: comparing key to code. A council wins over a board or partnership of one name."""
    order = {"country": 0, "council": 1, "partnership": 2, "health_board": 3}
    rows = sorted(Area.objects.values_list("kind", "name_key", "code"), key=lambda row: (order.get(row[0], 9), row[2]), reverse=True)
    return {key: code for _, key, code in rows}


def _codes(*codes: str) -> frozenset[str]:
    return frozenset(code for code in codes if code) | {SCOTLAND}


def _postcode(text: str, code: str) -> Place | None:
    row = Postcode.objects.filter(code=code).first()
    if row is None:
        return None
    areas = _codes(row.council_code, row.health_board_code, row.hscp_code, *row.other_area_codes)
    return Place(text, PlaceKind.POSTCODE, row.code, Point(row.latitude, row.longitude), areas)


def _outward(text: str, outward: str) -> Place | None:
    """The middle of all its postcodes, and every area that any of them lies in: somebody there may live in each of them."""
    inside = Postcode.objects.filter(outward=outward)
    codes = set(chain.from_iterable(inside.values_list("council_code", "health_board_code", "hscp_code").distinct()))
    if not codes:
        return None
    middle = inside.aggregate(latitude=Avg("latitude"), longitude=Avg("longitude"))
    return Place(text, PlaceKind.OUTWARD, outward, Point(middle["latitude"], middle["longitude"]), _codes(*codes))


def _named(text: str) -> Place | None:
    found = list(NamedPlace.objects.filter(name_key=name_key(text))[:2])
    if len(found) != 1:
        return None
    [row] = found
    point = Point(row.latitude, row.longitude)
    return Place(text, PlaceKind.NAME, row.name, point, _codes(row.council_code, row.health_board_code, row.hscp_code))


def _area(text: str) -> Place | None:
    code = area_codes_by_name().get(name_key(text))
    return Place(text, PlaceKind.AREA, area_name(code), None, _codes(code)) if code else None
