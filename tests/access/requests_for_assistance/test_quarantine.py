"""A request that looks automatic is received like any other, stands apart, and a person decides. Nothing is dropped."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from reachin.access.requests_for_assistance import actions, quarantine
from reachin.access.requests_for_assistance.enums import CheckedAs, Outcome, Stage, Suspicion, WaitingFor
from reachin.access.requests_for_assistance.models import DangerAlert, Quarantine, RequestForAssistance, WayInTry
from reachin.access.requests_for_assistance.quarantine import MOST_OF_A_NETWORK, MOST_TO_A_TARGET, count_sending, is_too_fast, targets_of
from reachin.groundwork.audited_access.context import Actor, acting
from reachin.groundwork.audited_access.models import AuditEvent, Try
from reachin.groundwork.notices.enums import MessageState
from reachin.groundwork.notices.models import Message
from tests import cast

NETWORK = "203.0.113.0/24"


def held(made: RequestForAssistance | None = None, *suspicions: Suspicion) -> RequestForAssistance:
    """A family's request that looks automatic, as the hub's card."""
    sent = made or cast.family_request()
    with acting(Actor.family(sent.id)) as now:
        quarantine.hold(sent, suspicions or [Suspicion.TOO_FAST], now=now)
    return card(sent)


def card(sent: RequestForAssistance) -> RequestForAssistance:
    return RequestForAssistance.objects.using("owner").get(id=sent.id)


def messages(sent: RequestForAssistance) -> list[str]:
    found = Message.objects.using("owner").filter(about_id=sent.id, is_for_staff=False).order_by("queued_at")
    return [str(message.state) for message in found]


def counted(answers: dict[str, Any], network: str = NETWORK) -> set[Suspicion]:
    with acting(Actor.visitor()) as now:
        return count_sending(answers, network=network, now=now)


# Holding


def test_it_is_received_at_its_stage_and_waits_to_be_checked(db: None) -> None:
    sent = held()
    assert (sent.stage, sent.waiting_for) == (Stage.READY_FOR_TRIAGE, WaitingFor.CHECK)
    assert sent.contact_due_at is not None
    assert AuditEvent.objects.using("owner").filter(event="request.quarantined", subject_id=sent.id, fields=["too_fast"]).count() == 1


@pytest.mark.asvs("2.4.1")
def test_nobody_is_written_to_before_a_person_has_looked(db: None) -> None:
    assert messages(held()) == [MessageState.STOPPED]


def test_held_again_it_is_the_same_mark(db: None) -> None:
    sent = held(held(), Suspicion.FILLED_TRAP)
    assert Quarantine.objects.using("owner").get().suspicions == ["too_fast"]
    assert sent.waiting_for == WaitingFor.CHECK


def test_danger_is_alerted_all_the_same(db: None) -> None:
    sent = held(cast.danger_request())
    assert sent.waiting_for == WaitingFor.CHECK
    assert DangerAlert.objects.using("owner").get(request_for_assistance=sent).duty_agency == cast.social_work()
    with cast.opened(cast.duty_worker(), sent, purpose="protection", read_only=True):
        assert actions.told_so_far(sent)["story"]
    alerts = Message.objects.using("owner").filter(about_id=sent.id, event="danger.alerted")
    assert [alert.state for alert in alerts] == [MessageState.QUEUED]


def test_danger_that_only_the_hub_hears_of_stays_in_the_queue(db: None) -> None:
    desks = [str(desk.id) for desk in (cast.social_work(),)]
    assert held(cast.danger_request(blocked_agencies=desks)).waiting_for == WaitingFor.HUB


def test_the_family_that_sent_it_sees_no_mark(db: None) -> None:
    sent = held()
    with cast.as_family(sent, read_only=True):
        assert not Quarantine.objects.exists()


def test_nobody_elsewhere_sees_the_mark(db: None) -> None:
    held(cast.danger_request())
    for who in (cast.duty_worker(), cast.teacher(), cast.stranger()):
        with acting(who.actor(), read_only=True):
            assert not Quarantine.objects.exists()


def test_the_agency_decides_only_what_it_holds(db: None) -> None:
    sent = held(cast.danger_request())
    with cast.opened(cast.duty_worker(), sent, purpose="protection") as now, pytest.raises(PermissionDenied):
        quarantine.release(sent, by=cast.duty_worker(), now=now)


# Deciding


def test_released_it_goes_where_it_would_have_gone_and_the_family_is_told(db: None) -> None:
    sent, who = held(cast.family_request(safe_times="")), cast.hub_worker()
    with cast.opened(who, sent) as now:
        quarantine.release(sent, by=who, now=now)
    assert (card(sent).waiting_for, card(sent).stage) == (WaitingFor.HUB, Stage.READY_FOR_TRIAGE)
    assert messages(sent) == [MessageState.STOPPED, MessageState.QUEUED]
    marked = Quarantine.objects.using("owner").get()
    assert (marked.checked_as, marked.checked_by) == (CheckedAs.RELEASED, who)


def test_set_aside_it_is_closed_with_the_reason_nobody_is_told_and_it_can_be_opened_again(db: None) -> None:
    sent, who = held(), cast.hub_worker()
    with cast.opened(who, sent) as now:
        quarantine.set_aside(sent, by=who, reason="The same advert three times.", now=now)
    assert (card(sent).stage, card(sent).outcome) == (Stage.CLOSED, Outcome.SET_ASIDE)
    assert set(messages(sent)) == {MessageState.STOPPED}
    assert cast.decide(card(sent), Stage.IN_DISCUSSION).waiting_for == WaitingFor.HUB


@pytest.mark.parametrize("first", ["release", "set_aside"])
def test_what_is_decided_is_decided_once(db: None, first: str) -> None:
    sent, who = held(), cast.hub_worker()
    with cast.opened(who, sent) as now:
        if first == "release":
            quarantine.release(sent, by=who, now=now)
        else:
            quarantine.set_aside(sent, by=who, reason="x", now=now)
    with cast.opened(who, sent) as now, pytest.raises(actions.NoSuchMove):
        quarantine.release(sent, by=who, now=now)
    with cast.opened(who, sent) as now, pytest.raises(actions.NoSuchMove):
        quarantine.set_aside(sent, by=who, reason="x", now=now)


def test_whoever_saw_an_older_page_decides_nothing(db: None) -> None:
    sent, who = held(), cast.hub_worker()
    with cast.opened(who, sent) as now, pytest.raises(actions.ChangedMeanwhile):
        quarantine.release(sent, by=who, now=now, seen_version=sent.version + 1)


def test_a_request_that_never_looked_automatic_cannot_be_released(db: None) -> None:
    sent, who = cast.family_request(), cast.hub_worker()
    with cast.opened(who, sent) as now, pytest.raises(actions.NoSuchMove):
        quarantine.release(sent, by=who, now=now)


def test_the_family_can_take_it_back_while_it_waits(db: None) -> None:
    sent, who = held(), cast.hub_worker()
    with cast.as_family(sent) as now:
        actions.withdraw(sent, by=None, reason="", now=now)
    assert card(sent).waiting_for == WaitingFor.NOBODY
    with cast.opened(who, sent) as now, pytest.raises(actions.NoSuchMove):
        quarantine.release(sent, by=who, now=now)


# Looking automatic


def test_nobody_writes_in_less_than_five_seconds() -> None:
    began = cast.moment(2026, 11, 19)
    assert is_too_fast(began, began + timedelta(seconds=4.9))
    assert not is_too_fast(began, began + timedelta(seconds=5))


def test_many_from_one_network_within_an_hour_are_marked_and_others_are_not(db: None) -> None:
    told = [counted({}) for _ in range(MOST_OF_A_NETWORK + 1)]
    assert told == [set()] * MOST_OF_A_NETWORK + [{Suspicion.MANY_FROM_NETWORK}]
    assert counted({}, network="198.51.100.0/24") == set()
    assert counted({}, network="") == set()


def test_a_network_that_many_families_share_marks_nobody(db: None, settings: Any) -> None:
    settings.SHARED_NETWORKS = ["203.0.113.64/26"]
    assert all(counted({}) == set() for _ in range(MOST_OF_A_NETWORK + 3))


def test_many_to_one_number_or_address_within_a_day_are_marked_however_they_are_written(db: None) -> None:
    ways = ["07700 900123", "+44 7700 900 123", "07700900123"]
    assert [counted({"phone": way}, network="") for way in ways] == [set()] * MOST_TO_A_TARGET
    assert counted({"phone": "(07700) 900-123"}, network="") == {Suspicion.MANY_TO_TARGET}
    assert counted({"phone": "07700 900124"}, network="") == set()


def test_an_hour_and_a_day_later_nothing_is_counted_any_more(db: None, time_is: Any) -> None:
    for _ in range(MOST_OF_A_NETWORK):
        counted({"email": "a@b.example"})
    with acting(Actor.visitor(), read_only=True) as now:
        began = now
    time_is(began + timedelta(hours=1, minutes=1))
    assert counted({"email": "a@b.example"}) == {Suspicion.MANY_TO_TARGET}
    time_is(began + timedelta(days=2))
    assert counted({"email": "A@b.example "}) == set()


def test_neither_an_address_nor_a_number_is_kept(db: None) -> None:
    counted({"phone": "07700 900123", "email": "Rowan@home.example"})
    kept = [bytes(row.digest) for row in Try.objects.using("owner").all()]
    assert len(kept) == 3
    assert all(len(digest) == 32 for digest in kept)
    assert not WayInTry.objects.using("owner").exists()


@pytest.mark.parametrize(("answers", "targets"), [({}, 0), ({"phone": "none"}, 0), ({"phone": "1", "email": "x"}, 2), ({"phone": None}, 0)])
def test_only_what_was_told_is_a_target(answers: dict[str, Any], targets: int) -> None:
    assert len(targets_of(answers)) == targets
