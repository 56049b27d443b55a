"""Where somebody lives: the one way to it, and to all that is derived from it.

Everything that tells of a home goes through `Home`: its words on a screen or on paper, the address of a letter, council areas, points and
so distances, and the name of a school. For a protected person nothing is derived, whoever asks; the words themselves show on a screen, and
only to those in whose circle entries the category of protected addresses is open (the database says so, `reachin.home_of`). What is kept
back looks the same wherever they live. An architecture test finds whoever reads a home elsewhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from reachin.groundwork.audited_access.context import ask
from reachin.groundwork.notices.enums import ContactWay
from reachin.groundwork.notices.rules import SafeContact, is_stale, safe_contact
from reachin.partnership.agencies.enums import AgencyKind
from reachin.partnership.agencies.models import Agency
from reachin.partnership.places.homes import home_digest
from reachin.partnership.places.lookup import Place, place_of
from reachin.partnership.places.rules import Point

from .models import ContactInstruction
from .rules import ADDRESS_FOR_LETTERS, ADDRESS_KEPT_BACK, IS_PROTECTED, WHERE_THEY_LIVE

COUNCIL = "S12"
"""Codes of council areas begin so."""


class Standing(StrEnum):
    """How a home stands towards whoever asks."""

    UNPROTECTED = "unprotected"
    SHOWN = "shown"
    """It is protected; the category of protected addresses is open to whoever asks."""
    SHUT = "shut"
    """It is protected and not open to them, or nothing is known of it here: which of the two is not told."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where these people live, as far as whoever asks may use it. Its words never show in a repr or a log."""

    standing: Standing
    _place: str = field(default="", repr=False)
    _letters: str = field(default="", repr=False)

    @classmethod
    def of(cls, told: Mapping[str, Any], standing: Standing | None = None) -> "Home":
        """The home that these answers (by question code) tell of. Without a standing they are answers that `overlaid` gave."""
        if standing is None:
            standing = Standing.SHOWN if told.get(IS_PROTECTED) == "yes" else Standing.UNPROTECTED
        return cls(standing, str(told.get(WHERE_THEY_LIVE) or ""), str(told.get(ADDRESS_FOR_LETTERS) or ""))

    @property
    def is_protected(self) -> bool:
        return self.standing != Standing.UNPROTECTED

    def on_screen(self) -> dict[str, str]:
        """The answers that tell of it, by question code, for a page that whoever asks looks at now."""
        return {} if self.standing == Standing.SHUT else self._answers()

    def on_paper(self) -> dict[str, str]:
        """The same for prints, letters, copies and exports, which go on from hand to hand: nothing of a protected home."""
        return {} if self.is_protected else self._answers()

    def _answers(self) -> dict[str, str]:
        told = {WHERE_THEY_LIVE: self._place, ADDRESS_FOR_LETTERS: self._letters}
        return {code: words for code, words in told.items() if words}

    def place(self) -> Place | None:
        """The place that it is, for whatever is derived from it; None when it is protected or not known."""
        return None if self.is_protected else place_of(self._place)

    def area_codes(self) -> frozenset[str]:
        """Codes of the areas in which it lies."""
        place = self.place()
        return frozenset() if place is None else place.area_codes

    def points(self) -> tuple[Point, ...]:
        """Where it is, for distances."""
        place = self.place()
        return () if place is None or place.point is None else (place.point,)

    def council(self) -> str:
        """The code of its council area, for queues; empty when it is protected or not known."""
        return next((code for code in sorted(self.area_codes()) if code.startswith(COUNCIL)), "")

    def street_digest(self) -> bytes | None:
        """A keyed digest of its street, to compare; None when it is protected or no postcode was told."""
        return None if self.is_protected else home_digest(self._place)


def standing_of(people: Iterable[UUID], *, said: bool = False) -> Standing:
    """How the home of these people (ids of records, together) stands towards whoever acts. `said`: what is read says that it is secret."""
    return Standing(ask("select reachin.home_of(%s::uuid[], %s)", sorted(set(people)), said))


def place_name(agency: Agency, standing: Standing, *, on_paper: bool = False) -> str:
    """What an agency is called beside somebody: a school tells where a child is, so of a protected person's it is only said that it is one,
    to everybody to whom their home is not open, and on paper to everybody."""
    kept_back = standing == Standing.SHUT or (on_paper and standing != Standing.UNPROTECTED)
    return gettext("A school") if kept_back and agency.kind == AgencyKind.SCHOOL else agency.name


def says_protected(told: Mapping[str, Any]) -> bool:
    """Whether these answers say themselves that the home has to stay secret."""
    return told.get(IS_PROTECTED) == "yes"


def overlaid(told: Mapping[str, Any], standing: Standing) -> dict[str, Any]:
    """Answers as whoever asks may read them: without the home where it is shut, and saying that it is protected where it is."""
    home = Home.of(told, standing)
    return _with_home(told, home, home.on_screen())


def for_paper(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The same answers for prints, letters, copies and exports: a protected home is left out for everybody."""
    home = Home.of(answers)
    return _with_home(answers, home, home.on_paper())


def _with_home(told: Mapping[str, Any], home: Home, shown: Mapping[str, str]) -> dict[str, Any]:
    rest = {code: answer for code, answer in told.items() if code not in (WHERE_THEY_LIVE, ADDRESS_FOR_LETTERS)}
    kept_back = bool(told.get(ADDRESS_FOR_LETTERS)) and ADDRESS_FOR_LETTERS not in shown
    said = {IS_PROTECTED: "yes"} if home.is_protected else {}
    return {**rest, **shown, **said, **({ADDRESS_KEPT_BACK: "yes"} if kept_back else {})}


def contact_told(instruction: ContactInstruction, standing: Standing | None = None) -> dict[str, Any]:
    """What a person said of how they may be reached, by question code; their address only as far as their home is open.

    `standing` is that of all whose home it is, where they are several.
    """
    return overlaid(instruction.told_with_home(), standing or standing_of([instruction.person_id]))


def safe_contact_of(instruction: ContactInstruction, *, now: datetime) -> SafeContact | None:
    """The safe contact that an instruction makes; None means: do not contact.

    A message to a protected home carries no address: whoever tells it by hand reads the address where it is open to them. Where another
    record of the same person was told of a newer way, or nobody checked it for long, no machine sends by it: a person looks first.
    """
    told = instruction.told_with_home()
    to = safe_contact(told, told_at=instruction.told_at)
    if to is None:
        return None
    if to.way == ContactWay.LETTER and standing_of([instruction.person_id]) != Standing.UNPROTECTED:
        to = replace(to, address="")
    is_old = is_stale(instruction.last_checked_at(), now=now)
    if is_old or ask("select reachin.told_later_elsewhere(%s::uuid)", instruction.person_id):
        to = replace(to, may_leave_message=False)
    return to
