"""The one place where input that no page and no database can hold is stopped.

A form that was posted keeps what was typed: control characters and lone surrogates are taken out of its values before any form or view
reads them. An address (its path, its query) that holds a NUL or is not UTF-8 was typed by nobody: it gets a plain 400 page. A cookie
that holds one is dropped, so that nobody is locked out by it.
"""

import codecs
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.http import parse_header_parameters

from .pages import render
from .text import is_storable, tidied

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

UTF_8 = codecs.lookup("utf-8").name
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class BadInputMiddleware:
    """Stands before whatever reads cookies, addresses or forms: before sessions, languages and CSRF."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        _drop_bad_cookies(request)
        if not (_is_utf_8((request.content_params or {}).get("charset")) and _address_is_sound(request)):
            return _refused(request, 400)
        if request.method == "POST" and request.content_type in FORMS:
            try:
                posted = request.POST
            except RequestDataTooBig:
                return _refused(request, 413)
            except (MultiPartParserError, TooManyFieldsSent, TooManyFilesSent, UnreadablePostError, BadRequest, SuspiciousOperation):
                return _refused(request, 400)
            if not all(is_storable(name) for name in posted):
                return _refused(request, 400)
            request.POST = tidied(posted)  # type: ignore[assignment]
        return self.get_response(request)


def _drop_bad_cookies(request: HttpRequest) -> None:
    for name, value in list(request.COOKIES.items()):
        if not (is_storable(name) and is_storable(value)):
            del request.COOKIES[name]


def _is_utf_8(charset: str | None) -> bool:
    """Whether a sender's charset is ours (or none). Any other would be used for the query too, even one that is no text (hex, zip)."""
    try:
        return charset is None or codecs.lookup(charset).name == UTF_8
    except (LookupError, ValueError):
        return False


def _content_type_is_sound(content_type: str) -> bool:
    try:
        _kind, parameters = parse_header_parameters(content_type)
    except (ValueError, LookupError):
        return False
    return _is_utf_8(parameters.get("charset"))


def _address_is_sound(request: HttpRequest) -> bool:
    query = unquote_to_bytes(request.META.get("QUERY_STRING", ""))
    try:
        return "\x00" not in query.decode() and is_storable(request.path)
    except UnicodeDecodeError:
        return False


def _refused(request: HttpRequest, status: int) -> HttpResponse:
    """The page is in the visitor's language, though this runs before the language middleware."""
    with translation.override(translation.get_language_from_request(request)):
        return render(request, f"page_parts/errors/{status}.html", status=status)


def utf_8_only(application: "WSGIApplication") -> "WSGIApplication":
    """Stands around Django: a request with `charset=zip` breaks while Django makes its request object, before any middleware."""

    def guarded(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if _content_type_is_sound(environ.get("CONTENT_TYPE", "")):
            return application(environ, start_response)
        page = render_to_string("page_parts/errors/400.html").encode()
        start_response("400 Bad Request", [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")])
        return [page]

    return guarded
