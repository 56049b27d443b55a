"""Somebody at a browser, in the words of a journey: goes, writes, chooses, presses, sees. Each page they meet is looked at."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

AXE = settings.ASSETS / "axe-core" / "axe.min.js"
PICTURES = settings.ROOT / "docs" / "how-to" / "pictures"
WIDER_THAN_THE_SCREEN = """() => [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !element.closest(".ri_scroll"))
    .map((element) => `${element.tagName}.${element.className}`)"""
TAKES_PICTURES = os.environ.get("REACHIN_PICTURES") == "1"


@dataclass(frozen=True, slots=True)
class Device:
    """How somebody looks in: the width of their screen in pixels, and whether scripts run."""

    width: int
    scripts: bool = True

    def __str__(self) -> str:
        return f"{self.width}px{'' if self.scripts else ' without JavaScript'}"


@dataclass
class Visitor:
    """One person at one browser of their own."""

    browser: Browser
    address: str
    device: Device
    seen: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    context: BrowserContext = field(init=False)
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.context = self.browser.new_context(
            viewport={"width": self.device.width, "height": 900}, java_script_enabled=self.device.scripts, locale="en-GB"
        )
        self.context.set_default_timeout(10_000)
        self.page = self.context.new_page()
        self.page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        is_expected = "Failed to load resource" in message.text  # a page with an error beside a field answers 422
        if message.type in ("error", "warning") and not is_expected:
            self.complaints.append(f"{self.page.url}: {message.text}")

    # Doing

    def goes_to(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.looks()

    def presses(self, words: str) -> None:
        """Presses a button or follows a link that has these words."""
        self._one(self.page.get_by_role("button", name=words), self.page.get_by_role("link", name=words)).click()
        self.page.wait_for_load_state()
        self.looks()

    def chooses(self, *words: str) -> None:
        """Chooses radios or checkboxes by their labels."""
        for one in words:
            label = self.page.locator("main label", has_text=re.compile(rf"^\s*{re.escape(one)}\s*$")).first
            label.click()

    def picks(self, label: str, words: str) -> None:
        """Picks from a list."""
        self.page.get_by_label(label).select_option(label=words)

    def writes(self, label: str, words: str) -> None:
        """Writes into the field of that label."""
        self.page.get_by_label(label, exact=False).first.fill(words)

    # Seeing

    def sees(self, *words: str) -> None:
        for one in words:
            expect(self.page.locator("body")).to_contain_text(one)

    def does_not_see(self, *words: str) -> None:
        for one in words:
            expect(self.page.locator("body")).not_to_contain_text(one)

    def code(self) -> str:
        """The code that the page shows."""
        found = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", self.page.locator("main").inner_text())
        assert found is not None
        return found[0]

    def looks(self) -> None:
        """Looks at the page: one heading, nothing wider than the screen, nothing that axe finds, no complaint in the console."""
        assert self.page.locator("h1").count() == 1, self.page.url
        if not self.device.scripts:
            return
        wider = self.page.evaluate(WIDER_THAN_THE_SCREEN)
        assert wider == [], f"{self.page.url} at {self.device}: {wider}"
        assert axe_finds(self.page) == [], f"{self.page.url} at {self.device}"
        assert self.complaints == []

    def picture(self, name: str) -> None:
        """Takes the picture for a how-to, when they are asked for."""
        if TAKES_PICTURES and self.device.scripts:
            PICTURES.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=PICTURES / f"{name}-{self.device.width}.png", full_page=True)

    def leaves(self) -> None:
        self.context.close()

    def _one(self, *found: Any) -> Any:
        for locator in found:
            if locator.count():
                return locator.first
        return found[0].first


def axe_finds(page: Page) -> list[str]:
    """What axe finds on the page by WCAG 2.2 AA, one line a rule, with where."""
    if not page.evaluate("typeof window.axe !== 'undefined'"):
        page.evaluate(Path(AXE).read_text())
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})")
    return [f"{rule['id']}: {rule['help']} at {[node['target'] for node in rule['nodes'][:3]]}" for rule in found["violations"]]
