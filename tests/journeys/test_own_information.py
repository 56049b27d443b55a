"""Somebody sees who has their information, ends a share, stays safe, and asks for a copy, which two guardians answer."""

from collections.abc import Callable

from demo.partnership import Partnership
from reachin.access.requests_for_assistance.models import RequestForAssistance
from reachin.families.people.models import ContactInstruction
from reachin.groundwork.permissions.enums import Role
from tests import cast
from tests.families.information_requests.asking import asker
from tests.families.information_sharing.test_circles import shared
from tests.journeys.conftest import Calendar
from tests.journeys.visitor import Visitor


def comes_back(visitor: Visitor, made: RequestForAssistance) -> None:
    """To her own information, with code and phrase."""
    visitor.goes_to("/come-back/")
    visitor.writes("Your code", made.reference)
    visitor.writes("Your phrase", cast.PHRASE)
    visitor.presses("Go to my request")
    visitor.presses("Your information: who can see it, and what you can change")


def test_somebody_ends_a_share_and_stays_safe(somebody: Callable[..., Visitor], partnership: Partnership, time: Calendar) -> None:
    # Given Rowan, who asked for help and agreed that Harbour Families may see some of it
    made = cast.family_request()
    shared(made, asker(made).id, cast.charity())
    rowan = somebody()
    comes_back(rowan, made)
    # When she looks who can see it
    rowan.presses("Who can see my information")
    rowan.sees_beside("Harbour Families", "To help you", "You agreed to it.", "Since", "Until")
    rowan.sees_beside("Strathlennan Family Hub", "It is their job by law")
    rowan.picture("families-who-can-see")
    assert cast.may_open(cast.support_worker(), "person", asker(made).id)
    # And ends what she agreed to
    rowan.presses("End this", beside="Harbour Families")
    rowan.sees("They can no longer open it, from this moment.")
    rowan.presses("Yes, end it now")
    # Then the agency is out at once
    rowan.sees("It has ended.", "What has ended")
    assert not cast.may_open(cast.support_worker(), "person", asker(made).id)
    # And for what she cannot end she reads who decides
    rowan.presses("Can I end this?", beside="Strathlennan Family Hub")
    rowan.sees("Strathlennan Family Hub decides about this.")
    rowan.presses("Ask us to stop")
    rowan.presses("Send")
    rowan.sees("Write what we should delete, stop or put right")
    # And the hub reads that she ended it
    morag = somebody("Morag Keir")
    morag.goes_to(f"/hub/requests/{made.id}/")
    morag.sees("They ended what they had agreed to share with Harbour Families.")
    # When days have passed, she sees that the hub looked
    time.passes(days=4)
    comes_back(rowan, made)
    rowan.presses("Who looked at it")
    rowan.sees("Somebody from the family support team", "Thursday 19 November 2026", "three days late")
    rowan.picture("families-who-looked")
    keeps_safe(rowan, made)


def keeps_safe(rowan: Visitor, made: RequestForAssistance) -> None:
    rowan.goes_to("/my-information/be-in-touch/")
    rowan.sees_written("Phone number", "07700 900123")
    rowan.chooses("Email")
    rowan.presses("Save")
    rowan.sees("Write the email address, so that we can write")
    rowan.writes("Email address", "quiet.place@post.example")
    rowan.presses("Save")
    rowan.sees("From now on we are in touch only in this way.")
    told = ContactInstruction.objects.using("owner").get(person=asker(made), ended_at=None).told()
    assert told["email"] == "quiet.place@post.example"
    rowan.goes_to("/my-information/where-i-live/")
    rowan.chooses("Yes, keep it secret")
    rowan.presses("Save")
    rowan.sees("Saved.")
    rowan.goes_to("/my-information/must-not-see/")
    rowan.presses("They must not see it")
    rowan.sees("Choose who must not see")
    rowan.picks("Strathlennan Council housing", of="Who must not see?")
    rowan.presses("They must not see it")
    rowan.sees_beside("Take this back", "Strathlennan Council housing")
    rowan.presses("Take this back")
    rowan.presses("Yes, take it back")
    rowan.sees("You named nobody")
    rowan.goes_to("/my-information/about-me/")
    rowan.writes("What are you called?", "Rowena")
    rowan.writes("How old are you?", "old")
    rowan.presses("Save")
    rowan.sees("Write an age in years")
    rowan.writes("How old are you?", "34")
    rowan.presses("Save")
    rowan.sees("Saved. Thank you.")


