"""In production the service does not start when a guard is missing: each is taken away alone, and is the one that is named."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection

from reachin.groundwork.audited_access import starting
from reachin.groundwork.audited_access.starting import DATABASE, PROCESS, Finding, WillNotStart
from reachin.settings.keys import Keys
from workshop import databases, places
from workshop.servers import APP, OWNER, Connection, Server

SCRATCH = f"reachin_scratch_{os.getpid()}"
HOLDS = "print('started')"
SERVE = f"import reachin.wsgi; {HOLDS}"


@pytest.fixture(scope="module")
def scratch(tests_server: Server) -> Iterator[str]:
    """A database as a deployer's, with the real clock."""
    databases.prepare(tests_server, SCRATCH)
    yield SCRATCH
    databases.drop(tests_server, SCRATCH)


@pytest.fixture
def inside(scratch: str, tests_server: Server) -> Iterator[Connection]:
    with tests_server.administer(scratch) as administering:
        yield administering


def ask_by(connection: Connection) -> starting.Ask:
    return lambda question: connection.execute(question.encode()).fetchall()


def broken(ask: starting.Ask) -> dict[str, Finding]:
    return {subject: finding for subject, guard in DATABASE.items() if (finding := guard(ask)) is not None}


def test_every_guard_of_a_fresh_database_holds_by_anybodys_eyes(inside: Connection, tests_server: Server) -> None:
    assert broken(ask_by(inside)) == {}
    with tests_server.connect(APP, SCRATCH) as application:
        assert broken(ask_by(application)) == {}


PERSON = "people_person"
BREAKS: dict[str, tuple[str, str]] = {
    "alter role reachin_app superuser": ("The application's role", "rights"),
    "alter role reachin_app bypassrls": ("The application's role", "rights"),
    "alter role reachin_app createrole": ("The application's role", "rights"),
    "alter role reachin_app replication": ("The application's role", "rights"),
    "alter table django_session owner to reachin_app": ("The application's role", "django_session"),
    "alter function reachin.signer() owner to reachin_app": ("The application's role", "signer"),
    "alter role reachin_guard login": ("The application's role", "sign in as reachin_guard"),
    "grant reachin_owner to reachin_app": ("The application's role", "reachin_owner"),
    "grant reachin_guard to reachin_app": ("The application's role", "reachin_guard"),
    f"alter table {PERSON} no force row level security": ("Row security", PERSON),
    f"alter table {PERSON} disable row level security": ("Row security", PERSON),
    "create table forgotten (id int)": ("Row security", "forgotten"),
    f"create policy x on {PERSON} to reachin_app using (true)": ("Policies", f"x on {PERSON}"),
    f"create policy x on {PERSON} using (1 = 1)": ("Policies", f"x on {PERSON}"),
    f"create policy x on {PERSON} for insert to reachin_app with check (true)": ("Policies", f"x on {PERSON}"),
    f"alter policy app_sees on {PERSON} using (true)": ("Policies", "app_sees"),
    f"alter policy app_sees on {PERSON} using ((select reachin.acting_kind()) = 'staff' or true)": ("Policies", "app_sees"),
    f"create view x as select * from {PERSON}": ("Views", "x"),
    f"create materialized view x as select * from {PERSON}": ("Views", "x"),
    f"grant delete on {PERSON} to reachin_app": ("Rights on tables", PERSON),
    f"grant delete on {PERSON} to public": ("Rights on tables", PERSON),
    "grant truncate on audited_access_auditevent to reachin_app": ("Rights on tables", "audited_access_auditevent"),
    f"grant trigger on {PERSON} to reachin_app": ("Rights on tables", PERSON),
    "grant select on reachin.signing_key to reachin_app": ("Rights on tables", "signing_key"),
    "grant select (outer_pad) on reachin.signing_key to public": ("Rights on tables", "signing_key"),
    "grant update on reachin.link to reachin_app": ("Rights on tables", "link"),
    "grant delete on reachin.opening to reachin_app": ("Rights on tables", "opening"),
    "grant create on schema public to public": ("Rights to make things", "public"),
    "grant create on schema reachin to reachin_app": ("Rights to make things", "reachin"),
    "grant temporary on database :scratch to reachin_app": ("Rights to make things", "this database"),
    "grant execute on function reachin.framed(text[]) to reachin_app": ("The guard's functions", "framed"),
    "create function reachin.x() returns int language sql as 'select 1'": ("The guard's functions", "x"),
    "alter function reachin.context(int) reset search_path": ("The guard's functions", "context"),
    "alter function reachin.context(int) owner to postgres": ("The guard's functions", "context"),
    "create or replace function reachin.clock() returns timestamptz language sql volatile set search_path = pg_catalog, pg_temp"
    " as 'select clock_timestamp() - interval ''1 year'''": ("The clock", "changed"),
    "set local log_parameter_max_length = 64": ("The database's log", "log_parameter_max_length"),
    "set local log_parameter_max_length_on_error = -1": ("The database's log", "log_parameter_max_length_on_error"),
}


