"""Databases are prepared once, cloned and wiped alike on the private server and on one that somebody else runs."""

import json
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from workshop import databases, doctor, places, servers
from workshop.databases import CommandFailed
from workshop.servers import APP, OWNER, Server

NAME = f"{databases._prefix('test')}{os.getpid()}_prepared"


@pytest.fixture(scope="module")
def outside_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state folder of a fresh installation that uses somebody else's server."""
    return tmp_path_factory.mktemp("outside") / "state"


@pytest.fixture(scope="module")
def external_server(external_url: str, outside_state: Path) -> Server:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REACHIN_STATE", str(outside_state))
        patch.setenv("DATABASE_URL", external_url)
        return servers.for_keeps()


@pytest.fixture(scope="module", params=["private", "external"])
def found(request: pytest.FixtureRequest, tests_server: Server) -> Iterator[Server]:
    """A server of each kind, on which the database NAME was prepared."""
    server: Server = tests_server if request.param == "private" else request.getfixturevalue("external_server")
    assert databases.prepare(server, NAME)
    yield server
    databases.drop(server, NAME)


def test_prepared_once_then_nothing_to_do(found: Server) -> None:
    assert not databases.prepare(found, NAME)
    with found.administer(NAME) as admin:
        assert doctor.application_role(admin) is None
        assert doctor.unguarded_tables(admin) == []
        assert doctor.clock(admin) is None
        assert admin.execute("select count(*) from reachin.signing_key").fetchone() == (1,)


def test_a_database_of_somebody_elses_making_is_never_made_a_demonstration(tests_server: Server) -> None:
    name = f"{NAME}_real"
    with tests_server.administer() as admin:
        admin.execute(f"create database {name}".encode())
    try:
        with tests_server.administer(name) as inside:
            inside.execute("create table django_migrations (id int)")
        with pytest.raises(CommandFailed, match="was not made by"):
            databases.prepare(tests_server, name, demo=True)
        with tests_server.administer(name) as inside:
            assert inside.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone() == (1,)
    finally:
        databases.drop(tests_server, name)


def test_our_roles_sign_in_and_the_application_owns_nothing(found: Server) -> None:
    for role in (APP, OWNER):
        with found.connect(role, NAME) as connection:
            assert connection.execute("select current_user").fetchone() == (role,)
    with found.connect(APP, NAME) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("create table mine (id int)")
    with found.connect(APP, NAME) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("select * from reachin.signing_key")


def test_new_keys_would_be_installed(found: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REACHIN_STATE", str(tmp_path / "another"))
    with found.administer() as admin:
        assert databases.mark(admin, NAME).prepared != databases.fingerprint()


def test_a_clone_is_wiped_back_to_what_migrations_left(found: Server) -> None:
    name = databases.clone(found, "wiped")
    try:
        with found.administer(name) as admin:
            before = counts(admin)
            admin.execute("insert into django_session values ('key', 'data', now())")
            admin.execute("delete from reachin.signing_key")
            databases.wipe(admin)
            assert counts(admin) == before
    finally:
        databases.drop(found, name)


def counts(admin: servers.Connection) -> dict[str, int]:
    tables = admin.execute(
        "select oid::regclass::text from pg_class where relkind = 'r' and relnamespace::regnamespace::text in ('public', 'reachin')"
    )
    return {table: admin.execute(f"select count(*) from {table}".encode()).fetchall()[0][0] for (table,) in tables.fetchall()}


@pytest.mark.asvs("13.2.1")
def test_a_stranger_without_our_password_is_refused(external_server: Server) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        Server(external_server.login, {APP: "a guess"}).connect(APP, "postgres")


@pytest.mark.asvs("13.3.2")
def test_passwords_are_kept_in_a_private_file(
    external_server: Server, external_url: str, outside_state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = outside_state / "database-passwords.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert set(json.loads(path.read_text()).popitem()[1]) == {APP, OWNER}
    monkeypatch.setenv("REACHIN_STATE", str(outside_state))
    assert servers.external(external_url).passwords == external_server.passwords


@pytest.mark.asvs("13.3.2")
def test_the_products_processes_never_see_the_administering_login(
    external_server: Server, external_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", external_url)
    environment = databases.environment(external_server, NAME, mode="demo")
    assert "DATABASE_URL" not in environment
    assert not any("an%20administering%20password" in value or "an administering password" in value for value in environment.values())
    assert environment["REACHIN_DB_PASSWORD"] == external_server.passwords[APP]
    assert "REACHIN_DB_OWNER_PASSWORD" not in environment


def test_a_foreign_comment_on_a_database_is_no_mark(tests_server: Server) -> None:
    name = f"{NAME}_comment"
    with tests_server.administer() as admin:
        admin.execute(f"create database {name}".encode())
        admin.execute(f"comment on database {name} is 'somebody''s own words'".encode())
        assert databases.mark(admin, name) == databases.Mark()
        databases.set_mark(admin, name, databases.Mark("abc", demo_loaded=True))
        assert databases.mark(admin, name) == databases.Mark("abc", demo_loaded=True)
        databases.drop(tests_server, name)


def test_the_fingerprint_follows_what_databases_are_made_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, checkout_copy: Callable[[], Path]
) -> None:
    before = databases.fingerprint()
    monkeypatch.setattr(places, "ROOT", checkout_copy())
    assert databases.fingerprint() == before
    (places.ROOT / "reachin" / "groundwork" / "audited_access" / "sql" / "guard.sql").write_text("-- changed")
    assert databases.fingerprint() != before


@pytest.fixture
def checkout_copy(tmp_path: Path) -> Callable[[], Path]:
    def copy() -> Path:
        there = tmp_path / "copy"
        for pattern in databases.MADE_FROM:
            for path in places.ROOT.glob(pattern):
                target = there / path.relative_to(places.ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
        return there

    return copy
