"""What is due is listed, two people decide, and the words go by the database's own function: never under a hold, never on one word."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.context import Actor, acting, ask, current_actor
from reachin.groundwork.field_encryption import seal
from reachin.groundwork.ids import new_id
from reachin.groundwork.page_parts.moments import LONDON
from reachin.groundwork.permissions.enums import Permission
from reachin.partnership.accounts.models import Account

from .enums import ReviewDecision
from .models import DestructionReview, LegalHold
from .rules import CLASSES, LOOK_AGAIN, CannotBeDone, length, trouble_with_confirming, trouble_with_keeping

RETENTION = Actor.system("retention")
MOST_AT_ONCE = 500


def list_what_is_due(*, now: datetime) -> int:
    """Lists every record whose time is over and that nobody is looking at yet; gives how many were added.

    Inside `acting` as the system's retention part; raises PermissionDenied for anybody else.
    """
    _only_the_system()
    added = 0
    for kind, class_code in _kinds():
        kept_for = length(class_code)
        if kept_for is None:
            continue
        for subject, controller, ended_at in _ended(kind, class_code, now - kept_for):
            DestructionReview(
                kind=kind, subject_id=subject, class_code=class_code, controller_id=controller,
                counted_from=ended_at, due_from=ended_at + kept_for,
            ).save(force_insert=True)  # fmt: skip
            record("destruction.became_due", subject_kind=kind, subject_id=subject)
            added += 1
    return added


def decide(
    review: DestructionReview, decision: ReviewDecision, *, by: Account, reason: str, now: datetime, keep_until: date | None = None
) -> DestructionReview:
    """The first person's decision, with the reason; what is kept comes up again on a day. Raises PermissionDenied, CannotBeDone."""
    _may_review(review, by)
    held = DestructionReview.objects.select_for_update().get(id=review.id)
    if held.decided_at is not None:
        raise CannotBeDone("decided_already")
    if not reason.strip():
        raise CannotBeDone("no_reason")
    if keep_until is not None and trouble_with_keeping(decision, keep_until, today=now.astimezone(LONDON).date()):
        raise CannotBeDone("no_such_day")
    held.decision, held.decided_at, held.decided_by, held.keep_until = decision, now, by.id, keep_until
    held.keep_reason(reason.strip())
    held.save(update_fields=["decision", "reason", "decided_at", "decided_by", "keep_until"])
    record("destruction.decided", subject_kind=held.kind, subject_id=held.subject_id, fields=["decision", "reason"])
    if decision == ReviewDecision.HOLD:
        _put_hold(by=by, reason=reason.strip(), now=now, subject_id=held.subject_id)
    return held


def confirm(review: DestructionReview, *, by: Account, now: datetime) -> DestructionReview:
    """The second person's word, without which nothing is destroyed. Raises PermissionDenied, CannotBeDone."""
    _may_review(review, by)
    held = DestructionReview.objects.select_for_update().get(id=review.id)
    _make_sure_of_second(held, by)
    held.confirmed_at, held.confirmed_by = now, by.id
    held.save(update_fields=["confirmed_at", "confirmed_by"])
    record("destruction.confirmed", subject_kind=held.kind, subject_id=held.subject_id, fields=["confirmed_at"])
    return held


def disagree(review: DestructionReview, *, by: Account, reason: str, now: datetime) -> DestructionReview:
    """The second person does not confirm, and says why: nothing is destroyed, and it is listed anew. Raises as `confirm` does."""
    _may_review(review, by)
    held = DestructionReview.objects.select_for_update().get(id=review.id)
    _make_sure_of_second(held, by)
    if not reason.strip():
        raise CannotBeDone("no_reason")
    held.disagreed_at, held.disagreed_by = now, by.id
    held.keep_disagreement(reason.strip())
    held.save(update_fields=["disagreed_at", "disagreed_by", "disagreement"])
    record("destruction.disagreed", subject_kind=held.kind, subject_id=held.subject_id, fields=["disagreement"])
    return held


def _make_sure_of_second(held: DestructionReview, by: Account) -> None:
    second = held.confirmed_by or held.disagreed_by
    trouble = trouble_with_confirming(held.decision, decided_by=held.decided_by, confirmed_by=second, by=by.id)
    if trouble is not None:
        raise CannotBeDone(trouble)


