"""A parent asks on a phone, stops half-way, comes back on another device, sends, and is helped; each sees their side of it."""

from collections.abc import Callable

from tests.journeys.conftest import Calendar
from tests.journeys.visitor import DESK, PHONE, PLAIN_DESK, PLAIN_PHONE, Device, Visitor

PHRASE = "blue boat at the pier"
STORY = "Tam has not slept since we moved. He is scared of the dark and so am I, a bit. I am worn out."
QUESTION = "Who looks after Tam when you are at work?"
OTHER_DEVICE = {PHONE: DESK, DESK: PHONE, PLAIN_PHONE: PLAIN_DESK, PLAIN_DESK: PLAIN_PHONE}


def test_a_parent_asks_stops_comes_back_and_is_helped(somebody: Callable[..., Visitor], time: Calendar, device: Device) -> None:
    # Given a parent who reads first what will happen
    rowan = somebody()
    reads_first(rowan)
    # When she asks, stops half-way, and goes on elsewhere with her code and her phrase
    code = begins_and_stops(rowan)
    there = somebody(at=OTHER_DEVICE[device])
    comes_back_and_sends(there, code)
    # Then she sees who is in touch, and by when
    there.sees("We have your request", code, "Strathlennan Family Hub", "Monday 23 November 2026")
    there.presses("Look at my request")
    there.sees("You asked for help")

    # When the hub asks her something, and she answers
    morag = somebody("Morag Keir")
    hub_asks(morag, code)
    answers(rowan, code)
    # And the hub refers to Harbour Families
    time.passes(hours=3)
    hub_refers(morag, code)
    # Then she sees each step, as Harbour Families takes it
    joan = somebody("Joan Pirie")
    time.passes(days=1)
    joan_answers(joan, "Accept: we will help")
    sees_step(rowan, "They said yes")
    time.passes(days=5)
    joan_answers(joan, "Help has started")
    sees_step(rowan, "Help has started")
    time.passes(days=20)
    joan_answers(joan, "Help is completed", ended="It went as hoped")
    sees_step(rowan, "This help has ended")
    # And she alone says whether it helped
    rates(rowan)
    morag.goes_to("/hub/?turn=agencies")
    morag.presses(code)
    morag.sees("Yes, it helped", "Somebody sat with us")


def reads_first(rowan: Visitor) -> None:
    rowan.goes_to("/")
    rowan.sees("Asking for help does not report you to anybody", "call 999")
    rowan.picture("families-start")
    rowan.presses("Read what will happen and who will see it")
    rowan.sees("We cannot promise to keep everything secret", "8:45am to 5:30pm")


def begins_and_stops(rowan: Visitor) -> str:
    """Gives the code."""
    rowan.presses("Ask for help")
    rowan.presses("Save and go on")
    rowan.sees("There is a problem", "Choose who you are")
    rowan.chooses("I am a parent or carer")
    rowan.presses("Save and go on")
    rowan.sees_heading("Your request")
    rowan.picture("families-tasks")
    rowan.presses("Start with the first question")
    rowan.writes("What is going on?", STORY)
    rowan.picture("families-story")
    rowan.presses("Save and go on")
    rowan.chooses("Feelings and worries", "Behaviour that is hard to cope with")
    rowan.presses("Save and come back later")
    rowan.writes("Your phrase", PHRASE)
    rowan.writes("Your phrase", "short")
    rowan.presses("Save and show me my code")
    rowan.sees("Make it a little longer")
    rowan.writes("Your phrase", PHRASE)
    rowan.presses("Save and show me my code")
    rowan.sees("Nobody sees what you wrote until you send it")
    rowan.picture("families-code")
    code = rowan.code()
    rowan.presses("Leave for now")
    rowan.goes_to("/ask/tasks/")
    rowan.sees_heading("Who are you?")
    return code


def comes_back(visitor: Visitor, code: str) -> None:
    visitor.goes_to("/")
    visitor.presses("Come back to a request")
    visitor.writes("Your code", code)
    visitor.writes("Your phrase", "red boat at the pier")
    visitor.picture("families-come-back")
    visitor.presses("Go to my request")
    visitor.sees("The code and the phrase do not go together")
    visitor.sees_written("Your code", code)
    visitor.writes("Your phrase", PHRASE.title())
    visitor.presses("Go to my request")


