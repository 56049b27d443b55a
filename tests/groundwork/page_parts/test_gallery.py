"""Every macro and frame, in every state, as people and screen readers get it."""

import pytest
from django.core.exceptions import ValidationError
from django.template.loader import get_template
from django.test import RequestFactory
from django.utils import translation

from . import gallery_pages as gallery
from .reading_html import Page, problems_for_people, summary_links

pytestmark = pytest.mark.urls("tests.groundwork.page_parts.urls")

PAGES = ("family.html", "one_question.html", "sent.html", "staff.html", "staff_beside.html", "paper.html")


@pytest.mark.parametrize("language", ["en-gb", "gd"])
@pytest.mark.parametrize("state", ["empty", "errors"])
@pytest.mark.parametrize("template", PAGES)
def test_nothing_stands_in_anybodys_way(template: str, state: str, language: str) -> None:
    with translation.override(language):
        assert problems_for_people(Page(gallery.show(template, state))) == []


@pytest.fixture
def wrong() -> Page:
    return Page(gallery.show("family.html", "errors"))


def test_every_error_stands_in_the_summary_and_beside_its_field(wrong: Page) -> None:
    links = {link["href"]: link.words for link in summary_links(wrong)}
    assert links == {
        "#id_name": "Your name: Write an answer here",
        "#id_email": "Email: Write an email address, such as name@example.com",
        "#id_how_0": "How may we get in touch? Choose one of the answers shown",
        "#id_needs_0": "What would help? Choose from the answers shown",
        "#id_agree": "I have read who will see this: Tick the box to go on",
        "#id_born_on_day": "Date of birth: 31 2 2015 is not a real date. Check the day and the month",
        "#id_due_on_month": "When is the baby due? Add the month",
        "#id_area": "Where do you live? Choose one of the answers shown",
        "#id_children": "How many children? Write a whole number, such as 12",
    }
    for name in ("name", "email", "how", "needs", "agree", "born_on", "due_on", "area", "children"):
        assert wrong.by_id(f"id_{name}-error").words.startswith("Error: ")


def test_a_field_is_described_by_its_hint_and_its_error(wrong: Page) -> None:
    assert wrong.by_id("id_name")["aria-describedby"] == "id_name-hint id_name-error"
    assert wrong.by_id("id_name")["aria-invalid"] == "true"
    assert wrong.by_id("id_needs")["aria-describedby"] == "id_needs-hint id_needs-error"
    assert wrong.by_id("id_story")["aria-describedby"] == "id_story-hint"
    assert not wrong.by_id("id_story").has("aria-invalid")
    assert wrong.by_id("id_how_2")["aria-describedby"] == "id_how_2-hint"


def test_the_summary_has_the_focus_without_a_script_and_the_title_says_it(wrong: Page) -> None:
    summary = wrong.by_id("error-summary")
    assert summary.has("autofocus")
    assert summary["tabindex"] == "-1"
    assert wrong.all("title")[0].words.startswith("Error: Every part")
    assert not Page(gallery.show("family.html")).all("title")[0].words.startswith("Error")


def test_what_was_typed_stays_and_is_harmless(wrong: Page) -> None:
    assert wrong.by_id("id_story").words == f"\n<script>alert(1)</script>\n\n{gallery.RTL_NAME} 🙂"
    assert wrong.by_id("id_email")["value"] == "not an address"
    assert wrong.by_id("id_children")["value"] == "two"
    assert [wrong.by_id(f"id_born_on_{part}")["value"] for part in ("day", "month", "year")] == ["31", "2", "2015"]
    assert wrong.by_id("id_needs_0").has("checked")
    assert not wrong.by_id("id_needs_1").has("checked")
    assert not [script for script in wrong.all("script") if "src" not in script.attributes]


def test_only_the_parts_of_a_date_that_are_wrong_are_marked(wrong: Page) -> None:
    assert [part for part in ("day", "month", "year") if wrong.by_id(f"id_born_on_{part}").has("aria-invalid")] == ["day", "month"]
    assert [part for part in ("day", "month", "year") if wrong.by_id(f"id_due_on_{part}").has("aria-invalid")] == ["month"]
    assert wrong.by_id("id_born_on_year")["autocomplete"] == "bday-year"


def test_optional_questions_say_so_and_others_do_not() -> None:
    labels = {label["for"]: label.words for label in Page(gallery.show("family.html")).all("label")}
    assert labels["id_email"] == "Email (optional)"
    assert labels["id_name"] == "Your name"
    assert labels["id_how_0"] == "By phone"


def test_what_a_choice_reveals_stands_inside_the_choice() -> None:
    page = Page(gallery.show("family.html"))
    phone = page.by_id("id_phone")
    assert any("ds_question__sub" in outer.get("class") for outer in phone.around)
    assert any("ri_reveals" in outer.get("class") for outer in phone.around)
    assert not any("ri_reveals" in outer.get("class") for outer in page.by_id("id_email").around)


