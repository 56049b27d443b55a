"""A page of one's own: begun once, come back to, left for a request and ended."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.own_accounts.actions import confirm, invite
from reachin.families.own_accounts.enums import Ground
from reachin.families.own_accounts.models import OwnAccount
from tests import cast


def read_page(response: Any) -> str:
    return str(response.content.decode())


TOGETHER, OWN = "two red mugs", "grey seal on a rock"


def offered(made: RequestForAssistance) -> tuple[UUID, str]:
    row = RequestPerson.objects.using("owner").select_related("alias").get(request_for_assistance=made, is_contact=True)
    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        account, token = invite(row.alias.person_id, by=worker, ground=Ground.GROWN_UP, why="", phrase=TOGETHER, now=now)
    return account.id, token


def offered_and_made_sure(made: RequestForAssistance) -> tuple[UUID, str]:
    account, token = offered(made)
    made_sure(made, account)
    return account, token


def made_sure(made: RequestForAssistance, account_id: UUID) -> None:
    second = cast.second_hub_worker()
    with cast.opened(second, made) as now:
        confirm(account_id, by=second, now=now)


def without_tokens(response: Any) -> str:
    """The page but for what differs each time: the form's token and the address itself."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", read_page(response))
    return re.sub(r"/my-page/begin/[^/]+/", "", page)


def begin(client: Client, token: str, together: str = TOGETHER, phrase: str = OWN) -> str:
    response = client.post(f"/my-page/begin/{token}/", {"together": together, "phrase": phrase})
    assert response.status_code == 200, response.content.decode()
    return str(read_page(response))


@pytest.fixture
def made(db: None) -> RequestForAssistance:
    return cast.family_request()


def test_a_link_opens_a_page_of_ones_own_and_its_code_and_phrase_lead_back(made: RequestForAssistance) -> None:
    client, (_, token) = Client(), offered_and_made_sure(made)
    page = begin(client, token)
    code = re.findall(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}\b", page)[0]
    assert "Hello, Rowan." in read_page(client.get("/my-page/"))
    other = Client()
    response = other.post("/come-back/", {"reference": code, "phrase": OWN})
    assert response.headers["Location"] == "/my-page/"
    assert made.reference in read_page(other.get("/my-page/"))


def test_the_same_link_works_once_and_a_wrong_one_looks_the_same(made: RequestForAssistance) -> None:
    _, token = offered(made)
    begin(Client(), token)
    answers = [
        Client().post(f"/my-page/begin/{tried}/", {"together": TOGETHER, "phrase": OWN}) for tried in (token, "nobodys-link", "x" * 300)
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert len({without_tokens(answer) for answer in answers}) == 1
    shown = [Client().get(f"/my-page/begin/{tried}/") for tried in (token, "nobodys-link")]
    assert len({without_tokens(answer) for answer in shown}) == 1


def test_a_short_phrase_is_refused_before_the_link_is_used(made: RequestForAssistance) -> None:
    _, token = offered(made)
    response = Client().post(f"/my-page/begin/{token}/", {"together": TOGETHER, "phrase": "short"})
    assert response.status_code == 422
    begin(Client(), token)


def test_from_ones_page_to_a_request_and_back(made: RequestForAssistance) -> None:
    client, (account, token) = Client(), offered_and_made_sure(made)
    begin(client, token)
    assert client.post(f"/my-page/requests/{made.id}/").headers["Location"] == "/my-request/"
    assert "Back to my page" in read_page(client.get("/my-request/"))
    assert client.post("/my-page/back/").headers["Location"] == "/my-page/"
    assert client.session["own_scope"] == str(account)


def test_nobody_goes_from_their_page_to_somebody_elses_request(made: RequestForAssistance) -> None:
    client, (_, token) = Client(), offered_and_made_sure(made)
    begin(client, token)
    strangers = cast.family_request(your_name="Dean")
    assert client.post(f"/my-page/requests/{strangers.id}/").status_code == 404
    assert client.post(f"/my-page/requests/{UUID(int=1)}/").status_code == 404


def test_ones_page_ends_after_a_last_question_and_opens_nothing_more(made: RequestForAssistance) -> None:
    client, (account, token) = Client(), offered_and_made_sure(made)
    begin(client, token)
    assert "Do you want to end your page?" in read_page(client.get(f"/my-page/end/{account}/"))
    assert client.post(f"/my-page/end/{account}/").status_code == 302
    assert OwnAccount.objects.using("owner").get(id=account).ended_by == account
    assert client.get("/my-page/").headers["Location"].startswith("/come-back/")


def test_an_account_that_a_worker_ended_is_out_with_its_next_page(made: RequestForAssistance) -> None:
    client, (_, token) = Client(), offered_and_made_sure(made)
    begin(client, token)
    offered(made)
    assert client.get("/my-page/").headers["Location"].startswith("/come-back/")


def test_whoever_came_with_the_code_of_a_request_has_a_page_too_but_no_account_to_end(made: RequestForAssistance) -> None:
    client = cast.came_in(made)
    assert "Hello, Rowan." in read_page(client.get("/my-page/"))
    assert "Who can come in" not in read_page(client.get("/my-page/"))
    assert client.get(f"/my-page/end/{made.id}/").status_code == 404
    assert cast.came_in(cast.practitioner_request()).get("/my-page/").status_code == 404


def test_what_a_worker_began_for_themselves_opens_nothing_and_the_person_sees_and_ends_it(made: RequestForAssistance) -> None:
    (account, token), worker = offered(made), Client()
    assert "Your page is not open yet" in begin(worker, token, phrase="the worker has it")
    assert worker.get("/my-page/").headers["Location"].startswith("/come-back/")
    mine = cast.came_in(made)
    assert f"/my-page/end/{account}/" in read_page(mine.get("/my-page/"))
    assert "Do you want to end this way in?" in read_page(mine.get(f"/my-page/end/{account}/"))
    shut = mine.post(f"/my-page/end/{account}/", follow=True)
    assert "That way in is shut now." in read_page(shut)
    assert f"/my-page/end/{account}/" not in read_page(shut)
    assert OwnAccount.objects.using("owner").get(id=account).ended_by == made.id


def test_nobody_ends_a_way_in_to_somebody_elses_page(made: RequestForAssistance) -> None:
    account, _ = offered(made)
    strangers = cast.came_in(cast.family_request(your_name="Dean"))
    assert strangers.get(f"/my-page/end/{account}/").status_code == 404
    assert strangers.post(f"/my-page/end/{account}/").status_code == 404


def test_a_request_that_was_gone_to_from_a_page_is_shut_when_the_account_ends(made: RequestForAssistance) -> None:
    client, (_, token) = Client(), offered_and_made_sure(made)
    begin(client, token)
    assert client.post(f"/my-page/requests/{made.id}/").status_code == 302
    assert client.get("/my-request/").status_code == 200
    offered(made)
    assert client.get("/my-request/").headers["Location"] == "/come-back/"
    assert client.get("/my-information/be-in-touch/").headers["Location"] == "/come-back/"


def test_whoever_comes_in_next_at_the_same_browser_finds_no_way_back_to_the_page_of_whoever_was_there(made: RequestForAssistance) -> None:
    client, (_, token) = Client(), offered_and_made_sure(made)
    begin(client, token)
    client.post(f"/my-page/requests/{made.id}/")
    his = cast.family_request(your_name="Dean")
    assert client.post("/come-back/", {"reference": his.reference, "phrase": cast.PHRASE}).status_code == 302
    client.post("/my-page/back/")
    assert "Rowan" not in read_page(client.get("/my-page/"))
