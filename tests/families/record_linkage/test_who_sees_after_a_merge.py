"""Joining two records lets nobody see more: only what protects holds for both."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection, models

from reachin.access.requests_for_assistance.actions import BlockedByFamily, look_for_danger
from reachin.access.requests_for_assistance.enums import AskedBy, Urgency
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.information_sharing.blocked import agencies_kept_from
from reachin.families.information_sharing.models import Block
from reachin.groundwork.audited_access.context import Actor, acting, open_record
from reachin.groundwork.audited_access.exempt import EXEMPT, EXEMPT_ROOMS
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from tests import cast
from tests.families.record_linkage.two_records import guardian, merged, parted, record_of
from workshop.servers import Connection

OF_THE_TRACE = (AuditEvent,)
"""What is added whenever somebody acts."""
PURPOSES: Mapping[str, tuple[str, ...]] = {
    "request": ("front_door", "own_request", "protection"),
    "referral": ("support",),
    "person": ("front_door", "support", "protection"),
}


def guarded_models() -> list[type[models.Model]]:
    """Every model about families, but for the merges themselves, which their guardian sees."""
    return [
        model
        for model in apps.get_models()
        if model.__module__.startswith("reachin.")
        and model not in OF_THE_TRACE
        and model._meta.app_label != "record_linkage"
        and model._meta.db_table not in EXEMPT
        and not model._meta.db_table.startswith(tuple(EXEMPT_ROOMS))
    ]


Seen = set[tuple[str, str, str, str]]


def seen_by(actor: Actor, subjects: dict[str, list[UUID]]) -> Seen:
    """Every row that this actor sees, on lists and by opening each subject for each purpose: (opened, purpose, table, key)."""
    seen = {("", "", *row) for row in _rows(actor, None)}
    for kind, ids in subjects.items():
        for subject in ids:
            for purpose in PURPOSES[kind]:
                opening = open_record(actor, kind, subject, purpose=purpose)
                if opening is not None:
                    seen |= {(str(subject), purpose, *row) for row in _rows(actor, opening)}
    return seen


@cache
def _every_row() -> str:
    tables = [(model._meta.db_table, str(model._meta.pk.column)) for model in guarded_models()]
    return " union all ".join(f"select '{table}', {key}::text from {table}" for table, key in tables)


def _rows(actor: Actor, opening: UUID | None) -> set[tuple[str, str]]:
    with acting(actor, opening=opening, read_only=True), connection.cursor() as cursor:
        cursor.execute(_every_row())
        return set(cursor.fetchall())


def everybody(*requests: RequestForAssistance) -> dict[str, Actor]:
    accounts = [*cast.everyone(), cast.health_visitor(), guardian(), cast.account(Role.INFORMATION_GUARDIAN, cast.school())]
    return {account.email: account.actor() for account in accounts} | {
        f"family {found.reference}": Actor.family(found.id) for found in requests
    }


def world() -> tuple[dict[str, Actor], dict[str, list[UUID]], list[RequestForAssistance]]:
    """Three requests about one person, each seen by others; one was referred to a charity."""
    requests = [cast.family_request(), cast.practitioner_request(), cast.danger_request()]
    referral = cast.accepted_referral(request_for_assistance=requests[0])
    subjects = {
        "request": [found.id for found in requests],
        "referral": [referral.id],
        "person": [record_of(found).id for found in requests],
    }
    return everybody(*requests), subjects, requests


def test_nobody_sees_more_or_less_while_records_are_joined_nor_afterwards(db: None) -> None:
    actors, subjects, requests = world()
    low, middle, high = (record_of(found) for found in requests)
    before = {name: seen_by(actor, subjects) for name, actor in actors.items()}
    assert sum(bool(seen) for seen in before.values()) > 8, "nobody sees anything"
    merges = [merged(middle, low), merged(high, middle)]
    assert {name: seen_by(actor, subjects) for name, actor in actors.items()} == before
    parted(merges[0])
    parted(merges[1])
    assert {name: seen_by(actor, subjects) for name, actor in actors.items()} == before


@contextmanager
def joined(one: RequestForAssistance, other: RequestForAssistance, *, first_is_kept: bool) -> Iterator[None]:
    """Inside, the two requests' people are joined."""
    kept, leaving = (one, other) if first_is_kept else (other, one)
    merge = merged(record_of(kept), record_of(leaving))
    yield
    parted(merge)


def lift_all(admin: Connection) -> None:
    admin.execute("update information_sharing_block set lifted_at = now(), lifted_by = said_by")


@pytest.mark.parametrize("first_is_kept", [True, False])
def test_a_block_of_either_shuts_out_of_both_while_they_are_joined(db: None, admin: Connection, first_is_kept: bool) -> None:
    teachers = cast.practitioner_request()
    families = cast.family_request(blocked_agencies=[str(cast.school().id)])
    teacher = cast.teacher()
    assert cast.may_open(teacher, "request", teachers.id, purpose="own_request")
    with joined(families, teachers, first_is_kept=first_is_kept):
        assert not cast.may_open(teacher, "request", teachers.id, purpose="own_request")
        lift_all(admin)
        assert cast.may_open(teacher, "request", teachers.id, purpose="own_request")
        admin.execute("update information_sharing_block set lifted_at = null, lifted_by = null")
        assert not cast.may_open(teacher, "request", teachers.id, purpose="own_request")
    assert cast.may_open(teacher, "request", teachers.id, purpose="own_request")
    assert Block.objects.using("owner").filter(person=record_of(teachers)).count() == 0