def test_somebody_asks_for_a_copy_and_reads_it_after_two_guardians(
    somebody: Callable[..., Visitor], partnership: Partnership, time: Calendar
) -> None:
    # Given Rowan, for whom the hub asked a charity for help
    made = cast.family_request()
    cast.sent_referral(made)
    rowan = somebody()
    comes_back(rowan, made)
    # When she asks for a copy
    rowan.presses("Ask for a copy, or ask us to delete, stop or put right")
    rowan.presses("Send")
    rowan.sees("Choose what you would like us to do")
    rowan.chooses("Give me a copy of what you hold about me")
    rowan.presses("Send")
    rowan.sees("Nobody has looked at it yet", "Saturday 19 December 2026")
    # And one guardian gathers it, leaves something out, and hands it on
    ruth = somebody("Ruth Imrie")
    ruth.goes_to("/guardian/information-requests/")
    ruth.presses("A copy of what is held about me")
    ruth.presses("Say that we work on it")
    ruth.presses("Gather what is held")
    ruth.sees("Tam will not sleep", "Others’ words", "Left out")
    ruth.presses("Leave it out", beside="How you can be reached")
    ruth.presses("Write the answer")
    ruth.presses("Hand it to a second guardian")
    ruth.sees("Write the answer")
    ruth.writes("Answer to the person", "This is what we hold about you.")
    ruth.presses("Hand it to a second guardian")
    ruth.sees("You prepared this. A second guardian looks at it and gives it.")
    # And a second one looks at it, puts back what was left out for nothing, and gives it
    iain = somebody(account=cast.account(Role.INFORMATION_GUARDIAN, cast.hub(), "Iain Moffat"))
    iain.goes_to("/guardian/information-requests/")
    iain.presses("A copy of what is held about me")
    iain.presses("Put it in", beside="How you can be reached")
    iain.presses("Decide about what was prepared")
    iain.chooses("Refuse it, with a reason that they read")
    iain.presses("Decide")
    iain.sees("Write the reason")
    iain.chooses("Give the answer to the person")
    iain.presses("Decide")
    iain.sees("Answered")
    # Then she reads it, and what others said is not in it
    time.passes(days=1)
    comes_back(rowan, made)
    rowan.presses("A copy of what we hold about you")
    rowan.sees("This is what we hold about you.", "Tam will not sleep", "07700 900123", "Strathlennan Family Hub answers for this.")
    rowan.does_not_see("Whose views were heard")
    rowan.presses("Print it")
    rowan.sees("Tam will not sleep", "Keep it where only you find it.")


def test_a_young_person_says_that_something_was_not_right(somebody: Callable[..., Visitor], partnership: Partnership) -> None:
    # Given Skye, who would rather point than write
    made = cast.young_persons_request()
    skye = somebody()
    comes_back(skye, made)
    skye.presses("Tell us that something was not right")
    skye.presses("Tell us")
    skye.sees("Choose a face, or write what happened")
    skye.chooses("😨 Scared")
    skye.presses("Tell us")
    skye.sees("Scared", "Nobody has looked at it yet")
    # When a guardian says that they work on it
    ruth = somebody("Ruth Imrie")
    ruth.goes_to("/guardian/information-requests/")
    ruth.presses("Something was not right")
    ruth.sees("Scared")
    ruth.does_not_see("Gather what is held")
    ruth.presses("Say that we work on it")
    # Then she sees it
    skye.goes_to("/my-information/")
    skye.sees("Somebody is working on it.")
