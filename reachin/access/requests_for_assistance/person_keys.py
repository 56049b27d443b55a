"""What requests hold about somebody, for the register."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from reachin.families.information_sharing.enums import Category
from reachin.families.people.homes import for_paper, overlaid
from reachin.families.people.register import HeldEntry, OnErasure, OnMerge, PersonKey

from .actions import standing_of_request
from .enums import AskedBy
from .models import PlaceTold, PlanTold, RequestForAssistance, RequestNote, RequestPerson, SafetyTold, StoryTold
from .questions import questions_for

RECORDS = ((Category.STORY, StoryTold), (Category.PLAN, PlanTold), (Category.SAFETY, SafetyTold), (Category.PROTECTED_ADDRESS, PlaceTold))


def in_words(request_for_assistance: RequestForAssistance, told: Mapping[str, Any]) -> str:
    """Answers as question and answer, a line each; codes of choices in the words that were read."""
    asked_by = AskedBy(request_for_assistance.asked_by)
    questions = questions_for(request_for_assistance.form_version, asked_by)
    lines = []
    for code, answer in told.items():
        if not answer:
            continue
        question = questions.get(code)
        choices = dict(question.choices_to(asked_by)) if question else {}
        said = [_said(one, choices) for one in (answer if isinstance(answer, list) else [answer])]
        lines.append(f"{question.words_to(asked_by) if question else code} {', '.join(said)}")
    return "\n".join(lines)


def _said(one: Any, choices: Mapping[str, Any]) -> str:
    """One answer, or one person by what they are called."""
    return str(one.get("known_as") or "") if isinstance(one, dict) else str(choices.get(one, one))


def _requests(records: Collection[UUID]) -> Iterator[HeldEntry]:
    rows = RequestPerson.objects.filter(alias__person_id__in=records).select_related("request_for_assistance").order_by("is_contact")
    for row in {row.request_for_assistance_id: row for row in rows}.values():
        found = row.request_for_assistance
        is_own = row.is_contact and found.asked_by != AskedBy.PRACTITIONER
        yield from _told(found, is_own=is_own)
        yield from _noted(found)


def _told(found: RequestForAssistance, *, is_own: bool) -> Iterator[HeldEntry]:
    by_a_child = found.asked_by == AskedBy.YOUNG_PERSON
    standing = standing_of_request(found.id)
    for category, telling in RECORDS:
        kept = telling.objects.filter(request_for_assistance=found).first()
        if kept is not None and (words := in_words(found, for_paper(overlaid(kept.answers(), standing)))):
            yield HeldEntry(
                found.received_at, words, found.holder_agency_id, category, others_words=not is_own, childs_confidence=by_a_child
            )


def _noted(found: RequestForAssistance) -> Iterator[HeldEntry]:
    """Notes are somebody's words: what a worker wrote, and what the family answered."""
    for note in RequestNote.objects.filter(request_for_assistance=found):
        by_a_child = found.asked_by == AskedBy.YOUNG_PERSON and note.written_by == found.id
        words = _("A note (%(kind)s): %(words)s") % {"kind": note.get_kind_display(), "words": note.words()}
        yield HeldEntry(note.written_at, words, found.holder_agency_id, Category.STORY, others_words=True, childs_confidence=by_a_child)


KEYS = (
    PersonKey.of(
        RequestPerson,
        "alias",
        on_merge=OnMerge.BY_ALIAS,
        on_erasure=OnErasure.KEPT,
        because="it points by an alias; what was told is emptied with its request when nobody else is in it",
        gather=_requests,
    ),
)
