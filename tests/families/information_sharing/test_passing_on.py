"""What an agency may pass on, who goes above a block, and that what was ended stays ended: by the action and by the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db.utils import ProgrammingError

from reachin.families.information_sharing import actions
from reachin.families.information_sharing.actions import (
    CannotBeDecided,
    block,
    decide_sharing,
    end_entry,
    end_own_share,
    lift_block,
    review_decision,
    share,
)
from reachin.families.information_sharing.enums import Basis, Category, Decision, Informed, ReviewOutcome
from reachin.families.information_sharing.models import Block, CircleEntry, SharingDecision
from reachin.families.people.models import Person
from reachin.groundwork.audited_access.context import acting, open_record
from reachin.groundwork.clock import now as moment
from reachin.groundwork.notices.models import Message
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency
from tests import cast
from tests.families.information_sharing.test_circles import PROTECT, SEVEN, own_page, owned, shared, somebody

ABOVE = replace(PROTECT, beats_block=True, categories=(Category.CONTACT,))


@contextmanager
def person_open(who: Account, person: UUID, purpose: str = "support") -> Iterator[datetime]:
    opening = open_record(who.actor(), "person", person, purpose=purpose)
    assert opening is not None
    with acting(who.actor(), opening=opening) as now:
        yield now


def to_be_reviewed() -> set[str]:
    return {message.unsealed()["address"] for message in owned(Message).filter(event="sharing.to_be_reviewed")}


# Only what one may see oneself


@pytest.mark.parametrize("kind", [Category.SAFETY, Category.PROTECTED_ADDRESS, Category.HEALTH, Category.PLAN])
def test_nobody_passes_on_what_they_never_had(db: None, kind: Category) -> None:
    made, person = somebody()
    shared(made, person, cast.charity())
    things = replace(SEVEN, categories=(Category.CONTACT, kind), special_condition="safeguarding")
    support = cast.support_worker()
    with pytest.raises(CannotBeDecided) as refused, person_open(support, person) as now:
        decide_sharing(person, cast.other_charity(), things, by=support, now=now)
    assert refused.value.troubles == {"categories": "not_ours"}
    with pytest.raises(ProgrammingError, match="row-level security"), person_open(support, person) as now:
        share(person, cast.other_charity(), things, controller=support.agency, by=support.id, now=now)
    with person_open(support, person) as now:
        decide_sharing(person, cast.other_charity(), SEVEN, by=support, now=now)
    assert owned(CircleEntry).get(agency=cast.other_charity()).categories == ["contact", "story"]


def test_what_ended_or_is_a_colleagues_alone_is_not_passed_on(db: None) -> None:
    made, person = somebody()
    colleague = cast.account(Role.SUPPORT_WORKER, cast.charity(), "Una Reid")
    shared(made, person, cast.charity(), replace(SEVEN, categories=(Category.CONTACT,)))
    ended = shared(made, person, cast.charity(), replace(SEVEN, categories=(Category.STORY,)))
    shared(made, person, cast.charity(), replace(SEVEN, categories=(Category.PLAN,)), account=colleague)
    owned(CircleEntry).filter(decision=ended).update(ended_at=moment(), ended_by=cast.hub_worker().id)
    support = cast.support_worker()
    for kind in (Category.STORY, Category.PLAN):
        with pytest.raises(CannotBeDecided), person_open(support, person) as now:
            decide_sharing(person, cast.other_charity(), replace(SEVEN, categories=(kind,)), by=support, now=now)


def test_not_to_share_may_name_what_one_does_not_have(db: None) -> None:
    made, person = somebody()
    shared(made, person, cast.charity())
    support = cast.support_worker()
    refused = replace(SEVEN, decision=Decision.NOT_SHARE, informed=Informed.REFUSED, categories=(Category.PLAN,))
    with person_open(support, person) as now:
        assert decide_sharing(person, cast.other_charity(), refused, by=support, now=now).decision == "not_share"


# Above a block


def blocked(agency: Agency) -> tuple[Any, UUID]:
    made, person = somebody()
    with cast.opened(cast.hub_worker(), made) as now:
        block(person, agency, by=cast.hub_worker().id, now=now)
    return made, person


def of_a_charity(person: UUID, made: Any, role: Role = Role.SUPPORT_WORKER) -> Account:
    shared(made, person, cast.charity())
    return cast.account(role, cast.charity())


@pytest.mark.parametrize("role", [Role.SUPPORT_WORKER, Role.PRACTITIONER])
def test_above_a_block_goes_only_whose_part_it_is(db: None, role: Role) -> None:
    made, person = blocked(cast.other_charity())
    who = of_a_charity(person, made, role)
    things = replace(ABOVE, basis=Basis.VITAL_INTERESTS)
    with pytest.raises(PermissionDenied), person_open(who, person) as now:
        decide_sharing(person, cast.other_charity(), things, by=who, now=now)
    school = cast.account(role, cast.school())
    shared(made, person, cast.school())
    with pytest.raises(ProgrammingError, match="row-level security"), person_open(school, person) as now:
        share(person, cast.other_charity(), things, controller=cast.school(), by=school.id, now=now)


def test_above_a_block_goes_only_a_public_body(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    made, person = blocked(cast.other_charity())
    who = of_a_charity(person, made, Role.DUTY_WORKER)
    things = replace(ABOVE, basis=Basis.VITAL_INTERESTS)
    with pytest.raises(CannotBeDecided) as refused, person_open(who, person) as now:
        decide_sharing(person, cast.other_charity(), things, by=who, now=now)
    assert refused.value.troubles == {"beats_block": "cannot_beat"}
    monkeypatch.setattr(actions, "troubles", lambda *_told, **_how: {})
    for named in (cast.charity(), cast.hub()):
        with pytest.raises(ProgrammingError, match="row-level security"), person_open(who, person) as now:
            share(person, cast.other_charity(), things, controller=named, by=who.id, now=now)


def test_nobody_lets_their_own_agency_in_above_a_block(db: None) -> None:
    made, person = somebody()
    hub = cast.hub_worker()
    with pytest.raises(CannotBeDecided), cast.opened(hub, made) as now:
        decide_sharing(person, cast.hub(), ABOVE, by=hub, now=now)
    with pytest.raises(ProgrammingError, match="row-level security"), cast.opened(hub, made) as now:
        share(person, cast.hub(), ABOVE, controller=cast.hub(), by=hub.id, now=now)


def test_above_a_block_the_agency_that_answers_for_the_record_is_alerted_too_and_reviews_it(db: None) -> None:
    made = cast.danger_request(people=None, blocked_agencies=[str(cast.charity().id)])
    duty, guardian = cast.duty_worker(), cast.account(Role.INFORMATION_GUARDIAN, cast.hub())
    elsewhere = cast.account(Role.INFORMATION_GUARDIAN, cast.school())
    with cast.opened(duty, made, purpose="protection") as now:
        person = Person.objects.get().id
        decided = decide_sharing(person, cast.charity(), ABOVE, by=duty, now=now)
    assert to_be_reviewed() == {cast.social_work().email, guardian.email}
    with acting(elsewhere.actor(), read_only=True):
        assert not SharingDecision.objects.exists()
    with acting(guardian.actor()) as now:
        assert SharingDecision.objects.get().id == decided.id
        reviewed = review_decision(decided.id, by=guardian, outcome=ReviewOutcome.JUSTIFIED, words="It was right.", now=now)
    assert reviewed.reviewed_by == guardian.id


def test_where_nobody_can_be_alerted_the_hub_is(db: None) -> None:
    made, person = blocked(cast.charity())
    guardian = cast.account(Role.INFORMATION_GUARDIAN, cast.hub())
    health = cast.account(Role.DUTY_WORKER, cast.health())
    shared(made, person, cast.health())
    with person_open(health, person) as now:
        decide_sharing(person, cast.charity(), ABOVE, by=health, now=now)
    assert to_be_reviewed() == {guardian.email}


# Ended stays ended


def test_an_ended_share_is_not_opened_again_and_is_ended_in_ones_own_name(db: None) -> None:
    made, person = somebody()
    decided = shared(made, person, cast.charity())
    worker, entry = cast.hub_worker(), owned(CircleEntry).get(decision=decided)
    with pytest.raises(ProgrammingError, match="row-level security"), cast.opened(worker, made) as now:
        CircleEntry.objects.filter(id=entry.id).update(ended_at=now, ended_by=cast.teacher().id)
    with own_page(made) as now:
        end_own_share(entry.id, by=made.id, now=now)
    for again in ({"ended_at": None, "ended_by": None}, {"ended_by": worker.id}):
        with cast.opened(worker, made):
            assert CircleEntry.objects.filter(id=entry.id).update(**again) == 0
    with cast.opened(worker, made) as now:
        assert end_entry(entry.id, by=worker, now=now).ended_by == made.id
    with own_page(made) as now:
        assert end_own_share(entry.id, by=made.id, now=now).ended_by == made.id


def test_a_block_is_lifted_only_by_whoever_said_it_and_once(db: None) -> None:
    made = cast.family_request(people=None, blocked_agencies=[str(cast.charity().id)])
    worker, said = cast.hub_worker(), owned(Block).get()
    with cast.opened(worker, made) as now:
        assert Block.objects.filter(id=said.id).update(lifted_at=now, lifted_by=worker.id) == 0
        with pytest.raises(Block.DoesNotExist):
            lift_block(said.id, by=worker.id, now=now)
    with cast.opened(worker, made) as now:
        own = block(said.person_id, cast.school(), by=worker.id, now=now)
    with pytest.raises(ProgrammingError, match="row-level security"), cast.opened(worker, made) as now:
        Block.objects.filter(id=own.id).update(lifted_at=now, lifted_by=cast.teacher().id)
    with cast.opened(worker, made) as now:
        lift_block(own.id, by=worker.id, now=now)
        assert lift_block(own.id, by=worker.id, now=now).lifted_by == worker.id
        assert Block.objects.filter(id=own.id).update(lifted_at=None, lifted_by=None) == 0
    with cast.as_family(made) as now:
        assert lift_block(said.id, by=made.id, now=now).lifted_by == made.id
