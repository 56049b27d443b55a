"""Hard limits first, then a score whose parts are told in words. What is not known never excludes: it ranks lower and says so."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from reachin.access.directory.enums import AccessNeed, Delivery, ForWhom, Need, language_label
from reachin.access.directory.rules import Offer
from reachin.partnership.places.rules import SCOTLAND, Point, distance_km

from .enums import Limit, Part, Tone
from .words import Listed, Month, Template, Words

NOTHING_IN_PARTICULAR = Need.SOMETHING_ELSE.value
STALE_AFTER_DAYS = 90
"""After so many days what a service said of its wait counts half: things have moved on."""

ADULTS_FROM = 16
AGES_OF_PARENTS = (18, 25, 35, 45)
"""Years; by these a service for adults is told from one for older people only."""

REACHES_PEOPLE = frozenset({Delivery.AT_HOME.value, Delivery.ONLINE.value, Delivery.PHONE.value, Delivery.MOBILE.value})
"""Ways of helping for which nobody needs to travel far."""

# Points for each part; all the best together make 100. (Up to this much, so many points.)
NEED_SHARE, NEED_EACH, NEED_EACH_MOST, NEED_UNKNOWN, NO_NEED_ASKED = 30, 5, 10, 5, 20
AREA_FITS, AREA_UNKNOWN, AREA_NOT_ASKED = 10, 3, 6
FOR_YOU, FOR_ALL, PERHAPS_FOR_YOU = 5, 3, 0
WISHED_DELIVERY, WISHED_LANGUAGE = 5, 3
NOT_SURE_OF_A_NEED = -5
NEAR_KM = ((2, 12), (5, 10), (10, 8), (20, 6), (40, 4), (80, 2))
COMES_TO_YOU, DISTANCE_UNKNOWN = 12, 4
WAIT_DAYS = ((7, 10), (14, 9), (28, 8), (56, 6), (91, 4), (182, 2))
WAIT_UNKNOWN = 3
PLACES_FREE, PLACES_UNKNOWN = 5, 2
CONFIRMED_DAYS = ((90, 10), (180, 8), (365, 5), (730, 2))
CONFIRMED_UNKNOWN = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, as facts. Everything but the day may be empty, which means that it is not known or does not matter.

    `ages` in years of all whom help is for (an expected baby is 0); `with_adults` says that parents or carers are to be helped too,
    whose ages nobody asks: False when a young person asks alone; `area_codes` and `points` of the places where they live, also
    several; `belongs_to` and `does_not_belong_to` are codes of ForWhom that are known to be so or not; `not_wanted` are ids of
    organisations or agencies that the family does not want, or that must not see.
    """

    today: date
    needs: frozenset[str] = frozenset()
    ages: frozenset[int] = frozenset()
    with_adults: bool = True
    area_codes: frozenset[str] = frozenset()
    points: tuple[Point, ...] = ()
    languages_needed: frozenset[str] = frozenset()
    languages_liked: frozenset[str] = frozenset()
    access_needs: frozenset[str] = frozenset()
    belongs_to: frozenset[str] = frozenset()
    does_not_belong_to: frozenset[str] = frozenset()
    likes_delivery: frozenset[str] = frozenset()
    not_wanted: frozenset[UUID] = frozenset()

    @property
    def wanted_needs(self) -> frozenset[str]:
        """The needs that name something in particular."""
        return self.needs - {NOTHING_IN_PARTICULAR}


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of the score in words. `str()` gives it in the language of whoever reads it."""

    part: Part
    kind: str
    tone: Tone
    points: int
    words: Words

    def __str__(self) -> str:
        return str(self.words)

    def as_record(self) -> dict[str, Any]:
        """For keeping beside the decision: what it was about, how it spoke, and the words as they were read."""
        return {"kind": self.kind, "tone": self.tone.value, "points": self.points, "words": str(self)}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A service that may suit, with its score (0 to 100) and the reasons. People decide."""

    service_id: UUID
    organisation_id: UUID
    agency_id: UUID | None
    name: str
    is_masked: bool
    score: int
    reasons: tuple[Reason, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A service that cannot help with this, and the first limit that it met."""

    service_id: UUID
    name: str
    limit: Limit

    def __str__(self) -> str:
        return str(LIMIT_WORDS[self.limit])


@dataclass(frozen=True, slots=True)
class Ranking:
    """Suggestions, the best first, and what was left out and why (that is data too: it feeds the map of gaps)."""

    suggestions: tuple[Suggestion, ...]
    left_out: tuple[LeftOut, ...]


# Made once: a lazy plural costs a tenth of a millisecond to make.
IN_DAYS: Template = ngettext_lazy("%(days)d day", "%(days)d days", "days")
IN_WEEKS: Template = ngettext_lazy("%(weeks)d week", "%(weeks)d weeks", "weeks")
FREE_PLACES: Template = ngettext_lazy("They have %(places)d free place.", "They have %(places)d free places.", "places")

LIMIT_WORDS: Mapping[Limit, Template] = {
    Limit.CLOSED: _("It is closed."),
    Limit.TAKES_NO_REQUESTS: _("It does not take requests through Reach In."),
    Limit.NOT_WANTED: _("The family does not want this organisation, or it must not see the request."),
    Limit.AREA: _("It helps people in other areas only."),
    Limit.AGE: _("It is for other ages."),
    Limit.ELIGIBILITY: _("It is only for people whom this request is not about."),
    Limit.LANGUAGE: _("It cannot help in the language that is needed."),
    Limit.ACCESS: _("It cannot meet an access need."),
    Limit.NEED: _("It helps with other things."),
}


def rank(asked: Asked, offers: Iterable[Offer]) -> Ranking:
    """Ranks what is offered for what is asked. The order of the offers makes no difference."""
    suggestions, left_out = [], []
    for offer in offers:
        limit = first_limit(asked, offer)
        if limit is None:
            suggestions.append(_suggestion(asked, offer))
        else:
            left_out.append(LeftOut(offer.service_id, offer.name, limit))
    suggestions.sort(key=lambda one: (-one.score, one.name, one.service_id))
    left_out.sort(key=lambda one: (one.name, one.service_id))
    return Ranking(tuple(suggestions), tuple(left_out))


def first_limit(asked: Asked, offer: Offer) -> Limit | None:
    """The first hard limit that keeps this service from helping; None when nothing does."""
    return next((limit for limit, is_met in LIMITS.items() if is_met(asked, offer)), None)


def is_elsewhere(asked: Asked, offer: Offer) -> bool:
    """Whether both areas are known and have nothing in common."""
    if not asked.area_codes or not offer.area_codes or SCOTLAND in offer.area_codes:
        return False
    return asked.area_codes.isdisjoint(offer.area_codes)


def is_for_other_ages(asked: Asked, offer: Offer) -> bool:
    """Whether ages are known and none of them fits, nor is it a service for adults that the parents may use."""
    if not asked.ages or any(fits_age(offer, age) for age in asked.ages):
        return False
    return not (asked.with_adults and is_for_adults(offer))


def is_for_adults(offer: Offer) -> bool:
    """Whether it is for adults of the ages that parents and carers mostly have."""
    return offer.min_age is not None and offer.min_age >= ADULTS_FROM and any(fits_age(offer, age) for age in AGES_OF_PARENTS)


def fits_age(offer: Offer, age: int) -> bool:
    """Whether somebody of this age (years) may use it."""
    return (offer.min_age is None or offer.min_age <= age) and (offer.max_age is None or age <= offer.max_age)


def is_for_others(asked: Asked, offer: Offer) -> bool:
    """Whether it is only for people whom this is known not to be about. Nobody has to say what they are."""
    return bool(offer.only_for) and offer.only_for <= asked.does_not_belong_to - asked.belongs_to


def cannot_speak(asked: Asked, offer: Offer) -> bool:
    """Whether a needed language is missing and it is known that there is no interpreter."""
    return offer.has_interpreter is False and bool(offer.languages) and not asked.languages_needed <= offer.languages


def helps_with_other_things(asked: Asked, offer: Offer) -> bool:
    """Whether both needs are known and have nothing in common."""
    return bool(asked.wanted_needs) and bool(offer.needs) and asked.wanted_needs.isdisjoint(offer.needs)


LIMITS: Mapping[Limit, Callable[[Asked, Offer], bool]] = {
    Limit.CLOSED: lambda asked, offer: not offer.is_open,
    Limit.TAKES_NO_REQUESTS: lambda asked, offer: not offer.takes_requests,
    Limit.NOT_WANTED: lambda asked, offer: not asked.not_wanted.isdisjoint({offer.organisation_id, offer.agency_id}),
    Limit.AREA: is_elsewhere,
    Limit.AGE: is_for_other_ages,
    Limit.ELIGIBILITY: is_for_others,
    Limit.LANGUAGE: cannot_speak,
    Limit.ACCESS: lambda asked, offer: not asked.access_needs.isdisjoint(offer.access_unmet),
    Limit.NEED: helps_with_other_things,
}


def _suggestion(asked: Asked, offer: Offer) -> Suggestion:
    told = tuple(reason for part in PARTS for reason in part(asked, offer))
    spoken = {reason.part for reason in told}
    silent = sum(points for part, points in SILENT_POINTS.items() if part not in spoken)
    score = max(0, min(100, silent + sum(reason.points for reason in told)))
    return Suggestion(offer.service_id, offer.organisation_id, offer.agency_id, offer.name, offer.is_masked, score, told)


Reasons = Sequence[Reason]


def _reason(kind: str, tone: Tone, points: int, template: Template, **values: object) -> Reason:
    return Reason(Part(kind.partition(".")[0]), kind, tone, points, Words(template, values))


def need_reasons(asked: Asked, offer: Offer) -> Reasons:
    """How many of the needs it helps with; more is never worse."""
    if not asked.wanted_needs:
        return ()
    if not offer.needs:
        return (_reason("need.unknown", Tone.CHECK, NEED_UNKNOWN, _("They have not said what they help with.")),)
    met = [need for need in Need if need in asked.wanted_needs & offer.needs]
    points = NEED_SHARE * len(met) // len(asked.wanted_needs) + min(NEED_EACH_MOST, NEED_EACH * len(met))
    return (_reason("need.met", Tone.GOOD, points, _("They help with: %(needs)s."), needs=Listed(tuple(need.label for need in met))),)


def area_reasons(asked: Asked, offer: Offer) -> Reasons:
    """Whether they help people who live there."""
    if not offer.area_codes:
        return (_reason("area.unknown", Tone.CHECK, AREA_UNKNOWN, _("They have not said which area they help in. Ask them.")),)
    if not asked.area_codes:
        return ()
    return (_reason("area.fits", Tone.GOOD, AREA_FITS, _("They help people who live in this area.")),)


def age_reasons(asked: Asked, offer: Offer) -> Reasons:
    """The ages it is for, where it has limits; they cost and give no points, being a hard limit."""
    words = _ages_in_words(offer)
    if words is None:
        return ()
    if not asked.ages:
        return (Reason(Part.AGE, "age.not_asked", Tone.CHECK, 0, words),)
    if not any(fits_age(offer, age) for age in asked.ages):
        return (Reason(Part.AGE, "age.adults", Tone.NEUTRAL, 0, words),)
    return (Reason(Part.AGE, "age.fits", Tone.GOOD, 0, words),)


def eligibility_reasons(asked: Asked, offer: Offer) -> Reasons:
    """Whom it is only for, where it is not for everybody."""
    if not offer.only_for:
        return ()
    whom = Listed(tuple(one.label for one in ForWhom if one in offer.only_for))
    if offer.only_for & asked.belongs_to:
        return (_reason("eligibility.for_you", Tone.GOOD, FOR_YOU, _("It is meant for %(whom)s."), whom=whom),)
    return (_reason("eligibility.ask", Tone.CHECK, PERHAPS_FOR_YOU, _("It is only for %(whom)s. Ask whether that fits."), whom=whom),)


def language_reasons(asked: Asked, offer: Offer) -> Reasons:
    """Whether it can help in the languages that are needed."""
    if not asked.languages_needed:
        return ()
    missing = asked.languages_needed - offer.languages
    if not missing:
        spoken = _languages(asked.languages_needed)
        return (_reason("language.spoken", Tone.GOOD, 0, _("They can help in %(languages)s."), languages=spoken),)
    words = Listed(_languages(missing).things)
    if offer.has_interpreter:
        return (_reason("language.interpreter", Tone.NEUTRAL, -1, _("They can get an interpreter for %(languages)s."), languages=words),)
    asking = _("Ask whether they can help in %(languages)s.")
    return (_reason("language.ask", Tone.CHECK, NOT_SURE_OF_A_NEED, asking, languages=words),)


def access_reasons(asked: Asked, offer: Offer) -> Reasons:
    """Whether it meets what somebody needs to be able to use it."""
    needed = [need for need in AccessNeed if need in asked.access_needs]
    met = tuple(need.label for need in needed if need in offer.access_met)
    unsure = tuple(need.label for need in needed if need not in offer.access_met)
    told = []
    if met:
        told.append(_reason("access.met", Tone.GOOD, 0, _("They have: %(access)s."), access=Listed(met)))
    if unsure:
        told.append(_reason("access.ask", Tone.CHECK, NOT_SURE_OF_A_NEED, _("Ask whether they have: %(access)s."), access=Listed(unsure)))
    return told


def wish_reasons(asked: Asked, offer: Offer) -> Reasons:
    """What the family would like; a wish that is not met costs nothing."""
    told = []
    if ways := tuple(way.label for way in Delivery if way in asked.likes_delivery & offer.delivery):
        told.append(
            _reason("wish.delivery", Tone.GOOD, WISHED_DELIVERY, _("It works the way the family would like: %(ways)s."), ways=Listed(ways))
        )
    if liked := asked.languages_liked & offer.languages:
        spoken = _languages(liked)
        told.append(
            _reason("wish.language", Tone.GOOD, WISHED_LANGUAGE, _("They speak %(languages)s, as the family would like."), languages=spoken)
        )
    return told


def distance_reasons(asked: Asked, offer: Offer) -> Reasons:
    """How far it is, unless they come or nobody needs to go. Of a masked service not even the distance is told."""
    if offer.delivery & REACHES_PEOPLE:
        ways = Listed(tuple(way.label for way in Delivery if way in offer.delivery & REACHES_PEOPLE))
        return (_reason("distance.none", Tone.GOOD, COMES_TO_YOU, _("Nobody has to travel far: %(ways)s."), ways=ways),)
    if not asked.points or offer.is_masked:
        return ()
    if not offer.points:
        return (_reason("distance.unknown", Tone.CHECK, DISTANCE_UNKNOWN, _("We do not know how far away it is.")),)
    away = min(distance_km(here, there) for here in asked.points for there in offer.points)
    points = _up_to(NEAR_KM, away)
    tone = Tone.GOOD if away <= 10 else Tone.NEUTRAL
    if away < 1:
        return (_reason("distance.near", tone, points, _("It is less than 1 km away.")),)
    return (_reason("distance.away", tone, points, _("It is about %(km)d km away."), km=round(away)),)


def wait_reasons(asked: Asked, offer: Offer) -> Reasons:
    """How long the wait is, and since when that was said; what was said long ago counts half."""
    if offer.wait_days is None:
        return (_reason("wait.unknown", Tone.CHECK, WAIT_UNKNOWN, _("They have not said how long the wait is.")),)
    points, wait, stated = _up_to(WAIT_DAYS, offer.wait_days), _duration(offer.wait_days), offer.wait_stated_on
    if stated is None:
        words = _("The wait was %(wait)s when they last said. Ask how long it is now.")
        return (_reason("wait.stale", Tone.CHECK, min(points // 2, WAIT_UNKNOWN), words, wait=wait),)
    if (asked.today - stated).days > STALE_AFTER_DAYS:
        words = _("The wait was %(wait)s in %(month)s. Ask how long it is now.")
        return (_reason("wait.stale", Tone.CHECK, min(points // 2, WAIT_UNKNOWN), words, wait=wait, month=Month(stated)),)
    if offer.wait_days == 0:
        return (_reason("wait.none", Tone.GOOD, points, _("There is no wait.")),)
    tone = Tone.GOOD if offer.wait_days <= 28 else Tone.NEUTRAL
    return (_reason("wait.told", tone, points, _("The wait is about %(wait)s."), wait=wait),)


def capacity_reasons(asked: Asked, offer: Offer) -> Reasons:
    """Whether there is room."""
    if offer.places_free is None:
        return ()
    if offer.places_free == 0:
        return (_reason("capacity.full", Tone.CHECK, 0, _("They have no free places just now.")),)
    return (_reason("capacity.free", Tone.GOOD, PLACES_FREE, FREE_PLACES, places=offer.places_free),)


def freshness_reasons(asked: Asked, offer: Offer) -> Reasons:
    """How long ago somebody who knows said that the entry is right."""
    if offer.confirmed_on is None:
        return (_reason("freshness.unknown", Tone.CHECK, CONFIRMED_UNKNOWN, _("Nobody has confirmed this entry. Ring them first.")),)
    days = max(0, (asked.today - offer.confirmed_on).days)
    points, month = _up_to(CONFIRMED_DAYS, days), Month(offer.confirmed_on)
    if days > 365:
        return (_reason("freshness.old", Tone.CHECK, points, _("This was last confirmed in %(month)s. Ring them first."), month=month),)
    tone = Tone.GOOD if days <= 180 else Tone.NEUTRAL
    return (_reason("freshness.confirmed", tone, points, _("This was confirmed in %(month)s."), month=month),)


PARTS: Sequence[Callable[[Asked, Offer], Reasons]] = (
    need_reasons,
    area_reasons,
    age_reasons,
    eligibility_reasons,
    language_reasons,
    access_reasons,
    wish_reasons,
    distance_reasons,
    wait_reasons,
    capacity_reasons,
    freshness_reasons,
)
SILENT_POINTS: Mapping[Part, int] = {
    Part.NEED: NO_NEED_ASKED,
    Part.AREA: AREA_NOT_ASKED,
    Part.ELIGIBILITY: FOR_ALL,
    Part.DISTANCE: DISTANCE_UNKNOWN,
    Part.CAPACITY: PLACES_UNKNOWN,
}
"""Points of a part about which there is nothing to say: what was not asked, or is as with most others, is worth the middle."""


def _up_to(table: Sequence[tuple[int, int]], measured: float) -> int:
    """The points of the first line that reaches as far as what was measured; beyond the table none."""
    return next((points for most, points in table if measured <= most), 0)


def _duration(days: int) -> Words:
    """A wait as people say it: in days up to a fortnight, then in weeks."""
    if days < 14:
        return Words(IN_DAYS, {"days": days})
    return Words(IN_WEEKS, {"weeks": round(days / 7)})


def _languages(codes: frozenset[str]) -> Listed:
    return Listed(tuple(language_label(code) for code in sorted(codes)))


def _ages_in_words(offer: Offer) -> Words | None:
    if offer.min_age is None and offer.max_age is None:
        return None
    if offer.max_age is None:
        return Words(_("For people aged %(lowest)d and over."), {"lowest": offer.min_age})
    if offer.min_age is None or offer.min_age == 0:
        return Words(_("For children up to %(highest)d."), {"highest": offer.max_age})
    return Words(_("For ages %(lowest)d to %(highest)d."), {"lowest": offer.min_age, "highest": offer.max_age})
