"""The schedule: each class of record with its years, from when they count, and where that comes from. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from .enums import Begins, ReviewDecision

TO_BE_CHECKED = "to be checked by the partnership"
LOOK_AGAIN = timedelta(days=5 * 365)
"""When a record that was kept all the same comes up again."""


@dataclass(frozen=True, slots=True)
class RetentionClass:
    """One class of record. `years` None: it is not destroyed by a schedule, and `source` says why.

    `is_checked`: the source was read and says this. Otherwise the figure is ours, on the long side, until the partnership has checked it.
    """

    code: str
    what: str
    years: float | None
    begins: Begins
    source: str
    is_checked: bool
    needs_review: bool = True


PLACED = (
    "Looked After Children (Scotland) Regulations 2009 (SSI 2009/210), regulation 43: until the 100th anniversary of the birth of a child"
    " who is placed; 25 years from the death of one who dies before 18"
)
NO_TIME_BAR = (
    "Limitation (Childhood Abuse) (Scotland) Act 2017, inserting section 17A into the Prescription and Limitation (Scotland) Act 1973: no"
    " limit of time for actions about abuse in childhood. No period for records is set there; the longest of the neighbouring ones is taken"
)
EARLY_HELP = (
    "no statute sets a period for early help. 25 years after its end, whoever was a child in it is at least 25; compare the Scottish"
    " Council on Archives' retention schedules (SCARRS) for social work with children"
)
_CLASSES = (
    RetentionClass(
        "draft",
        "a request that was begun and never sent",
        0.25,
        Begins.WRITTEN,
        "UK GDPR article 5(1)(e): no longer than necessary; nobody but its writer can read it, and they are told",
        is_checked=True,
        needs_review=False,
    ),
    RetentionClass(
        "request", "a request for assistance: what was told, the people in it, decisions, notes", 25, Begins.ENDED, EARLY_HELP, False
    ),
    RetentionClass("request_in_danger", "a request that told of danger, with its alerts", 100, Begins.ENDED, NO_TIME_BAR, False),
    RetentionClass("looked_after", "the record of a child who is placed by a local authority", 100, Begins.ENDED, PLACED, True),
    RetentionClass("referral", "a referral from agency to agency and the snapshot that went with it", 25, Begins.ENDED, EARLY_HELP, False),
    RetentionClass(
        "person", "who somebody is and how they may be reached", 25, Begins.ENDED, f"with the last request: {EARLY_HELP}", False
    ),
    RetentionClass(
        "sharing",
        "who may see what of whom and why: circles, decisions, agreements, emergencies, blocks",
        100,
        Begins.ENDED,
        "UK GDPR article 5(2), accountability, for as long as any record that was shared under it is kept",
        False,
    ),
    RetentionClass(
        "information_request",
        "what somebody asked about their own information, and what they were given",
        6,
        Begins.ENDED,
        "UK GDPR article 5(2), accountability; Prescription and Limitation (Scotland) Act 1973, section 6: five years for obligations",
        False,
    ),
    RetentionClass(
        "linkage",
        "that two records were joined or parted",
        100,
        Begins.ENDED,
        "without it a joined record could not be parted again; as long as the longest record that it joins",
        False,
    ),
    RetentionClass(
        "message",
        "a message in the outbox, its address and words",
        1,
        Begins.SETTLED,
        "UK GDPR article 5(1)(e): long enough to find out what went wrong",
        False,
        needs_review=False,
    ),
    RetentionClass(
        "traces",
        "who looked at what, and what was done: ids and names of fields, no words",
        6,
        Begins.DESTROYED,
        "UK GDPR article 5(2), accountability; Prescription and Limitation (Scotland) Act 1973, section 6: five years for obligations."
        " What it tells of goes first, and the chain keeps that it was there",
        False,
    ),
    RetentionClass(
        "tries", "keyed digests of what was tried and how often", 0.1, Begins.WRITTEN, "UK GDPR article 5(1)(e): days", False, False
    ),
    RetentionClass(
        "account",
        "accounts of staff, their ways of signing in, their sessions",
        7,
        Begins.ENDED,
        "traces name them; the Prescription and Limitation (Scotland) Act 1973, section 6, has five years for obligations",
        False,
    ),
    RetentionClass(
        "public",
        "agencies, services, places: public facts about no family",
        None,
        Begins.REPLACED,
        "no personal data; closed, not deleted, so that history can be read",
        True,
        needs_review=False,
    ),
    RetentionClass(
        "machinery",
        "what the product needs to run: jobs, marks, lists of its own",
        None,
        Begins.REPLACED,
        "no personal data beyond ids that a job carries until it is done",
        True,
        needs_review=False,
    ),
    RetentionClass(
        "destruction",
        "the register of reviews, holds and destructions",
        None,
        Begins.WRITTEN,
        "Public Records (Scotland) Act 2011: an authority must be able to say what was destroyed, when and on whose word",
        False,
        needs_review=False,
    ),
)
CLASSES: Mapping[str, RetentionClass] = {kept.code: kept for kept in _CLASSES}
"""The classes by their code."""


class CannotBeDone(ValueError):
    """What was asked does not go together with what was decided before: the message says what."""


def length(code: str) -> timedelta | None:
    """How long a record of this class is kept, in days of 365.25 a year; None when no schedule ends it."""
    years = CLASSES[code].years
    return None if years is None else timedelta(days=round(years * 365.25))


def due_at(code: str, began_at: datetime) -> datetime | None:
    """The moment from which a record of this class may be looked at for destruction; None when no schedule ends it."""
    kept_for = length(code)
    return None if kept_for is None else began_at + kept_for


def is_due(code: str, began_at: datetime, *, now: datetime) -> bool:
    """Whether the schedule of a class is over for a record whose years began then."""
    due = due_at(code, began_at)
    return due is not None and due <= now


def trouble_with_confirming(decision: str, *, decided_by: UUID | None, confirmed_by: UUID | None, by: UUID) -> str | None:
    """Why this person cannot confirm a decision, in a code; None when they can. Nobody confirms their own."""
    if decided_by is None:
        return "not_decided"
    if decision != ReviewDecision.DESTROY:
        return "nothing_to_confirm"
    if confirmed_by is not None:
        return "confirmed_already"
    return "own_decision" if decided_by == by else None


LONGEST_KEPT = timedelta(days=round(25 * 365.25))
"""At most so long something is kept beyond its schedule before somebody looks again."""


def trouble_with_keeping(decision: str, until: date, *, today: date) -> str | None:
    """Why something cannot be kept until that day, in a code; None when it can."""
    if decision != ReviewDecision.KEEP:
        return "nothing_to_keep"
    if until <= today:
        return "not_later"
    return "too_long" if until > today + LONGEST_KEPT else None


def unclassed(tables: Iterable[str], kept_as: Mapping[str, str]) -> list[str]:
    """The tables that are in no class, or in one that does not exist."""
    return sorted(table for table in tables if kept_as.get(table) not in CLASSES)
