"""What circles and block lists hold about somebody, for the register."""

from collections.abc import Collection, Iterator
from uuid import UUID

from django.utils.translation import gettext as _

from reachin.families.people.homes import place_name, standing_of
from reachin.families.people.register import HeldEntry, OnErasure, OnMerge, PersonKey
from reachin.groundwork.page_parts.moments import day
from reachin.partnership.agencies.models import Agency

from .enums import Category, Decision, Informed, Purpose
from .models import Block, CircleEntry, SharingDecision


def _name_of(agency: Agency, person_id: UUID) -> str:
    """What an agency is called in a copy, which is printed and passed on: the school of somebody whose home is protected is not named."""
    return _("A support service") if agency.is_masked else place_name(agency, standing_of([person_id]), on_paper=True)


def _circle(records: Collection[UUID]) -> Iterator[HeldEntry]:
    """What somebody was not told of, or what protects somebody, waits for a second look: it could warn the wrong one."""
    for entry in CircleEntry.objects.filter(person_id__in=records).select_related("person", "agency", "decision"):
        is_not_told = entry.decision is not None and entry.decision.informed == Informed.NOT_TOLD
        words = _("%(who)s may see: %(what)s. %(why)s. From %(from)s until %(until)s.") % {
            "who": _name_of(entry.agency, entry.person_id),
            "what": ", ".join(str(Category(kind).label) for kind in entry.categories),
            "why": Purpose(entry.purpose).label,
            "from": day(entry.starts_at),
            "until": day(entry.ended_at or entry.until) or _("somebody ends it"),
        }
        others_words = is_not_told or entry.purpose == Purpose.PROTECTION
        yield HeldEntry(entry.recorded_at, words, entry.person.controller_id, Category.CONTACT, others_words=others_words)


def _decisions(records: Collection[UUID]) -> Iterator[HeldEntry]:
    """Whose views were heard and what others thought stands in a decision: a second person looks before it is told."""
    for decided in SharingDecision.objects.filter(person_id__in=records).select_related("agency"):
        words = _("%(decision)s with %(who)s: %(what)s. Why: %(why)s Whose views were heard: %(views)s Why it is needed: %(necessity)s") % {
            "decision": Decision(decided.decision).label,
            "who": _name_of(decided.agency, decided.person_id),
            "what": ", ".join(str(Category(kind).label) for kind in decided.categories),
            **{column: decided.words(column) for column in ("why", "views", "necessity")},
        }
        yield HeldEntry(decided.decided_at, words, decided.controller_id, Category.STORY, others_words=True)


def _blocks(records: Collection[UUID]) -> Iterator[HeldEntry]:
    """That somebody must not see may have been asked by another person, to be safe: a second person looks before it is told."""
    for block in Block.objects.filter(person_id__in=records).select_related("person", "agency"):
        words = _("%(who)s must not see anything.") % {"who": _name_of(block.agency, block.person_id)}
        yield HeldEntry(block.said_at, words, block.person.controller_id, Category.SAFETY, others_words=True)


KEYS = (
    PersonKey.of(
        CircleEntry,
        "person",
        on_merge=OnMerge.STAYS,
        on_erasure=OnErasure.KEPT,
        because="a circle is never widened by joining: who saw one record sees that record and no more, until somebody adds them",
        gather=_circle,
    ),
    PersonKey.of(
        SharingDecision,
        "person",
        on_merge=OnMerge.STAYS,
        on_erasure=OnErasure.KEPT,
        because="why something was shared stays with the record it was shared from, and has to be answered for",
        gather=_decisions,
    ),
    PersonKey.of(
        Block,
        "person",
        on_merge=OnMerge.STAYS,
        on_erasure=OnErasure.KEPT,
        because="it stays where it was said and can be lifted; while records are joined it holds for all of them (reachin.shut_out)",
        gather=_blocks,
    ),
)
