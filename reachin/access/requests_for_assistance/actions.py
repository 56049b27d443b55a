from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import get_language

from reachin.access.directory.models import masked_name
from reachin.families.information_sharing.actions import add_to_circle, block, decide_sharing, end_sharing, share
from reachin.families.information_sharing.blocked import agencies_kept_from
from reachin.families.information_sharing.enums import Basis, Category, CircleRole, Purpose
from reachin.families.information_sharing.models import Block
from reachin.families.information_sharing.rules import SevenThings
from reachin.families.people.actions import check_contact, correct_details, protect_home, record_person, tell_contact
from reachin.families.people.enums import Relation
from reachin.families.people.homes import Home, Standing, contact_told, overlaid, says_protected
from reachin.families.people.models import ContactInstruction, PersonDetails, ProtectedHome
from reachin.families.people.rules import WHERE_THEY_LIVE, facts_to_answers
from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.context import Actor, ask, bearing, handing_over
from reachin.groundwork.audited_access.lookups import Lookup
from reachin.groundwork.clock.rules import LONDON
from reachin.groundwork.notices.actions import settle
from reachin.groundwork.notices.enums import MessageState
from reachin.groundwork.notices.models import Message
from reachin.groundwork.notices.rules import is_stale
from reachin.groundwork.permissions.enums import Permission
from reachin.groundwork.permissions.rules import roles_with
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.enums import AgencyKind
from reachin.partnership.agencies.models import Agency

from . import drafts, notices
from .danger import mentions_danger
from .enums import AskedBy, Channel, Concern, ContactOutcome, Mover, NoteKind, Outcome, Stage, Urgency, WaitingFor
from .models import (
    ContactAttempt,
    DangerAlert,
    DraftRequest,
    PlaceTold,
    PlanTold,
    RequestForAssistance,
    RequestMove,
    RequestNote,
    RequestPerson,
    SafetyTold,
    StoryTold,
    Telling,
    all_told,
)
from .rules import (
    HUB_SEES,
    SENDER_SEES,
    SENDER_SEES_FOR,
    WAITS_FOR,
    Answers,
    Missing,
    Named,
    at_another_door,
    because_of_danger,
    contact_due,
    display_name,
    keeps_out_as,
    may_be_sent,
    may_move,
    newly_named,
    own_task,
    people_of,
    pre_triage,
    split_by_category,
    urgency_of,
    whom_to_ask,
    writes_in,
)

CONTACT_CHECKED = "contact_checked_at"
"""Beside the answers of `told_so_far`: when the way of contact was told or last checked, in ISO form."""
TOLD_BY_A_PERSON = (MessageState.BY_HAND, MessageState.FAILED)
NOTED_IN = "en-gb"
"""The language of notes that the product writes for the hub, whichever language the family reads."""
THE_LOOP = Actor.system("closed_loop")
RECORDS: Mapping[Category, type[Telling]] = {
    Category.STORY: StoryTold,
    Category.PLAN: PlanTold,
    Category.SAFETY: SafetyTold,
    Category.PROTECTED_ADDRESS: PlaceTold,
}


class NothingToSend(ValueError):
    """A draft that says nothing yet."""


class NoSuchMove(ValueError):
    """The request is not where this move starts, or this mover may not make it."""


class BlockedByFamily(ValueError):
    """The family said that this organisation must not see it."""


class ChangedMeanwhile(ValueError):
    """Somebody else changed the request after this page was opened; nothing was written."""

    def __init__(self, request_for_assistance: RequestForAssistance) -> None:
        super().__init__(request_for_assistance.reference)
        self.request_for_assistance = request_for_assistance


# Sending


def send(draft_id: UUID, *, by: Account | None, now: datetime) -> RequestForAssistance:
    """Sends a draft: makes the request, its people, their circles and what was told, and lets pre-triage sort it, all or nothing.

    The same draft sent again gives the request that it became. Raises NothingToSend when it says nothing, DoesNotExist when it is gone.
    """
    draft = DraftRequest.objects.select_for_update().filter(id=draft_id).first()
    if draft is None:
        return RequestForAssistance.objects.get(id=draft_id)
    answers, asked_by = draft.answers(), AskedBy(draft.asked_by)
    if not may_be_sent(answers):
        raise NothingToSend
    _may_send(by, asked_by)
    with bearing(draft.id):
        request_for_assistance = _receive(draft, answers, by=by, now=now)
        instruction = _keep_what_was_told(request_for_assistance, answers, by=by, now=now)
        _sort(request_for_assistance, answers, instruction, by=by, now=now)
        draft.delete()
    return request_for_assistance


def _may_send(by: Account | None, asked_by: AskedBy) -> None:
    """A family sends its own; a practitioner theirs; and whoever keys in or writes with a family, that family's."""
    if asked_by == AskedBy.PRACTITIONER:
        allowed = by is not None and by.may(Permission.REQUEST_SEND)
    else:
        allowed = by is None or by.may(Permission.REQUEST_KEY_IN) or by.may(Permission.REQUEST_SEND)
    if not allowed:
        raise PermissionDenied


@dataclass(frozen=True, slots=True)
class Slip:
    """What a desk hands to the family whose form it keyed in: the reference, by when somebody is in touch, and no more."""

    reference: str
    received_at: datetime
    contact_due_at: datetime | None
    in_danger: bool
    has_phrase: bool


