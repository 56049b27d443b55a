"""The gallery in a browser: nothing wider than the screen, nothing that axe finds, and what scripts and their absence do."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from workshop import chromium

from . import gallery_server

CHROMIUM = chromium.find()
AXE = settings.ASSETS / "axe-core" / "axe.min.js"
pytestmark = [
    pytest.mark.journey,
    pytest.mark.urls("tests.groundwork.page_parts.urls"),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
    pytest.mark.skipif(not AXE.exists(), reason="needs assets/node_modules"),
]
PAGES = (
    "family",
    "family?state=errors",
    "family?state=errors&in=gd",
    "one_question?state=errors",
    "sent",
    "staff?state=errors",
    "staff_beside",
    "paper",
)
WIDER_THAN_THE_SCREEN = """() => [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !element.closest(".ri_scroll"))
    .map((element) => `${element.tagName}.${element.className}`)"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with gallery_server.serving() as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


def opened(browser: Browser, address: str, width: int = 390, **context: Any) -> tuple[Page, list[str]]:
    """The page, and whatever its console complains of: a style or script that the policy stops would stand there."""
    page = browser.new_context(viewport={"width": width, "height": 800}, **context).new_page()
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("response", lambda response: complaints.append(response.url) if response.status >= 400 else None)
    page.goto(address)
    return page, complaints


@pytest.mark.parametrize("path", PAGES)
def test_every_part_fits_every_screen_and_satisfies_axe(browser: Browser, address: str, path: str) -> None:
    page, complaints = opened(browser, f"{address}/{path}")
    page.evaluate(AXE.read_text())
    for width in (320, 390, 1100):
        page.set_viewport_size({"width": width, "height": 800})
        violations = page.evaluate("axe.run()")["violations"]
        assert [(found["id"], [node["html"][:120] for node in found["nodes"]]) for found in violations] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert [name for name in page.evaluate(WIDER_THAN_THE_SCREEN) if not name.startswith("TH.")] == [], "only hidden heads of tables"
    assert complaints == []
    page.context.close()


@pytest.mark.parametrize("has_script", [True, False])
def test_a_choice_reveals_its_question_with_and_without_a_script(browser: Browser, address: str, has_script: bool) -> None:
    page, _complaints = opened(browser, f"{address}/family", java_script_enabled=has_script)
    assert not page.locator("#id_phone").is_visible()
    page.get_by_label("By phone").check(force=True)
    assert page.locator("#id_phone").is_visible()
    assert not page.locator("#id_letter_to").is_visible()
    page.context.close()


def test_none_of_these_takes_the_others_back(browser: Browser, address: str) -> None:
    page, _complaints = opened(browser, f"{address}/family")
    page.get_by_label("Money and bills").check(force=True)
    page.get_by_label("None of these").check(force=True)
    assert not page.get_by_label("Money and bills").is_checked()
    page.context.close()


@pytest.mark.parametrize("has_script", [True, False])
def test_the_error_summary_has_the_focus_and_leads_to_the_field(browser: Browser, address: str, has_script: bool) -> None:
    page, _complaints = opened(browser, f"{address}/family?state=errors", java_script_enabled=has_script)
    assert page.locator("#error-summary:focus").count() == 1
    page.get_by_role("link", name="When is the baby due? Add the month").click()
    assert page.locator("#id_due_on_month:focus").count() == 1
    page.context.close()


def test_the_skip_link_is_first_and_leads_to_the_content(browser: Browser, address: str) -> None:
    page, _complaints = opened(browser, f"{address}/sent")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.locator("#main-content:focus").count() == 1
    page.context.close()


@pytest.mark.parametrize("way", ["button", "shift"])
def test_hiding_with_a_script_replaces_the_page_at_once(browser: Browser, address: str, way: str, settings: Any) -> None:
    settings.HIDE_PAGE_LEADS_TO = "/weather"
    gallery_server.hidden.clear()
    page, _complaints = opened(browser, f"{address}/family", 1100)
    if way == "button":
        page.get_by_role("button", name="Hide this page").click()
    else:
        for _press in range(3):
            page.keyboard.press("Shift")
    page.wait_for_url(f"{address}/weather")
    assert page.evaluate("history.length") <= 2, "the page's own place in the history was taken"
    page.go_back()
    assert "Ask for help" not in page.content()
    assert gallery_server.hidden == ["POST"], "the session was ended"
    page.context.close()


def test_writing_capitals_hides_nothing(browser: Browser, address: str) -> None:
    page, _complaints = opened(browser, f"{address}/family", 1100)
    page.locator("#id_name").focus()
    for letter in "MIM":
        page.keyboard.press(f"Shift+{letter}")
    assert page.get_by_role("heading", name="Ask for help").is_visible()
    page.context.close()


def test_hiding_without_a_script_leads_away_by_the_form(browser: Browser, address: str, settings: Any) -> None:
    settings.HIDE_PAGE_LEADS_TO = address.replace("127.0.0.1", "localhost") + "/weather"
    gallery_server.hidden.clear()
    page, _complaints = opened(browser, f"{address}/family", java_script_enabled=False)
    page.get_by_role("button", name="Hide this page").click()
    page.wait_for_url("**/weather")
    assert page.title() == "Weather"
    assert gallery_server.hidden == ["POST"]
    page.context.close()
