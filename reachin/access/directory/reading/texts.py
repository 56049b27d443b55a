"""Makes plain values of what others wrote. Nothing here raises: what cannot be read is empty or None."""

import re
from collections.abc import Mapping
from datetime import date
from html.parser import HTMLParser

LONGEST_TEXT = 20_000
LONGEST_LINE = 300
LONGEST_KEY = 200

_MARKUP = re.compile(
    r"</?(?:p|br|ul|ol|li|strong|b|em|i|a|div|span|h[1-6]|table|tr|td)\b[^<>]*>|&(?:amp|nbsp|lt|gt|quot|#\d+);", re.IGNORECASE
)
_BLOCKS = frozenset({"p", "br", "li", "div", "tr", "h1", "h2", "h3", "h4", "h5", "h6"})
_UNSEEN = frozenset({"script", "style"})


def plain(value: object, longest: int = LONGEST_TEXT) -> str:
    """A text as people read it: without control characters, markup and blank ends, cut to the longest length in characters."""
    text = _printable(_as_text(value))
    if _MARKUP.search(text):
        text = without_markup(text)
    return text.strip()[:longest].rstrip()


def one_line(value: object, longest: int = LONGEST_LINE) -> str:
    """A name or another short text: as it was written, on one line."""
    return " ".join(_printable(_as_text(value)).split())[:longest].rstrip()


def key(value: object) -> str:
    """An identifier in the source: any text or number, kept as it is; empty when there is none or it is too long to be one."""
    text = one_line(value, LONGEST_KEY + 1)
    return text if len(text) <= LONGEST_KEY else ""


def number(value: object) -> float | None:
    """A number, also written as text; None for anything else, endless ones included."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        told = float(value)
    except (ValueError, OverflowError):
        return None
    return told if abs(told) < 1e12 else None


def count(value: object) -> int | None:
    """A whole number from 0 to a million; None for anything else."""
    told = number(value)
    return int(told) if told is not None and 0 <= told <= 1_000_000 else None


def day(value: object) -> date | None:
    """A day from a date or moment in ISO form; None for anything else and for years that no service lives in."""
    try:
        told = date.fromisoformat(_as_text(value)[:10])
    except ValueError:
        return None
    return told if 1900 <= told.year <= 2200 else None


def mapping(value: object) -> Mapping[str, object]:
    """The value when it is a JSON object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: object) -> list[Mapping[str, object]]:
    """The JSON objects of an array (or the one object that stands where an array should)."""
    values = value if isinstance(value, list) else [value]
    return [mapping(item) for item in values if isinstance(item, Mapping)]


def without_markup(text: str) -> str:
    """The words of a text in HTML; paragraphs, list items and breaks become lines."""
    words = _Words()
    words.feed(text)
    words.close()
    lines = [" ".join(line.split()) for line in "".join(words.parts).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen += tag in _UNSEEN
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        self.unseen = max(0, self.unseen - (tag in _UNSEEN))
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.parts.append(data)

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _printable(text: str) -> str:
    """Without what a database or a page cannot hold: NUL and other control characters, lone surrogates."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(character for character in lines if character in "\n\t" or not _is_control(ord(character)))


def _is_control(point: int) -> bool:
    return point < 32 or 127 <= point < 160 or 0xD800 <= point < 0xE000
