"""Pages that keep people safe and pages that go wrong: hiding, the language, errors, nothing there yet, and very long words."""

from collections.abc import Callable

import pytest

from tests import cast
from tests.journeys.visitor import DESK, PHONE, PLAIN_DESK, PLAIN_PHONE, Visitor

STORY = "Nobody may read this over my shoulder."
TWO_DEVICES = pytest.mark.parametrize("device", [PHONE, PLAIN_DESK], indirect=True, ids=str)
WITH_SCRIPTS = pytest.mark.parametrize("device", [PHONE, DESK], indirect=True, ids=str)


def writes_something(visitor: Visitor) -> None:
    visitor.goes_to("/ask/")
    visitor.chooses("I am a parent or carer")
    visitor.presses("Save and go on")
    visitor.goes_to("/ask/story/")
    visitor.writes("What is going on?", STORY)
    visitor.presses("Save and go on")
    visitor.goes_to("/ask/story/")


def finds_nothing_of_it(visitor: Visitor) -> None:
    """Going back, and going there again, shows nothing that was written."""
    visitor.goes_back()
    visitor.does_not_see(STORY)
    visitor.goes_to("/ask/story/")
    visitor.sees_heading("Who are you?")
    visitor.does_not_see(STORY)


@pytest.mark.parametrize("device", [PHONE, DESK, PLAIN_PHONE, PLAIN_DESK], indirect=True, ids=str)
def test_hiding_the_page_leaves_nothing_of_it_behind(somebody: Callable[..., Visitor]) -> None:
    # Given somebody who has the words that she wrote on the screen
    visitor = somebody()
    writes_something(visitor)
    held = visitor.holds_of_us()
    assert "sessionid" in held
    # When somebody comes in, and she presses the button
    visitor.hides_the_page()
    # Then the weather is there, and neither the way back nor the address shows what was written
    assert visitor.page.title() == "Weather"
    finds_nothing_of_it(visitor)
    assert visitor.holds_of_us().get("sessionid") != held["sessionid"]


@WITH_SCRIPTS
def test_three_times_shift_hides_the_page_and_nothing_was_kept_in_the_browser(somebody: Callable[..., Visitor]) -> None:
    visitor = somebody()
    writes_something(visitor)
    assert visitor.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert visitor.page.evaluate("indexedDB.databases().then((found) => found.length)") == 0
    assert visitor.page.evaluate("caches.keys().then((found) => found.length)") == 0
    visitor.presses_shift_three_times()
    assert visitor.page.title() == "Weather"
    finds_nothing_of_it(visitor)


@WITH_SCRIPTS
def test_what_was_read_from_link_to_link_leaves_no_list_in_the_tabs_history(somebody: Callable[..., Visitor]) -> None:
    visitor = somebody()
    visitor.goes_to("/")
    before = visitor.page.evaluate("history.length")
    for path in ("/what-happens/", "/", "/privacy/"):
        visitor.page.locator(f'a[href="{path}"]').first.click()
        visitor.page.wait_for_url(f"**{path}")
    assert visitor.page.evaluate("history.length") == before


@WITH_SCRIPTS
def test_where_the_script_cannot_end_the_session_the_form_does(somebody: Callable[..., Visitor]) -> None:
    # Given somebody whose browser lets no script send anything
    visitor = somebody()
    writes_something(visitor)
    held = visitor.holds_of_us()
    visitor.page.route("**/hide/", lambda route: route.abort() if route.request.resource_type == "fetch" else route.fallback())
    # When she hides the page
    visitor.hides_the_page()
    # Then the session is over all the same
    finds_nothing_of_it(visitor)
    assert visitor.holds_of_us().get("sessionid") != held["sessionid"]


@TWO_DEVICES
def test_a_draft_can_be_thrown_away_for_good(somebody: Callable[..., Visitor]) -> None:
    visitor = somebody()
    writes_something(visitor)
    visitor.presses("See all the questions")
    visitor.presses("Throw it away")
    visitor.presses("No, keep it")
    visitor.presses("Throw it away")
    visitor.presses("Yes, throw it away")
    visitor.sees_heading("Is your family finding things hard?")
    visitor.goes_to("/ask/story/")
    visitor.does_not_see(STORY)


