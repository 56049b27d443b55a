from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from reachin.access.directory.enums import Need
from reachin.access.directory.models import Service
from reachin.access.requests_for_assistance.enums import AskedBy
from reachin.access.requests_for_assistance.questions import NEWEST_VERSION, SECTIONS, pages_for
from reachin.groundwork.audited_access.demo import is_demo
from reachin.groundwork.audited_access.lookups import Lookup
from reachin.groundwork.audited_access.pages import public_page
from reachin.groundwork.page_parts.frames import render_framed
from reachin.groundwork.page_parts.pages import lead_away, render
from reachin.partnership.agencies.models import Agency

from .asking import duty_desk_words, shown_desk
from .drafting import own_draft
from .hours import hours_words

PAGE_SIZE = 50
MOST_ON_PAPER = 400
LISTED = (
    "id", "name", "public_name", "description", "needs", "min_age", "max_age", "opening", "phone", "email", "website", "is_free", "fees",
    "how_to_apply", "confirmed_on", "organisation__name",
)  # fmt: skip


_hubs = Lookup(lambda: Agency.objects.hubs().order_by("slug"))


def _hub() -> dict[str, Any]:
    hub = _hubs.first()
    return {"hub": hub, "hub_hours": hours_words(hub) if hub else ""}


@public_page()
@require_http_methods(["GET", "HEAD"])
def start(request: HttpRequest) -> HttpResponse:
    """The front door."""
    draft, hub, desk = own_draft(request), _hub(), duty_desk_words()
    is_begun, shown_hub = draft is not None, hub["hub"] and (hub["hub"].phone, hub["hub_hours"])
    return render_framed(
        request,
        "public/start.html",
        depends_on=(is_begun, is_demo(), shown_hub, shown_desk(desk)),
        context=lambda: {"is_begun": is_begun, "is_demo": is_demo(), **hub, **desk},
        slots={},
    )


@public_page()
@require_http_methods(["GET", "HEAD"])
def what_happens(request: HttpRequest) -> HttpResponse:
    """What will happen, who will see it, and when we must act."""
    return render(request, "public/what_happens.html", {**_hub(), **duty_desk_words()})


@public_page()
@require_http_methods(["GET", "HEAD"])
def services(request: HttpRequest) -> HttpResponse:
    """The local services as a plain list; finding by one's own words comes later."""
    need = request.GET.get("need", "")
    found = _listed(need)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "public/services.html", {"page": page, "need": need, "needs": Need.choices, "labels": dict(Need.choices)})


@public_page()
@require_http_methods(["GET", "HEAD"])
def services_print(request: HttpRequest) -> HttpResponse:
    """The local directory on paper, by kind of help; large print if asked."""
    need = request.GET.get("need", "")
    rows = list(_listed(need)[: MOST_ON_PAPER + 1])
    context = {
        "groups": _by_need(rows[:MOST_ON_PAPER], need),
        "is_cut": len(rows) > MOST_ON_PAPER,
        "large_print": "large" in request.GET,
        **_hub(),
    }
    return render(request, "public/services_print.html", context)


def _listed(need: str) -> Any:
    found = Service.objects.open()
    if need in Need.values:
        found = found.filter(needs__contains=[need])
    return found.order_by("name", "id").values(*LISTED)


def _by_need(rows: Sequence[dict[str, Any]], need: str) -> list[dict[str, Any]]:
    """Services under each kind of help that they give, in the order in which families are asked about it."""
    kinds = [(value, label) for value, label in Need.choices if not need or value == need]
    groups = [{"title": label, "rows": [row for row in rows if value in row["needs"]]} for value, label in kinds]
    return [group for group in groups if group["rows"]]


@public_page()
@require_http_methods(["GET", "HEAD"])
def paper_form(request: HttpRequest) -> HttpResponse:
    """The same request as a blank form on paper, for desks, halls and homes without a screen."""
    pages = pages_for(NEWEST_VERSION, AskedBy.PARENT_OR_CARER)
    sections = [{"title": title, "pages": [page for page in pages if page.section == section]} for section, title in SECTIONS]
    context = {
        "sections": [part for part in sections if part["pages"]],
        "askers": [asker.label for asker in AskedBy if asker != AskedBy.PRACTITIONER],
        "asked_by": AskedBy.PARENT_OR_CARER,
        "agencies": list(Agency.objects.active().exclude(kind="hub").order_by("name").values_list("name", flat=True)),
        "large_print": "large" in request.GET,
        "version": NEWEST_VERSION,
        **_hub(),
    }
    return render(request, "public/paper_form.html", context)


@csrf_exempt
@public_page(context="own")
@require_POST
def hide(request: HttpRequest) -> HttpResponse:
    """Hide this page: ends the session, tells the browser to forget what it holds of us, and leads somewhere harmless."""
    request.session.flush()
    return lead_away(request)


@public_page()
@require_http_methods(["GET", "HEAD"])
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, who sees it, and what somebody can ask for."""
    return render(request, "public/privacy.html", {"partnership": settings.PARTNERSHIP_NAME, **_hub()})
