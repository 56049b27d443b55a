import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from reachin.groundwork.page_parts.text import in_one_line, is_storable, paragraphs, telephone_address, tidied, tidy

ANY_TEXT = st.text(alphabet=st.characters(), max_size=50)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Seonaidh MacLeòid", "Seonaidh MacLeòid"),
        ("one\r\ntwo\rthree\u2028four\x0bfive\x85six", "one\ntwo\nthree\nfour\nfive\nsix"),
        ("tab\tstays", "tab\tstays"),
        ("a\x00b\x07c\x7f\x9f", "abc"),
        ("half\ud83d emoji 🙂", "half\ufffd emoji 🙂"),
        ("مريم\u200f \u202eright to left", "مريم\u200f \u202eright to left"),
        ("👩‍👧 e\u0301", "👩‍👧 e\u0301"),
    ],
)
@pytest.mark.asvs("1.3.3")
def test_only_what_nobody_sees_is_taken_out(typed: str, expected: str) -> None:
    assert tidy(typed) == expected


@given(ANY_TEXT)
def test_tidy_text_can_be_stored_and_stays_as_it_is(text: str) -> None:
    tidied_text = tidy(text)
    assert is_storable(tidied_text)
    assert tidy(tidied_text) == tidied_text
    tidied_text.encode()


@given(ANY_TEXT)
@pytest.mark.asvs("1.2.1")
def test_paragraphs_are_escaped_whatever_they_hold(text: str) -> None:
    inside = paragraphs(text).replace('<p dir="auto">', "").replace("</p>", "").replace("<br>", "")
    assert "<" not in inside
    assert ">" not in inside


def test_paragraphs_are_made_as_they_were_typed() -> None:
    assert paragraphs("One & one\ntwo\n \n\nthree") == '<p dir="auto">One &amp; one<br>two</p><p dir="auto">three</p>'
    assert paragraphs("") == paragraphs(None) == paragraphs(" \n\n ") == ""


def test_a_posted_form_is_tidied_value_by_value() -> None:
    clean = QueryDict("a=1&a=2&b=%C3%B2")
    assert tidied(clean) is clean
    dirty = tidied(QueryDict("a=1%00&a=2&b=%C3%B2%0D%0Ax&c="))
    assert dirty == QueryDict("a=1&a=2&b=%C3%B2%0Ax&c=")
    with pytest.raises(AttributeError):
        dirty["a"] = "3"


def test_one_line_has_no_breaks() -> None:
    assert in_one_line("Morag \n\n Innes\nHub") == "Morag Innes Hub"


@pytest.mark.parametrize(
    ("number", "address"),
    [
        ("0131 496 0000", "tel:01314960000"),
        ("+44 (0)131 496 0000", "tel:+441314960000"),
        ("999", "tel:999"),
        ("0800 1111 ext 3", "tel:08001111"),
    ],
)
def test_a_number_can_be_rung_by_touching_it(number: str, address: str) -> None:
    assert telephone_address(number) == address
