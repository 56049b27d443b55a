import pytest
from django.utils import translation
from jinja2 import Environment

from reachin.groundwork.languages.text import TextInLanguages, Wording, subtag

BOTH = TextInLanguages(en="Help at home", gd="Cuideachadh aig an taigh")


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (BOTH, "en-gb", Wording("Help at home", "en", False)),
        (BOTH, "gd", Wording("Cuideachadh aig an taigh", "gd", False)),
        (BOTH, None, Wording("Help at home", "en", False)),
        (BOTH, "pl", Wording("Help at home", "en", True)),
        (TextInLanguages(en="Help"), "gd", Wording("Help", "en", True)),
        (TextInLanguages(gd="Cuideachadh"), "en-gb", Wording("Cuideachadh", "gd", True)),
        (TextInLanguages(), "gd", Wording("", "gd", False)),
    ],
)
def test_a_reader_gets_their_language_or_what_there_is(text: TextInLanguages, language: str | None, expected: Wording) -> None:
    assert text.in_language(language) == expected


def test_on_a_page_a_text_in_another_language_says_so_and_is_escaped() -> None:
    page = Environment(autoescape=True).from_string("<p>{{ text }}</p>")
    with translation.override("gd"):
        assert page.render(text=TextInLanguages(en="Food & fuel")) == '<p><span lang="en">Food &amp; fuel</span></p>'
        assert page.render(text=BOTH) == "<p>Cuideachadh aig an taigh</p>"
        assert str(BOTH) == "Cuideachadh aig an taigh"
    with translation.override("en-gb"):
        assert page.render(text=TextInLanguages(en="<b>")) == "<p>&lt;b&gt;</p>"


def test_made_from_plain_text_from_a_mapping_or_from_itself() -> None:
    assert TextInLanguages.of("Help") == TextInLanguages(en="Help")
    assert TextInLanguages.of({"en": "Help at home", "gd": "Cuideachadh aig an taigh"}) == BOTH
    assert TextInLanguages.of(BOTH) == BOTH
    assert TextInLanguages.of(None) == TextInLanguages()
    assert not TextInLanguages.of("")
    assert hash(TextInLanguages.of("Help")) == hash(TextInLanguages(en="Help"))


@pytest.mark.parametrize(
    ("wrong", "error"), [({"fr": "Aide"}, ValueError), ({"en": 3}, TypeError), (3, TypeError), ({"en": None}, TypeError)]
)
def test_anything_else_is_refused(wrong: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        TextInLanguages.of(wrong)  # type: ignore[arg-type]


def test_only_written_languages_are_kept() -> None:
    assert TextInLanguages(en="Help").as_mapping() == {"en": "Help"}
    assert TextInLanguages().as_mapping() == {}


@pytest.mark.parametrize(("tag", "expected"), [("en-gb", "en"), ("en_GB", "en"), ("GD", "gd"), (None, "en"), ("", "en")])
def test_the_subtag_of_a_language(tag: str | None, expected: str) -> None:
    assert subtag(tag) == expected
