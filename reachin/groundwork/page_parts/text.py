"""Text as people type and paste it: what is taken out before anything reads it, and how it is shown again."""

import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

_LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNUSABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
_ANYTHING_TO_TIDY = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")


def is_storable(text: str) -> bool:
    """False for a NUL or a lone surrogate: PostgreSQL and UTF-8 have no place for them."""
    return "\x00" not in text and _LONE_SURROGATES.search(text) is None


def tidy(text: str) -> str:
    """The text without control characters that nobody sees; every kind of line break becomes a newline.

    Letters, emoji, right-to-left marks and spaces stay as they were typed. A lone surrogate, which stands for nothing, becomes U+FFFD.
    """
    if _ANYTHING_TO_TIDY.search(text) is None:
        return text
    text = _LINE_BREAKS.sub("\n", text)
    text = _UNUSABLE.sub("", text)
    return _LONE_SURROGATES.sub("\ufffd", text)


def in_one_line(text: str) -> str:
    """Line breaks become spaces: a name with a newline in it could break a letter's header."""
    return re.sub(r"\s*\n\s*", " ", text)


def tidied(data: QueryDict) -> QueryDict:
    """The same fields with every value tidied; the very same object where there was nothing to do."""
    if all(tidy(value) is value for values in data.lists() for value in values[1]):
        return data
    pairs = [(name, tidy(value)) for name, values in data.lists() for value in values]
    return QueryDict(urlencode(pairs), encoding=data.encoding)


def tidied_mapping(data: Mapping[str, object]) -> Mapping[str, object]:
    """What `tidied` does, for a plain mapping as tests and imports give it."""
    return {name: tidy(value) if isinstance(value, str) else value for name, value in data.items()}


def paragraphs(text: str | None) -> SafeString:
    """Escaped text as HTML paragraphs: an empty line makes a paragraph, a newline a line break."""
    blocks = _PARAGRAPHS.split(tidy(text or "").strip())
    return format_html_join("", '<p dir="auto">{}</p>', ((_with_breaks(block),) for block in blocks if block))


def _with_breaks(block: str) -> SafeString:
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in block.split("\n")))


def telephone_address(number: str) -> str:
    """What a `tel:` link needs of a number as people write it: "0131 496 0000" → "tel:01314960000"."""
    plus = "+" if number.strip().startswith("+") else ""
    dialled = number.split("ext", maxsplit=1)[0].replace("(0)", "" if plus else "0")
    return f"tel:{plus}{''.join(str(unicodedata.digit(sign)) for sign in dialled if sign.isdigit())}"
