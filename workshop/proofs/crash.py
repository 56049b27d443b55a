"""kill -9 under load: families send, the hub decides, agencies answer, while database and pages are killed again and again.

A browser that lost its answer sends the same form again. Afterwards the database is searched: whatever was acknowledged (the browser was
led on) must be there, and everything once at most.
"""

import argparse
import asyncio
import contextlib
import ctypes
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial

from workshop import databases, places, served
from workshop.benches.seeded import fill
from workshop.crowd import BROKEN, Answer, Browser, NotThere, end
from workshop.local_postgres import LocalPostgres
from workshop.progress import Trouble, result, say, step
from workshop.proofs.crash_found import found_in
from workshop.proofs.crash_ledger import Ledger, doubled, lost, new_mark
from workshop.served import Served
from workshop.servers import Server, private, running
from workshop.staff_sessions import let_in
from workshop.visitors import TOO_LATE, Colleagues, Family, Gone, HubWorker, Receiver, Staff, Way

HELP = "kill -9 of database and pages under load: whatever was acknowledged is there, once"
ROUNDS, SMALL_ROUNDS = 20, 3
ENOUGH_EACH_ROUND = 51
"""How much has to be acknowledged between two kills for the proof to say anything: over 1,000 in all."""
DATABASE = "reachin_crash"
SEEDED = 1000
FAMILIES, HUB_WORKERS, RECEIVERS = 10, 6, 6
CALM_SECONDS = (1.5, 3.0)
LONGEST_CALM_SECONDS = 20.0
"""How long everybody works between two kills, and how long at most where the machine is slow."""
PAUSE_SECONDS = (0.02, 0.12)
AGAIN_SECONDS = (0.1, 0.4)
RECOVERY_SECONDS = 60.0
SPOKEN_OF = 20
KINDS = ("database", "pages", "both")
PR_SET_CHILD_SUBREAPER = 36


class Stuck(Exception):
    """A step was not answered for a minute, or not as it should be: this person begins anew."""


