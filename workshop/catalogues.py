"""The translators' catalogues: texts gathered from source and templates, and compiled for the pages.

Babel reads Jinja2 macros, which Django's own makemessages misses. What it reads is set under `tool.babel` in pyproject.toml.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from workshop import places
from workshop.progress import say

LOCALE = places.ROOT / "reachin" / "locale"
DOMAIN = "django"
SOURCES = ("reachin", "demo")
KEYWORDS = ("gettext_lazy", "ngettext_lazy:1,2", "pgettext_lazy:1c,2", "npgettext_lazy:1c,2,3")


def main(told: argparse.Namespace) -> int:
    """Brings every catalogue up to date with the texts in the source; 0 when that went well."""
    status = _update()
    if status == 0:
        say(f"The catalogues in {LOCALE.relative_to(places.ROOT)} hold every text; those without a translation have an empty msgstr.")
    return status


def are_current() -> bool:
    """Whether every catalogue holds exactly the texts in the source; what differs is printed."""
    return _update("--check") == 0


def compile_all() -> None:
    """Compiles each catalogue that is newer than what was compiled from it."""
    for catalogue in _catalogues():
        compiled = catalogue.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime > catalogue.stat().st_mtime:
            continue
        with catalogue.open("rb") as source:
            texts = read_po(source, locale=catalogue.parent.parent.name)
        half = compiled.with_suffix(".mo.half")
        with half.open("wb") as target:
            write_mo(target, texts)
        half.replace(compiled)


def _catalogues() -> list[Path]:
    return sorted(LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def _update(*options: str) -> int:
    if not _catalogues():
        return 0
    with tempfile.TemporaryDirectory() as folder:
        gathered = f"{folder}/{DOMAIN}.pot"
        keywords = [word for keyword in KEYWORDS for word in ("-k", keyword)]
        how = ["-F", "pyproject.toml", "--no-location", "--sort-output", "-c", "Translators:", *keywords]
        update = ["update", "-D", DOMAIN, "-i", gathered, "-d", str(LOCALE), "--no-fuzzy-matching", "--ignore-obsolete"]
        return _babel(["extract", *how, "-o", gathered, *SOURCES]) or _babel([*update, "--ignore-pot-creation-date", *options])


def _babel(arguments: list[str]) -> int:
    command = [sys.executable, "-m", "babel.messages.frontend", "--quiet", *arguments]
    return subprocess.run(command, cwd=places.ROOT).returncode
