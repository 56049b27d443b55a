"""Another phrase and another code after sending: whoever knew the old ones is out at once."""

import re
from typing import Any

import pytest
from django.test import Client

from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from tests import cast

NEW, OUT = "grey seal on a rock", "/come-back/"
TOLD = {"old": cast.PHRASE, "phrase": NEW}


def come_back(code: str, phrase: str) -> tuple[Client, int]:
    client = Client()
    return client, client.post(OUT, {"reference": code, "phrase": phrase}).status_code


def is_in(client: Client, address: str = "/my-information/") -> bool:
    return client.get(address).status_code == 200


@pytest.fixture
def made(db: None) -> RequestForAssistance:
    return cast.family_request()


def test_another_phrase_lets_in_and_everybody_who_knew_the_old_one_is_out(made: RequestForAssistance) -> None:
    (mine, _), (his, _) = come_back(made.reference, cast.PHRASE), come_back(made.reference, cast.PHRASE)
    assert is_in(mine)
    assert is_in(his)
    assert "Your code is the same as before" in mine.post("/my-page/new-phrase/", TOLD).content.decode()
    assert is_in(mine)
    assert his.get("/my-information/").headers["Location"].startswith(OUT)
    assert not is_in(his, "/my-request/")
    assert come_back(made.reference, cast.PHRASE)[1] == 422
    assert is_in(come_back(made.reference, NEW)[0])


def test_another_code_ends_the_old_code(made: RequestForAssistance) -> None:
    mine, _ = come_back(made.reference, cast.PHRASE)
    page = mine.post("/my-page/new-phrase/", TOLD | {"wants_code": "on"}).content.decode()
    [code] = re.findall(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}\b", page)
    assert code != made.reference
    assert "Number of your request" in mine.get("/my-request/").content.decode()
    assert come_back(made.reference, NEW)[1] == 422
    assert is_in(come_back(code, NEW)[0])


@pytest.mark.parametrize("told", [{"old": "wrong phrase"}, {"old": ""}, {"phrase": "short"}])
def test_without_the_old_phrase_nothing_changes(made: RequestForAssistance, told: dict[str, Any]) -> None:
    mine, _ = come_back(made.reference, cast.PHRASE)
    assert mine.post("/my-page/new-phrase/", TOLD | told).status_code == 422
    assert is_in(come_back(made.reference, cast.PHRASE)[0])


def test_the_old_phrase_is_not_guessed_from_an_open_page(made: RequestForAssistance) -> None:
    mine = cast.came_in(made)
    tried = [mine.post("/my-page/new-phrase/", TOLD | {"old": f"guess number {one}"}).status_code for one in range(9)]
    assert tried[-1] == 429
    assert mine.post("/my-page/new-phrase/", TOLD).status_code == 429


def test_whoever_has_a_page_of_their_own_chooses_another_phrase_too(made: RequestForAssistance) -> None:
    person = RequestPerson.objects.using("owner").select_related("alias").get(request_for_assistance=made, is_contact=True).alias.person_id
    _account, code = cast.own_account(made, person)
    (mine, _), (his, _) = come_back(code, cast.PHRASE), come_back(code, cast.PHRASE)
    his.post(f"/my-page/requests/{made.id}/")
    assert is_in(his, "/my-request/")
    assert mine.post("/my-page/new-phrase/", TOLD).status_code == 200
    assert not is_in(his, "/my-request/")
    assert is_in(mine)
    assert is_in(come_back(code, NEW)[0])


def test_an_account_that_ended_is_out_of_the_request_that_it_went_to(made: RequestForAssistance) -> None:
    person = RequestPerson.objects.using("owner").select_related("alias").get(request_for_assistance=made, is_contact=True).alias.person_id
    account, code = cast.own_account(made, person)
    his, _ = come_back(code, cast.PHRASE)
    his.post(f"/my-page/requests/{made.id}/")
    cast.came_in(made).post(f"/my-page/end/{account}/")
    assert not is_in(his, "/my-request/")


def test_the_hub_shuts_a_way_in_after_a_check_and_chooses_nothing(made: RequestForAssistance) -> None:
    his, _ = come_back(made.reference, cast.PHRASE)
    worker, address = cast.signed_in(cast.hub_worker()), f"/hub/requests/{made.id}/way-in/"
    assert address in worker.get(f"/hub/requests/{made.id}/circle/").content.decode()
    assert worker.post(address).status_code == 422
    assert is_in(his)
    done = worker.post(address, {"is_sure": "on"}, follow=True)
    assert "The code and phrase are shut" in done.content.decode()
    assert not is_in(his)
    assert come_back(made.reference, cast.PHRASE)[1] == come_back(made.reference, "")[1] == 422
    for who in (cast.duty_worker(), cast.teacher(), cast.support_worker()):
        assert cast.signed_in(who).post(address, {"is_sure": "on"}).status_code == 404
