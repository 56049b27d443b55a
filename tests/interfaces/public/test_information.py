import pytest
from django.test import Client

from tests import cast
from tests.interfaces.public.test_asking import begun

PAGES = ["/", "/what-happens/", "/privacy/", "/services/", "/services/print/", "/paper-form/", "/emergency/", "/ask/", "/come-back/"]


@pytest.mark.parametrize("address", PAGES)
def test_anybody_reads_the_public_pages_without_signing_in_and_no_cache_keeps_them(db: None, address: str) -> None:
    cast.hub(), cast.social_work()
    page = Client().get(address)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "script-src" not in page.headers["Content-Security-Policy"] or "unsafe" not in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("address", PAGES)
def test_the_public_pages_stand_on_an_empty_database_too(db: None, address: str) -> None:
    assert Client().get(address).status_code == 200


def test_hiding_the_page_ends_the_session_and_tells_the_browser_to_forget(db: None) -> None:
    client = begun()
    answer = client.post("/hide/")
    assert answer.status_code == 200
    assert "request" not in answer.content.decode().lower()
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert client.get("/ask/tasks/").headers["Location"] == "/ask/"


def test_the_services_are_listed_by_kind_of_help_and_printed(db: None) -> None:
    cast.service(name="A friendly ear", run_by=cast.charity())
    assert "A friendly ear" in Client().get("/services/?need=feelings").content.decode()
    assert "A friendly ear" not in Client().get("/services/?need=money").content.decode()
    assert "A friendly ear" in Client().get("/services/print/").content.decode()


@pytest.mark.parametrize("query", ["?need=%00", "?need=nonsense", "?page=-1", "?page=99999999999", "?page=x"])
def test_the_list_of_services_takes_any_query(db: None, query: str) -> None:
    assert Client().get(f"/services/{query}").status_code in (200, 400)


def test_the_paper_form_asks_what_the_screen_asks(db: None) -> None:
    page = Client().get("/paper-form/").content.decode()
    for words in (
        "What is going on?",
        "How is it safe for us to be in touch?",
        "Is there anybody who must not see this",
        "A phrase that only you know",
    ):
        assert words in page


def test_staffed_hours_are_said_before_anything_is_sent(db: None) -> None:
    cast.hub(), cast.social_work()
    assert "Monday to Friday, 9:00am to 5:00pm" in Client().get("/what-happens/").content.decode()
    assert "Monday to Friday, 9:00am to 5:00pm" in begun().get("/ask/danger/").content.decode()