def key_in(draft_id: UUID, given: Answers, *, by: Account, asked_by: AskedBy, channel: Channel, phrase: str = "", now: datetime) -> Slip:
    """A family's filled form becomes their request, at once. The same id again gives the same slip.

    Raises NothingToSend for an empty form, DraftRequest.DoesNotExist when that id is somebody else's, ValueError for a practitioner's form.
    """
    if not by.may(Permission.REQUEST_KEY_IN):
        raise PermissionDenied
    if asked_by == AskedBy.PRACTITIONER:
        raise ValueError("a practitioner's own request is written, not keyed in")
    drafts.one_at_a_time(draft_id)
    slip = keyed_slip(draft_id)
    if slip is None:
        if not may_be_sent(given):
            raise NothingToSend
        draft = drafts.start_draft(draft_id, by=by, asked_by=asked_by, channel=channel, now=now)
        with bearing(draft.id):
            drafts.keep_answers(draft.id, given, by=by, now=now)
            if phrase:
                drafts.choose_phrase(draft.id, reference=draft.reference, phrase=phrase, by=by, now=now)
            send(draft.id, by=by, now=now)
        slip = keyed_slip(draft_id)
    assert slip is not None
    return slip


def keyed_slip(request_id: UUID) -> Slip | None:
    """The slip of a form that this worker keyed in within the last day; None for anybody else, and later."""
    with connection.cursor() as cursor:
        cursor.execute("select * from reachin.keyed_slip(%s::uuid)", [request_id])
        row = cursor.fetchone()
    return None if row is None else Slip(*row)


def _receive(draft: DraftRequest, answers: Answers, *, by: Account | None, now: datetime) -> RequestForAssistance:
    asked_by = AskedBy(draft.asked_by)
    named = people_of(answers, asked_by=asked_by)
    urgency = urgency_of(answers)
    request_for_assistance = RequestForAssistance(
        id=draft.id,
        reference=draft.reference,
        form_version=draft.form_version,
        asked_by=asked_by,
        channel=draft.channel,
        sender=by if asked_by == AskedBy.PRACTITIONER else None,
        sender_agency=by.agency if by and asked_by == AskedBy.PRACTITIONER else None,
        holder_agency=Agency.objects.hubs().order_by("slug")[0],
        display_name=display_name(named),
        people_count=len(named),
        area_code=Home.of(answers).council(),
        urgency=urgency,
        stage=Stage.RECEIVED,
        stage_since=now,
        waiting_for=WAITS_FOR[Stage.RECEIVED],
        received_at=now,
        received_by=by.id if by else draft.id,
    )
    if asked_by != AskedBy.PRACTITIONER:
        request_for_assistance.contact_due_at = contact_due(now, urgency)
    request_for_assistance.save(force_insert=True)
    _note_move(request_for_assistance, Mover.SENDER if asked_by == AskedBy.PRACTITIONER else Mover.FAMILY, by=_who(by, draft.id), now=now)
    record("request.sent", subject_kind="request", subject_id=draft.id, fields=sorted(answers))
    return request_for_assistance


def _who(by: Account | None, scope: UUID) -> UUID:
    """The account's id, or the request's own for the family that bears it."""
    return by.id if by is not None else scope


def _keep_what_was_told(
    request_for_assistance: RequestForAssistance, answers: Answers, *, by: Account | None, now: datetime
) -> ContactInstruction | None:
    asked_by, who = AskedBy(request_for_assistance.asked_by), _who(by, request_for_assistance.id)
    parts = split_by_category(answers, asked_by=asked_by, version=request_for_assistance.form_version)
    contact = {
        **parts.pop(Category.CONTACT, {}),
        "address": parts.get(Category.PROTECTED_ADDRESS, {}).pop("address", ""),
        "written_in": writes_in(answers.get("language") or "", pages=get_language() if by is None else None),
    }
    for category, told in parts.items():
        telling = RECORDS[category](request_for_assistance=request_for_assistance)
        telling.keep(told)
        if isinstance(telling, PlaceTold):
            telling.keep_street(Home.of(answers))
        telling.save(force_insert=True)
    return _record_people(request_for_assistance, answers, contact, who=who, now=now)


def _record_people(
    request_for_assistance: RequestForAssistance, answers: Answers, contact: Mapping[str, Any], *, who: UUID, now: datetime
) -> ContactInstruction | None:
    """Each person their own record, circle and blocks; the contact instruction hangs from the one who asked (or the first named)."""
    hub = request_for_assistance.holder_agency
    blocked = list(Agency.objects.active().exclude(id=hub.id).filter(id__in=answers.get("blocked_agencies", [])))
    asked_by, day = AskedBy(request_for_assistance.asked_by), now.astimezone(LONDON).date()
    instruction, to_ask = None, list[str]()
    for place, named in enumerate(people_of(answers, asked_by=asked_by)):
        alias = record_person(named.facts, by=who, controller=hub, now=now)
        RequestPerson.objects.create(
            request_for_assistance=request_for_assistance, alias=alias, relation=named.relation, place=place, is_contact=place == 0
        )
        _draw_circle(request_for_assistance, alias.person_id, who=who, now=now)
        said_as = keeps_out_as(asked_by, named, is_asker=place == 0, day=day)
        if said_as is None:
            to_ask.append(named.facts.known_as)
        else:
            for agency in blocked:
                block(alias.person_id, agency, by=who, now=now, said_as=said_as)
        if says_protected(answers):
            protect_home(alias.person_id, by=who, now=now)
        if place == 0:
            instruction = tell_contact(alias.person_id, contact, by=who, now=now)
    if blocked and to_ask:
        ask_the_others(request_for_assistance, blocked, to_ask, by=who, now=now)
    return instruction


def ask_the_others(held: RequestForAssistance, agencies: Iterable[Agency], names: Iterable[str], *, by: UUID, now: datetime) -> None:
    """Tells the hub whom to ask themselves whether these agencies must not see them: nobody says it for another grown-up.

    A masked agency has no name in a note, which is printed and copied; the list of who is kept out holds it.
    """
    with translation.override(NOTED_IN):
        shown = [masked_name() if agency.is_masked else agency.name for agency in agencies]
        _write(held, NoteKind.WORKING_NOTE, whom_to_ask(shown, names), by=by, now=now)


