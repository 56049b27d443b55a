"""Sharing: a guardian enters an agreement, a partner joins a circle with it and without one, and somebody has to look first."""

from collections.abc import Callable
from typing import Any

from demo.partnership import Partnership
from tests import cast
from tests.journeys.visitor import DESK, Visitor

Somebody = Callable[..., Visitor]


def circle_of(morag: Visitor, request_id: Any) -> None:
    morag.goes_to(f"/hub/requests/{request_id}/")
    morag.presses("Circle")
    morag.sees_heading("Circle")


def enters_an_agreement(ruth: Visitor) -> None:
    ruth.goes_to("/guardian/")
    ruth.sees_heading("Information guardian")
    ruth.presses("Agreements")
    ruth.presses("Enter an agreement")
    ruth.presses("Enter it")
    ruth.sees("There is a problem", "Write what it is called", "Choose with whom")
    ruth.writes("What is it called?", "Hub and Harbour")
    ruth.chooses("Harbour Families", to="With whom?")
    ruth.chooses("To give help", to="What for?")
    ruth.chooses("Names and how to get in touch", "What is going on", to="Which kinds of words")
    ruth.writes("Why is it shared?", "So that help begins sooner.")
    ruth.writes("Why is it needed, and no more?", "A name and what it is about.")
    ruth.writes("How and when is it shared?", "Through Reach In, on the day.")
    ruth.chooses("The person agreed", to="Lawful basis")
    for label, words in (("Day", "31"), ("Month", "12"), ("Year", "2026")):
        ruth.writes(label, words, beside="Last day")
    ruth.presses("Enter it")
    ruth.sees("The agreement is in the register")
    ruth.sees_beside("Hub and Harbour", "Expires soon")
    ruth.picture("guardians-agreements", at=DESK)


def test_a_guardian_enters_an_agreement_and_a_partner_joins_with_it(somebody: Somebody, partnership: Partnership) -> None:
    # Given a family, and an information guardian with a signed agreement in her hand
    made = cast.family_request(people=None)
    ruth = somebody("Ruth Imrie")
    # When she enters it
    enters_an_agreement(ruth)
    # Then it fills in what a hub worker would have to write
    morag = somebody("Morag Keir")
    circle_of(morag, made.id)
    morag.presses("Add a partner, or decide not to")
    morag.picks("Harbour Families", of="Which organisation?")
    morag.presses("Go on")
    morag.sees("Filled in from the agreement “Hub and Harbour”")
    morag.sees_written("Why?", "So that help begins sooner.")
    morag.presses("Keep the decision")
    morag.sees("There is a problem", "Write whose views you heard")
    morag.writes("Whose views did you hear?", "Rowan asked for it.")
    morag.chooses("They were asked and agreed", to="Were they asked or told?")
    morag.presses("Keep the decision")
    morag.sees("It is shared, and the decision is kept", "Harbour Families", "Under the agreement “Hub and Harbour”")
    morag.picture("hub-circle", at=DESK)
    # And the partner sees her, and what for
    joan = somebody("Joan Pirie")
    joan.goes_to("/work/")
    joan.presses_outside("People shared with us")
    joan.does_not_see("Rowan")
    joan.presses("Open")
    joan.sees_heading("Rowan")
    joan.sees("To give help", "Harbour Families")
    # Until the hub ends it
    morag.presses("End it")
    morag.sees("It acts at once")
    morag.presses("End it")
    morag.sees("It is ended")
    joan.goes_to("/work/people/")
    joan.sees("Nobody has been shared with you")
    # And the register can be printed, and the agreement ended
    ruth.presses("Hub and Harbour")
    ruth.presses("Print")
    ruth.sees("Through Reach In, on the day.")
    ruth.presses("Back")
    ruth.presses("End the agreement")
    ruth.presses("End the agreement")
    ruth.sees("The agreement is ended")


