"""A page of one's own from its link to its end, and what somebody ends, shuts or changes after help was found. A guardian's day."""

import re
from collections.abc import Callable

from demo.partnership import Partnership
from reachin.access.requests_for_assistance.models import RequestForAssistance
from reachin.families.retention.actions import as_retention, list_what_is_due
from tests import cast
from tests.families.information_requests.asking import asker
from tests.families.information_sharing.test_circles import shared
from tests.journeys.conftest import Calendar
from tests.journeys.test_own_information import comes_back
from tests.journeys.visitor import DESK, Visitor

Somebody = Callable[..., Visitor]
TOGETHER = "two red mugs"
OWN_PHRASE = "grey seal on a rock"
LINK = re.compile(r"/my-page/begin/[\w-]+/")


def offers_a_page(morag: Visitor, made: RequestForAssistance) -> str:
    """The worker agrees on words with her, and hands the link over; gives it."""
    morag.goes_to(f"/hub/requests/{made.id}/circle/")
    morag.presses("Offer their own page")
    morag.presses("Make the link")
    morag.sees("There is a problem", "Choose an answer")
    morag.chooses("They are 16 or older")
    morag.writes("Words that you and they agree on now", TOGETHER)
    morag.presses("Make the link")
    morag.sees("It works once, within three days")
    found = LINK.search(morag.page.locator("main").inner_text())
    assert found is not None
    return found[0]


def begins(visitor: Visitor, link: str) -> str:
    """With the link and the words, and a phrase of her own; gives her code."""
    visitor.goes_to(link)
    visitor.picture("families-begin")
    visitor.presses("Begin")
    visitor.sees("Write the words that you agreed on", "Write a phrase that you will remember")
    visitor.writes("The words that you agreed on", "something else")
    visitor.writes("A phrase of your own", OWN_PHRASE)
    visitor.presses("Begin")
    visitor.sees("That did not work.")
    visitor.writes("The words that you agreed on", TOGETHER)
    visitor.writes("A phrase of your own", OWN_PHRASE)
    visitor.presses("Begin")
    visitor.sees("Your page is there", "Your page is not open yet.")
    return visitor.code()


def comes_to_her_page(visitor: Visitor, code: str) -> None:
    visitor.goes_to("/come-back/")
    visitor.writes("Your code", code)
    visitor.writes("Your phrase", OWN_PHRASE)
    visitor.presses("Go to my request")


def test_somebody_begins_a_page_of_their_own_reads_who_looked_and_ends_it(
    somebody: Somebody, partnership: Partnership, time: Calendar
) -> None:
    # Given Rowan, whose worker is with her and gives her a link
    made = cast.family_request()
    shared(made, asker(made).id, cast.charity())
    morag, rowan = somebody("Morag Keir"), somebody()
    link = offers_a_page(morag, made)
    # When she begins, her page does not open before a second worker has asked her
    code = begins(rowan, link)
    comes_to_her_page(rowan, code)
    rowan.sees_heading("Come back")
    again = somebody()
    again.goes_to(link)
    again.writes("The words that you agreed on", TOGETHER)
    again.writes("A phrase of your own", "another phrase of mine")
    again.presses("Begin")
    again.sees("the link may have been used")
    samir = somebody(account=cast.second_hub_worker())
    samir.goes_to(f"/hub/requests/{made.id}/circle/")
    samir.presses("A colleague offered them their own page")
    samir.presses("Open their page for them")
    samir.sees("Ask them yourself first")
    samir.chooses("I have asked them myself: they want this page, and nobody else began it for them")
    samir.presses("Open their page for them")
    samir.sees("Their page opens for them now")
    # Then she comes in, and reads who is in her circle
    comes_to_her_page(rowan, code)
    rowan.sees_heading("Your page")
    rowan.sees("Hello, Rowan", "Who can come in to this page", "The code that you used now")
    rowan.picture("families-my-page")
    rowan.presses("What we hold about you, and who can see it")
    rowan.picture("families-my-information")
    rowan.presses("Who can see my information")
    rowan.sees_beside("Harbour Families", "To help you", "You agreed to it.")
    # And, some days later, who looked
    time.passes(days=4)
    comes_to_her_page(rowan, code)
    rowan.goes_to("/my-information/who-looked/")
    rowan.sees("Thursday 19 November 2026", "Looked")
    # And goes to the request that she sent, and back
    rowan.goes_to("/my-page/")
    rowan.presses("Look at it")
    rowan.presses("Back to my page")
    # Until she does not want the page any more
    rowan.presses("I do not want this page any more")
    rowan.sees("Your code and your phrase stop working at once.")
    rowan.presses("Yes, end my page")
    rowan.goes_to("/my-page/")
    rowan.does_not_see("Hello, Rowan")
    comes_to_her_page(rowan, code)
    rowan.sees_heading("Come back")


def test_what_was_agreed_to_ends_at_once_for_whoever_had_received_it(somebody: Somebody, partnership: Partnership) -> None:
    # Given Joan, who reads about Rowan by a share that Rowan agreed to
    made = cast.family_request(people=None)
    shared(made, asker(made).id, cast.charity())
    joan, rowan = somebody("Joan Pirie"), somebody()
    joan.goes_to("/work/people/")
    joan.presses("Open")
    joan.sees_heading("Rowan")
    # When Rowan ends it
    comes_back(rowan, made)
    rowan.presses("Who can see my information")
    rowan.presses("End this", beside="Harbour Families")
    rowan.picture("families-end-share")
    rowan.presses("No, leave it as it is")
    rowan.presses("End this", beside="Harbour Families")
    rowan.presses("Yes, end it now")
    rowan.sees("It has ended. They can no longer see your information.")
    # Then Joan's page is gone with the next press, and looks like one that never was
    joan.page.reload()
    joan.looks()
    joan.sees_heading("We cannot find this page")
    joan.goes_to("/work/people/")
    joan.sees("Nobody has been shared with you")


