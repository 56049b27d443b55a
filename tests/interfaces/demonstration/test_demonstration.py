"""The demonstration's own pages: there in a demo, and nowhere else."""

from typing import Any

import pytest
from django.test import Client

from demo.loading import load_demo
from demo.partnership import ways_back
from reachin.groundwork.clock import now
from reachin.partnership.accounts.models import Account
from tests import cast
from workshop.servers import Connection

PAGES = ("/demo/", "/demo/outbox/")


@pytest.fixture
def in_demo(db: None, admin: Connection, settings: Any) -> None:
    """This database is a demo."""
    settings.MODE = "demo"
    admin.execute("insert into audited_access_databasemark (name, marked_at) values ('demo', now())")


@pytest.fixture
def everybody(in_demo: None) -> None:
    load_demo(now=now())


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_the_demonstration_exists_only_there(db: None, settings: Any, path: str) -> None:
    assert Client().get(path).status_code == 404
    settings.MODE = "demo"
    assert Client().get(path).status_code == 404, "the mode alone is not enough: the database says so too"


def test_nobody_signs_in_without_a_password_elsewhere(db: None) -> None:
    browser = Client()
    assert browser.post("/demo/sign-in/", {"account": str(cast.hub_worker().id)}).status_code == 404
    assert "_auth_user_id" not in browser.session


def test_everybody_is_listed_and_said_to_be_invented(everybody: None) -> None:
    page = Client().get("/demo/").content.decode()
    assert "Everybody here is invented" in page
    for name in Account.objects.values_list("name", flat=True):
        assert name in page
    for way in ways_back().values():
        assert way.reference in page
        assert way.phrase in page


def test_one_tap_signs_in(in_demo: None) -> None:
    worker, browser = cast.hub_worker(), Client()
    answer = browser.post("/demo/sign-in/", {"account": str(worker.id)})
    assert answer.status_code == 302
    assert browser.session["_auth_user_id"] == str(worker.id)


def test_signing_in_leaves_nothing_of_the_visit_before(in_demo: None) -> None:
    asked = cast.family_request()
    browser = cast.came_in(asked)
    browser.post("/demo/sign-in/", {"account": str(cast.hub_worker().id)})
    assert "own_scope" not in browser.session


@pytest.mark.parametrize("given", ["", "nobody", "\x00", "01a2010a-5b32-77ee-8126-b53f4f574b8a"])
def test_nobody_is_nobody(in_demo: None, given: str) -> None:
    assert Client().post("/demo/sign-in/", {"account": given}).status_code in {400, 404}


def test_the_outbox_shows_what_would_have_been_sent(in_demo: None) -> None:
    cast.family_request(phone="07700 900777")
    page = Client().get("/demo/outbox/").content.decode()
    assert "07700 900777" in page
    assert "There is a message for you" in page
    assert "Tam" not in page
    assert "Rowan" not in page


def test_the_outbox_is_newest_first_and_in_pages(in_demo: None) -> None:
    for number in range(22):
        cast.family_request(phone=f"07700 9001{number:02}")
    first, second = (Client().get(f"/demo/outbox/?page={page}").content.decode() for page in (1, 2))
    assert first.index("07700 900121") < first.index("07700 900120")
    assert "07700 900101" in second
    assert "07700 900101" not in first


def test_an_empty_demonstration_says_so(in_demo: None) -> None:
    assert "There are no messages yet" in Client().get("/demo/outbox/").content.decode()
    assert "no staff" in Client().get("/demo/").content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_whole(everybody: None, path: str) -> None:
    """One h1, a title, and every message and person in words only."""
    page = Client().get(path).content.decode()
    assert page.count("<h1") == 1
    assert "<title>" in page


@pytest.mark.parametrize("path", PAGES)
def test_pages_only_read(in_demo: None, path: str) -> None:
    assert Client().post(path).status_code == 405
