"""Who acts is known to the database for one transaction, by a signature that only the product can make."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, InternalError, ProgrammingError

from reachin.access.requests_for_assistance.models import RequestForAssistance, StoryTold
from reachin.groundwork.audited_access import context
from reachin.groundwork.audited_access.context import Actor, NobodyActing, acting, ask, bearing, current_actor, handing_over, signed
from reachin.groundwork.audited_access.models import AuditEvent
from tests import cast

USER, AGENCY = uuid4(), uuid4()
STAFF = Actor.staff(user=USER, agency=AGENCY, role="hub_worker")
LOOP = Actor.system("closed_loop")


def said_context(line: str) -> str:
    """What the database answers to a context line that somebody else than `acting` set."""
    with transaction.atomic():
        ask("select set_config('reachin.context', %s, true)", line)
        return str(ask("select reachin.acting_kind()"))


def refused(line: str) -> bool:
    try:
        said_context(line)
    except ProgrammingError as error:
        return "context refused" in str(error)
    return False


def test_a_signed_context_is_understood(db: None) -> None:
    assert said_context(signed(STAFF)) == "staff"


@pytest.mark.parametrize(
    "table", ["requests_for_assistance_requestforassistance", "people_person", "referrals_snapshot", "notices_message"]
)
def test_a_guarded_table_read_by_nobody_raises_instead_of_being_empty(db: None, table: str) -> None:
    cast.sent_referral()
    with pytest.raises(ProgrammingError, match="no context"), connection.cursor() as cursor:
        cursor.execute(f"select * from {table}")


def test_a_context_ends_with_its_transaction(db: None) -> None:
    cast.family_request()
    with acting(STAFF):
        assert RequestForAssistance.objects.count() == 0
    with pytest.raises(ProgrammingError, match="no context"):
        RequestForAssistance.objects.count()


@pytest.mark.asvs("9.1.1")
def test_a_forged_context_is_refused(db: None) -> None:
    body = signed(STAFF).rpartition("|")[0]
    assert refused(f"{body}|{'0' * 64}")
    assert refused(f"{body}|")


@pytest.mark.parametrize("part", range(7))
def test_a_context_that_was_edited_in_any_part_is_refused(db: None, part: int) -> None:
    parts = signed(Actor.staff(user=USER, agency=AGENCY, role="practitioner", scope=uuid4()), opening=uuid4()).split("|")
    parts[part] = {0: "system", 4: "hub_worker", 6: str(int(parts[6]) + 600)}.get(part, str(uuid4()))
    assert refused("|".join(parts))


@pytest.mark.parametrize("role", ["hub_worker|", "a|b", "|||", "hub_worker|x|y|z"])
def test_a_bar_within_a_part_moves_nothing_into_another(db: None, role: str) -> None:
    assert refused(signed(Actor.system(role)))


@pytest.mark.parametrize("line", ["staff", "|||||||", "a|b|c|d|e|f|g|h", "staff||||||99999999999|", "\u00e9|" * 8])
def test_nonsense_is_refused(db: None, line: str) -> None:
    assert refused(line)


@pytest.mark.asvs("9.2.1")
def test_a_context_expires_after_a_minute(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "LIFETIME_SECONDS", -1)
    line = signed(STAFF)
    assert refused(line)


@pytest.mark.asvs("9.1.3")
def test_a_context_under_another_key_is_refused(db: None, settings: Any) -> None:
    settings.KEYS = replace(settings.KEYS, context_key="55" * 32)
    assert refused(signed(STAFF))


def test_acting_is_the_outermost_transaction(db: None) -> None:
    with pytest.raises(RuntimeError, match="outermost"), acting(STAFF), acting(Actor.visitor()):
        raise AssertionError("it was let in")
    with pytest.raises(RuntimeError, match="outermost"), transaction.atomic(), acting(STAFF):
        raise AssertionError("it was let in")


def test_nobody_acts_outside(db: None) -> None:
    with pytest.raises(NobodyActing):
        current_actor()
    with acting(STAFF):
        assert current_actor() == STAFF
    with pytest.raises(NobodyActing):
        current_actor()


def writes_and_fails() -> None:
    with acting(Actor.visitor()):
        _audit(Actor.visitor()).save(force_insert=True)
        raise ZeroDivisionError


@pytest.mark.asvs("2.3.3")
def test_after_an_exception_nobody_acts_and_nothing_was_written(db: None) -> None:
    with pytest.raises(ZeroDivisionError):
        writes_and_fails()
    with pytest.raises(NobodyActing):
        current_actor()
    assert AuditEvent.objects.using("owner").count() == 0


def test_a_read_only_transaction_cannot_write(db: None) -> None:
    with pytest.raises(InternalError, match="read-only"), acting(Actor.visitor(), read_only=True):
        _audit(Actor.visitor()).save(force_insert=True)


def test_a_read_only_transaction_cannot_be_made_writable_again(db: None) -> None:
    with pytest.raises(InternalError), acting(Actor.visitor(), read_only=True), connection.cursor() as cursor:
        cursor.execute("set transaction read write")
    with pytest.raises(InternalError), acting(Actor.visitor(), read_only=True), connection.cursor() as cursor:
        cursor.execute("select set_config('transaction_read_only', 'off', true)")


def _audit(actor: Actor) -> AuditEvent:
    return AuditEvent(
        happened_at=datetime.now(UTC), event="x.done", subject_kind="x", subject_id=uuid4(), actor_kind=actor.kind,
        user_id=actor.user, agency_id=actor.agency, scope_id=actor.scope, role=actor.role,
    )  # fmt: skip


# Handing a part over


def database_says() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("select reachin.acting_kind(), coalesce(reachin.acting_role(), '')")
        kind, role = cursor.fetchone()
    return kind, role


def test_the_system_is_handed_a_part_and_the_actor_is_back_after_it(db: None) -> None:
    with acting(STAFF):
        with handing_over(LOOP):
            assert database_says() == ("system", "closed_loop")
            assert current_actor() == replace(STAFF, kind="system", role="closed_loop")
        assert database_says() == ("staff", "hub_worker")
        assert current_actor() == STAFF


def test_a_part_within_a_part_gives_back_the_first(db: None) -> None:
    with acting(STAFF), handing_over(LOOP):
        with handing_over(Actor.system("delivery")):
            assert database_says() == ("system", "delivery")
        assert database_says() == ("system", "closed_loop")


def test_after_an_exception_in_its_part_the_actor_is_back(db: None) -> None:
    with acting(STAFF):
        with pytest.raises(ZeroDivisionError), handing_over(LOOP):
            raise ZeroDivisionError
        assert database_says() == ("staff", "hub_worker")
        assert current_actor() == STAFF


def test_after_a_failed_statement_in_its_part_that_failure_is_told_and_not_another(db: None) -> None:
    with pytest.raises(DatabaseError, match="division by zero"), acting(STAFF), handing_over(LOOP):
        ask("select 1/0")


def test_after_a_failed_statement_that_was_rolled_back_the_actor_is_back(db: None) -> None:
    with acting(STAFF):
        with pytest.raises(DatabaseError, match="division by zero"), transaction.atomic(), handing_over(LOOP):
            ask("select 1/0")
        assert database_says() == ("staff", "hub_worker")
        with handing_over(LOOP):
            with pytest.raises(DatabaseError, match="division by zero"), transaction.atomic():
                ask("select 1/0")
            assert database_says() == ("system", "closed_loop")
        assert database_says() == ("staff", "hub_worker")


@pytest.mark.parametrize("actor", [STAFF, Actor.family(uuid4()), Actor.visitor()])
def test_nobody_is_handed_another_persons_part(db: None, actor: Actor) -> None:
    with acting(STAFF), pytest.raises(ValueError, match="only the system"), handing_over(actor):
        raise AssertionError("it was let in")


def test_a_part_is_handed_over_only_while_somebody_acts(db: None) -> None:
    with pytest.raises(NobodyActing), handing_over(LOOP):
        raise AssertionError("it was let in")


def test_a_part_does_not_take_an_opening_with_it(db: None) -> None:
    told = cast.family_request()
    with cast.opened(cast.hub_worker(), told), handing_over(LOOP):
        assert StoryTold.objects.count() == 0


def test_staff_bear_the_draft_that_they_send_and_nobody_else_bears_anothers(db: None) -> None:
    scope = uuid4()
    with acting(STAFF), bearing(scope):
        assert current_actor().scope == scope
    with acting(Actor.family(scope)), bearing(scope):
        assert current_actor() == Actor.family(scope)
    for actor in (Actor.family(uuid4()), Actor.visitor(), LOOP, replace(STAFF, scope=uuid4())):
        with acting(actor), pytest.raises(ValueError, match="takes up a draft"), bearing(scope):
            raise AssertionError("it was let in")


# Connections are pooled and shared


def test_contexts_do_not_leak_between_the_transactions_and_threads_of_a_pool(db: None) -> None:
    told = {cast.family_request().id for _ in range(4)}

    def looked(scope: UUID) -> tuple[UUID, list[UUID], bool]:
        try:
            with acting(Actor.family(scope), read_only=True):
                seen = list(RequestForAssistance.objects.values_list("id", flat=True))
            try:
                RequestForAssistance.objects.count()
            except ProgrammingError:
                return scope, seen, True
            return scope, seen, False
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        for scope, seen, raised_afterwards in pool.map(looked, list(told) * 12):
            assert seen == [scope]
            assert raised_afterwards


def test_the_moment_of_one_transaction_is_not_the_next_ones(db: None) -> None:
    with acting(STAFF, at=datetime(2024, 1, 1, tzinfo=UTC)):
        pass
    with acting(STAFF) as moment:
        assert datetime.now(UTC) - moment < timedelta(seconds=5)
