"""What somebody changes about their own safety after sending: how they may be reached, where they live, who must not see."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils import translation
from django.utils.translation import gettext as _

from reachin.access.directory.models import masked_name
from reachin.families.information_sharing.actions import add_to_circle, block, end_own_share, end_sharing, lift_block
from reachin.families.information_sharing.blocked import agencies_kept_from
from reachin.families.information_sharing.enums import CircleRole, Purpose, SaidAs
from reachin.families.information_sharing.models import Block, CircleEntry
from reachin.families.people.actions import correct_details, lift_protection, protect_home, stop_protecting_home, tell_contact
from reachin.families.people.enums import Relation
from reachin.families.people.models import ContactInstruction
from reachin.families.people.rules import IS_PROTECTED, PersonFacts
from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.context import Actor, current_actor, handing_over
from reachin.groundwork.clock.rules import LONDON
from reachin.groundwork.notices.models import Message
from reachin.groundwork.permissions.enums import Permission
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.enums import AgencyKind
from reachin.partnership.agencies.models import Agency

from . import notices
from .actions import NOTED_IN, THE_LOOP, ask_the_others, doors, let_home_follow, locked, look_for_danger
from .danger import mentions_danger
from .enums import AskedBy, NoteKind
from .models import RequestForAssistance, RequestNote, RequestPerson, SafetyTold
from .rules import HUB_SEES, Named, display_name, keeps_out_as, own_task


class CannotBeKeptOut(ValueError):
    """The agency that holds the request cannot be kept out of it: somebody has to read it. Ask for another door instead."""


def _own(request_for_assistance: RequestForAssistance, by: UUID) -> RequestForAssistance:
    """The request under its lock, for whoever asked for themselves and bears it. Raises PermissionDenied for everybody else."""
    if by != request_for_assistance.id or current_actor() != Actor.family(by) or request_for_assistance.asked_by_practitioner():
        raise PermissionDenied
    return locked(request_for_assistance.id)


def _note(held: RequestForAssistance, words: str, *, now: datetime) -> None:
    """Tells the hub, and makes pages that were opened before say that something changed."""
    note = RequestNote.saying(words, request_for_assistance=held, kind=NoteKind.WORKING_NOTE, by=held.id, now=now)
    note.save(force_insert=True)
    held.version += 1
    held.save(update_fields=["version"])


def change_contact(request_for_assistance: RequestForAssistance, told: Mapping[str, Any], *, by: UUID, now: datetime) -> ContactInstruction:
    """Whoever asked says anew how they may be reached; nothing goes to the old address any more. Only their own instruction is touched.

    `told` holds answers by question code; what it leaves out stays as it was. Needs the request to be open. Raises PermissionDenied.
    """
    held = _own(request_for_assistance, by)
    first = RequestPerson.objects.select_related("alias").get(request_for_assistance=held, is_contact=True)
    instruction = tell_contact(first.alias.person_id, told, by=by, now=now, keeps_rest=True)
    notices.contact_changed(held, instruction, now=now)
    with translation.override(NOTED_IN):
        _note(held, _("They changed how they may be reached. Please look before you are in touch."), now=now)
    return instruction


def correct_own_facts(
    request_for_assistance: RequestForAssistance, *, known_as: str, age_years: int | None, by: UUID, now: datetime
) -> PersonFacts:
    """Whoever asked puts right what they are called and how old they are; the name on the card changes with it. The others stay as told.

    Needs the request to be open. Raises PermissionDenied.
    """
    held = _own(request_for_assistance, by)
    rows = list(RequestPerson.objects.filter(request_for_assistance=held).select_related("alias__person__details").order_by("place"))
    named = [Named(row.alias.person.details.facts(), Relation(row.relation)) for row in rows]
    place = next(place for place, row in enumerate(rows) if row.is_contact)
    before = named[place].facts
    facts = replace(before, known_as=known_as, age_years=age_years, born_on=before.born_on if age_years == before.age_years else None)
    correct_details(rows[place].alias.person, facts, now=now)
    named[place] = Named(facts, named[place].relation)
    held.display_name = display_name(named)
    held.save(update_fields=["display_name"])
    with translation.override(NOTED_IN):
        _note(held, _("They put right what they are called, or how old they are."), now=now)
    return facts


def keep_home_secret(request_for_assistance: RequestForAssistance, *, is_secret: bool, by: UUID, now: datetime) -> bool:
    """Whether it has to stay secret where they live, for everybody of the request. The same again changes nothing.

    What they said themselves they take back; what somebody else said, or was said on another record, stays. Gives whether it is secret now.
    Needs the request to be open. Raises PermissionDenied.
    """
    held = _own(request_for_assistance, by)
    people = _people(held)
    changed = _say_of_home(held, is_secret=is_secret, now=now)
    for person_id in people:
        if is_secret:
            protect_home(person_id, by=by, now=now)
        else:
            changed |= bool(stop_protecting_home(person_id, by=by, now=now))
    is_now = let_home_follow(held)
    if changed:
        with translation.override(NOTED_IN):
            _note(held, _secret_words(is_secret, is_now), now=now)
    return is_now


def _people(held: RequestForAssistance) -> list[UUID]:
    return [row.alias.person_id for row in RequestPerson.objects.filter(request_for_assistance=held).select_related("alias")]


def _say_of_home(held: RequestForAssistance, *, is_secret: bool, now: datetime) -> bool:
    """Keeps the answer with the request; gives whether it is another than before."""
    answer = "yes" if is_secret else "no"
    kept = SafetyTold.objects.filter(request_for_assistance=held).first()
    is_new = kept is None
    telling: SafetyTold = kept or SafetyTold(request_for_assistance=held)
    before = {} if is_new else telling.answers()
    if before.get(IS_PROTECTED) == answer:
        return False
    telling.keep(before | {IS_PROTECTED: answer})
    telling.save(force_insert=is_new, force_update=not is_new)
    record("home.kept_secret" if is_secret else "home.not_secret", subject_kind="request", subject_id=held.id, fields=[IS_PROTECTED])
    return True


def _secret_words(is_secret: bool, is_now: bool) -> str:
    if is_secret:
        return _("Where they live has to stay secret from now on.")
    if is_now:
        return _("They took back that where they live has to stay secret. Others said so too: it stays secret.")
    return _("Where they live need not stay secret any more.")


def _held(request_for_assistance: RequestForAssistance, by: Account) -> RequestForAssistance:
    """The request under its lock, for somebody who decides where it is held. Raises PermissionDenied."""
    held = locked(request_for_assistance.id)
    if not by.may(Permission.REQUEST_TRIAGE) or held.holder_agency_id != by.agency_id:
        raise PermissionDenied
    return held


def protect_home_of(request_for_assistance: RequestForAssistance, *, by: Account, now: datetime) -> None:
    """A worker who holds the request protects the home of everybody in it. It acts at once. The same again changes nothing.

    Needs the request to be open. Raises PermissionDenied.
    """
    held = _held(request_for_assistance, by)
    for person_id in _people(held):
        protect_home(person_id, by=by.id, now=now)
    if _say_of_home(held, is_secret=True, now=now):
        with translation.override(NOTED_IN):
            _decided(held, _("Where they live has to stay secret from now on."), by=by, now=now)
    let_home_follow(held)


def stop_protecting_home_of(request_for_assistance: RequestForAssistance, *, why: str, by: Account, now: datetime) -> bool:
    """A worker who holds the request decides that where these people live need not be a secret, and the reason is kept with them.

    What was said on another record of one of them goes on. Gives whether it is still a secret. Needs the request to be open. Raises
    PermissionDenied, people's NoReason.
    """
    held = _held(request_for_assistance, by)
    for person_id in _people(held):
        lift_protection(person_id, by=by.id, why=why, now=now)
    _say_of_home(held, is_secret=False, now=now)
    with translation.override(NOTED_IN):
        words = _("Where they live need not stay secret any more.")
        _decided(held, f"{words}\n{why}", by=by, now=now)
    return let_home_follow(held)


def _decided(held: RequestForAssistance, words: str, *, by: Account, now: datetime) -> None:
    note = RequestNote.saying(words, request_for_assistance=held, kind=NoteKind.DECISION, by=by.id, now=now)
    note.save(force_insert=True)
    held.version += 1
    held.save(update_fields=["version"])


def keep_out(request_for_assistance: RequestForAssistance, agency: Agency, *, by: UUID, now: datetime) -> list[Block]:
    """An agency must not see anything of whoever asked and their children from now on. What it could open is shut at once.

    What they told together it cannot open either. Of the other grown-ups nobody says it but themselves: the hub is told whom to ask. Needs
    the request to be open. The same again changes nothing.
    Raises PermissionDenied, CannotBeKeptOut for the agency that holds it.
    """
    held = _own(request_for_assistance, by)
    if agency.id == held.holder_agency_id:
        raise CannotBeKeptOut
    spoken_for, to_ask = _spoken_for(held, now=now)
    with handing_over(THE_LOOP):
        blocked = set(Block.objects.against(spoken_for, agency.id).filter(said_by=by).values_list("person_id", flat=True))
        could_see = CircleEntry.objects.in_force(now).filter(person_id__in=_people(held), agency=agency).exists()
    new = [person_id for person_id in spoken_for if person_id not in blocked]
    made = [block(person_id, agency, by=by, now=now, said_as=spoken_for[person_id]) for person_id in new]
    if made:
        with translation.override(NOTED_IN):
            words = _("They do not want %(agency)s to see anything.") % {"agency": _named(agency)}
            shut = _("It could see something until now. That is shut: agree with them what becomes of what was asked of it.")
            _note(held, f"{words} {shut}" if could_see else words, now=now)
        if to_ask:
            ask_the_others(held, [agency], to_ask, by=by, now=now)
    return made


def doors_instead(request_for_assistance: RequestForAssistance) -> list[Agency]:
    """Who could take a request on instead of whoever holds it: somebody there triages, and nobody named keeps it out."""
    kept_out = agencies_kept_from(_people(request_for_assistance))
    return [door for door in doors(besides=request_for_assistance.holder_agency_id) if door.id not in kept_out]


def keep_out_the_door(request_for_assistance: RequestForAssistance, door: Agency, *, by: UUID, now: datetime) -> list[Block]:
    """Whoever holds the request must not see anything of them: another door takes it on, at once, and the old one opens nothing.

    Who asked chooses the door themselves, and gives it what they gave the old one. What was asked of services goes on, and the new door
    follows it. Needs the request to be open. Raises PermissionDenied, CannotBeKeptOut where that door could not take it on.
    """
    held = _own(request_for_assistance, by)
    if door.id not in {one.id for one in doors_instead(held)}:
        raise CannotBeKeptOut
    old, people = held.holder_agency, _people(held)
    held.holder_agency, held.contact_owner = door, None
    held.save(update_fields=["holder_agency", "contact_owner"])
    basis = own_task(AgencyKind(door.kind))
    for person_id in people:
        add_to_circle(
            *(person_id, door), by=by, purpose=Purpose.FRONT_DOOR, categories=HUB_SEES, basis=basis, now=now, role=CircleRole.FRONT_DOOR
        )
    with handing_over(THE_LOOP):
        end_sharing(people, old.id, purpose=Purpose.FRONT_DOOR, role=CircleRole.FRONT_DOOR, by=by, now=now)
    record("request.moved_door", subject_kind="request", subject_id=held.id, fields=["holder_agency"])
    notices.tell_holder(held, event="request.moved_door", now=now)
    return keep_out(held, old, by=by, now=now)


def _spoken_for(held: RequestForAssistance, *, now: datetime) -> tuple[dict[UUID, SaidAs], list[str]]:
    """For whom of the request whoever asked says who must not see (and as what), and the names of the others."""
    day, asked_by = now.astimezone(LONDON).date(), AskedBy(held.asked_by)
    rows = RequestPerson.objects.filter(request_for_assistance=held).select_related("alias__person__details").order_by("place")
    spoken_for, to_ask = dict[UUID, SaidAs](), list[str]()
    for row in rows:
        named = Named(row.alias.person.details.facts(), Relation(row.relation))
        said_as = keeps_out_as(asked_by, named, is_asker=row.is_contact, day=day)
        if said_as is None:
            to_ask.append(named.facts.known_as)
        else:
            spoken_for[row.alias.person_id] = said_as
    return spoken_for, to_ask


def _named(agency: Agency) -> str:
    """As it may stand in a note, which is printed and copied: a masked one has no name there. The list of who is kept out holds it."""
    return masked_name() if agency.is_masked else agency.name


def let_in_again(request_for_assistance: RequestForAssistance, agency: Agency, *, by: UUID, now: datetime) -> list[Block]:
    """Takes back that an agency must not see, as far as they said it themselves. What somebody else said stays. Twice is once.

    Needs the request to be open. Raises PermissionDenied.
    """
    held = _own(request_for_assistance, by)
    people = [row.alias.person_id for row in RequestPerson.objects.filter(request_for_assistance=held).select_related("alias")]
    said = list(Block.objects.against(people, agency.id).filter(said_by=by))
    lifted = [lift_block(one.id, by=by, now=now) for one in said]
    if lifted:
        with translation.override(NOTED_IN):
            _note(held, _("They took back that %(agency)s must not see anything.") % {"agency": _named(agency)}, now=now)
    return lifted


def stop_sharing(request_for_assistance: RequestForAssistance, entry_id: UUID, *, by: UUID, now: datetime) -> CircleEntry:
    """The person ends a share that they agreed to, on their own page, and the hub is told. Twice is once.

    Raises PermissionDenied, CircleEntry.DoesNotExist, information_sharing's CannotBeEnded.
    """
    held = _own(request_for_assistance, by)
    had_ended = CircleEntry.objects.filter(id=entry_id, ended_at__isnull=False).exists()
    entry = end_own_share(entry_id, by=by, now=now)
    if not had_ended:
        with translation.override(NOTED_IN):
            _note(held, _("They ended what they had agreed to share with %(agency)s.") % {"agency": _named(entry.agency)}, now=now)
    return entry


@dataclass(frozen=True, slots=True)
class Asker:
    """By which request, and in which way, whoever asked about their own information is told; found before anything is deleted."""

    request_for_assistance: RequestForAssistance
    instruction: ContactInstruction | None


def asker_of(asked_by: UUID, person_id: UUID) -> Asker | None:
    """How whoever asked about their own information is told that there is news of it; None where they sent no request themselves.

    By the request that they bore when they asked; from an account of their own, by the newest one that they sent themselves.
    """
    with handing_over(THE_LOOP):
        own = RequestPerson.objects.filter(is_contact=True, alias__person_id=person_id).exclude(
            request_for_assistance__asked_by=AskedBy.PRACTITIONER
        )
        rows = own.select_related("request_for_assistance").order_by("request_for_assistance__received_at")
        requests = {row.request_for_assistance_id: row.request_for_assistance for row in rows}
        if not requests:
            return None
        held = requests.get(asked_by) or next(reversed(requests.values()))
        return Asker(held, ContactInstruction.objects.filter(person_id=person_id, ended_at=None).first())


def tell(asker: Asker | None, *, event: str, now: datetime) -> Message | None:
    """Tells whoever asked, and nobody else, that there is news; None where no safe way is known."""
    if asker is None:
        return None
    with handing_over(THE_LOOP):
        return notices.tell_family(asker.request_for_assistance, asker.instruction, event=event, now=now)


def tell_asker(asked_by: UUID, person_id: UUID, *, event: str, now: datetime) -> Message | None:
    """Finds whoever asked about their own information, and tells them that there is news of it."""
    return tell(asker_of(asked_by, person_id), event=event, now=now)


def look_at_what_was_asked(asked_by: UUID, person_id: UUID, words: str, *, now: datetime) -> bool:
    """What somebody writes about their own information, or complains of, may tell of danger: the duty desk hears of it as of all else.

    By the request that they bore; from an account of their own, by the newest one that they sent, or in which they are named. Gives
    whether the words tell of danger.
    """
    if not mentions_danger(words):
        return False
    with handing_over(THE_LOOP):
        rows = RequestPerson.objects.filter(alias__person_id=person_id).select_related("request_for_assistance")
        row = max(rows, key=lambda one: _nearness(one, asked_by), default=None)
    if row is not None:
        look_for_danger(row.request_for_assistance_id, words, by=asked_by, now=now, is_asker=_is_own(row))
    return True


def _nearness(row: RequestPerson, asked_by: UUID) -> tuple[bool, bool, datetime]:
    """The request that they bore comes before one of their own, and that before one that names them; then the newest."""
    return row.request_for_assistance_id == asked_by, _is_own(row), row.request_for_assistance.received_at


def _is_own(row: RequestPerson) -> bool:
    return row.is_contact and not row.request_for_assistance.asked_by_practitioner()
