"""A school desk keys in a paper form by keyboard alone and hands over the slip; all channels end in one queue."""

from collections.abc import Callable

import pytest

from tests.journeys.visitor import DESK, PLAIN_PHONE, Visitor

PHRASE = "tea with the heron"
TWO_DEVICES = pytest.mark.parametrize("device", [DESK, PLAIN_PHONE], indirect=True, ids=str)


@TWO_DEVICES
def test_a_desk_keys_in_a_paper_form_by_keyboard_alone(somebody: Callable[..., Visitor], tell_count: Callable[[str], None]) -> None:
    # Given the school office, and a form that Gran Jean filled in on paper
    una = somebody("Una Lamont")
    una.goes_to("/work/")
    una.tabs_to("Key in a form")
    una.key("Enter", navigates=True)
    una.sees_heading("Key in a form")
    una.picture("desk-key-in", at=DESK)
    # When it is keyed in with Tab, Space, Enter and letters, and the pointer is never touched
    clicks_before, keys_before = una.clicks, una.keys
    keys_in_the_form(una)
    una.tabs_to("Send it and make the slip")
    una.key("Enter", navigates=True)
    # Then the desk has a slip to hand over, with the code and a day
    una.sees_heading("The slip to hand over")
    una.sees("Monday 23 November 2026", "the phrase that you wrote on the form")
    code = una.code()
    una.picture("desk-slip", at=DESK)
    tell_count(f"a paper form keyed in: {una.fields} fields, {una.keys - keys_before} keys beside the letters; a count, not a timing")
    assert una.clicks == clicks_before
    assert una.keys - keys_before < 120
    # And on paper there is the slip and nothing else
    una.page.emulate_media(media="print")
    una.sees(code)
    assert not una.page.get_by_text("Key in the next form").is_visible()
    una.page.emulate_media(media="screen")
    # And it stands in the hub's queue with the way by which it came, and Jean can look at it herself
    morag = somebody("Morag Keir")
    morag.goes_to("/hub/")
    morag.sees_beside(code, "Jean", "On paper")
    jean = somebody()
    jean.goes_to("/come-back/")
    jean.writes("Your code", code.lower().replace("-", " "))
    jean.writes("Your phrase", PHRASE)
    jean.presses("Go to my request")
    jean.sees("You asked for help")


def keys_in_the_form(una: Visitor) -> None:
    una.tabs_to("What is going on?")
    una.types("I have had the two boys since March. Their mum is not well. I am 71 and the money is short.")
    for need in ("Money and bills", "Looking after somebody"):
        una.tabs_to(need)
        una.key("Space")
    una.tabs_to("What should we call you?")
    una.types("Jean")
    una.tabs_to("Name")
    una.types("Callum")
    una.tabs_to("Who are they")
    una.types("My gr")
    una.tabs_to("Age in years")
    una.types("8")
    una.tabs_to("Phone call")
    una.key("Space")
    una.tabs_to("Phone number")
    una.types("01632 960 744")
    una.tabs_to("Yes, you can leave a message")
    una.key("Space")
    una.tabs_to("Where do you live")
    una.types("Balnashee")
    una.tabs_to("The phrase that they chose")
    una.types(PHRASE)


@TWO_DEVICES
def test_a_form_that_says_nothing_is_not_sent_and_a_wrong_number_is_told_beside_the_field(somebody: Callable[..., Visitor]) -> None:
    una = somebody("Una Lamont")
    una.goes_to("/work/key-in/")
    una.presses("Send it and make the slip")
    una.sees("The form says nothing yet")
    una.writes("What is going on?", "The boys miss their mum.")
    una.writes("Phone number", "ask the neighbour")
    una.presses("Send it and make the slip")
    una.sees("There is a problem", "Write a phone number, such as 07700 900 123")
    una.sees_written("What is going on?", "The boys miss their mum.")


@TWO_DEVICES
def test_a_blank_form_and_the_local_directory_are_there_to_print(somebody: Callable[..., Visitor]) -> None:
    una = somebody("Una Lamont")
    una.goes_to("/work/")
    una.presses("A blank form to print")
    una.sees("Ask for help", "If somebody is in danger now, call 999", "A phrase that only you know")
    una.picture("desk-paper-form", at=DESK)
    una.goes_to("/work/")
    una.presses("The local directory to print")
    una.sees("Lennan Larder", "In an emergency call 999")
    una.picture("desk-directory", at=DESK)
    una.page.emulate_media(media="print")
    una.sees("Lennan Larder")
