"""What somebody changes about themselves with a page of their own, whoever asked for help: by the person, and not by a request.

Needs their own page to be open; the database lets nobody do it for somebody else. Whoever holds the newest request that they are in is
told that something changed, and never the family: a child has told it to us, and not to their parents.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from reachin.families.information_sharing.actions import block, lift_block
from reachin.families.information_sharing.enums import SaidAs
from reachin.families.information_sharing.models import Block
from reachin.families.people.actions import correct_details, protect_home, stop_protecting_home, tell_contact
from reachin.families.people.models import ContactInstruction, PersonDetails
from reachin.families.people.rules import PersonFacts
from reachin.groundwork.audited_access.context import handing_over
from reachin.partnership.agencies.models import Agency

from . import notices
from .actions import THE_LOOP
from .models import RequestPerson


def _tell_holder(person_id: UUID, *, now: datetime) -> None:
    with handing_over(THE_LOOP):
        rows = RequestPerson.objects.filter(alias__person_id=person_id).select_related("request_for_assistance__holder_agency")
        row = max(rows, key=lambda one: one.request_for_assistance.received_at, default=None)
        if row is not None:
            notices.tell_holder(row.request_for_assistance, event="person.changed_own", now=now)


def change_contact(person_id: UUID, told: Mapping[str, Any], *, by: UUID, now: datetime) -> ContactInstruction:
    """How they may be reached; what `told` leaves out stays as it was."""
    instruction = tell_contact(person_id, told, by=by, now=now, keeps_rest=True)
    _tell_holder(person_id, now=now)
    return instruction


def keep_home_secret(person_id: UUID, *, is_secret: bool, by: UUID, now: datetime) -> None:
    """Whether it has to stay secret where they live. They take back only what they said themselves."""
    if is_secret:
        protect_home(person_id, by=by, now=now)
    else:
        stop_protecting_home(person_id, by=by, now=now)
    _tell_holder(person_id, now=now)


def keep_out(person_id: UUID, agency: Agency, *, by: UUID, now: datetime) -> Block:
    """An agency must not see anything of them from now on. The same again is the one that is there."""
    there = Block.objects.filter(person_id=person_id, agency=agency, said_by=by, lifted_at=None).first()
    if there is not None:
        return there
    said = block(person_id, agency, by=by, now=now, said_as=SaidAs.SELF)
    _tell_holder(person_id, now=now)
    return said


def let_in_again(person_id: UUID, block_id: UUID, *, by: UUID, now: datetime) -> Block:
    """Takes back that an agency must not see, which they said themselves. Raises Block.DoesNotExist for what is not theirs."""
    found = Block.objects.get(id=block_id, person_id=person_id, said_by=by)
    lifted = lift_block(found.id, by=by, now=now)
    _tell_holder(person_id, now=now)
    return lifted


def correct_facts(person_id: UUID, *, known_as: str, age_years: int | None, now: datetime) -> PersonFacts:
    """What they are called, and how old they are. On cards of requests they stay as they were told. Raises PersonDetails.DoesNotExist."""
    details = PersonDetails.objects.select_related("person").get(person_id=person_id)
    before = details.facts()
    facts = replace(before, known_as=known_as, age_years=age_years, born_on=before.born_on if age_years == before.age_years else None)
    correct_details(details.person, facts, now=now)
    _tell_holder(person_id, now=now)
    return facts
