"""Pictures for the how-tos, taken by the journeys at the right step: `REACHIN_PICTURES=1 python3 start.py journeys`.

Where ImageMagick is there, they are given a small palette: pages have few colours, and the files are a third as large.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from playwright.sync_api import FloatRect, Page

FOLDER = settings.ROOT / "docs" / "how-to" / "pictures"
TALLEST = {390: 1500, 1100: 1600}
"""How much of a long page is shown, from its top, in CSS pixels by the width of the screen."""
COLOURS = "96"
LOW = 300


def are_wanted() -> bool:
    return os.environ.get("REACHIN_PICTURES") == "1"


def scale(width: int) -> float:
    """Device pixels for a CSS pixel: phones are sharper, and their pictures are shown small."""
    return 2 if are_wanted() and width < 600 else 1


def take(page: Page, name: str, *, part: str = "") -> None:
    """Takes docs/how-to/pictures/NAME.png of the top of the page, or of the first part that the selector finds."""
    if not are_wanted():
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.png"
    page.evaluate("document.activeElement?.blur?.()")
    page.evaluate("scrollTo(0, 0)")
    with _low_window(page):
        page.screenshot(path=path, full_page=True, clip=_clip(page, part), animations="disabled")
    if convert := shutil.which("convert"):
        subprocess.run([convert, path, "-strip", "+dither", "-colors", COLOURS, "-define", "png:compression-level=9", path], check=True)


@contextmanager
def _low_window(page: Page) -> Iterator[None]:
    """So that a short page is a short picture."""
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": size["width"], "height": LOW})
    yield
    page.set_viewport_size(size)


def _clip(page: Page, part: str) -> FloatRect:
    size = page.viewport_size
    assert size is not None
    if part:
        box = page.locator(part).first.bounding_box()
        assert box is not None, f"nothing to see of {part}"
        return {"x": max(0, box["x"] - 12), "y": max(0, box["y"] - 12), "width": box["width"] + 24, "height": box["height"] + 24}
    tall = page.evaluate("document.documentElement.scrollHeight")
    return {"x": 0, "y": 0, "width": size["width"], "height": min(tall, TALLEST[size["width"]])}
