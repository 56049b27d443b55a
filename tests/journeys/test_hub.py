"""The hub team: one queue, a readable request, decisions with reasons, suggested services with reasons, and two who decide at once."""

from collections.abc import Callable

import pytest

from reachin.access.requests_for_assistance.enums import AskedBy
from tests import cast
from tests.journeys.conftest import Calendar
from tests.journeys.visitor import DESK, PLAIN_PHONE, Visitor

pytestmark = pytest.mark.parametrize("device", [DESK, PLAIN_PHONE], indirect=True, ids=str)


def asks_in_many_ways(time: Calendar) -> None:
    """A week of requests, as they come to a hub."""
    cast.family_request(your_name="Isla’s mum", people=[{"known_as": "Isla", "age_years": 9, "relation": "child"}], place="Portlennan")
    time.passes(days=1)
    cast.practitioner_request(cast.health_visitor(), people=[{"known_as": "Arlo", "age_years": 0, "relation": "child"}])
    cast.returned_request()
    cast.keyed_request(your_name="Jean", people=[{"known_as": "Callum", "age_years": 8, "relation": "grandchild"}])
    time.passes(days=3)
    cast.young_persons_request(contact_way="come_back", phone=None)
    cast.family_request(
        asked_by=AskedBy.EXPECTING, your_name="Chloe", people=[{"known_as": "", "due_on": "2027-03-14", "relation": "expected_baby"}]
    )
    cast.call_list_request(your_name="Blessing", people=[{"known_as": "Joy", "age_years": 4, "relation": "child"}])
    cast.danger_request(your_name="", people=[], story="He broke the door last night.")
    cast.closed_request(your_name="Mark")
    time.passes(hours=2)


def test_the_queue_is_in_order_and_can_be_filtered_and_searched(somebody: Callable[..., Visitor], time: Calendar) -> None:
    # Given a week of requests from everywhere
    asks_in_many_ways(time)
    morag = somebody("Morag Keir")
    morag.goes_to("/hub/")
    # Then danger stands first, then what is soon, then the oldest
    morag.sees_in_order("Danger", "Chloe", "Isla’s mum", "Jean")
    morag.sees("overdue since")
    morag.does_not_see("Mark")
    morag.picture("hub-queue", at=DESK)
    # When she looks for one kind, and for a name
    morag.presses("Filter")
    morag.picks("On paper", of="Channel")
    morag.presses("Show")
    morag.sees("Jean")
    morag.does_not_see("Isla’s mum")
    morag.picture("hub-filter", at=DESK)
    morag.presses("Clear")
    morag.writes("Reference or name", "blessing")
    morag.presses("Search")
    morag.sees("Blessing")
    morag.does_not_see("Chloe")
    morag.writes("Reference or name", "Nobody of that name")
    morag.presses("Search")
    morag.does_not_see("Blessing")
    morag.looks()
    morag.presses("Clear")
    # And what is with somebody else has its own list
    morag.presses("With senders")
    morag.sees("Skye")
    morag.presses("Closed")
    morag.sees("Mark", "Advice was enough")


def test_a_decision_has_its_reason_and_services_come_with_theirs(somebody: Callable[..., Visitor]) -> None:
    # Given a family with a boy of six in Portlennan
    request_for_assistance = cast.family_request(place="PA34 4AA")
    morag = somebody("Morag Keir")
    morag.goes_to("/hub/")
    morag.presses(request_for_assistance.reference)
    # When she puts it into discussion, with a reason
    morag.presses("Put into discussion")
    morag.presses("Put into discussion")
    morag.sees("Write why")
    morag.writes("Why?", "Two services could fit. Ask the team on Thursday.")
    morag.presses("Put into discussion")
    morag.sees("In discussion", "Two services could fit.")
    # And looks for services
    morag.presses("Refer to services")
    morag.sees("Nothing is decided for you.")
    # Then each comes with its reasons in words, and what to check
    morag.sees_beside("Sleep better together", "Harbour Families", "of 100", "6")
    morag.picture("hub-suggestions", at=DESK)
    morag.unfolds("Left out, and why")
    # When she asks none, and then two at once
    morag.presses("Ask for help")
    morag.sees("Choose at least one service")
    morag.writes("Another service", "larder")
    morag.presses("Search")
    morag.sees("Found by your search")
    morag.chooses("Lennan Larder", "Sleep better together")
    morag.writes("Anything else they should know", "Evenings do not suit them.")
    morag.presses("Ask for help")
    # Then both are asked, and the request waits for them
    morag.sees("Help is asked for", "Matched with help")
    morag.sees_beside("Lennan Larder", "Sent")
    morag.sees_beside("Sleep better together", "Sent")


def test_whoever_decides_second_is_told_and_keeps_what_they_typed(somebody: Callable[..., Visitor]) -> None:
    # Given two workers who both have the same request before them
    request_for_assistance = cast.family_request()
    morag, samir = somebody("Morag Keir"), somebody("Samir Aslam")
    for worker in (morag, samir):
        worker.goes_to("/hub/")
        worker.presses(request_for_assistance.reference)
        worker.presses("Close" if worker is morag else "Put into discussion")
    # When Samir is quicker
    samir.writes("Why?", "The school nurse should be heard first.")
    samir.presses("Put into discussion")
    samir.sees("In discussion")
    morag.chooses("Advice was enough")
    morag.writes("Why?", "We spoke for an hour. She has what she needs.")
    morag.presses("Close it")
    # Then Morag is told who did what, and her words are still there
    morag.sees("Somebody changed this meanwhile", "Samir Aslam", "In discussion")
    morag.sees_written("Why?", "We spoke for an hour. She has what she needs.")
    morag.picture("hub-second", at=DESK)
    # And she may send them again, now that she knows
    morag.presses("Close it")
    morag.sees("The request is closed", "Advice was enough")


def test_a_request_that_belongs_elsewhere_is_moved_and_one_that_was_closed_is_opened_again(somebody: Callable[..., Visitor]) -> None:
    # Given a request that was closed
    request_for_assistance = cast.closed_request(your_name="Dean", people=[{"known_as": "Dean", "age_years": 23, "relation": "self"}])
    morag = somebody("Morag Keir")
    morag.goes_to("/hub/?turn=closed")
    morag.presses(request_for_assistance.reference)
    # When it is opened again, and then handed to social work, where it belongs
    morag.presses("Open again")
    morag.writes("Why?", "He rang: he would like to see his records.")
    morag.presses("Open it again")
    morag.presses("Move to another door")
    morag.presses("Move it")
    morag.sees("Choose where", "Write why")
    morag.chooses("Strathlennan Council social work")
    morag.writes("Why?", "They keep the records of those who were looked after.")
    morag.presses("Move it")
    # Then the hub no longer has it, and those who took it on do
    morag.does_not_see(request_for_assistance.reference)
    ailsa = somebody("Ailsa Brock")
    ailsa.goes_to("/hub/")
    ailsa.presses(request_for_assistance.reference)
    ailsa.sees("see his records")


def test_delays_are_shown_step_by_step(somebody: Callable[..., Visitor], time: Calendar) -> None:
    asks_in_many_ways(time)
    morag = somebody("Morag Keir")
    morag.goes_to("/hub/delays/")
    morag.sees("Chase time saved", "The family’s full wait")
    morag.picture("hub-delays", at=DESK)
    morag.goes_to("/hub/")
    morag.opens("Isla")
    morag.unfolds("Step by step")
    morag.sees("full wait")
    morag.presses("Print")
    morag.sees("Keep it locked away")
