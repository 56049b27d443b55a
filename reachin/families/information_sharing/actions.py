from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from reachin.groundwork.audited_access.audit import record
from reachin.partnership.agencies.models import Agency

from .enums import Basis, Category, Purpose
from .models import Block, CircleEntry


def add_to_circle(
    person_id: UUID,
    agency: Agency,
    *,
    by: UUID,
    purpose: Purpose,
    categories: Iterable[Category],
    basis: Basis,
    now: datetime,
    until: datetime | None = None,
) -> CircleEntry:
    """Puts an agency into a person's circle. `by` is the account's id, or the request's own for a family."""
    kinds = sorted(category.value for category in categories)
    entry = CircleEntry.objects.create(
        person_id=person_id,
        agency=agency,
        purpose=purpose,
        categories=kinds,
        basis=basis,
        starts_at=now,
        until=until,
        recorded_at=now,
        recorded_by=by,
    )
    record("circle.extended", subject_kind="person", subject_id=person_id, fields=kinds)
    return entry


def block(person_id: UUID, agency: Agency, *, by: UUID, now: datetime) -> Block:
    """An agency must not see anything of this person from now on."""
    blocked = Block.objects.create(person_id=person_id, agency=agency, said_at=now, said_by=by)
    record("circle.blocked", subject_kind="person", subject_id=person_id)
    return blocked


def end_sharing(people: Iterable[UUID], agency_id: UUID, *, purpose: Purpose, by: UUID, now: datetime) -> int:
    """Ends what an agency may see of these people for one purpose; gives how many entries ended. It acts at once.

    What it may see for another purpose stays: a desk that keeps somebody safe does not stop because it had no place in a group.
    """
    who = list(people)
    in_force = CircleEntry.objects.filter(person_id__in=who, agency_id=agency_id, purpose=purpose, ended_at=None)
    ended = in_force.update(ended_at=now, ended_by=by)
    for person_id in who:
        record("circle.ended", subject_kind="person", subject_id=person_id)
    return ended
