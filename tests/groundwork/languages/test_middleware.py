import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from reachin.groundwork.languages.middleware import LanguageMiddleware

pytestmark = pytest.mark.urls("tests.groundwork.page_parts.urls")


def said(request: HttpRequest) -> HttpResponse:
    return HttpResponse(translation.get_language())


@pytest.fixture
def visit() -> LanguageMiddleware:
    return LanguageMiddleware(said)


def test_a_plain_link_chooses_the_language_and_goes_back_to_the_same_address(visit: LanguageMiddleware, rf: RequestFactory) -> None:
    response = visit(rf.get("/ask?page=2&language=gd&stage=a&stage=b"))
    assert response.status_code == 302
    assert response["Location"] == "/ask?page=2&stage=a&stage=b"
    cookie = response.cookies["django_language"]
    assert cookie.value == "gd"
    assert not cookie["max-age"], "the choice leaves no trace after the browser is closed"
    assert cookie["samesite"] == "Lax"


def test_the_choice_is_kept_by_the_cookie(visit: LanguageMiddleware, rf: RequestFactory) -> None:
    rf.cookies["django_language"] = "gd"
    response = visit(rf.get("/ask"))
    assert isinstance(response, HttpResponse)
    assert response.content == b"gd"
    assert response["Content-Language"] == "gd"


@pytest.mark.parametrize("path", ["/ask?language=xx", "/ask?language=", "/ask?language=%00", "/ask?language=gd-zz"])
def test_a_language_that_we_do_not_have_changes_nothing(visit: LanguageMiddleware, rf: RequestFactory, path: str) -> None:
    response = visit(rf.get(path))
    assert response.status_code == 200
    assert not response.cookies


def test_it_leads_to_no_other_site(visit: LanguageMiddleware, rf: RequestFactory) -> None:
    request = rf.get("/", {"language": "gd"})
    request.path = "//elsewhere.example/"
    assert visit(request)["Location"] == "/elsewhere.example/"


def test_a_posted_form_is_never_redirected(visit: LanguageMiddleware, rf: RequestFactory) -> None:
    assert visit(rf.post("/ask?language=gd", {"a": "b"})).status_code == 200
