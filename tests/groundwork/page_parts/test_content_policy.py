from collections.abc import Callable

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from reachin.groundwork.page_parts.content_policy import ContentPolicyMiddleware


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse("page")


def policy_of(view: Callable[[HttpRequest], HttpResponseBase], rf: RequestFactory) -> str:
    response = ContentPolicyMiddleware(view)(rf.get("/"))
    assert isinstance(response, HttpResponse)
    return response["Content-Security-Policy"]


def test_every_page_carries_the_policy_of_the_settings(rf: RequestFactory) -> None:
    told = policy_of(plain, rf)
    assert policy_of(plain, rf) == told
    assert "default-src 'self'" in told
    assert "form-action 'self'" in told
    assert "unsafe" not in told


def test_a_page_may_still_say_more(rf: RequestFactory) -> None:
    wider = csp_update({"img-src": ["https://example.org"]})(plain)
    assert "https://example.org" in policy_of(wider, rf)
    assert "https://example.org" not in policy_of(plain, rf)
