"""The one place where input that no page and no database can hold is stopped.

A form that was posted keeps what was typed: control characters and lone surrogates are taken out of its values before any form or view
reads them. An address (its path, its query) that holds a NUL or is not UTF-8 was typed by nobody: it gets a plain 400 page. A cookie
that holds one is dropped, so that nobody is locked out by it.
"""

import codecs
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.utils import translation

from .pages import render
from .text import is_storable, tidied

UTF_8 = codecs.lookup("utf-8").name
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class BadInputMiddleware:
    """Stands before whatever reads cookies, addresses or forms: before sessions, languages and CSRF."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        _drop_bad_cookies(request)
        if not (_speaks_utf_8(request) and _address_is_sound(request)):
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


def _speaks_utf_8(request: HttpRequest) -> bool:
    """A charset of the sender's choosing would decode the query too, even with codecs that are no text (hex, zip)."""
    charset = (request.content_params or {}).get("charset")
    if charset is None:
        return True
    try:
        return codecs.lookup(charset).name == UTF_8
    except LookupError:
        return False


def _address_is_sound(request: HttpRequest) -> bool:
    raw_query = request.META.get("QUERY_STRING", "").encode("latin-1", "replace")
    raw_path = request.META.get("PATH_INFO", "").encode("latin-1", "replace")
    for raw in (raw_path, unquote_to_bytes(raw_query)):
        try:
            if "\x00" in raw.decode("utf-8"):
                return False
        except UnicodeDecodeError:
            return False
    return is_storable(request.path)


def _refused(request: HttpRequest, status: int) -> HttpResponse:
    """The page is in the visitor's language, though this runs before the language middleware."""
    with translation.override(translation.get_language_from_request(request)):
        return render(request, f"page_parts/errors/{status}.html", status=status)
