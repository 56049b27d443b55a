import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Self

from reachin.partnership.places.rules import Point


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that did not make sense, with its file or address and line (1 is the first; 0 the file as a whole).

    Refused: the entry was left out; otherwise it was kept without that detail. A break means that the rest could not be read.
    """

    where: str
    line: int
    reason: str
    is_refused: bool = True
    is_break: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A text to be read and where it came from."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class OrganisationReading:
    key: str
    name: str
    description: str = ""
    website: str = ""
    email: str = ""
    phone: str = ""
    agency_slug: str = ""


@dataclass(frozen=True, slots=True)
class LocationReading:
    key: str
    name: str = ""
    address: str = ""
    postcode: str = ""
    point: Point | None = None
    access_words: str = ""


@dataclass(frozen=True, slots=True)
class TermReading:
    key: str
    name: str
    taxonomy: str = ""
    kind: str = "service"


@dataclass(frozen=True, slots=True)
class ServiceReading:
    """A service as its source tells it. Fields are as in models.Service; collections are sorted, so that equal means equal."""

    where: str
    line: int
    key: str
    name: str
    organisation: OrganisationReading
    public_name: tuple[tuple[str, str], ...] = ()
    description: str = ""
    eligibility: str = ""
    how_to_apply: str = ""
    opening: str = ""
    fees: str = ""
    is_free: bool | None = None
    phone: str = ""
    email: str = ""
    website: str = ""
    needs: tuple[str, ...] = ()
    min_age: int | None = None
    max_age: int | None = None
    only_for: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    has_interpreter: bool | None = None
    access_met: tuple[str, ...] = ()
    access_unmet: tuple[str, ...] = ()
    delivery: tuple[str, ...] = ()
    area_codes: tuple[str, ...] = ()
    area_names: tuple[str, ...] = ()
    status: str = "open"
    takes_requests: bool = True
    is_masked: bool = False
    wait_words: str = ""
    wait_days: int | None = None
    wait_stated_on: date | None = None
    capacity: int | None = None
    places_free: int | None = None
    confirmed_on: date | None = None
    locations: tuple[LocationReading, ...] = ()
    terms: tuple[TermReading, ...] = ()

    def later_by(self, days: int) -> Self:
        """The same with its dates moved: an invented entry ages from the day on which it is loaded, not from when it was written."""
        moved = timedelta(days=days)
        return replace(
            self,
            wait_stated_on=self.wait_stated_on and self.wait_stated_on + moved,
            confirmed_on=self.confirmed_on and self.confirmed_on + moved,
        )

    def digest(self) -> str:
        """Tells whether anything that is kept has changed; where in the file it stands does not count."""
        return digest_of(replace(self, where="", line=0))


Readings = Iterator[ServiceReading | Problem]


def digest_of(reading: object) -> str:
    """A digest of a reading's content."""
    return hashlib.sha256(repr(reading).encode("utf-8", "replace")).hexdigest()