def _draw_circle(request_for_assistance: RequestForAssistance, person_id: UUID, *, who: UUID, now: datetime) -> None:
    add_to_circle(
        person_id,
        request_for_assistance.holder_agency,
        by=who,
        purpose=Purpose.FRONT_DOOR,
        categories=HUB_SEES,
        basis=Basis.PUBLIC_TASK,
        now=now,
        role=CircleRole.FRONT_DOOR,
    )
    _let_sender_see(request_for_assistance, person_id, now=now)
    if request_for_assistance.duty_agency is not None:
        _let_desk_see(request_for_assistance, [person_id], request_for_assistance.duty_agency, who=who, now=now)


def _let_sender_see(held: RequestForAssistance, person_id: UUID, *, now: datetime) -> None:
    """The practitioner who sends it, and nobody else of their agency, reads for a while what they sent."""
    if held.sender is None or held.sender_agency is None:
        return
    add_to_circle(
        person_id,
        held.sender_agency,
        by=held.sender.id,
        purpose=Purpose.FRONT_DOOR,
        categories=SENDER_SEES,
        basis=own_task(AgencyKind(held.sender_agency.kind)),
        now=now,
        until=now + SENDER_SEES_FOR,
        account=held.sender,
    )


def _let_desk_see(held: RequestForAssistance, people: Sequence[UUID], desk: Agency, *, who: UUID, now: datetime) -> None:
    """Where somebody may be in danger, the desk that is alerted may open what was told; everybody reads so before they send."""
    for person_id in people:
        share(person_id, desk, because_of_danger(), controller=held.holder_agency, by=who, now=now, role=CircleRole.DUTY_DESK)


def _sort(
    request_for_assistance: RequestForAssistance,
    answers: Answers,
    instruction: ContactInstruction | None,
    *,
    by: Account | None,
    now: datetime,
) -> None:
    """Pre-triage, at once: by the table, with named gaps (A4). Then danger, and the first word to the family."""
    asked_by, who = AskedBy(request_for_assistance.asked_by), _who(by, request_for_assistance.id)
    stage, gaps = pre_triage(answers, asked_by=asked_by, version=request_for_assistance.form_version)
    if request_for_assistance.urgency == Urgency.DANGER and stage == Stage.RETURNED:
        stage = Stage.READY_FOR_TRIAGE
    _move(request_for_assistance, stage, mover=Mover.PRE_TRIAGE, by=who, now=now, reason="gaps" if gaps else "complete")
    if gaps:
        _note_gaps(request_for_assistance, gaps, by=who, now=now)
    if stage == Stage.RETURNED:
        notices.tell_sender(request_for_assistance, event="request.returned", now=now)
    if request_for_assistance.urgency == Urgency.DANGER:
        _raise_alert(request_for_assistance, by=who, now=now)
    if asked_by != AskedBy.PRACTITIONER:
        notices.tell_family(request_for_assistance, instruction, event="request.received", now=now)


def _note_gaps(request_for_assistance: RequestForAssistance, gaps: Sequence[Missing], *, by: UUID, now: datetime) -> None:
    note = RequestNote.saying("", request_for_assistance=request_for_assistance, kind=NoteKind.WHAT_IS_MISSING, by=by, now=now)
    note.questions = [gap.question for gap in gaps]
    note.save(force_insert=True)


# Danger


def look_for_danger(request_id: UUID, words: str, *, by: UUID, now: datetime, is_asker: bool = True) -> None:
    """What the family writes after it sent may tell of danger too: then it is urgent from now on, and the duty desk hears of it.

    What somebody else than the asker wrote (`is_asker`) changes nothing that the asker sees.
    """
    if not mentions_danger(words):
        return
    with handing_over(THE_LOOP):
        held = locked(request_id)
        if is_asker and held.asked_by != AskedBy.PRACTITIONER and held.urgency != Urgency.DANGER and held.waiting_for != WaitingFor.NOBODY:
            held.contact_due_at = contact_due(now, Urgency.DANGER)
        held.urgency = Urgency.DANGER
        _changed(held, "urgency", "contact_due_at")
        _raise_alert(held, by=by, now=now)


def _raise_alert(held: RequestForAssistance, *, by: UUID, now: datetime) -> None:
    """Alerts one duty desk that the family did not keep out, and lets it see; where it kept all of them out, whoever holds the request.

    A desk that was alerted before is only told again.
    """
    with handing_over(THE_LOOP):
        people = [row.alias.person_id for row in RequestPerson.objects.filter(request_for_assistance=held).select_related("alias")]
        kept_out = agencies_kept_from(people)
        if held.duty_agency_id is None or held.duty_agency_id in kept_out:
            desk = Agency.objects.duty_desks().exclude(id__in=kept_out).order_by("slug").first()
            held.duty_agency = desk
            held.save(update_fields=["duty_agency"])
            if desk is not None:
                _let_desk_see(held, people, desk, who=by, now=now)
        alerted = held.duty_agency or held.holder_agency
        if not DangerAlert.objects.filter(request_for_assistance=held, duty_agency=alerted).exists():
            DangerAlert.objects.create(request_for_assistance=held, duty_agency=alerted, raised_at=now)
        notices.alert_duty_desk(held, alerted, now=now)
        record("danger.alerted", subject_kind="request", subject_id=held.id)


# Moving


def _note_move(request_for_assistance: RequestForAssistance, mover: Mover, *, by: UUID, now: datetime, reason: str = "") -> None:
    RequestMove.objects.create(
        request_for_assistance=request_for_assistance,
        number=request_for_assistance.version,
        stage=request_for_assistance.stage,
        mover=mover,
        reason=reason,
        moved_at=now,
        moved_by=by,
    )


