from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def render(request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200) -> HttpResponse:
    """A page as an HTTP answer that no cache keeps: not the browser's after "Hide this page", and not a shared machine's."""
    response = HttpResponse(render_to_string(template, dict(context or {}), request=request), status=status)
    response["Cache-Control"] = "no-store"
    return response
