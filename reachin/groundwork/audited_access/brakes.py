"""Volume brakes on opening records: who opens far more than their role needs is asked why, noticed, and in the end refused."""

from dataclasses import dataclass
from datetime import datetime
from secrets import randbelow
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from .audit import record
from .context import Actor, acting, open_record, signed
from .enums import BrakeStep, OpeningReason
from .models import OpeningBrake
from .rules import LOOKED_AT_ONE_IN, MOST_OF_AN_AGENCY, WITHIN, Rate, brake, rate_of

ROWS_LOOKED_AT = 4
"""How many openings are looked at, as a multiple of the records after which somebody is refused: most records are opened a few times."""
COUNT_AND_OPEN = """
select lately.records, lately.agency_is_over,
  case when lately.records < %s::int and not lately.agency_is_over then reachin.open(%s, %s, %s::uuid, %s, '') end
from reachin.opened_lately(%s, %s::uuid, %s::int, %s::int, %s::int) lately
"""


@dataclass(frozen=True, slots=True)
class Opening:
    """What came of opening a record: its nonce (None: not theirs, or not there), or the brake that stands before it."""

    nonce: UUID | None
    brake: BrakeStep | None = None


def open_within_rates(actor: Actor, kind: str, subject: UUID, *, purpose: str, reason: OpeningReason | None = None) -> Opening:
    """Opens a record unless the account has opened too many others, by one statement where it has not.

    A record that the account opened within the hour is not a new one. Whether the record is there makes no difference to the brake.
    """
    if actor.kind != "staff":
        return Opening(open_record(actor, kind, subject, purpose=purpose))
    rate = rate_of(actor.role).times(settings.OPENING_RATES_TIMES)
    records, agency_is_over, nonce = _count_and_open(actor, kind, subject, purpose, rate)
    step = brake(records, agency_is_over=agency_is_over, rate=rate, purpose=purpose)
    if step is None:
        return Opening(nonce)
    notice(actor, step, records=records)
    if step == BrakeStep.REFUSED or (step == BrakeStep.ASKED and reason is None):
        return Opening(None, step)
    return Opening(open_record(actor, kind, subject, purpose=purpose, reason=reason or ""))


def _count_and_open(actor: Actor, kind: str, subject: UUID, purpose: str, rate: Rate) -> tuple[int, bool, UUID | None]:
    context, rows = signed(actor), ROWS_LOOKED_AT * rate_of(actor.role).refused_from
    of_agency = MOST_OF_AN_AGENCY * settings.OPENING_RATES_TIMES if randbelow(LOOKED_AT_ONE_IN) == 0 else None
    values: list[Any] = [
        rate.asked_from,
        context,
        kind,
        subject,
        purpose,
        context,
        subject,
        rate_of(actor.role).asked_from,
        rows,
        of_agency,
    ]
    with connection.cursor() as cursor:
        cursor.execute(COUNT_AND_OPEN, values)
        found: tuple[int, bool, UUID | None] = cursor.fetchone()
    return found


def notice(actor: Actor, step: BrakeStep, *, records: int) -> None:
    """Leaves the mark that the agency's information guardian sees, and an audit row: once an hour for each account and step."""
    assert actor.user is not None
    assert actor.agency is not None
    with acting(actor) as now:
        if OpeningBrake.objects.filter(user_id=actor.user, step=step, braked_at__gt=now - WITHIN).exists():
            return
        mark = OpeningBrake(user_id=actor.user, agency_id=actor.agency, role=actor.role, step=step, records=records, braked_at=now)
        mark.save(force_insert=True)
        record("opening.braked", subject_kind="account", subject_id=actor.user, fields=[step])


def look_at_brake(mark: OpeningBrake, *, by: UUID, now: datetime) -> OpeningBrake:
    """An information guardian has looked at it. Again changes nothing; the database lets only the agency's own guardian."""
    held = OpeningBrake.objects.select_for_update().get(id=mark.id)
    if held.seen_at is None:
        held.seen_at, held.seen_by = now, by
        held.save(update_fields=["seen_at", "seen_by"])
        record("opening_brake.seen", subject_kind="opening_brake", subject_id=held.id, fields=["seen_at"])
    return held
