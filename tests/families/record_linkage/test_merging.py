from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.db.utils import ProgrammingError

from reachin.families.people.actions import tell_contact
from reachin.families.people.models import ContactInstruction, Person, PersonAlias, PersonDetails
from reachin.families.record_linkage import actions
from reachin.families.record_linkage.models import Merge, Moved, Pair
from reachin.groundwork.audited_access.context import acting, open_record
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.permissions.enums import Permission, Role
from reachin.groundwork.permissions.rules import roles_with
from reachin.partnership.accounts.models import Account
from tests import cast
from tests.families.record_linkage.two_records import APART, REASON, guardian, merged, parted, record_of, side_by_side, stands_for
from workshop.servers import Connection


def two() -> tuple[Person, Person]:
    return record_of(cast.family_request()), record_of(cast.practitioner_request())


def write_pair(one: UUID, other: UUID, *, by: Account, now: datetime) -> None:
    """Past the action, straight at the database."""
    lower, higher = sorted((one, other))
    Pair.objects.create(agency_id=cast.hub().id, one_id=lower, other_id=higher, put_at=now, put_by=by.id)


def test_the_merged_record_stands_for_the_kept_one_and_again_for_itself(db: None) -> None:
    kept, other = two()
    merge = merged(kept, other)
    assert (stands_for(kept), stands_for(other)) == (kept.id, kept.id)
    assert Moved.objects.using("owner").get().key == "people_personalias.stands_for_id"
    parted(merge)
    assert (stands_for(kept), stands_for(other)) == (kept.id, other.id)


def test_both_records_and_all_that_was_told_stay_as_they_are(db: None, admin: Connection) -> None:
    kept, other = two()
    tables = ("people_person", "people_persondetails", "people_contactinstruction", "information_sharing_circleentry")
    before = [admin.execute(f"select * from {table} order by 1".encode()).fetchall() for table in tables]
    merged(kept, other)
    assert [admin.execute(f"select * from {table} order by 1".encode()).fetchall() for table in tables] == before


def test_why_is_kept_sealed_with_who_and_when_for_both_ways(db: None) -> None:
    kept, other = two()
    merge = parted(merged(kept, other))
    assert (merge.why(), merge.why_unmerged()) == (REASON, APART)
    assert (merge.merged_by, merge.unmerged_by) == (guardian().id, guardian().id)
    assert REASON.encode() not in bytes(Merge.objects.using("owner").get().reason)
    events = AuditEvent.objects.using("owner").filter(subject_id__in=[kept.id, other.id], user_id=guardian().id)
    assert set(events.values_list("event", "subject_id")) == {
        (event, subject) for event in ("person.merged", "person.unmerged") for subject in (kept.id, other.id)
    }


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_nobody_is_joined_or_parted_without_a_reason(db: None, reason: str) -> None:
    kept, other = two()
    with side_by_side(kept, other) as now, pytest.raises(actions.NoReason):
        actions.merge(kept, other, by=guardian(), reason=reason, now=now)
    merge = merged(kept, other)
    with side_by_side(kept, other) as now, pytest.raises(actions.NoReason):
        actions.unmerge(merge, by=guardian(), reason=reason, now=now)


def test_the_guard_and_the_permissions_name_the_same_roles(db: None) -> None:
    kept, other = two()
    may = set()
    for role in Role:
        who = cast.account(role, cast.hub())
        with acting(who.actor()), connection.cursor() as cursor:
            cursor.execute("select reachin.may_pair(%s::uuid, %s::uuid)", [kept.id, other.id])
            if cursor.fetchone()[0]:
                may.add(role)
    assert may == roles_with(Permission.PERSON_MERGE) == {Role.INFORMATION_GUARDIAN, Role.DATA_OFFICER}


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.INFORMATION_GUARDIAN, Role.DATA_OFFICER}))
def test_no_other_role_puts_records_side_by_side(db: None, role: Role) -> None:
    kept, other = two()
    who = cast.account(role, cast.hub())
    with acting(who.actor()) as now, pytest.raises(PermissionDenied):
        actions.put_side_by_side(kept.id, other.id, by=who, now=now)
    with pytest.raises(ProgrammingError, match="row-level security"), acting(who.actor()) as now:
        write_pair(kept.id, other.id, by=who, now=now)


