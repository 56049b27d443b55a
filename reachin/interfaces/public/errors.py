from django.http import HttpRequest, HttpResponse

from reachin.groundwork.page_parts.pages import render


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose safety token is missing or old: nothing was lost that had been saved, and the page says how to go on."""
    return render(request, "page_parts/errors/403_csrf.html", status=403)
