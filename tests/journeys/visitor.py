"""Somebody at a browser, in the words of a journey: goes, writes, chooses, presses, sees. Every page and state they meet is looked at."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response, Route, expect

from . import looking, pictures

PATIENCE_MS = 15_000
HIDE = re.compile("Hide this page|Falaich an duilleag seo")
CODE = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}")
PRESSABLE: tuple[Literal["button", "link"], ...] = ("button", "link")
SOMEWHERE_ELSE = "<!DOCTYPE html><html lang=en><title>Weather</title><main><h1>The weather</h1></main></html>"
"""What a visitor finds on any address that is not ours: no test leaves this machine."""
NAME_OF_FOCUSED = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return "";
    const words = one.labels?.length ? one.labels[0].textContent : one.getAttribute("aria-label") || one.textContent || one.name || "";
    return words.replace(/\\s+/g, " ").trim();
}"""


@dataclass(frozen=True, slots=True)
class Device:
    """How somebody looks in: the width of their screen in CSS pixels, and whether scripts run."""

    width: int
    scripts: bool = True

    def __str__(self) -> str:
        return f"{self.width}px{'' if self.scripts else ' without JavaScript'}"


PHONE, DESK = Device(390), Device(1100)
PLAIN_PHONE, PLAIN_DESK = Device(390, scripts=False), Device(1100, scripts=False)


