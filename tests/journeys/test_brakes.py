"""Brakes that a family never notices: a robot's request waits to be checked, and who opens too many records is asked why."""

from collections.abc import Callable
from typing import Any

import pytest

from reachin.groundwork.audited_access import brakes
from reachin.groundwork.audited_access.rules import Rate
from tests import cast
from tests.journeys.conftest import Calendar
from tests.journeys.visitor import CODE, DESK, PLAIN_PHONE, Visitor

pytestmark = pytest.mark.parametrize("device", [DESK, PLAIN_PHONE], indirect=True, ids=str)
CHECK = "Looks automatic: check"


@pytest.fixture
def nobody_is_that_fast(time: Calendar, settings: Any) -> None:
    settings.QUICKEST_ASKING_SECONDS = 60


def asks(visitor: Visitor, story: str, *, meanwhile: Callable[[], None] = lambda: None) -> str:
    """Asks for help in one go; gives the code."""
    visitor.goes_to("/ask/")
    visitor.chooses("I am a parent or carer")
    visitor.presses("Save and go on")
    visitor.goes_to("/ask/story/")
    visitor.writes("What is going on?", story)
    visitor.presses("Save and go on")
    meanwhile()
    visitor.goes_to("/ask/check/")
    visitor.presses("Send my request")
    visitor.writes("Your phrase", "three slow herons")
    visitor.presses("Save the phrase and send my request")
    visitor.sees("We have your request")
    return visitor.code()


def what_they_read(visitor: Visitor) -> str:
    return CODE.sub("CODE", visitor.page.locator("main").inner_text())


@pytest.mark.usefixtures("nobody_is_that_fast")
def test_a_robot_is_received_apart_and_released_and_a_family_never_notices(somebody: Callable[..., Visitor], time: Calendar) -> None:
    # Given a program that asks faster than anybody writes, and a family that takes an hour
    robot, family = somebody(), somebody()
    of_robot = asks(robot, "Our twins do not sleep.")
    of_family = asks(family, "I am worn out.", meanwhile=lambda: time.passes(hours=1))
    # Then both read the very same, then and later
    assert what_they_read(robot) == what_they_read(family)
    for visitor in (robot, family):
        visitor.presses("Look at my request")
    # And the hub finds the family in its queue, and the other in its own place
    morag = somebody("Morag Keir")
    morag.goes_to("/hub/")
    morag.sees(of_family)
    morag.does_not_see(of_robot)
    morag.presses(CHECK)
    morag.sees(of_robot)
    morag.does_not_see(of_family)
    # When she reads that a person wrote it after all
    morag.presses(of_robot)
    morag.sees("This looks automatic", "faster than anybody writes", "Our twins do not sleep.")
    morag.presses("A person wrote it: let it into the queue")
    # Then it stands where it belongs
    morag.sees("The request is in the queue now")
    morag.goes_to("/hub/")
    morag.sees(of_robot, of_family)


@pytest.mark.usefixtures("nobody_is_that_fast")
def test_what_no_person_wrote_is_set_aside_with_the_reason_and_can_be_opened_again(somebody: Callable[..., Visitor]) -> None:
    robot = somebody()
    code = asks(robot, "Buy now, buy now.")
    morag = somebody("Morag Keir")
    morag.goes_to("/hub/?turn=check")
    morag.presses(code)
    morag.presses("Set it aside")
    morag.presses("Set it aside")
    morag.sees("There is a problem", "Write why")
    morag.writes("Why?", "An advert, three times today.")
    morag.presses("Set it aside")
    morag.sees("The request is set aside", "An advert, three times today.", "Open again")
    robot.presses("Look at my request")
    robot.sees("please ask again, or ring us")
    robot.does_not_see("An advert")


def test_who_opens_many_records_is_asked_why_then_refused_a_duty_worker_too(
    somebody: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a usual hour of one record, and three that are far too many
    monkeypatch.setattr(brakes, "rate_of", lambda role: Rate(1, 3))
    requests = [cast.family_request(your_name=name) for name in ("Ailsa", "Isla", "Chloe", "Joy")]
    dangers = [cast.danger_request(your_name=name) for name in ("Skye", "Mara")]
    morag = somebody("Morag Keir")
    address = [f"/hub/requests/{made.id}/" for made in requests]
    morag.goes_to(address[0])
    morag.sees("Ailsa")
    # When she opens another, she is asked why, and reads it once she has said so
    for place in (1, 2):
        morag.goes_to(address[place])
        morag.sees_heading("You have opened a lot of records")
        morag.presses("Go on")
        morag.sees("There is a problem", "Choose why")
        morag.chooses("I am covering for somebody")
        morag.presses("Go on")
        morag.sees("Safe contact")
    # Then the next is refused, and what she opened before stays open
    morag.goes_to(address[3])
    morag.sees("ring the information guardian of your organisation")
    morag.does_not_see("Why are you opening this one?", "Joy")
    morag.goes_to(address[1])
    morag.sees("Safe contact")
    # And a duty worker is asked too: whoever harvests would say that it is to protect. A word is enough, and it opens
    duty_worker = somebody(account=cast.duty_worker())
    duty_worker.goes_to(f"/work/alerts/{dangers[0].id}/")
    duty_worker.sees(dangers[0].reference)
    duty_worker.goes_to(f"/work/alerts/{dangers[1].id}/")
    duty_worker.sees_heading("You have opened a lot of records")
    duty_worker.chooses("I am worried about somebody’s safety")
    duty_worker.presses("Go on")
    duty_worker.sees(dangers[1].reference)
