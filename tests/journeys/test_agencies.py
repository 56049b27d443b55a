"""Agencies that are asked: one says no with its reason; a masked service is never named; the family can take everything back."""

from collections.abc import Callable

import pytest

from demo.partnership import Partnership
from tests import cast
from tests.journeys.conftest import Calendar
from tests.journeys.visitor import DESK, PHONE, PLAIN_DESK, PLAIN_PHONE, Visitor

DESK_AND_PLAIN_PHONE = pytest.mark.parametrize("device", [DESK, PLAIN_PHONE], indirect=True, ids=str)
PHONE_AND_PLAIN_DESK = pytest.mark.parametrize("device", [PHONE, PLAIN_DESK], indirect=True, ids=str)


def comes_back(visitor: Visitor, code: str) -> None:
    visitor.goes_to("/come-back/")
    visitor.writes("Your code", code)
    visitor.writes("Your phrase", cast.PHRASE)
    visitor.presses("Go to my request")


@DESK_AND_PLAIN_PHONE
def test_an_agency_says_no_with_its_reason_and_the_hub_sees_it_back(
    somebody: Callable[..., Visitor], partnership: Partnership, time: Calendar
) -> None:
    # Given Harbour Families, who are asked for help with Tam's sleep
    referral = cast.sent_referral(to=partnership.service("Sleep better together"), receiver=partnership.agencies["harbour-families"])
    time.passes(days=1)
    joan = somebody("Joan Pirie")
    joan.goes_to("/work/")
    joan.picture("agencies-start", at=DESK)
    joan.presses("to be answered by your organisation")
    joan.picture("agencies-inbox", at=DESK)
    joan.presses("Rowan")
    # Then they see what was shared, what was not, and how it is safe to be in touch
    joan.sees("I am tired and Tam will not sleep", "07700 900123", "School hours", "Not shared with you")
    # When they say no without a reason, and then with one
    joan.chooses("Decline")
    joan.picture("agencies-decline", at=DESK, part="form.ri_asked")
    joan.presses("Give this answer")
    joan.sees("There is a problem")
    joan.chooses("No places at the moment")
    joan.writes("Do you want to add anything?", "We have room again from February.")
    joan.presses("Give this answer")
    # Then the hub has it back with the reason and on whose side it lies, and they can no longer open it
    joan.sees("You declined")
    joan.goes_to("/work/inbox/?show=closed")
    joan.sees_beside("Rowan", "Declined", "No places at the moment")
    joan.goes_to(f"/work/referrals/{referral.id}/")
    joan.sees_heading("We cannot find this page")
    morag = somebody("Morag Keir")
    morag.goes_to("/hub/")
    morag.presses(referral.request_for_assistance.reference)
    morag.sees_beside("Sleep better together", "Declined", "No places at the moment", "The service", "We have room again from February.")
    morag.picture("hub-declined", at=DESK)
    # And the family reads that it is not because of them
    rowan = somebody()
    comes_back(rowan, referral.request_for_assistance.reference)
    rowan.sees("They cannot help this time. It is not because of you.")
    rowan.does_not_see("February")


@PHONE_AND_PLAIN_DESK
def test_a_masked_service_is_never_named_to_whoever_may_look_over_a_shoulder(
    somebody: Callable[..., Visitor], partnership: Partnership
) -> None:
    # Given a family's request and a teacher's, both referred to Women's Aid by the hub, which knows the name
    asked = cast.family_request(), cast.practitioner_request()
    morag = somebody("Morag Keir")
    for request_for_assistance in asked:
        morag.goes_to("/hub/")
        morag.presses(request_for_assistance.reference)
        morag.presses("Refer to services")
        morag.writes("Another service", "Women’s Aid")
        morag.presses("Search")
        morag.chooses("Children's worker at Women's Aid")
        if request_for_assistance is asked[1]:
            morag.presses("Ask for help")
            morag.sees("Choose what they said, or that they were not told: Skye")
            morag.chooses("Told, and agrees")
        morag.presses("Ask for help")
        morag.sees("Masked", "Never say this service’s name")
    # Then neither the family's page nor the teacher's says it
    rowan = somebody()
    comes_back(rowan, asked[0].reference)
    rowan.sees("A support service")
    fraser = somebody("Fraser Weir")
    fraser.goes_to("/work/requests/")
    fraser.presses("Skye")
    fraser.sees("A support service")
    for visitor in (rowan, fraser):
        assert "Women" not in visitor.page.content()
    # And those who are asked know what they are asked, and may start at once
    leah = somebody("Leah Grant")
    leah.goes_to("/work/inbox/")
    leah.presses("Rowan")
    leah.chooses("Accept: we will help")
    leah.presses("Give this answer")
    rowan.goes_to("/my-request/")
    rowan.sees("A support service", "They said yes")
    assert "Women" not in rowan.page.content()


@PHONE_AND_PLAIN_DESK
def test_a_family_takes_its_request_back_and_everything_stops(
    somebody: Callable[..., Visitor], partnership: Partnership, time: Calendar
) -> None:
    # Given help that was asked for and accepted
    referral = cast.sent_referral(to=partnership.service("Sleep better together"), receiver=partnership.agencies["harbour-families"])
    joan = somebody("Joan Pirie")
    joan.goes_to("/work/inbox/")
    joan.presses("Rowan")
    rowan = somebody()
    comes_back(rowan, referral.request_for_assistance.reference)
    # When the family takes it back, after having thought again
    time.passes(days=1)
    rowan.presses("I want to take my request back")
    rowan.presses("No, leave it as it is")
    rowan.presses("I want to take my request back")
    rowan.writes("Would you like to say why?", "My sister has come to stay with us.")
    rowan.presses("Yes, take it back")
    # Then nothing more happens, and those who were asked can no longer open it
    rowan.sees("You took this request back", "You can ask again at any time")
    rowan.does_not_see("I want to take my request back")
    joan.chooses("Accept: we will help")
    joan.page.get_by_role("button", name="Give this answer").click()
    joan.page.wait_for_load_state()
    joan.does_not_see("You accepted")
    joan.goes_to("/work/inbox/")
    joan.sees("Nothing is with your organisation now")
