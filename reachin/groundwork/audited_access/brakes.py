"""Volume brakes on opening records: who opens far more than their role needs is asked why, noticed, and in the end refused."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from reachin.groundwork.field_encryption import blind_index

from .audit import record
from .context import Actor, acting, current_actor, open_record, signed
from .enums import BrakeStep, OpeningReason
from .knocking import knock, knocked
from .models import OpeningBrake
from .rules import COUNTED_ANEW, OF_AN_AGENCY, SEARCHES, WITHIN, Rate, brake, rate_of

ROWS_LOOKED_AT = 4
"""How many openings are looked at, as a multiple of the records after which somebody is refused: most records are opened a few times."""
COUNT_AND_OPEN = """
select lately.records, lately.by_agency,
  case when lately.records < %s::int and coalesce(lately.by_agency, 0) < %s::int then reachin.open(%s, %s, %s::uuid, %s, '') end
from reachin.opened_within_the_hour(%s, %s::uuid, %s::int, %s::int, %s::int, %s::int, %s::int) lately
"""
SEARCHED = "openings.searched"
AGENCY_TOLD = "openings.agency_refused"
_agencies: dict[UUID, tuple[float, int]] = {}
"""What each agency's people opened within the hour as this process counted it last, and when, by its own clock."""


class TellsOfBrakes(Protocol):
    """Tells the information guardians that the brake refused somebody, or a whole agency; in the transaction of the mark."""

    def __call__(self, mark: OpeningBrake, *, now: datetime) -> object: ...


@dataclass(frozen=True, slots=True)
class Opening:
    """What came of opening a record: its nonce (None: not theirs, or not there), or the brake that stands before it."""

    nonce: UUID | None
    brake: BrakeStep | None = None
    of_agency: bool = False
    """It stands there for what the agency's people opened together."""


def open_within_rates(actor: Actor, kind: str, subject: UUID, *, purpose: str, reason: OpeningReason | None = None) -> Opening:
    """Opens a record unless the account or its agency has opened too many others, by one statement where they have not.

    A record that the account opened within the hour is not a new one. Whether the record is there makes no difference to the brake.
    """
    if actor.kind != "staff":
        return Opening(open_record(actor, kind, subject, purpose=purpose))
    rate, of_agency = rate_of(actor.role).times(settings.OPENING_RATES_TIMES), OF_AN_AGENCY.times(settings.OPENING_RATES_TIMES)
    records, by_agency, nonce = _count_and_open(actor, kind, subject, purpose, rate, of_agency)
    step = brake(records, by_agency=by_agency, rate=rate, of_agency=of_agency, purpose=purpose)
    if step is None:
        return Opening(nonce)
    notice(actor, step, records=records, by_agency=by_agency if of_agency.step(by_agency) else 0)
    if step == BrakeStep.REFUSED or (step == BrakeStep.ASKED and reason is None):
        return Opening(None, step, of_agency=rate.step(records) != step)
    return Opening(open_record(actor, kind, subject, purpose=purpose, reason=reason or ""))


def _count_and_open(actor: Actor, kind: str, subject: UUID, purpose: str, rate: Rate, of_agency: Rate) -> tuple[int, int, UUID | None]:
    context, known = signed(actor), _known_of(actor.agency)
    own_rows, agency_rows = ROWS_LOOKED_AT * rate_of(actor.role).refused_from, ROWS_LOOKED_AT * of_agency.refused_from
    values: list[Any] = [
        *(rate.asked_from, of_agency.asked_from, context, kind, subject, purpose),
        *(context, subject, rate_of(actor.role).asked_from, own_rows, of_agency.asked_from, agency_rows, known),
    ]
    with connection.cursor() as cursor:
        cursor.execute(COUNT_AND_OPEN, values)
        records, by_agency, nonce = cursor.fetchone()
    if known is None and by_agency is not None and actor.agency is not None:
        _agencies[actor.agency] = (time.monotonic(), by_agency)
    return records, by_agency or 0, nonce


