from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from reachin.groundwork.clock.rules import LONDON
from reachin.partnership.agencies.enums import AgencyKind

from .enums import Basis, Category, Decision, Informed, Purpose, SpecialCondition

SPECIAL_CATEGORIES = (Category.HEALTH.value, Category.ADULTS_MATTERS.value, Category.SAFETY.value)
"""Kinds of words that may hold what Article 9 protects: a share of them says under which condition."""
EMERGENCY_LASTS = timedelta(hours=8)
REVIEW_WITHIN = timedelta(days=3)
WORDS_WITHIN = timedelta(hours=24)
"""By when a share that was made first, in an emergency, is written down in full. It counts no longer than that."""
LEAST_REASON = 10
"""Letters and signs of a reason in an emergency: a few words, such as "She is missing", which somebody in a hurry can write."""
PUBLIC_BODIES = frozenset(
    {
        AgencyKind.HUB,
        AgencyKind.COUNCIL,
        AgencyKind.SOCIAL_WORK,
        AgencyKind.SCHOOL,
        AgencyKind.HEALTH,
        AgencyKind.POLICE,
        AgencyKind.HOUSING,
    }
)
LONGEST_AGREEMENT = timedelta(days=3 * 366)
"""An agreement is looked at again at least every three years."""
BEATS_A_BLOCK = frozenset({Basis.PUBLIC_TASK, Basis.LEGAL_OBLIGATION, Basis.VITAL_INTERESTS})


LASTS: Mapping[Purpose, timedelta] = {Purpose.SUPPORT: timedelta(days=365), Purpose.PROTECTION: timedelta(days=365)}
"""How long a share counts for where nobody says until when; after that it is decided anew, or not. The front door has no such day."""


def counts_until(purpose: Purpose, *, now: datetime, agreement_expires: date | None = None) -> datetime | None:
    """Until when a share counts where nobody said it: so long for each purpose, and no longer than the agreement that carries it."""
    if purpose not in LASTS:
        return None
    last = None if agreement_expires is None else datetime.combine(agreement_expires + timedelta(days=1), time(), LONDON)
    return now + LASTS[purpose] if last is None else min(last, now + LASTS[purpose])


def says_enough(reason: str) -> bool:
    """Whether a reason says something to whoever reviews it: two words at least, and not a letter and a full stop."""
    words = [word for word in reason.split() if any(sign.isalnum() for sign in word)]
    return len(words) > 1 and len(reason.strip()) >= LEAST_REASON


@dataclass(frozen=True, slots=True)
class SevenThings:
    """What has to be kept of every share, and of every decision not to share (B4).

    What is shared, why, whose views were heard, whether they were told, why it is needed, on which lawful basis, and the decision.
    With whom and for what purpose stand beside them. `not_told_why` is said only where nobody was told.
    """

    decision: Decision
    purpose: Purpose
    categories: Sequence[Category]
    why: str
    views: str
    necessity: str
    informed: Informed
    basis: Basis
    not_told_why: str = ""
    special_condition: str = ""
    criminal_condition: str = ""
    statutory_power: str = ""
    beats_block: bool = False


def first_things(categories: Sequence[Category], reason: str) -> SevenThings:
    """What an emergency says of itself before anything else is written: it protects somebody whose life is in danger."""
    return SevenThings(
        decision=Decision.SHARE,
        purpose=Purpose.PROTECTION,
        categories=categories,
        why=reason,
        views="",
        necessity="",
        informed=Informed.NOT_TOLD,
        basis=Basis.VITAL_INTERESTS,
        special_condition=SpecialCondition.VITAL_INTERESTS if needs_special_condition(categories) else "",
    )


def first_troubles(categories: Collection[str], reason: str, *, hours: int, own: Collection[str]) -> Mapping[str, str]:
    """What is missing before something is shared in an emergency, by field: missing, too_little, not_ours, too_long."""
    found = {}
    if not categories:
        found["categories"] = "missing"
    elif not set(categories) <= set(own):
        found["categories"] = "not_ours"
    if not says_enough(reason):
        found["reason"] = "too_little" if reason.strip() else "missing"
    if not timedelta() < timedelta(hours=hours) <= WORDS_WITHIN:
        found["hours"] = "too_long"
    return found


