"""What guarding costs: a record's page with all its guards against its open twin, and against itself on a tenth of the families.

The twin has its own database, a copy with row security off, and its own WSGI application; both show the same pages of the same rows.
What is compared is CPU time, of the pages and of their database's own processes together, so that others at this machine matter little.
"""

import argparse
import asyncio
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import median
from threading import Thread
from typing import Any
from uuid import UUID

from psycopg import sql

from workshop import databases, served
from workshop.benches import seeded
from workshop.crowd import HOST, Browser
from workshop.progress import Trouble, result, say, step
from workshop.servers import APP, Connection, Server, for_keeps, running

HELP = "what the guards cost: a record's page against its open twin, openings a second, and at ten times the families"
AT_MOST = {"guarded_vs_open": 1.5, "growth": 1.3}
SMALL = {"requests": 8_000, "pages": 60, "rounds": 3, "seconds": 2.0}
RECORDS = 40
AT_ONCE = 2
WARM = 20
RECORD = "/hub/requests/{}/"
OF_A_WORKER = """
select r.id, a.id from requests_for_assistance_requestforassistance r
  join accounts_account a on a.agency_id = r.holder_agency_id and a.role = 'hub_worker' and a.is_active
where r.waiting_for = 'hub' and a.email = (select min(w.email) from accounts_account w where w.role = 'hub_worker' and w.is_active)
order by r.received_at desc, r.id limit %s
"""
OPEN = """
do $$ declare step record; begin
  for step in select oid::regclass as place from pg_class where relrowsecurity and relnamespace = 'public'::regnamespace loop
    execute format('alter table %s disable row level security', step.place);
    execute format('alter table %s no force row level security', step.place);
  end loop;
end $$;
create or replace function reachin.home_of_request(subject uuid, said boolean) returns text language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$ select case when said then 'shown' else 'unprotected' end $$;
"""
BACKENDS = "select pid from pg_stat_activity where datname = %s and backend_type in ('client backend', 'parallel worker')"
CHANGING = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|<time[^>]*>[^<]*</time>|nonce="[^"]*"|\d+ (?:seconds?|minutes?|hours?)')


@dataclass(slots=True)
class Side:
    """Pages that are served on a database, the browsers at them, and the records that they ask for."""

    pages: served.Served
    admin: Connection
    database: str
    ids: Sequence[UUID]
    browsers: list[Browser]
    cpu_ms: list[float] = field(default_factory=list)
    """CPU of each round, in milliseconds a page."""
    parts: list[tuple[float, float]] = field(default_factory=list)
    """The same of the pages' processes and of the database's."""

    def cpu(self) -> tuple[float, float]:
        """The CPU seconds so far, of the pages and of the backends that serve them."""
        backends = [int(pid) for (pid,) in self.admin.execute(BACKENDS, [self.database]).fetchall()]
        return served.seconds_of_cpu(self.pages.processes()), served.seconds_of_cpu(backends)


