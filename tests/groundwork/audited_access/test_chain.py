"""The chain in the database: committed rows are linked, late ones later, none twice, and tampering by the most powerful login is seen."""

import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.utils import ProgrammingError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from procrastinate.contrib.django import app

from reachin.groundwork.audited_access import witness
from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.chain import chain, link_committed
from reachin.groundwork.audited_access.context import Actor, acting
from reachin.groundwork.audited_access.witness import Finding, framed, verify
from reachin.groundwork.jobs.chain import link_round, look_through_everything
from tests import cast
from tests.groundwork.audited_access.chain_of import witness_of, write_row
from workshop import databases
from workshop.servers import OWNER, Connection, Server

DIGEST = "decode(repeat('ab', 32), 'hex')"


def links(admin: Connection) -> list[tuple[Any, ...]]:
    return admin.execute("select number, kind, row_id from reachin.link order by number").fetchall()


def findings() -> list[Finding]:
    return list(verify(chain(using="owner")))


def test_what_was_done_and_what_was_opened_is_linked_once(db: None, admin: Connection) -> None:
    cast.completed_referral()
    rows = admin.execute("select (select count(*) from audited_access_auditevent), (select count(*) from reachin.opening)").fetchone()
    assert rows is not None
    assert min(rows) > 0
    assert link_committed() == sum(rows)
    assert link_committed() == link_committed(from_the_beginning=True) == 0
    assert [number for number, *_ in links(admin)] == list(range(1, sum(rows) + 1))
    assert findings() == []


def test_it_goes_on_where_it_stopped_in_batches_of_any_size(db: None, admin: Connection) -> None:
    for _ in range(7):
        write_row(admin)
    assert link_committed(most=3) == 7
    write_row(admin)
    assert link_committed(most=1) == 1
    assert findings() == []


def test_the_jobs_link(db: None, admin: Connection) -> None:
    write_row(admin)
    link_round(0)
    write_row(admin)
    look_through_everything(0)
    assert len(links(admin)) == 2


def test_the_sealer_goes_round_every_minute_and_looks_through_everything_at_night() -> None:
    ordered = {entry.task.name: entry.cron for entry in app.periodic_registry.periodic_tasks.values()}
    assert (ordered["audit.link"], ordered["audit.link_everything"]) == ("* * * * *", "20 3 * * *")
    assert all(app.tasks[name].queueing_lock == name for name in ("audit.link", "audit.link_everything"))


def test_a_row_that_commits_late_is_linked_later(db: None, admin: Connection, tests_server: Server) -> None:
    with tests_server.administer(admin.info.dbname) as slow:
        with slow.transaction():
            late = write_row(slow)
            early = write_row(admin)
            assert link_committed() == 1
            assert link_committed() == 0
        assert link_committed() == 1
    assert [row_id for *_, row_id in links(admin)] == [early, late]
    assert findings() == []


def test_a_row_that_is_rolled_back_leaves_no_gap(db: None, admin: Connection) -> None:
    with admin.transaction(force_rollback=True):
        write_row(admin)
    write_row(admin)
    assert link_committed() == 1
    assert findings() == []


def test_nothing_is_linked_inside_a_transaction(db: None) -> None:
    with acting(Actor.visitor()), pytest.raises(RuntimeError, match="outside"):
        link_committed()


def test_while_one_links_another_neither_waits_nor_links(db: None, admin: Connection) -> None:
    write_row(admin)
    with admin.transaction():
        admin.execute("select pg_advisory_xact_lock(hashtextextended('reachin.link', 0))")
        assert link_committed() == 0
    assert link_committed() == 1


def test_linking_holds_up_no_writer(db: None, admin: Connection, tests_server: Server) -> None:
    write_row(admin)
    with tests_server.administer(admin.info.dbname) as linking, linking.transaction():
        assert linking.execute("select reachin.link_committed(10, false)").fetchone() == (1,)
        with acting(Actor.system("x")):
            record("thing.done", subject_kind="thing", subject_id=uuid4())