def comes_back_and_sends(there: Visitor, code: str) -> None:
    comes_back(there, code)
    there.presses("What is going on?")
    there.sees_written("What is going on?", STORY)
    there.presses("Save and go on")
    there.presses("Save and go on")
    there.writes("What would you like to happen?", "That he sleeps in his own bed.")
    there.writes("Is there anything you would not like?", "A group.")
    there.presses("Save and go on")
    there.sees("If somebody is in danger now")
    there.chooses("No")
    there.presses("Save and go on")
    there.writes("What should we call you?", "Rowan")
    there.presses("Save and go on")
    names_tam(there)
    says_how_it_is_safe(there)
    there.sees_heading("Check your answers")
    there.sees("Tam, my child, 6 years old", "07700 900 123", "Within two working days")
    there.presses("Send my request")
    there.picture("families-sent")


def names_tam(there: Visitor) -> None:
    there.writes("What are they called?", "Tam")
    there.presses("Save this person")
    there.sees("Choose who they are to you")
    there.sees_written("What are they called?", "Tam")
    there.chooses("My child")
    there.writes("How old are they?", "6")
    there.presses("Save this person")
    there.sees("Tam, my child, 6 years old")
    there.presses("Go on")


def says_how_it_is_safe(there: Visitor) -> None:
    there.chooses("Text message")
    there.picture("families-safe-contact")
    there.presses("Save and go on")
    there.sees("Write the phone number, so that we can call or text")
    there.writes("Phone number", "07700 900 123")
    there.presses("Save and go on")
    there.writes("When is a good and safe time?", "School hours")
    there.chooses("Yes, you can leave a message")
    there.presses("Save and go on")
    there.chooses("A charity")
    there.picture("families-first-contact")
    there.presses("Save and go on")
    there.writes("Is there anybody who must not see this", "Tam’s dad. His cousin works for the council housing office.")
    there.chooses("Strathlennan Council housing")
    there.picture("families-must-not-see")
    there.presses("Save and go on")
    there.writes("Where do you live", "Portlennan")
    there.chooses("Yes, keep it secret")
    there.presses("Save and go on")
    there.presses("Save and go on")
    there.chooses("Maybe, tell me more")
    there.presses("Save and go on")


def hub_asks(morag: Visitor, code: str) -> None:
    morag.goes_to("/hub/")
    morag.sees_beside(code, "Rowan, Tam", "Parent or carer", "by 23 Nov 2026")
    morag.presses(code)
    morag.sees(STORY, "School hours", "A charity", "Tam’s dad", "Strathlennan Council housing")
    morag.sees("Where they live must stay secret")
    morag.picture("hub-request", at=DESK)
    morag.presses("I will be in touch")
    morag.presses("Ask the family")
    morag.presses("Ask")
    morag.sees("Write the question")
    morag.writes("What would you like to ask?", QUESTION)
    morag.picture("hub-ask-family", at=DESK)
    morag.presses("Ask")
    morag.sees("Not answered yet")


def answers(rowan: Visitor, code: str) -> None:
    comes_back(rowan, code)
    rowan.sees("We have a question for you", QUESTION, "Morag Keir")
    rowan.picture("families-question")
    rowan.presses("Answer")
    rowan.writes("Your answer", "My mum, on three days. She is called Jean.")
    rowan.presses("Send my answer")
    rowan.does_not_see("We have a question for you")


def hub_refers(morag: Visitor, code: str) -> None:
    morag.goes_to("/hub/")
    morag.presses(code)
    morag.sees("My mum, on three days")
    morag.presses("Record contact")
    morag.chooses("We spoke")
    morag.writes("Note", "She would like somebody to come to the house, after nine.")
    morag.picture("hub-contact", at=DESK)
    morag.presses("Keep it")
    morag.presses("Refer to services")
    morag.chooses("Sleep better together")
    morag.presses("Ask for help")
    morag.sees_beside("Sleep better together", "Harbour Families", "Sent")
    morag.picture("hub-referred", at=DESK)


def joan_answers(joan: Visitor, answer: str, *, ended: str = "") -> None:
    joan.goes_to("/work/inbox/")
    joan.presses("Rowan")
    if answer.startswith("Accept"):
        joan.picture("agencies-referral", at=DESK)
    joan.chooses(answer)
    if ended:
        joan.looks()
        joan.chooses(ended)
        joan.picture("agencies-completed", at=DESK)
    joan.presses("Give this answer")


def sees_step(rowan: Visitor, words: str) -> None:
    rowan.goes_to("/my-request/")
    rowan.sees_beside("Sleep better together", words)


def rates(rowan: Visitor) -> None:
    rowan.presses("Say whether it helped")
    rowan.presses("Send")
    rowan.sees("Choose an answer")
    rowan.presses_outside("Back")
    rowan.presses("Say whether it helped")
    rowan.chooses("Yes, it helped")
    rowan.writes("Is there anything you would like to say", "Somebody sat with us. Tam sleeps in his own bed.")
    rowan.picture("families-rate")
    rowan.presses("Send")
    rowan.sees("You said: Yes, it helped")
    rowan.picture("families-status")