def _move(
    request_for_assistance: RequestForAssistance, to: Stage, *, mover: Mover, by: UUID, now: datetime, reason: str = "", outcome: str = ""
) -> None:
    """The one place where a stage changes. The caller holds the lock. Raises NoSuchMove for a move that the table does not list."""
    stage, asked_by = Stage(request_for_assistance.stage), AskedBy(request_for_assistance.asked_by)
    if not may_move(stage, to, mover=mover, asked_by=asked_by):
        raise NoSuchMove(f"{mover} cannot move {stage} to {to}")
    closes = WAITS_FOR[to] == WaitingFor.NOBODY
    request_for_assistance.stage = to
    request_for_assistance.stage_since = now
    request_for_assistance.waiting_for = WAITS_FOR[to]
    request_for_assistance.version += 1
    request_for_assistance.closed_at, request_for_assistance.closed_by = (now, by) if closes else (None, None)
    request_for_assistance.outcome = outcome
    request_for_assistance.save(update_fields=["stage", "stage_since", "waiting_for", "version", "closed_at", "closed_by", "outcome"])
    _note_move(request_for_assistance, mover, by=by, now=now, reason=reason)
    record("request.moved", subject_kind="request", subject_id=request_for_assistance.id, fields=["stage"])


_to_change = Lookup(lambda card: RequestForAssistance.objects.select_for_update().filter(id=card))


def locked(request_id: UUID, *, seen_version: int | None = None) -> RequestForAssistance:
    """The request under a row lock. Raises ChangedMeanwhile when it is not the version that the page showed."""
    request_for_assistance = _to_change.first(request_id)
    if request_for_assistance is None:
        raise RequestForAssistance.DoesNotExist
    if seen_version is not None and request_for_assistance.version != seen_version:
        raise ChangedMeanwhile(request_for_assistance)
    return request_for_assistance


def _write(request_for_assistance: RequestForAssistance, kind: NoteKind, words: str, *, by: UUID, now: datetime) -> RequestNote:
    note = RequestNote.saying(words, request_for_assistance=request_for_assistance, kind=kind, by=by, now=now)
    note.save(force_insert=True)
    return note


def _triager(by: Account) -> None:
    if not by.may(Permission.REQUEST_TRIAGE):
        raise PermissionDenied


def _held_for_triage(request_for_assistance: RequestForAssistance, *, by: Account, seen_version: int | None = None) -> RequestForAssistance:
    """The request under its lock, for somebody who triages where it is held. Raises PermissionDenied, ChangedMeanwhile."""
    _triager(by)
    held = locked(request_for_assistance.id, seen_version=seen_version)
    if held.holder_agency_id != by.agency_id:
        raise PermissionDenied
    return held


def _still_open(held: RequestForAssistance) -> None:
    if held.waiting_for == WaitingFor.NOBODY:
        raise NoSuchMove(f"{held.stage} is an end")


def _changed(held: RequestForAssistance, *fields: str) -> None:
    """A change without a move: pages that were opened before it are told so."""
    held.version += 1
    held.save(update_fields=["version", *fields])


def return_to_sender(
    request_for_assistance: RequestForAssistance,
    *,
    by: Account,
    note: str,
    questions: Sequence[str],
    now: datetime,
    seen_version: int | None = None,
) -> RequestForAssistance:
    """Returns a practitioner's request: what is missing, and why. A family's is never returned (NoSuchMove)."""
    held = _held_for_triage(request_for_assistance, by=by, seen_version=seen_version)
    _move(held, Stage.RETURNED, mover=Mover.HUB, by=by.id, now=now, reason="gaps")
    missing = RequestNote.saying(note, request_for_assistance=held, kind=NoteKind.WHAT_IS_MISSING, by=by.id, now=now)
    missing.questions = list(questions)
    missing.save(force_insert=True)
    notices.tell_sender(held, event="request.returned", now=now)
    return held


def complete(request_for_assistance: RequestForAssistance, given: Mapping[str, Any], *, by: Account, now: datetime) -> RequestForAssistance:
    """The sender adds what was missing; what was told before stays, and pre-triage sorts it again. Needs the record to be open."""
    held = locked(request_for_assistance.id)
    if held.sender_id != by.id:
        raise PermissionDenied
    told = told_so_far(held)
    fresh = newly_named(given, told)
    answers = told | dict(given) | {"people": [*told["people"], *(as_answers(person) for person in fresh)]}
    _move(held, Stage.RECEIVED, mover=Mover.SENDER, by=by.id, now=now, reason="completed")
    _tell_more(held, given, fresh, by=by.id, now=now)
    RequestNote.objects.filter(request_for_assistance=held, kind=NoteKind.WHAT_IS_MISSING, answered_at=None).update(
        answered_at=now, answered_by=by.id
    )
    record("request.completed", subject_kind="request", subject_id=held.id, fields=sorted(given))
    _sort_again(held, answers, by=by, now=now)
    return held


def _sort_again(held: RequestForAssistance, answers: Answers, *, by: Account, now: datetime) -> None:
    was_danger = held.urgency == Urgency.DANGER
    named = people_of(answers, asked_by=AskedBy(held.asked_by))
    held.urgency = min(held.urgency, urgency_of(answers))
    held.display_name, held.people_count = display_name(named), len(named)
    held.save(update_fields=["urgency", "display_name", "people_count"])
    stage, gaps = pre_triage(answers, asked_by=AskedBy(held.asked_by), version=held.form_version)
    if held.urgency == Urgency.DANGER and not was_danger:
        _raise_alert(held, by=by.id, now=now)
    if held.urgency == Urgency.DANGER:
        stage = Stage.READY_FOR_TRIAGE
    _move(held, stage, mover=Mover.PRE_TRIAGE, by=by.id, now=now, reason="gaps" if gaps else "complete")
    if gaps:
        _note_gaps(held, gaps, by=by.id, now=now)


