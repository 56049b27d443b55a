"""A long random walk of everybody over every page: each record page shown left one committed trace, and each trace has its page."""

import argparse
import logging
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from uuid import UUID

from workshop import servers
from workshop.progress import result, say, step
from workshop.proofs import families
from workshop.proofs.families_facts import Facts
from workshop.proofs.matrix import Case, browser, cases_of, expect
from workshop.proofs.world import Actor, World, build, own_database
from workshop.servers import Connection

if TYPE_CHECKING:
    from django.test import Client

    from reachin.groundwork.audited_access.pages import Opens

HELP = "a long random walk of everybody over every page: pages shown and traces committed are one and the same"
ACTIONS, SMALL_ACTIONS = 10_000, 800
POSTS_ONE_IN = 6
SPOKEN_OF = 30
RECORDS = 0.5
FEW = 5_000
"""On fewer families than this a walk is short."""
MUST_BE_SHOWN = 0.25
"""The least share of actions that must show a record: a walk past closed doors proves nothing."""
WALKS_ON = ("sign_out", "hide", "throw_away", "withdraw", "close_draft", "leave", "end_")
"""Posts that would end the walk of whoever makes them."""
NOT_SHOWN = {400, 403, 404, 405, 410, 429}
DOORS = ("/sign-in/", "/come-back/")
NEW_ROWS = """
select nonce, kind, subject_id, actor_kind, user_id, agency_id, scope_id, role, purpose from reachin.opening
where not (nonce = any (%s)) and transaction >= %s::text::xid8 order by transaction
"""


@dataclass(frozen=True, slots=True)
class Trace:
    """What a row of the openings says: of what, by whom, for what."""

    kind: str
    subject: UUID
    actor: tuple[Any, ...]
    purpose: str


@dataclass(slots=True)
class Walk:
    """What was counted, and what did not reconcile in words. `first` keeps who saw each record page first."""

    actions: int = 0
    openings: int = 0
    rows: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)
    first: dict[str, tuple[Actor, Case]] = field(default_factory=dict)


def main(argv: list[str]) -> int:
    """Exit status 0 only when pages and rows are the same. JSON: actions, openings, rows, refused, without_call, failed."""
    told = argparse.ArgumentParser(prog="start.py proof openings", description=HELP)
    told.add_argument("--small", action="store_true", help=f"{SMALL_ACTIONS} actions instead of {ACTIONS:,}")
    families.add_options(told)
    asked = told.parse_args(argv)
    began, luck = time.monotonic(), random.Random(asked.seed)  # noqa: S311 not for secrets
    actions = SMALL_ACTIONS if asked.small or 0 < asked.families < FEW else ACTIONS
    walk = _many_families(asked, actions, luck) if asked.families else _small_world(actions, luck)
    if walk.openings < walk.actions * MUST_BE_SHOWN:
        walk.wrong.append("hardly a record was shown: the walk proves nothing")
    if walk.rows != walk.openings + walk.refused:
        walk.wrong.append(f"{walk.rows} rows, but {walk.openings} pages and {walk.refused} deliberate refusals")
    for words in walk.wrong[:SPOKEN_OF]:
        say(words)
    figures = {"actions": walk.actions, "openings": walk.openings, "rows": walk.rows, "refused": walk.refused}
    if asked.families:
        figures |= {"families": asked.families, "checks": walk.actions, "leaks": len(walk.wrong)}
    result({**figures, "without_call": len(walk.first), "failed": len(walk.wrong), "seconds": round(time.monotonic() - began, 1)})
    return 1 if walk.wrong else 0


def _small_world(actions: int, luck: random.Random) -> Walk:
    with own_database() as name, servers.for_tests().administer(name) as admin:
        world = build()
        walk = _walk(world, _Traces(admin), actions=actions, luck=luck)
        walk.wrong += _shown_without_the_call(world, walk.first)
    return walk


def _many_families(asked: argparse.Namespace, actions: int, luck: random.Random) -> Walk:
    from workshop.proofs.families_pages import Crawler, shown_without_the_call

    os.environ["REACHIN_OPENING_RATES_TIMES"] = "100000"  # everybody opens in minutes what they open in years
    with families.copied(asked.families, asked.seed) as name, servers.for_tests().administer(name) as admin:
        with step("Where everybody can go"):
            anywhere, record_pages = Crawler(Facts(admin), luck).ways()
        say(f"{actions:,} actions over {len(anywhere):,} ways, {len(record_pages):,} of them to a record")
        walk = walk_on(lambda: luck.choice(anywhere), record_pages, _Traces(admin), actions=actions, luck=luck)
        walk.wrong += shown_without_the_call(walk.first)
    return walk


class _Traces:
    """The committed rows that nobody has looked at yet."""

    def __init__(self, admin: Connection) -> None:
        self.admin = admin
        self._lately: list[UUID] = []
        self._since = "0"
        self.new()

    def new(self) -> list[Trace]:
        rows = self.admin.execute(NEW_ROWS, [self._lately, self._since]).fetchall()
        self._lately += [row[0] for row in rows]
        return [Trace(kind, subject, tuple(actor), purpose) for _, kind, subject, *actor, purpose in rows]

    def count(self) -> int:
        row = self.admin.execute("select count(*) from reachin.opening").fetchone()
        return int(row[0]) if row else 0