def main(argv: Sequence[str]) -> int:
    """0 when every threshold holds (with --report: when nothing went wrong). Raises Trouble when it cannot be measured."""
    told = _read(argv)
    with ExitStack() as held:
        server = held.enter_context(running(for_keeps()))
        served.made_ready(server)
        large = seeded.ensure(server, told.requests, waiting=RECORDS)
        small = seeded.ensure(server, max(1, told.requests // 10), waiting=RECORDS)
        found = _measure(server, large, small, told, held)
    missed = [name for name, most in AT_MOST.items() if found[name] > most]
    result({**found, "missed": missed})
    for name in missed:
        say(f"{name} is {found[name]}: it has to be at most {AT_MOST[name]}.")
    return 0 if told.report or not missed else 1


def _read(argv: Sequence[str]) -> argparse.Namespace:
    line = argparse.ArgumentParser(prog="start.py bench access", description=HELP)
    line.add_argument("--requests", type=int, default=20_000, help="how many invented requests the database holds")
    line.add_argument("--pages", type=int, default=400, help="how many pages a round asks for")
    line.add_argument("--rounds", type=int, default=7, help="how often the sides take turns")
    line.add_argument("--seconds", type=float, default=8.0, help="how long records are opened without a page")
    line.add_argument("--small", action="store_true", help="a short run on few requests")
    line.add_argument("--report", action="store_true", help="only errors fail, not thresholds")
    if "--small" in argv:
        line.set_defaults(**SMALL)
    return line.parse_args(argv)


def _measure(server: Server, large: str, small: str, told: argparse.Namespace, held: ExitStack) -> dict[str, Any]:
    cookies = Cookies(server, large)
    with step("A copy without guards"):
        cookie = cookies.of(large)
        twin = held.enter_context(_open_copy(server, large))
    guarded = _side(server, large, "bench-guarded", cookie, held)
    opened = _side(server, twin, "bench-open", cookie, held, application="workshop.benches.access_open:application")
    tenth = _side(server, small, "bench-tenth", cookies.of(small), held)
    sides = {"guarded": guarded, "open": opened, "tenth": tenth}
    asyncio.run(_in_turn(sides, told.pages, told.rounds))
    per_second = openings_per_second(server, large, guarded.ids, told.seconds)
    return {
        "requests_stored": told.requests,
        "guarded_vs_open": ratio(guarded.cpu_ms, opened.cpu_ms),
        "growth": ratio(guarded.cpu_ms, tenth.cpu_ms),
        "openings_per_second": round(per_second, 1),
        "cpu_ms": {name: round(median(side.cpu_ms), 2) for name, side in sides.items()},
        "cpu_ms_pages_and_database": {name: _middle(side.parts) for name, side in sides.items()},
        "rounds": [round(one / other, 3) for one, other in zip(guarded.cpu_ms, opened.cpu_ms, strict=True)],
    }


def ratio(one: Sequence[float], other: Sequence[float]) -> float:
    """The median of the ratios of two sides that took turns."""
    return round(median(mine / yours for mine, yours in zip(one, other, strict=True)), 3)


def _middle(parts: Sequence[tuple[float, float]]) -> list[float]:
    return [round(median(part), 2) for part in zip(*parts, strict=True)]


@contextmanager
def _open_copy(server: Server, large: str) -> Iterator[str]:
    """A copy of a database in which no row is guarded; it is dropped afterwards."""
    name = f"{large}_open"
    databases.drop(server, name)
    with server.administer() as admin:
        admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [large])
        admin.execute(sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(large)))
    try:
        with server.administer(name) as inside:
            inside.execute(OPEN.encode())
            inside.execute("vacuum (analyze)")
        yield name
    finally:
        databases.drop(server, name)


def _side(server: Server, database: str, name: str, cookie: tuple[str, str], held: ExitStack, *, application: str = served.PRODUCT) -> Side:
    pages = held.enter_context(served.served(server, database, name=name, application=application))
    admin = held.enter_context(server.administer(database))
    ids = [id_ for id_, _ in admin.execute(OF_A_WORKER, [RECORDS]).fetchall()]
    browsers = [Browser(pages.port, behind_tls=True) for _ in range(AT_ONCE)]
    for browser in browsers:
        browser.cookies[cookie[0]] = cookie[1]
    return Side(pages, admin, database, ids, browsers)


