"""No word on a page without its translation: what stands in a template outside `_()` and `{% trans %}` must not be language."""

import re
from html import unescape
from pathlib import Path

import pytest

import reachin

from . import gallery_pages as gallery

HOUSE = Path(reachin.__file__).parent
HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"
NAMES = {"Reach In"}
"""Words that are the same in every language."""
STANDS_ALONE = {"500.html"}
"""Written in both languages, because it must work when nothing else does."""


def templates() -> list[Path]:
    return [path for path in sorted(HOUSE.glob("**/jinja2/**/*.html")) if path.name not in STANDS_ALONE]


def markup_of(source: str) -> str:
    """A template's HTML with `HOLE` in the place of every expression, without what the catalogues see and without class names."""
    env = gallery.engine().env
    pieces, words, is_silent = [], list[str](), False
    for _line, token, value in env.lex(source):
        if token == "block_begin":
            words = []
        elif token in ("name", "operator"):
            words.append(value)
        elif token == "block_end":
            if words[:1] in (["trans"], ["endtrans"]) or words[:2] in (["block", "width"], ["block", "body_class"]):
                is_silent = words[0] != "endtrans"
            elif words[:1] == ["endblock"]:
                is_silent = False
            pieces.append(HOLE)
        elif token == "variable_end":
            pieces.append(HOLE)
        elif token == "data" and not is_silent:
            pieces.append(value)
    return "".join(pieces)


def untranslated(source: str) -> list[str]:
    """The words of a template that no catalogue sees: between the tags, and in attributes that are read aloud."""
    html = re.sub(r"<(script|style)\b.*?</\1>|<!--.*?-->|<!DOCTYPE[^>]*>", " ", markup_of(source), flags=re.DOTALL)
    spoken = re.findall(r'\b(?:aria-label|alt|title|placeholder)="([^"]*)"', html)
    between = re.sub(r'[\w-]+="[^"]*"?', " ", re.sub(r"<[^>]*>", HOLE, html))
    pieces = [unescape(piece) for words in [between, *spoken] for piece in words.split(HOLE)]
    found = [re.sub(r"[\W\d_]+", " ", piece).strip() for piece in pieces]
    return [words for words in found if len(words) > 1 and words not in NAMES]


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_every_word_goes_through_a_catalogue(path: Path) -> None:
    assert untranslated(path.read_text()) == []


def test_what_is_forgotten_is_found() -> None:
    assert untranslated("<p>Hello {{ name }}, welcome</p>") == ["Hello", "welcome"]
    assert untranslated('<a aria-label="Go back" href="/">{{ _("Back") }}</a>') == ["Go back"]
    assert untranslated('{% block width %}wide{% endblock %}<b{% if x %} class="y"{% endif %}>Seen</b>') == ["Seen"]
    assert untranslated("{% trans n=3 %}{{ n }} families{% endtrans %}<p>{{ _('x') }}</p>{%- trans -%}fine{%- endtrans -%}") == []
