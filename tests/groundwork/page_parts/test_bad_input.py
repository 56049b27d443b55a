from io import BytesIO
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from reachin.groundwork.page_parts.bad_input import BadInputMiddleware, utf_8_only

pytestmark = pytest.mark.urls("tests.groundwork.page_parts.urls")
FORM = "application/x-www-form-urlencoded"
seen: list[HttpRequest] = []


def view(request: HttpRequest) -> HttpResponse:
    seen.append(request)
    return HttpResponse("served")


@pytest.fixture
def visit() -> BadInputMiddleware:
    seen.clear()
    return BadInputMiddleware(view)


def is_refused(response: HttpResponseBase, status: int = 400) -> bool:
    assert isinstance(response, HttpResponse)
    return response.status_code == status and not seen and b"<h1>" in response.content and response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/a%00b", "/?q=%00", "/?q=a%00b&r=1", "/?%00=1", "/?q=%FF", "/?q=%ED%A0%80"])
def test_an_address_that_no_text_can_hold_gets_a_plain_page(visit: BadInputMiddleware, rf: RequestFactory, path: str) -> None:
    assert is_refused(visit(rf.get(path)))


@pytest.mark.parametrize("path", ["/", "/caf%C3%A9/?q=%F0%9F%99%82", "/?q=%D9%85&q=", "/?q=%0D%0A%07", "/?q=a+b%2B", "/%FF", "/caf%E9"])
def test_other_addresses_are_served(visit: BadInputMiddleware, rf: RequestFactory, path: str) -> None:
    assert visit(rf.get(path)).status_code == 200


def test_what_was_posted_is_tidied_and_stays(visit: BadInputMiddleware, rf: RequestFactory) -> None:
    assert visit(rf.post("/", {"story": "We\x00 are\r\ntired", "many": ["a\x07", "b"]})).status_code == 200
    assert seen[0].POST.dict() == {"story": "We are\ntired", "many": "b"}
    assert seen[0].POST.getlist("many") == ["a", "b"]


def test_a_plain_form_is_tidied_too(visit: BadInputMiddleware, rf: RequestFactory) -> None:
    visit(rf.post("/", b"story=a%00b%0D%0Ac&latin=%FF", content_type=FORM))
    assert seen[0].POST.dict() == {"story": "ab\nc", "latin": "\ufffd"}


def test_a_body_with_a_file_in_it_is_refused(visit: BadInputMiddleware, rf: RequestFactory) -> None:
    file = BytesIO(b"\x00\xff")
    file.name = "scan.pdf"
    assert is_refused(visit(rf.post("/", {"story": "a", "file": file})))


def test_a_field_whose_name_holds_a_nul_was_written_by_no_browser(visit: BadInputMiddleware, rf: RequestFactory) -> None:
    assert is_refused(visit(rf.post("/", b"a%00=1", content_type=FORM)))


@pytest.mark.parametrize("charset", ["utf-16", "unicode_escape", "no-such-charset", "latin-1", "utf_7"])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.asvs("1.1.1")
def test_nobody_chooses_how_text_is_read(visit: BadInputMiddleware, rf: RequestFactory, charset: str, method: str) -> None:
    assert is_refused(visit(rf.generic(method, "/?q=a", b"story=a", content_type=f"{FORM}; charset={charset}")))


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8"])
def test_utf_8_is_served(visit: BadInputMiddleware, rf: RequestFactory, charset: str) -> None:
    assert visit(rf.post("/", b"a=1", content_type=f"{FORM}; charset={charset}")).status_code == 200


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/x-www-form-urlencoded; charset=zip", "400 Bad Request"),
        ('text/plain; charset="hex"', "400 Bad Request"),
        ("text/plain; charset=latin-1", "400 Bad Request"),
        ("text/plain; charset=\x00", "400 Bad Request"),
        ("text/plain; charset*=bogus''x", "400 Bad Request"),
        ("text/plain; charset=UTF-8", "200 OK"),
        ("multipart/form-data; boundary=charset=hex", "200 OK"),
        ("", "200 OK"),
    ],
)
def test_a_charset_that_django_itself_would_break_on_is_stopped_before_it(content_type: str, status: str) -> None:
    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [b"served"]

    said: list[str] = []

    def begin(status: str, headers: list[tuple[str, str]], error: Any = None, /) -> Any:
        said.append(status)

    body = b"".join(utf_8_only(application)({"CONTENT_TYPE": content_type}, begin))
    assert said == [status]
    assert (b"<h1>" in body) is (status != "200 OK")


def test_a_cookie_that_no_text_can_hold_is_dropped_and_locks_nobody_out(visit: BadInputMiddleware, rf: RequestFactory) -> None:
    assert visit(rf.get("/", HTTP_COOKIE='sessionid="\\000aaaaaaaa"; django_language=gd')).status_code == 200
    assert seen[0].COOKIES == {"django_language": "gd"}


def test_a_hundred_thousand_emoji_arrive(visit: BadInputMiddleware, rf: RequestFactory) -> None:
    assert visit(rf.post("/", {"story": "🙂" * 100_000})).status_code == 200
    assert len(seen[0].POST["story"]) == 100_000


@pytest.mark.asvs("5.2.1")
def test_more_than_the_house_takes_gets_a_plain_page(visit: BadInputMiddleware, rf: RequestFactory, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert is_refused(visit(rf.post("/", {"story": "a" * 2000})), 413)
    assert is_refused(visit(rf.post("/", b"story=" + b"a" * 2000, content_type=FORM)), 413)


@pytest.mark.asvs("15.2.2")
def test_too_many_fields_get_a_plain_page(visit: BadInputMiddleware, rf: RequestFactory, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10
    assert is_refused(visit(rf.post("/", {f"f{number}": "a" for number in range(20)})))


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x"])
def test_a_form_that_is_no_form_breaks_nothing(visit: BadInputMiddleware, rf: RequestFactory, content_type: str) -> None:
    response = visit(rf.post("/", b"--x\r\nnonsense", content_type=content_type))
    assert response.status_code in (200, 400)


def test_the_page_is_in_the_visitors_language(visit: BadInputMiddleware, rf: RequestFactory) -> None:
    response = visit(rf.get("/?q=%00", HTTP_COOKIE="django_language=gd"))
    assert isinstance(response, HttpResponse)
    assert b'<html lang="gd"' in response.content
