"""Real input: with the Baltimore directory and the Scottish postcodes, a request is matched with and referred to one of its services.

The hub and its staff are invented; no service of the invented partnership is there.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from demo.partnership import LOADER, Partnership, load_agencies, load_staff
from reachin.access.directory.actions import load_services
from reachin.access.directory.models import Service
from reachin.partnership.places.actions import import_postcodes
from reachin.partnership.places.models import Postcode
from tests import cast
from tests.journeys.conftest import A_YEAR, Calendar
from tests.journeys.visitor import DESK, Visitor


@pytest.fixture
def partnership(time: Calendar, outside_data: Callable[[str], Path]) -> Partnership:
    """Takes the invented services' place."""
    postcodes, directory = outside_data("data/geography"), outside_data("data/directories/baltimore_charmcare")
    agencies = load_agencies(at=time.today - A_YEAR)
    staff = load_staff(agencies, at=time.today - A_YEAR)
    import_postcodes(postcodes, by=LOADER)
    load_services(str(directory), source_name="Baltimore CHARMcare", by=LOADER, now=time.today)
    return Partnership(agencies, staff)


@pytest.mark.parametrize("device", [DESK], indirect=True, ids=str)
def test_a_request_is_matched_with_a_service_of_a_real_directory_and_its_answer_is_written_down(
    somebody: Callable[..., Visitor], partnership: Partnership, time: Calendar
) -> None:
    # Given a directory of a real city, the postcodes of Scotland, and a family in Edinburgh who worries about food
    assert Service.objects.count() > 1000
    masked = set(Service.objects.filter(is_masked=True).values_list("name", flat=True))
    assert Postcode.objects.count() > 150_000
    written = cast.family_request(help_with=["food"], place="EH1 1YZ", story="There is not enough to eat at the end of the month.")
    jamie = somebody("Jamie Doig")
    jamie.goes_to("/services/?need=food")
    jamie.sees("Baltimore")
    # When the hub looks for services
    morag = somebody("Morag Keir")
    morag.goes_to("/hub/")
    morag.presses("Filter")
    morag.picks("City of Edinburgh", of="Area")
    morag.presses("Show")
    morag.presses(written.reference)
    morag.presses("Refer to services")
    # Then real ones are suggested, with an honest reason to ask first: none of them says which area it serves
    morag.sees_beside("They have not said which area", "Food", "nobody signs in there")
    morag.picture("hub-real-directory", at=DESK)
    asked = next(name for name in morag.services_offered() if name not in masked)
    morag.chooses(asked)
    morag.presses("Ask for help")
    # And because nobody signs in there, the hub rings them and writes down what they say
    morag.sees_beside(asked, "Sent", "Nobody signs in there")
    time.passes(hours=4)
    morag.presses("Write down their answer")
    morag.chooses("Accepted")
    morag.writes("In their words", "Come on Friday after four; ask for the pantry.")
    morag.picture("hub-answer-for", at=DESK)
    morag.presses("Keep it")
    morag.sees_beside(asked, "Accepted")
    # And the family sees it as with everybody else
    rowan = somebody()
    rowan.goes_to("/come-back/")
    rowan.writes("Your code", written.reference)
    rowan.writes("Your phrase", cast.PHRASE)
    rowan.presses("Go to my request")
    rowan.sees(asked, "They said yes")