def test_what_is_revealed_stays_open_while_it_holds_an_error() -> None:
    class Late(gallery.GalleryForm):
        def clean_phone(self) -> str:
            raise ValidationError("Write the number")

    form = Late(gallery.posted(gallery.WRONG))
    page = Page(str(gallery.engine().get_template("family.html").render(gallery.context(form), RequestFactory().get("/"))))
    assert any("ri_reveal--open" in outer.get("class") for outer in page.by_id("id_phone").around)


@pytest.mark.parametrize(("name", "target"), [("nobody", "#id_name"), ("whole form", None)])
def test_an_error_of_the_whole_form_leads_to_a_field_if_it_names_one(name: str, target: str | None) -> None:
    form = gallery.GalleryForm(gallery.posted({**gallery.WRONG, "name": name}))
    page = Page(str(gallery.engine().get_template("family.html").render(gallery.context(form), RequestFactory().get("/"))))
    first = page.by_id("error-summary")
    assert ("Somebody must be named" if target else "This was sent before") in first.words
    assert ("Somebody must be named" in [link.words for link in summary_links(page)]) is bool(target)


def test_a_question_can_be_the_heading_of_its_page_and_is_not_told_twice() -> None:
    page = Page(gallery.show("one_question.html", "errors"))
    assert [link.words for link in summary_links(page)] == ["Choose one of the answers shown"]
    heading = page.all("h1")[0]
    assert heading.words == "How may we get in touch?"
    assert heading.around[-1].tag == "legend"


def test_the_way_out_works_without_a_script_and_needs_no_token() -> None:
    page = Page(gallery.show("family.html"))
    form = page.by_class("ds_hide-page")[0]
    assert (form["method"], form["action"]) == ("post", "/hide")
    assert not any(element.get("name") == "csrfmiddlewaretoken" and form in element.around for element in page.elements)
    assert "Shift" in page.by_class("ri_hide-page__keys")[0].words
    assert page.by_class("ri_hide-page__keys")[0].has("hidden"), "without a script no key does anything, so none is promised"
    assert "history" in page.all("footer")[0].words


def test_staff_pages_show_who_is_signed_in_and_no_way_out_for_families() -> None:
    page = Page(gallery.show("staff.html"))
    assert not page.by_class("ds_hide-page")
    assert "Morag Innes" in page.all("header")[0].words
    current = [link.words for link in page.all("a") if link.get("aria-current") == "page" and "ri_navigation__link" in link["class"]]
    assert current == ["Queue"]
    sign_out = page.by_class("ri_header__sign-out")[0]
    assert sign_out["action"] == "/staff/sign-out"
    assert any(element.get("name") == "csrfmiddlewaretoken" and sign_out in element.around for element in page.elements)


def test_the_other_language_is_a_plain_link_that_keeps_the_query() -> None:
    link = Page(gallery.show("family.html")).by_class("ri_language")[0]
    assert (link.words, link["href"], link["lang"]) == ("Gàidhlig", "?stage=received&page=7&language=gd", "gd")
    with translation.override("gd"):
        gaelic = Page(gallery.show("family.html"))
    assert gaelic.all("html")[0]["lang"] == "gd"
    assert gaelic.by_class("ri_language")[0].words == "English"
    assert [span["lang"] for span in gaelic.all("span") if span.words == "Only in English so far"] == ["en"]


def test_pages_of_a_list_keep_the_filter() -> None:
    links = [link for link in Page(gallery.show("staff.html")).by_class("ds_pagination__link") if link.tag == "a"]
    assert [link["href"] for link in links][:2] == ["?stage=received&page=6", "?stage=received&page=1"]
    assert [link["href"] for link in links if link.get("aria-current") == "page"] == ["?stage=received&page=7"]


def test_a_table_keeps_its_meaning_when_its_rows_become_cards() -> None:
    page = Page(gallery.show("staff.html"))
    table = page.all("table")[0]
    cells = [cell for cell in page.elements if table in cell.around and cell.tag in ("td", "th")]
    assert {cell["role"] for cell in cells} == {"columnheader", "rowheader", "cell"}
    assert {cell["data-heading"] for cell in cells if cell["role"] != "columnheader"} == {
        "Reference", "Who asks", "Stage", "Area", "Days waiting", "Last contact",
    }  # fmt: skip
    region = page.by_class("ri_scroll")[0]
    assert (region["role"], region["tabindex"], region["aria-label"]) == ("region", "0", "A wide table that scrolls by itself")


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "413", "429", "503"])
@pytest.mark.parametrize("language", ["en-gb", "gd"])
def test_error_pages_stand_without_a_request(name: str, language: str) -> None:
    with translation.override(language):
        page = Page(gallery.engine().get_template(f"page_parts/errors/{name}.html").render({}))
    assert problems_for_people(page) == []
    assert page.all("h1")[0].words in page.all("title")[0].words
    assert "999" in page.all("main")[0].words


def test_djangos_own_handlers_find_the_error_pages() -> None:
    for name in ("400", "403", "403_csrf", "404", "429", "500"):
        assert "<h1>" in get_template(f"{name}.html").render({})


def test_the_page_of_a_broken_server_needs_nothing_of_the_server() -> None:
    source = (gallery.PARTS / "jinja2" / "page_parts" / "errors" / "500.html").read_text()
    assert "{{" not in source
    assert "{%" not in source
    assert problems_for_people(Page(source)) == []
