from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection

from reachin.families.people.models import Person
from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.field_encryption import seal
from reachin.groundwork.ids import new_id
from reachin.groundwork.permissions.enums import Permission
from reachin.partnership.accounts.models import Account

from .models import Merge, Pair


class NoSuchRecord(ValueError):
    """One of the records is not this agency's, or is not there; the two look alike."""


class NotOpen(ValueError):
    """The two records are not open side by side to whoever acts."""


class AlreadyJoined(ValueError):
    """One of the two stands for another record already: that other one is to be joined."""


class AlreadyParted(ValueError):
    """The merge was undone before."""


class NoReason(ValueError):
    """Joining and parting each need a reason in words."""


def put_side_by_side(one: UUID, other: UUID, *, by: Account, now: datetime) -> Pair:
    """Puts two records (ids of persons) side by side, so that both can be opened at once ("pair", for "record_linkage").

    The pair that is there already is given again. Raises PermissionDenied for whoever may not join records, ValueError for a record beside
    itself, NoSuchRecord.
    """
    _may_join(by)
    if one == other:
        raise ValueError("a record is not put beside itself")
    lower, higher = sorted((one, other))
    if not _ask("select reachin.may_pair(%s::uuid, %s::uuid)", lower, higher):
        raise NoSuchRecord
    pair, is_new = Pair.objects.get_or_create(
        agency_id=by.agency_id, one_id=lower, other_id=higher, defaults={"put_at": now, "put_by": by.id}
    )
    if is_new:
        record("pair.put_side_by_side", subject_kind="pair", subject_id=pair.id)
    return pair


def merge(kept: Person, merged: Person, *, by: Account, reason: str, now: datetime) -> Merge:
    """Joins two records of one person: `merged` stands for `kept` from now on. The pair of both is open to `by`.

    Both records stay, with their words, their ways of contact, their circles and their blocks: whoever saw one of them sees that one and no
    more until somebody adds them. What protects holds for both: a block on either shuts out of both. The aliases of `merged`, and of all
    that was joined to it before, stand for `kept`; rows that the register says move do so too. Each is noted, so that it comes home.

    Raises PermissionDenied, NoReason, NotOpen, AlreadyJoined (a record is joined to one other; further ones are joined to that one).
    """
    _may_join(by)
    made_id = new_id()
    sealed = _sealed(reason, Merge.FIELD, made_id)
    with_both = _open_pair(kept.id, merged.id)
    answer = _ask(
        "select reachin.join_records(%s::uuid, %s::uuid, %s::uuid, %s::uuid, %s::bytea, %s::timestamptz)",
        made_id, with_both, kept.id, merged.id, sealed, now,
    )  # fmt: skip
    _raise_for(answer)
    for subject in (kept.id, merged.id):
        record("person.merged", subject_kind="person", subject_id=subject, fields=["stands_for"])
    return Merge.objects.get(id=made_id)


def unmerge(merge: Merge, *, by: Account, reason: str, now: datetime) -> Merge:
    """Parts two records again. The pair of both is open to `by`. Merges are undone in any order.

    Afterwards everything is as if this merge had never been: what moved with it comes home to the merged record, together with what came
    with records that are still joined to that one. What was written since stays where it was written. That is with the kept person, but for
    what points by an alias of the merged record (or of one still joined to it), which goes with its alias; and what was changed meanwhile
    (a share ended, a name put right) stays changed, on the record where it was changed.

    Raises PermissionDenied, NoReason, NotOpen, AlreadyParted.
    """
    _may_join(by)
    sealed = _sealed(reason, Merge.UNMERGE_FIELD, merge.id)
    _raise_for(_ask("select reachin.part_records(%s::uuid, %s::bytea, %s::timestamptz)", merge.id, sealed, now))
    for subject in (merge.kept_id, merge.merged_id):
        record("person.unmerged", subject_kind="person", subject_id=subject, fields=["stands_for"])
    merge.refresh_from_db()
    return merge


def _may_join(by: Account) -> None:
    if not by.may(Permission.PERSON_MERGE):
        raise PermissionDenied


def _sealed(reason: str, field: str, row: UUID) -> bytes:
    if not reason.strip():
        raise NoReason
    return seal(reason.strip(), field=field, row=row)


def _open_pair(kept: UUID, merged: UUID) -> UUID:
    lower, higher = sorted((kept, merged))
    pair = Pair.objects.filter(one_id=lower, other_id=higher).values_list("id", flat=True).first()
    if pair is None:
        raise NotOpen
    return pair


def _raise_for(answer: str) -> None:
    troubles = {"not_open": NotOpen, "already_joined": AlreadyJoined, "already_parted": AlreadyParted}
    if answer in troubles:
        raise troubles[answer]


def _ask(statement: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]
