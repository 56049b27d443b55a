"""Journeys run against a live server with the invented partnership, in Chromium, on a phone and on a desk, with JavaScript and without.

It is Thursday 19 November 2026, ten past ten in the morning, until a journey lets time pass.
"""

import os
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from demo.partnership import Partnership, load_partnership
from reachin.partnership.accounts.models import Account
from tests import cast
from tests.journeys.visitor import DESK, PHONE, PLAIN_DESK, PLAIN_PHONE, Device, Visitor, session_cookie
from workshop import chromium, places

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop in the thread in which the tests write
EVERY_DEVICE = [PHONE, DESK, PLAIN_PHONE, PLAIN_DESK]
A_MORNING = datetime(2026, 11, 19, 10, 10, tzinfo=UTC)
A_YEAR = timedelta(days=365)


COUNTED = "counted"
HAS_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[HAS_FAILED] = item.stash.get(HAS_FAILED, False) or report.failed
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What journeys counted."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == COUNTED:
                terminalreporter.write_line(f"counted: {value}")


@pytest.fixture
def tell_count(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Tells a count at the end of the run."""
    return lambda words: record_property(COUNTED, words)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    if path is None:
        pytest.skip("needs Chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-background-networking"])
        yield running
        running.close()


@pytest.fixture(params=EVERY_DEVICE, ids=str)
def device(request: pytest.FixtureRequest) -> Device:
    """Each of the four, unless the journey says otherwise."""
    found: Device = request.param
    return found


@dataclass
class Calendar:
    """The day of the journey, which only moves on."""

    set_clock: Callable[[datetime], None]
    today: datetime = field(default=A_MORNING)

    def passes(self, *, days: int = 0, hours: int = 0) -> None:
        """Lets so much time pass."""
        self.today += timedelta(days=days, hours=hours)
        self.set_clock(self.today)


@pytest.fixture
def time(db: None, time_is: Callable[[datetime], None], settings: Any) -> Calendar:
    settings.QUICKEST_ASKING_SECONDS = 0  # a journey types faster than anybody
    time_is(A_MORNING)
    return Calendar(time_is)


@pytest.fixture
def partnership(time: Calendar) -> Partnership:
    """Strathlennan as everywhere: its agencies, staff, places and services. Nobody has asked for help yet."""
    return load_partnership(since=time.today - A_YEAR, now=time.today)


@pytest.fixture
def somebody(
    partnership: Partnership, live_server: Any, browser: Browser, device: Device, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Visitor]]:
    """Makes people at browsers of their own: `somebody()` a family, `somebody("Morag Keir")` a member of staff, already signed in.

    When the journey fails, what each of them saw last lies in the folder `journeys` of the state folder.
    """
    visitors: list[Visitor] = []

    def make(name: str = "", *, account: Account | None = None, at: Device | None = None) -> Visitor:
        visitor = Visitor(browser, live_server.url, at or device)
        visitors.append(visitor)
        who = account or (partnership.staff[name] if name else None)
        if who is not None:
            key = cast.signed_in(who).cookies["sessionid"].value
            visitor.context.add_cookies([session_cookie(live_server.url, key)])  # type: ignore[list-item]
        return visitor

    yield make
    for place, visitor in enumerate(visitors):
        if request.node.stash.get(HAS_FAILED, False):
            visitor.page.screenshot(
                path=places.state() / "journeys" / f"{request.node.name[:90]}-{place}.png".replace("/", "-"), full_page=True
            )
        visitor.leaves()
