"""What a hub worker does with a request; and that of two at once one wins and the other is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from reachin.access.requests_for_assistance import actions
from reachin.access.requests_for_assistance.actions import BlockedByFamily, ChangedMeanwhile, NoSuchMove
from reachin.access.requests_for_assistance.enums import ContactOutcome, NoteKind, Outcome, Stage
from reachin.access.requests_for_assistance.models import (
    ContactAttempt,
    DangerAlert,
    RequestForAssistance,
    RequestMove,
    RequestNote,
    RequestPerson,
)
from reachin.families.information_sharing.models import SharingDecision
from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.notices.enums import MessageState
from reachin.groundwork.notices.models import Message
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.enums import AgencyKind
from tests import cast

Change = Callable[[RequestForAssistance, Account, datetime, int | None], object]
CHANGES: dict[str, Change] = {
    "decide": lambda held, by, now, seen: actions.decide(held, Stage.IN_DISCUSSION, by=by, reason="x", now=now, seen_version=seen),
    "close": lambda held, by, now, seen: actions.decide(
        held, Stage.CLOSED, by=by, reason="x", outcome=Outcome.HELPED, now=now, seen_version=seen
    ),
    "return": lambda held, by, now, seen: actions.return_to_sender(held, by=by, note="x", questions=["story"], now=now, seen_version=seen),
    "ask": lambda held, by, now, seen: actions.ask_family(held, by=by, question="x", now=now, seen_version=seen),
    "contact": lambda held, by, now, seen: actions.record_contact(
        held, by=by, outcome=ContactOutcome.NO_ANSWER, words="x", now=now, seen_version=seen
    ),
    "move": lambda held, by, now, seen: actions.move_to_door(held, second_door(), by=by, reason="x", now=now, seen_version=seen),
    "take on": lambda held, by, now, seen: actions.take_on_contact(held, by=by, now=now, seen_version=seen),
}


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def second_door() -> Any:
    """Another agency with somebody who triages."""
    door = cast.agency("second-hub", kind=AgencyKind.HUB)
    cast.account(Role.HUB_WORKER, door, "Effie Lorne")
    return door


def written() -> tuple[int, int, int]:
    return owned(RequestNote).count(), owned(RequestMove).count(), owned(ContactAttempt).count()


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_by_whoever_opened_the_page_before_another_change_is_refused_and_writes_nothing(db: None, change: str) -> None:
    made, worker = cast.practitioner_request(), cast.hub_worker()
    second_door()
    before = written()
    with cast.opened(worker, made) as now, pytest.raises(ChangedMeanwhile) as told:
        CHANGES[change](made, worker, now, made.version - 1)
    assert told.value.request_for_assistance.id == made.id
    assert written() == before


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_makes_the_version_grow_and_leaves_its_audit_row(db: None, change: str) -> None:
    made, worker = cast.practitioner_request(), cast.hub_worker()
    before = owned(AuditEvent).filter(subject_id=made.id).count()
    with cast.opened(worker, made) as now:
        CHANGES[change](made, worker, now, made.version)
    assert owned(RequestForAssistance).get().version > made.version
    assert owned(AuditEvent).filter(subject_id=made.id, user_id=worker.id).count() > 0
    assert owned(AuditEvent).filter(subject_id=made.id).count() > before


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("who", ["a practitioner at the hub", "a duty worker elsewhere", "another hub's worker"])
def test_nobody_changes_it_who_does_not_triage_where_it_is_held(db: None, change: str, who: str) -> None:
    made = cast.danger_request()
    others: dict[str, Callable[[], Account]] = {
        "a practitioner at the hub": lambda: cast.account(Role.PRACTITIONER, cast.hub(), "Una Orr"),
        "a duty worker elsewhere": cast.duty_worker,
        "another hub's worker": lambda: cast.account(Role.HUB_WORKER, second_door(), "Effie Lorne"),
    }
    other = others[who]()
    before = written()
    with acting(other.actor()) as now, pytest.raises((PermissionDenied, RequestForAssistance.DoesNotExist)):
        CHANGES[change](made, other, now, None)
    assert written() == before


@pytest.mark.asvs("15.4.2")
def test_of_two_workers_who_decide_at_once_one_wins_and_the_other_is_told(db: None) -> None:
    made = cast.family_request()
    workers = [cast.hub_worker(), cast.second_hub_worker()]

    def decide(worker: Account) -> str:
        try:
            with cast.opened(worker, made) as now:
                actions.decide(made, Stage.IN_DISCUSSION, by=worker, reason=worker.name, now=now, seen_version=made.version)
        except ChangedMeanwhile:
            return "told"
        else:
            return "won"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, workers)) == ["told", "won"]
    assert owned(RequestForAssistance).get().version == made.version + 1
    assert owned(RequestNote).count() == 1
    assert owned(RequestMove).filter(stage="in_discussion").count() == 1


# Deciding


def test_a_decision_keeps_its_reason_sealed_and_who_moved_it(db: None) -> None:
    made = cast.discussed_request()
    note, move = owned(RequestNote).get(), owned(RequestMove).latest("number")
    assert (note.kind, note.words(), note.written_by) == (NoteKind.DECISION, "We talked it over.", cast.hub_worker().id)
    assert (move.stage, move.mover, move.moved_by, move.number) == ("in_discussion", "hub", cast.hub_worker().id, made.version)


def test_a_request_closes_only_with_an_outcome_and_only_then_has_one(db: None) -> None:
    made = cast.family_request()
    for to, outcome in ((Stage.CLOSED, None), (Stage.IN_DISCUSSION, Outcome.HELPED)):
        with pytest.raises(NoSuchMove):
            cast.decide(made, to, outcome=outcome)
    closed = cast.decide(made, Stage.CLOSED, outcome=Outcome.HELPED)
    assert (closed.outcome, closed.waiting_for, closed.closed_by) == ("helped", "nobody", cast.hub_worker().id)


@pytest.mark.parametrize("to", [Stage.MATCHED, Stage.RETURNED, Stage.RECEIVED, Stage.WITHDRAWN, Stage.DRAFT])
def test_what_is_no_decision_is_refused(db: None, to: Stage) -> None:
    with pytest.raises(NoSuchMove):
        cast.decide(cast.practitioner_request(), to)


def test_a_closed_request_can_be_opened_again_and_loses_its_outcome(db: None) -> None:
    again = cast.decide(cast.closed_request(), Stage.IN_DISCUSSION)
    assert (again.outcome, again.closed_at, again.closed_by, again.waiting_for) == ("", None, None, "hub")


def test_closing_tells_the_family_and_the_sender(db: None) -> None:
    cast.decide(cast.practitioner_request(), Stage.CLOSED, outcome=Outcome.ADVICE_GIVEN)
    assert sorted(owned(Message).filter(event="request.closed").values_list("is_for_staff", flat=True)) == [False, True]


def test_a_familys_request_cannot_be_returned_by_the_hub_either(db: None) -> None:
    made, worker = cast.family_request(), cast.hub_worker()
    with cast.opened(worker, made) as now, pytest.raises(NoSuchMove):
        actions.return_to_sender(made, by=worker, note="x", questions=["story"], now=now)
    with pytest.raises(Exception, match="request_family_never_returned"):
        owned(RequestForAssistance).update(stage="returned")


def test_the_database_refuses_an_end_without_its_outcome_or_its_moment(db: None) -> None:
    cast.family_request()
    for wrong in (
        {"stage": "closed"},
        {"waiting_for": "nobody"},
        {"closed_by": cast.hub_worker().id},
        {"stage": "lost"},
        {"stage": "draft"},
    ):
        with pytest.raises(Exception, match="violates check"):
            owned(RequestForAssistance).update(**wrong)


# Being in touch


@pytest.mark.parametrize("outcome", ContactOutcome)
def test_having_spoken_moves_on_and_anything_else_stays_on_the_call_list(db: None, outcome: ContactOutcome) -> None:
    made, worker = cast.call_list_request(), cast.hub_worker()
    with cast.opened(worker, made) as now:
        actions.record_contact(made, by=worker, outcome=outcome, words="By text.", now=now)
    held = owned(RequestForAssistance).get()
    spoke = outcome == ContactOutcome.SPOKE
    assert held.stage == ("ready_for_triage" if spoke else "to_be_contacted")
    assert (held.contact_due_at is None) is spoke
    assert owned(ContactAttempt).get().tried_by == worker


def test_whoever_takes_on_the_contact_is_seen_and_another_is_told_first(db: None) -> None:
    made, worker, other = cast.call_list_request(), cast.hub_worker(), cast.second_hub_worker()
    with cast.opened(worker, made) as now:
        held = actions.take_on_contact(made, by=worker, now=now, seen_version=made.version)
        assert actions.take_on_contact(made, by=worker, now=now, seen_version=made.version).version == held.version
    with cast.opened(other, made) as now, pytest.raises(ChangedMeanwhile):
        actions.take_on_contact(made, by=other, now=now, seen_version=made.version)


def test_a_question_reaches_the_family_and_their_answer_the_hub(db: None) -> None:
    made, worker = cast.family_request(), cast.hub_worker()
    with cast.opened(worker, made) as now:
        question = actions.ask_family(made, by=worker, question="Which school?", now=now)
    assert owned(Message).get(event="question.asked").unsealed()["address"] == "07700 900123"
    with cast.as_family(made) as now:
        assert RequestNote.objects.get(kind=NoteKind.QUESTION).words() == "Which school?"
        actions.answer_question(question, by=made.id, words="The one by the pier", now=now)
        again = actions.answer_question(question, by=made.id, words="Another one", now=now)
    assert again.answered_by == made.id
    with cast.opened(worker, made, read_only=True):
        assert RequestNote.objects.get(kind=NoteKind.ANSWER).words() == "The one by the pier"


def test_after_the_end_nothing_is_asked_or_moved_any_more(db: None) -> None:
    made, worker = cast.closed_request(), cast.hub_worker()
    second_door()
    for change in ("ask", "move", "take on"):
        with cast.opened(worker, made) as now, pytest.raises(NoSuchMove):
            CHANGES[change](made, worker, now, None)


# Another door


def test_a_request_is_moved_and_never_refused_and_keeps_its_place(db: None) -> None:
    made, worker, door = cast.call_list_request(), cast.hub_worker(), second_door()
    with cast.opened(worker, made) as now:
        actions.take_on_contact(made, by=worker, now=now)
        actions.move_to_door(made, door, by=worker, reason="They live there.", now=now)
    held = owned(RequestForAssistance).get()
    assert (held.holder_agency, held.contact_owner, held.received_at, held.contact_due_at) == (
        door,
        None,
        made.received_at,
        made.contact_due_at,
    )
    new_holder = cast.account(Role.HUB_WORKER, door, "Effie Lorne")
    assert cast.may_open(new_holder, "request", made.id)
    assert not cast.may_open(worker, "request", made.id)
    with acting(worker.actor(), read_only=True):
        assert not RequestForAssistance.objects.exists()
    people = [row.alias.person_id for row in owned(RequestPerson).filter(request_for_assistance=made).select_related("alias")]
    for person in people:
        assert cast.may_open(new_holder, "person", person, purpose="front_door")
        assert not cast.may_open(worker, "person", person, purpose="front_door")
    decided = list(owned(SharingDecision).filter(agency=door))
    assert {one.person_id for one in decided} == set(people)
    assert {(one.controller_id, one.words("why"), one.informed, one.purpose) for one in decided} == {
        (cast.hub().id, "They live there.", "told", "front_door")
    }
    assert owned(Message).filter(event="request.moved_door").count() == 1


def test_a_request_does_not_move_to_whom_the_family_keeps_out(db: None) -> None:
    door = second_door()
    made, worker = cast.family_request(blocked_agencies=[str(door.id)]), cast.hub_worker()
    with cast.opened(worker, made) as now, pytest.raises(BlockedByFamily):
        actions.move_to_door(made, door, by=worker, reason="x", now=now)
    assert owned(RequestForAssistance).get().holder_agency == cast.hub()


def test_a_request_does_not_move_to_where_nobody_could_take_it_on(db: None) -> None:
    made, worker = cast.family_request(), cast.hub_worker()
    cast.support_worker()
    for door in (cast.charity(), cast.hub()):
        with cast.opened(worker, made) as now, pytest.raises(NoSuchMove):
            actions.move_to_door(made, door, by=worker, reason="x", now=now)


# Alerts


def test_the_first_who_takes_an_alert_on_has_it(db: None) -> None:
    cast.danger_request()
    alert, first, second = owned(DangerAlert).get(), cast.duty_worker(), cast.account(Role.DUTY_WORKER, cast.social_work(), "Ewan Sim")
    for worker in (first, second, first):
        with acting(worker.actor()) as now:
            assert actions.take_alert(alert, by=worker, now=now).taken_by == first
    assert owned(AuditEvent).filter(event="danger.taken_on").count() == 1


def test_nobody_elsewhere_and_no_other_role_takes_an_alert_on(db: None) -> None:
    cast.danger_request()
    alert = owned(DangerAlert).get()
    for other in (cast.hub_worker(), cast.stranger(), cast.account(Role.PRACTITIONER, cast.social_work(), "Ada Moir")):
        with acting(other.actor()) as now:
            assert not DangerAlert.objects.exists()
            with pytest.raises(PermissionDenied):
                actions.take_alert(alert, by=other, now=now)
    assert owned(DangerAlert).get().taken_at is None


def test_a_message_that_needs_a_person_is_told_by_one_once(db: None) -> None:
    made, worker = cast.family_request(contact_way="phone"), cast.hub_worker()
    message = owned(Message).get()
    assert message.state == MessageState.BY_HAND
    for _ in range(2):
        with cast.opened(worker, made) as now:
            actions.tell_by_hand(message.id, by=worker, now=now)
    message.refresh_from_db()
    assert (message.state, message.settled_by) == (MessageState.TOLD, worker.name)
