from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.field_encryption import seal_answers
from reachin.partnership.agencies.models import Agency

from .models import ContactInstruction, Person, PersonAlias, PersonDetails, ProtectedHome
from .rules import PersonFacts

TAKEN_BACK = "Taken back by the family for whom it was written down."


def record_person(facts: PersonFacts, *, by: UUID, controller: Agency, now: datetime) -> PersonAlias:
    """Records a person; gives the alias by which others may point at them.

    `by` is the account's id, or the request's own for a family.
    """
    person = Person.objects.create(controller=controller, recorded_at=now, recorded_by=by)
    PersonDetails.holding(person, facts).save(force_insert=True)
    alias = PersonAlias.objects.create(person=person, stands_for=person)
    record("person.recorded", subject_kind="person", subject_id=person.id, fields=["known_as", "born_on", "age_years", "due_on"])
    return alias


def correct_details(person: Person, facts: PersonFacts, *, now: datetime) -> PersonDetails:
    """Puts right what somebody is called and how old they are. Needs the person to be open."""
    details = PersonDetails.holding(person, facts)
    details.save(force_update=True)
    record("person.corrected", subject_kind="person", subject_id=person.id, fields=["known_as", "born_on", "age_years", "due_on"])
    return details


def tell_contact(person_id: UUID, told: Mapping[str, Any], *, by: UUID, now: datetime, keeps_rest: bool = False) -> ContactInstruction:
    """Keeps how a person may be reached, ending what was said before. Needs the person to be open, or just recorded.

    With `keeps_rest`, whatever is not told anew stays as it was, the address for letters too.
    """
    in_force = ContactInstruction.objects.filter(person_id=person_id, ended_at=None)
    before = [one.told_with_home() for one in in_force] if keeps_rest else []
    in_force.update(ended_at=now, ended_by=by)
    kept = {code: answer for one in before for code, answer in one.items()} | dict(told)
    instruction = ContactInstruction(person_id=person_id, told_at=now, told_by=by)
    instruction.sealed = seal_answers(kept, field=ContactInstruction.FIELD, row=instruction.id)
    instruction.save(force_insert=True)
    record("contact.told", subject_kind="person", subject_id=person_id, fields=sorted(kept))
    return instruction


def check_contact(person_id: UUID, *, how: str, by: UUID, now: datetime) -> ContactInstruction | None:
    """A worker made sure that the way in force still holds; `how` is a word that the audit row keeps. None where there is none.

    Needs the person to be open.
    """
    instruction = ContactInstruction.objects.select_for_update().filter(person_id=person_id, ended_at=None).first()
    if instruction is None:
        return None
    instruction.checked_at, instruction.checked_by = now, by
    instruction.save(update_fields=["checked_at", "checked_by"])
    record("contact.checked", subject_kind="person", subject_id=person_id, fields=["checked_at", how])
    return instruction


class NoReason(ValueError):
    """A protection that somebody else asked for is lifted only by a decision, and a decision has its reason in words."""


def protect_home(person_id: UUID, *, by: UUID, now: datetime) -> ProtectedHome:
    """It has to stay secret where this person lives, from now on. `by` is the account's id, or the request's own for a family.

    The person is open, or just recorded by whoever acts. Said again by the same one, it is the mark that is there.
    """
    there = ProtectedHome.objects.filter(person_id=person_id, said_by=by, lifted_at=None).first()
    if there is not None:
        return there
    mark = ProtectedHome.objects.create(person_id=person_id, said_at=now, said_by=by)
    record("home.protected", subject_kind="person", subject_id=person_id)
    return mark


def stop_protecting_home(person_id: UUID, *, by: UUID, now: datetime) -> int:
    """Whoever said that this person's home is a secret takes it back, deliberately. What anybody else said stays. Gives how many ended.

    What somebody wrote down for a family as they recorded them is the family's own word.
    """
    own = Q(said_by=by) | Q(said_by=F("person__recorded_by"))
    marks = list(ProtectedHome.objects.select_for_update(of=("self",)).filter(own, person_id=person_id, lifted_at=None))
    for mark in marks:
        if mark.said_by != by:
            mark.keep_why_lifted(TAKEN_BACK)
        _lift(mark, by=by, now=now)
    return len(marks)


def lift_protection(person_id: UUID, *, by: UUID, why: str, now: datetime) -> int:
    """A decision that this person's home need not be a secret any more, with its reason: it ends what anybody said on this record.

    For rooms that have made sure that whoever acts may decide. On another record of the same person it goes on. Raises NoReason.
    """
    if not why.strip():
        raise NoReason
    marks = list(ProtectedHome.objects.select_for_update().filter(person_id=person_id, lifted_at=None))
    for mark in marks:
        mark.keep_why_lifted(why.strip())
        _lift(mark, by=by, now=now)
    return len(marks)


def _lift(mark: ProtectedHome, *, by: UUID, now: datetime) -> None:
    mark.lifted_at, mark.lifted_by = now, by
    mark.save(update_fields=["lifted_at", "lifted_by", "lifted_why"])
    record("home.protection_lifted", subject_kind="person", subject_id=mark.person_id, fields=["lifted_why"] if mark.lifted_why else [])