def test_after_a_dump_was_loaded_elsewhere_nothing_is_lost(db: None, admin: Connection) -> None:
    admin.execute("update reachin.chain_position set linked_before = '9000000000000'")
    write_row(admin)
    assert link_committed() == 1


def test_a_row_that_hides_behind_the_position_is_found_at_night(db: None, admin: Connection) -> None:
    write_row(admin)
    link_committed()
    hidden = write_row(admin)
    admin.execute("update audited_access_auditevent set transaction = '3' where id = %s", [hidden])
    assert link_committed() == 0
    assert link_committed(from_the_beginning=True) == 1


STEPS = st.lists(st.tuples(st.sampled_from(["write", "commit", "roll back", "link", "link one"]), st.integers(0, 2)), max_size=25)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_in_whatever_order_writers_commit_every_row_has_one_link(
    db: None, admin: Connection, tests_server: Server, steps: list[tuple[str, int]]
) -> None:
    databases.wipe(admin)
    writers = [tests_server.administer(admin.info.dbname) for _ in range(3)]
    for writer in writers:
        writer.autocommit = False
    pending: list[set[object]] = [set(), set(), set()]
    committed: set[object] = set()
    for step, at in steps:
        if step == "write":
            pending[at].add(write_row(writers[at]))
        elif step == "commit":
            writers[at].commit()
            committed |= pending[at]
            pending[at] = set()
        elif step == "roll back":
            writers[at].rollback()
            pending[at] = set()
        else:
            link_committed(most=1 if step == "link one" else 1000)
            assert {row_id for *_, row_id in links(admin)} == committed
    for writer in writers:
        writer.close()
    link_committed()
    assert sorted(row_id for *_, row_id in links(admin)) == sorted(committed)  # type: ignore[type-var]
    assert findings() == []


@given(st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=9), max_size=5))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_frames_as_the_verifier_does(admin: Connection, parts: list[str | None]) -> None:
    row = admin.execute("select reachin.framed(variadic %s::text[])", [parts]).fetchone()
    assert row == (framed(parts),)


