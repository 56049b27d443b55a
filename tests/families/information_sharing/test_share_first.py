"""In an emergency somebody shares first and records after: a reason and hours now, the rest of the seven things within a day."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error

from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.information_sharing.actions import (
    CannotBeDecided,
    IsBlocked,
    add_to_circle,
    review_decision,
    share_first,
    write_in_full,
)
from reachin.families.information_sharing.enums import Basis, Category, CircleRole, Decision, Informed, Purpose, ReviewOutcome
from reachin.families.information_sharing.models import CircleEntry, SharingDecision
from reachin.families.information_sharing.rules import SevenThings
from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.notices.models import Message
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency
from tests import cast

TimeIs = Callable[[datetime], None]
WHY = "He is at her door and she has the child."
KINDS = (Category.CONTACT, Category.SAFETY)
REST = SevenThings(
    decision=Decision.SHARE,
    purpose=Purpose.PROTECTION,
    categories=(),
    why="",
    views="Rowan asked us to ring the police.",
    necessity="Who she is, and where he might be.",
    informed=Informed.TOLD,
    basis=Basis.PUBLIC_TASK,
    special_condition="safeguarding",
)


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def person_of(made: RequestForAssistance) -> UUID:
    found: UUID = owned(RequestPerson).select_related("alias").get(request_for_assistance=made, is_contact=True).alias.person_id
    return found


def shared_first(made: RequestForAssistance, *, to: Agency | None = None, by: Account | None = None, **told: Any) -> SharingDecision:
    worker = by or cast.hub_worker()
    said: dict[str, Any] = {"categories": KINDS, "reason": WHY, "hours": 4}
    with cast.opened(worker, made) as now:
        return share_first(person_of(made), to or cast.social_work(), **{**said, **told}, by=worker, now=now)


def written(decided: SharingDecision, by: Account, things: SevenThings = REST) -> SharingDecision:
    with acting(by.actor()) as now:
        return write_in_full(decided.id, things, by=by, now=now)


def opens(made: RequestForAssistance) -> bool:
    return cast.may_open(cast.duty_worker(), "person", person_of(made), purpose="protection")


def test_it_counts_at_once_and_for_hours(db: None, time_is: TimeIs) -> None:
    made = cast.family_request()
    assert not opens(made)
    decided = shared_first(made)
    assert opens(made)
    entry = owned(CircleEntry).get(decision=decided)
    assert (entry.until - entry.starts_at, entry.categories) == (timedelta(hours=4), ["contact", "safety"])
    assert (decided.words_due_at, decided.is_unfinished()) == (decided.decided_at + timedelta(hours=24), True)
    time_is(entry.until + timedelta(seconds=1))
    assert not opens(made)


def test_guardians_hear_of_it_and_the_person_does_not_read_of_it_before_it_is_written_down(db: None) -> None:
    guardian = cast.account(Role.INFORMATION_GUARDIAN, cast.hub(), "Ruth Imrie")
    made = cast.family_request()
    decided = shared_first(made)
    assert owned(Message).get(about_id=decided.id, event="sharing.to_be_reviewed").unsealed()["address"] == guardian.email
    assert decided.informed == Informed.NOT_TOLD
    with cast.as_family(made, read_only=True):
        assert not CircleEntry.objects.filter(decision=decided).exists()


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"categories": ()}, "categories"),
        ({"reason": "."}, "reason"),
        ({"reason": " "}, "reason"),
        ({"hours": 0}, "hours"),
        ({"hours": 25}, "hours"),
    ],
)
def test_it_says_what_why_and_how_long(db: None, told: dict[str, Any], field: str) -> None:
    with pytest.raises(CannotBeDecided) as raised:
        shared_first(cast.family_request(), **told)
    assert set(raised.value.troubles) == {field}
    assert not owned(SharingDecision).filter(is_emergency=True).exists()


def test_it_is_never_above_a_block_nor_more_than_one_may_see(db: None) -> None:
    with pytest.raises(IsBlocked):
        shared_first(cast.family_request(blocked_agencies=[str(cast.social_work().id)]))
    made = cast.family_request()
    owned(CircleEntry).filter(agency=cast.hub()).update(categories=["contact", "story"])
    with pytest.raises(CannotBeDecided, match="categories"):
        shared_first(made)
    with pytest.raises(PermissionDenied), acting(cast.desk_worker().actor()) as now:
        share_first(person_of(made), cast.social_work(), categories=KINDS, reason=WHY, hours=1, by=cast.desk_worker(), now=now)


def test_whoever_shared_writes_the_rest_and_then_it_is_whole_and_the_person_reads_of_it(db: None) -> None:
    made, worker = cast.family_request(), cast.hub_worker()
    decided = written(shared_first(made), worker)
    assert [decided.words(column) for column in ("why", "views", "necessity")] == [WHY, REST.views, REST.necessity]
    assert (decided.informed, decided.basis, decided.completed_by, decided.is_unfinished()) == ("told", "public_task", worker.id, False)
    with pytest.raises(SharingDecision.DoesNotExist):
        written(decided, worker)


def test_nobody_else_writes_it(db: None) -> None:
    decided = shared_first(cast.family_request())
    for other in (cast.second_hub_worker(), cast.duty_worker(), cast.account(Role.INFORMATION_GUARDIAN, cast.hub())):
        with pytest.raises(SharingDecision.DoesNotExist):
            written(decided, other)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"views": ""}, "views"),
        ({"necessity": " "}, "necessity"),
        ({"informed": Informed.NOT_TOLD}, "not_told_why"),
        ({"informed": Informed.AGREED}, "informed"),
        ({"special_condition": ""}, "special_condition"),
    ],
)
def test_the_rest_is_whole_or_it_is_not_kept(db: None, change: dict[str, Any], field: str) -> None:
    decided = shared_first(cast.family_request())
    with pytest.raises(CannotBeDecided) as raised:
        written(decided, cast.hub_worker(), replace(REST, **change))
    assert set(raised.value.troubles) == {field}
    assert owned(SharingDecision).get(id=decided.id).is_unfinished()


# Held by the database


def test_the_database_takes_words_as_missing_only_until_it_is_finished(db: None) -> None:
    decided = shared_first(cast.family_request())
    finishing = {"completed_at": decided.decided_at, "completed_by": decided.decided_by}
    with pytest.raises(Error, match="decision_says"):
        owned(SharingDecision).filter(id=decided.id).update(**finishing)
    with pytest.raises(Error, match="decision_says"):
        owned(SharingDecision).filter(id=decided.id).update(words_due_at=None)
    with pytest.raises(Error, match="decision_is_finished_within_a_day"):
        owned(SharingDecision).filter(id=decided.id).update(words_due_at=decided.decided_at + timedelta(hours=25))


def test_the_share_is_over_when_its_record_is_due_whoever_writes_the_entry(db: None) -> None:
    made, worker = cast.family_request(), cast.hub_worker()
    decided = shared_first(made)
    owned(CircleEntry).filter(decision=decided).delete()
    with pytest.raises(Error, match="counts no longer than"), cast.opened(worker, made) as now:
        add_to_circle(
            decided.person_id, decided.agency, by=worker.id, purpose=Purpose.PROTECTION, categories=KINDS, basis=Basis.VITAL_INTERESTS,
            now=now, until=now + timedelta(days=30), role=CircleRole.SERVICE, decision=decided,
        )  # fmt: skip


def test_what_was_written_down_is_changed_by_nobody(db: None) -> None:
    worker = cast.hub_worker()
    guardian = cast.account(Role.INFORMATION_GUARDIAN, cast.hub(), "Ruth Imrie")
    decided = written(shared_first(cast.family_request()), worker)
    with acting(worker.actor()):
        assert SharingDecision.objects.filter(id=decided.id).update(statutory_power="Another law") == 0
    held = owned(SharingDecision).get(id=decided.id)
    held.keep("review_words", "It was right.")
    review = {"reviewed_by": guardian.id, "review_outcome": "justified", "review_words": held.review_words}
    with pytest.raises(Error, match="stays as it was said"), acting(guardian.actor()) as now:
        SharingDecision.objects.filter(id=decided.id).update(reviewed_at=now, **review, basis="legal_obligation")


def test_it_is_found_right_only_in_full_and_not_right_at_any_time(db: None) -> None:
    guardian = cast.account(Role.INFORMATION_GUARDIAN, cast.hub(), "Ruth Imrie")
    made = cast.family_request()
    decided = shared_first(made)
    with pytest.raises(CannotBeDecided), acting(guardian.actor()) as now:
        review_decision(decided.id, by=guardian, outcome=ReviewOutcome.JUSTIFIED, words="It was right.", now=now)
    with acting(guardian.actor()) as now:
        review_decision(decided.id, by=guardian, outcome=ReviewOutcome.NOT_JUSTIFIED, words="There was time.", now=now)
    assert not opens(made)
    with pytest.raises(Error, match="decision_right_only_in_full"):
        owned(SharingDecision).filter(id=decided.id).update(review_outcome="justified")