@dataclass
class Visitor:
    """One person at one browser of their own. Counts what they do by hand: `clicks`, `fields` written, `keys` pressed."""

    browser: Browser
    address: str
    device: Device
    clicks: int = 0
    fields: int = 0
    keys: int = 0
    complaints: list[str] = field(default_factory=list)
    went_elsewhere: list[str] = field(default_factory=list)
    context: BrowserContext = field(init=False)
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.context = self.browser.new_context(
            viewport={"width": self.device.width, "height": 900},
            java_script_enabled=self.device.scripts,
            device_scale_factor=pictures.scale(self.device.width),
            locale="en-GB",
            timezone_id="Europe/London",
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.route(lambda address: not address.startswith(self.address), self._elsewhere)
        self.page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self.page.on("response", self._answered)

    def _elsewhere(self, route: Route) -> None:
        self.went_elsewhere.append(route.request.url)
        route.fulfill(status=200, content_type="text/html; charset=utf-8", body=SOMEWHERE_ELSE)

    def _hear(self, message: ConsoleMessage) -> None:
        is_told_elsewhere = "Failed to load resource" in message.text  # judged by its status, in _answered
        if message.type in ("error", "warning") and not is_told_elsewhere:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _answered(self, response: Response) -> None:
        is_page = response.request.resource_type == "document"  # a page may well say no: 404, 409, 422
        if response.status >= 500 or (response.status >= 400 and not is_page):
            self.complaints.append(f"{response.status} for {response.url}")

    # Going

    def goes_to(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.looks()

    def goes_back(self) -> None:
        """The browser's own way back. What comes may be nothing of ours, so it is not looked at."""
        self.page.go_back()

    def presses(self, words: str, *, beside: str = "") -> None:
        """Presses the button or follows the link that has these words (in the row or part that has others), and looks at what comes."""
        self.looks()
        self._follows(self._pressable(words, self._part(beside) if beside else self.page.locator("main")))

    def presses_outside(self, words: str) -> None:
        """The same in the head or foot of the page: languages, navigation, signing out."""
        self._follows(self._pressable(words, self.page.locator("body")))

    def opens(self, words: str) -> None:
        """Follows the first link of the row or part that has these words."""
        self._follows(self._part(words).get_by_role("link").first)

    def _follows(self, found: Locator) -> None:
        self.clicks += 1
        with self.page.expect_navigation():
            found.click()
        self.looks()

    def hides_the_page(self) -> None:
        """The button that is on every family's page."""
        self._leads_away(lambda: self.page.get_by_role("button", name=HIDE).click())

    def presses_shift_three_times(self) -> None:
        """The same by keyboard."""

        def press() -> None:
            for _time in range(3):
                self.page.keyboard.press("Shift")

        self._leads_away(press)

    def _leads_away(self, act: Callable[[], object]) -> None:
        """What comes is nothing of ours: it is not looked at, and that it was fetched is right."""
        act()
        self.page.wait_for_url(lambda address: not address.startswith(self.address))
        self.went_elsewhere.clear()

    def holds_of_us(self) -> dict[str, str]:
        """The cookies that this browser would send us."""
        return {str(cookie.get("name")): str(cookie.get("value")) for cookie in self.context.cookies(self.address)}

    # Answering

    def chooses(self, *words: str, to: str = "") -> None:
        """Chooses radios or checkboxes by their labels; of one question where several have such answers."""
        within = self.page.get_by_role("group", name=to).first if to else self.page.locator("main")
        for one in words:
            self.clicks += 1
            within.locator("label", has_text=re.compile(rf"^\s*{re.escape(one)}\s*$")).first.click()

    def unfolds(self, words: str) -> None:
        """Opens what is folded away under these words."""
        self.clicks += 1
        self.page.locator("summary", has_text=words).first.click()
        self.looks()

    def picks(self, words: str, *, of: str) -> None:
        """Picks from a list."""
        self.fields += 1
        self.page.get_by_label(of, exact=False).first.select_option(label=words)

    def writes(self, label: str, words: str, *, beside: str = "") -> None:
        """Writes into the field of that label (in the part that has other words)."""
        self.fields += 1
        within = self._part(beside) if beside else self.page.locator("main")
        within.get_by_label(label, exact=False).first.fill(words)

    def writes_day(self, day: int, month: int, year: int) -> None:
        """Writes a day into its three fields."""
        for label, number in (("Day", day), ("Month", month), ("Year", year)):
            self.writes(label, str(number))

    # By keyboard alone

    def tabs_to(self, name: str) -> None:
        """Presses Tab until what has this name is reached. Fails after two hundred presses."""
        for _press in range(200):
            self._key("Tab")
            if str(self.page.evaluate(NAME_OF_FOCUSED)).casefold().startswith(name.casefold()):
                return
        raise AssertionError(f"Tab does not reach {name!r} on {self.page.url}")

    def types(self, words: str) -> None:
        """Types into whatever has the focus."""
        self.fields += 1
        self.page.keyboard.type(words)

    def key(self, name: str, *, navigates: bool = False) -> None:
        """Presses one key, such as Space or Enter."""
        if not navigates:
            return self._key(name)
        self.looks()
        with self.page.expect_navigation():
            self._key(name)
        return self.looks()

    def _key(self, name: str) -> None:
        self.keys += 1
        self.page.keyboard.press(name)

    # Seeing

    def sees(self, *words: str) -> None:
        for one in words:
            expect(self.page.locator("body")).to_contain_text(one, use_inner_text=True)

    def does_not_see(self, *words: str) -> None:
        for one in words:
            expect(self.page.locator("body")).not_to_contain_text(one)

    def sees_heading(self, words: str) -> None:
        expect(self.page.locator("h1")).to_contain_text(words)

    def sees_written(self, label: str, words: str) -> None:
        """What is in the field of that label."""
        expect(self.page.locator("main").get_by_label(label, exact=False).first).to_have_value(words)

    def sees_beside(self, part: str, *words: str) -> None:
        """Words in the row, card or part that has other words."""
        for one in words:
            expect(self._part(part)).to_contain_text(one)

    def sees_in_order(self, *words: str) -> None:
        told = self.page.locator("main").inner_text()
        places = [told.find(one) for one in words]
        assert -1 not in places, f"{words[places.index(-1)]!r} is missing"
        assert places == sorted(places), dict(zip(words, places, strict=True))

    def services_offered(self) -> Sequence[str]:
        """The names of the services that can be chosen."""
        return [name.strip() for name in self.page.locator("main .ri_hub-service label").all_inner_texts()]

    def questions_asked(self) -> Sequence[str]:
        """The questions that the page asks: legends, and labels that stand in no group."""
        shown = self.page.locator("main legend:visible, main label:visible").all_inner_texts()
        return [" ".join(words.split()) for words in shown]

    def code(self) -> str:
        """The code that the page shows."""
        found = CODE.search(self.page.locator("main").inner_text())
        assert found is not None, f"no code on {self.page.url}"
        return found[0]

    def looks(self) -> None:
        """Looks at the page as it is now: its shape, whether it fits the screen, what axe finds, what the browser complained of."""
        looking.look(self.page, self.browser, scripts=self.device.scripts)
        assert self.complaints == []
        assert self.went_elsewhere == [], "a page of ours fetched something from elsewhere"

    def picture(self, name: str, *, at: Device = PHONE, part: str = "") -> None:
        """Takes the picture for a how-to, when they are asked for and this is the device that it is taken with."""
        if self.device == at:
            pictures.take(self.page, name, part=part)

    def leaves(self) -> None:
        self.context.close()

    # Finding

    def _part(self, words: str) -> Locator:
        """The smallest row, card or section that has these words."""
        parts = "main tr, main li, main article, main fieldset, main .ri_hub-service, main .ri_hub-note, main .ri_hub-by-hand, main section"
        return self.page.locator(parts).filter(has_text=words).last

    def _pressable(self, words: str, within: Locator) -> Locator:
        for exact in (True, False):
            for role in PRESSABLE:
                found = within.get_by_role(role, name=words, exact=exact)
                if found.count():
                    return found.first
        there = [" ".join(one.split()) for one in within.locator("button, a").all_inner_texts()]
        raise AssertionError(f"nothing to press says {words!r} on {self.page.url}: {there}")


def session_cookie(address: str, key: str) -> dict[str, str]:
    """The cookie of a session, for a browser context."""
    return {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": address}
