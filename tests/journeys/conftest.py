"""Journeys run against a live server, in Chromium, on a phone and on a desk, with JavaScript and without."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from reachin.partnership.accounts.models import Account
from tests import cast
from tests.journeys.visitor import Device, Visitor
from workshop import chromium

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop in the thread in which the tests write
DEVICES = [Device(390), Device(1100), Device(390, scripts=False), Device(1100, scripts=False)]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    if path is None:
        pytest.skip("needs Chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-background-networking"])
        yield running
        running.close()


@pytest.fixture(params=DEVICES, ids=str)
def device(request: pytest.FixtureRequest) -> Device:
    found: Device = request.param
    return found


@pytest.fixture
def somebody(db: None, live_server: Any, browser: Browser, device: Device) -> Iterator[Callable[..., Visitor]]:
    """Makes people at browsers of their own; `somebody(account)` is signed in."""
    visitors: list[Visitor] = []

    def make(account: Account | None = None, at: Device | None = None) -> Visitor:
        visitor = Visitor(browser, live_server.url, at or device)
        visitors.append(visitor)
        if account is not None:
            session = cast.signed_in(account).cookies["sessionid"].value
            visitor.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        return visitor

    yield make
    for visitor in visitors:
        visitor.leaves()