_people_told_of: Lookup[tuple[Any, ...]] = Lookup(
    lambda card: (
        RequestPerson.objects.filter(request_for_assistance=card, alias__person__details__isnull=False)
        .order_by("place")
        .values_list("relation", "is_contact", "alias__person_id", "alias__person__details__sealed")
    )
)
"""Whose names were destroyed is not there any more."""


def told_so_far(request_for_assistance: RequestForAssistance) -> dict[str, Any]:
    """Everything that was told and is open to the one who acts, as answers by question code, people included."""
    told, people = all_told(request_for_assistance.id), []
    standing = standing_of_request(request_for_assistance.id, said=says_protected(told))
    answers = overlaid(told, standing)
    for relation, is_contact, person_id, sealed in _people_told_of(request_for_assistance.id):
        facts = PersonDetails(person_id=person_id, sealed=sealed).facts()
        if is_contact:
            answers |= _contact_with_its_age(person_id, standing)
        if facts.known_as or relation != Relation.OTHER:
            people.append(as_answers(Named(facts, Relation(relation))))
    return answers | {"people": people}


def standing_of_request(request_id: UUID, *, said: bool = False) -> Standing:
    """How the home that a request tells of stands towards whoever has it open: where any of its people is protected, all are."""
    return Standing(ask("select reachin.home_of_request(%s::uuid, %s)", request_id, said))


def as_answers(person: Named) -> dict[str, Any]:
    """A person as the answers to the question who it is about hold them."""
    return {**facts_to_answers(person.facts), "relation": str(person.relation)}


_in_force = Lookup(lambda person: ContactInstruction.objects.filter(person_id=person, ended_at=None))


def contact_of(person_id: UUID, standing: Standing | None = None) -> dict[str, Any]:
    """How this person said that they may be reached, where that is open; empty otherwise. Their address as far as their home is open."""
    instruction = _in_force.first(person_id)
    return contact_told(instruction, standing) if instruction is not None else {}


def _contact_with_its_age(person_id: UUID, standing: Standing) -> dict[str, Any]:
    instruction = _in_force.first(person_id)
    if instruction is None:
        return {}
    return contact_told(instruction, standing) | {CONTACT_CHECKED: instruction.last_checked_at().isoformat()}


def contact_is_stale(answers: Mapping[str, Any], *, now: datetime) -> bool:
    """Whether the safe way among these answers, as `told_so_far` gives them, was neither told nor checked for too long."""
    checked = answers.get(CONTACT_CHECKED)
    return checked is not None and is_stale(datetime.fromisoformat(checked), now=now)


def check_safe_contact(request_for_assistance: RequestForAssistance, *, how: str, by: Account, now: datetime) -> ContactInstruction:
    """A worker of the front door made sure that whoever asked can still be reached as they said. Needs the request to be open.

    Raises PermissionDenied, NoSuchMove where there is no way that could be checked.
    """
    _triager(by)
    asker = RequestPerson.objects.filter(request_for_assistance=request_for_assistance, is_contact=True).select_related("alias").first()
    checked = check_contact(asker.alias.person_id, how=how, by=by.id, now=now) if asker is not None else None
    if checked is None:
        raise NoSuchMove("there is no way of contact")
    return checked


def own_contact_of(person_id: UUID) -> dict[str, Any]:
    """The same, for the person themselves: what a worker wrote of how to reach them can name who told the worker, and is left out."""
    instruction = _in_force.first(person_id)
    if instruction is None or Account.objects.filter(id=instruction.told_by).exists():
        return {}
    return contact_told(instruction, None)


def _tell_more(held: RequestForAssistance, given: Answers, fresh: Sequence[Named], *, by: UUID, now: datetime) -> None:
    """Adds answers to what was told: into each category's own record, the people, and a new contact instruction where it changed.

    Where a home that they may not read is told anew, whoever holds the request asks for it: nobody writes over what they cannot see.
    """
    parts = split_by_category(given, asked_by=AskedBy(held.asked_by), version=held.form_version)
    if standing_of_request(held.id) == Standing.SHUT:
        parts.get(Category.PROTECTED_ADDRESS, {}).pop(WHERE_THEY_LIVE, None)
    contact = parts.pop(Category.CONTACT, {})
    if "address" in parts.get(Category.PROTECTED_ADDRESS, {}):
        contact["address"] = parts[Category.PROTECTED_ADDRESS].pop("address")
    for category, told in parts.items():
        if not told:
            continue
        record_type = RECORDS[category]
        telling = record_type._default_manager.filter(request_for_assistance=held).first()
        is_new = telling is None
        telling = telling or record_type(request_for_assistance=held)
        telling.keep((telling.answers() if not is_new else {}) | told)
        telling.save(force_insert=is_new)
    _add_people(held, fresh, by=by, now=now)
    _keep_out(held, given.get("blocked_agencies", []), by=by, now=now)
    _keep_homes_secret(held, is_said=says_protected(given), by=by, now=now)
    let_home_follow(held)
    first = RequestPerson.objects.select_related("alias").get(request_for_assistance=held, is_contact=True)
    if contact:
        before = contact_of(first.alias.person_id)
        contact["written_in"] = writes_in(contact.get("language") or "", pages=None) or before.get("written_in", "")
        instruction = tell_contact(first.alias.person_id, contact, by=by, now=now, keeps_rest=True)
        notices.contact_changed(held, instruction, now=now)


def let_home_follow(held: RequestForAssistance) -> bool:
    """What a card keeps of a home, its area and the digest of its street, is as the home stands now. Gives whether it is protected.

    The request has to be open.
    """
    standing = standing_of_request(held.id)
    place = PlaceTold.objects.filter(request_for_assistance=held).first()
    home = Home.of(place.answers() if place is not None else {}, standing)
    if place is not None:
        place.keep_street(home)
        place.save(update_fields=["postcode_digest"])
    if place is not None or home.is_protected:
        held.area_code = home.council()
        held.save(update_fields=["area_code"])
    return home.is_protected


