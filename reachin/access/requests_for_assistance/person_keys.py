"""What requests hold about somebody, for the register."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from reachin.families.information_sharing.enums import Category
from reachin.families.information_sharing.models import EmergencyAccess
from reachin.families.people.homes import for_paper, overlaid
from reachin.families.people.register import HeldEntry, OnErasure, OnMerge, PersonKey
from reachin.groundwork.notices.enums import ContactWay, MessageState
from reachin.groundwork.notices.models import Message
from reachin.partnership.accounts.models import Account

from .actions import standing_of_request
from .enums import AskedBy, ContactOutcome
from .models import (
    ContactAttempt,
    DangerAlert,
    PlaceTold,
    PlanTold,
    RequestForAssistance,
    RequestNote,
    RequestPerson,
    SafetyTold,
    StoryTold,
)
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
    named = RequestPerson.objects.filter(alias__person_id__in=records)
    rows = named.select_related("request_for_assistance__holder_agency", "alias__person").order_by("is_contact")
    for row in {row.request_for_assistance_id: row for row in rows}.values():
        found = row.request_for_assistance
        is_own = row.is_contact and found.asked_by != AskedBy.PRACTITIONER
        yield from _told(found, is_own=is_own)
        yield from _noted(found, controller=row.alias.person.controller_id)
        yield from _tried(found, is_own=is_own)
        yield from _alerted(found)
        yield from _written_to(found, is_own=is_own)
        yield from _looked_first(found)


def _told(found: RequestForAssistance, *, is_own: bool) -> Iterator[HeldEntry]:
    by_a_child = found.asked_by == AskedBy.YOUNG_PERSON
    standing = standing_of_request(found.id)
    for category, telling in RECORDS:
        kept = telling.objects.filter(request_for_assistance=found).first()
        if kept is not None and (words := in_words(found, for_paper(overlaid(kept.answers(), standing)))):
            yield HeldEntry(
                found.received_at, words, found.holder_agency_id, category, others_words=not is_own, childs_confidence=by_a_child
            )


def _noted(found: RequestForAssistance, *, controller: UUID) -> Iterator[HeldEntry]:
    """Notes are somebody's words: what a worker wrote, and what the family answered.

    Once another agency holds the request, its own notes are for it to give: the copy says so.
    """
    notes = list(RequestNote.objects.filter(request_for_assistance=found))
    if found.holder_agency_id != controller:
        theirs = set(Account.objects.filter(agency_id=found.holder_agency_id).values_list("id", flat=True))
        notes = [note for note in notes if note.written_by not in theirs]
        holder = _("A support service") if found.holder_agency.is_masked else found.holder_agency.name
        words = _("Your request went on to %(agency)s. You can ask them what they have written since then.") % {"agency": holder}
        yield HeldEntry(found.stage_since, words, found.holder_agency_id, Category.STORY)
    for note in notes:
        by_a_child = found.asked_by == AskedBy.YOUNG_PERSON and note.written_by == found.id
        words = _("A note (%(kind)s): %(words)s") % {"kind": note.get_kind_display(), "words": note.words()}
        yield HeldEntry(note.written_at, words, found.holder_agency_id, Category.STORY, others_words=True, childs_confidence=by_a_child)


def _tried(found: RequestForAssistance, *, is_own: bool) -> Iterator[HeldEntry]:
    """When somebody tried to be in touch with whoever asked, and what came of it: theirs to know, and not everybody's who is named."""
    for tried in ContactAttempt.objects.filter(request_for_assistance=found):
        words = _("We tried to be in touch. What happened: %(outcome)s") % {"outcome": ContactOutcome(tried.outcome).label}
        yield HeldEntry(tried.tried_at, words, found.holder_agency_id, Category.CONTACT, others_words=not is_own)


def _alerted(found: RequestForAssistance) -> Iterator[HeldEntry]:
    """That a duty desk was alerted protects somebody, and may be an inquiry: a second person looks before it is told."""
    for alert in DangerAlert.objects.filter(request_for_assistance=found).select_related("duty_agency"):
        words = _("The duty worker was told that somebody may be in danger: %(agency)s") % {"agency": alert.duty_agency.name}
        yield HeldEntry(alert.raised_at, words, found.holder_agency_id, Category.SAFETY, others_words=True)


def _written_to(found: RequestForAssistance, *, is_own: bool) -> Iterator[HeldEntry]:
    """What was sent to whoever asked: that there is a message, by which way. To others it could tell how somebody is reached."""
    for message in Message.objects.filter(about_id=found.id, is_for_staff=False):
        way, state = ContactWay(message.way).label, MessageState(message.state).label
        words = _("A message said that there is news: %(way)s. What became of it: %(state)s") % {"way": way, "state": state}
        yield HeldEntry(message.queued_at, words, found.holder_agency_id, Category.CONTACT, others_words=not is_own)


def _looked_first(found: RequestForAssistance) -> Iterator[HeldEntry]:
    """Why somebody looked first in an emergency may name what they feared of whom: a second person looks before it is told.

    Each agency gives its own.
    """
    for access in EmergencyAccess.objects.filter(kind="request", subject_id=found.id):
        words = _("Somebody looked at it first, because there was no time. Why: %(why)s") % {"why": access.words("reason")}
        yield HeldEntry(access.starts_at, words, access.agency_id, Category.SAFETY, others_words=True)


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