@pytest.mark.parametrize("there", [True, False], ids=["foreign", "missing"])
def test_anothers_record_and_one_that_does_not_exist_look_alike(db: None, admin: Connection, there: bool) -> None:
    kept, other = two()
    if there:
        admin.execute("update people_person set controller_id = %s where id = %s", [cast.school().id, other.id])
    wanted = other.id if there else UUID(int=7)
    with acting(guardian().actor()) as now, pytest.raises(actions.NoSuchRecord):
        actions.put_side_by_side(kept.id, wanted, by=guardian(), now=now)
    with pytest.raises(ProgrammingError, match="row-level security"), acting(guardian().actor()) as now:
        write_pair(kept.id, wanted, by=guardian(), now=now)


def another_agencys_guardian() -> Account:
    return cast.account(Role.INFORMATION_GUARDIAN, cast.school())


def colleague_who_only_works_there() -> Account:
    return cast.hub_worker()


@pytest.mark.parametrize("somebody", [another_agencys_guardian, colleague_who_only_works_there])
def test_nobody_else_opens_a_pair_or_sees_a_merge(db: None, somebody: Callable[[], Account]) -> None:
    kept, other = two()
    merged(kept, other)
    pair = Pair.objects.using("owner").get()
    who = somebody()
    assert open_record(who.actor(), "pair", pair.id, purpose="record_linkage") is None
    with acting(who.actor(), read_only=True):
        assert not Pair.objects.exists()
        assert not Merge.objects.exists()
        assert not Moved.objects.exists()


def test_a_pair_opens_the_names_of_both_records_and_only_for_linkage(db: None) -> None:
    kept, other = two()
    cast.danger_request()
    with side_by_side(kept, other):
        assert set(PersonDetails.objects.values_list("person_id", flat=True)) == {kept.id, other.id}
    pair = Pair.objects.using("owner").get()
    assert open_record(guardian().actor(), "pair", pair.id, purpose="front_door") is None


def test_without_the_opening_a_guardian_sees_no_merge_and_makes_none(db: None) -> None:
    kept, other = two()
    merge = merged(kept, other)
    with acting(guardian().actor()) as now:
        assert Pair.objects.count() == 1
        assert not Merge.objects.exists()
        with pytest.raises(actions.NotOpen):
            actions.unmerge(merge, by=guardian(), reason=APART, now=now)
    parted(merge)
    with acting(guardian().actor()) as now, pytest.raises(actions.NotOpen):
        actions.merge(kept, other, by=guardian(), reason=REASON, now=now)


def test_another_pair_being_open_is_not_enough(db: None) -> None:
    kept, other = two()
    third = record_of(cast.danger_request())
    merge = merged(kept, other)
    with side_by_side(kept, third) as now:
        with pytest.raises(actions.NotOpen):
            actions.merge(other, third, by=guardian(), reason=REASON, now=now)
        with pytest.raises(actions.NotOpen):
            actions.unmerge(merge, by=guardian(), reason=APART, now=now)


def test_a_record_is_joined_to_one_other_only(db: None) -> None:
    kept, other = two()
    third = record_of(cast.danger_request())
    merge = merged(kept, other)
    with side_by_side(other, third) as now, pytest.raises(actions.AlreadyJoined):
        actions.merge(third, other, by=guardian(), reason=REASON, now=now)
    with side_by_side(other, third) as now, pytest.raises(actions.AlreadyJoined):
        actions.merge(other, third, by=guardian(), reason=REASON, now=now)
    parted(merge)
    with side_by_side(kept, other) as now, pytest.raises(actions.AlreadyParted):
        actions.unmerge(merge, by=guardian(), reason=APART, now=now)
    merged(kept, other)
    assert stands_for(other) == kept.id


