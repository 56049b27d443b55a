"""The application's role owns nothing and has no way round row security; the database holds it, whatever the product's code says."""

import pytest
from django.db import connection
from django.db.utils import DatabaseError, ProgrammingError

from reachin.access.requests_for_assistance.models import RequestForAssistance
from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.audited_access.exempt import EXEMPT, EXEMPT_ROOMS
from reachin.groundwork.audited_access.granted import MAY_CALL, MAY_REMOVE_FROM
from tests import cast
from workshop.servers import APP, Connection


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def guarded(admin: Connection) -> list[str]:
    rows = admin.execute("select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace order by 1")
    return [str(name) for (name,) in rows if name not in EXEMPT and not str(name).startswith(tuple(EXEMPT_ROOMS))]


def test_the_role_owns_nothing_at_all(admin: Connection) -> None:
    owned = admin.execute(
        "select (select count(*) from pg_class where relowner = r.oid) + (select count(*) from pg_proc where proowner = r.oid)"
        " + (select count(*) from pg_namespace where nspowner = r.oid) + (select count(*) from pg_type where typowner = r.oid)"
        " + (select count(*) from pg_database where datdba = r.oid) from pg_roles r where r.rolname = %s",
        [APP],
    ).fetchone()
    assert owned == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        "create table x (id int)",
        "create temporary table x (id int)",
        "create schema x",
        "create function x() returns int language sql as 'select 1'",
        "create function reachin.x() returns int language sql as 'select 1'",
        "create view x as select 1",
        "create role x",
        "create extension dblink",
        "alter table people_person disable row level security",
        "alter table people_person no force row level security",
        "drop policy app_sees on people_person",
        "create policy x on people_person using (true)",
        "drop table people_person",
        "truncate people_person cascade",
        "truncate audited_access_auditevent",
        "create trigger x before insert on people_person for each row execute function suppress_redundant_updates_trigger()",
        "set role reachin_owner",
        "set role reachin_guard",
        "set session authorization reachin_owner",
        "set session_replication_role = replica",
        "alter role reachin_app bypassrls",
        "alter role reachin_app superuser",
        "create or replace function reachin.clock() returns timestamptz language sql as 'select now()'",
        "alter function reachin.clock() owner to reachin_app",
        "copy people_person to program 'cat'",
        "copy people_person to '/tmp/people'",
        "select pg_read_file('/etc/passwd')",
        "insert into audited_access_databasemark values ('demo', now())",
        "update audited_access_databasemark set name = 'demo'",
        "delete from audited_access_databasemark",
        "insert into django_migrations (app, name, applied) values ('x', 'x', now())",
        "insert into django_content_type (app_label, model) values ('x', 'x')",
    ],
)
@pytest.mark.asvs("13.2.2")
def test_the_role_may_not(db: None, statement: str) -> None:
    with pytest.raises(DatabaseError, match=r"permission denied|must be|not exist|may not|only|forbids"):
        run(statement)


def test_the_role_may_call_these_functions_of_the_guard_and_no_other(admin: Connection) -> None:
    rows = admin.execute(
        "select proname from pg_proc where pronamespace = 'reachin'::regnamespace and has_function_privilege(%s, oid, 'execute')", [APP]
    )
    assert {name for (name,) in rows} == MAY_CALL


@pytest.mark.asvs("8.3.1")
def test_switching_row_security_off_gives_an_error_and_no_rows(db: None) -> None:
    cast.family_request()
    with acting(cast.hub_worker().actor()):
        run("set local row_security = off")
        with pytest.raises(ProgrammingError, match="row-level security"):
            RequestForAssistance.objects.count()


def test_nothing_is_deleted_but_what_is_listed(admin: Connection) -> None:
    rows = admin.execute(
        "select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace"
        " and has_table_privilege(%s, oid, 'delete') and relname not like 'procrastinate%%' and relname not like 'directory%%'"
        " and relname not like 'places%%'",
        [APP],
    )
    assert {name for (name,) in rows} == MAY_REMOVE_FROM


def test_the_role_has_no_right_to_truncate_refer_to_or_hang_triggers_on_any_table(admin: Connection) -> None:
    rows = admin.execute(
        "select relname from pg_class where relkind in ('r', 'p') and relnamespace in ('public'::regnamespace, 'reachin'::regnamespace)"
        " and has_table_privilege(%s, oid, 'truncate, references, trigger')",
        [APP],
    )
    assert rows.fetchall() == []


