"""What every test stands on: a real database, real commits, the application's own role, and an empty slate after each test.

Nothing is wrapped in a transaction that is rolled back: traces must be committed to be read, and context must end with its transaction.
Warnings are errors (pyproject.toml); an undefined template variable is an error (page_parts); in CI a skipped test is a failure.
"""

import os
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
import pytest
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import SimpleTestCase
from hypothesis import settings as hypothesis_settings

from workshop import databases, places, servers
from workshop.servers import APP, OWNER, Connection, Server

IN_CI = os.environ.get("CI_STRICT") == "1"
SERVER = servers.for_tests()
os.environ.update(databases.environment(SERVER, "not-cloned-yet", mode="test"))
django.setup()
# No test fails because a machine is busy.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {report.longrepr}"
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuses Django's own ways to a database: they would wrap the test in a transaction."""
    for item in items:
        is_django_case = issubclass(getattr(item, "cls", None) or object, SimpleTestCase)
        if is_django_case or item.get_closest_marker("django_db"):
            raise pytest.UsageError(f"{item.nodeid}: use the `db` fixture, not Django's marker or test cases")


@pytest.fixture(scope="session")
def tests_server() -> Iterator[Server]:
    """The tests' own PostgreSQL, running."""
    with servers.running(SERVER) as found:
        yield found


@pytest.fixture(scope="session")
def django_db_setup(tests_server: Server, django_db_blocker: Any) -> Iterator[None]:
    """One clone of the migrated template for this process; Django's connections lead there."""
    name = databases.clone(tests_server, os.environ.get("PYTEST_XDIST_WORKER", "alone"))
    os.environ["REACHIN_DB_NAME"] = name
    for alias in connections:
        connections[alias].settings_dict["NAME"] = name
    with django_db_blocker.unblock():
        assert_roles()
    yield
    with django_db_blocker.unblock():
        for used in connections.all():
            used.close()
            if isinstance(used, DatabaseWrapper):
                used.close_pool()
    databases.drop(tests_server, name)


def assert_roles() -> None:
    """The application's connection is the application's role, which row security binds; `owner` makes what tests need."""
    for alias, role in (("default", APP), ("owner", OWNER)):
        with connections[alias].cursor() as cursor:
            cursor.execute("select current_user")
            assert cursor.fetchone() == (role,)


@pytest.fixture(scope="session")
def admin(tests_server: Server, django_db_setup: None) -> Iterator[Connection]:
    """An administering connection to the test database: for the wipe, the clock, and looking past row security."""
    with tests_server.administer(os.environ["REACHIN_DB_NAME"]) as administering:
        administering.execute("set lock_timeout = '10s'")
        yield administering


@pytest.fixture
def db(admin: Connection, django_db_blocker: Any) -> Iterator[None]:
    """The database, by real commits as the application's role (alias `owner`: the owning role); wiped afterwards."""
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute("select current_user")
            assert cursor.fetchone() == (APP,)
        yield
        for used in connections.all(initialized_only=True):
            used.close()
    databases.wipe(admin)


@pytest.fixture
def transactional_db(db: None) -> None:
    """pytest-django's name for what `db` is here: so that live_server sees the same committed rows."""


@pytest.fixture
def time_is(db: None, admin: Connection, settings: Any) -> Callable[[datetime], None]:
    """Sets the clock of database and product to an aware moment, from which it runs on; the real time is back after the test."""

    def set_clock(moment: datetime) -> None:
        ahead = moment - datetime.now(UTC)
        admin.execute("delete from tests.clock")
        admin.execute("insert into tests.clock values (%s)", [ahead])
        settings.CONTEXT_CLOCK_AHEAD_SECONDS = round(ahead.total_seconds())

    return set_clock


@pytest.fixture(scope="session")
def outside_data() -> Callable[[str], Path]:
    """Gives a path below the folder of outside data (REACHIN_SHARED); skips the test by name where it is not there."""

    def find(path: str) -> Path:
        found = places.shared() / path
        if not found.exists():
            pytest.skip(f"needs outside data: {path} in {places.shared()}")
        return found

    return find
