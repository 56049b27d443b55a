"""What a person asked to have deleted: looked up, decided record by record, and destroyed in the second guardian's hands."""

from datetime import datetime

from django.db import DatabaseError, connection, transaction

from reachin.families.information_requests.actions import NoSuchMove, under_lock
from reachin.families.information_requests.enums import CHOSEN_BY_GUARDIANS, AskedFor, KeptBecause, State
from reachin.families.information_requests.models import ErasureEntry, InformationRequest
from reachin.families.information_sharing.actions import end_agreed
from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.context import ask
from reachin.groundwork.field_encryption import seal
from reachin.groundwork.ids import new_id
from reachin.partnership.accounts.models import Account

from .models import DestructionReview

BECAUSE_ASKED = "Its person asked for it to be deleted."
WORKED_ON = (State.ASKED, State.ACKNOWLEDGED)


class CannotBeErased(ValueError):
    """The law does not let a record go any more: something changed since it was looked up. Nothing was destroyed."""


def look_up(asked: InformationRequest, *, by: Account, now: datetime) -> list[ErasureEntry]:
    """Writes down each record that could go, and why the law keeps the others. Again, before it is prepared, looks anew.

    Raises PermissionDenied, NoSuchMove.
    """
    held = under_lock(asked, by=by)
    if held.kind != AskedFor.ERASURE or held.state not in WORKED_ON:
        raise NoSuchMove("what is to be deleted is looked up before the answer is prepared")
    there = {(one.kind, one.subject_id) for one in ErasureEntry.objects.filter(information_request=held)}
    with connection.cursor() as cursor:
        cursor.execute("select kind, subject_id, class_code, since, kept_because from reachin.erasure_of(%s::uuid)", [held.id])
        found = [row for row in cursor.fetchall() if (row[0], row[1]) not in there]
    for place, (kind, subject_id, class_code, since, kept) in enumerate(found, start=len(there)):
        ErasureEntry(
            information_request=held, place=place, kind=kind, subject_id=subject_id, class_code=class_code, since=since,
            found_because=kept, kept_because=kept, gathered_at=now, gathered_by=by.id,
        ).save(force_insert=True)  # fmt: skip
    record("erasure.looked_up", subject_kind="information_request", subject_id=held.id)
    return list(ErasureEntry.objects.filter(information_request=held).order_by("place"))


def decide_entry(entry: ErasureEntry, kept_because: KeptBecause | None, *, by: Account, now: datetime) -> ErasureEntry:
    """Keeps one record for a reason in law, or lets it go. What the database found is kept, whoever decides.

    Raises PermissionDenied, NoSuchMove.
    """
    asked = under_lock(entry.information_request, by=by)
    held = ErasureEntry.objects.select_for_update().get(id=entry.id)
    if asked.state not in WORKED_ON or held.found_because or kept_because not in (None, *CHOSEN_BY_GUARDIANS):
        raise NoSuchMove("this is not for a guardian to decide now")
    held.kept_because, held.decided_at, held.decided_by = kept_because or "", now, by.id
    held.save(update_fields=["kept_because", "decided_at", "decided_by"])
    record("erasure.entry_decided", subject_kind="information_request", subject_id=asked.id, fields=["kept_because"])
    return held


def carry_out(asked: InformationRequest, *, by: Account, now: datetime) -> list[ErasureEntry]:
    """Destroys what is to go, in the transaction in which the second guardian answers, and ends what the person had agreed to share.

    Raises PermissionDenied, NoSuchMove before the answer is given, CannotBeErased (nothing is destroyed then: leave the transaction).
    """
    held = under_lock(asked, by=by)
    if held.kind != AskedFor.ERASURE or held.state != State.RELEASED or held.reviewed_by != by.id:
        raise NoSuchMove("an erasure is carried out with its answer")
    end_agreed(held.person_id, by=by, now=now)
    going = list(ErasureEntry.objects.filter(information_request=held, kept_because="", done_at=None).order_by("place"))
    for entry in going:
        _erase(entry, by=by, now=now)
    return going


def _erase(entry: ErasureEntry, *, by: Account, now: datetime) -> None:
    review = new_id()
    reason = seal(BECAUSE_ASKED, field=DestructionReview.FIELD, row=review)
    try:
        with transaction.atomic():
            ask("select reachin.erase(%s::uuid, %s::uuid, %s)", entry.id, review, reason)
    except DatabaseError as error:
        raise CannotBeErased(str(error).splitlines()[0]) from error
    entry.done_at, entry.done_by = now, by.id
    entry.save(update_fields=["done_at", "done_by"])
    record("record.erased", subject_kind=entry.kind, subject_id=entry.subject_id)
