from datetime import date
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from django.db.utils import IntegrityError

from reachin.families.people.actions import record_person, tell_contact
from reachin.families.people.homes import safe_contact_of
from reachin.families.people.models import ContactInstruction, Person, PersonAlias, PersonDetails
from reachin.families.people.rules import PersonFacts
from reachin.groundwork.audited_access.context import Actor, acting
from reachin.groundwork.audited_access.models import AuditEvent
from tests import cast

SCOPE = uuid4()
TAM = PersonFacts("Tam", born_on=date(2019, 5, 6))


def recorded(facts: PersonFacts = TAM) -> PersonAlias:
    hub = cast.hub()
    with acting(Actor.family(SCOPE)) as now:
        return record_person(facts, by=SCOPE, controller=hub, now=now)


def test_a_person_is_recorded_with_sealed_details_and_an_alias(db: None) -> None:
    alias = recorded()
    person, details = Person.objects.using("owner").get(), PersonDetails.objects.using("owner").get()
    assert (person.id, person.controller, person.recorded_by) == (alias.person_id, cast.hub(), SCOPE)
    assert details.facts() == TAM
    assert b"Tam" not in bytes(details.sealed)
    assert AuditEvent.objects.using("owner").get(event="person.recorded").subject_id == person.id


def test_details_that_were_copied_to_another_person_do_not_open(db: None) -> None:
    first, second = recorded(), recorded(PersonFacts("Isla"))
    stolen = PersonDetails.objects.using("owner").get(person_id=first.person_id).sealed
    PersonDetails.objects.using("owner").filter(person_id=second.person_id).update(sealed=stolen)
    with pytest.raises(InvalidTag):
        PersonDetails.objects.using("owner").get(person_id=second.person_id).facts()


def test_a_newer_instruction_ends_the_older(db: None) -> None:
    made = cast.practitioner_request()
    person = ContactInstruction.objects.using("owner").get().person_id
    with cast.opened(cast.teacher(), made, purpose="own_request") as now:
        told = tell_contact(person, {"contact_way": "email", "email": "a@example.com"}, by=cast.teacher().id, now=now)
        found = safe_contact_of(told, now=now)
    rows = ContactInstruction.objects.using("owner").order_by("told_at")
    assert [(row.ended_by, row.told()["contact_way"]) for row in rows] == [(cast.teacher().id, "phone"), (None, "email")]
    assert found is not None
    assert found.address == "a@example.com"


def test_two_instructions_are_never_in_force_at_once(db: None) -> None:
    cast.family_request()
    row = ContactInstruction.objects.using("owner").get()
    with pytest.raises(IntegrityError, match="contact_one_in_force"):
        ContactInstruction.objects.using("owner").create(person_id=row.person_id, sealed=b"x", told_at=row.told_at, told_by=row.told_by)


def test_an_instruction_that_does_not_say_enough_is_no_safe_contact(db: None) -> None:
    cast.call_list_request(contact_way=None)
    told = ContactInstruction.objects.using("owner").get()
    with acting(Actor.system("closed_loop")) as now:
        assert safe_contact_of(told, now=now) is None
