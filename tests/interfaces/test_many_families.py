"""Many families, and pages that do not read them all: no page scans a table about people, and a list of many asks no more than one of few.

The families are those of the proofs, with their lives, in databases of this module's own.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from demo.filling import fill
from demo.partnership import load_partnership
from reachin.groundwork.clock import now
from tests.access_matrix import MATRIX
from workshop import databases
from workshop.proofs.families_facts import Facts
from workshop.proofs.families_filling import STAFF_SINCE, add_staff
from workshop.proofs.families_lives import live
from workshop.proofs.families_oracle import Reader
from workshop.proofs.families_pages import Crawler, accounts_by_id, actor_of, lists_for
from workshop.proofs.families_readers import readers
from workshop.proofs.matrix import Case, browser
from workshop.proofs.openings import opens_of
from workshop.proofs.world import let_go
from workshop.servers import Connection, Server

FEW, MANY, SEED = 200, 1_200, 1
LARGE = 200
"""A table of so many rows is not read whole for a page."""
A_PART = 10
"""A page that reads one row in so many of a table by scanning it does not find what it wants: it looks through everybody's."""
SCANNED = (
    "select t.relname, t.seq_tup_read, c.reltuples from pg_stat_user_tables t join pg_class c on c.oid = t.relid"
    " where c.relrowsecurity and c.reltuples > %s"
)
WHO = (
    "hub_worker Morag Keir at family-hub", "duty_worker Ailsa Brock at social-work", "practitioner Fraser Weir at portlennan-primary",
    "support_worker Joan Pirie at harbour-families", "service_manager Nora Lind at harbour-families",
    "information_guardian Iain Roy at family-hub", "data_officer Nora Lind at family-hub", "administrator Nora Lind at family-hub",
)  # fmt: skip
"""Somebody of each role that has pages about families."""
STAFF_ROOMS = ("practitioner:", "guardian:", "hub:")


@dataclass(frozen=True)
class Place:
    """A database of families: what is in it, and an administering connection to it."""

    facts: Facts
    admin: Connection
    crawler: Crawler

    def people(self) -> list[Reader]:
        """Those who look: staff of each role, and one family of each sort."""
        everybody = [reader for reader in readers(self.facts, Random(SEED)) if reader.kind in ("staff", "family")]  # noqa: S311 not for secrets
        families = {reader.name.split("(")[0]: reader for reader in everybody if reader.kind == "family"}
        return [*(reader for reader in everybody if reader.name in WHO), *families.values()]


@contextmanager
def filled(server: Server, count: int) -> Iterator[Place]:
    """A database of so many families, to which Django's connections lead meanwhile."""
    was = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    name = databases.clone(server, f"families_{count}")
    try:
        _lead_to(dict.fromkeys(was, name))
        present = now()
        partnership = load_partnership(since=present - STAFF_SINCE, now=present)
        add_staff(list(partnership.agencies.values()))
        fill(count, seed=SEED, using="owner", now=present)
        live(SEED, present)
        let_go()
        with server.administer(name) as admin:
            admin.execute("vacuum (analyze)")
            facts = Facts(admin)
            admin.execute("select pg_stat_force_next_flush()")
            yield Place(facts, admin, Crawler(facts, Random(SEED)))  # noqa: S311 not for secrets
    finally:
        _lead_to(was)
        databases.drop(server, name)


def _lead_to(names: Mapping[str, Any]) -> None:
    let_go()
    for alias, name in names.items():
        connections[alias].settings_dict["NAME"] = name


@pytest.fixture(scope="module")
def many(tests_server: Server, django_db_setup: None, django_db_blocker: Any) -> Iterator[Place]:
    with django_db_blocker.unblock(), override_settings(OPENING_RATES_TIMES=100_000), filled(tests_server, MANY) as place:
        yield place


def rows_scanned(place: Place) -> dict[str, tuple[int, float]]:
    """Of each large table about people: how many rows were read by scans of the whole table so far, and how many there are."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_force_next_flush()")
        cursor.execute("select")
    return {table: (read, rows) for table, read, rows in place.admin.execute(SCANNED, [LARGE]).fetchall()}


def records_of(place: Place, reader: Reader) -> Iterator[Case]:
    """One record page of each address that has something to show to this reader."""
    met = set()
    for case in place.crawler.records_for(reader):
        if case.name not in met and case.row.audience != "public" and opens_of(case) and place.crawler.opened(reader, case):
            met.add(case.name)
            yield case


def get(client: Client, case: Case) -> Any:
    answer: Any = client.get(case.path)
    assert answer.status_code < 500, case
    return answer


def test_no_page_looks_for_what_it_shows_among_everybody(many: Place) -> None:
    accounts, scans, served = accounts_by_id(), defaultdict[str, set[str]](set), set[str]()
    for reader in many.people():
        client = browser(actor_of(reader, accounts))
        before = rows_scanned(many)
        for case in [*(case for case in lists_for(reader) if case.row.audience != "public"), *records_of(many, reader)]:
            served |= {case.name} if get(client, case).status_code == 200 else set()
            after = rows_scanned(many)
            scans[case.name] |= {table for table, (read, rows) in after.items() if read - before[table][0] > rows / A_PART}
            before = after
    assert {page: tables for page, tables in scans.items() if tables} == {}
    assert len(served) >= 60, sorted(set(MATRIX) - served)


def statements_of(place: Place) -> dict[tuple[str, str], int]:
    """How many statements each list page takes for each member of staff."""
    accounts, counted = accounts_by_id(), dict[tuple[str, str], int]()
    for reader in place.people():
        client = browser(actor_of(reader, accounts))
        for case in lists_for(reader):
            if reader.kind == "staff" and case.name.startswith(STAFF_ROOMS):
                get(client, case)
                with CaptureQueriesContext(connection) as asked:
                    is_shown = get(client, case).status_code == 200
                counted |= {(case.name, reader.name): len(asked)} if is_shown else {}
    return counted


def test_a_list_of_many_asks_no_more_statements_than_one_of_few(many: Place, tests_server: Server) -> None:
    of_many = statements_of(many)
    with filled(tests_server, FEW) as few:
        of_few = statements_of(few)
    assert of_few == of_many
    assert len(of_few) > 90
