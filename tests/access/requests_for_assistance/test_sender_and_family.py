"""What the practitioner who sent a request and the family itself do afterwards: complete it, answer, take it back."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from reachin.access.requests_for_assistance import actions
from reachin.access.requests_for_assistance.actions import NoSuchMove
from reachin.access.requests_for_assistance.enums import NoteKind, Stage, Urgency
from reachin.access.requests_for_assistance.models import DangerAlert, RequestForAssistance, RequestMove, RequestNote, RequestPerson
from reachin.families.information_sharing.models import Block, CircleEntry
from reachin.families.people.models import ContactInstruction
from reachin.groundwork.notices.enums import MessageState
from reachin.groundwork.notices.models import Message
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from tests import cast


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def complete(made: RequestForAssistance, by: Account | None = None, **given: Any) -> RequestForAssistance:
    who = by or cast.teacher()
    with cast.opened(who, made, purpose="own_request") as now:
        return actions.complete(made, given, by=who, now=now)


def told(made: RequestForAssistance) -> dict[str, Any]:
    with cast.opened(cast.hub_worker(), made, read_only=True):
        return actions.told_so_far(made)


def names(made: RequestForAssistance) -> list[str]:
    return [person["known_as"] for person in told(made)["people"]]


# Completing


def test_what_was_missing_is_added_and_nothing_is_asked_twice(db: None) -> None:
    made = cast.returned_request()
    done = complete(made, contact_way="phone", phone="01632 960123")
    assert done.stage == Stage.READY_FOR_TRIAGE
    assert [move.stage for move in owned(RequestMove).order_by("number")] == ["received", "returned", "received", "ready_for_triage"]
    assert owned(RequestNote).get(kind=NoteKind.WHAT_IS_MISSING).answered_by == cast.teacher().id
    answers = told(made)
    assert (answers["phone"], answers["story"]) == ("01632 960123", cast.PRACTITIONER_ANSWERS["story"])


def test_what_is_still_missing_comes_back_again(db: None) -> None:
    made = complete(cast.returned_request(story=None), story="Skye is late.")
    assert made.stage == Stage.RETURNED
    assert [note.questions for note in owned(RequestNote).filter(answered_at=None)] == [["contact_way"]]


def test_only_who_sent_it_completes_it_and_only_while_it_is_returned(db: None) -> None:
    made = cast.returned_request()
    colleague = cast.account(Role.PRACTITIONER, cast.school(), "Isobel Gray")
    assert not cast.may_open(colleague, "request", made.id, purpose="own_request")
    with cast.opened(cast.hub_worker(), made) as now, pytest.raises(PermissionDenied):
        actions.complete(made, {"story": "x"}, by=cast.hub_worker(), now=now)
    ready = cast.practitioner_request()
    with pytest.raises(NoSuchMove):
        complete(ready, story="x")


def test_people_named_later_are_added_with_their_circle_and_nobody_is_doubled(db: None) -> None:
    made = cast.returned_request()
    skye = dict(cast.PRACTITIONER_ANSWERS["people"][0])
    done = complete(made, people=[skye, {"known_as": "Finn", "age_years": 4, "relation": "sibling"}], contact_way="come_back")
    assert names(made) == ["Skye", "Finn"]
    assert (done.people_count, done.display_name) == (2, "Skye, Finn")
    assert owned(RequestPerson).count() == 2
    assert owned(CircleEntry).filter(agency=cast.hub()).count() == 2


def test_the_nameless_one_of_a_request_that_named_nobody_becomes_the_first_who_is_named(db: None) -> None:
    made = cast.returned_request(people=None)
    done = complete(made, people=[{"known_as": "Skye", "age_years": 13, "relation": "other"}], contact_way="phone", phone="01632")
    assert names(made) == ["Skye"]
    assert owned(RequestPerson).count() == done.people_count == 1
    assert done.stage == Stage.READY_FOR_TRIAGE


def test_whom_the_family_keeps_out_is_kept_out_for_people_named_later_too(db: None) -> None:
    blocked = str(cast.charity().id)
    made = cast.returned_request(blocked_agencies=[blocked])
    complete(made, people=[{"known_as": "Finn", "relation": "sibling"}], contact_way="come_back")
    assert owned(Block).filter(agency_id=blocked).count() == owned(RequestPerson).count() == 2


def test_whom_the_family_names_only_now_is_kept_out_from_now_on(db: None) -> None:
    made = cast.returned_request()
    complete(made, blocked_agencies=[str(cast.charity().id), str(cast.hub().id)], contact_way="come_back")
    assert set(owned(Block).values_list("agency__slug", flat=True)) == {cast.charity().slug}


def test_danger_that_is_told_only_on_completing_alerts_the_duty_desk_and_lets_it_see(db: None) -> None:
    made = cast.returned_request()
    done = complete(made, story="He hits her.", wishes="He said he will kill her")
    assert (done.urgency, done.stage, done.duty_agency) == (Urgency.DANGER, Stage.READY_FOR_TRIAGE, cast.social_work())
    assert owned(DangerAlert).get().duty_agency == cast.social_work()
    assert cast.may_open(cast.duty_worker(), "request", made.id)


def test_danger_on_completing_alerts_no_desk_that_the_family_keeps_out(db: None) -> None:
    made = cast.returned_request(blocked_agencies=[str(cast.social_work().id)])
    complete(made, wishes="He said he will kill her")
    assert owned(DangerAlert).get().duty_agency == cast.hub()
    assert not cast.may_open(cast.duty_worker(), "request", made.id)


def test_a_new_safe_way_ends_the_old_and_stops_what_waits_for_it(db: None) -> None:
    made, worker = cast.practitioner_request(contact_way="text", may_leave_message="yes"), cast.hub_worker()
    with cast.opened(worker, made) as now:
        actions.ask_family(made, by=worker, question="When?", now=now)
        actions.return_to_sender(made, by=worker, note="Is this number safe?", questions=["contact_way"], now=now)
    old = owned(Message).get(is_for_staff=False)
    assert (old.state, old.unsealed()["address"]) == (MessageState.QUEUED, "01632 960123")
    complete(made, contact_way="email", email="skyes.mum@example.com")
    old.refresh_from_db()
    assert old.state == MessageState.STOPPED
    new = owned(Message).get(is_for_staff=False, state=MessageState.QUEUED)
    assert new.unsealed()["address"] == "skyes.mum@example.com"
    assert owned(ContactInstruction).filter(ended_at=None).get().told()["contact_way"] == "email"


# The family's own words later


def asked(made: RequestForAssistance) -> RequestNote:
    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        return actions.ask_family(made, by=worker, question="How are things?", now=now)


def test_danger_in_an_answer_alerts_the_duty_desk(db: None) -> None:
    made = cast.family_request()
    question = asked(made)
    with cast.as_family(made) as now:
        actions.answer_question(question, by=made.id, words="Bad. He hits me.", now=now)
    held = owned(RequestForAssistance).get()
    assert (held.urgency, held.duty_agency) == (Urgency.DANGER, cast.social_work())
    assert owned(DangerAlert).count() == 1
    assert cast.may_open(cast.duty_worker(), "request", made.id)


def test_danger_told_again_tells_the_desk_again_but_stays_one_alert(db: None) -> None:
    made = cast.danger_request()
    question = asked(made)
    with cast.as_family(made) as now:
        actions.answer_question(question, by=made.id, words="He hits me.", now=now)
    assert owned(DangerAlert).count() == 1
    assert owned(Message).filter(event="danger.alerted").count() == 2


def test_danger_in_the_reason_for_taking_it_back_is_heard_too(db: None) -> None:
    made = cast.family_request()
    with cast.as_family(made) as now:
        actions.withdraw(made, by=None, reason="He found out and will kill me", now=now)
    assert owned(DangerAlert).get().duty_agency == cast.social_work()
    assert cast.may_open(cast.duty_worker(), "request", made.id)


def test_an_answer_to_a_practitioners_request_is_heard_although_the_family_cannot_see_what_was_told(db: None) -> None:
    made = cast.practitioner_request(blocked_agencies=[str(cast.social_work().id)])
    question = asked(made)
    with cast.as_family(made) as now:
        assert actions.told_so_far(made) == {"people": []}
        actions.answer_question(question, by=made.id, words="He hits me.", now=now)
    assert owned(DangerAlert).get().duty_agency == cast.hub()


# Taking back


@pytest.mark.parametrize("make", [cast.family_request, cast.call_list_request, cast.discussed_request])
def test_a_family_takes_its_request_back_and_again_changes_nothing(db: None, make: Any) -> None:
    made = make()
    with cast.as_family(made) as now:
        actions.withdraw(made, by=None, reason="We are fine now.", now=now)
    with cast.as_family(made) as now:
        held = actions.withdraw(made, by=None, reason="We are fine now.", now=now)
    assert (held.stage, held.waiting_for, held.version) == ("withdrawn", "nobody", made.version + 1)
    assert owned(RequestMove).filter(stage="withdrawn", mover="family", moved_by=made.id).count() == 1


def test_a_sender_takes_back_only_their_own(db: None) -> None:
    made, worker = cast.practitioner_request(), cast.hub_worker()
    with cast.opened(worker, made) as now, pytest.raises(PermissionDenied):
        actions.withdraw(made, by=worker, reason="x", now=now)
    with cast.opened(cast.teacher(), made, purpose="own_request") as now:
        assert actions.withdraw(made, by=cast.teacher(), reason="They moved.", now=now).stage == "withdrawn"
    assert owned(Message).filter(event="request.withdrawn").count() == 0


def test_when_the_family_takes_it_back_the_sender_is_told(db: None) -> None:
    made = cast.practitioner_request()
    with cast.as_family(made) as now:
        actions.withdraw(made, by=None, reason="", now=now)
    assert owned(Message).get(event="request.withdrawn").unsealed()["address"] == cast.teacher().email


def test_what_has_ended_cannot_be_taken_back(db: None) -> None:
    made = cast.closed_request()
    with cast.as_family(made) as now, pytest.raises(NoSuchMove):
        actions.withdraw(made, by=None, reason="", now=now)
