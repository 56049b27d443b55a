from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import UUID

from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reachin.access.requests_for_assistance.enums import AskedBy, Channel, Outcome, Stage, Urgency, WaitingFor
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestQuerySet
from reachin.access.requests_for_assistance.rules import WAITS_FOR, shown_name
from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.ids import read_reference
from reachin.groundwork.page_parts.environment import query_with
from reachin.groundwork.page_parts.moments import short_day
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.partnership.places.enums import AreaKind
from reachin.partnership.places.models import Area

from .navigation import account_of, staff_context
from .words import STAGE_COLOURS, TURNS, URGENCY_TAGS, WHO_ASKED, days_between

PAGE_SIZE = 50
LONGEST_SEARCH = 80
NOWHERE = UUID(int=0)
FIELDS = (
    *("urgency", "received_at", "id", "reference", "display_name", "asked_by", "channel", "stage", "closed_at", "contact_due_at"),
    *("outcome", "contact_owner__name", "sender_agency__name"),
)
Row = tuple[Any, ...]
BEGAN = datetime(1970, 1, 1, tzinfo=UTC)
TURN_OF_TAB: Mapping[str, WaitingFor] = {
    "hub": WaitingFor.HUB,
    "sender": WaitingFor.SENDER,
    "agencies": WaitingFor.AGENCY,
    "closed": WaitingFor.NOBODY,
}
STAGE_FILTERS = [stage for stage in WAITS_FOR if stage != Stage.RECEIVED]
URGENCY_FILTERS = {str(urgency.value): urgency for urgency in Urgency}


@dataclass(frozen=True, slots=True)
class Mark:
    """The place in the queue of one request: where a page begins or ends. Written into links as `2.1764.0198...`."""

    urgency: int
    received_at: datetime
    id: UUID

    @classmethod
    def read(cls, text: str) -> Self | None:
        """None for anything that is not such a place: the first page is shown."""
        try:
            urgency, received, row = text.split(".")
            return cls(int(urgency) % 10, BEGAN + timedelta(microseconds=int(received)), UUID(hex=row))
        except (ValueError, OverflowError):
            return None

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(*row[:3])

    def __str__(self) -> str:
        return f"{self.urgency}.{(self.received_at - BEGAN) // timedelta(microseconds=1)}.{self.id.hex}"


@dataclass(frozen=True, slots=True)
class Search:
    """What a worker looks for in the queue, read from the address; whatever is not known there is not looked for."""

    turn: WaitingFor
    words: str = ""
    stage: str = ""
    urgency: str = ""
    channel: str = ""
    asked_by: str = ""
    area: str = ""
    is_overdue: bool = False
    after: Mark | None = None
    before: Mark | None = None

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        stage = _known(query.get("stage"), [found.value for found in STAGE_FILTERS])
        turn = WAITS_FOR[Stage(stage)] if stage else TURN_OF_TAB.get(query.get("turn", ""), WaitingFor.HUB)
        return cls(
            turn=turn,
            words=" ".join(query.get("q", "").split())[:LONGEST_SEARCH],
            stage=stage,
            urgency=_known(query.get("urgency"), URGENCY_FILTERS),
            channel=_known(query.get("channel"), Channel.values),
            asked_by=_known(query.get("asked_by"), AskedBy.values),
            area=query.get("area", "")[:12],
            is_overdue=query.get("overdue") == "1",
            after=Mark.read(query.get("after", "")),
            before=Mark.read(query.get("before", "")),
        )

    @property
    def newest_first(self) -> bool:
        """What is closed is looked back on; everything else is a queue."""
        return self.turn == WaitingFor.NOBODY

    @property
    def narrows(self) -> bool:
        return bool(self.stage or self.urgency or self.channel or self.asked_by or self.area or self.is_overdue)


def _known(given: str | None, values: Iterable[str]) -> str:
    return given if given is not None and given in values else ""


def rows_of(holder: UUID, search: Search, *, moment: datetime) -> RequestQuerySet:
    """The requests that were looked for, in order, one more than a page. A reference is searched for in every stage."""
    held = RequestForAssistance.objects.held_by(holder)
    reference = read_reference(search.words)
    if reference is not None:
        return held.filter(reference=reference)
    held = held.filter(stage=search.stage) if search.stage else held.waiting_for(search.turn)
    return _paged(_narrowed(held, search, moment=moment), search)


