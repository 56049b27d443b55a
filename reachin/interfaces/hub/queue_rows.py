"""What the queue is asked for, and its rows: one statement, written by hand because this is the busiest page of all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self
from uuid import UUID

from django.db import connection
from django.http import QueryDict

from reachin.access.requests_for_assistance.enums import AskedBy, Channel, Stage, Urgency, WaitingFor
from reachin.access.requests_for_assistance.rules import WAITS_FOR
from reachin.groundwork.ids import read_reference

PAGE_SIZE = 50
BEGAN = datetime(1970, 1, 1, tzinfo=UTC)
TURN_OF_TAB: Mapping[str, WaitingFor] = {
    "hub": WaitingFor.HUB,
    "check": WaitingFor.CHECK,
    "sender": WaitingFor.SENDER,
    "agencies": WaitingFor.AGENCY,
    "closed": WaitingFor.NOBODY,
}
STAGE_FILTERS = [stage for stage in WAITS_FOR if stage != Stage.RECEIVED]
URGENCY_FILTERS = {str(urgency.value): urgency for urgency in Urgency}
_STAGES, _CHANNELS, _ASKED_BY = ({str(one.value) for one in known} for known in (STAGE_FILTERS, Channel, AskedBy))


class Row(NamedTuple):
    """One request as the queue shows it. Moments are texts as PostgreSQL writes them in UTC: most are only compared, never read."""

    urgency: int
    received: str
    id: str
    reference: str
    display_name: str
    asked_by: str
    channel: str
    stage: str
    waited: int
    """Whole days, until today or until it was closed."""
    due: str | None
    """By when the family is to be contacted; None where nobody has to, or no more."""
    is_overdue: bool
    outcome: str
    is_untold: bool
    """A message to the family could not be sent, and nobody told it yet."""
    owner: str | None
    sender_agency: str | None
    """Empty for the school of somebody whose home has to stay secret."""


# `is not distinct`: with `=` a card without a sender has no answer there, and its homes are looked up for nothing.
SELECT = """
select r.urgency, r.received_at::text, r.id::text, r.reference, r.display_name, r.asked_by, r.channel, r.stage,
  greatest(0, date_part('day', coalesce(r.closed_at, %s::timestamptz) - r.received_at))::int,
  case when r.closed_at is null then r.contact_due_at::text end,
  coalesce(r.closed_at is null and r.contact_due_at < %s::timestamptz, false),
  r.outcome, r.untold_since is not null, owner.name,
  case when sender.kind is not distinct from 'school' and reachin.held_card_has_protected_home(r.id) then '' else sender.name end
from requests_for_assistance_requestforassistance r
  left join accounts_account owner on owner.id = r.contact_owner_id
  left join agencies_agency sender on sender.id = r.sender_agency_id
where r.holder_agency_id = %s::uuid"""
CASTS = {"urgency": "smallint", "received_at": "timestamptz", "id": "uuid"}


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
    def of(cls, row: "Row") -> Self:
        return cls(row.urgency, datetime.fromisoformat(row.received), UUID(row.id))

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
    def read(cls, query: QueryDict, words: str = "") -> Self:
        """From the address; the words that were looked for come apart, because a name stands in no address."""
        stage = _known(query.get("stage"), _STAGES)
        turn = WAITS_FOR[Stage(stage)] if stage else TURN_OF_TAB.get(query.get("turn", ""), WaitingFor.HUB)
        return cls(
            turn=turn,
            words=words,
            stage=stage,
            urgency=_known(query.get("urgency"), URGENCY_FILTERS),
            channel=_known(query.get("channel"), _CHANNELS),
            asked_by=_known(query.get("asked_by"), _ASKED_BY),
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


def statement(holder: UUID, search: Search, *, moment: datetime) -> tuple[str, list[Any]]:
    """The SQL for what is looked for, in order and one more than a page, with its values. A reference is looked for in every stage."""
    reference = read_reference(search.words)
    begun, values = SELECT, [moment, moment, holder]
    if reference is not None:
        return f"{begun} and r.reference = %s", [*values, reference]
    conditions = [*_narrowing(search, moment), *_beyond(search)]
    for condition, given in conditions:
        begun += f" and {condition}"
        values += given
    order = ", ".join(f"r.{column} {'desc' if _is_downwards(search) else 'asc'}" for column in _columns(search))
    return f"{begun} order by {order} limit {PAGE_SIZE + 1}", values


def rows_of(holder: UUID, search: Search, *, moment: datetime) -> list[Row]:
    """The rows that were looked for, one more than a page where there are more."""
    with connection.cursor() as cursor:
        cursor.execute(*statement(holder, search, moment=moment))
        return list(map(Row._make, cursor.fetchall()))


def _narrowing(search: Search, moment: datetime) -> list[tuple[str, list[Any]]]:
    plain = {
        "stage": search.stage,
        "waiting_for": "" if search.stage else search.turn.value,
        "channel": search.channel,
        "asked_by": search.asked_by,
    }
    found: list[tuple[str, list[Any]]] = [(f"r.{column} = %s", [value]) for column, value in plain.items() if value]
    if search.stage:
        found.append(("r.waiting_for <> %s", [WaitingFor.CHECK.value]))
    if search.urgency:
        found.append(("r.urgency = %s::smallint", [int(search.urgency)]))
    if search.area:
        found.append(_in_area(search.area))
    if search.is_overdue:
        found.append(("r.contact_due_at < %s::timestamptz", [moment]))
    if search.words:
        found.append(("strpos(upper(unaccent(r.display_name)), upper(unaccent(%s::text))) > 0", [search.words]))
    return found


def _in_area(area: str) -> tuple[str, list[Any]]:
    """Whoever has to be kept secret is in no area, also where that is known from before."""
    kept_back = "reachin.held_card_has_protected_home(r.id)"
    if area == "none":
        return f"(r.area_code = '' or {kept_back})", []
    return f"r.area_code = %s and not {kept_back}", [area]


def _beyond(search: Search) -> list[tuple[str, list[Any]]]:
    """A page by its place, not by its number: as quick in the thousandth page as in the first."""
    mark = search.after or search.before
    if mark is None:
        return []
    columns = _columns(search)
    named, given = ", ".join(f"r.{column}" for column in columns), ", ".join(f"%s::{CASTS[column]}" for column in columns)
    return [(f"({named}) {'<' if _is_downwards(search) else '>'} ({given})", [getattr(mark, column) for column in columns])]


def _columns(search: Search) -> tuple[str, ...]:
    return ("received_at", "id") if search.newest_first else ("urgency", "received_at", "id")


def _is_downwards(search: Search) -> bool:
    return search.newest_first != _is_backwards(search)


def _is_backwards(search: Search) -> bool:
    return search.before is not None and search.after is None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Up to fifty rows, and the places where the pages before and after it begin."""

    rows: list[Row]
    before: Mark | None
    after: Mark | None


def page_of(found: list[Row], search: Search) -> QueuePage:
    """The page that the found rows make."""
    backwards = _is_backwards(search)
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
