"""The oracle of many families agrees with the database, and a weakened guard makes them disagree."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest

from demo.filling import fill
from demo.generator import families
from demo.partnership import load_partnership
from reachin.groundwork.clock import now
from workshop.proofs.families_facts import COLUMNS, Facts
from workshop.proofs.families_filling import NAME_WORD, TOLD_WORD, add_staff, with_own_words
from workshop.proofs.families_lives import live
from workshop.proofs.families_oracle import Oracle, Reader
from workshop.proofs.families_pages import WORD, Numbers
from workshop.proofs.families_readers import PURPOSES, staff, subjects
from workshop.proofs.families_readers import families as looking_in
from workshop.proofs.families_rows import Found, tables_of, try_some
from workshop.servers import Connection

COUNT = 90
QUESTIONS = "select kind, question::oid::regproc::text from reachin.openable"
SHUT_OUT = "create or replace function reachin.shut_out(who uuid[], whose_agency uuid) returns boolean language sql as 'select false'"
WEAKENED = {
    "nobody is shut out": SHUT_OUT,
    "every purpose serves": "create or replace function reachin.serves(entered_for text, opened_for text) returns boolean language sql as"
    " 'select true'",
    "whoever says that they look first does": "create or replace function reachin.in_emergency(of_kind text, subject uuid) returns boolean"
    " language sql as 'select true'",
}
SEEN_BY_ALL = {table: f"alter policy app_sees on {table} using (true)" for table in COLUMNS}


@pytest.fixture
def facts(db: None, admin: Connection) -> Facts:
    present = now()
    partnership = load_partnership(since=present - timedelta(days=400), now=present)
    add_staff(list(partnership.agencies.values()))
    fill(COUNT, seed=2, using="owner", now=present, open_share=0.5, changed=with_own_words)
    live(2, present)
    return Facts(admin)


@pytest.fixture
def undone(admin: Connection) -> Iterator[Connection]:
    """Whatever is changed by this connection is taken back."""
    admin.execute("begin")
    yield admin
    admin.execute("rollback")


def somebody(facts: Facts) -> list[Reader]:
    """Staff at the doors, whoever looked first, and whoever has somebody shared with them alone."""
    looked = {row.account_id for row in facts.all("information_sharing_emergencyaccess")}
    alone = {row.account_id for row in facts.all("information_sharing_circleentry")}
    working = staff()
    at_the_doors = [
        reader for reader in working if reader.name.endswith((" Keir at family-hub", " Brock at social-work", " Imrie at family-hub"))
    ]
    return [*at_the_doors, *[one for one in working if one.user in looked][:2], *[one for one in working if one.user in alone][:2]]


def everybody(facts: Facts) -> list[Reader]:
    families_too = list(looking_in(facts, Random(1)))[::6]  # noqa: S311 not for secrets
    return [*somebody(facts), *families_too, Reader("anybody", "visitor"), Reader("the loop", "system", role="closed_loop")]


def answers(admin: Connection, oracle: Oracle) -> Found:
    """Every record tried by some staff."""
    found = Found()
    questions: dict[str, str] = dict(admin.execute(QUESTIONS).fetchall())
    for reader in somebody(oracle.facts):
        for kind, purposes in PURPOSES.items():
            for purpose in purposes:
                try_some(admin, oracle, reader, kind, questions[kind], purpose, subjects(oracle.facts, kind), found)
    return found


def seen_otherwise(admin: Connection, oracle: Oracle) -> set[str]:
    """Tables of which somebody sees other rows than the oracle says."""
    admin.execute("set local role reachin_app")
    wrong = set()
    for reader in everybody(oracle.facts):
        seen, expected = tables_of(admin, reader, None), oracle.sees(reader)
        wrong |= {table for table in COLUMNS if seen[table] != expected[table]}
    admin.execute("reset role")
    return wrong


def test_the_database_shows_what_the_oracle_says_and_opens_what_it_says(facts: Facts, undone: Connection) -> None:
    oracle = Oracle(facts)
    assert seen_otherwise(undone, oracle) == set()
    found = answers(undone, oracle)
    assert found.wrong == []
    assert found.checks > 1_000


def test_a_table_that_everybody_sees_is_noticed(facts: Facts, undone: Connection) -> None:
    for statement in SEEN_BY_ALL.values():
        undone.execute(statement.encode())
    filled = {table for table in COLUMNS if facts.all(table)}
    assert seen_otherwise(undone, Oracle(facts)) == filled


def test_a_weakened_question_is_noticed(facts: Facts, undone: Connection) -> None:
    unnoticed = []
    for name, statement in WEAKENED.items():
        undone.execute("savepoint before")
        undone.execute(statement.encode())
        unnoticed += [] if answers(undone, Oracle(facts)).wrong else [name]
        undone.execute("rollback to savepoint before")
    assert unnoticed == []


def test_every_family_says_its_own_word_and_no_other() -> None:
    for family in families(3, 50):
        told = {(kind, int(number)) for kind, number in WORD.findall(str(with_own_words(family).answers))}
        assert told == {(NAME_WORD, family.number), (TOLD_WORD, family.number)}


def test_a_family_is_found_by_any_of_its_rows(facts: Facts) -> None:
    numbers = Numbers(facts)
    named = {request: numbers.of_requests([request]) for request in subjects(facts, "request")}
    assert sorted(number for found in named.values() for number in found) == list(range(COUNT))
    people = [numbers.of_people(Oracle(facts).people_of(request)) for request in named]
    assert people == list(named.values())
