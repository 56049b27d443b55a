from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.module_loading import import_string

from reachin.groundwork.permissions.rules import may

from .braked_pages import WHY_ASKED, braked_page, reason_given, returns_to_page
from .brakes import open_within_rates
from .context import Actor, acting
from .demo import is_demo
from .pages import PageMark

View = Callable[..., HttpResponseBase]


class WhoActs(Protocol):
    """Tells from a request who acts on a page of this audience: None when they must come in, an answer when something else comes first."""

    def __call__(self, request: HttpRequest, mark: PageMark) -> Actor | HttpResponse | None: ...


class AuditedAccessMiddleware:
    """The last middleware: finds who acts, commits the trace of what they open, and runs the view inside one acting transaction.

    A GET or HEAD runs read-only, held by the database. Foreign and missing records give the same 404.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.who_acts: WhoActs = import_string(settings.WHO_ACTS)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Sequence[Any], kwargs: Mapping[str, Any]) -> HttpResponseBase:
        mark: PageMark | None = getattr(view, "page_mark", None)
        if mark is None or (mark.demo_only and not is_demo()):
            raise Http404
        if mark.context == "own":
            return view(request, *args, **kwargs)
        actor = self.who_acts(request, mark)
        if actor is None:
            return _come_in_first(request, mark)
        if isinstance(actor, HttpResponse):
            return actor
        if mark.permission is not None and not may(actor.role, mark.permission):
            raise Http404
        opening = _open(request, actor, mark, kwargs)
        if isinstance(opening, HttpResponse):
            return opening
        with acting(actor, opening=opening, read_only=request.method in ("GET", "HEAD")):
            response = view(request, *args, **kwargs)
            render = getattr(response, "render", None)
            return render() if callable(render) else response


def _come_in_first(request: HttpRequest, mark: PageMark) -> HttpResponse:
    if mark.audience == "staff":
        return redirect_to_login(request.get_full_path(), login_url=settings.LOGIN_URL)
    return redirect(settings.WAY_BACK_URL)


def _open(request: HttpRequest, actor: Actor, mark: PageMark, kwargs: Mapping[str, Any]) -> UUID | HttpResponse | None:
    """The nonce of what the page opens; or the page that stands before it, where this account has opened too much."""
    if mark.opens is None:
        return None
    subject = actor.scope if mark.opens.by is None else kwargs[mark.opens.by]
    if subject is None:
        raise Http404
    opening = open_within_rates(actor, mark.opens.kind, subject, purpose=mark.opens.purpose, reason=reason_given(request))
    if opening.nonce is not None:
        return returns_to_page(request) if WHY_ASKED in request.POST else opening.nonce
    if opening.brake is None:
        raise Http404
    return braked_page(request, opening.brake, of_agency=opening.of_agency)
