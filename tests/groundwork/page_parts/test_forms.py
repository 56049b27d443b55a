import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django import forms
from django.http import QueryDict
from django.test import RequestFactory

from reachin.groundwork.page_parts.forms import LONG_TEXT, Form

from . import gallery_pages as gallery
from .reading_html import Page, problems_for_people

pytestmark = pytest.mark.urls("tests.groundwork.page_parts.urls")


class Letter(Form):
    to = forms.CharField(label="To")
    words = forms.CharField(widget=forms.Textarea)
    short = forms.CharField(max_length=3, required=False)
    own = forms.CharField(max_length=3, required=False, error_messages={"max_length": "Three letters, please"})
    years = forms.IntegerField(required=False, min_value=0, max_value=120)


def errors_of(**typed: str) -> dict[str, list[str]]:
    form = Letter({"to": "Morag", "words": "Hello", **typed})
    return {name: [str(message) for message in messages] for name, messages in form.errors.items()}


@pytest.mark.asvs("1.3.3")
def test_every_text_has_an_end_and_the_error_says_how_much_is_too_much() -> None:
    assert errors_of(words="a" * 5001) == {"words": ["This is too long. Use 5000 characters or fewer: you have used 5001"]}
    assert errors_of(words="🙂" * LONG_TEXT) == {}
    assert errors_of(to="a" * 201) == {"to": ["This is too long. Use 200 characters or fewer: you have used 201"]}
    assert errors_of(short="abcd") == {"short": ["This is too long. Use 3 characters or fewer: you have used 4"]}
    assert errors_of(own="abcd") == {"own": ["Three letters, please"]}


def test_a_line_break_counts_once_as_people_count() -> None:
    assert errors_of(words="a\r\n" * 2500) == {}


def test_messages_are_plain_where_nobody_wrote_others() -> None:
    assert errors_of(to="", years="two") == {"to": ["Write an answer here"], "years": ["Write a whole number, such as 12"]}
    assert errors_of(years="121") == {"years": ["Write 120 or less"]}
    assert errors_of(years="-1") == {"years": ["Write 0 or more"]}
    assert errors_of(years="9" * 100_000) == {"years": ["Write a whole number, such as 12"]}

    class Own(Form):
        to = forms.CharField(error_messages={"required": "Write whom it is for"})

    assert Own({}).errors == {"to": ["Write whom it is for"]}


def test_a_field_class_with_words_of_its_own_keeps_them() -> None:
    class Reference(forms.CharField):
        default_error_messages = {"required": "Write your reference"}  # noqa: RUF012

    assert type("Find", (Form,), {"reference": Reference()})({}).errors == {"reference": ["Write your reference"]}


def test_texts_are_tidy_before_anything_reads_them() -> None:
    form = Letter(QueryDict("to=Mo%00rag%0D%0AInnes&words=one%00%0D%0Atwo%0Bthree%07"))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["to"] == "Morag Innes"
    assert form.cleaned_data["words"] == "one\ntwo\nthree"
    assert form["words"].value() == "one\ntwo\nthree", "what is shown again is what was read"


def test_the_browser_neither_cuts_nor_stops_anything() -> None:
    page = Page(gallery.show("family.html"))
    assert not [element for element in page.elements if element.has("maxlength") or element.has("required")]
    assert all(form.has("novalidate") for form in page.all("form") if not form.has("data-hide-page"))


NAUGHTY_EXTRA = [
    "\x00",
    "a\x00b",
    "\ud800",
    "a\udfffb",
    "a" * 100_000,
    "🙂" * 100_000,
    "\u202etxt",
    gallery.RTL_NAME,
    "1066",
    "-1",
    "9" * 5000,
]


def every_field_says(text: str) -> None:
    """The gallery's form takes the text in every field, as posted and as a plain mapping, and shows all of it again."""
    names = [*gallery.GalleryForm.base_fields, *(f"{field}_{part}" for field in ("born_on", "due_on") for part in ("day", "month", "year"))]
    form = gallery.GalleryForm(dict.fromkeys(names, text))
    form.is_valid()
    source = str(gallery.engine().get_template("family.html").render(gallery.context(form), RequestFactory().get("/")))
    source.encode()
    if len(text) < 1000:
        assert problems_for_people(Page(source)) == []


def test_naughty_strings_break_nothing(outside_data: Callable[[str], Path]) -> None:
    for text in json.loads(outside_data("data/security/blns/blns.json").read_text()):
        every_field_says(text)


@pytest.mark.parametrize("text", NAUGHTY_EXTRA, ids=range(len(NAUGHTY_EXTRA)))
def test_what_no_keyboard_writes_breaks_nothing(text: str) -> None:
    every_field_says(text)


def test_too_long_a_text_comes_back_whole_with_the_error_beside_it() -> None:
    text = "word " * 20_000
    form = gallery.GalleryForm(gallery.posted({**gallery.WRONG, "story": text.strip()}))
    page = Page(str(gallery.engine().get_template("family.html").render(gallery.context(form), RequestFactory().get("/"))))
    assert page.by_id("id_story").words.strip() == text.strip()
    assert page.by_id("id_story-error").words == "Error: This is too long. Use 5000 characters or fewer: you have used 99999"
