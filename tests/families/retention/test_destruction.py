"""What is due, who decides, and that nothing goes under a hold, before its time or on one person's word."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.db.utils import DatabaseError, IntegrityError, ProgrammingError

from reachin.access.requests_for_assistance.enums import Outcome, Stage
from reachin.access.requests_for_assistance.models import RequestForAssistance
from reachin.families.retention.actions import (
    RETENTION,
    as_retention,
    confirm,
    decide,
    destroy_what_was_reviewed,
    disagree,
    hold,
    lift_hold,
    list_what_is_due,
    sweep,
)
from reachin.families.retention.enums import ReviewDecision
from reachin.families.retention.models import DestructionReview, LegalHold
from reachin.families.retention.rules import CLASSES, CannotBeDone
from reachin.groundwork.audited_access.context import acting, ask
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from tests import cast
from tests.families.information_requests.asking import asked_by
from workshop.servers import Connection

DESTROY = ReviewDecision.DESTROY
LATER = datetime(2060, 1, 1, tzinfo=UTC)
Clock = Callable[[datetime], None]


def first() -> Account:
    return cast.account(Role.INFORMATION_GUARDIAN, cast.hub(), "Effie Lorne")


def second() -> Account:
    return cast.account(Role.INFORMATION_GUARDIAN, cast.hub(), "Hamish Rennie")


def ended(**told: Any) -> RequestForAssistance:
    return cast.closed_request(story="The heron flies.", **told)


def listed() -> list[DestructionReview]:
    with as_retention() as now:
        list_what_is_due(now=now)
    return list(DestructionReview.objects.using("owner").order_by("due_from"))


def decided(review: DestructionReview, *, confirmed: bool = True) -> None:
    with acting(first().actor()) as now:
        decide(review, DESTROY, by=first(), reason="Its time is over.", now=now)
    if confirmed:
        with acting(second().actor()) as now:
            confirm(review, by=second(), now=now)


def destroyed() -> tuple[int, int]:
    with as_retention() as now:
        return destroy_what_was_reviewed(now=now)


def words_of(admin: Connection, request_id: UUID) -> int:
    tables = [f"requests_for_assistance_{place}told" for place in ("story", "safety", "place", "plan")]
    found = [
        admin.execute(f"select count(*) from {table} where request_for_assistance_id = %s", [request_id]).fetchone() for table in tables
    ]
    return sum(row[0] for row in found if row)


def test_the_database_keeps_the_schedule_of_the_rules(admin: Connection) -> None:
    rows = admin.execute("select class_code, years from reachin.destruction_years").fetchall()
    rows += admin.execute("select class_code, years from reachin.sweepable").fetchall()
    assert {code: float(years) for code, years in rows} == {code: CLASSES[code].years for code, _ in rows}
    carried = {code for (codes,) in admin.execute("select carries from reachin.destroyable").fetchall() for code in codes}
    assert {code for code, kept in CLASSES.items() if kept.years} == {code for code, _ in rows} | carried | {"looked_after"}


def test_a_record_is_listed_once_its_years_are_over_and_not_twice(db: None, time_is: Clock) -> None:
    asked = ended()
    assert listed() == []
    time_is(LATER)
    found = listed()
    assert [(one.kind, one.subject_id, one.class_code) for one in found] == [("request", asked.id, "request")]
    assert len(listed()) == 1


def test_a_request_that_told_of_danger_waits_a_hundred_years(db: None, time_is: Clock) -> None:
    cast.decide(cast.danger_request(), Stage.CLOSED, outcome=Outcome.ADVICE_GIVEN)
    time_is(LATER)
    assert listed() == []
    time_is(datetime(2130, 1, 1, tzinfo=UTC))
    assert [one.class_code for one in listed()] == ["request_in_danger"]


def test_what_is_still_open_is_never_due(db: None, time_is: Clock) -> None:
    cast.family_request()
    time_is(LATER)
    assert listed() == []


@pytest.mark.asvs("14.2.7", "2.3.5")
def test_two_people_decide_and_then_what_was_told_is_gone_and_that_it_was_there_stays(db: None, admin: Connection, time_is: Clock) -> None:
    asked = ended()
    assert words_of(admin, asked.id) > 0
    time_is(LATER)
    decided(listed()[0])
    assert destroyed() == (1, 0)
    assert words_of(admin, asked.id) == 0
    card = RequestForAssistance.objects.using("owner").get(id=asked.id)
    assert (card.display_name, card.area_code, card.stage, card.reference) == ("", "", "closed", asked.reference)
    review = DestructionReview.objects.using("owner").get()
    assert (review.destroyed_by, review.decided_by) == (second().id, first().id)
    events = set(AuditEvent.objects.using("owner").filter(subject_id=asked.id).values_list("event", flat=True))
    assert {"destruction.became_due", "destruction.decided", "destruction.confirmed", "record.destroyed"} <= events


def test_nothing_sealed_of_it_is_left_anywhere_but_what_says_who_might_see_what(db: None, admin: Connection, time_is: Clock) -> None:
    sent = cast.completed_referral(request_for_assistance=cast.family_request(story="The heron flies."))
    asked = sent.request_for_assistance_id
    card = RequestForAssistance.objects.using("owner").get(id=asked)
    if card.closed_at is None:
        cast.decide(card, Stage.CLOSED, outcome=Outcome.ADVICE_GIVEN)
    time_is(LATER)
    decided(listed()[0])
    assert destroyed() == (1, 0)
    assert sealed_tables(admin) <= KEPT_ON


KEPT_ON = {
    "information_sharing_sharingdecision",
    "information_sharing_emergencyaccess",
    "retention_destructionreview",
    "retention_legalhold",
}


def sealed_tables(admin: Connection) -> set[str]:
    """Tables about families in which a sealed value is left (staff's secrets apart)."""
    columns = admin.execute(
        "select table_name, column_name from information_schema.columns where table_schema = 'public' and data_type = 'bytea'"
        " and table_name not like 'accounts\\_%' and column_name not like '%digest%'"
    ).fetchall()
    found = set()
    for table, column in columns:
        row = admin.execute(f'select count(*) from "{table}" where octet_length("{column}") > 32').fetchone()
        if row and row[0]:
            found.add(str(table))
    return found


def test_names_stay_while_somebody_has_another_request(db: None, admin: Connection, time_is: Clock) -> None:
    ended()
    cast.family_request(story="Another one.")
    time_is(LATER)
    decided(listed()[0])
    destroyed()
    row = admin.execute("select count(*) from people_persondetails").fetchone()
    assert row is not None
    assert row[0] == 2, "those of the request that lives"


def test_nobody_confirms_their_own_decision(db: None, time_is: Clock) -> None:
    ended()
    time_is(LATER)
    review = listed()[0]
    decided(review, confirmed=False)
    with acting(first().actor()) as now, pytest.raises(CannotBeDone, match="own_decision"):
        confirm(review, by=first(), now=now)
    assert destroyed() == (0, 0)


def test_the_database_itself_wants_two_people(db: None, time_is: Clock) -> None:
    ended()
    time_is(LATER)
    review = listed()[0]
    decided(review, confirmed=False)
    with pytest.raises(IntegrityError, match="review_confirmed_by_a_second_person"), acting(first().actor()) as now:
        DestructionReview.objects.filter(id=review.id).update(confirmed_at=now, confirmed_by=first().id)
    with pytest.raises(DatabaseError, match="in another name"), acting(first().actor()) as now:
        DestructionReview.objects.filter(id=review.id).update(confirmed_at=now, confirmed_by=second().id)
    with pytest.raises(DatabaseError, match="word of two people"), as_retention():
        ask("select reachin.destroy(%s::uuid)", review.id)


def test_a_decision_stays_as_it_was_made(db: None, time_is: Clock) -> None:
    ended()
    time_is(LATER)
    review = listed()[0]
    decided(review, confirmed=False)
    with pytest.raises(DatabaseError, match="is not changed"), acting(second().actor()) as now:
        DestructionReview.objects.filter(id=review.id).update(decided_at=now, decided_by=second().id)
    with acting(second().actor()) as now, pytest.raises(CannotBeDone, match="decided_already"):
        decide(review, ReviewDecision.KEEP, by=second(), reason="Rather not.", now=now)


@pytest.mark.parametrize("who", [cast.hub_worker, cast.stranger, cast.teacher])
def test_nobody_but_a_guardian_of_the_agency_that_answers_for_it_decides(db: None, time_is: Clock, who: Callable[[], Account]) -> None:
    ended()
    time_is(LATER)
    review = listed()[0]
    with acting(who().actor()) as now, pytest.raises(PermissionDenied):
        decide(review, DESTROY, by=who(), reason="x", now=now)
    elsewhere = cast.account(Role.INFORMATION_GUARDIAN, cast.school(), "Nan Muir")
    with acting(elsewhere.actor()) as now:
        assert DestructionReview.objects.count() == 0
        with pytest.raises(PermissionDenied):
            decide(review, DESTROY, by=elsewhere, reason="x", now=now)


def test_under_a_hold_nothing_is_destroyed_and_after_it_is_lifted_it_is(db: None, admin: Connection, time_is: Clock) -> None:
    asked = ended()
    time_is(LATER)
    decided(listed()[0])
    with acting(first().actor()) as now:
        held = hold(by=first(), reason="A court asked for it.", subject_id=asked.id, now=now)
        assert held.because() == "A court asked for it."
    assert destroyed() == (0, 1)
    assert words_of(admin, asked.id) > 0
    assert AuditEvent.objects.using("owner").filter(event="destruction.refused", subject_id=asked.id).exists()
    with acting(first().actor()) as now:
        lift_hold(held, by=first(), reason="The court is done.", now=now)
    assert destroyed() == (1, 0)


def test_a_hold_on_a_person_holds_every_record_of_theirs(db: None, admin: Connection, time_is: Clock) -> None:
    asked = cast.family_request(story="The heron flies.")
    alias = admin.execute(
        "select alias_id from requests_for_assistance_requestperson where request_for_assistance_id = %s", [asked.id]
    ).fetchone()
    assert alias is not None
    with cast.opened(cast.hub_worker(), asked) as now:
        hold(by=cast.hub_worker(), reason="An inquiry.", alias_id=alias[0], now=now)
    cast.decide(asked, Stage.CLOSED, outcome=Outcome.ADVICE_GIVEN)
    time_is(LATER)
    decided(listed()[0])
    assert destroyed() == (0, 1)


def test_a_hold_on_a_class_holds_all_of_it(db: None, time_is: Clock) -> None:
    ended()
    with acting(first().actor()) as now:
        hold(by=first(), reason="The inquiry wants all of them.", class_code="request", now=now)
    time_is(LATER)
    decided(listed()[0])
    assert destroyed() == (0, 1)


def test_a_stranger_is_not_held_by_whoever_has_not_opened_them(db: None, admin: Connection) -> None:
    asked = cast.family_request()
    alias = admin.execute(
        "select alias_id from requests_for_assistance_requestperson where request_for_assistance_id = %s", [asked.id]
    ).fetchone()
    assert alias is not None
    with pytest.raises(ProgrammingError, match="row-level security"), acting(first().actor()) as now:
        hold(by=first(), reason="x", alias_id=alias[0], now=now)


def test_deciding_to_hold_puts_a_hold(db: None, time_is: Clock) -> None:
    ended()
    time_is(LATER)
    review = listed()[0]
    with acting(first().actor()) as now:
        decide(review, ReviewDecision.HOLD, by=first(), reason="A complaint runs.", now=now)
    assert LegalHold.objects.using("owner").get().subject_id == review.subject_id
    assert len(listed()) == 1, "it is not listed anew while it is held"


def test_what_is_kept_comes_up_again_after_years(db: None, time_is: Clock) -> None:
    ended()
    time_is(LATER)
    review = listed()[0]
    with acting(first().actor()) as now:
        decide(review, ReviewDecision.KEEP, by=first(), reason="She may ask for it.", now=now)
    assert len(listed()) == 1
    time_is(datetime(2066, 1, 1, tzinfo=UTC))
    assert len(listed()) == 2


def test_the_function_does_it_for_nobody_but_the_systems_part(db: None, time_is: Clock) -> None:
    ended()
    time_is(LATER)
    review = listed()[0]
    decided(review)
    for who in (first(), second(), cast.hub_worker()):
        with pytest.raises(DatabaseError, match="only the retention part"), acting(who.actor()):
            ask("select reachin.destroy(%s::uuid)", review.id)


def test_the_application_itself_can_delete_nothing_of_it(db: None, time_is: Clock) -> None:
    ended()
    for statement in ("delete from requests_for_assistance_storytold", "delete from people_persondetails", "set role reachin_retention"):
        with pytest.raises(DatabaseError, match="permission denied"), acting(RETENTION), connection.cursor() as cursor:
            cursor.execute(statement)


def test_before_its_time_nothing_goes_whatever_a_review_says(db: None, admin: Connection) -> None:
    asked = ended()
    with as_retention() as now:
        review = DestructionReview(
            kind="request", subject_id=asked.id, class_code="request", controller_id=asked.holder_agency_id, counted_from=now, due_from=now
        )
        review.save(force_insert=True)
    decided(review)
    assert destroyed() == (0, 1)
    assert words_of(admin, asked.id) > 0


def test_reasons_are_sealed(db: None, admin: Connection, time_is: Clock) -> None:
    ended()
    time_is(LATER)
    decided(listed()[0])
    row = admin.execute("select reason from retention_destructionreview").fetchone()
    assert row is not None
    assert b"time is over" not in bytes(row[0])
    assert DestructionReview.objects.using("owner").get().because() == "Its time is over."


def swept() -> dict[str, int]:
    with as_retention():
        return sweep()


def test_a_draft_that_nobody_goes_on_with_goes_with_its_way_back(db: None, admin: Connection, time_is: Clock) -> None:
    cast.draft(story="The heron flies.")
    assert swept()["draft"] == 0
    time_is(datetime.now(UTC) + timedelta(days=100))
    assert swept()["draft"] == 1
    row = admin.execute(
        "select (select count(*) from requests_for_assistance_draftrequest) + (select count(*) from requests_for_assistance_wayin)"
    ).fetchone()
    assert row == (0,)


def test_messages_go_a_year_after_they_were_settled_unless_their_record_is_held(db: None, admin: Connection, time_is: Clock) -> None:
    asked, other = cast.family_request(), cast.family_request()
    admin.execute("update notices_message set state = 'sent', settled_at = now(), settled_by = 'x'")
    with acting(first().actor()) as now:
        hold(by=first(), reason="A complaint.", subject_id=asked.id, now=now)
    time_is(datetime.now(UTC) + timedelta(days=360))
    assert swept()["message"] == 0
    time_is(datetime.now(UTC) + timedelta(days=370))
    assert swept()["message"] > 0
    left = {about for (about,) in admin.execute("select about_id from notices_message")}
    assert asked.id in left
    assert other.id not in left


def test_what_is_held_as_a_class_is_not_swept(db: None, time_is: Clock) -> None:
    cast.draft(story="The heron flies.")
    with acting(first().actor()) as now:
        hold(by=first(), reason="An inquiry.", class_code="draft", now=now)
    time_is(datetime.now(UTC) + timedelta(days=100))
    assert "draft" not in swept()


def test_nobody_sweeps_but_the_systems_part(db: None) -> None:
    with pytest.raises(DatabaseError, match="only the retention part"), acting(first().actor()):
        ask("select count(*) from reachin.sweep()")


def test_the_command_says_what_it_did(db: None, time_is: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    ended()
    time_is(LATER)
    call_command("look_after_retention")
    assert "due: 1 more; destroyed: 0" in capsys.readouterr().out


@pytest.mark.parametrize("class_code", ["person", "referral"])
def test_a_hold_on_what_goes_with_a_request_holds_the_request(db: None, time_is: Clock, class_code: str) -> None:
    ended()
    with acting(first().actor()) as now:
        hold(by=first(), reason="An inquiry.", class_code=class_code, now=now)
    time_is(LATER)
    decided(listed()[0])
    assert destroyed() == (0, 1)


def test_nothing_goes_while_somebody_waits_to_hear_what_is_held_of_them(db: None, time_is: Clock) -> None:
    asked = ended()
    asked_by(asked)
    time_is(LATER)
    decided(listed()[0])
    assert destroyed() == (0, 1)


def test_what_is_kept_until_a_day_comes_up_again_on_it(db: None, time_is: Clock) -> None:
    ended()
    time_is(LATER)
    review = listed()[0]
    with acting(first().actor()) as now, pytest.raises(CannotBeDone, match="no_such_day"):
        decide(review, ReviewDecision.KEEP, by=first(), reason="She asked.", keep_until=LATER.date(), now=now)
    with acting(first().actor()) as now:
        decide(review, ReviewDecision.KEEP, by=first(), reason="She asked.", keep_until=date(2062, 3, 1), now=now)
    time_is(datetime(2062, 2, 28, tzinfo=UTC))
    assert len(listed()) == 1
    time_is(datetime(2062, 3, 2, tzinfo=UTC))
    assert len(listed()) == 2


def test_a_second_person_who_disagrees_stops_it_for_a_reason_and_it_is_listed_anew(db: None, time_is: Clock) -> None:
    ended()
    time_is(LATER)
    review = listed()[0]
    decided(review, confirmed=False)
    with acting(first().actor()) as now, pytest.raises(CannotBeDone, match="own_decision"):
        disagree(review, by=first(), reason="x", now=now)
    with acting(second().actor()) as now:
        disagree(review, by=second(), reason="Her brother may ask.", now=now)
    with acting(second().actor()) as now, pytest.raises(CannotBeDone, match="confirmed_already"):
        confirm(review, by=second(), now=now)
    assert destroyed() == (0, 0)
    assert [one.decided_at is None for one in listed()] == [False, True]
    assert DestructionReview.objects.using("owner").get(id=review.id).because_not() == "Her brother may ask."


def test_a_hold_is_lifted_for_a_reason_that_is_kept(db: None) -> None:
    with acting(first().actor()) as now:
        held = hold(by=first(), reason="An inquiry.", class_code="request", now=now)
        with pytest.raises(CannotBeDone, match="no_reason"):
            lift_hold(held, by=first(), reason=" ", now=now)
        lift_hold(held, by=first(), reason="It has ended.", now=now)
    assert LegalHold.objects.using("owner").get().because_lifted() == "It has ended."
