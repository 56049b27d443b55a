"""Who hears of an emergency and reviews it, what a review ends, and when the person reads of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import Error, connection

from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.information_sharing.actions import CannotBeDecided, decide_sharing, look_first, review_decision, review_emergency
from reachin.families.information_sharing.enums import Basis, Category, Decision, Informed, Purpose, ReviewOutcome
from reachin.families.information_sharing.models import CircleEntry, EmergencyAccess, SharingDecision
from reachin.families.information_sharing.rules import SevenThings, says_enough
from reachin.groundwork.audited_access.context import Actor, acting, open_record
from reachin.groundwork.ids import new_id
from reachin.groundwork.notices.models import Message
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.enums import AgencyKind
from reachin.partnership.agencies.models import Agency
from tests import cast

TimeIs = Callable[[datetime], None]
WHY = "She rang from the car park and hung up."
TO_PROTECT = SevenThings(
    decision=Decision.SHARE,
    purpose=Purpose.PROTECTION,
    categories=(Category.CONTACT,),
    why="A bruise.",
    views="Tam would not say.",
    necessity="A name.",
    informed=Informed.TOLD,
    basis=Basis.LEGAL_OBLIGATION,
    beats_block=True,
)


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def guardian(of: Agency, name: str = "Ruth Imrie") -> Account:
    return cast.account(Role.INFORMATION_GUARDIAN, of, name)


def looks_first(who: Account, subject: UUID, reason: str = WHY) -> EmergencyAccess:
    with acting(who.actor()) as now:
        return look_first("request", subject, by=who, reason=reason, now=now)


def reviewed(access: EmergencyAccess, by: Account, outcome: ReviewOutcome, kept_back_why: str = "") -> EmergencyAccess:
    with acting(by.actor()) as now:
        return review_emergency(access.id, by=by, outcome=outcome, words="I asked them.", kept_back_why=kept_back_why, now=now)


def alerted(about: UUID) -> list[str]:
    return sorted(message.unsealed()["address"] for message in owned(Message).filter(about_id=about))


def sees(who: Account) -> set[UUID]:
    with acting(who.actor(), read_only=True):
        return set(EmergencyAccess.objects.values_list("id", flat=True))


def above_a_block() -> SharingDecision:
    made, worker = cast.family_request(blocked_agencies=[str(cast.social_work().id)]), cast.hub_worker()
    person = owned(RequestPerson).select_related("alias").filter(request_for_assistance=made).first().alias.person_id
    with cast.opened(worker, made) as now:
        return decide_sharing(person, cast.social_work(), TO_PROTECT, by=worker, now=now)


def receipts(made: RequestForAssistance) -> list[tuple[Any, ...]]:
    actor = Actor.family(made.id)
    opening = open_record(actor, "own_person", made.id, purpose="own_page")
    with acting(actor, opening=opening, read_only=True), connection.cursor() as cursor:
        cursor.execute("select agency_id, purpose, outcome, looks from reachin.receipts()")
        return list(cursor.fetchall())


# Who hears of it


def test_whoever_answers_for_the_record_hears_of_it_sees_and_reviews_it_beside_the_lookers_own(db: None) -> None:
    made, worker = cast.family_request(), cast.support_worker()
    theirs, ours, strangers = guardian(cast.charity(), "Una Gow"), guardian(cast.hub()), guardian(cast.health(), "Ivor Rae")
    access = looks_first(worker, made.id)
    assert access.controller_id == cast.hub().id
    assert alerted(access.id) == sorted([theirs.email, ours.email])
    assert sees(theirs) == sees(ours) == {access.id}
    assert sees(strangers) == set()
    assert reviewed(access, ours, ReviewOutcome.JUSTIFIED).reviewed_by == ours.id
    assert reviewed(access, theirs, ReviewOutcome.NOT_JUSTIFIED).review_outcome == "justified", "the first word stands"


def test_where_nobody_is_there_the_hub_hears_of_it_and_reviews_in_their_place(db: None) -> None:
    made = cast.family_request()
    other_hub = cast.agency("other-hub", kind=AgencyKind.HUB)
    stands_in = guardian(other_hub, "Isla Munro")
    access = looks_first(cast.support_worker(), made.id)
    assert stands_in.email in alerted(access.id)
    assert sees(stands_in) == {access.id}
    own = guardian(cast.charity(), "Una Gow")
    assert sees(own) == {access.id}
    assert sees(stands_in) == set()


def test_an_unknown_reference_is_the_hubs_to_review(db: None) -> None:
    ours, worker = guardian(cast.hub()), cast.support_worker()
    access = looks_first(worker, new_id())
    assert access.controller_id is None
    assert ours.email in alerted(access.id)
    assert sees(ours) == {access.id}


def test_nobody_says_that_another_agency_answers_for_it(db: None) -> None:
    made, worker = cast.family_request(), cast.support_worker()
    access = EmergencyAccess(kind="request", subject_id=made.id, account=worker, agency=worker.agency, controller=cast.charity())
    access.keep("reason", WHY)
    with pytest.raises(Error, match="row-level security"), acting(worker.actor()) as now:
        begun(access, now)


def begun(access: EmergencyAccess, now: datetime) -> None:
    access.starts_at, access.until, access.review_due_at = now, now + timedelta(hours=1), now
    access.save(force_insert=True)


# A few words


@pytest.mark.parametrize(
    ("reason", "enough"),
    [(".", False), ("x", False), ("emergency!", False), ("a b", False), ("........... .", False), ("She is missing", True), (WHY, True)],
)
def test_a_few_words_are_enough_and_a_letter_is_not(reason: str, enough: bool) -> None:
    assert says_enough(reason) is enough


def test_a_letter_begins_nothing_by_the_database_either(db: None) -> None:
    made, worker = cast.family_request(), cast.support_worker()
    with pytest.raises(CannotBeDecided):
        looks_first(worker, made.id, "x.")
    access = looks_first(worker, made.id)
    access.keep("reason", "too short")
    with pytest.raises(Error, match="emergency_says_a_few_words"):
        owned(EmergencyAccess).filter(id=access.id).update(reason=access.reason)


# What was not right ends


def test_an_emergency_that_was_not_right_ends_with_its_review(db: None) -> None:
    made, worker, ours = cast.family_request(), cast.support_worker(), guardian(cast.hub())
    access = looks_first(worker, made.id)
    assert open_record(worker.actor(), "request", made.id, purpose="emergency")
    held = reviewed(access, ours, ReviewOutcome.NOT_JUSTIFIED)
    assert (held.ended_at, held.ended_by) == (held.reviewed_at, ours.id)
    assert open_record(worker.actor(), "request", made.id, purpose="emergency") is None
    with pytest.raises(Error, match="emergency_not_right_has_ended"):
        owned(EmergencyAccess).update(ended_at=None, ended_by=None)


def test_one_that_was_right_goes_on_for_its_hours(db: None) -> None:
    made, worker, ours = cast.family_request(), cast.support_worker(), guardian(cast.hub())
    reviewed(looks_first(worker, made.id), ours, ReviewOutcome.JUSTIFIED)
    assert open_record(worker.actor(), "request", made.id, purpose="emergency")


def test_a_share_above_a_block_that_was_not_right_ends_with_its_review(db: None) -> None:
    decided, ours = above_a_block(), guardian(cast.hub())
    with acting(ours.actor()) as now:
        review_decision(decided.id, by=ours, outcome=ReviewOutcome.NOT_JUSTIFIED, words="There was time to ask.", now=now)
    entry = owned(CircleEntry).get(decision=decided)
    assert (entry.ended_at, entry.ended_by) == (owned(SharingDecision).get(id=decided.id).reviewed_at, ours.id)


def test_the_database_keeps_no_such_review_without_the_end_of_the_share(db: None) -> None:
    decided, ours = above_a_block(), guardian(cast.hub())
    held = owned(SharingDecision).get(id=decided.id)
    held.keep("review_words", "There was time.")
    with pytest.raises(Error, match="a share that was not right ends"), acting(ours.actor()) as now:
        SharingDecision.objects.filter(id=held.id).update(
            reviewed_at=now, reviewed_by=ours.id, review_outcome=ReviewOutcome.NOT_JUSTIFIED, review_words=held.review_words
        )


# The person reads of it


@pytest.mark.parametrize("outcome", list(ReviewOutcome))
def test_the_person_reads_of_it_three_days_after_the_review_right_or_not(db: None, time_is: TimeIs, outcome: ReviewOutcome) -> None:
    made, worker, ours = cast.family_request(), cast.support_worker(), guardian(cast.hub())
    access = looks_first(worker, made.id)
    assert open_record(worker.actor(), "request", made.id, purpose="emergency")
    time_is(access.starts_at + timedelta(days=5))
    assert receipts(made) == [], "nobody has looked at it yet"
    reviewed(access, ours, outcome)
    time_is(access.starts_at + timedelta(days=7))
    assert receipts(made) == [], "the safety delay counts from the review"
    time_is(access.starts_at + timedelta(days=9))
    assert receipts(made) == [(cast.charity().id, "emergency", outcome.value, 1)]


def test_what_the_reviewer_keeps_back_with_a_reason_never_shows(db: None, time_is: TimeIs) -> None:
    made, worker, ours = cast.family_request(), cast.support_worker(), guardian(cast.hub())
    access = looks_first(worker, made.id)
    assert open_record(worker.actor(), "request", made.id, purpose="emergency")
    held = reviewed(access, ours, ReviewOutcome.JUSTIFIED, "He reads her telephone.")
    assert held.words("kept_back_why") == "He reads her telephone."
    time_is(access.starts_at + timedelta(days=100))
    assert receipts(made) == []


def test_nothing_is_kept_back_without_a_review_and_a_reason(db: None) -> None:
    access = looks_first(cast.support_worker(), cast.family_request().id)
    access.keep("kept_back_why", "Because.")
    with pytest.raises(Error, match="emergency_kept_back_with_a_reason"):
        owned(EmergencyAccess).filter(id=access.id).update(kept_back_why=access.kept_back_why)


@pytest.mark.parametrize(("kept_back_why", "shown"), [("", 1), ("He would learn where she is.", 0)])
def test_looks_to_protect_under_a_reviewed_decision_show_unless_they_are_kept_back(
    db: None, time_is: TimeIs, kept_back_why: str, shown: int
) -> None:
    decided, ours, desk = above_a_block(), guardian(cast.hub()), cast.duty_worker()
    assert open_record(desk.actor(), "person", decided.person_id, purpose="protection")
    made = owned(RequestForAssistance).get()
    time_is(decided.decided_at + timedelta(days=100))
    assert not [one for one in receipts(made) if one[1] == "protection"], "its review is overdue"
    with acting(ours.actor()) as now:
        review_decision(decided.id, by=ours, outcome=ReviewOutcome.JUSTIFIED, words="It was right.", kept_back_why=kept_back_why, now=now)
    time_is(decided.decided_at + timedelta(days=104))
    assert len([one for one in receipts(made) if one[1] == "protection"]) == shown