@TWO_DEVICES
def test_a_family_reads_and_asks_in_gaelic(somebody: Callable[..., Visitor]) -> None:
    # Given Peigi, who would rather have it in Gaelic
    peigi = somebody()
    peigi.goes_to("/")
    peigi.presses_outside("Gàidhlig")
    # Then every page that she comes to is in Gaelic, until she chooses otherwise
    assert language_of(peigi) == "gd"
    peigi.sees_heading("A bheil cùisean doirbh dhan teaghlach agaibh?")
    peigi.picture("families-gaelic")
    for path in ("/what-happens/", "/privacy/", "/services/", "/emergency/", "/come-back/", "/ask/"):
        peigi.goes_to(path)
        assert language_of(peigi) == "gd", path
    peigi.page.locator("main label:visible").first.click()
    peigi.page.locator("main button").first.click()
    for path in ("/ask/tasks/", "/ask/story/", "/ask/contact/", "/ask/people/add/", "/ask/must-not-see/", "/ask/check/", "/ask/leave/"):
        peigi.goes_to(path)
        assert language_of(peigi) == "gd", path
    peigi.goes_to("/ask/story/")
    peigi.page.locator("main textarea").fill("Tha mi sgìth.")
    peigi.presses_outside("English")
    assert language_of(peigi) == "en-GB"
    peigi.sees_heading("What is going on?")


def language_of(visitor: Visitor) -> str:
    return visitor.page.locator("html").get_attribute("lang") or ""


@TWO_DEVICES
def test_a_page_that_is_not_there_helps_on(somebody: Callable[..., Visitor]) -> None:
    # Given somebody who mistypes an address, signed in or not
    for visitor in (somebody(), somebody("Fraser Weir")):
        visitor.goes_to("/work/requests/01a20129-8ee7-7e0f-9f8d-db597d890b20/" if visitor.holds_of_us() else "/my-requests/")
        # Then the page says so, leads on, and has the emergency number
        visitor.sees_heading("We cannot find this page")
        visitor.sees("999")
        visitor.presses("Go to the start")


@TWO_DEVICES
def test_a_form_that_was_open_too_long_is_refused_in_plain_words(somebody: Callable[..., Visitor]) -> None:
    visitor = somebody()
    visitor.goes_to("/ask/")
    visitor.chooses("I am a parent or carer")
    visitor.context.clear_cookies()
    visitor.presses("Save and go on")
    visitor.sees("999")
    visitor.does_not_see("CSRF")


@TWO_DEVICES
def test_guessing_a_code_is_slowed_and_the_page_says_for_how_long(somebody: Callable[..., Visitor]) -> None:
    request_for_assistance = cast.family_request()
    guesser = somebody()
    guesser.goes_to("/come-back/")
    for _guess in range(9):
        guesser.writes("Your code", request_for_assistance.reference)
        guesser.writes("Your phrase", "something I made up")
        guesser.presses("Go to my request")
    guesser.sees("There were too many tries", "a quarter of an hour")


@TWO_DEVICES
def test_where_nothing_is_there_yet_a_page_says_so(somebody: Callable[..., Visitor]) -> None:
    # Given a partnership on its first morning
    empty = {
        "Morag Keir": {"/hub/": "Nobody is waiting", "/work/requests/": "You have not sent a request yet"},
        "Joan Pirie": {
            "/work/": "Hello, Joan Pirie",
            "/work/inbox/": "Nothing is with your organisation now",
            "/work/inbox/?show=closed": "closed",
        },
        "Ailsa Brock": {"/work/alerts/": "No alert is waiting"},
        "Ewan Laird": {"/work/": "There is nothing here for your part yet"},
    }
    for name, pages in empty.items():
        visitor = somebody(name)
        for path, words in pages.items():
            visitor.goes_to(path)
            visitor.sees(words)
    # And a family that looks for a service that there is not
    rowan = somebody()
    rowan.goes_to("/services/")
    rowan.picks("Food", of="What is it about?")
    rowan.presses("Show")
    rowan.sees("Lennan Larder")
    rowan.does_not_see("Women’s Aid")


@pytest.mark.parametrize("device", [PHONE, PLAIN_PHONE], indirect=True, ids=str)
def test_words_without_an_end_stay_on_a_narrow_page(somebody: Callable[..., Visitor]) -> None:
    # Given somebody who writes without a gap, from right to left, and with pictures
    endless = "a" * 300
    written = cast.family_request(
        story=f"{endless} 👩‍👧‍👦 {'ث' * 200}",
        your_name="شهرزاد بنت محمد",
        people=[{"known_as": "W" * 80, "age_years": 6, "relation": "child"}],
        wishes=endless,
        contact_way="through",
        through=endless[:200],
        must_not_know=endless,
    )
    # Then everybody's pages of it are as wide as the screen and no wider
    morag = somebody("Morag Keir")
    morag.goes_to("/hub/")
    morag.presses(written.reference)
    morag.presses("Refer to services")
    morag.chooses("Sleep better together")
    morag.presses("Ask for help")
    joan = somebody("Joan Pirie")
    joan.goes_to("/work/inbox/")
    joan.opens("W" * 20)
    rowan = somebody()
    rowan.goes_to("/come-back/")
    rowan.writes("Your code", written.reference)
    rowan.writes("Your phrase", cast.PHRASE)
    rowan.presses("Go to my request")
