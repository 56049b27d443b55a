import pytest
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from reachin.groundwork.languages.text import TextInLanguages
from reachin.groundwork.page_parts.tables import table_rows


def cell(shown: object) -> str:
    """What stands in the only cell of a table."""
    return str(table_rows(["Head"], [[shown]], row_header=-1)).split('<span class="ri_cell">')[1].removesuffix("</span></td></tr>\n")


@pytest.mark.parametrize(
    ("shown", "html"),
    [
        ("Food & <b>fuel</b>", "Food &amp; &lt;b&gt;fuel&lt;/b&gt;"),
        (Markup("<b>bold</b>"), "<b>bold</b>"),
        (None, ""),
        (0, "0"),
        (gettext_lazy("Back"), "Back"),
        (TextInLanguages(en="A & B"), "A &amp; B"),
        ({"text": "K7", "url": '/a?b="&c'}, '<a href="/a?b=&#34;&amp;c">K7</a>'),
        ({"text": "K7", "url": None}, "K7"),
        ({"text": "Jo", "more": "<i>"}, 'Jo<br><span class="ri_quiet">&lt;i&gt;</span>'),
        ({"tag": "Urgent", "colour": "red"}, '<span class="ds_tag ds_tag--red">Urgent</span>'),
        ({"tag": "<", "colour": ""}, '<span class="ds_tag">&lt;</span>'),
    ],
)
@pytest.mark.asvs("1.2.1")
def test_a_cell_shows_what_it_is_given_and_is_harmless(shown: object, html: str) -> None:
    assert cell(shown) == html


def test_the_heading_goes_with_each_cell_and_one_column_names_the_row() -> None:
    made = str(table_rows(['Who "asks"', {"label": "Days", "numeric": True}], [["Jo", 3]]))
    assert made == (
        '<tr role="row"><th scope="row" role="rowheader" data-heading="Who &#34;asks&#34;"><span class="ri_cell">Jo</span></th>'
        '<td role="cell" data-heading="Days" class="ri_numeric"><span class="ri_cell">3</span></td></tr>\n'
    )


def test_a_row_with_a_cell_too_many_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="longer"):
        table_rows(["Head"], [["a", "b"]])
