"""Offering somebody their own page, from the circle of a request."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.own_accounts.models import OwnAccount
from reachin.groundwork.ids import new_id
from tests import cast

from . import partnership

WRONG, MISSING = 422, 404
OFFER = {"ground": "grown_up", "why": "", "checked": "", "phrase": "two red mugs"}
CHECKED = "I asked Rowan, alone: it is safe."


def read_page(response: Any, status: int = 200) -> str:
    return partnership.read_page(response, status)


def people_of(made: RequestForAssistance) -> list[UUID]:
    rows = RequestPerson.objects.using("owner").filter(request_for_assistance=made).select_related("alias").order_by("place")
    return [row.alias.person_id for row in rows]


def address(made: RequestForAssistance, person: UUID) -> str:
    return f"/hub/requests/{made.id}/people/{person}/own-page/"


@pytest.fixture
def made(db: None) -> RequestForAssistance:
    return cast.family_request()


def test_the_circle_leads_to_it_and_the_link_that_comes_of_it_begins_the_page(made: RequestForAssistance) -> None:
    client, own = cast.signed_in(cast.hub_worker()), people_of(made)[0]
    assert address(made, own) in read_page(client.get(f"/hub/requests/{made.id}/circle/"))
    page = read_page(client.post(address(made, own), OFFER))
    [link] = set(re.findall(r"http://testserver(/my-page/begin/[\w-]+/)", page))
    assert "<svg" in page
    begun = Client().post(link, {"together": "Two red mugs", "phrase": "grey seal on a rock"})
    assert "Your page is there" in begun.content.decode()
    assert OwnAccount.objects.using("owner").get().person_id == own


def test_a_ground_that_does_not_fit_is_said_beside_the_field_and_nothing_is_made(made: RequestForAssistance) -> None:
    client, child = cast.signed_in(cast.hub_worker()), people_of(made)[1]
    for told, words in (
        ({"ground": "understands", "why": "He asked.", "checked": ""}, "Somebody else asked for help"),
        ({"ground": "twelve"}, "By their age on record they are younger than that"),
        ({"ground": "understands"}, "Say how you know that they understand"),
        ({"phrase": "short"}, "at least 8 letters"),
        ({"ground": ""}, "Choose an answer"),
    ):
        page = read_page(client.post(address(made, child), OFFER | {"checked": CHECKED} | told), status=WRONG)
        assert words in page
    assert not OwnAccount.objects.using("owner").exists()
    understands = {"ground": "understands", "why": "He asked who reads it.", "checked": CHECKED}
    page = read_page(client.post(address(made, child), OFFER | understands))
    assert "Tam" in page


def test_it_is_missing_for_a_person_of_another_request_and_for_whoever_does_not_hold_it(made: RequestForAssistance) -> None:
    other = cast.family_request(your_name="Dean")
    own, strangers = people_of(made)[0], people_of(other)[0]
    for person in (strangers, new_id()):
        assert cast.signed_in(cast.hub_worker()).get(address(made, person)).status_code == MISSING
    for worker in (cast.duty_worker(), cast.support_worker(), cast.teacher(), cast.desk_worker()):
        assert cast.signed_in(worker).post(address(made, own), OFFER).status_code == MISSING
    assert not OwnAccount.objects.using("owner").exists()


def test_a_colleague_makes_sure_from_the_circle_and_whoever_offered_it_cannot(made: RequestForAssistance) -> None:
    offers, makes_sure, own = cast.signed_in(cast.hub_worker()), cast.signed_in(cast.second_hub_worker()), people_of(made)[0]
    offers.post(address(made, own), OFFER)
    sure = f"{address(made, own)}make-sure/"
    assert sure not in read_page(offers.get(f"/hub/requests/{made.id}/circle/"))
    assert offers.post(sure, {"is_them": "on"}).status_code == MISSING
    assert sure in read_page(makes_sure.get(f"/hub/requests/{made.id}/circle/"))
    assert "Nobody has begun it yet" in read_page(makes_sure.get(sure))
    assert "Ask them yourself first" in read_page(makes_sure.post(sure), WRONG)
    assert "Their page opens for them now" in read_page(makes_sure.post(sure, {"is_them": "on"}, follow=True))
    assert OwnAccount.objects.using("owner").get().confirmed_by == cast.second_hub_worker().id
    assert makes_sure.get(sure).status_code == MISSING


def test_who_must_never_know_is_shown_on_the_offer_and_gets_no_page(db: None) -> None:
    dean = [{"known_as": "Dean", "age_years": 40, "relation": "partner"}]
    made = cast.family_request(people=dean, must_not_know="Dean must never know that we asked.")
    client, (own, him) = cast.signed_in(cast.hub_worker()), people_of(made)
    assert "Dean must never know that we asked." in read_page(client.get(address(made, him)))
    page = read_page(client.post(address(made, him), OFFER | {"checked": CHECKED}), status=WRONG)
    assert "record them anew with a request of their own" in page
    assert not OwnAccount.objects.using("owner").exists()
    assert "Dean must never know" not in read_page(client.get(address(made, own)))
