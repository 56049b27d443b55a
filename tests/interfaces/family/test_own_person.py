"""A young person with a page of their own changes what concerns them, whoever asked for help, and nobody of their family sees it."""

from typing import Any

import pytest
from django.test import Client

from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.information_sharing.models import Block
from reachin.families.own_accounts.enums import Ground
from reachin.families.people.actions import tell_contact
from reachin.families.people.homes import Standing, standing_of
from reachin.families.people.models import ContactInstruction, PersonDetails
from reachin.groundwork.notices.models import Message
from tests import cast

PAGES = ("be-in-touch", "where-i-live", "must-not-see", "about-me")


@pytest.fixture
def skye(db: None) -> Any:
    made = cast.family_request(people=[{"known_as": "Skye", "age_years": 13, "relation": "child"}])
    row = RequestPerson.objects.using("owner").select_related("alias").get(request_for_assistance=made, is_contact=False)
    account, _ = cast.own_account(made, row.alias.person_id, Ground.TWELVE)
    return made, row.alias.person_id, cast.came_in(account)


def text(client: Client, page: str) -> str:
    answer = client.get(f"/my-page/{page}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_leads_to_each_and_each_is_there(skye: Any) -> None:
    _made, _person, client = skye
    information = client.get("/my-information/").content.decode()
    for page in PAGES:
        assert f"/my-page/{page}/" in information
        text(client, page)


def test_how_to_be_in_touch_is_theirs_alone(skye: Any) -> None:
    made, person, client = skye
    answer = client.post("/my-page/be-in-touch/", {"contact_way": "email", "email": "skye@post.example"})
    assert answer.status_code == 302
    assert "skye@post.example" in text(client, "be-in-touch")
    told = ContactInstruction.objects.using("owner").filter(ended_at=None)
    assert told.get(person_id=person).told()["email"] == "skye@post.example"
    assert "skye@post.example" not in cast.came_in(made).get("/my-information/be-in-touch/").content.decode()


def test_what_a_worker_wrote_of_how_to_reach_them_is_not_read_to_them(skye: Any) -> None:
    made, person, client = skye
    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        tell_contact(person, {"contact_way": "through", "through": "Mrs Baird next door, who told us"}, by=worker.id, now=now)
    assert "Mrs Baird" not in text(client, "be-in-touch")


def test_where_they_live_becomes_secret(skye: Any) -> None:
    made, person, client = skye
    assert client.post("/my-page/where-i-live/", {"is_hidden": "yes"}).status_code == 302
    with cast.opened(cast.hub_worker(), made, read_only=True):
        assert standing_of([person]) != Standing.UNPROTECTED


def test_who_must_not_see_is_named_and_let_in_again(skye: Any) -> None:
    made, person, client = skye
    assert client.post("/my-page/must-not-see/", {"agency": str(cast.health().id)}).status_code == 302
    said = Block.objects.using("owner").get()
    assert (said.person_id, said.agency) == (person, cast.health())
    assert "NHS Lennan" in text(client, "must-not-see")
    assert "since" not in cast.came_in(made).get("/my-information/must-not-see/").content.decode().split("<form")[1]
    assert cast.came_in(made).get(f"/my-page/must-not-see/{said.id}/").status_code == 404
    assert client.post(f"/my-page/must-not-see/{said.id}/").status_code == 302
    assert Block.objects.using("owner").get().lifted_at is not None


def test_the_hub_that_reads_it_is_not_among_those_to_keep_out(skye: Any) -> None:
    _made, _person, client = skye
    assert client.post("/my-page/must-not-see/", {"agency": str(cast.hub().id)}).status_code == 422


def test_their_name_and_age_are_put_right(skye: Any) -> None:
    _made, person, client = skye
    assert client.post("/my-page/about-me/", {"known_as": "Sky", "age_years": "14"}).status_code == 302
    assert PersonDetails.objects.using("owner").get(person_id=person).facts().known_as == "Sky"


def test_who_holds_the_request_is_told_that_something_changed(skye: Any) -> None:
    _made, _person, client = skye
    hub = cast.hub()
    hub.email = "hub@strathlennan.example"
    hub.save(using="owner")
    client.post("/my-page/about-me/", {"known_as": "Sky", "age_years": "14"})
    assert Message.objects.using("owner").filter(event="person.changed_own", is_for_staff=True).count() == 1


def test_whoever_bears_a_request_has_these_pages_there(skye: Any) -> None:
    made: RequestForAssistance = skye[0]
    for page in PAGES:
        assert cast.came_in(made).get(f"/my-page/{page}/").status_code == 404