Step = tuple[Actor, Case]


def _walk(world: World, traces: _Traces, *, actions: int, luck: random.Random) -> Walk:
    """Everybody goes anywhere in a small world."""
    cases = [case for case in cases_of(world) if case.row.audience != "demo"]
    record_pages = [(actor, case) for case in cases if opens_of(case) for actor in world.actors if expect(world, actor, case) == "served"]
    say(f"{actions:,} actions of {len(world.actors)} people over {len(cases)} addresses, {len(record_pages)} ways to a record")
    return walk_on(lambda: (luck.choice(world.actors), luck.choice(cases)), record_pages, traces, actions=actions, luck=luck)


def walk_on(anywhere: Callable[[], Step], record_pages: Sequence[Step], traces: _Traces, *, actions: int, luck: random.Random) -> Walk:
    """Half the steps lead anywhere, half to a record page by somebody who should be let in, so that the walk is not all doors."""
    walk, before = Walk(), traces.count()
    clients: dict[str, Client] = {}
    for _ in range(actions):
        actor, case = luck.choice(record_pages) if luck.random() < RECORDS else anywhere()
        client = clients.get(actor.name) or browser(actor)
        clients[actor.name] = client
        is_post = luck.randrange(POSTS_ONE_IN) == 0 and not any(word in case.name for word in WALKS_ON)
        answer: Any = client.post(case.path) if is_post else client.get(case.path)
        walk.actions += 1
        words = f"{'post' if is_post else 'get'} {case.path} ({case.name}, {case.subject}) as {actor.name}: {answer.status_code}"
        _reconcile(walk, actor, case, opens_of(case), answer, traces.new(), words)
    walk.rows = traces.count() - before
    return walk


def opens_of(case: Case) -> "Opens | None":
    """What a page opens, by the mark on its view."""
    from django.urls import resolve

    opens: Opens | None = resolve(case.path.split("?")[0]).func.page_mark.opens  # type: ignore[attr-defined]
    return opens


def _reconcile(walk: Walk, actor: Actor, case: Case, opens: "Opens | None", answer: Any, rows: Sequence[Trace], words: str) -> None:
    """One page shown, one row that says so; nothing shown, no row, or one that led to a refusal of the view's own."""
    if answer.status_code >= 500:
        walk.wrong.append(f"{words}: broken")
    expected = None if opens is None else trace_of(actor, case, opens)
    if opens is None or not is_shown(answer):
        walk.refused += len(rows)
        if rows and (list(rows) != [expected] or not (300 <= answer.status_code < 500)):
            walk.wrong.append(f"{words}: {len(rows)} rows without a page")
        return
    walk.openings += 1
    walk.first.setdefault(case.name, (actor, case)) if answer.status_code == 200 else None
    if list(rows) != [expected]:
        walk.wrong.append(f"{words}: shown with {rows}, expected {expected}")


def is_shown(answer: Any) -> bool:
    """Whether a page was served, or a form was taken or shown again: not missing, not a wrong method, no door to come in by first."""
    leads_to = answer.headers.get("Location", "").split("?")[0]
    return answer.status_code not in NOT_SHOWN and answer.status_code < 500 and not leads_to.endswith(DOORS)


def trace_of(actor: Actor, case: Case, opens: "Opens") -> Trace:
    """The row that the opening of this page must leave."""
    from django.urls import resolve

    subject = actor.scope if opens.by is None else resolve(case.path).kwargs[opens.by]
    assert isinstance(subject, UUID) or subject is None
    account = actor.account
    whose = ("staff", account.id, account.agency_id, None, account.role) if account else ("family", None, None, actor.scope, "")
    return Trace(opens.kind, subject or UUID(int=0), whose, opens.purpose)


@contextmanager
def call_removed() -> Iterator[None]:
    """Pages are served as if their opening had been written, but nobody wrote it."""
    from uuid import uuid4

    from reachin.groundwork.audited_access import middleware
    from reachin.groundwork.audited_access.brakes import Opening

    with patch.object(middleware, "open_within_rates", lambda *told, **how: Opening(uuid4())):
        yield


def _shown_without_the_call(world: World, first: Mapping[str, tuple[Actor, Case]]) -> list[str]:
    """Each record page once more for whoever saw it, without its opening being written: it must be missing or empty."""
    found = []
    told_only = world.all_canaries() - set().union(*world.names.values())
    logging.disable(logging.CRITICAL)
    for actor, case in first.values():
        client = browser(actor)
        told = {word for word in told_only if word in client.get(case.path).content.decode()}
        with call_removed():
            answer: Any = client.get(case.path)
        seen = {word for word in told_only if word in answer.content.decode()}
        if seen:
            found.append(f"{case.path} as {actor.name} without its opening: {answer.status_code}, {len(seen)} of {len(told)} words")
    logging.disable(logging.NOTSET)
    return found
