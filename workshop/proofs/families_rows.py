"""Every guarded table read as everybody, with something open and without, and every record tried: it must be what the oracle says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from psycopg import sql

from workshop import servers
from workshop.progress import say, step
from workshop.proofs.families_facts import COLUMNS, Facts, key_of
from workshop.proofs.families_oracle import REQUEST, Open, Oracle, Reader
from workshop.proofs.families_readers import PURPOSES, acting_as, near, readers, subjects
from workshop.servers import APP, Connection

BATCH = 2_000
"""How many records are tried in one statement: a context lasts a minute."""
TRIED = 60
"""How many records of a kind each reader tries for each purpose, beside the few who try them all."""
TRY_ALL = (
    "hub_worker Morag Keir at family-hub", "duty_worker Ailsa Brock at social-work", "practitioner Fraser Weir at portlennan-primary",
    "support_worker Leah Grant at womens-aid",
)  # fmt: skip
"""Who tries every single record, for the first purpose of its kind."""
OPENED, OPENED_OF_MANY, MANY = 500, 120, 5_000
"""How many records are opened in earnest, to read every table then; and how many where so many families make each reading long."""
GUARDED = "select relname from pg_class where relkind in ('r', 'p') and relrowsecurity and relnamespace = 'public'::regnamespace"
OPENABLE = "select kind, question::oid::regproc::text from reachin.openable"
TRACE = "select kind, subject_id, categories, people, purpose from reachin.opening where nonce = %s"
Trial = tuple[Reader, str, UUID, str]
"""Somebody, and the kind, key and purpose of what they try to open."""


@dataclass(slots=True)
class Found:
    """What was compared: single answers, those that showed too much, and those that were wrong in words."""

    checks: int = 0
    leaks: int = 0
    opened: int = 0
    wrong: list[str] = field(default_factory=list)

    def compare(self, words: str, seen: set[Any], expected: set[Any], of: int) -> None:
        """One set of rows out of so many: what is seen beyond what is expected has leaked."""
        self.checks += of
        self.leaks += len(seen - expected)
        if seen != expected:
            self.wrong.append(f"{words}: {len(seen - expected)} too many, {len(expected - seen)} missing, such as {_some(seen ^ expected)}")


def _some(rows: set[Any]) -> str:
    return ", ".join(sorted(map(str, rows))[:2])


def compare(database: str, *, seed: int) -> Found:
    """Compares everything in a database of families on which Django is set up."""
    server, luck, found = servers.for_tests(), Random(seed), Found()  # noqa: S311 not for secrets
    with server.administer(database) as owner, server.connect(APP, database) as app:
        with step("The facts, past every guard"):
            facts = Facts(owner)
        oracle, everybody = Oracle(facts), readers(facts, luck)
        _nothing_is_left_out(owner, oracle, found)
        with step(f"{len(everybody)} people read {len(COLUMNS)} tables"):
            for reader in everybody:
                _read_all(app, oracle, reader, None, None, found)
        with step("What may be opened"):
            _try_records(owner, oracle, everybody, luck, found)
        with step("What is open is read"):
            for trial in _to_open(oracle, everybody, luck):
                _open_and_read(owner, app, oracle, trial, found)
    say(f"{found.checks:,} answers compared, {found.opened:,} records opened")
    return found


def _nothing_is_left_out(owner: Connection, oracle: Oracle, found: Found) -> None:
    """Every guarded table and every kind of record has to be known here: what is new has to be said first."""
    tables = {name for (name,) in owner.execute(GUARDED).fetchall()}
    kinds = {kind for kind, _ in owner.execute(OPENABLE).fetchall()}
    found.compare("tables that the oracle knows", tables, set(COLUMNS), len(COLUMNS))
    found.compare("kinds of record that the oracle knows", kinds, set(oracle.kinds), len(oracle.kinds))
    if set(PURPOSES) != set(oracle.kinds):
        found.wrong.append("kinds of record for which nobody says why they are opened")


def _read_all(app: Connection, oracle: Oracle, reader: Reader, nonce: UUID | None, now_open: Open | None, found: Found) -> None:
    expected = oracle.sees(reader, now_open)
    seen = tables_of(app, reader, nonce)
    for table in COLUMNS:
        with_open = f" with {now_open.kind} {now_open.subject} open" if now_open else ""
        found.compare(f"{table} as {reader.name}{with_open}", seen[table], expected[table], len(oracle.facts.all(table)))


def tables_of(app: Connection, reader: Reader, nonce: UUID | None) -> dict[str, set[UUID]]:
    """The keys of all rows of every guarded table, as the application's role reads them in this reader's signed context."""
    from reachin.groundwork.audited_access.context import signed

    seen = {}
    for table in COLUMNS:
        with app.transaction():
            app.execute("select set_config('reachin.context', %s, true)", [signed(acting_as(reader), nonce)])
            statement = sql.SQL("select {} from {}").format(sql.Identifier(key_of(table)), sql.Identifier(table))
            seen[table] = {key for (key,) in app.execute(statement, binary=True).fetchall()}
    return seen


def _try_records(owner: Connection, oracle: Oracle, everybody: Sequence[Reader], luck: Random, found: Found) -> None:
    """Whether a record may be opened, how far, and whose names come with it: asked of the guard's own questions."""
    questions: Mapping[str, str] = dict(owner.execute(OPENABLE).fetchall())
    if not {reader.name for reader in everybody}.issuperset(TRY_ALL):
        found.wrong.append("somebody who was to try every record is not there")
    for reader in everybody:
        for kind, purposes in PURPOSES.items():
            of_kind = subjects(oracle.facts, kind)
            for purpose in purposes:
                is_whole = reader.name in TRY_ALL and purpose == purposes[0]
                some = of_kind if is_whole else _chosen(oracle.facts, reader, (kind, purpose), of_kind, luck)
                try_some(owner, oracle, reader, kind, questions[kind], purpose, some, found)


