"""How a journey looks at each page and each of its states: shape, width, and what axe finds by WCAG 2.2 AA.

axe needs scripts. Where a visitor has none, the page as they have it is shown behind a looking glass: another browser page of the same
width, with the scripts taken out of the document. A state that was looked at once in this run, element for element, is not given to axe
again.
"""

import re
from functools import cache
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, Page, Route

SCRIPTS = re.compile(r"<script\b.*?</script>", re.IGNORECASE | re.DOTALL)
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth + 1 ? [] : [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(".ri_scroll"))
    .map((one) => `${one.tagName}.${one.className}`)"""
SHAPE = """() => {
    const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
    return {
        headings: document.querySelectorAll("h1").length,
        title: document.title,
        language: document.documentElement.lang,
        twice: ids.filter((id, place) => ids.indexOf(id) !== place),
    };
}"""
BONES = """() => document.documentElement.lang + [...document.querySelectorAll("*")].map((one) => [
    one.tagName, one.getAttribute("class"), one.getAttribute("role"), one.type, one.checked, one.disabled,
    one.hasAttribute("aria-labelledby"), one.getAttribute("aria-invalid"), one.checkVisibility?.(), Boolean(one.textContent.trim()),
].join()).join(";")"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
known: set[tuple[int, int]] = set()
"""Width and bones of every state that axe has seen in this run."""


def look(page: Page, browser: Browser, *, scripts: bool) -> None:
    """Fails with what is wrong on the page as it stands."""
    where = f"{page.url} at {_width(page)} px{'' if scripts else ' without JavaScript'}"
    shape = page.evaluate(SHAPE)
    assert shape["headings"] == 1, f"{shape['headings']} h1 on {where}"
    assert shape["title"], f"no title on {where}"
    assert shape["language"], f"no language on {where}"
    assert shape["twice"] == [], f"ids used twice on {where}"
    too_wide = page.evaluate(TOO_WIDE)
    assert too_wide == [], f"wider than the screen on {where}: {too_wide}"
    state = (_width(page), hash(page.evaluate(BONES)))
    if state not in known:
        found = axe_finds(page) if scripts else _glass(browser, _width(page)).finds(page)
        assert found == [], where
        known.add(state)


def axe_finds(page: Page) -> list[str]:
    """What axe finds on the page, one line a rule, with where."""
    if not page.evaluate("typeof window.axe !== 'undefined'"):
        page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate(f"axe.run(document, {{runOnly: {RULES}, resultTypes: ['violations']}})")
    return [f"{rule['id']}: {rule['help']} at {[node['target'] for node in rule['nodes'][:3]]}" for rule in found["violations"]]


class Glass:
    """A page with scripts that shows a document as somebody without them has it."""

    def __init__(self, browser: Browser, width: int) -> None:
        self.words = ""
        self.page = browser.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
        self.page.route("**/*", self._as_it_stands)

    def _as_it_stands(self, route: Route) -> None:
        if route.request.resource_type == "document":
            route.fulfill(status=200, content_type="text/html; charset=utf-8", body=self.words)
        else:
            route.continue_()

    def finds(self, page: Page) -> list[str]:
        """What axe finds on the page of the one without scripts."""
        self.words = SCRIPTS.sub("", page.content())
        self.page.goto(page.url)
        return axe_finds(self.page)


@cache
def _glass(browser: Browser, width: int) -> Glass:
    return Glass(browser, width)


def _width(page: Page) -> int:
    size = page.viewport_size
    assert size is not None
    return size["width"]


@cache
def _axe() -> str:
    text: str = (settings.ASSETS / "axe-core" / "axe.min.js").read_text("utf-8")
    return text