def test_without_an_agreement_the_seven_things_are_said_one_by_one(somebody: Somebody, partnership: Partnership) -> None:
    # Given a family and no agreement
    made = cast.family_request(people=None)
    morag = somebody("Morag Keir")
    circle_of(morag, made.id)
    morag.presses("Add a partner, or decide not to")
    morag.presses("Go on")
    morag.sees("There is a problem", "Choose an organisation")
    morag.picks("Portlennan Primary", of="Which organisation?")
    morag.presses("Go on")
    morag.sees("There is no agreement between your organisations")
    # When something is left out, it is told, and nothing typed is lost
    morag.writes("Why?", "So that the teacher knows why he is tired.")
    morag.presses("Keep the decision")
    morag.sees("Choose what you decide", "Choose the lawful basis")
    morag.sees_written("Why?", "So that the teacher knows why he is tired.")
    morag.chooses("Share", to="What do you decide?")
    morag.chooses("To give help", to="What for?")
    morag.chooses("Names and how to get in touch", to="What may they see?")
    morag.writes("Whose views did you hear?", "Rowan wants the school to know.")
    morag.chooses("They were told", to="Were they asked or told?")
    morag.writes("Why do they need this, and no more?", "A name.")
    morag.chooses("A public task", to="What is the lawful basis?")
    morag.presses("Keep the decision")
    # Then it is kept with its reasons
    morag.sees("It is shared, and the decision is kept", "Portlennan Primary")
    morag.unfolds("Why, and on which basis")
    morag.sees("Rowan wants the school to know.", "They were told")
    fraser = somebody("Fraser Weir")
    fraser.goes_to("/work/people/")
    fraser.presses("Open")
    fraser.sees_heading("Rowan")
    fraser.presses("Add a partner, or decide not to")
    fraser.sees("Which organisation?")
    # And a concern goes to a discussion outside the hub, and stops nothing here
    morag.goes_to(f"/hub/requests/{made.id}/")
    morag.presses("Pass a concern on")
    morag.chooses("An inter-agency discussion about a child (child protection)")
    morag.chooses("Strathlennan Council social work")
    morag.writes("Why?", "A bruise that nobody explains.")
    morag.writes("Whose views did you hear?", "Tam would not say.")
    morag.chooses("They were told", to="Were they asked or told?")
    morag.writes("Why do they need this, and no more?", "They have to know who it is.")
    morag.chooses("A duty in law", to="What is the lawful basis?")
    morag.presses("Pass it on")
    morag.sees("The concern is passed on", "A bruise that nobody explains.")
    ailsa = somebody("Ailsa Brock")
    ailsa.goes_to("/work/people/")
    ailsa.presses("Open")
    ailsa.sees_heading("Rowan")
    ailsa.sees("To keep somebody safe")


def test_somebody_looks_first_and_a_guardian_reviews_it(somebody: Somebody, partnership: Partnership) -> None:
    # Given a support worker who has to know now
    made = cast.family_request()
    elspeth = somebody("Elspeth Moir")
    elspeth.goes_to("/work/")
    elspeth.presses("Look first in an emergency")
    elspeth.presses("Keep my reason and go on")
    elspeth.sees("There is a problem", "Write the reference", "Write why you have to look now")
    # When she says why
    elspeth.writes("The reference", made.reference.lower())
    elspeth.writes("Why do you have to look now?", "The police rang: he is on his way to her.")
    elspeth.presses("Keep my reason and go on")
    elspeth.sees("Your reason is kept")
    elspeth.presses("Open it")
    # Then she reads it for some hours, and knows that it will be reviewed
    elspeth.sees_heading("Rowan")
    elspeth.sees("You can read this until", "Your information guardians look at it by", "Tam will not sleep")
    # And a reference that leads nowhere is answered no differently
    elspeth.goes_to("/work/emergency/")
    elspeth.writes("The reference", "K7QF-3MPX-9CRV")
    elspeth.writes("Why do you have to look now?", "Somebody rang.")
    elspeth.presses("Keep my reason and go on")
    elspeth.sees("Your reason is kept")
    # And the guardian, who sees that it happened and not what was read, reviews it in words
    ruth = somebody("Ruth Imrie")
    ruth.goes_to("/guardian/")
    ruth.picture("guardians-start", at=DESK)
    ruth.presses("to be reviewed")
    ruth.opens("Elspeth Moir")
    ruth.sees_heading("Looked first in an emergency")
    ruth.does_not_see("Tam will not sleep")
    ruth.picture("guardians-review", at=DESK)
    ruth.presses("Keep the review")
    ruth.sees("Choose what you found", "Write what you looked at")
    ruth.chooses("It was right")
    ruth.writes("What did you look at, and what follows?", "I spoke with Elspeth. The police confirm it.")
    ruth.presses("Keep the review")
    ruth.sees("Your review is kept")


def test_a_guardian_sees_who_looked_what_was_shared_and_ends_an_account(somebody: Somebody, partnership: Partnership) -> None:
    made = cast.family_request(your_name="Isla Keir")
    morag = somebody("Morag Keir")
    morag.goes_to(f"/hub/requests/{made.id}/")
    ruth = somebody("Ruth Imrie")
    ruth.goes_to("/guardian/")
    ruth.presses("Who looked")
    ruth.sees("Morag Keir", "A name like their own")
    ruth.picture("guardians-looking", at=DESK)
    ruth.presses("7 days")
    ruth.presses("Shares")
    ruth.sees_heading("Shares")
    ruth.presses_outside("Accounts")
    ruth.presses("End the account", beside="Morag Keir")
    ruth.sees("is out with their next request")
    ruth.presses("End the account")
    ruth.sees("The account is ended")
    morag.goes_to("/hub/")
    morag.sees_heading("Sign in")
