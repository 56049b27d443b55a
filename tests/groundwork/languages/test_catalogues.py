"""What a catalogue must keep to, whoever translates: Django's plurals, the same placeholders and numbers, and Gaelic for families."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from django.conf import settings

GAELIC = Path(settings.LOCALE_PATHS[0]) / "gd" / "LC_MESSAGES" / "django.po"
PRODUCT = Path(__file__).resolve().parents[3] / "reachin"
DJANGOS_PLURALS = "nplurals=4; plural=(n==1 || n==11) ? 0 : (n==2 || n==12) ? 1 : (n > 2 && n < 20) ? 2 : 3;"
READ_BY_FAMILIES = (
    "groundwork/page_parts",
    "groundwork/languages",
    "groundwork/notices",
    "families/people",
    "families/information_sharing",
    "families/own_accounts",
    "families/information_requests",
    "families/record_linkage",
    "families/retention",
    "access/directory",
    "access/requests_for_assistance",
    "access/referrals",
    "interfaces/asking_form",
    "interfaces/public",
    "interfaces/family",
)
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
TAG = re.compile(r"<[^>]+>")
NUMBER = re.compile(r"\d+")


@pytest.fixture(scope="module")
def gaelic() -> Catalog:
    with GAELIC.open("rb") as source:
        return read_po(source, locale="gd")


def texts(message: Message) -> tuple[list[str], list[str]]:
    """The English and the Gaelic of an entry; without the Gaelic where it is not written."""
    english = [message.id] if isinstance(message.id, str) else list(message.id)
    translated = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return english, [text for text in translated if text]


def entries(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def test_plurals_are_djangos_four() -> None:
    """Babel's own are fewer; Django reads a catalogue with other plurals apart from its own."""
    header = GAELIC.read_text().split("\n\n", 1)[0].replace('"\n"', "")
    assert f"Plural-Forms: {DJANGOS_PLURALS}\\n" in header


def test_placeholders_are_the_same_in_both_languages(gaelic: Catalog) -> None:
    for message in entries(gaelic):
        english, translated = texts(message)
        wanted = sorted(PLACEHOLDER.findall(english[-1]))
        for text in translated:
            assert sorted(PLACEHOLDER.findall(text)) == wanted, message.id


def test_a_plural_is_translated_in_all_its_forms_or_not_at_all(gaelic: Catalog) -> None:
    for message in entries(gaelic):
        if not isinstance(message.id, str):
            assert len(texts(message)[1]) in (0, 4), message.id


def test_nothing_is_guessed(gaelic: Catalog) -> None:
    """A fuzzy entry is Babel's guess from a similar text: it would be left out of what is compiled, silently."""
    assert [message.id for message in entries(gaelic) if message.fuzzy] == []


def test_tags_and_numbers_are_the_same_in_both_languages(gaelic: Catalog) -> None:
    """A phone number with a slip in it would be worse than no translation."""
    for message in entries(gaelic):
        english, translated = texts(message)
        for text in translated:
            for kind in (TAG, NUMBER):
                assert sorted(kind.findall(text)) == sorted(kind.findall(english[-1])), message.id


@pytest.mark.parametrize("room", READ_BY_FAMILIES)
def test_what_families_read_is_in_gaelic(gaelic: Catalog, room: str) -> None:
    """An English text in the midst of a Gaelic page would be read out by Gaelic rules: nothing marks it."""
    methods = [("**.py", "python"), ("**/jinja2/**.html", "jinja2"), ("**/jinja2/**.txt", "jinja2")]
    jinja = {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true"}
    options = {"**/jinja2/**.html": jinja, "**/jinja2/**.txt": jinja}
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "gettext_lazy": None, "ngettext_lazy": (1, 2)}
    found = [text for _file, _line, text, _comments, _context in extract_from_dir(PRODUCT / room, methods, options, keywords)]
    assert found
    untranslated = [text for text in found if not (entry := gaelic.get(text)) or not texts(entry)[1]]
    assert untranslated == []
