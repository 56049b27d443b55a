import pytest
from django.test import RequestFactory
from django.utils import translation

from reachin.groundwork.page_parts.environment import query_with, url, words
from reachin.groundwork.page_parts.pages import lead_away, render

pytestmark = pytest.mark.urls("tests.groundwork.page_parts.urls")


def test_no_page_is_kept_by_a_cache(rf: RequestFactory) -> None:
    response = render(rf.get("/"), "page_parts/errors/404.html", status=404)
    assert (response.status_code, response["Cache-Control"]) == (404, "no-store")


@pytest.mark.asvs("14.3.1")
def test_hiding_leads_away_and_makes_the_browser_forget(rf: RequestFactory) -> None:
    response = lead_away(rf.post("/hide"))
    assert response.status_code == 200, "a redirect after a form would be stopped by form-action 'self'"
    assert response["Refresh"] == "0; url=https://www.bbc.co.uk/weather"
    assert response["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert b"Reach In" not in response.content


def test_addresses_and_queries(rf: RequestFactory) -> None:
    assert url("public:hide") == "/hide"
    request = rf.get("/?stage=a&stage=b&page=2")
    assert query_with(request, page=3) == "?stage=a&stage=b&page=3"
    assert query_with(request, page=None, stage=None, words="a & b") == "?words=a+%26+b"
    assert query_with(None, page=1) == "?page=1"


def test_texts_are_in_the_language_of_the_page_and_what_is_put_in_is_escaped() -> None:
    assert words("Hello %(name)s", name="<Ann>") == "Hello &lt;Ann&gt;"
    assert words("100%% of it") == "100% of it"
    with translation.override("gd"):
        assert words("Queue") == translation.gettext("Queue")
    assert words("Queue") == "Queue"