def _add_people(held: RequestForAssistance, fresh: Sequence[Named], *, by: UUID, now: datetime) -> None:
    """People who were not named before. The nameless one of a request that named nobody becomes the first of them."""
    rows = list(RequestPerson.objects.filter(request_for_assistance=held).select_related("alias__person__details").order_by("place"))
    waiting = list(fresh)
    if waiting and len(rows) == 1 and rows[0].relation == Relation.OTHER and not rows[0].alias.person.details.facts().known_as:
        first = waiting.pop(0)
        correct_details(rows[0].alias.person, first.facts, now=now)
        rows[0].relation = first.relation
        rows[0].save(update_fields=["relation"])
    for place, named in enumerate(waiting, start=len(rows)):
        alias = record_person(named.facts, by=by, controller=held.holder_agency, now=now)
        RequestPerson.objects.create(request_for_assistance=held, alias=alias, relation=named.relation, place=place, is_contact=False)
        _draw_circle(held, alias.person_id, who=by, now=now)


def _keep_out(held: RequestForAssistance, more: Sequence[str], *, by: UUID, now: datetime) -> None:
    """Whoever must not see one of the people of a request must not see the others either, those who were named later included."""
    with handing_over(THE_LOOP):  # whoever was named just now is not yet open to the one who named them
        people = [row.alias.person_id for row in RequestPerson.objects.filter(request_for_assistance=held).select_related("alias")]
        said = set(Block.objects.filter(person_id__in=people, lifted_at=None).values_list("person_id", "agency_id"))
    named = Agency.objects.active().exclude(id=held.holder_agency_id).filter(id__in=more)
    for agency in Agency.objects.filter(id__in={agency_id for _person, agency_id in said}) | named:
        for person_id in people:
            if (person_id, agency.id) not in said:
                block(person_id, agency, by=by, now=now)


def _keep_homes_secret(held: RequestForAssistance, *, is_said: bool, by: UUID, now: datetime) -> None:
    """Where one of the people of a request has to be kept secret, so have the others, those who were named later included."""
    with handing_over(THE_LOOP):
        people = [row.alias.person_id for row in RequestPerson.objects.filter(request_for_assistance=held).select_related("alias")]
        marked = set(ProtectedHome.objects.filter(person_id__in=people, lifted_at=None).values_list("person_id", flat=True))
    if marked or is_said:
        for person_id in people:
            if person_id not in marked:
                protect_home(person_id, by=by, now=now)


# At the hub


def ask_family(
    request_for_assistance: RequestForAssistance, *, by: Account, question: str, now: datetime, seen_version: int | None = None
) -> RequestNote:
    """Puts a question to the family; they see it with their code, and are told that there is a message."""
    held = _held_for_triage(request_for_assistance, by=by, seen_version=seen_version)
    _still_open(held)
    note = _write(held, NoteKind.QUESTION, question, by=by.id, now=now)
    _changed(held)
    record("question.asked", subject_kind="request", subject_id=held.id)
    notices.tell_family(held, _instruction(held), event="question.asked", now=now)
    return note


def _instruction(held: RequestForAssistance) -> ContactInstruction | None:
    first = RequestPerson.objects.select_related("alias").filter(request_for_assistance=held, is_contact=True).first()
    return None if first is None else ContactInstruction.objects.filter(person_id=first.alias.person_id, ended_at=None).first()


def record_contact(
    request_for_assistance: RequestForAssistance,
    *,
    by: Account,
    outcome: ContactOutcome,
    words: str,
    now: datetime,
    seen_version: int | None = None,
) -> ContactAttempt:
    """Keeps what came of being in touch. Having spoken moves a family's request on to triage; otherwise it stays on the call list."""
    held = _held_for_triage(request_for_assistance, by=by, seen_version=seen_version)
    attempt = ContactAttempt.objects.create(request_for_assistance=held, outcome=outcome, tried_at=now, tried_by=by)
    if words:
        _write(held, NoteKind.WORKING_NOTE, words, by=by.id, now=now)
    record("contact.attempted", subject_kind="request", subject_id=held.id, fields=["outcome"])
    if outcome == ContactOutcome.SPOKE and held.stage == Stage.TO_BE_CONTACTED:
        _move(held, Stage.READY_FOR_TRIAGE, mover=Mover.HUB, by=by.id, now=now, reason="spoke")
    if outcome == ContactOutcome.SPOKE:
        held.contact_due_at = None
    _changed(held, "contact_due_at")
    return attempt


def take_on_contact(
    request_for_assistance: RequestForAssistance, *, by: Account, now: datetime, seen_version: int | None = None
) -> RequestForAssistance:
    """A worker says: I will be in touch. The family sees that somebody is on it. The same again changes nothing."""
    held = _held_for_triage(request_for_assistance, by=by)
    if held.contact_owner_id == by.id:
        return held
    if seen_version is not None and held.version != seen_version:
        raise ChangedMeanwhile(held)
    _still_open(held)
    held.contact_owner = by
    _changed(held, "contact_owner")
    record("contact.taken_on", subject_kind="request", subject_id=held.id, fields=["contact_owner"])
    return held


def decide(
    request_for_assistance: RequestForAssistance,
    to: Stage,
    *,
    by: Account,
    reason: str,
    now: datetime,
    outcome: Outcome | None = None,
    seen_version: int | None = None,
) -> RequestForAssistance:
    """A hub worker's decision with its reason: discuss, put on the call list, close with an outcome, open again, mark as an error."""
    if (to == Stage.CLOSED) != (outcome is not None):
        raise NoSuchMove("a request closes only with an outcome, and only then has one")
    if to in (Stage.MATCHED, Stage.RETURNED):
        raise NoSuchMove("a request is matched by a referral, and returned with what is missing")
    held = _held_for_triage(request_for_assistance, by=by, seen_version=seen_version)
    _move(held, to, mover=Mover.HUB, by=by.id, now=now, reason="decided", outcome=outcome or "")
    _write(held, NoteKind.DECISION, reason, by=by.id, now=now)
    if to == Stage.CLOSED:
        notices.tell_family(held, _instruction(held), event="request.closed", now=now)
        notices.tell_sender(held, event="request.closed", now=now)
    return held