def _chosen(facts: Facts, reader: Reader, what: tuple[str, str], of_kind: Sequence[UUID], luck: Random) -> list[UUID]:
    """Half of them near the reader, half anybody's, of a kind and for a purpose."""
    around = near(facts, reader, *what)
    return luck.sample(around, min(TRIED // 2, len(around))) + luck.sample(of_kind, min(TRIED // 2, len(of_kind)))


def try_some(
    owner: Connection,
    oracle: Oracle,
    reader: Reader,
    kind: str,
    question: str,
    purpose: str,
    chosen: Sequence[UUID],
    found: Found,
) -> None:
    from reachin.groundwork.audited_access.context import signed

    statement = f"select s, p.categories, p.people from unnest(%s::uuid[]) s cross join lateral {question}(s, %s) p"
    for start in range(0, len(chosen), BATCH):
        some = chosen[start : start + BATCH]
        with owner.transaction():
            owner.execute("select set_config('reachin.context', %s, true)", [signed(acting_as(reader))])
            rows = owner.execute(statement.encode(), [list(some), purpose], binary=True).fetchall()
        given = {(key, frozenset(kinds), frozenset(people or ())) for key, kinds, people in rows if kinds is not None}
        opened = (oracle.opens(reader, kind, key, purpose) for key in some)
        expected = {(one.subject, one.categories, one.people) for one in opened if one is not None}
        found.compare(f"{kind} opened for {purpose} as {reader.name}", given, expected, len(some))


def _open_and_read(owner: Connection, app: Connection, oracle: Oracle, trial: Trial, found: Found) -> None:
    """A record is opened as the product opens it, and then every table is read."""
    from reachin.groundwork.audited_access.context import signed

    reader, kind, subject, purpose = trial
    expected = oracle.opens(*trial)
    row = app.execute("select reachin.open(%s, %s, %s, %s, '')", [signed(acting_as(reader)), kind, subject, purpose]).fetchone()
    nonce = row[0] if row else None
    found.checks += 1
    if (nonce is None) != (expected is None):
        found.leaks += nonce is not None
        found.wrong.append(f"{kind} {subject} for {purpose} as {reader.name}: {'not ' if nonce is None else ''}opened")
    if nonce is None or expected is None:
        return
    found.opened += 1
    trace = owner.execute(TRACE, [nonce]).fetchone()
    assert trace is not None
    written = (trace[0], trace[1], frozenset(trace[2]), frozenset(trace[3]), trace[4])
    found.compare("the trace", {written}, {(kind, subject, expected.categories, expected.people, purpose)}, 1)
    _read_all(app, oracle, reader, nonce, expected, found)


def _to_open(oracle: Oracle, everybody: Sequence[Reader], luck: Random) -> list[Trial]:
    """So many records with those who open them, for every kind, purpose and reader that there is; a fifth of them may not be."""
    may: list[Trial] = []
    may_not: list[Trial] = []
    for reader in everybody:
        for kind, purposes in PURPOSES.items():
            for purpose in purposes:
                around = near(oracle.facts, reader, kind, purpose)
                trials = [(reader, kind, key, purpose) for key in luck.sample(around, min(TRIED, len(around)))]
                may += [trial for trial in trials if oracle.opens(*trial)][:2]
                may_not += [trial for trial in trials if not oracle.opens(*trial)][:1]
    most = OPENED if len(oracle.facts.all(REQUEST)) < MANY else OPENED_OF_MANY
    return luck.sample(may, min(most * 4 // 5, len(may))) + luck.sample(may_not, min(most // 5, len(may_not)))