def hold(
    *, by: Account, reason: str, now: datetime, alias_id: UUID | None = None, subject_id: UUID | None = None, class_code: str = ""
) -> LegalHold:
    """Holds one person, one record or one class: nothing of it is destroyed until it is lifted. Raises PermissionDenied, CannotBeDone.

    For a person, somebody who has their record open.
    """
    if not by.may(Permission.RECORD_HOLD):
        raise PermissionDenied("this role holds no records")
    if not reason.strip():
        raise CannotBeDone("no_reason")
    if class_code and class_code not in CLASSES:
        raise CannotBeDone("no_such_class")
    return _put_hold(by=by, reason=reason.strip(), now=now, alias_id=alias_id, subject_id=subject_id, class_code=class_code)


def lift_hold(held: LegalHold, *, by: Account, reason: str, now: datetime) -> LegalHold:
    """Ends a hold, for a reason. Raises PermissionDenied, CannotBeDone."""
    if not (by.may(Permission.DESTRUCTION_REVIEW) and by.agency_id == held.agency_id):
        raise PermissionDenied("only an information guardian of the agency that holds lifts a hold")
    again = LegalHold.objects.select_for_update().get(id=held.id)
    if again.lifted_at is not None:
        raise CannotBeDone("lifted_already")
    if not reason.strip():
        raise CannotBeDone("no_reason")
    again.lifted_at, again.lifted_by = now, by.id
    again.lift_reason = seal(reason.strip(), field=LegalHold.LIFTED, row=again.id)
    again.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    record("hold.lifted", subject_kind="hold", subject_id=again.id, fields=["lifted_at"])
    return again


def destroy_what_was_reviewed(*, now: datetime) -> tuple[int, int]:
    """Destroys what two people decided: how many records, and how many the database refused. The system does it, inside `acting`."""
    _only_the_system()
    done = refused = 0
    for review in DestructionReview.objects.to_be_destroyed().order_by("due_from", "id")[:MOST_AT_ONCE]:
        try:
            with transaction.atomic():
                ask("select reachin.destroy(%s::uuid)", review.id)
        except DatabaseError:
            refused += 1
            record("destruction.refused", subject_kind=review.kind, subject_id=review.subject_id)
        else:
            done += 1
            record("record.destroyed", subject_kind=review.kind, subject_id=review.subject_id)
    return done, refused


def sweep() -> dict[str, int]:
    """Lets go what needs no review and whose years are over: rows by class. Where a class is held, nothing of it. The system does it."""
    _only_the_system()
    with connection.cursor() as cursor:
        cursor.execute("select class_code, sum(gone)::int from reachin.sweep() group by class_code")
        return {str(code): int(gone) for code, gone in cursor.fetchall()}


@contextmanager
def as_retention() -> Iterator[datetime]:
    """Acts as the system in its retention part; gives the moment."""
    with acting(RETENTION) as moment:
        yield moment


def _only_the_system() -> None:
    actor = current_actor()
    if (actor.kind, actor.role) != (RETENTION.kind, RETENTION.role):
        raise PermissionDenied("only the system lists what is due and destroys")


def _may_review(review: DestructionReview, by: Account) -> None:
    if not (by.may(Permission.DESTRUCTION_REVIEW) and by.agency_id == review.controller_id):
        raise PermissionDenied("only an information guardian of the agency that answers for the record reviews it")


def _put_hold(
    *, by: Account, reason: str, now: datetime, alias_id: UUID | None = None, subject_id: UUID | None = None, class_code: str = ""
) -> LegalHold:
    made = LegalHold(
        id=new_id(), alias_id=alias_id, subject_id=subject_id, class_code=class_code, agency_id=by.agency_id, held_at=now, held_by=by.id
    )
    made.reason = seal(reason, field=LegalHold.FIELD, row=made.id)
    made.save(force_insert=True)
    record("hold.put", subject_kind="hold", subject_id=made.id)
    return made


def _kinds() -> list[tuple[str, str]]:
    """Every kind of record that can be emptied, with each class that it may be of."""
    with connection.cursor() as cursor:
        cursor.execute("select kind, class_code from reachin.destruction_schedule() order by 1, 2")
        return [(str(kind), str(code)) for kind, code in cursor.fetchall()]


def _ended(kind: str, class_code: str, before: datetime) -> list[tuple[UUID, UUID, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select subject_id, controller_id, ended_at"
            " from reachin.due_for_destruction(%s, %s, %s::timestamptz, make_interval(days => %s::int), %s)",
            [kind, class_code, before, LOOK_AGAIN.days, MOST_AT_ONCE],
        )
        return list(cursor.fetchall())
