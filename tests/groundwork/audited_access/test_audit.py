"""Every change leaves its row, in the name of whoever made it, and nobody alters a row."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.context import Actor, NobodyActing, acting, handing_over
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.permissions.enums import Role
from tests import cast

USER, AGENCY, SCOPE, THING = uuid4(), uuid4(), uuid4(), uuid4()
STAFF = Actor.staff(user=USER, agency=AGENCY, role="practitioner")


def kept() -> AuditEvent:
    return AuditEvent.objects.using("owner").get()


@pytest.mark.asvs("16.2.1")
def test_a_row_tells_who_did_what_to_which_thing_and_when(db: None) -> None:
    with acting(STAFF) as now:
        record("thing.done", subject_kind="thing", subject_id=THING, fields=["a", "b"])
    row = kept()
    assert (row.event, row.subject_kind, row.subject_id, row.fields, row.happened_at) == ("thing.done", "thing", THING, ["a", "b"], now)
    assert (row.actor_kind, row.user_id, row.agency_id, row.scope_id, row.role) == ("staff", USER, AGENCY, None, "practitioner")


def test_what_the_system_does_for_somebody_keeps_who_that_was(db: None) -> None:
    with acting(STAFF), handing_over(Actor.system("closed_loop")):
        record("thing.done", subject_kind="thing", subject_id=THING)
    assert (kept().actor_kind, kept().role, kept().user_id) == ("system", "closed_loop", USER)


def test_a_change_by_nobody_is_not_made(db: None) -> None:
    with pytest.raises(NobodyActing):
        record("thing.done", subject_kind="thing", subject_id=THING)


def test_the_row_goes_when_the_change_is_rolled_back(db: None) -> None:
    with acting(STAFF):
        record("thing.done", subject_kind="thing", subject_id=THING)
        transaction.set_rollback(True)
    assert not AuditEvent.objects.using("owner").exists()


FORGED: dict[str, dict[str, Any]] = {
    "another user": {"user_id": uuid4()},
    "no user": {"user_id": None},
    "another agency": {"agency_id": uuid4()},
    "a scope": {"scope_id": uuid4()},
    "another kind": {"actor_kind": "system"},
    "another role": {"role": "hub_worker"},
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_row_in_anothers_name_is_refused(db: None, forged: str) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), acting(STAFF):
        AuditEvent.objects.create(
            **{
                "happened_at": datetime.now(UTC), "event": "x.done", "subject_kind": "x", "subject_id": THING,
                "actor_kind": "staff", "user_id": USER, "agency_id": AGENCY, "scope_id": None, "role": "practitioner",
                **FORGED[forged],
            }
        )  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        "update audited_access_auditevent set event = 'y.done'",
        "delete from audited_access_auditevent",
        "truncate audited_access_auditevent",
        "update audited_access_auditevent set fields = '{}' where false",
    ],
)
@pytest.mark.parametrize("actor", [STAFF, Actor.system("closed_loop"), Actor.staff(user=USER, agency=AGENCY, role="information_guardian")])
@pytest.mark.asvs("16.4.2")
def test_a_row_is_never_changed_or_removed(db: None, statement: str, actor: Actor) -> None:
    with acting(STAFF):
        record("thing.done", subject_kind="thing", subject_id=THING)
    with pytest.raises(ProgrammingError, match="permission denied"), acting(actor), connection.cursor() as cursor:
        cursor.execute(statement)
    assert kept().event == "thing.done"


def seen_by(actor: Actor) -> int:
    with acting(actor, read_only=True):
        return AuditEvent.objects.count()


@pytest.mark.asvs("16.4.2")
def test_an_agencys_information_guardian_reads_its_rows_and_nobody_elses(db: None) -> None:
    with acting(STAFF):
        record("thing.done", subject_kind="thing", subject_id=THING)
    with acting(Actor.staff(user=uuid4(), agency=uuid4(), role="practitioner")):
        record("thing.done", subject_kind="thing", subject_id=THING)
    assert seen_by(Actor.staff(user=uuid4(), agency=AGENCY, role="information_guardian")) == 1
    assert seen_by(Actor.staff(user=uuid4(), agency=uuid4(), role="information_guardian")) == 0


@pytest.mark.parametrize("role", [role for role in Role if role != Role.INFORMATION_GUARDIAN])
def test_no_other_role_reads_audit_rows(db: None, role: Role) -> None:
    with acting(STAFF):
        record("thing.done", subject_kind="thing", subject_id=THING)
    assert seen_by(Actor.staff(user=USER, agency=AGENCY, role=role)) == 0


@pytest.mark.parametrize("actor", [Actor.visitor(), Actor.family(SCOPE), Actor.system("information_guardian")])
def test_neither_a_family_nor_a_visitor_nor_the_system_reads_audit_rows(db: None, actor: Actor) -> None:
    with acting(STAFF):
        record("thing.done", subject_kind="thing", subject_id=THING)
    with acting(Actor.family(SCOPE)):
        record("thing.done", subject_kind="thing", subject_id=SCOPE)
    assert seen_by(actor) == 0


CHANGES: dict[str, tuple[Callable[[], object], set[str]]] = {
    "a family asks": (
        cast.family_request,
        {"draft.started", "draft.changed", "phrase.chosen", "request.sent", "person.recorded", "circle.extended", "contact.told"},
    ),
    "danger is told": (cast.danger_request, {"danger.alerted"}),
    "a request is decided": (cast.discussed_request, {"request.moved"}),
    "a referral is completed": (
        cast.completed_referral,
        {"referral.sent", "referral.accepted", "referral.in_progress", "referral.completed", "request.help_started"},
    ),
    "a referral is declined": (cast.declined_referral, {"referral.declined", "circle.ended"}),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_the_journey_leaves_its_rows(db: None, change: str) -> None:
    make, events = CHANGES[change]
    make()
    assert events <= set(AuditEvent.objects.using("owner").values_list("event", flat=True))


@pytest.mark.asvs("16.2.5")
def test_audit_rows_carry_ids_and_names_of_fields_and_never_what_was_said(db: None, admin: Any) -> None:
    cast.completed_referral(words="Rowan is doing well")
    told = " ".join(str(row) for row in admin.execute("select * from audited_access_auditevent").fetchall())
    for secret in ("Rowan", "Tam", "07700", "tired", "PA34", "doing well", cast.PHRASE):
        assert secret not in told
    for row in AuditEvent.objects.using("owner"):
        assert all(name.isidentifier() for name in row.fields)
        noun, _, verb = row.event.partition(".")
        assert noun
        assert verb
