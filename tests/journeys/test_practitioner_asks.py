"""A teacher's request comes back with what is missing and why, is completed, goes on; the teacher sees what became of it."""

from collections.abc import Callable

import pytest

from demo.partnership import told
from tests.journeys.conftest import Calendar
from tests.journeys.visitor import DESK, PHONE, Visitor

STORY = "Skye has been late nine times since August. She says that she gets her mum up and dressed first."


def test_a_request_comes_back_with_what_is_missing_and_why(somebody: Callable[..., Visitor], time: Calendar) -> None:
    # Given a head teacher who signs in
    fraser = somebody()
    signs_in(fraser, "fraser.weir@portlennan-primary.example")
    fraser.picture("practitioners-start", at=DESK)
    # When he sends a request without saying how the family can be reached
    writes_without_contact(fraser)
    fraser.sees("Without it the request comes back to you", "How is it safe to be in touch with the family?")
    fraser.picture("practitioners-check", at=DESK)
    fraser.presses("Send the request")
    # Then it is back at once with what is missing and why, and the hub does not see it in its queue
    fraser.sees("Your request came back at once")
    fraser.sees("What is missing, and why", "How is it safe to be in touch with the family?")
    fraser.picture("practitioners-returned", at=DESK)
    morag = somebody("Morag Keir")
    morag.goes_to("/hub/")
    morag.does_not_see("Skye")
    time.passes(days=1)
    # When he completes it, he is asked nothing twice
    fraser.goes_to("/work/")
    fraser.presses("of your requests is back with you")
    fraser.presses("Add what is missing")
    assert "What is going on for the family?" not in " ".join(fraser.questions_asked())
    assert any("How is it safe to be in touch" in asked for asked in fraser.questions_asked())
    fraser.chooses("Phone call")
    fraser.picture("practitioners-complete", at=PHONE)
    fraser.presses("Send it")
    fraser.sees("Write the phone number, so that we can call or text")
    fraser.writes("Phone number", "01632 960 199")
    fraser.presses("Send it")
    fraser.sees("What you added was sent to the hub", "Waiting for the hub to read it")
    # Then it is the hub's turn; and what the hub does with it is what the teacher sees
    morag.goes_to("/hub/")
    morag.opens("Skye")
    morag.sees(STORY, "Yes, and they agree", "01632 960 199")
    morag.presses("Refer to services")
    morag.chooses("Young carers", "Told, and agrees")
    morag.presses("Ask for help")
    fraser.goes_to("/work/requests/")
    fraser.sees_beside("Skye", "Young carers: Sent")
    fraser.picture("practitioners-requests", at=DESK)
    fraser.presses("Skye")
    fraser.sees_in_order("You sent it", "It came back", "You added what was missing", "The hub asked services to help")
    fraser.picture("practitioners-became", at=DESK)


def signs_in(visitor: Visitor, email: str) -> None:
    visitor.goes_to("/work/requests/")
    visitor.sees_heading("Sign in")
    visitor.writes("Work email address", email)
    visitor.writes("Password", "not the password")
    visitor.presses("Sign in")
    visitor.sees("The email address or the password is not right")
    visitor.sees_written("Work email address", email)
    visitor.writes("Password", told("staff.json")["password"])
    visitor.presses("Sign in")
    visitor.sees_heading("Requests that I sent")
    visitor.goes_to("/work/")


def writes_without_contact(fraser: Visitor) -> None:
    fraser.presses("Ask with or for a family")
    fraser.sees("Nothing is asked twice")
    fraser.presses("Begin")
    fraser.writes("What is going on for the family?", STORY)
    fraser.chooses("School or nursery", "Looking after somebody")
    fraser.chooses("No", to="Is anybody in danger")
    fraser.picture("practitioners-happening", at=PHONE)
    fraser.presses("Save and go on")
    fraser.writes("Name", "Skye")
    fraser.presses("Save and go on")
    fraser.sees("Choose who they are in the family")
    fraser.picks("Child or young person", of="Who are they in the family?")
    fraser.writes("Age in years", "13")
    fraser.presses("Save and go on")
    fraser.presses("Save and go on")
    fraser.presses("Save and go on")
    fraser.chooses("Yes, and they agree")
    fraser.writes("What do the child or young person say", "She says: I want help for mum, not for me.")
    fraser.writes("What has been tried", "Breakfast at school, which she liked.")
    fraser.presses("Save and go on")
    fraser.sees_heading("Check and send")


@pytest.mark.parametrize("device", [PHONE], indirect=True, ids=str)
def test_a_complete_request_needs_few_fields_and_clicks_on_a_phone(
    somebody: Callable[..., Visitor], tell_count: Callable[[str], None]
) -> None:
    # Given a health visitor on her phone, signed in
    catriona = somebody("Catriona Rae")
    catriona.goes_to("/work/")
    # When she writes everything that is needed, and no more
    catriona.presses("Ask with or for a family")
    catriona.presses("Begin")
    catriona.writes("What is going on for the family?", "Arlo is seven weeks. Chloe has not slept and cries when I come.")
    catriona.chooses("Feelings and worries", "Pregnancy or a new baby")
    catriona.presses("Save and go on")
    catriona.writes("Name", "Arlo")
    catriona.picks("Child or young person", of="Who are they in the family?")
    catriona.writes("Age in years", "0")
    catriona.presses("Save and go on")
    catriona.chooses("Text message")
    catriona.writes("Phone number", "07700 900 456")
    catriona.presses("Save and go on")
    catriona.presses("Save and go on")
    catriona.chooses("Yes, we are filling this in together")
    catriona.writes("What do the child or young person say", "Too young to say.")
    catriona.writes("What has been tried", "Weekly visits.")
    catriona.presses("Save and go on")
    catriona.does_not_see("This is needed.")
    catriona.presses("Send the request")
    # Then it is with the hub and lacks nothing
    catriona.sees("Your request was sent", "Waiting for the hub to read it")
    tell_count(f"a practitioner's complete request: {catriona.fields} fields written, {catriona.clicks} clicks; a count, not a timing")
    assert catriona.fields <= 8
    assert catriona.clicks <= 20