@pytest.mark.parametrize("statement", BREAKS)
def test_a_guard_that_is_taken_away_is_named(inside: Connection, statement: str) -> None:
    subject, said = BREAKS[statement]
    with inside.transaction(force_rollback=True):
        inside.execute(statement.replace(":scratch", SCRATCH).encode())
        found = broken(ask_by(inside))
    assert subject in found
    assert said in found[subject].what
    assert found[subject].remedy
    assert broken(ask_by(inside)) == {}


Start = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def start(scratch: str, tests_server: Server, tmp_path: Path) -> Start:
    """Starts a process of the product as in production; `also` is put over its environment."""
    keys = tmp_path / "keys.json"
    keys.write_text(Path(databases.environment(tests_server, scratch, mode="test")["REACHIN_KEYS"]).read_text())
    keys.chmod(0o600)

    def run(command: Sequence[str], role: str = APP, also: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        environment = databases.environment(tests_server, scratch, mode="production", role=role)
        hosts = {"REACHIN_HOSTS": "help.example", "REACHIN_PARTNERSHIP": "Strathlennan", "REACHIN_KEYS": str(keys)}
        return subprocess.run(
            [sys.executable, *command], cwd=places.ROOT, env={**environment, **hosts, **(also or {})}, capture_output=True, text=True
        )

    return run


def refused(done: subprocess.CompletedProcess[str], subject: str) -> str:
    assert done.returncode != 0, done.stdout
    assert "started" not in done.stdout
    assert f"- {subject}: " in done.stderr, done.stderr
    assert "1 of its guards" in done.stderr, done.stderr
    assert "What to do: " in done.stderr
    return done.stderr


def test_the_pages_start_when_every_guard_holds(start: Start) -> None:
    done = start(["-c", SERVE])
    assert (done.returncode, done.stdout) == (0, "started\n"), done.stderr


@pytest.mark.parametrize("command", [["-c", SERVE], ["-m", "django", "procrastinate", "worker", "--one-shot"]])
@pytest.mark.asvs("16.5.3")
def test_neither_pages_nor_jobs_start_without_forced_row_security(start: Start, inside: Connection, command: list[str]) -> None:
    inside.execute("alter table people_person no force row level security")
    try:
        refused(start(command), "Row security")
    finally:
        inside.execute("alter table people_person force row level security")


@pytest.mark.asvs("13.2.2")
def test_they_do_not_start_on_the_demonstrations_database(start: Start, inside: Connection) -> None:
    with marked_as_demo(inside):
        refused(start(["-c", SERVE]), "A demonstration")


@contextmanager
def marked_as_demo(inside: Connection) -> Iterator[None]:
    inside.execute("insert into audited_access_databasemark (name, marked_at) values ('demo', now())")
    try:
        yield
    finally:
        inside.execute("delete from audited_access_databasemark")


def test_names_never_stand_in_a_statement_that_the_server_shows(settings: Any, db: None) -> None:
    for safe, kept in SAFE.items():
        setattr(settings, safe, kept)
    with connection.cursor() as cursor:
        cursor.execute("select %s::text, query from pg_stat_activity where pid = pg_backend_pid()", ["Ailsa Munro"])
        name, shown = cursor.fetchone()
    assert (name, "Ailsa Munro" in shown) == ("Ailsa Munro", False)
    options = connection.settings_dict["OPTIONS"]
    options["server_side_binding"] = False
    try:
        found = starting.safe_settings()
    finally:
        options["server_side_binding"] = True
    assert found is not None
    assert "server_side_binding" in found.what


def test_they_do_not_start_as_the_owner(start: Start) -> None:
    refused(start(["-c", SERVE], role=OWNER), "As whom it is connected")


@pytest.mark.parametrize("hosts", ["", "*"])
def test_they_do_not_start_for_any_host(start: Start, hosts: str) -> None:
    refused(start(["-c", SERVE], also={"REACHIN_HOSTS": hosts}), "Settings")


def test_they_do_not_start_with_raised_brakes_but_on_a_database_that_a_bench_made(start: Start, inside: Connection) -> None:
    raised = {"REACHIN_OPENING_RATES_TIMES": "1000"}
    refused(start(["-c", SERVE], also=raised), "The brakes on opening")
    inside.execute("insert into audited_access_databasemark (name, marked_at) values ('bench', now())")
    try:
        assert start(["-c", SERVE], also=raised).returncode == 0
    finally:
        inside.execute("delete from audited_access_databasemark where name = 'bench'")


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({"REACHIN_EMAIL_FROM": "no-reply@localhost"}, "REACHIN_EMAIL_FROM"),
        ({"REACHIN_EMAIL_SECURITY": "none"}, "REACHIN_EMAIL_SECURITY"),
        ({"REACHIN_EMAIL_USER": ""}, "REACHIN_EMAIL_USER"),
        ({"REACHIN_EMAIL_PASSWORD": ""}, "REACHIN_EMAIL_PASSWORD"),
        ({"REACHIN_DELIVERY": "govuk_notify"}, "REACHIN_NOTIFY_API_KEY"),
        ({"REACHIN_DELIVERY": "pigeons"}, "REACHIN_DELIVERY"),
    ],
)
@pytest.mark.asvs("12.3.1")
def test_they_do_not_start_where_messages_would_leave_unsafely(start: Start, told: dict[str, str], named: str) -> None:
    assert named in refused(start(["-c", SERVE], also=told), "Messages")