@dataclass(slots=True)
class PersistentWay:
    """The way of somebody who does not give up: what gets no answer, or an error of the server's, is sent again as it was."""

    browser: Browser
    ledger: Ledger
    luck: random.Random
    mark: str = ""

    async def get(self, step: str, address: str) -> Answer:
        answer = await self._until_answered(step, lambda: self.browser.get(address))
        if answer.status == TOO_LATE:
            raise Gone
        if answer.status != 200:
            self._did_not_expect(f"{step}: status {answer.status}")
        return answer

    async def post(self, step: str, address: str, fields: Collection[tuple[str, str]]) -> Answer:
        told = self.ledger.note(step, self.mark, fields)
        answer = await self._until_answered(step, lambda: self.browser.post(address, fields))
        told.is_acknowledged = answer.status in (302, 303)
        if not told.is_acknowledged and answer.status != TOO_LATE:
            self._did_not_expect(f"{step}: status {answer.status}")
        return answer

    async def think(self) -> None:
        await asyncio.sleep(self.luck.uniform(*PAUSE_SECONDS))

    async def _until_answered(self, step: str, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        deadline = time.monotonic() + RECOVERY_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(*BROKEN):
                answer = await ask()
                if answer.status < 500:
                    return answer
            self.ledger.unanswered[step] += 1
            await asyncio.sleep(self.luck.uniform(*AGAIN_SECONDS))
        return self._did_not_expect(f"{step}: no answer")

    def _did_not_expect(self, what: str) -> Answer:
        self.ledger.unexpected[what] += 1
        raise Stuck


@dataclass(slots=True)
class Load:
    """Everybody who works while things are killed; told to finish, they end what they have begun."""

    port: int
    staff: Staff
    ledger: Ledger = field(default_factory=Ledger)
    people: list["asyncio.Task[None]"] = field(default_factory=list)
    is_ending: bool = False

    async def begin(self) -> None:
        """Staff sign in, and everybody begins."""
        for rank in range(HUB_WORKERS):
            browser = await self._signed_in(self.staff.hub_workers, rank)
            self._add(partial(self._decide, browser, rank), rank)
        for rank in range(RECEIVERS):
            browser = await self._signed_in(self.staff.receivers, rank)
            self._add(partial(self._answer, browser, rank), 100 + rank)
        for number in range(FAMILIES):
            self._add(self._ask, 200 + number)

    async def finish(self) -> None:
        """Nobody begins anything new; whoever is amid something ends it, within a minute."""
        self.is_ending = True
        _done, going = await asyncio.wait(self.people, timeout=RECOVERY_SECONDS)
        self.ledger.unexpected["did not come to an end"] += len(going)
        await end(self.people)

    def _add(self, once: Callable[[random.Random], Awaitable[None]], number: int) -> None:
        self.people.append(asyncio.create_task(self._live(once, random.Random(number))))  # noqa: S311 not for secrets

    async def _live(self, once: Callable[[random.Random], Awaitable[None]], luck: random.Random) -> None:
        while not self.is_ending:
            try:
                await once(luck)
            except (Gone, NotThere, Stuck):
                await asyncio.sleep(luck.uniform(*AGAIN_SECONDS))

    async def _signed_in(self, known: Sequence[str], rank: int) -> Browser:
        browser = Browser(self.port, behind_tls=True)
        self.staff.sit_down(browser, known[rank % len(known)])
        return browser

    async def _ask(self, luck: random.Random) -> None:
        mark, browser = new_mark(), Browser(self.port, behind_tls=True)
        try:
            await Family(PersistentWay(browser, self.ledger, luck, mark), luck, words=mark).ask_for_help()
        finally:
            browser.leave()

    async def _decide(self, browser: Browser, rank: int, luck: random.Random) -> None:
        worker = HubWorker(self._way(browser, luck), luck, Colleagues(rank), words=new_mark)
        await (worker.help_one() if luck.random() < 0.7 else worker.talk_one_over())

    async def _answer(self, browser: Browser, rank: int, luck: random.Random) -> None:
        await Receiver(self._way(browser, luck), luck, Colleagues(rank, sharing=1), words=new_mark).answer_one()

    def _way(self, browser: Browser, luck: random.Random) -> Way:
        return PersistentWay(browser, self.ledger, luck)


def main(argv: Sequence[str]) -> int:
    """0 when nothing was lost or doubled, and enough was tried. JSON: rounds, acknowledged, lost, doubled, repeated, unexpected, failed."""
    line = argparse.ArgumentParser(prog="start.py proof crash", description=HELP)
    line.add_argument("--rounds", type=int, default=SMALL_ROUNDS if "--small" in argv else ROUNDS, help="how often something is killed")
    line.add_argument("--small", action="store_true", help="a few rounds only")
    rounds, began = line.parse_args(argv).rounds, time.monotonic()
    _adopt_orphans()
    with ExitStack() as held:
        server = held.enter_context(running(private(LocalPostgres(places.state() / "postgres-crash"))))
        _prepare(server)
        with step("Starting the pages"):
            pages = held.enter_context(served.served(server, DATABASE, name="crash"))
        ledger = asyncio.run(_kill_again_and_again(server, pages, rounds))
        with step("Reading everything back"):
            found = found_in(server, DATABASE)
    gone, twice = lost(ledger.told, found), doubled(ledger.told, found)
    for one in gone[:SPOKEN_OF]:
        say(f"Lost: {one.step} of {one.mark}")
    for mark in twice[:SPOKEN_OF]:
        say(f"Doubled: {mark}")
    failed = len(gone) + len(twice) + sum(ledger.unexpected.values())
    is_enough = ledger.acknowledged() >= ENOUGH_EACH_ROUND * rounds
    result(
        {
            "rounds": rounds,
            "acknowledged": ledger.acknowledged(),
            "lost": len(gone),
            "doubled": len(twice),
            "failed": failed,
            "acknowledged_by_step": Counter(one.step for one in ledger.told if one.is_acknowledged),
            "repeated": sum(times for what, times in ledger.unanswered.items() if what in {one.step for one in ledger.told}),
            "unexpected": {what: times for what, times in ledger.unexpected.items() if times},
            "seconds": round(time.monotonic() - began, 1),
        }
    )
    return 0 if is_enough and not failed else 1


def _prepare(server: Server) -> None:
    """A fresh database with some requests to decide on and some referrals to answer."""
    served.made_ready(server)
    with step("Preparing the database"):
        databases.drop(server, DATABASE)
        databases.prepare(server, DATABASE)
    fill(server, DATABASE, SEEDED)


def _adopt_orphans() -> None:
    """From now on the database server, which leaves its starter, is this process's child: so that we can reap it after a kill."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


async def _kill_again_and_again(server: Server, pages: Served, rounds: int) -> Ledger:
    load, luck = Load(pages.port, let_in(server, DATABASE)), random.Random(rounds)  # noqa: S311 not for secrets
    await load.begin()
    for number in range(rounds):
        await _work_on(load, luck)
        kind = KINDS[number % len(KINDS)]
        with step(f"Round {number + 1} of {rounds}: kill -9 of {kind}"):
            await asyncio.to_thread(_kill, kind, server, pages)
            await _until_somebody_is_answered(load, pages)
    await load.finish()
    return load.ledger


async def _work_on(load: Load, luck: random.Random) -> None:
    """Lets everybody work for a while, and until enough is acknowledged that could be lost."""
    before, longest = load.ledger.acknowledged(), time.monotonic() + LONGEST_CALM_SECONDS
    await asyncio.sleep(luck.uniform(*CALM_SECONDS))
    while load.ledger.acknowledged() < before + ENOUGH_EACH_ROUND and time.monotonic() < longest:
        await asyncio.sleep(luck.uniform(*PAUSE_SECONDS))


def _kill(kind: str, server: Server, pages: Served) -> None:
    """kill -9; the database is started again, as `run` does. The web server starts its workers itself."""
    workers = pages.workers() if kind in ("pages", "both") else []
    _kill_all(workers)
    if kind in ("database", "both"):
        assert server.postgres is not None
        main_process = server.postgres.pid()
        assert main_process is not None
        _kill_all([main_process, *served.children_of(main_process)])
        _reap(main_process)
        server.revive()


def _kill_all(pids: Sequence[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _reap(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


async def _until_somebody_is_answered(load: Load, pages: Served) -> None:
    """A web server that gave up after so many deaths is started again, as `run` does. Raises Trouble when nobody is answered."""
    before, deadline = load.ledger.acknowledged(), time.monotonic() + RECOVERY_SECONDS
    while load.ledger.acknowledged() == before:
        if pages.child.ended():
            pages.child.start()
        if time.monotonic() > deadline:
            raise Trouble("Nobody was answered for a minute after the last kill; the log of the pages says why.")
        await asyncio.sleep(0.05)
