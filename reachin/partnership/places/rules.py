import re
import unicodedata
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

SCOTLAND = "S92000003"
"""The country's code: a service that takes people from anywhere in Scotland names this one area."""

EARTH_RADIUS_KM = 6371.0088

LONGEST_TEXT = 200
"""Characters of what somebody typed that are looked at; a postcode or a place name is shorter."""

LONGEST_KEY = 120
"""Characters of a name that are compared; some letters become several."""

_OUTWARD = r"[A-Z]{1,2}[0-9][0-9A-Z]?"
_INWARD = r"[0-9][A-Z]{2}"
_WHOLE = re.compile(rf"({_OUTWARD})({_INWARD})")
_WHOLE_INSIDE = re.compile(rf"\b({_OUTWARD})\s*({_INWARD})\b")
_PARTIAL = re.compile(rf"({_OUTWARD})(?: [0-9][A-Z]?)?|([A-Z]{{1,2}}[0-9]{{2}})[0-9]")
_AREA_CODE = re.compile(r"[ESWN][0-9]{8}")

# Boundary changes gave some areas a new code; rows of either vintage must meet. Kept: the codes of the NRS postcode directory.
_SAME_AREA = {
    "S12000015": "S12000047",
    "S12000024": "S12000048",
    "S12000049": "S12000046",
    "S12000050": "S12000044",
    "S08000018": "S08000029",
    "S08000021": "S08000031",
    "S08000023": "S08000032",
    "S08000027": "S08000030",
    "S37000014": "S37000032",
    "S37000015": "S37000034",
    "S37000021": "S37000035",
    "S37000023": "S37000033",
}


@dataclass(frozen=True, slots=True)
class Point:
    """Somewhere on earth, in degrees (WGS 84)."""

    latitude: float
    longitude: float


def point_of(latitude: float | None, longitude: float | None) -> Point | None:
    """The point, or None when it is missing, is no point on earth, or is 0, 0 (how many systems write "unknown")."""
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return Point(latitude, longitude)


def distance_km(start: Point, end: Point) -> float:
    """Kilometres between two points as the crow flies (haversine). Water and roads are not asked."""
    half_height = radians(end.latitude - start.latitude) / 2
    half_width = radians(end.longitude - start.longitude) / 2
    square = sin(half_height) ** 2 + cos(radians(start.latitude)) * cos(radians(end.latitude)) * sin(half_width) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(square)))


def normalise_postcode(text: str) -> str | None:
    """A postcode as it is written ("AB10 1AB"), or its first part ("AB10") when only that was given; None for anything else.

    Case, spacing and dashes do not matter. Never raises.
    """
    spaced = _plain(text)
    whole = _WHOLE.fullmatch(spaced.replace(" ", ""))
    if whole:
        return f"{whole[1]} {whole[2]}"
    partial = _PARTIAL.fullmatch(spaced)
    return (partial[1] or partial[2]) if partial else None


def postcode_inside(text: str) -> str | None:
    """The first whole postcode within a longer text such as an address; None when there is none."""
    found = _WHOLE_INSIDE.search(_plain(text))
    return f"{found[1]} {found[2]}" if found else None


def outward_of(postcode: str) -> str:
    """The first part of a normalised postcode."""
    return postcode.partition(" ")[0]


def name_key(name: str) -> str:
    """A name for comparing and sorting: without accents, case, punctuation or doubled spaces."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name[:LONGEST_TEXT]).casefold())
    letters = "".join(" " if unicodedata.category(character)[0] in "ZPC" else character for character in folded)
    return " ".join("".join(character for character in letters if not unicodedata.combining(character)).split())[:LONGEST_KEY].strip()


def area_code_inside(text: str) -> str | None:
    """The first official area code within a text or address (such as .../id/statistical-geography/S12000033); None without one."""
    found = _AREA_CODE.search(text)
    return same_area(found[0]) if found else None


def same_area(code: str) -> str:
    """The code that we keep for an area whose code was changed; any other code unchanged."""
    return _SAME_AREA.get(code, code)


def is_area_code(text: str) -> bool:
    """Whether it has the form of an official area code; it need not be a known one."""
    return _AREA_CODE.fullmatch(text) is not None


def _plain(text: str) -> str:
    upper = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).upper()
    return " ".join(re.sub(r"[^A-Z0-9]+", " ", upper).split())