def _narrowed(held: RequestQuerySet, search: Search, *, moment: datetime) -> RequestQuerySet:
    if search.urgency:
        held = held.filter(urgency=URGENCY_FILTERS[search.urgency])
    if search.channel:
        held = held.filter(channel=search.channel)
    if search.asked_by:
        held = held.filter(asked_by=search.asked_by)
    if search.area:
        held = held.filter(area_code="" if search.area == "none" else search.area)
    if search.is_overdue:
        held = held.filter(contact_due_at__lt=moment)
    if search.words:
        held = held.filter(display_name__unaccent__icontains=search.words)
    return held


def _paged(held: RequestQuerySet, search: Search) -> RequestQuerySet:
    """A page by its place, not by its number: as quick in the thousandth page as in the first."""
    backwards = search.before is not None and search.after is None
    downwards = search.newest_first != backwards
    columns = ("received_at", "id") if search.newest_first else ("urgency", "received_at", "id")
    mark = search.after or search.before
    if mark is not None:
        beyond = TupleLessThan if downwards else TupleGreaterThan
        held = held.filter(beyond(Tuple(*columns), tuple(getattr(mark, column) for column in columns)))
    return held.order_by(*(f"-{column}" if downwards else column for column in columns))[: PAGE_SIZE + 1]


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Up to fifty rows, and the places where the pages before and after it begin."""

    rows: list[Row]
    before: Mark | None
    after: Mark | None


def page_of(found: list[Row], search: Search) -> QueuePage:
    """The page that the found rows make."""
    backwards = search.before is not None and search.after is None
    is_more, rows = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    if backwards:
        rows.reverse()
    has_before = is_more if backwards else search.after is not None
    has_after = backwards or is_more
    return QueuePage(
        rows,
        before=Mark.of(rows[0]) if rows and has_before else None,
        after=Mark.of(rows[-1]) if rows and has_after else None,
    )


@staff_page(permission=Permission.REQUEST_TRIAGE)
@require_http_methods(["GET", "HEAD"])
def queue(request: HttpRequest) -> HttpResponse:
    """The one queue: most urgent first, then the longest waiting."""
    account, moment = account_of(request), now()
    search = Search.read(request.GET)
    page = page_of(list(rows_of(account.agency_id, search, moment=moment).values_list(*FIELDS)), search)
    context = {
        **staff_context(request),
        "search": search,
        "tab": request.GET.get("turn", "") if request.GET.get("turn") in TURN_OF_TAB else "",
        "caption": _("Newest first") if search.newest_first else _("Most urgent first, then the longest waiting"),
        "empty": _("Nothing was found") if search.words or search.narrows else _("Nobody is waiting here"),
        "rows": _shown(page.rows, moment),
        "tabs": _tabs(request, search),
        "filters": _filters(search) if search.narrows or "filter" in request.GET else [],
        "filter_url": query_with(request, filter=1),
        "previous": query_with(request, before=page.before, after=None) if page.before else "",
        "next": query_with(request, after=page.after, before=None) if page.after else "",
    }
    return render(request, "hub/queue.html", context)


def _shown(rows: Iterable[Row], moment: datetime) -> list[Row]:
    """The rows in words, in the order of the template. Labels are looked up once a page, not once a row."""
    stages = {stage.value: (str(stage.label), STAGE_COLOURS[stage]) for stage in WAITS_FOR}
    who = {asker.value: str(words) for asker, words in WHO_ASKED.items()}
    channels = {value: str(words) for value, words in Channel.choices}
    urgencies = {urgency.value: (str(words), colour) for urgency, (words, colour) in URGENCY_TAGS.items()}
    somewhere, by, late = reverse("hub:request", args=[NOWHERE]), _("by %(day)s"), _("overdue since %(day)s")
    shown = []
    for urgency, received, request_id, reference, name, asker, channel, stage, closed, due, outcome, owner, agency in rows:
        is_due = due is not None and closed is None
        is_overdue = is_due and due < moment
        shown.append(
            (
                somewhere.replace(str(NOWHERE), str(request_id)),
                reference,
                shown_name(name),
                who[asker],
                agency or channels[channel],
                *stages[stage],
                Outcome(outcome).label if outcome else "",
                days_between(received, closed or moment),
                *urgencies.get(urgency, ("", "")),
                (late if is_overdue else by) % {"day": short_day(due)} if is_due else "",
                is_overdue,
                owner,
            )
        )
    return shown


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