def test_what_a_relative_said_shuts_nobody_out_of_her_own_record(db: None) -> None:
    teachers, teacher = cast.practitioner_request(), cast.teacher()
    her = {"known_as": "Rowan", "age_years": 31, "relation": "other"}
    his = cast.family_request(asked_by=AskedBy.RELATIVE, your_name="Craig", people=[her], blocked_agencies=[str(cast.school().id)])
    her_record = RequestPerson.objects.using("owner").select_related("alias__person").get(request_for_assistance=his, relation="other")
    assert Block.objects.using("owner").get().person_id == record_of(his).id
    merge = merged(record_of(teachers), her_record.alias.person)
    assert cast.may_open(teacher, "request", teachers.id, purpose="own_request")
    parted(merge)
    merged(record_of(teachers), record_of(his))
    assert not cast.may_open(teacher, "request", teachers.id, purpose="own_request")


def test_what_a_parent_said_holds_for_the_childs_record_of_that_request_alone(db: None) -> None:
    hers = cast.family_request(blocked_agencies=[str(cast.school().id)])
    teachers, teacher = cast.practitioner_request(), cast.teacher()
    child = RequestPerson.objects.using("owner").select_related("alias__person").get(request_for_assistance=hers, relation="child")
    said = Block.objects.using("owner").get(person=child.alias.person)
    assert said.said_as == "parent"
    merged(record_of(teachers), child.alias.person)
    assert cast.may_open(teacher, "request", teachers.id, purpose="own_request")
    Block.objects.using("owner").filter(id=said.id).update(said_as="worker")
    assert not cast.may_open(teacher, "request", teachers.id, purpose="own_request")


def test_a_block_holds_along_a_chain(db: None) -> None:
    families = cast.family_request(blocked_agencies=[str(cast.school().id)])
    between, teachers = cast.danger_request(), cast.practitioner_request()
    merges = [merged(record_of(between), record_of(families)), merged(record_of(teachers), record_of(between))]
    assert not cast.may_open(cast.teacher(), "request", teachers.id, purpose="own_request")
    parted(merges[0])
    assert cast.may_open(cast.teacher(), "request", teachers.id, purpose="own_request")


def test_a_receiving_agency_that_the_other_record_blocks_is_shut_out(db: None) -> None:
    referral = cast.accepted_referral()
    request_for_assistance = RequestForAssistance.objects.using("owner").get(id=referral.request_for_assistance_id)
    other = cast.family_request(blocked_agencies=[str(cast.charity().id)])

    def may_open(who: Account) -> bool:
        return cast.may_open(who, "referral", referral.id, purpose="support")

    assert may_open(cast.support_worker())
    with joined(request_for_assistance, other, first_is_kept=True):
        assert not may_open(cast.support_worker())
    assert may_open(cast.support_worker())


def test_a_guardian_whose_agency_one_of_them_blocked_does_not_put_them_side_by_side(db: None, admin: Connection) -> None:
    families, teachers = cast.family_request(), cast.practitioner_request()
    merge = merged(record_of(families), record_of(teachers))
    admin.execute(
        "insert into information_sharing_block (id, person_id, agency_id, said_at, said_by, said_as)"
        " values (gen_random_uuid(), %s, %s, now(), %s, 'self')",
        [record_of(families).id, cast.hub().id, families.id],
    )
    assert open_record(guardian().actor(), "pair", merge.pair_id, purpose="record_linkage") is None


def test_help_is_not_asked_for_from_an_agency_that_the_other_record_blocks(db: None) -> None:
    asking = cast.family_request()
    other = cast.family_request(blocked_agencies=[str(cast.charity().id)])
    with joined(asking, other, first_is_kept=False), pytest.raises(BlockedByFamily):
        cast.sent_referral(asking, receiver=cast.charity())
    assert cast.sent_referral(asking, receiver=cast.charity()).is_live


def test_a_duty_desk_that_the_other_record_blocks_is_not_alerted(db: None) -> None:
    asking = cast.family_request()
    other = cast.family_request(blocked_agencies=[str(cast.social_work().id)])
    with joined(asking, other, first_is_kept=True), cast.opened(cast.hub_worker(), asking) as now:
        look_for_danger(asking.id, "He hits me.", by=cast.hub_worker().id, now=now)
    found = RequestForAssistance.objects.using("owner").get(id=asking.id)
    assert (found.urgency, found.duty_agency_id) == (Urgency.DANGER, None)


def test_which_agencies_are_kept_out_is_told_only_of_those_who_are_open(db: None) -> None:
    asking = cast.family_request()
    other = cast.family_request(blocked_agencies=[str(cast.charity().id)])
    people = [record_of(asking).id, record_of(other).id]
    with cast.opened(cast.hub_worker(), asking, read_only=True):
        assert agencies_kept_from(people) == set()
    with acting(cast.hub_worker().actor(), read_only=True):
        assert agencies_kept_from(people) == set()
    with joined(asking, other, first_is_kept=True):
        with cast.opened(cast.hub_worker(), asking, read_only=True):
            assert agencies_kept_from(people[:1]) == {cast.charity().id}
        with acting(cast.hub_worker().actor(), read_only=True):
            assert agencies_kept_from(people) == set()