def test_two_guardians_who_join_at_once_make_no_circle_of_records(db: None) -> None:
    one, other = two()
    second = cast.account(Role.DATA_OFFICER, cast.hub())
    both_are_open = Barrier(2, timeout=30)

    def join(kept: Person, leaving: Person, by: Account) -> str:
        try:
            with side_by_side(kept, leaving, by) as now:
                both_are_open.wait()
                actions.merge(kept, leaving, by=by, reason=REASON, now=now)
        except actions.AlreadyJoined:
            return "refused"
        finally:
            connections.close_all()
        return "joined"

    with ThreadPoolExecutor(2) as pool:
        said = [pool.submit(join, one, other, guardian()), pool.submit(join, other, one, second)]
        assert sorted(answer.result() for answer in said) == ["joined", "refused"]
    assert Merge.objects.using("owner").count() == Pair.objects.using("owner").count() == 1


@pytest.mark.parametrize("first_undone", [0, 1])
def test_a_chain_is_parted_in_any_order(db: None, first_undone: int) -> None:
    low, middle = two()
    high = record_of(cast.danger_request())
    merges = [merged(middle, low), merged(high, middle)]
    assert {stands_for(record) for record in (low, middle, high)} == {high.id}
    parted(merges.pop(first_undone))
    between = {0: (low.id, high.id, high.id), 1: (middle.id, middle.id, high.id)}
    assert (stands_for(low), stands_for(middle), stands_for(high)) == between[first_undone]
    parted(merges.pop())
    assert (stands_for(low), stands_for(middle), stands_for(high)) == (low.id, middle.id, high.id)


def test_the_application_writes_no_merge_and_no_journal_and_moves_no_alias(db: None) -> None:
    kept, other = two()
    merged(kept, other)
    for statement in (
        "update people_personalias set stands_for_id = person_id",
        "insert into record_linkage_merge select * from record_linkage_merge",
        "update record_linkage_merge set unmerged_at = now()",
        "delete from record_linkage_merge",
        "insert into record_linkage_moved select * from record_linkage_moved",
        "delete from record_linkage_moved",
        "update record_linkage_pair set other_id = one_id",
        "insert into reachin.moving_key values ('x', 'people_person', 'id')",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), side_by_side(kept, other), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_new_alias_stands_for_its_own_record(db: None) -> None:
    """Whoever records somebody cannot make them stand for a person whom they may not see."""
    stranger, scope = record_of(cast.family_request()), UUID(int=9)
    mine = Person(controller=cast.hub(), recorded_by=scope)
    with acting(cast.bearer(scope)) as now:
        mine.recorded_at = now
        mine.save(force_insert=True)
    with pytest.raises(ProgrammingError, match="row-level security"), acting(cast.bearer(scope)):
        PersonAlias.objects.create(person=mine, stands_for_id=stranger.id)
    with acting(cast.bearer(scope)):
        PersonAlias.objects.create(person=mine, stands_for=mine)


def test_a_way_of_contact_that_was_told_meanwhile_stays_with_the_record_where_it_was_told(db: None) -> None:
    kept_request = cast.practitioner_request()
    kept, other = record_of(kept_request), record_of(cast.family_request())
    merge = merged(kept, other)
    before = set(ContactInstruction.objects.using("owner").values_list("id", "person_id"))
    with cast.opened(cast.teacher(), kept_request, purpose="own_request") as now:
        told = tell_contact(kept.id, {"contact_way": "email", "email": "a@example.com"}, by=cast.teacher().id, now=now)
    parted(merge)
    assert set(ContactInstruction.objects.using("owner").values_list("id", "person_id")) == before | {(told.id, kept.id)}