def test_every_guarded_table_has_forced_row_security_and_a_policy_that_asks_who_acts(admin: Connection) -> None:
    tables = guarded(admin)
    assert len(tables) > 20
    for table in tables:
        row = admin.execute("select relrowsecurity, relforcerowsecurity from pg_class where oid = %s::regclass", [table]).fetchone()
        assert row == (True, True), table
        rows = admin.execute("select policyname, roles, cmd, qual, with_check from pg_policies where tablename = %s", [table]).fetchall()
        for name, roles, _cmd, qual, with_check in rows:
            if "reachin_app" in roles or "public" in roles:
                said = qual or with_check
                assert "reachin." in said or any(f"FROM {other} card" in said for other in tables), f"{name} on {table} lets everybody"
        assert "app_sees" in {name for name, *_ in rows}, table


def test_every_view_acts_as_whoever_asks_and_nothing_is_materialised(admin: Connection) -> None:
    rows = admin.execute(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and (relkind = 'm' or relkind = 'v'"
        " and not coalesce(reloptions::text, '') like '%security_invoker=true%')"
    )
    assert rows.fetchall() == []


def test_the_guards_functions_keep_to_their_own_search_path(admin: Connection) -> None:
    rows = admin.execute("select proname, proconfig from pg_proc where pronamespace = 'reachin'::regnamespace").fetchall()
    for name, config in rows:
        [path] = [one for one in config or () if one.startswith("search_path=")]
        assert path.startswith("search_path=pg_catalog"), name
        assert path.endswith("pg_temp"), name


def test_tables_nobody_acts_in_hold_no_words_of_families(admin: Connection) -> None:
    """An exempt table may not gain a column that somebody would fill with a story: each is listed with its reason, and none is sealed."""
    rows = admin.execute(
        "select table_name, column_name from information_schema.columns where table_schema = 'public' and column_name = 'sealed'"
    ).fetchall()
    assert len(rows) > 10
    assert all(table in guarded(admin) for table, _ in rows)


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("information_sharing_circleentry", {"ended_at", "ended_by"}),
        (
            "information_sharing_sharingdecision",
            {
                *("reviewed_at", "reviewed_by", "review_outcome", "review_words", "kept_back_why", "completed_at", "completed_by"),
                *("views", "necessity", "informed", "not_told_why", "basis", "special_condition", "criminal_condition", "statutory_power"),
            },
        ),
        (
            "information_sharing_emergencyaccess",
            {"reviewed_at", "reviewed_by", "review_outcome", "review_words", "kept_back_why", "ended_at", "ended_by"},
        ),
        ("referrals_referralperson", {"left_at", "left_by"}),
        ("information_sharing_block", {"lifted_at", "lifted_by"}),
        ("people_contactinstruction", {"checked_at", "checked_by", "ended_at", "ended_by"}),
        ("people_protectedhome", {"lifted_at", "lifted_by", "lifted_why"}),
        ("people_person", set()),
        ("people_personalias", set()),
        ("people_persondetails", {"sealed"}),
        ("requests_for_assistance_placetold", {"sealed", "postcode_digest"}),
        ("requests_for_assistance_requestmove", set()),
        ("requests_for_assistance_requestnote", {"answered_at", "answered_by"}),
        ("requests_for_assistance_contactattempt", set()),
        ("requests_for_assistance_dangeralert", {"taken_at", "taken_by_id"}),
        ("requests_for_assistance_wayintry", set()),
        ("referrals_snapshot", set()),
        ("referrals_referralmove", set()),
        ("referrals_referralnote", set()),
        ("notices_message", {"state", "attempts", "not_before", "settled_at", "settled_by"}),
        ("audited_access_auditevent", set()),
    ],
)
@pytest.mark.asvs("8.2.3")
def test_history_is_added_to_and_never_rewritten(admin: Connection, table: str, columns: set[str]) -> None:
    rows = admin.execute(
        "select column_name from information_schema.columns where table_schema = 'public' and table_name = %s"
        " and has_column_privilege(%s, 'public.' || table_name, column_name, 'update')",
        [table, APP],
    )
    assert {name for (name,) in rows} == columns


def test_who_sent_a_request_and_when_can_never_be_changed(admin: Connection) -> None:
    for column in ("id", "reference", "form_version", "asked_by", "channel", "sender_id", "sender_agency_id", "received_at", "received_by"):
        row = admin.execute(
            "select has_column_privilege(%s, 'requests_for_assistance_requestforassistance', %s, 'update')", [APP, column]
        ).fetchone()
        assert row == (False,), column
    for column in ("id", "sending_key", "request_for_assistance_id", "sender_agency_id", "receiver_agency_id", "sent_at", "sent_by_id"):
        row = admin.execute("select has_column_privilege(%s, 'referrals_referral', %s, 'update')", [APP, column]).fetchone()
        assert row == (False,), column
