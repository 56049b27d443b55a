"""kill -9 of the database and of the web workers while families ask for help: what was acknowledged is there, and once."""

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Collection
from dataclasses import dataclass, field

from workshop import databases, places
from workshop.crowd import BROKEN, Answer, Browser, NotThere, end
from workshop.local_postgres import LocalPostgres
from workshop.progress import result, say
from workshop.served import NotServed, Served, children_of, made_ready, served
from workshop.servers import OWNER, Server, private, running
from workshop.visitors import Family

HELP = "kill -9 of database and web workers under load: acknowledged, lost, doubled"
DATABASE = "reachin_crash"
ROUNDS, SMALL_ROUNDS = 20, 3
AT_ONCE = 8
SECONDS_BETWEEN = (2.0, 3.5)
PATIENCE_SECONDS = 40.0
KILLED = ("database", "web workers", "both")


@dataclass(slots=True)
class Told:
    """What one family was told is kept: the steps that were acknowledged, in order. `words` stand in its story and its people's names."""

    words: str
    steps: list[str] = field(default_factory=list)
    has_seen_reference: bool = False


class Refused(Exception):
    """The product answered something that no crash explains."""


@dataclass(slots=True)
class StubbornWay:
    """One person who repeats what they did until it is answered, as one does: the same page, the same form."""

    browser: Browser
    told: Told
    repeated: list[str]

    async def get(self, step: str, address: str) -> Answer:
        return await self._until_answered(step, address, None)

    async def post(self, step: str, address: str, fields: Collection[tuple[str, str]]) -> Answer:
        answer = await self._until_answered(step, address, fields)
        self.told.steps.append(step)
        return answer

    async def think(self) -> None:
        await asyncio.sleep(0.01)

    async def _until_answered(self, step: str, address: str, fields: Collection[tuple[str, str]] | None) -> Answer:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                answer = await (self.browser.get(address) if fields is None else self.browser.post(address, fields))
            except BROKEN:
                answer = None
            if answer is not None and answer.status < 500:
                if answer.status not in ((200,) if fields is None else (302, 303)):
                    raise Refused(f"{step} {address}: {answer.status} {answer.leads_to}")
                return answer
            self.repeated.append(step)
            await asyncio.sleep(0.1)
        raise Refused(f"{step} {address}: no answer within {PATIENCE_SECONDS:.0f} s")


def main(argv: list[str]) -> int:
    """Exit status 0 only when nothing acknowledged was lost or doubled. JSON: rounds, acknowledged, lost, doubled, repeated, failed."""
    told = argparse.ArgumentParser(prog="start.py proof crash", description=HELP)
    told.add_argument("--rounds", type=int, default=ROUNDS)
    told.add_argument("--small", action="store_true", help=f"{SMALL_ROUNDS} rounds")
    given = told.parse_args(argv)
    rounds: int = SMALL_ROUNDS if given.small else given.rounds
    server = private(LocalPostgres(places.state() / "postgres-crash"))
    with running(server):
        databases.drop(server, DATABASE)
        databases.prepare(server, DATABASE)
        databases.django(server, DATABASE, [["load_demo"]], mode="test", role="reachin_app")
        made_ready(server)
        with served(server, DATABASE, name="crash-pages") as pages:
            walked = asyncio.run(_walk(server, pages, rounds))
        found = _look_up(server, walked.told)
        databases.drop(server, DATABASE)
    for words in (walked.refused + found["wrong"])[:10]:
        say(words)
    acknowledged = sum(len(one.steps) for one in walked.told)
    failed = found["lost"] + found["doubled"] + len(walked.refused) + (not given.small and rounds >= ROUNDS and acknowledged <= 1000)
    result(
        {
            "rounds": rounds,
            "acknowledged": acknowledged,
            "families_sent": sum(one.has_seen_reference for one in walked.told),
            "lost": found["lost"],
            "doubled": found["doubled"],
            "repeated": len(walked.repeated),
            "failed": failed,
        }
    )
    return 1 if failed else 0


@dataclass(slots=True)
class Walked:
    """What the crowd did: what each was told, which steps had to be repeated, and what no crash explains."""

    told: list[Told] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


async def _walk(server: Server, pages: Served, rounds: int) -> Walked:
    walked, luck = Walked(), random.Random(7)  # noqa: S311 for the same walk each time
    people = [asyncio.create_task(_families(pages.port, number, walked)) for number in range(AT_ONCE)]
    try:
        for number in range(rounds):
            await asyncio.sleep(luck.uniform(*SECONDS_BETWEEN))
            what = KILLED[number % len(KILLED)]
            say(f"round {number + 1} of {rounds}: killing {what}")
            await asyncio.to_thread(_kill, server, pages, what)
        await asyncio.sleep(SECONDS_BETWEEN[1])
    finally:
        await end(people)
    return walked


async def _families(port: int, number: int, walked: Walked) -> None:
    """One family after the other, each at a browser of its own."""
    luck = random.Random(number)  # noqa: S311 for the same families each time
    count = 0
    while True:
        told = Told(f"grebe{number:02d}{count:05d}")
        count += 1
        walked.told.append(told)
        way = StubbornWay(Browser(port, behind_tls=True), told, walked.repeated)
        try:
            await Family(way, luck, words=told.words).ask_for_help()
            told.has_seen_reference = True
        except (Refused, NotThere) as trouble:
            walked.refused.append(f"{told.words}: {trouble}")
        finally:
            way.browser.leave()


def _kill(server: Server, pages: Served, what: str) -> None:
    """kill -9, and up again: the database by its own start, the web workers by the server that respawns them."""
    postgres = server.postgres
    assert postgres is not None
    if what in ("web workers", "both"):
        _kill_all(pages.workers())
    if what in ("database", "both"):
        postmaster = postgres.pid()
        assert postmaster is not None
        _kill_all([postmaster, *children_of(postmaster)])
        postgres.start()
    _up_again(pages)


def _up_again(pages: Served) -> None:
    """The web server respawns its workers; when it gives up for so many deaths, it is started anew, as `run` and any supervisor does."""
    try:
        pages.wait()
    except NotServed:
        pages.child.start()
        pages.wait()


def _kill_all(pids: list[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _look_up(server: Server, told: list[Told]) -> dict[str, int | list[str]]:
    """What the database holds of what was acknowledged, read by a process of its own as the owner."""
    asked = json.dumps([{"words": one.words, "steps": one.steps, "sent": one.has_seen_reference} for one in told])
    done = subprocess.run(
        [str(places.PYTHON), "-m", "workshop.proofs.crash_looking"],
        cwd=places.ROOT,
        env=databases.environment(server, DATABASE, mode="test", role=OWNER),
        input=asked,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, int | list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found