@pytest.mark.parametrize(
    "statement",
    [
        "select * from reachin.link",
        "select * from reachin.chain_position",
        f"insert into reachin.link values (1, 'change', gen_random_uuid(), 1, now(), {DIGEST}, {DIGEST})",
        "update reachin.link set number = 7",
        "delete from reachin.link",
        "truncate reachin.link",
        "update reachin.chain_position set linked_before = '9'",
        "select reachin.framed('a')",
    ],
)
@pytest.mark.asvs("16.4.2")
def test_the_applications_role_neither_reads_nor_changes_links(db: None, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_applications_role_cannot_read_the_chain(db: None) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        list(chain())


def change_a(column: str, value: str) -> str:
    return f"update audited_access_auditevent set {column} = {value} where id = (select row_id from reachin.link where number = 2)"


def change_an_opening(column: str, value: str) -> str:
    return f"update reachin.opening set {column} = {value} where nonce = (select max(nonce::text)::uuid from reachin.opening)"


AGAIN = """
do $$
declare l reachin.link; before bytea := decode(repeat('00', 32), 'hex');
begin
  for l in select * from reachin.link order by number loop
    before := sha256(convert_to(reachin.framed(l.number::text, encode(before, 'hex'), l.kind, l.row_id::text, l.shape::text,
      reachin.moment(l.linked_at), encode(l.row_digest, 'hex')), 'UTF8'));
    update reachin.link set digest = before where number = l.number;
  end loop;
end $$
"""
SWAP = (
    "update reachin.link set number = -number; update reachin.link set number = case number when -2 then 3 when -3 then 2 else -number end"
)
FREE = "alter table reachin.link drop constraint link_number_check"
REMOVE = "delete from audited_access_auditevent where id = (select row_id from reachin.link where number = 2)"
ROW_DIGEST_OF_ANOTHER = "update reachin.link set row_digest = (select row_digest from reachin.link where number = 3) where number = 2"
TAMPERINGS: dict[str, tuple[list[str], str]] = {
    **{
        f"{column} of a change": ([change_a(column, value)], "changed")
        for column, value in {
            "happened_at": "happened_at - interval '1 microsecond'", "event": "'y.done'", "subject_kind": "'y'", "fields": "'{ab}'",
            "subject_id": "gen_random_uuid()", "actor_kind": "'staff'", "user_id": "gen_random_uuid()", "agency_id": "gen_random_uuid()",
            "scope_id": "gen_random_uuid()", "role": "'y'", "transaction": "'4'",
        }.items()
    },
    **{
        f"{column} of an opening": ([change_an_opening(column, value)], "changed")
        for column, value in {
            "subject_id": "gen_random_uuid()", "actor_kind": "'system'", "user_id": "gen_random_uuid()", "agency_id": "gen_random_uuid()",
            "scope_id": "gen_random_uuid()", "role": "'y'", "purpose": "'other'", "reason": "'other'", "categories": "'{x}'",
            "people": "array[gen_random_uuid()]", "opened_at": "opened_at - interval '1 second'", "transaction": "'4'",
        }.items()
    },
    "a removed change": ([REMOVE], "removed"),
    "a removed opening": (["delete from reachin.opening"], "removed"),
    "a row removed with its link": (
        [REMOVE, "delete from reachin.link where number = 2"],
        "missing",
    ),
    "links in another order": ([FREE, SWAP], "another place"),
    "a link that points at another row's digest": ([ROW_DIGEST_OF_ANOTHER], "not what was linked"),
    "a link at another moment": (["update reachin.link set linked_at = now() where number = 2"], "not what was linked"),
    "a row that was slipped in": (
        [("insert into audited_access_auditevent (id, happened_at, event, subject_kind, subject_id, fields, actor_kind, role, transaction)"
         " values (gen_random_uuid(), now(), 'x.done', 'x', gen_random_uuid(), '{}', 'system', '', '4')")],
        "has no link",
    ),
}  # fmt: skip
ONLY_A_WITNESS_SEES: dict[str, tuple[list[str], str]] = {
    "a cut tail": (
        ["delete from audited_access_auditevent where id in (select row_id from reachin.link where number > 4)",
         "delete from reachin.opening where nonce in (select row_id from reachin.link where number > 4)",
         "delete from reachin.link where number > 4"],
        "the tail was cut",
    ),
    "everything gone": (
        ["delete from audited_access_auditevent", "delete from reachin.opening", "delete from reachin.link"],
        "the tail was cut",
    ),
    "another order, made anew": ([FREE, SWAP, AGAIN], "written anew"),
    "a changed row, made anew": (
        [change_a("event", "'y.done'"), "delete from reachin.link", "update reachin.chain_position set linked_before = '0'",
         "select reachin.link_committed(1000, true)"],
        "written anew",
    ),
}  # fmt: skip


@pytest.fixture
def linked_world(db: None, admin: Connection) -> witness.Witness:
    cast.completed_referral()
    link_committed()
    rows = list(chain(using="owner"))
    assert len(rows) > 8
    assert {one.link.kind for one in rows if one.link} == {"change", "opening"}
    return witness_of(rows)


def tampered(admin: Connection, statements: list[str], look: Callable[[], list[Finding]]) -> list[Finding]:
    """What is found after a superuser did that; the constraint that was in their way is put back."""
    for statement in statements:
        for one in [statement] if "$$" in statement else statement.split(";"):
            admin.execute(one.encode())
    try:
        return look()
    finally:
        if FREE in statements:
            admin.execute("alter table reachin.link add constraint link_number_check check (number > 0)")


@pytest.mark.parametrize("name", TAMPERINGS)
@pytest.mark.asvs("16.4.2")
def test_tampering_by_a_superuser_is_seen(linked_world: witness.Witness, admin: Connection, name: str) -> None:
    statements, said = TAMPERINGS[name]
    assert findings() == []
    assert said in " ".join(map(str, tampered(admin, statements, findings)))


@pytest.mark.parametrize("name", ONLY_A_WITNESS_SEES)
@pytest.mark.asvs("16.4.2", "16.4.3")
def test_what_a_chain_alone_cannot_see_a_witness_does(linked_world: witness.Witness, admin: Connection, name: str) -> None:
    statements, said = ONLY_A_WITNESS_SEES[name]
    both = tampered(admin, statements, lambda: [*findings(), *verify(chain(using="owner"), [linked_world])])
    assert {finding.what.split(":")[0] for finding in both} == {both[0].what.split(":")[0]}, "without a witness nothing was found"
    assert said in str(both[0])


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, "--database", "owner", stdout=out, stderr=StringIO())
    return out.getvalue()


