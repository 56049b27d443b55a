"""Where the machine's own Chromium is; the journeys and screenshots drive it."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET = "Chromium is missing. On Debian: sudo apt install chromium   (or set REACHIN_CHROMIUM to its path)"


def find() -> str | None:
    """The path of Chromium: REACHIN_CHROMIUM, or the first known name on the PATH; None when there is none."""
    return os.environ.get("REACHIN_CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)
