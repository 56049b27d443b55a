"""Looking first: with a reason, for hours, and looked at afterwards by somebody else."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.utils import IntegrityError, ProgrammingError

from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson, StoryTold
from reachin.families.information_sharing.actions import CannotBeDecided, block, decide_sharing, look_first, review_emergency
from reachin.families.information_sharing.enums import Basis, Category, Decision, Informed, Purpose, ReviewOutcome
from reachin.families.information_sharing.models import EmergencyAccess
from reachin.families.information_sharing.rules import SevenThings
from reachin.groundwork.audited_access.context import Actor, acting, ask, open_record
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from tests import cast

TimeIs = Callable[[datetime], None]
WHY = "She rang from the car park and hung up."
NOT_TOLD = SevenThings(
    decision=Decision.SHARE,
    purpose=Purpose.PROTECTION,
    categories=(Category.CONTACT,),
    why="A discussion begins.",
    views="Not asked: it would warn him.",
    necessity="A name.",
    informed=Informed.NOT_TOLD,
    not_told_why="He reads her post.",
    basis=Basis.PUBLIC_TASK,
)


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def looks_first(who: Account, made: RequestForAssistance, reason: str = WHY) -> EmergencyAccess:
    with acting(who.actor()) as now:
        return look_first("request", made.id, by=who, reason=reason, now=now)


def opens(who: Account, made: RequestForAssistance) -> bool:
    return cast.may_open(who, "request", made.id, purpose="emergency")


def guardian(of: Account, name: str = "Una Gow") -> Account:
    return cast.account(Role.INFORMATION_GUARDIAN, of.agency, name)


def test_who_says_why_may_look_for_hours_and_nobody_else(db: None, time_is: TimeIs) -> None:
    made, worker = cast.family_request(), cast.support_worker()
    assert not opens(worker, made)
    access = looks_first(worker, made)
    assert opens(worker, made)
    assert not opens(cast.health_visitor(), made)
    assert not cast.may_open(worker, "request", made.id, purpose="front_door")
    assert not cast.may_open(worker, "request", made.id, purpose="support")
    time_is(access.until + timedelta(minutes=1))
    assert not opens(worker, made)


def test_what_is_open_in_an_emergency_can_be_read(db: None) -> None:
    made, worker = cast.family_request(), cast.support_worker()
    looks_first(worker, made)
    opening = open_record(worker.actor(), "request", made.id, purpose="emergency")
    with acting(worker.actor(), opening=opening, read_only=True):
        assert StoryTold.objects.get().request_for_assistance_id == made.id
        assert RequestForAssistance.objects.get().id == made.id
    with acting(worker.actor(), read_only=True):
        assert not RequestForAssistance.objects.exists()


def test_without_a_reason_or_the_part_for_it_nobody_looks(db: None) -> None:
    made = cast.family_request()
    with pytest.raises(CannotBeDecided):
        looks_first(cast.support_worker(), made, "  ")
    for role in (Role.DESK_WORKER, Role.DATA_OFFICER, Role.INFORMATION_GUARDIAN):
        with pytest.raises(PermissionDenied):
            looks_first(cast.account(role, cast.school()), made)
    assert not owned(EmergencyAccess).exists()


def test_whom_the_family_keeps_out_stays_out_in_an_emergency_its_duty_desk_too(db: None) -> None:
    made = cast.family_request(people=None)
    person = owned(RequestPerson).select_related("alias").get().alias.person_id
    with cast.opened(cast.hub_worker(), made) as now:
        for agency in (cast.charity(), cast.social_work()):
            block(person, agency, by=cast.hub_worker().id, now=now)
    for worker in (cast.support_worker(), cast.duty_worker()):
        looks_first(worker, made)
        assert not opens(worker, made)
    looks_first(cast.health_visitor(), made)
    assert opens(cast.health_visitor(), made)


def test_the_same_again_is_the_one_that_is_there(db: None) -> None:
    made, worker = cast.family_request(), cast.support_worker()
    assert looks_first(worker, made).id == looks_first(worker, made, "Again, he is there").id
    assert owned(AuditEvent).filter(event="emergency.begun", user_id=worker.id, subject_id=made.id).count() == 1


def test_nobody_looks_first_in_anothers_name_or_for_a_family(db: None) -> None:
    made, worker, other = cast.family_request(), cast.support_worker(), cast.health_visitor()
    for actor in (other.actor(), Actor.family(made.id), Actor.visitor(), Actor.system("closed_loop")):
        with pytest.raises(ProgrammingError, match="row-level security"), acting(actor) as now:
            look_first("request", made.id, by=worker, reason=WHY, now=now)


def test_an_emergency_lasts_hours_whoever_writes_it(db: None) -> None:
    access = looks_first(cast.support_worker(), cast.family_request())
    with pytest.raises(IntegrityError, match="emergency_lasts_hours"):
        owned(EmergencyAccess).update(until=access.starts_at + timedelta(days=2))
    with pytest.raises(IntegrityError, match="emergency_says"):
        owned(EmergencyAccess).update(reason=b"")
    with pytest.raises(IntegrityError, match="emergency_reviewed_by_somebody"):
        owned(EmergencyAccess).update(reviewed_at=access.starts_at, reviewed_by=UUID(int=1), review_outcome="justified")


@pytest.mark.asvs("2.3.5")
def test_a_guardian_of_the_agency_reviews_it_in_words_and_nobody_their_own(db: None) -> None:
    worker = cast.support_worker()
    access = looks_first(worker, cast.family_request())
    who = guardian(worker)
    with pytest.raises(CannotBeDecided), acting(who.actor()) as now:
        review_emergency(access.id, by=who, outcome=ReviewOutcome.JUSTIFIED, words="", now=now)
    with acting(who.actor()) as now:
        assert EmergencyAccess.objects.get().words("reason") == WHY
        reviewed = review_emergency(access.id, by=who, outcome=ReviewOutcome.JUSTIFIED, words="It was right.", now=now)
    assert (reviewed.reviewed_by, reviewed.words("review_words")) == (who.id, "It was right.")
    for stranger in (guardian(cast.health_visitor()), cast.health_visitor(), worker):
        with pytest.raises((PermissionDenied, EmergencyAccess.DoesNotExist)), acting(stranger.actor()) as now:
            review_emergency(access.id, by=stranger, outcome=ReviewOutcome.NOT_JUSTIFIED, words="x", now=now)
    owned(EmergencyAccess).update(account=who)
    with pytest.raises(EmergencyAccess.DoesNotExist), acting(who.actor()) as now:
        review_emergency(access.id, by=who, outcome=ReviewOutcome.JUSTIFIED, words="x", now=now)


def test_a_reference_leads_only_staff_to_a_request_and_only_exactly(db: None) -> None:
    made = cast.family_request()
    for actor, found in (
        (cast.support_worker().actor(), made.id),
        (cast.desk_worker().actor(), None),
        (Actor.family(made.id), None),
        (Actor.visitor(), None),
    ):
        with acting(actor, read_only=True):
            assert ask("select reachin.request_for_emergency(%s)", made.reference) == found
            assert ask("select reachin.request_for_emergency(%s)", made.reference[:-1]) is None


# What people see of who looked


def receipts(made: RequestForAssistance) -> list[tuple[Any, ...]]:
    actor = Actor.family(made.id)
    opening = open_record(actor, "own_person", made.id, purpose="own_page")
    with acting(actor, opening=opening, read_only=True), connection.cursor() as cursor:
        cursor.execute("select agency_id, role, purpose, looks from reachin.receipts()")
        return list(cursor.fetchall())


def test_who_looked_shows_to_the_person_some_days_later_and_to_nobody_else(db: None, time_is: TimeIs) -> None:
    made, other = cast.family_request(), cast.family_request(your_name="Dean", people=None)
    for _ in range(2):
        cast.may_open(cast.hub_worker(), "request", made.id)
    assert receipts(made) == []
    time_is(made.received_at + timedelta(days=4))
    assert receipts(made) == [(cast.hub().id, "hub_worker", "front_door", 2)]
    assert receipts(other) == []


def test_what_was_opened_to_protect_somebody_shows_months_later_and_an_emergency_never_before_its_review(db: None, time_is: TimeIs) -> None:
    made = cast.danger_request()
    assert cast.may_open(cast.duty_worker(), "request", made.id, purpose="protection")
    looks_first(cast.support_worker(), made)
    assert opens(cast.support_worker(), made)
    time_is(made.received_at + timedelta(days=89))
    assert receipts(made) == []
    time_is(made.received_at + timedelta(days=91))
    assert receipts(made) == [(cast.social_work().id, "duty_worker", "protection", 1)]


def test_what_was_opened_to_protect_never_shows_where_the_person_was_not_told_lest_it_warns(db: None, time_is: TimeIs) -> None:
    made = cast.danger_request(people=None)
    person = owned(RequestPerson).select_related("alias").get(is_contact=True).alias.person_id
    with cast.opened(cast.hub_worker(), made) as now:
        decide_sharing(person, cast.social_work(), NOT_TOLD, by=cast.hub_worker(), now=now)
    assert cast.may_open(cast.duty_worker(), "request", made.id, purpose="protection")
    time_is(made.received_at + timedelta(days=900))
    assert receipts(made) == [(cast.hub().id, "hub_worker", "front_door", 1)]


def test_nobody_opens_to_protect_whom_only_the_front_door_received(db: None) -> None:
    made = cast.family_request(people=None)
    person = owned(RequestPerson).select_related("alias").get().alias.person_id
    for kind, subject in (("request", made.id), ("person", person)):
        assert not cast.may_open(cast.hub_worker(), kind, subject, purpose="protection")
        assert cast.may_open(cast.hub_worker(), kind, subject, purpose="front_door")
    in_danger = cast.danger_request()
    assert cast.may_open(cast.duty_worker(), "request", in_danger.id, purpose="protection")
    assert cast.may_open(cast.duty_worker(), "request", in_danger.id, purpose="front_door")


# What a guardian sees of who looked


def test_a_guardian_sees_what_people_of_their_own_agency_opened_and_of_no_other(db: None) -> None:
    made, worker = cast.family_request(your_name="Rowan Keir"), cast.hub_worker("Morag Keir")
    cast.may_open(worker, "request", made.id)
    since = made.received_at - timedelta(days=1)
    with acting(guardian(worker).actor(), read_only=True), connection.cursor() as cursor:
        cursor.execute("select user_id, subject_id, purpose, same_name, acted from reachin.looking(%s)", [since])
        assert cursor.fetchall() == [(worker.id, made.id, "front_door", True, False)]
    for stranger in (guardian(cast.support_worker()), worker, cast.duty_worker()):
        with acting(stranger.actor(), read_only=True), connection.cursor() as cursor:
            cursor.execute("select * from reachin.looking(%s)", [since])
            assert cursor.fetchall() == []


def test_a_guardian_learns_that_a_person_was_opened_to_protect_after_an_alert(db: None) -> None:
    quiet, alerted = cast.family_request(people=None), cast.danger_request(people=None)
    worker, people = cast.duty_worker(), owned(RequestPerson).select_related("alias")
    for made in (quiet, alerted):
        person = people.get(request_for_assistance=made).alias.person_id
        with cast.opened(cast.hub_worker(), made) as now:
            decide_sharing(person, cast.social_work(), NOT_TOLD, by=cast.hub_worker(), now=now)
        assert cast.may_open(worker, "person", person, purpose="protection")
    with acting(guardian(worker).actor(), read_only=True), connection.cursor() as cursor:
        cursor.execute(
            "select alerted from reachin.looking(%s) where purpose = 'protection' order by 1", [quiet.received_at - timedelta(days=1)]
        )
        assert cursor.fetchall() == [(False,), (True,)]
