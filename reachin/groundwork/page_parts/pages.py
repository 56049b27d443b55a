from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.backends.utils import csrf_input_lazy
from django.template.loader import render_to_string

from .environment import hide_page_leads_to, showing


def render(request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200) -> HttpResponse:
    """A page as an HTTP answer that no cache keeps: not the browser's after "Hide this page", and not a shared machine's."""
    with showing(request, csrf_input_lazy(request)):
        return kept_by_nobody(HttpResponse(render_to_string(template, dict(context or {}), request=request), status=status))


def kept_by_nobody(response: HttpResponse) -> HttpResponse:
    """The same answer, which no cache keeps."""
    response["Cache-Control"] = "no-store"
    return response


def lead_away(request: HttpRequest) -> HttpResponse:
    """Ends "Hide this page" without a script: the browser forgets what it holds of us and goes on to a harmless page.

    Not an HTTP redirect: a content security policy with form-action 'self' also stops the redirect that follows a posted form. The
    Refresh header is no form's, and puts the harmless page in the place of this one in the history.
    """
    address = hide_page_leads_to()
    response = render(request, "page_parts/away.html", {"address": address})
    response["Refresh"] = f"0; url={address}"
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response