def bases_of(kind: AgencyKind) -> frozenset[Basis]:
    """The lawful bases that an agency of this kind can rest a share on. A charity cannot presume a public task."""
    return frozenset(Basis) if kind in PUBLIC_BODIES else frozenset(Basis) - {Basis.PUBLIC_TASK}


def troubles(things: SevenThings, *, kind: AgencyKind) -> Mapping[str, str]:
    """What is missing or does not go together, by field, each as a short code; nothing when the decision can be kept.

    Codes: missing, needs_special_condition, consent_is_asked, asked_means_consent, refused, not_this_basis, not_needed, cannot_beat.
    """
    found = {field: "missing" for field in ("why", "views", "necessity") if not getattr(things, field).strip()}
    if not things.categories:
        found["categories"] = "missing"
    if things.basis not in bases_of(kind):
        found["basis"] = "not_this_basis"
    if needs_special_condition(things.categories) and not things.special_condition:
        found["special_condition"] = "needs_special_condition"
    if (things.informed == Informed.NOT_TOLD) != bool(things.not_told_why.strip()):
        found["not_told_why"] = "missing" if things.informed == Informed.NOT_TOLD else "not_needed"
    if things.decision == Decision.SHARE:
        found |= _of_a_share(things, kind)
    return found


def _of_a_share(things: SevenThings, kind: AgencyKind) -> dict[str, str]:
    found: dict[str, str] = {}
    if things.basis == Basis.CONSENT and things.informed != Informed.AGREED:
        found["informed"] = "refused" if things.informed == Informed.REFUSED else "consent_is_asked"
    if things.basis != Basis.CONSENT and things.informed == Informed.AGREED:
        found["informed"] = "asked_means_consent"
    if things.beats_block and not (kind in PUBLIC_BODIES and things.purpose == Purpose.PROTECTION and things.basis in BEATS_A_BLOCK):
        found["beats_block"] = "cannot_beat"
    return found


def needs_special_condition(categories: Collection[str]) -> bool:
    """Whether a share of these kinds of words has to say under which condition of Article 9."""
    return any(str(category) in SPECIAL_CATEGORIES for category in categories)


class Carries(Protocol):
    """What an agreement carries."""

    @property
    def purpose(self) -> str: ...
    @property
    def categories(self) -> Sequence[str]: ...
    @property
    def basis(self) -> str: ...


def beyond_agreement(things: SevenThings, agreement: Carries) -> Mapping[str, str]:
    """What of a share goes beyond the agreement that is said to carry it, by field, as the code not_in_agreement."""
    if things.decision != Decision.SHARE:
        return {}
    fits = {
        "purpose": things.purpose == agreement.purpose,
        "categories": {str(category) for category in things.categories} <= set(agreement.categories),
        "basis": things.basis == agreement.basis,
    }
    return {field: "not_in_agreement" for field, is_so in fits.items() if not is_so}


class AgreementTerms(Protocol):
    """What the rules look at in an agreement."""

    @property
    def categories(self) -> Sequence[str]: ...
    @property
    def special_condition(self) -> str: ...
    @property
    def starts_on(self) -> date: ...
    @property
    def expires_on(self) -> date: ...
    @property
    def why(self) -> str: ...
    @property
    def necessity(self) -> str: ...
    @property
    def schedule(self) -> str: ...


def agreement_troubles(terms: AgreementTerms) -> Mapping[str, str]:
    """What is missing from an agreement, by field, as short codes: missing, needs_special_condition, ends_before_it_starts, too_long."""
    found = {field: "missing" for field in ("why", "necessity", "schedule") if not getattr(terms, field).strip()}
    if not terms.categories:
        found["categories"] = "missing"
    if needs_special_condition(terms.categories) and not terms.special_condition:
        found["special_condition"] = "needs_special_condition"
    if terms.expires_on < terms.starts_on:
        found["expires_on"] = "ends_before_it_starts"
    elif terms.expires_on - terms.starts_on > LONGEST_AGREEMENT:
        found["expires_on"] = "too_long"
    return found


def may_be_ended_by_the_person(basis: str) -> bool:
    """Whether the person ends this share themselves, at once: one that they agreed to. Others they can object to."""
    return basis == Basis.CONSENT
