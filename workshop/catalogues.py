"""The translators' catalogues: texts gathered from source and templates, and compiled for the pages.

Babel reads Jinja2 macros, which Django's own makemessages misses. What it reads is set under `tool.babel` in pyproject.toml.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from workshop import places
from workshop.progress import Trouble, say

LOCALE = places.ROOT / "reachin" / "locale"
DOMAIN = "django"
SOURCES = ("reachin", "demo")
KEYWORDS = ("gettext_lazy", "ngettext_lazy:1,2", "pgettext_lazy:1c,2", "npgettext_lazy:1c,2,3")

Text: TypeAlias = tuple[str | tuple[str, ...], str | None]
"""A text, or its singular and plural; and its context."""


def main(told: argparse.Namespace) -> int:
    """Brings every catalogue up to date with the texts in the source; 0 when that went well."""
    with _gathered() as texts:
        update = ["update", "-D", DOMAIN, "-i", str(texts), "-d", str(LOCALE), "--no-fuzzy-matching", "--ignore-obsolete"]
        _babel([*update, "--ignore-pot-creation-date"])
    say(f"The catalogues in {LOCALE.relative_to(places.ROOT)} hold every text; those without a translation have an empty msgstr.")
    return 0


def are_current() -> bool:
    """Whether every catalogue holds exactly the texts in the source, with the same placeholders; what differs is printed."""
    with _gathered() as texts:
        wanted = _texts(_read(texts))
    troubles = [
        f"{catalogue.parent.parent.name}: {trouble}" for catalogue in _catalogues() for trouble in _troubles(_read(catalogue), wanted)
    ]
    for trouble in troubles:
        print(trouble, flush=True)
    return not troubles


def _troubles(catalogue: Catalog, wanted: set[Text]) -> list[str]:
    held = _texts(catalogue)
    missing = [f"lacks {text[0]!r}" for text in sorted(wanted - held, key=repr)]
    left_over = [f"has {text[0]!r}, which no page says any more" for text in sorted(held - wanted, key=repr)]
    return missing + left_over + [f"{message.id!r}: {error}" for message, errors in catalogue.check() for error in errors]


def _texts(catalogue: Catalog) -> set[Text]:
    return {(message.id if isinstance(message.id, str) else tuple(message.id), message.context) for message in catalogue if message.id}


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def compile_all() -> None:
    """Compiles each catalogue that is newer than what was compiled from it."""
    for catalogue in _catalogues():
        compiled = catalogue.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime > catalogue.stat().st_mtime:
            continue
        half = compiled.with_suffix(".mo.half")
        with half.open("wb") as target:
            write_mo(target, _read(catalogue))
        half.replace(compiled)


def _catalogues() -> list[Path]:
    return sorted(LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


@contextmanager
def _gathered() -> Iterator[Path]:
    """A file with all texts of the source."""
    with tempfile.TemporaryDirectory() as folder:
        texts = Path(folder) / f"{DOMAIN}.pot"
        keywords = [word for keyword in KEYWORDS for word in ("-k", keyword)]
        how = ["-F", "pyproject.toml", "--no-location", "--sort-output", "-c", "Translators:", *keywords]
        _babel(["extract", *how, "-o", str(texts), *SOURCES])
        yield texts


def _babel(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "babel.messages.frontend", "--quiet", *arguments], cwd=places.ROOT)
    if done.returncode:
        raise Trouble("The texts could not be gathered (see above).")