def test_after_help_was_found_she_changes_how_to_be_in_touch_and_shuts_the_agency_out(
    somebody: Somebody, partnership: Partnership, time: Calendar
) -> None:
    # Given Rowan, for whom Harbour Families was asked for help, and who may be called
    made = cast.family_request(people=None)
    cast.sent_referral(made, receiver=cast.charity())
    joan, rowan = somebody("Joan Pirie"), somebody()
    joan.goes_to("/work/inbox/")
    joan.presses("Rowan")
    joan.sees("07700 900123", "Tam will not sleep")
    # When she changes how she may be reached
    comes_back(rowan, made)
    rowan.presses("How you may be in touch with me")
    rowan.chooses("Email")
    rowan.writes("Email address", "quiet.place@post.example")
    rowan.picture("families-own-contact")
    rowan.presses("Save")
    rowan.sees("From now on we are in touch only in this way.")
    # Then the number of before is nowhere, and whoever helps her is told to ask the hub
    time.passes(hours=1)
    joan.page.reload()
    joan.looks()
    joan.does_not_see("07700 900123")
    joan.sees("changed")
    # And when she says that Harbour Families must not see it any more
    rowan.goes_to("/my-information/")
    rowan.presses("Who must not see it")
    rowan.picks("Harbour Families", of="Who must not see?")
    rowan.presses("They must not see it")
    rowan.sees("Saved. It counts from now.")
    rowan.sees_beside("Take this back", "Harbour Families")
    rowan.picture("families-own-must-not-see")
    # Then Joan reads nothing of it, neither there nor in a list, and finds out nothing about why
    joan.page.reload()
    joan.looks()
    joan.does_not_see("Rowan", "Tam will not sleep", "quiet.place")
    for path in ("/work/inbox/", "/work/inbox/?show=closed", "/work/people/"):
        joan.goes_to(path)
        joan.does_not_see("Rowan", "must not see")
    # And the hub reads it, and looks for other help
    morag = somebody("Morag Keir")
    morag.goes_to(f"/hub/requests/{made.id}/")
    morag.sees("Harbour Families")


def test_hiding_a_page_about_oneself_leaves_nothing_of_it_behind(somebody: Somebody, partnership: Partnership) -> None:
    # Given Rowan, on each of the pages about her
    made = cast.family_request(story="Nobody may read this over my shoulder.")
    for path in (
        "/my-request/",
        "/my-information/",
        "/my-information/who-can-see/",
        "/my-information/be-in-touch/",
        "/my-information/must-not-see/",
        "/my-information/ask/",
    ):
        rowan = somebody()
        comes_back(rowan, made)
        rowan.goes_to(path)
        held, heading = rowan.holds_of_us(), rowan.page.locator("h1").inner_text()
        # When somebody comes in and she hides it
        rowan.hides_the_page()
        assert rowan.page.title() == "Weather"
        # Then neither the way back nor the address shows it again
        rowan.goes_back()
        if rowan.device.scripts:
            rowan.does_not_see(heading)
        rowan.goes_to(path)
        rowan.does_not_see(heading)
        assert rowan.holds_of_us().get("sessionid") != held["sessionid"]


def test_a_guardians_day(somebody: Somebody, partnership: Partnership, time: Calendar) -> None:
    # Given a morning on which something is due, somebody looked first, and somebody read about her own namesake
    cast.closed_request()
    time.passes(days=26 * 366)
    with as_retention() as now:
        list_what_is_due(now=now)
    made = cast.family_request(your_name="Isla Keir")
    elspeth, morag, ruth = somebody("Elspeth Moir"), somebody("Morag Keir"), somebody("Ruth Imrie")
    elspeth.goes_to("/work/emergency/")
    elspeth.writes("The reference", made.reference)
    elspeth.writes("Why do you have to look now?", "The police rang: he is on his way to her.")
    elspeth.presses("Keep my reason and go on")
    morag.goes_to(f"/hub/requests/{made.id}/")
    # When Ruth comes in, she sees what waits
    ruth.goes_to("/guardian/")
    ruth.sees("to be reviewed")
    ruth.presses("to be reviewed")
    ruth.opens("Elspeth Moir")
    ruth.chooses("It was not right")
    ruth.writes("What did you look at, and what follows?", "The police did not ring. I spoke with Elspeth.")
    ruth.presses("Keep the review")
    ruth.sees("Your review is kept")
    # And who looked in a way that stands out
    ruth.goes_to("/guardian/looking/")
    ruth.sees("Morag Keir", "A name like their own")
    # And what is due for destruction, which she does not decide alone
    ruth.goes_to("/guardian/retention/")
    ruth.sees_heading("Retention")
    ruth.picture("guardians-retention", at=DESK)
    ruth.presses("A request for help")
    ruth.picture("guardians-destruction", at=DESK)
    ruth.chooses("Destroy it: a second guardian has to agree")
    ruth.writes("Why?", "Its time is over.")
    ruth.presses("Keep the decision")
    ruth.sees("Waits for a second guardian")
    # And ends the account of who left
    ruth.goes_to("/guardian/accounts/")
    ruth.picture("guardians-accounts", at=DESK)
    ruth.presses("End the account", beside="Morag Keir")
    ruth.presses("End the account")
    ruth.sees("The account is ended")
    morag.goes_to("/hub/")
    morag.sees_heading("Sign in")
