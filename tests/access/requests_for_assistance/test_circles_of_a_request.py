"""The circles that a request draws: for whom, until when; and that each person reads only their own."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.utils import IntegrityError, ProgrammingError

from reachin.access.requests_for_assistance import actions
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson, StoryTold
from reachin.families.information_sharing.actions import add_to_circle, block
from reachin.families.information_sharing.enums import Basis, Category, Purpose
from reachin.families.information_sharing.models import Block, CircleEntry
from reachin.families.information_sharing.rules import counts_until
from reachin.families.people.actions import tell_contact
from reachin.families.people.models import ContactInstruction
from reachin.groundwork.permissions.enums import Role
from tests import cast

YEAR = timedelta(days=365)
NOON = datetime.fromisoformat("2026-11-19T12:00:00+00:00")


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def people_of(made: RequestForAssistance) -> list[UUID]:
    rows = owned(RequestPerson).filter(request_for_assistance=made).select_related("alias").order_by("place")
    return [row.alias.person_id for row in rows]


def sends(who: Any, made: RequestForAssistance, purpose: str = "own_request") -> bool:
    return cast.may_open(who, "request", made.id, purpose=purpose)


# The sender


def test_a_sender_reads_what_they_sent_by_an_entry_of_their_own_until_its_day(db: None, time_is: Callable[[datetime], None]) -> None:
    made, teacher = cast.practitioner_request(), cast.teacher()
    entry = owned(CircleEntry).get(agency=cast.school())
    assert (entry.account_id, entry.decision_id, entry.until) == (teacher.id, None, made.received_at + YEAR)
    assert (entry.basis, entry.categories) == ("public_task", ["contact", "plan", "safety", "story"])
    assert sends(teacher, made)
    assert not sends(teacher, made, "protection")
    assert not sends(cast.account(Role.PRACTITIONER, cast.school(), "Una Reid"), made)
    with cast.opened(teacher, made, purpose="own_request", read_only=True):
        assert StoryTold.objects.exists()
    time_is(entry.until + timedelta(minutes=1))
    assert not sends(teacher, made)
    assert cast.may_open(cast.hub_worker(), "request", made.id)


def test_a_sender_who_is_in_no_circle_any_more_reads_nothing(db: None) -> None:
    made, teacher = cast.practitioner_request(), cast.teacher()
    owned(CircleEntry).filter(account=teacher).update(ended_at=made.received_at, ended_by=made.id)
    assert not sends(teacher, made)


def test_whom_a_sender_names_later_lets_them_see_too(db: None) -> None:
    made, teacher = cast.returned_request(), cast.teacher()
    more = [{"known_as": "Isla", "age_years": 4, "relation": "other"}]
    with cast.opened(teacher, made, purpose="own_request") as now:
        actions.complete(made, {"contact_way": "phone", "phone": "01632 960123", "people": more}, by=teacher, now=now)
    assert owned(CircleEntry).filter(account=teacher).count() == len(people_of(made)) == 2
    assert sends(teacher, made)


def test_a_family_that_asks_itself_puts_only_the_door_into_its_circles(db: None) -> None:
    cast.family_request()
    assert set(owned(CircleEntry).values_list("agency", "account")) == {(cast.hub().id, None)}


def test_nobody_enters_as_a_sender_in_anothers_name_or_twice(db: None) -> None:
    made, teacher = cast.practitioner_request(), cast.teacher()
    colleague = cast.account(Role.PRACTITIONER, cast.school(), "Una Reid")
    [person] = people_of(made)
    for account in (teacher, colleague):
        with pytest.raises(ProgrammingError, match="row-level security"), cast.opened(teacher, made, purpose="own_request") as now:
            add_to_circle(
                person,
                cast.school(),
                by=teacher.id,
                purpose=Purpose.FRONT_DOOR,
                categories=[Category.PROTECTED_ADDRESS],
                basis=Basis.PUBLIC_TASK,
                now=now,
                until=now + YEAR,
                account=account,
            )


# Until when


@pytest.mark.parametrize(
    ("purpose", "expires", "until"),
    [
        (Purpose.SUPPORT, None, NOON + YEAR),
        (Purpose.PROTECTION, None, NOON + YEAR),
        (Purpose.FRONT_DOOR, None, None),
        (Purpose.SUPPORT, date(2026, 12, 31), datetime.fromisoformat("2027-01-01T00:00:00+00:00")),
        (Purpose.SUPPORT, date(2028, 12, 31), NOON + YEAR),
    ],
)
def test_a_share_counts_as_long_as_its_purpose_and_its_agreement_let_it(
    purpose: Purpose, expires: date | None, until: datetime | None
) -> None:
    assert counts_until(purpose, now=NOON, agreement_expires=expires) == until


def test_a_referral_that_was_completed_opens_no_more_after_a_year(db: None, time_is: Callable[[datetime], None]) -> None:
    referral = cast.completed_referral()
    assert cast.may_open(cast.support_worker(), "referral", referral.id)
    time_is(referral.sent_at + YEAR + timedelta(days=1))
    assert not cast.may_open(cast.support_worker(), "referral", referral.id)


def test_a_duty_desk_sees_for_a_year(db: None, time_is: Callable[[datetime], None]) -> None:
    made = cast.danger_request()
    assert set(owned(CircleEntry).filter(agency=cast.social_work()).values_list("until", flat=True)) == {made.received_at + YEAR}
    time_is(made.received_at + YEAR + timedelta(days=1))
    assert not cast.may_open(cast.duty_worker(), "request", made.id, purpose="protection")


def test_only_the_door_that_holds_a_request_is_in_a_circle_without_an_end(db: None) -> None:
    cast.practitioner_request(in_danger="yes")
    assert set(owned(CircleEntry).filter(until=None).values_list("agency", flat=True)) == {cast.hub().id}
    for entries in (owned(CircleEntry).filter(agency=cast.social_work()), owned(CircleEntry).filter(agency=cast.school())):
        with pytest.raises(IntegrityError, match="circle_has_an_end"):
            entries.update(until=None)


# Each by their own


def test_a_family_reads_how_they_are_reached_and_kept_from_and_not_what_others_said_of_the_others(db: None) -> None:
    made, worker = cast.family_request(blocked_agencies=[str(cast.charity().id)]), cast.hub_worker()
    own, child = people_of(made)
    with cast.opened(worker, made) as now:
        for person in (own, child):
            tell_contact(person, {"contact_way": "phone", "phone": "07700 900999"}, by=worker.id, now=now)
            block(person, cast.school(), by=worker.id, now=now)
    said = {(own, cast.charity().id), (child, cast.charity().id), (own, cast.school().id)}
    with cast.as_family(made, read_only=True):
        assert {told.person_id for told in ContactInstruction.objects.all()} == {own}
        assert {(kept.person_id, kept.agency_id) for kept in Block.objects.all()} == said
    with cast.as_family(made) as now:
        assert ContactInstruction.objects.filter(ended_at=None).update(ended_at=now, ended_by=made.id) == 1
    with cast.opened(worker, made, read_only=True):
        assert {told.person_id for told in ContactInstruction.objects.filter(ended_at=None)} == {child}
        assert {kept.person_id for kept in Block.objects.filter(agency=cast.school())} == {own, child}
