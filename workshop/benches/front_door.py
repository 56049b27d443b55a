"""The front door under load: many people on their way through the whole journey, on a database of years.

A crowd in this process meets pages that are served as `run` serves them, in processes of their own. Families ask from the first page to
their status, hub workers go from the queue to a referral, people at agencies from their inbox to an answer.
"""

import argparse
import asyncio
import gc
import json
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from workshop import served
from workshop.benches import seeded
from workshop.benches.crowds import Crowd
from workshop.crowd import Browser, Sample, figures, percentile, rate_of
from workshop.progress import Trouble, result, say, step
from workshop.servers import Server, for_keeps, running
from workshop.staff_sessions import let_in
from workshop.visitors import QUEUE, REQUESTS, Staff, ids_in

HELP = "the front door under load: 400 people at once on 200,000 requests, and how many more it bears"
AT_MOST = {"p95_ms": 100.0, "failed_share": 0.01, "growth": 1.3}
"""p95_ms and failed_share stay below; growth may reach its bound."""
AT_LEAST = {"users_at_200ms": 1000.0, "queue_vs_raw_sql": 0.4}
SLOW_MS = 200.0
CLIMB_BY = 200
CLIMB_TO = 3000
MOST_FAILED = 0.01
ROUNDS = 3
AT_ONCE = 4
"""How many browsers ask for the same page without a pause, when its rate is measured."""
JOIN_EACH_SECOND = 10
LATE_MS = 50.0
SMALL = {"requests": 8_000, "users": 40, "seconds": 10.0}
LARGE_TABLES = "select relname, seq_tup_read from pg_stat_user_tables where n_live_tup > 1000"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much is measured: requests in the database, people at once, seconds, whether to look for the limit."""

    requests: int
    users: int
    seconds: float
    climbs: bool

    @property
    def short_seconds(self) -> float:
        """How long each of the many shorter measurements lasts."""
        return self.seconds / 3

    @property
    def settling_seconds(self) -> float:
        """How long everybody goes on after a pause before anything is measured."""
        return min(10.0, self.seconds / 4)


@dataclass(slots=True)
class Stage:
    """What is served and by whom it is met: the product on the large and on a small database, and the bare handler."""

    server: Server
    database: str
    large: served.Served
    small: served.Served
    raw: served.Served
    staff: Staff
    staff_of_small: Staff
    found: dict[str, Any] = field(default_factory=dict)


def main(argv: Sequence[str]) -> int:
    """0 when every threshold holds (with --report: when nothing went wrong). Raises Trouble when it cannot be measured."""
    told = _read(argv)
    wanted = Wanted(told.requests, told.users, told.seconds, not told.no_climb)
    with ExitStack() as held:
        stage = _set_up(wanted, held)
        asyncio.run(_measure(stage, wanted))
    missed = misses(stage.found)
    result({**stage.found, "missed": missed})
    for name in missed:
        say(f"{name} is {stage.found[name]}: it has to be {_bound(name)}.")
    return 0 if told.report or not missed else 1


def _read(argv: Sequence[str]) -> argparse.Namespace:
    line = argparse.ArgumentParser(prog="start.py bench front-door", description=HELP)
    line.add_argument("--requests", type=int, default=200_000, help="how many invented requests the database holds")
    line.add_argument("--users", type=int, default=400, help="how many people are there at once")
    line.add_argument("--seconds", type=float, default=60.0, help="how long the main measurement lasts")
    line.add_argument("--no-climb", action="store_true", help="do not look for the number of people at which it becomes slow")
    line.add_argument("--small", action="store_true", help="a short run with few people and requests")
    line.add_argument("--report", action="store_true", help="only errors fail, not thresholds")
    if "--small" in argv:
        line.set_defaults(**SMALL, no_climb=True)
    return line.parse_args(argv)


def misses(found: Mapping[str, Any]) -> list[str]:
    """The measures that do not hold; one that was not measured (the climb of a short run) is not judged."""
    above = [name for name, most in AT_MOST.items() if found[name] > most or (found[name] == most and name != "growth")]
    return above + [name for name, least in AT_LEAST.items() if found[name] is not None and found[name] < least]


def _bound(name: str) -> str:
    return f"at most {AT_MOST[name]}" if name in AT_MOST else f"at least {AT_LEAST[name]}"


def _set_up(wanted: Wanted, held: ExitStack) -> Stage:
    server = held.enter_context(running(for_keeps()))
    served.made_ready(server)
    database = seeded.ensure(server, wanted.requests, waiting=wanted.users)
    smaller = seeded.ensure(server, max(1, wanted.requests // 10), waiting=wanted.users)
    with step("Starting the pages"):
        staff, staff_of_small = let_in(server, database), let_in(server, smaller)
        large = held.enter_context(served.served(server, database, name="bench"))
        small = held.enter_context(served.served(server, smaller, name="bench-small"))
        raw = held.enter_context(served.served(server, database, name="bench-raw", application="workshop.benches.raw_queue:application"))
    return Stage(server, database, large, small, raw, staff, staff_of_small)


async def _measure(stage: Stage, wanted: Wanted) -> None:
    """Measures everything into `stage.found`."""
    gc.collect()
    gc.freeze()
    stage.found |= {"requests_stored": wanted.requests, "users": wanted.users, "seconds": wanted.seconds}
    stage.found |= await _queue_vs_raw(stage, wanted)
    crowd, others = Crowd(stage.large.port, stage.staff), Crowd(stage.small.port, stage.staff_of_small)
    try:
        stage.found |= await _main_measure(stage, crowd, wanted)
        stage.found |= await _growth(crowd, others, wanted)
        await others.go_home()
        crowd.go_on()
        stage.found |= await _climb(crowd, wanted) if wanted.climbs else {"users_at_200ms": None, "climb": []}
    finally:
        await others.go_home()
        await crowd.go_home()


async def _queue_vs_raw(stage: Stage, wanted: Wanted) -> dict[str, Any]:
    """The rate of the queue page against that of the bare handler, in turn, each by the median of its rounds."""
    pages = [Browser(stage.large.port, behind_tls=True) for _ in range(AT_ONCE)]
    bare = [Browser(stage.raw.port) for _ in range(AT_ONCE)]
    for browser in pages:
        stage.staff.sit_down(browser, stage.staff.hub_workers[0])
    await _check_that_both_show_the_same(pages[0], bare[0])
    rates: dict[str, list[float]] = {"page": [], "raw": []}
    with step("The queue page against the same rows by prepared SQL"):
        for number in range(ROUNDS + 1):
            for name, browsers, address in (("page", pages, QUEUE), ("raw", bare, "/")):
                rate = await rate_of(browsers, address, min(5.0, wanted.seconds / 5))
                rates[name] += [rate] if number else []  # the first round warms up
    for browser in pages + bare:
        browser.leave()
    page, raw = median(rates["page"]), median(rates["raw"])
    return {"queue_per_second": round(page, 1), "raw_sql_per_second": round(raw, 1), "queue_vs_raw_sql": round(page / raw, 3)}


async def _check_that_both_show_the_same(page: Browser, bare: Browser) -> None:
    """Raises Trouble unless the bare handler gives the rows of the page, in the same order."""
    shown = ids_in((await page.get(QUEUE)).page, REQUESTS)
    given = [row[0] for row in json.loads((await bare.get("/")).raw)]
    if not shown or shown != given[: len(shown)]:
        raise Trouble("The queue page and the bare handler do not show the same requests: their rates cannot be compared.")


async def _main_measure(stage: Stage, crowd: Crowd, wanted: Wanted) -> dict[str, Any]:
    """What the people wait for their pages, and what that costs."""
    with step(f"{wanted.users} people come"):
        await crowd.gather(wanted.users, within=wanted.users / JOIN_EACH_SECOND)
        await asyncio.sleep(wanted.settling_seconds)
    read_before, before = _rows_read_one_by_one(stage), _cpu(stage)
    with step(f"{wanted.users} people on their way"):
        samples = await crowd.measure(wanted.seconds)
    cpu = {who: round((after - before[who]) / wanted.seconds, 3) for who, after in _cpu(stage).items()}
    late = percentile(crowd.watch.lateness, 0.99)
    if late > LATE_MS:
        say(f"The crowd itself was late ({late:.0f} ms): this machine is too busy for figures that can be trusted.")
    read = {table: rows - read_before.get(table, 0) for table, rows in _rows_read_one_by_one(stage).items()}
    scans = {table: rows for table, rows in read.items() if rows}
    return {**figures(samples, wanted.seconds), "users_late_p99_ms": round(late, 1), "cores_used": cpu, "rows_read_in_scans": scans}


def _cpu(stage: Stage) -> dict[str, float]:
    """The CPU seconds that the pages, the database and this crowd have used."""
    postgres = stage.server.postgres
    main_process = None if postgres is None else postgres.pid()
    database = [] if main_process is None else [main_process, *served.children_of(main_process)]
    return {
        "pages": served.seconds_of_cpu(stage.large.processes()),
        "database": served.seconds_of_cpu(database),
        "crowd": time.process_time(),
    }


def _rows_read_one_by_one(stage: Stage) -> dict[str, int]:
    """How many rows of each large table were read by scans of the whole table, so far: a page that needs one does not stay quick."""
    with stage.server.administer(stage.database) as inside:
        return {str(table): int(rows) for table, rows in inside.execute(LARGE_TABLES).fetchall()}


async def _growth(crowd: Crowd, others: Crowd, wanted: Wanted) -> dict[str, Any]:
    """How much slower it is on ten times as many requests: the median of the ratios of p95, both measured in turn."""
    with step("The same people at a database of a tenth"):
        crowd.rest()
        await others.gather(wanted.users, within=wanted.users / JOIN_EACH_SECOND)
    ratios = []
    with step("Both in turn"):
        for _round in range(ROUNDS):
            small = await _in_turn(others, crowd, wanted)
            large = await _in_turn(crowd, others, wanted)
            ratios.append(large / small if small else float("inf"))
    return {"growth": round(median(ratios), 3), "growth_rounds": [round(ratio, 3) for ratio in ratios]}


async def _in_turn(crowd: Crowd, others: Crowd, wanted: Wanted) -> float:
    others.rest()
    crowd.go_on()
    await asyncio.sleep(wanted.settling_seconds)
    return p95(await crowd.measure(wanted.short_seconds))


def p95(samples: Sequence[Sample]) -> float:
    """The p95 (ms) of the requests that went well."""
    return percentile([sample.ms for sample in samples if not sample.wrong], 0.95)


async def _climb(crowd: Crowd, wanted: Wanted) -> dict[str, Any]:
    """More and more people come, until the slowest twentieth of the requests take 200 ms or too many fail."""
    climb: list[tuple[int, float]] = []
    for users in range(wanted.users + CLIMB_BY, CLIMB_TO + 1, CLIMB_BY):
        with step(f"{users} people"):
            await crowd.gather(users, within=CLIMB_BY / JOIN_EACH_SECOND)
            await asyncio.sleep(wanted.settling_seconds)
            samples = await crowd.measure(wanted.short_seconds)
        failed = sum(bool(sample.wrong) for sample in samples) / max(1, len(samples))
        climb.append((users, round(p95(samples), 1) if failed < MOST_FAILED else float("inf")))
        say(f"  p95 {climb[-1][1]} ms, {len(samples) / wanted.short_seconds:.0f} requests a second")
        if climb[-1][1] >= SLOW_MS:
            break
    return {"users_at_200ms": users_at(SLOW_MS, climb, below=wanted.users), "climb": climb}


def users_at(slow_ms: float, climb: Sequence[tuple[int, float]], *, below: int) -> int:
    """How many people there can be before p95 reaches this many milliseconds, between the last step below and the first above.

    `below` is how many were there before the first step. A climb that never reaches it gives its last step.
    """
    users_before, ms_before = below, 0.0
    for users, ms in climb:
        if ms >= slow_ms:
            share = (slow_ms - ms_before) / (ms - ms_before) if ms != float("inf") else 0.0
            return int(users_before + share * (users - users_before))
        users_before, ms_before = users, ms
    return users_before