def concern_desks() -> QuerySet[Agency]:
    """Where a concern can be passed on: the duty desks, and the police."""
    return Agency.objects.active().filter(Q(has_duty_desk=True) | Q(kind=AgencyKind.POLICE)).order_by("name")


def pass_on_concern(
    request_for_assistance: RequestForAssistance,
    desk: Agency,
    things: SevenThings,
    *,
    concern: Concern,
    people: Collection[UUID],
    key: UUID,
    by: Account,
    now: datetime,
) -> RequestNote:
    """A concern about these people of a request (ids of persons) goes to a discussion outside the hub, and its desk may see them.

    It stops nothing: the request goes on at the front door as it was. To whom, when and why is kept with the request; what the desk may
    see rests on a decision about each person. `key` makes the same again an IntegrityError. Raises what `decide_sharing` raises, and
    NoSuchMove where nobody is named or the agency takes no concerns.
    """
    held = _held_for_triage(request_for_assistance, by=by)
    _share_with_desk(_named_in(held, people), desk, things, key=key, by=by, now=now)
    words = f"{concern.label}: {desk.name}\n{things.why}"
    record("concern.passed_on", subject_kind="request", subject_id=held.id)
    return _write(held, NoteKind.DECISION, words, by=by.id, now=now)


def pass_on_concern_of_own(
    request_for_assistance: RequestForAssistance,
    desk: Agency,
    things: SevenThings,
    *,
    concern: Concern,
    people: Collection[UUID],
    key: UUID,
    by: Account,
    now: datetime,
) -> None:
    """Whoever sent a request passes on a concern about these people of it (ids of persons), without asking whoever holds it.

    Which discussion it is for stands with the reasons of each decision. Raises what `pass_on_concern` raises.
    """
    if request_for_assistance.sender_id != by.id:
        raise PermissionDenied
    named = _named_in(request_for_assistance, people)
    _share_with_desk(named, desk, _for_discussion(things, concern), key=key, by=by, now=now)
    record("concern.passed_on", subject_kind="request", subject_id=request_for_assistance.id)


def pass_on_concern_about(
    person_id: UUID, desk: Agency, things: SevenThings, *, concern: Concern, key: UUID, by: Account, now: datetime
) -> None:
    """A practitioner passes on a concern about somebody whom they have open. Raises what `pass_on_concern` raises."""
    _share_with_desk([person_id], desk, _for_discussion(things, concern), key=key, by=by, now=now)
    record("concern.passed_on", subject_kind="person", subject_id=person_id)


def _for_discussion(things: SevenThings, concern: Concern) -> SevenThings:
    return replace(things, why=f"{concern.label}\n{things.why}")


def _named_in(request_for_assistance: RequestForAssistance, people: Collection[UUID]) -> list[UUID]:
    """Those of these people who are named in the request."""
    found = RequestPerson.objects.filter(request_for_assistance=request_for_assistance, alias__person_id__in=list(people))
    return list(found.values_list("alias__person_id", flat=True))


def _share_with_desk(people: Sequence[UUID], desk: Agency, things: SevenThings, *, key: UUID, by: Account, now: datetime) -> None:
    """What the desk may see rests on a decision about each person."""
    if not by.may(Permission.CONCERN_HAND_ON):
        raise PermissionDenied
    if not people or not concern_desks().filter(id=desk.id).exists():
        raise NoSuchMove("a concern is about somebody, and goes to a desk that takes it on")
    for person_id in people:
        above = things.beats_block and desk.id in agencies_kept_from([person_id])
        about = replace(things, beats_block=above)
        decide_sharing(person_id, desk, about, by=by, now=now, role=CircleRole.DUTY_DESK, key=uuid5(key, str(person_id)))


def doors(*, besides: UUID) -> QuerySet[Agency]:
    """The agencies to which a request can be moved: somebody there triages. Anywhere else nobody could see it."""
    works_there = Account.objects.active().filter(agency=OuterRef("id"), role__in=sorted(roles_with(Permission.REQUEST_TRIAGE)))
    return Agency.objects.active().exclude(id=besides).filter(Exists(works_there)).order_by("name")


def move_to_door(
    request_for_assistance: RequestForAssistance, door: Agency, *, by: Account, reason: str, now: datetime, seen_version: int | None = None
) -> RequestForAssistance:
    """Moves a request to the agency where it belongs: moved, never refused (A8). The old door holds and sees it no longer.

    That the new one sees it is a decision like any other, for the worker's own reason.
    Raises BlockedByFamily for an agency that the family does not want to see it, NoSuchMove where nobody could take it on.
    """
    held = _held_for_triage(request_for_assistance, by=by, seen_version=seen_version)
    if held.waiting_for not in (WaitingFor.HUB, WaitingFor.SENDER):
        raise NoSuchMove("agencies that were asked answer to this door")
    if not doors(besides=held.holder_agency_id).filter(id=door.id).exists():
        raise NoSuchMove("nobody there can take it on")
    people = [row.alias.person_id for row in RequestPerson.objects.filter(request_for_assistance=held).select_related("alias")]
    if door.id in agencies_kept_from(people):
        raise BlockedByFamily(door.name)
    kind, old_door = AgencyKind(by.agency.kind), held.holder_agency_id
    things = at_another_door(reason, told_so_far(held), asked_by=AskedBy(held.asked_by), kind=kind)
    for person_id in people:
        share(person_id, door, things, controller=by.agency, by=by.id, now=now, role=CircleRole.FRONT_DOOR)
    end_sharing(people, old_door, purpose=Purpose.FRONT_DOOR, role=CircleRole.FRONT_DOOR, by=by.id, now=now)
    _write(held, NoteKind.DECISION, reason, by=by.id, now=now)
    notices.tell_family(held, _instruction(held), event="request.moved_door", now=now)
    record("request.moved_door", subject_kind="request", subject_id=held.id, fields=["holder_agency"])
    with handing_over(THE_LOOP):
        held.holder_agency, held.contact_owner = door, None
        _changed(held, "holder_agency", "contact_owner")
    return held