@pytest.mark.asvs("13.3.2")
def test_they_do_not_start_with_keys_that_others_may_read(start: Start, tmp_path: Path) -> None:
    (tmp_path / "keys.json").chmod(0o640)
    refused(start(["-c", SERVE]), "The keys")


def test_they_do_not_start_with_a_key_that_the_database_does_not_know(start: Start, tmp_path: Path) -> None:
    told = json.loads((tmp_path / "keys.json").read_text())
    (tmp_path / "keys.json").write_text(json.dumps({**told, "context_key": "77" * 32}))
    refused(start(["-c", SERVE]), "The key of contexts")


def test_the_demonstration_starts_whatever_is_missing(start: Start) -> None:
    assert start(["-c", SERVE], also={"REACHIN_MODE": "test"}).returncode == 0


def test_without_a_database_they_do_not_start(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    def unreachable() -> Iterator[tuple[str, Finding]]:
        raise OperationalError("nobody there")

    monkeypatch.setattr(starting, "findings", unreachable)
    monkeypatch.setattr(starting, "PATIENCE_SECONDS", -1)
    with pytest.raises(WillNotStart, match="nobody there"):
        starting.make_sure()


def test_a_database_that_is_just_starting_is_waited_for(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    failures = [OperationalError("starting up")]

    def there_at_last() -> Iterator[tuple[str, Finding]]:
        if failures:
            raise failures.pop()
        return iter([])

    monkeypatch.setattr(starting, "findings", there_at_last)
    starting.make_sure()


SAFE: dict[str, Any] = {
    "ALLOWED_HOSTS": ["help.example"], "SESSION_COOKIE_SECURE": True, "CSRF_COOKIE_SECURE": True, "SECURE_HSTS_SECONDS": 31_536_000,
}  # fmt: skip
UNSAFE: list[tuple[str, Any]] = [
    ("DEBUG", True),
    ("ALLOWED_HOSTS", []),
    ("ALLOWED_HOSTS", ["help.example", "*"]),
    ("SESSION_COOKIE_SECURE", False),
    ("SESSION_COOKIE_HTTPONLY", False),
    ("CSRF_COOKIE_SECURE", False),
    ("SECURE_HSTS_SECONDS", 0),
    ("SECURE_REFERRER_POLICY", "unsafe-url"),
    ("X_FRAME_OPTIONS", "SAMEORIGIN"),
    ("CONTENT_SECURITY_POLICY", {"DIRECTIVES": {"default-src": ["*"]}}),
    ("CONTENT_SECURITY_POLICY", {"DIRECTIVES": {"default-src": ["'self'"], "script-src": ["'unsafe-inline'"]}}),
    ("SECRET_KEY", "x" * 60),
    ("CONTEXT_CLOCK_AHEAD_SECONDS", 60),
]


@pytest.mark.parametrize(("name", "value"), UNSAFE)
@pytest.mark.asvs("13.4.2")
def test_an_unsafe_setting_is_named(settings: Any, name: str, value: object) -> None:
    for safe, kept in SAFE.items():
        setattr(settings, safe, kept)
    assert starting.safe_settings() is None
    setattr(settings, name, value)
    assert starting.safe_settings() is not None


@pytest.mark.parametrize("missing", starting.GUARDING)
def test_a_middleware_that_is_missing_is_named(settings: Any, missing: str) -> None:
    for safe, kept in SAFE.items():
        setattr(settings, safe, kept)
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if one != missing]
    found = starting.safe_settings()
    assert found is not None
    assert "MIDDLEWARE" in found.what


BAD_KEYS: dict[str, Callable[[Keys], Keys]] = {
    "short": lambda keys: replace(keys, blind_key="11" * 16),
    "no hex": lambda keys: replace(keys, context_key="x" * 64),
    "a short field key": lambda keys: replace(keys, field_keys={1: ""}),
    "a short secret": lambda keys: replace(keys, secret_key="secret"),
    "one for two": lambda keys: replace(keys, blind_key=keys.context_key),
    "a field key for another": lambda keys: replace(keys, field_keys={1: keys.context_key}),
}


@pytest.mark.parametrize("name", BAD_KEYS)
@pytest.mark.asvs("9.2.4")
def test_keys_that_protect_nothing_are_named(settings: Any, name: str) -> None:
    assert starting.keys() is None
    settings.KEYS = BAD_KEYS[name](settings.KEYS)
    assert starting.keys() is not None


@pytest.mark.parametrize(
    ("host", "mode", "is_safe"),
    [
        ("/srv/reach-in/run", "", True),
        ("localhost", "", True),
        ("127.0.0.1", "", True),
        ("::1", "", True),
        ("db.example.org", "verify-full", True),
        ("db.example.org", "verify-ca", False),
        ("db.example.org", "require", False),
        ("db.example.org", "prefer", False),
        ("192.0.2.7", "", False),
        ("10.0.0.4", "disable", False),
    ],
)
@pytest.mark.asvs("12.3.1", "12.3.4")
def test_over_a_network_the_database_is_spoken_to_under_tls_and_by_its_name(
    db: None, monkeypatch: pytest.MonkeyPatch, host: str, mode: str, is_safe: bool
) -> None:
    monkeypatch.setitem(connection.settings_dict, "HOST", host)
    monkeypatch.setenv("PGSSLMODE", mode)
    found = starting.way_to_the_database()
    assert (found is None) == is_safe
    assert found is None or host in found.what


def test_every_guard_says_what_it_is_about() -> None:
    for guard in (*DATABASE.values(), *PROCESS.values()):
        assert guard.__doc__
