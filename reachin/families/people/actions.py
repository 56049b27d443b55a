from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.field_encryption import seal_answers
from reachin.partnership.agencies.models import Agency

from .models import ContactInstruction, Person, PersonAlias, PersonDetails
from .rules import PersonFacts


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


def tell_contact(person_id: UUID, told: Mapping[str, Any], *, by: UUID, now: datetime) -> ContactInstruction:
    """Keeps how a person may be reached, ending what was said before. Needs the person to be open, or just recorded."""
    ContactInstruction.objects.filter(person_id=person_id, ended_at=None).update(ended_at=now, ended_by=by)
    instruction = ContactInstruction(person_id=person_id, told_at=now, told_by=by)
    instruction.sealed = seal_answers(told, field=ContactInstruction.FIELD, row=instruction.id)
    instruction.save(force_insert=True)
    record("contact.told", subject_kind="person", subject_id=person_id, fields=sorted(told))
    return instruction