def mark_matched(request_for_assistance: RequestForAssistance, *, by: Account, now: datetime) -> RequestForAssistance:
    """Help was asked for from an agency. Called where the referral is sent, with the request locked there."""
    if request_for_assistance.stage != Stage.MATCHED:
        _move(request_for_assistance, Stage.MATCHED, mover=Mover.HUB, by=by.id, now=now, reason="referred")
    return request_for_assistance


def take_alert(alert: DangerAlert, *, by: Account, now: datetime) -> DangerAlert:
    """Somebody at the desk that was alerted takes it on; the first one wins, and the same again changes nothing."""
    if not (by.may(Permission.REQUEST_ANSWER_ALERT) or by.may(Permission.REQUEST_TRIAGE)):
        raise PermissionDenied
    held = DangerAlert.objects.select_for_update().filter(id=alert.id, duty_agency=by.agency_id).first()
    if held is None:
        raise PermissionDenied
    if held.taken_at is None:
        held.taken_at, held.taken_by = now, by
        held.save(update_fields=["taken_at", "taken_by"])
        record("danger.taken_on", subject_kind="request", subject_id=held.request_for_assistance_id)
    return held


def tell_by_hand(message_id: UUID, *, by: Account, now: datetime) -> None:
    """A worker told the family themselves, by the way that they asked for: what a person has to tell, and what could not be sent."""
    _triager(by)
    message = Message.objects.select_for_update().get(id=message_id)
    if message.state not in TOLD_BY_A_PERSON:
        return
    settle(message, MessageState.TOLD, by=by.name[:40], now=now)
    if not Message.objects.filter(about_id=message.about_id, is_for_staff=False, state=MessageState.FAILED).exists():
        with handing_over(THE_LOOP):
            RequestForAssistance.objects.filter(id=message.about_id).update(untold_since=None)


def message_failed(message: Message, *, now: datetime) -> int:
    """A message to a family could not be sent: its request shows that in the queue until a person told it. Gives how many requests."""
    with handing_over(THE_LOOP):
        return RequestForAssistance.objects.filter(id=message.about_id, untold_since=None).update(untold_since=now)


# The family, and the sender


def answer_question(question: RequestNote, *, by: UUID, words: str, now: datetime) -> RequestNote:
    """The family answers. The same answer again changes nothing. `by` is the request's own id."""
    asked = RequestNote.objects.select_for_update().get(id=question.id, kind=NoteKind.QUESTION)
    if asked.answered_at is not None:
        return asked
    held = locked(asked.request_for_assistance_id)
    _write(held, NoteKind.ANSWER, words, by=by, now=now)
    asked.answered_at, asked.answered_by = now, by
    asked.save(update_fields=["answered_at", "answered_by"])
    _changed(held)
    record("question.answered", subject_kind="request", subject_id=held.id)
    look_for_danger(held.id, words, by=by, now=now)
    return asked


def withdraw(request_for_assistance: RequestForAssistance, *, by: Account | None, reason: str, now: datetime) -> RequestForAssistance:
    """The family, or the practitioner who sent it, takes a request back. Again changes nothing."""
    held = locked(request_for_assistance.id)
    if held.stage == Stage.WITHDRAWN:
        return held
    mover = Mover.FAMILY if by is None else Mover.SENDER
    if by is not None and held.sender_id != by.id:
        raise PermissionDenied
    _move(held, Stage.WITHDRAWN, mover=mover, by=_who(by, held.id), now=now, reason="withdrawn")
    if reason:
        _write(held, NoteKind.DECISION, reason, by=_who(by, held.id), now=now)
    if by is None:
        notices.tell_sender(held, event="request.withdrawn", now=now)
        look_for_danger(held.id, reason, by=held.id, now=now)
    return held


# What the closed loop tells the request, in the same transaction as the referral's own move


def help_started(request_id: UUID, *, by: UUID, now: datetime) -> None:
    """An agency began to help: the family's wait ends. Later beginnings change nothing."""
    with handing_over(THE_LOOP):
        held = locked(request_id)
        if held.help_started_at is None:
            held.help_started_at, held.help_started_by = now, by
            held.save(update_fields=["help_started_at", "help_started_by"])
            record("request.help_started", subject_kind="request", subject_id=held.id, fields=["help_started_at"])


def nobody_is_helping(request_id: UUID, *, by: UUID, now: datetime) -> None:
    """Every agency that was asked has said no: the request is the hub's again."""
    with handing_over(THE_LOOP):
        held = locked(request_id)
        if held.stage == Stage.MATCHED:
            _move(held, Stage.IN_DISCUSSION, mover=Mover.AGENCY, by=by, now=now, reason="declined")


def tell_of_news(request_id: UUID, *, event: str, now: datetime) -> None:
    """Tells the family and the sender that something happened on a referral, each as they may be reached."""
    with handing_over(THE_LOOP):
        held = RequestForAssistance.objects.get(id=request_id)
        notices.tell_family(held, _instruction(held), event=event, now=now)
        notices.tell_sender(held, event=event, now=now)