def _known_of(agency: UUID | None) -> int | None:
    """What this process counted of the agency within the last seconds; None where it has to be counted."""
    counted_at, records = _agencies.get(agency, (None, 0)) if agency is not None else (None, 0)
    is_old = counted_at is None or time.monotonic() - counted_at >= COUNTED_ANEW.total_seconds()
    return None if is_old else records


def search_within_rates(words: str, *, event: str, fields: Iterable[str], reason: OpeningReason | None, now: datetime) -> BrakeStep | None:
    """Writes down that the acting member of staff looks for somebody by these words, unless they looked for too many others.

    The audit row's subject is a keyed digest of the words: whom they looked for is told only to somebody who knows the name. The same
    words within the hour are not a new search. Gives the brake that stands before it: refused, or asked until there is a reason.
    """
    actor, plain = current_actor(), " ".join(words.casefold().split())
    digest = blind_index(plain, field=SEARCHED)
    everything, this_one = (blind_index(f"{actor.user}|{what}", field=SEARCHED) for what in ("", digest.hex()))
    before = knocked([everything, this_one], within=WITHIN, now=now)
    step = None if before[this_one] else rate_of_searches().step(before[everything])
    if step is not None:
        _leave_mark(actor, step, searches=before[everything], now=now)
    if step == BrakeStep.REFUSED or (step == BrakeStep.ASKED and reason is None):
        return step
    if not before[this_one]:
        knock(everything, this_one, within=WITHIN, now=now)
    record(event, subject_kind="search", subject_id=UUID(bytes=digest[:16]), fields=[*fields, *([reason] if step and reason else [])])
    return step


def rate_of_searches() -> Rate:
    """Searches by name or reference within an hour, for everybody who may search."""
    return SEARCHES.times(settings.OPENING_RATES_TIMES)


def notice(actor: Actor, step: BrakeStep, *, records: int, by_agency: int = 0) -> None:
    """Leaves the mark that the agency's information guardian sees, and an audit row: once an hour for each account and step.

    Of a refusal the guardians hear at once: of each account's, and once an hour of the whole agency's.
    """
    with acting(actor) as now:
        _leave_mark(actor, step, records=records, by_agency=by_agency, now=now)


def _leave_mark(actor: Actor, step: BrakeStep, *, records: int = 0, by_agency: int = 0, searches: int = 0, now: datetime) -> None:
    assert actor.user is not None
    assert actor.agency is not None
    if OpeningBrake.objects.filter(user_id=actor.user, step=step, braked_at__gt=now - WITHIN).exists():
        return
    counted = {"records": records, "by_agency": by_agency, "searches": searches}
    mark = OpeningBrake(user_id=actor.user, agency_id=actor.agency, role=actor.role, step=step, braked_at=now, **counted)
    mark.save(force_insert=True)
    record("opening.braked", subject_kind="account", subject_id=actor.user, fields=[step])
    if step == BrakeStep.REFUSED and (not by_agency or _is_news(actor.agency, now)):
        tells: TellsOfBrakes = import_string(settings.TELLS_OF_BRAKES)
        tells(mark, now=now)


def _is_news(agency: UUID, now: datetime) -> bool:
    """Whether nobody was told of this agency within the hour; one asks after the other, and the first is told yes."""
    digest = blind_index(str(agency), field=AGENCY_TOLD)
    return not knock(digest, within=WITHIN, now=now)[digest]


def look_at_brake(mark: OpeningBrake, *, by: UUID, now: datetime) -> OpeningBrake:
    """An information guardian has looked at it. Again changes nothing; the database lets only the agency's own guardian."""
    held = OpeningBrake.objects.select_for_update().get(id=mark.id)
    if held.seen_at is None:
        held.seen_at, held.seen_by = now, by
        held.save(update_fields=["seen_at", "seen_by"])
        record("opening_brake.seen", subject_kind="opening_brake", subject_id=held.id, fields=["seen_at"])
    return held
