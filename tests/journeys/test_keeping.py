"""What is kept and what goes: guardians hold, let go and delete in twos, and whoever asked reads what became of it."""

from collections.abc import Callable

from demo.partnership import Partnership
from reachin.families.retention.actions import as_retention, list_what_is_due
from reachin.groundwork.permissions.enums import Role
from tests import cast
from tests.journeys.conftest import Calendar
from tests.journeys.test_own_information import comes_back
from tests.journeys.visitor import Visitor

Somebody = Callable[..., Visitor]


def iain_of_the_hub(somebody: Somebody) -> Visitor:
    return somebody(account=cast.account(Role.INFORMATION_GUARDIAN, cast.hub(), "Iain Moffat"))


def test_what_somebody_asks_to_have_deleted_goes_through_two_guardians(somebody: Somebody, partnership: Partnership) -> None:
    # Given Rowan, whose request was closed
    made = cast.closed_request(story="Tam will not sleep.")
    rowan = somebody()
    comes_back(rowan, made)
    # When she asks to have it deleted
    rowan.presses("Ask for a copy, or ask us to delete, stop or put right")
    rowan.chooses("Delete what you hold about me")
    rowan.writes("Tell us a little more", "All of it, please.")
    rowan.presses("Send")
    # And one guardian looks up what could go, and hands it on
    ruth = somebody("Ruth Imrie")
    ruth.goes_to("/guardian/information-requests/")
    ruth.presses("Delete what is held about me")
    ruth.presses("Look up what could go")
    ruth.sees("Goes with the answer")
    ruth.presses("Write the answer")
    ruth.writes("Answer to the person", "We delete what you told us.")
    ruth.presses("Hand it to a second guardian")
    # And a second one says yes to the last question
    iain = iain_of_the_hub(somebody)
    iain.goes_to("/guardian/information-requests/")
    iain.presses("Delete what is held about me")
    iain.presses("Decide about what was prepared")
    iain.chooses("Give the answer to the person")
    iain.presses("Decide")
    iain.sees("Delete these records and give the answer?", "What is deleted does not come back.")
    iain.presses("Yes, delete them")
    iain.sees("Deleted", "Answered")
    # Then she still comes in, and reads what is gone
    comes_back(rowan, made)
    rowan.presses("To delete what we hold about you")
    rowan.sees("What we deleted", "You can come in and read this for 90 more days.")
    rowan.does_not_see("Tam will not sleep")
    # And the guardians' page counts it, and names nobody
    iain.goes_to("/guardian/retention/destroyed/")
    iain.sees_beside("A request for help, with its referrals and names", "Request")


def test_what_is_due_is_held_and_then_agreed_to_by_two(somebody: Somebody, partnership: Partnership, time: Calendar) -> None:
    # Given a request whose years are over
    cast.closed_request()
    time.passes(days=26 * 366)
    with as_retention() as now:
        list_what_is_due(now=now)
    # When a guardian holds the whole class, and lets it go again
    ruth = somebody("Ruth Imrie")
    ruth.goes_to("/guardian/retention/")
    ruth.sees("25 years, counted from when it ended")
    ruth.presses("Holds")
    ruth.presses("Hold a class of record")
    ruth.chooses("Joined records")
    ruth.writes("Why is it held?", "An inquiry asked for them.")
    ruth.presses("Hold it")
    ruth.sees("The hold is in force.")
    ruth.presses("Everything of the class “Joined records”")
    ruth.writes("Why?", "It has ended.")
    ruth.presses("Lift it")
    ruth.sees("The hold is lifted.", "It has ended.")
    # And decides that the request goes
    ruth.presses("Due for review")
    ruth.presses("A request for help")
    ruth.presses("Keep the decision")
    ruth.sees("Choose what you decide")
    ruth.chooses("Destroy it: a second guardian has to agree")
    ruth.writes("Why?", "Its time is over.")
    ruth.presses("Keep the decision")
    ruth.sees("Your decision is kept.", "Waits for a second guardian")
    # Then a second one agrees, after a last question
    iain = iain_of_the_hub(somebody)
    iain.goes_to("/guardian/retention/")
    iain.presses("A request for help")
    iain.chooses("I agree that it is destroyed")
    iain.presses("Go on")
    iain.sees("Destroy this record?", "What is destroyed does not come back.")
    iain.presses("Yes, destroy it")
    iain.sees("You agreed.", "Goes with the next daily round")
