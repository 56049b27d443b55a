from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reachin.access.requests_for_assistance.enums import AskedBy, Channel, Outcome, Stage, Urgency
from reachin.access.requests_for_assistance.rules import shown_name
from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.ids import read_reference
from reachin.groundwork.page_parts.environment import query_with
from reachin.groundwork.page_parts.frames import render_framed
from reachin.groundwork.page_parts.moments import short_day
from reachin.groundwork.permissions.enums import Permission
from reachin.partnership.places.enums import AreaKind
from reachin.partnership.places.models import Area

from .navigation import account_of, staff_context
from .queue_rows import STAGE_FILTERS, TURN_OF_TAB, QueuePage, Row, Search, page_of, rows_of
from .searching import CARRIED, LOOKED_FOR, words_looked_for
from .words import STAGE_COLOURS, TURNS, URGENCY_TAGS, WHO_ASKED

MOST_ROWS_REMEMBERED = 2000


@staff_page(permission=Permission.REQUEST_TRIAGE)
@require_http_methods(["GET", "HEAD"])
def queue(request: HttpRequest) -> HttpResponse:
    """The one queue: most urgent first, then the longest waiting.

    The busiest page: its frame is drawn once for each worker, and a row once while nothing about it changes.
    """
    account, token = account_of(request), request.GET.get(LOOKED_FOR, "")
    words = words_looked_for(token, account_id=account.id, now=now()) if token else ""
    search = Search.read(request.GET, words or "")
    page = page_of(rows_of(account.agency_id, search, moment=now()), search)
    language = get_language()
    slots = {"rows": "".join([_drawn(language, row) for row in page.rows]), "turning": _turning(request, language, page)}
    return render_framed(
        request,
        "hub/queue.html",
        depends_on=None
        if _shows_filters(request, search)
        else (account.id, account.name, account.role, account.agency.name, bool(page.rows), words),
        context=lambda: {**_frame(request, search, page), "is_over": words is None},
        slots=slots,
    )


def _shows_filters(request: HttpRequest, search: Search) -> bool:
    return search.narrows or "filter" in request.GET


def _frame(request: HttpRequest, search: Search, page: QueuePage) -> dict[str, Any]:
    """Everything on the page but its rows."""
    return {
        **staff_context(request),
        "search": search,
        "tab": request.GET.get("turn", "") if request.GET.get("turn") in TURN_OF_TAB else "",
        "caption": _("Newest first") if search.newest_first else _("Most urgent first, then the longest waiting"),
        "empty": _("Nothing was found") if search.words or search.narrows else _("Nobody is waiting here"),
        "has_rows": bool(page.rows),
        "tabs": _tabs(request, search),
        "carried": [(name, value) for name in CARRIED if (value := request.GET.get(name))],
        "token": request.GET.get(LOOKED_FOR, "") if search.words else "",
        "clear_url": query_with(request, **{LOOKED_FOR: None, "after": None, "before": None}),
        "filters": _filters(search) if _shows_filters(request, search) else [],
        "filter_url": query_with(request, filter=1),
    }


@lru_cache(maxsize=MOST_ROWS_REMEMBERED)
def _drawn(language: str, row: Row) -> str:
    """One row as HTML, in that language; it depends on nothing else, so that a row which has not changed is not drawn again."""
    urgency, urgency_colour = URGENCY_TAGS.get(Urgency(row.urgency), ("", ""))
    due = short_day(datetime.fromisoformat(row.due)) if row.due else ""
    context = {
        "row": row,
        "address": reverse("hub:request", args=[row.id]),
        "name": shown_name(row.display_name),
        "asked_by": WHO_ASKED[AskedBy(row.asked_by)],
        "from": _("A school") if row.sender_agency == "" else row.sender_agency or Channel(row.channel).label,
        "stage": Stage(row.stage).label,
        "stage_colour": STAGE_COLOURS[Stage(row.stage)],
        "outcome": Outcome(row.outcome).label if row.outcome else "",
        "urgency": urgency,
        "urgency_colour": urgency_colour,
        "due": (_("overdue since %(day)s") if row.is_overdue else _("by %(day)s")) % {"day": due} if due else "",
    }
    return render_to_string("hub/queue_row.html", context)


def _turning(request: HttpRequest, language: str, page: QueuePage) -> str:
    """The links to the pages before and after."""
    previous = query_with(request, before=page.before, after=None) if page.before else ""
    following = query_with(request, after=page.after, before=None) if page.after else ""
    return _links(language, previous, following)


@lru_cache(maxsize=MOST_ROWS_REMEMBERED)
def _links(language: str, previous: str, following: str) -> str:
    return render_to_string("hub/queue_turning.html", {"previous": previous, "next": following})


def _tabs(request: HttpRequest, search: Search) -> list[dict[str, Any]]:
    return [
        {
            "text": TURNS[turn],
            "url": query_with(request, turn=tab, stage=None, after=None, before=None),
            "current": turn == search.turn and read_reference(search.words) is None,
        }
        for tab, turn in TURN_OF_TAB.items()
    ]


@dataclass(frozen=True, slots=True)
class Filter:
    """One list to choose from: name in the address, words, (value, words, is chosen)."""

    name: str
    label: str
    options: list[tuple[str, Promise | str, bool]]


def _filters(search: Search) -> list[Filter]:
    """The filters as plain facts: Django's form widgets would cost more than the query on this, the busiest page."""
    areas = Area.objects.filter(kind=AreaKind.COUNCIL).order_by("name").values_list("code", "name")
    return [
        _filter("stage", _("Stage"), search.stage, [(stage.value, stage.label) for stage in STAGE_FILTERS]),
        _filter("urgency", _("Urgency"), search.urgency, [(str(urgency.value), urgency.label) for urgency in Urgency]),
        _filter("asked_by", _("Who asked"), search.asked_by, [(who.value, words) for who, words in WHO_ASKED.items()]),
        _filter("channel", _("Channel"), search.channel, Channel.choices),
        _filter("area", _("Area"), search.area, [("none", _("Not known")), *areas]),
        _filter("overdue", _("Contact"), "1" if search.is_overdue else "", [("1", _("Overdue"))]),
    ]


def _filter(name: str, label: str, chosen: str, options: Iterable[tuple[str, Promise | str]]) -> Filter:
    return Filter(name, label, [("", _("Any"), not chosen), *((value, words, value == chosen) for value, words in options)])
