from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Aggregate, Count, DateTimeField, DurationField, ExpressionWrapper, F, Max, OuterRef, Q, Subquery, Sum, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from reachin.access.requests_for_assistance.enums import Channel, Stage
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestMove
from reachin.access.requests_for_assistance.rules import WAITS_FOR
from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission

from .navigation import account_of, staff_context
from .words import lasted

LOOKS_BACK = timedelta(days=365)
Table = list[list[Any]]


class Median(Aggregate):
    """The middle of a length of time: half took longer."""

    function = "percentile_cont"
    name = "Median"
    template = "%(function)s(0.5) within group (order by %(expressions)s)"
    output_field = DurationField()


def _between(since: str, until: Any) -> Combinable:
    return ExpressionWrapper(until - F(since), output_field=DurationField())


@staff_page(permission=Permission.DELAYS_SEE)
@require_http_methods(["GET", "HEAD"])
def delays(request: HttpRequest) -> HttpResponse:
    """How long families wait, and where: counted from the requests themselves, at this moment."""
    holder, moment = account_of(request).agency_id, now()
    context = {
        **staff_context(request),
        "now_by_stage": waiting_now(holder, moment),
        "now_by_channel": waiting_by_channel(holder, moment),
        "with_senders": with_senders(holder, moment),
        "until_help": until_help(holder, moment),
        "moment": moment,
    }
    return render(request, "hub/delays.html", context)


def waiting_now(holder: UUID, moment: datetime) -> Table:
    """Open requests by stage: how many, the median wait since they asked, the median in this stage, the longest wait."""
    present = Value(moment, output_field=DateTimeField())
    rows = {
        row["stage"]: row
        for row in _open(holder)
        .values("stage")
        .annotate(
            many=Count("id"),
            waited=Median(_between("received_at", present)),
            here=Median(_between("stage_since", present)),
            longest=Max(_between("received_at", present)),
        )
        .order_by()
    }
    return [
        [Stage(stage).label, WAITS_FOR[stage].label, row["many"], lasted(row["waited"]), lasted(row["here"]), lasted(row["longest"])]
        for stage in WAITS_FOR
        if (row := rows.get(stage.value)) is not None
    ]


def waiting_by_channel(holder: UUID, moment: datetime) -> Table:
    """Open requests by the way in which they came."""
    present = Value(moment, output_field=DateTimeField())
    rows = _open(holder).values("channel").annotate(many=Count("id"), waited=Median(_between("received_at", present))).order_by()
    return _by_channel(rows, lambda row: [row["many"], lasted(row["waited"])])


def with_senders(holder: UUID, moment: datetime) -> Table:
    """Returned requests of the last year: how many, the median time that one return took, and all of it together."""
    later = RequestMove.objects.filter(request_for_assistance_id=OuterRef("request_for_assistance_id"), number__gt=OuterRef("number"))
    ended = Coalesce(Subquery(later.order_by("number").values("moved_at")[:1]), Value(moment, output_field=DateTimeField()))
    rows = (
        RequestMove.objects.filter(
            stage=Stage.RETURNED,
            request_for_assistance__holder_agency_id=holder,
            request_for_assistance__received_at__gte=moment - LOOKS_BACK,
        )
        .annotate(took=_between("moved_at", ended), channel=F("request_for_assistance__channel"))
        .values("channel")
        .annotate(many=Count("request_for_assistance_id", distinct=True), median=Median("took"), all=Sum("took"))
        .order_by()
    )
    return _by_channel(rows, lambda row: [row["many"], lasted(row["median"]), lasted(row["all"])])


def until_help(holder: UUID, moment: datetime) -> Table:
    """Requests of the last year: how many came, for how many help has started, and the median wait until it did."""
    started = Q(help_started_at__isnull=False)
    rows = (
        RequestForAssistance.objects.held_by(holder)
        .filter(received_at__gte=moment - LOOKS_BACK)
        .exclude(stage=Stage.ENTERED_IN_ERROR)
        .values("channel")
        .annotate(
            many=Count("id"),
            helped=Count("id", filter=started),
            waited=Median(_between("received_at", F("help_started_at")), filter=started),
        )
        .order_by()
    )
    return _by_channel(rows, lambda row: [row["many"], row["helped"], "" if row["waited"] is None else lasted(row["waited"])])


def _open(holder: UUID) -> Any:
    return RequestForAssistance.objects.held_by(holder).filter(closed_at=None)


def _by_channel(rows: Iterable[Mapping[str, Any]], cells: Any) -> Table:
    found = {row["channel"]: row for row in rows}
    return [[channel.label, *cells(found[channel.value])] for channel in Channel if channel.value in found]
