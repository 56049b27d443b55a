"""The product as it is served in production, and every address of it as it answers, so that a requirement is asked of what runs."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.security.visiting import Answered, Browser, browser_of
from workshop import databases, served
from workshop.proofs import matrix, world
from workshop.servers import Connection, Server


@pytest.fixture(scope="session")
def production(tests_server: Server, admin: Connection) -> Iterator[served.Served]:
    """The pages in production mode on the tests' own database, by the web server that serves them for real.

    They start only on a database with the real clock: it has it while they start.
    """
    served.made_ready(tests_server)
    row = admin.execute("select pg_get_functiondef('reachin.clock()'::regprocedure)").fetchone()
    assert row is not None
    admin.execute(REAL_CLOCK)
    with ExitStack() as serving:
        try:
            pages = serving.enter_context(served.served(tests_server, os.environ["REACHIN_DB_NAME"], name="security"))
        finally:
            admin.execute(str(row[0]).encode())
        yield pages


REAL_CLOCK = """
create or replace function reachin.clock() returns timestamptz language sql volatile set search_path = pg_catalog, pg_temp
  as $$ select clock_timestamp() $$"""


@pytest.fixture
def visitor(production: served.Served, db: None) -> Browser:
    """Somebody who is not signed in, before the pages in production mode."""
    return Browser(production.port)


@pytest.fixture(scope="session")
def answers(production: served.Served, admin: Connection, django_db_blocker: Any) -> list[Answered]:
    """What every address answers in production to everybody of interest: one GET each, with the ids of a request and a referral."""
    with django_db_blocker.unblock():
        made = world.build()
        asked = [case for case in matrix.cases_of(made) if case.subject in ("", "request family's", "referral live")]
        found = [
            Answered(case.name, case.row, actor.name, browser.get(case.path))
            for actor in made.actors
            if actor.name in WHO
            for browser in [browser_of(production.port, actor.account, actor.scope)]
            for case in asked
        ]
    databases.wipe(admin)
    return found


WHO = ("anybody", "the family itself", "Morag Keir", "Ailsa Brock", "Fraser Weir", "Joan Pirie", "guardian at family-hub")
