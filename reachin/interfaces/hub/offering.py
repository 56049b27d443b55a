"""Services as a worker chooses among them: suggested or searched for, with reasons in words, and why some cannot be chosen."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from reachin.access.directory.models import Service, among
from reachin.access.directory.offers import offers_of
from reachin.access.matching.enums import Limit, Tone
from reachin.access.matching.rules import Asked, LeftOut, Ranking, Suggestion, rank
from reachin.access.matching.suggesting import suggestions_for
from reachin.access.referrals.enums import ReferralState
from reachin.access.referrals.models import Referral
from reachin.partnership.places.rules import name_key

MOST_FOUND = 20
NEVER = frozenset({Limit.CLOSED, Limit.TAKES_NO_REQUESTS, Limit.NOT_WANTED})
"""Limits that no worker decides over; over all others people do, with the reason before their eyes."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One service to choose. `cannot` says why it cannot be chosen; `caution` what speaks against it."""

    id: UUID
    name: str
    organisation: str
    is_masked: bool
    signs_in: bool
    phone: str
    score: int | None = None
    speaks_for: tuple[str, ...] = ()
    to_check: tuple[str, ...] = ()
    caution: str = ""
    cannot: str = ""
    before: str = ""
    ranked: Suggestion | LeftOut | None = field(default=None, repr=False)

    def records(self) -> list[Mapping[str, Any]]:
        """What spoke for it and against it, as it is kept beside a referral."""
        if isinstance(self.ranked, Suggestion):
            return [reason.as_record() for reason in self.ranked.reasons]
        if self.ranked is None:
            return []
        return [{"kind": f"limit.{self.ranked.limit.value}", "tone": Tone.CHECK.value, "points": 0, "words": str(self.ranked)}]


@dataclass(frozen=True, slots=True)
class Offered:
    """What the page shows: found by a search, suggested, and left out with why."""

    found: tuple[Choice, ...]
    suggested: tuple[Choice, ...]
    left_out: tuple[LeftOut, ...]


def offered(request_id: UUID, asked: Asked, words: str) -> Offered:
    """Suggestions for what is asked, and what the words find in the directory."""
    ranking = suggestions_for(asked)
    found = found_services(words) if words else []
    choices = choices_of(request_id, asked, found)
    suggested = _choices(request_id, ranking)
    return Offered(
        tuple(choices[one] for one in found if one in choices),
        tuple(choice for choice in suggested if choice.id not in set(found)),
        ranking.left_out,
    )


def found_services(words: str) -> list[UUID]:
    """Services whose name, organisation or description has all the words."""
    services = Service.objects.open()
    for word in words.split()[:6]:
        services = services.filter(
            Q(sort_key__contains=name_key(word)) | Q(organisation__name__unaccent__icontains=word) | Q(description__icontains=word)
        )
    return list(services.order_by("sort_key", "id").values_list("id", flat=True)[:MOST_FOUND])


def choices_of(request_id: UUID, asked: Asked, services: Sequence[UUID]) -> dict[UUID, Choice]:
    """These services as choices, whatever speaks against them."""
    if not services:
        return {}
    return {choice.id: choice for choice in _choices(request_id, rank(asked, offers_of(services)), with_left_out=True)}


def _choices(request_id: UUID, ranking: Ranking, *, with_left_out: bool = False) -> list[Choice]:
    ranked: list[Suggestion | LeftOut] = [*ranking.suggestions, *(ranking.left_out if with_left_out else ())]
    facts = _facts([one.service_id for one in ranked])
    before = _asked_before(request_id)
    return [_choice(one, facts[one.service_id], before.get(one.service_id)) for one in ranked if one.service_id in facts]


def _facts(services: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    rows = Service.objects.filter(among("id", list(services))).values(
        "id", "name", "is_masked", "phone", "organisation__name", "organisation__phone", "organisation__agency__uses_reach_in"
    )
    return {row["id"]: {**row} for row in rows}


def _asked_before(request_id: UUID) -> dict[UUID, tuple[bool, str]]:
    """What came of asking these services for the same request: whether that is still going on, and where it is."""
    rows = Referral.objects.of_request(request_id).order_by("sent_at").values_list("service_id", "is_live", "state")
    return {service: (is_live, str(ReferralState(state).label)) for service, is_live, state in rows}


def _choice(one: Suggestion | LeftOut, facts: Mapping[str, Any], before: tuple[bool, str] | None) -> Choice:
    reasons = one.reasons if isinstance(one, Suggestion) else ()
    limit = one if isinstance(one, LeftOut) else None
    cannot = str(limit) if limit is not None and limit.limit in NEVER else ""
    if before is not None and before[0]:
        cannot = _("Already asked: %(state)s.") % {"state": before[1]}
    return Choice(
        id=facts["id"],
        name=facts["name"],
        organisation=facts["organisation__name"],
        is_masked=facts["is_masked"],
        signs_in=bool(facts["organisation__agency__uses_reach_in"]),
        phone=facts["phone"] or facts["organisation__phone"],
        score=one.score if isinstance(one, Suggestion) else None,
        speaks_for=tuple(str(reason) for reason in reasons if reason.tone != Tone.CHECK),
        to_check=tuple(str(reason) for reason in reasons if reason.tone == Tone.CHECK),
        caution=str(limit) if limit is not None and not cannot else "",
        cannot=cannot,
        before=_("Asked before: %(state)s.") % {"state": before[1]} if before is not None and not before[0] else "",
        ranked=one,
    )