class Cookies:
    """Sessions of a hub worker who proved two factors, made as the product makes them. Django is set up for it in this process."""

    def __init__(self, server: Server, database: str) -> None:
        os.environ.update(
            databases.environment(server, database, mode="production") | {"REACHIN_HOSTS": HOST, "REACHIN_PARTNERSHIP": "Strathlennan"}
        )
        import django

        django.setup()
        self.server = server

    def of(self, database: str) -> tuple[str, str]:
        """The name and value of the cookie of a session in this database, whose connections are closed again."""
        from django.conf import settings
        from django.contrib.sessions.backends.db import SessionStore
        from django.db import connection
        from django.test import RequestFactory

        from reachin.interfaces.practitioner.signing_in_visits import begin_visit
        from reachin.partnership.accounts.enums import Means
        from reachin.partnership.accounts.models import Account

        _lead_to(database)
        with self.server.administer(database) as admin:
            row = admin.execute(OF_A_WORKER, [1]).fetchone()
        if row is None:
            raise Trouble("No request waits for a hub worker: there is no record to show.")
        request = RequestFactory().get("/")
        request.session = SessionStore()
        begin_visit(request, Account.objects.get(id=row[1]), Means.APP)
        request.session.save()
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
        return settings.SESSION_COOKIE_NAME, str(request.session.session_key)


def _lead_to(database: str) -> None:
    from django.db import connection

    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    connection.settings_dict["NAME"] = database


async def _in_turn(sides: Mapping[str, Side], pages: int, rounds: int) -> None:
    """Each side warm, the guarded one and its twin shown to say the same, then all in turn."""
    with step("Both show the same"):
        for side in sides.values():
            await _ask(side, WARM)
        for id_ in sides["guarded"].ids[:5]:
            shown = [await _words(sides[name], id_) for name in ("guarded", "open")]
            if shown[0] != shown[1]:
                raise Trouble("The guarded page and its open twin do not show the same: they cannot be compared.")
    with step(f"{rounds} rounds of {pages} pages each in turn"):
        for _ in range(rounds):
            for side in sides.values():
                before = side.cpu()
                await _ask(side, pages)
                part = [(after - began) * 1000 / pages for after, began in zip(side.cpu(), before, strict=True)]
                side.parts.append((part[0], part[1]))
                side.cpu_ms.append(sum(part))
    for side in sides.values():
        for browser in side.browsers:
            browser.leave()


async def _ask(side: Side, pages: int) -> None:
    """So many pages by all browsers of a side together. Raises Trouble when one is not served."""

    async def browse(browser: Browser, start: int) -> None:
        for number in range(start, pages, len(side.browsers)):
            answer = await browser.get(RECORD.format(side.ids[number % len(side.ids)]))
            if answer.status != 200:
                raise Trouble(f"The record's page answers {answer.status} {answer.leads_to}")

    await asyncio.gather(*(browse(browser, start) for start, browser in enumerate(side.browsers)))


async def _words(side: Side, id_: UUID) -> str:
    """What a record's page says, without what differs from one time to the next."""
    return CHANGING.sub("", (await side.browsers[0].get(RECORD.format(id_))).page)


def openings_per_second(server: Server, database: str, ids: Sequence[UUID], seconds: float) -> float:
    """How many traces can be committed a second, by as many connections as the bench has browsers, without a page."""
    from reachin.groundwork.audited_access.context import Actor, signed

    with server.administer(database) as admin:
        row = admin.execute("select id, agency_id, role from accounts_account where id = %s", [_worker(admin)]).fetchone()
    assert row is not None
    actor = Actor.staff(user=row[0], agency=row[1], role=row[2])
    counts: list[int] = []

    def open_again() -> None:
        done, deadline = 0, time.perf_counter() + seconds
        with server.connect(APP, database) as connection:
            while time.perf_counter() < deadline:
                statement = "select reachin.open(%s, 'request', %s, 'front_door', '')"
                given = connection.execute(statement, [signed(actor), ids[done % len(ids)]], prepare=True).fetchone()
                if given is None or given[0] is None:
                    return
                done += 1
        counts.append(done)

    with step("Openings without a page"):
        threads = [Thread(target=open_again) for _ in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if len(counts) < AT_ONCE:
        raise Trouble("A record could not be opened by whoever holds it.")
    return sum(counts) / seconds


def _worker(admin: Connection) -> UUID:
    row = admin.execute(OF_A_WORKER, [1]).fetchone()
    if row is None:
        raise Trouble("No request waits for a hub worker: there is no record to open.")
    found: UUID = row[1]
    return found