def test_witness_and_verifier_as_commands(linked_world: witness.Witness, admin: Connection, tmp_path: Path) -> None:
    kept = tmp_path / "witness"
    assert f"{linked_world.links} links" in run("export_witness", str(kept))
    assert "nothing was changed" in run("verify_audit", "--witness", str(kept))
    assert "nothing was changed" in run("verify_audit")
    cast.family_request()
    assert "nothing was changed" in run("verify_audit", "--witness", str(kept))
    for statement in ONLY_A_WITNESS_SEES["a cut tail"][0]:
        admin.execute(statement.encode())
    run("verify_audit")
    with pytest.raises(CommandError, match="not as it was"):
        run("verify_audit", "--witness", str(kept))


def test_a_witness_tells_no_id_and_no_word(linked_world: witness.Witness, admin: Connection, tmp_path: Path) -> None:
    run("export_witness", str(tmp_path / "witness"))
    kept = (tmp_path / "witness").read_text()
    assert "request.sent" not in kept
    assert all(str(row_id) not in kept for *_, row_id in links(admin))


@pytest.mark.parametrize(("every", "after", "digests"), [("1", "0", 7), ("5", "0", 2), ("1", "4", 3), ("1", "99", 1)])
def test_a_witness_may_be_thinner(db: None, admin: Connection, tmp_path: Path, every: str, after: str, digests: int) -> None:
    for _ in range(7):
        write_row(admin)
    run("export_witness", str(tmp_path / "witness"), "--every", every, "--after", after)
    assert len(witness.read_witness(tmp_path / "witness").digests) == digests
    run("verify_audit", "--witness", str(tmp_path / "witness"))


def test_an_export_is_verified_without_the_product_and_without_a_database(
    linked_world: witness.Witness, admin: Connection, tmp_path: Path
) -> None:
    export, kept = tmp_path / "export", tmp_path / "witness"
    run("export_witness", str(kept))
    run("export_audit", str(export))
    assert export.stat().st_mode & 0o077 == 0
    program = [sys.executable, "-I", "-S", str(witness.__file__), str(export), str(kept)]
    well = subprocess.run(program, capture_output=True, text=True, env={}, cwd=tmp_path)
    assert (well.returncode, well.stdout) == (0, "Lawfully destroyed rows: 0. Findings: 0.\n"), well.stderr
    export.write_text(export.read_text().replace("request.sent", "request.seen"))
    changed = subprocess.run(program, capture_output=True, text=True, env={}, cwd=tmp_path)
    assert changed.returncode == 1
    assert "was changed" in changed.stdout


def test_a_database_of_part_one_gets_its_links(db: None, tests_server: Server, admin: Connection) -> None:
    """The migration on a populated table: every earlier row is there afterwards, and is linked."""
    kept = write_row(admin)
    with tests_server.connect(OWNER, admin.info.dbname) as owner, owner.transaction(force_rollback=True):
        owner.execute("alter table audited_access_auditevent drop column transaction")
        owner.execute("alter table audited_access_auditevent add column transaction xid8 not null default pg_current_xact_id()")
        row = owner.execute("select id, transaction is not null from audited_access_auditevent").fetchone()
    assert row == (kept, True)
