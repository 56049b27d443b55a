"""A young person asks for herself; somebody expecting a baby asks without a number; danger that is named reaches the duty desk."""

from collections.abc import Callable

from demo.partnership import Partnership
from reachin.groundwork.permissions.enums import Role
from tests import cast
from tests.journeys.conftest import Calendar
from tests.journeys.visitor import DESK, Visitor

PHRASE = "seven swans at breakfast"


def begins(visitor: Visitor, who: str, asked: str, story: str) -> None:
    """Says who asks, and writes the story."""
    visitor.goes_to("/ask/")
    visitor.chooses(who)
    visitor.presses("Save and go on")
    visitor.presses("Start with the first question")
    visitor.writes(asked, story)
    visitor.presses("Save and go on")


def sends(visitor: Visitor) -> str:
    """Sends from the check page, with a phrase; gives the code."""
    visitor.goes_to("/ask/check/")
    visitor.presses("Send my request")
    visitor.writes("Your phrase", PHRASE)
    visitor.presses("Save the phrase and send my request")
    visitor.sees("We have your request")
    return visitor.code()


def test_a_young_person_asks_for_herself(somebody: Callable[..., Visitor], time: Calendar) -> None:
    # Given Skye, who is thirteen and looks after her mum
    skye = somebody()
    begins(skye, "I am a child or young person", "What is worrying you?", "I do everything at home since mum got ill. I am late every day.")
    # When she says that nobody may call her, and that her mum must not know
    skye.goes_to("/ask/contact/")
    skye.chooses("I will look here myself")
    skye.presses("Save and go on")
    skye.goes_to("/ask/people/add/")
    skye.writes("What are they called?", "Skye")
    skye.chooses("Me")
    skye.writes("How old are they?", "13")
    skye.presses("Save this person")
    skye.goes_to("/ask/must-not-see/")
    skye.writes("Is there anybody who must not see this", "My mum")
    skye.presses("Save and go on")
    code = sends(skye)
    # Then nobody promises to be in touch with her
    skye.does_not_see("in the way that you chose")
    skye.sees("Strathlennan Family Hub")
    # And the hub reads that it must neither ring nor write, and asks her where she looks
    morag = somebody("Morag Keir")
    morag.goes_to("/hub/")
    morag.presses(code)
    morag.sees("They look for themselves. Do not ring or write.", "My mum", "late every day")
    morag.presses("Ask the family")
    morag.writes("What would you like to ask?", "Is there a grown-up at school whom you trust?")
    morag.presses("Ask")
    time.passes(days=1)
    skye.goes_to("/my-request/")
    skye.sees("Is there a grown-up at school whom you trust?")


def test_somebody_expecting_a_baby_asks_without_number_or_postcode(somebody: Callable[..., Visitor]) -> None:
    # Given Chloe, who expects a baby and moves from sofa to sofa
    chloe = somebody()
    begins(
        chloe, "I am expecting a baby", "What is going on for you and your baby?", "I have nowhere of my own and the baby comes in spring."
    )
    chloe.chooses("A place to live", "Pregnancy or a new baby")
    chloe.presses("Save and go on")
    # When she names the baby by a day only, and her midwife as the way to her
    chloe.goes_to("/ask/people/add/")
    chloe.chooses("A baby we are expecting")
    chloe.writes_day(31, 2, 2027)
    chloe.presses("Save this person")
    chloe.sees("There is a problem")
    chloe.writes_day(14, 3, 2027)
    chloe.presses("Save this person")
    chloe.sees("14 March 2027")
    chloe.goes_to("/ask/contact/")
    chloe.chooses("Through somebody I trust")
    chloe.looks()
    chloe.writes("Who can pass it on", "Aileen, my midwife at the health centre")
    chloe.presses("Save and go on")
    code = sends(chloe)
    # Then it is soon somebody's turn at the hub, by the midwife and no other way
    morag = somebody("Morag Keir")
    morag.goes_to("/hub/")
    morag.sees_beside(code, "Somebody expecting a baby", "Soon")
    morag.presses(code)
    morag.sees("Aileen, my midwife at the health centre", "baby on the way", "14 Mar 2027")


def test_danger_in_the_words_shows_the_way_at_once_and_reaches_the_duty_worker(
    somebody: Callable[..., Visitor], partnership: Partnership, time: Calendar
) -> None:
    # Given somebody who names danger in her own words
    nameless = somebody()
    begins(nameless, "I am a parent or carer", "What is going on?", "He hits me when he drinks. I am scared that he will hurt the wee one.")
    # Then the emergency route is there at once, and nothing is lost or told
    nameless.sees_heading("Help right now")
    nameless.sees("999", "01632 960 120", "Nobody has been told yet", "8:45am to 5:30pm")
    nameless.picture("families-help-right-now")
    ailsa = somebody("Ailsa Brock")
    ailsa.goes_to("/work/alerts/")
    ailsa.sees("No alert is waiting")
    nameless.presses("Go on with my request")
    nameless.goes_to("/ask/contact/")
    nameless.chooses("Email")
    nameless.writes("Email address", "quiet.place@post.example")
    nameless.presses("Save and go on")
    # When it is sent
    nameless.goes_to("/ask/check/")
    nameless.sees("You wrote that somebody may be in danger")
    code = sends(nameless)
    # Then she reads who has been told, and the duty worker has an alert
    nameless.sees("Strathlennan Council social work has been told", "call 999")
    ross = somebody(account=cast.account(Role.DUTY_WORKER, partnership.agencies["social-work"], "Ross Dunn"))
    ailsa.goes_to("/work/")
    ailsa.sees("alert that nobody took on")
    ailsa.picture("duty-start", at=DESK)
    ailsa.goes_to("/work/alerts/")
    ross.goes_to("/work/alerts/")
    ailsa.picture("duty-alerts", at=DESK)
    time.passes(hours=1)
    ailsa.presses("No name given", beside="ago")
    ailsa.sees("quiet.place@post.example", "He hits me when he drinks")
    ailsa.picture("duty-alert", at=DESK)
    ailsa.presses("I take it on")
    ailsa.sees("The alert is yours now")
    # And a second duty worker is told who has it; the hub sees it too
    ross.presses("I take it on")
    ross.sees("Somebody has it already", "Ailsa Brock took this alert on")
    morag = somebody("Morag Keir")
    morag.goes_to("/hub/")
    morag.sees_beside(code, "Danger")
    morag.presses(code)
    morag.sees("Ailsa Brock took it on")
