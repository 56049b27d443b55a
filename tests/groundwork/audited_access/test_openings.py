"""No reading without a committed trace: what was told is seen only under an opening that an earlier transaction wrote."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson, SafetyTold, StoryTold
from reachin.families.people.models import ContactInstruction, PersonDetails
from reachin.groundwork.audited_access.context import Actor, acting, ask, open_record, signed
from reachin.groundwork.permissions.enums import Role
from tests import cast
from workshop.servers import Connection


def opened_by(actor: Actor, subject: UUID) -> UUID:
    nonce = open_record(actor, "request", subject, purpose="front_door")
    assert nonce is not None
    return nonce


def stories(actor: Actor, opening: UUID | None) -> int:
    with acting(actor, opening=opening, read_only=True):
        return StoryTold.objects.count()


def test_what_was_told_is_seen_under_an_opening_and_not_without(db: None) -> None:
    told, worker = cast.family_request(), cast.hub_worker().actor()
    assert stories(worker, None) == 0
    assert stories(worker, opened_by(worker, told.id)) == 1


@pytest.mark.asvs("9.2.2")
def test_an_opening_opens_one_record_and_no_other(db: None) -> None:
    told, other, worker = cast.family_request(), cast.family_request(), cast.hub_worker().actor()
    with acting(worker, opening=opened_by(worker, told.id), read_only=True):
        assert list(StoryTold.objects.values_list("request_for_assistance_id", flat=True)) == [told.id]
        assert not RequestPerson.objects.filter(request_for_assistance_id=other.id).exists()
        assert PersonDetails.objects.count() == RequestPerson.objects.count() == 2
        assert ContactInstruction.objects.count() == 1


@pytest.mark.asvs("16.3.2")
def test_every_opening_leaves_a_committed_trace_of_who_what_and_why(db: None, admin: Connection) -> None:
    told, worker = cast.family_request(), cast.hub_worker()
    nonce = open_record(worker.actor(), "request", told.id, purpose="front_door", reason="They rang.")
    row = admin.execute(
        "select kind, subject_id, actor_kind, user_id, agency_id, role, purpose, reason, categories @> '{contact,story}',"
        " cardinality(people) from reachin.opening where nonce = %s",
        [nonce],
    ).fetchone()
    assert row == ("request", told.id, "staff", worker.id, worker.agency_id, "hub_worker", "front_door", "They rang.", True, 2)


def test_an_opening_without_a_purpose_is_none(db: None) -> None:
    told = cast.family_request()
    assert open_record(cast.hub_worker().actor(), "request", told.id, purpose="") is None
    assert open_record(cast.hub_worker().actor(), "request", told.id, purpose="curiosity") is None
    with pytest.raises(Exception, match="purpose"):
        open_record(Actor.family(told.id), "request", told.id, purpose="")


def test_opening_and_reading_in_one_transaction_gives_nothing(db: None) -> None:
    told, worker = cast.family_request(), cast.hub_worker().actor()
    with transaction.atomic():
        nonce = ask("select reachin.open(%s, 'request', %s::uuid, 'front_door', '')", signed(worker), told.id)
        assert nonce is not None
        ask("select set_config('reachin.context', %s, true)", signed(worker, nonce))
        assert StoryTold.objects.count() == 0
    assert stories(worker, nonce) == 1


def test_an_opening_in_a_savepoint_of_the_reading_transaction_gives_nothing(db: None) -> None:
    told, worker = cast.family_request(), cast.hub_worker().actor()
    with transaction.atomic():
        with transaction.atomic():
            nonce = ask("select reachin.open(%s, 'request', %s::uuid, 'front_door', '')", signed(worker), told.id)
        ask("select set_config('reachin.context', %s, true)", signed(worker, nonce))
        assert StoryTold.objects.count() == 0


def test_an_opening_that_was_rolled_back_opens_nothing(db: None) -> None:
    told, worker = cast.family_request(), cast.hub_worker().actor()
    with transaction.atomic():
        nonce = ask("select reachin.open(%s, 'request', %s::uuid, 'front_door', '')", signed(worker), told.id)
        transaction.set_rollback(True)
    assert stories(worker, nonce) == 0


def test_a_record_is_not_opened_inside_a_transaction(db: None) -> None:
    told, worker = cast.family_request(), cast.hub_worker().actor()
    with acting(worker), pytest.raises(RuntimeError, match="committed"):
        open_record(worker, "request", told.id, purpose="front_door")


def test_a_read_only_transaction_cannot_open(db: None) -> None:
    told, worker = cast.family_request(), cast.hub_worker().actor()
    with pytest.raises(Exception, match="read-only"), acting(worker, read_only=True):
        ask("select reachin.open(%s, 'request', %s::uuid, 'front_door', '')", signed(worker), told.id)


@pytest.mark.parametrize("change", ["user", "agency", "role", "kind", "scope"])
@pytest.mark.asvs("8.3.3")
def test_another_actors_opening_opens_nothing(db: None, change: str) -> None:
    told, worker = cast.family_request(), cast.hub_worker().actor()
    nonce = opened_by(worker, told.id)
    others: dict[str, Any] = {"user": cast.second_hub_worker().id, "agency": cast.school().id, "role": "duty_worker", "kind": "system"}
    other = replace(worker, **{change: others.get(change, uuid4())})
    assert stories(other, nonce) == 0
    assert stories(worker, nonce) == 1


def test_a_nonce_that_was_guessed_opens_nothing(db: None) -> None:
    cast.family_request()
    assert stories(cast.hub_worker().actor(), uuid4()) == 0


def test_an_opening_expires_after_five_minutes(db: None, time_is: Callable[..., None]) -> None:
    told, worker = cast.family_request(), cast.hub_worker().actor()
    nonce = opened_by(worker, told.id)
    with acting(worker) as now:
        pass
    time_is(now + timedelta(minutes=4, seconds=50))
    assert stories(worker, nonce) == 1
    time_is(now + timedelta(minutes=5, seconds=1))
    assert stories(worker, nonce) == 0


def test_foreign_and_missing_records_look_the_same(db: None, admin: Connection) -> None:
    told, stranger = cast.family_request(), cast.stranger().actor()
    assert open_record(stranger, "request", told.id, purpose="front_door") is None
    assert open_record(stranger, "request", uuid4(), purpose="front_door") is None
    assert open_record(cast.hub_worker().actor(), "request", uuid4(), purpose="front_door") is None
    assert open_record(cast.hub_worker().actor(), "no such kind", told.id, purpose="front_door") is None
    assert admin.execute("select count(*) from reachin.opening").fetchone() == (0,)


@pytest.mark.parametrize("actor", [Actor.visitor(), Actor.system("closed_loop"), Actor.system("delivery")])
def test_neither_a_visitor_nor_the_system_opens_what_was_told(db: None, actor: Actor) -> None:
    assert not cast.may_open(actor, "request", cast.family_request().id)


@pytest.mark.asvs("16.4.2", "13.3.2")
def test_the_application_cannot_read_or_write_traces_or_the_key(db: None) -> None:
    for statement in (
        "select * from reachin.opening",
        "select * from reachin.signing_key",
        "select * from reachin.openable",
        "insert into reachin.openable values ('x', 'reachin.clock()')",
        "update reachin.opening set expires_at = expires_at + interval '1 hour'",
        "delete from reachin.opening",
        "insert into reachin.signing_key values (2, '', '')",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
            cursor.execute(statement)


# Which categories


@pytest.mark.asvs("8.2.3")
def test_a_category_that_the_circle_does_not_name_stays_shut(db: None, admin: Connection) -> None:
    told, worker = cast.family_request(), cast.hub_worker().actor()
    admin.execute("update information_sharing_circleentry set categories = '{story}'")
    with acting(worker, opening=opened_by(worker, told.id), read_only=True):
        assert StoryTold.objects.count() == 1
        assert SafetyTold.objects.count() == RequestPerson.objects.count() == PersonDetails.objects.count() == 0


def test_one_persons_share_opens_no_other_persons_name(db: None, admin: Connection) -> None:
    told, worker = cast.family_request(), cast.hub_worker().actor()
    child = admin.execute(
        "select a.person_id from requests_for_assistance_requestperson p join people_personalias a on a.id = p.alias_id"
        " where relation = 'child'"
    ).fetchone()
    assert child is not None
    admin.execute("update information_sharing_circleentry set categories = '{story}' where person_id = %s", [child[0]])
    with acting(worker, opening=opened_by(worker, told.id), read_only=True):
        assert PersonDetails.objects.count() == 1
        assert not PersonDetails.objects.filter(person_id=child[0]).exists()


@pytest.mark.asvs("8.3.2")
def test_a_share_begins_and_ends_by_the_clock(db: None, admin: Connection) -> None:
    told, worker = cast.family_request(), cast.hub_worker()
    for change, may_open in (
        ("until = reachin.clock() + interval '1 hour'", True),
        ("until = reachin.clock() - interval '1 second'", False),
        ("until = null, starts_at = reachin.clock() + interval '1 hour'", False),
        ("starts_at = reachin.clock() - interval '1 hour'", True),
        ("ended_at = reachin.clock(), ended_by = person_id", False),
    ):
        admin.execute(f"update information_sharing_circleentry set {change}".encode())
        assert cast.may_open(worker, "request", told.id) is may_open, change


def test_a_block_shuts_out_whoever_is_in_the_circle_and_lifting_it_lets_them_in_again(db: None, admin: Connection) -> None:
    told, worker = cast.family_request(), cast.hub_worker()
    admin.execute(
        "insert into information_sharing_block (id, person_id, agency_id, said_at, said_by, said_as)"
        " select gen_random_uuid(), person_id, agency_id, now(), person_id, 'self' from information_sharing_circleentry limit 1"
    )
    assert not cast.may_open(worker, "request", told.id)
    admin.execute("update information_sharing_block set lifted_at = now(), lifted_by = said_by")
    assert cast.may_open(worker, "request", told.id)


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.HUB_WORKER, Role.DUTY_WORKER}])
def test_other_roles_at_the_hub_neither_see_the_card_nor_open_the_record(db: None, role: Role) -> None:
    told, colleague = cast.family_request(), cast.account(role, cast.hub())
    assert not cast.may_open(colleague, "request", told.id)
    with acting(colleague.actor(), read_only=True):
        assert RequestForAssistance.objects.count() == 0
