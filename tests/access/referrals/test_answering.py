"""The receiver answers, the sender follows, the family rates or takes back; the loop tells the request what became of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from reachin.access.referrals import actions
from reachin.access.referrals.actions import ChangedMeanwhile, NoSuchMove
from reachin.access.referrals.enums import DeclineReason, Helped, ReferralOutcome, ReferralState
from reachin.access.referrals.models import Referral, ReferralMove, ReferralNote, Snapshot
from reachin.access.requests_for_assistance.enums import Outcome, Stage, Urgency
from reachin.access.requests_for_assistance.models import DangerAlert, RequestForAssistance
from reachin.families.information_sharing.models import CircleEntry
from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.notices.models import Message
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from tests import cast

S = ReferralState


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def the_request() -> RequestForAssistance:
    found: RequestForAssistance = owned(RequestForAssistance).get()
    return found


def answer(referral: Referral, to: ReferralState, by: Account | None = None, **also: Any) -> Referral:
    who = by or cast.support_worker()
    with acting(who.actor()) as now:
        return actions.answer(referral, to, by=who, now=now, **also)


def two_at_once(*attempts: Callable[[], object]) -> list[str]:
    """What came of attempts that begin together: ok, or the name of what was raised."""
    together = Barrier(len(attempts))

    def run(attempt: Callable[[], object]) -> str:
        try:
            together.wait()
            attempt()
        except Exception as error:  # noqa: BLE001 the test says which it expects
            return type(error).__name__
        else:
            return "ok"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(attempts)) as pool:
        return sorted(pool.map(run, attempts))


# The receiver


def test_an_accepted_referral_is_started_and_completed_with_its_outcome(db: None) -> None:
    referral = cast.completed_referral(words="Six meetings.")
    assert (referral.state, referral.is_live, referral.outcome) == ("completed", False, "as_hoped")
    moves = [(move.number, move.state, move.mover, move.reason) for move in owned(ReferralMove).order_by("number")]
    assert moves == [
        (1, "sent", "sender", ""),
        (2, "accepted", "receiver", ""),
        (3, "in_progress", "receiver", ""),
        (4, "completed", "receiver", "as_hoped"),
    ]
    assert (the_request().help_started_by, the_request().stage) == (cast.support_worker().id, Stage.MATCHED)


@pytest.mark.parametrize(
    ("to", "also"),
    [
        (S.DECLINED, {}),
        (S.COMPLETED, {}),
        (S.ACCEPTED, {"decline_reason": DeclineReason.FULL}),
        (S.ACCEPTED, {"outcome": ReferralOutcome.PARTLY}),
        (S.DECLINED, {"outcome": ReferralOutcome.PARTLY}),
        (S.COMPLETED, {"outcome": ReferralOutcome.PARTLY}),
        (S.IN_PROGRESS, {}),
        (S.WITHDRAWN_BY_FAMILY, {}),
        (S.WITHDRAWN_BY_SENDER, {}),
        (S.NO_RESPONSE, {}),
        (S.ENTERED_IN_ERROR, {}),
        (S.SENT, {}),
        (S.DRAFT, {}),
    ],
)
def test_what_is_no_answer_is_refused_and_writes_nothing(db: None, to: ReferralState, also: dict[str, Any]) -> None:
    referral = cast.sent_referral()
    who = cast.support_worker()
    with acting(who.actor()) as now, pytest.raises(NoSuchMove):
        actions.answer(referral, to, by=who, now=now, words="Some words", **also)
    assert owned(Referral).get().version == 1
    assert not owned(ReferralNote).exists()


def test_the_database_refuses_an_end_without_its_reason_outcome_or_rating(db: None) -> None:
    cast.sent_referral()
    for wrong in (
        {"state": "declined", "is_live": False},
        {"state": "completed", "is_live": False},
        {"is_live": False},
        {"helped": "yes"},
        {"state": "lost"},
    ):
        with pytest.raises(Exception, match="violates check"):
            owned(Referral).update(**wrong)


def test_a_decline_keeps_its_typed_reason_and_gives_the_request_back_to_the_hub(db: None) -> None:
    referral = cast.answered(cast.sent_referral(), S.DECLINED, words="No place until May.")
    assert (referral.decline_reason, referral.is_live) == ("full", False)
    assert (the_request().stage, the_request().waiting_for) == (Stage.IN_DISCUSSION, "hub")
    assert owned(ReferralMove).latest("number").reason == "full"
    with cast.opened(cast.hub_worker(), the_request(), read_only=True):
        assert ReferralNote.objects.get().words() == "No place until May."


def test_while_another_agency_may_still_help_a_decline_leaves_the_request_matched(db: None) -> None:
    made = cast.family_request()
    first = cast.sent_referral(made)
    second = cast.sent_referral(made, to=cast.service(cast.other_charity(), "Another ear"))
    cast.answered(first, S.DECLINED)
    assert the_request().stage == Stage.MATCHED
    cast.answered(second, S.DECLINED, by=cast.stranger())
    assert the_request().stage == Stage.IN_DISCUSSION


def test_help_that_was_completed_counts_when_another_agency_declines_later(db: None) -> None:
    made = cast.family_request()
    second = cast.sent_referral(made, to=cast.service(cast.other_charity(), "Another ear"))
    cast.completed_referral(request_for_assistance=made)
    cast.answered(second, S.DECLINED, by=cast.stranger())
    assert the_request().stage == Stage.MATCHED


def test_the_same_answer_by_the_same_worker_again_changes_nothing(db: None) -> None:
    referral = cast.sent_referral()
    first = answer(referral, S.ACCEPTED, seen_version=1)
    assert answer(referral, S.ACCEPTED, seen_version=1).version == first.version == 2
    assert owned(ReferralMove).count() == 2


@pytest.mark.parametrize("to", [S.ACCEPTED, S.WAITING])
def test_a_colleague_who_answers_second_is_told(db: None, to: ReferralState) -> None:
    referral = cast.sent_referral()
    answer(referral, S.ACCEPTED, seen_version=1)
    colleague = cast.account(Role.SERVICE_MANAGER, cast.charity(), "Olive Ray")
    with pytest.raises(ChangedMeanwhile):
        answer(referral, to, colleague, seen_version=1)


def test_nobody_else_answers(db: None) -> None:
    referral = cast.sent_referral()
    for other in (cast.stranger(), cast.hub_worker(), cast.teacher(), cast.account(Role.DESK_WORKER, cast.charity(), "Dee Lorne")):
        with pytest.raises(PermissionDenied):
            answer(referral, S.ACCEPTED, other)
    assert owned(Referral).get().state == "sent"


def test_where_nobody_signs_in_the_sender_writes_the_answer_down(db: None) -> None:
    receiver = cast.charity_by_phone()
    referral = cast.sent_referral(to=cast.service(receiver, "Knitting"), receiver=receiver)
    answered = answer(referral, S.ACCEPTED, cast.hub_worker(), words="They rang back.")
    assert (answered.state, owned(ReferralMove).latest("number").moved_by) == ("accepted", cast.hub_worker().id)
    with pytest.raises(PermissionDenied):
        answer(referral, S.IN_PROGRESS, cast.duty_worker())


def test_each_step_tells_the_family_and_the_sender_by_their_own_ways(db: None) -> None:
    made = cast.practitioner_request(contact_way="text", may_leave_message="yes")
    cast.started_referral(request_for_assistance=made)
    for event in ("referral.sent", "referral.accepted", "referral.in_progress"):
        told = [message.unsealed()["address"] for message in owned(Message).filter(event=event)]
        assert sorted(told) == ["01632 960123", cast.teacher().email], event


def test_a_message_about_a_referral_names_neither_the_service_nor_anybody(db: None) -> None:
    cast.completed_referral()
    for message in owned(Message):
        told = message.unsealed()
        assert not any(secret in told["subject"] + told["words"] for secret in ("Rowan", "Tam", "ear", "Harbour", "sleep"))


# What was shared, afterwards


@pytest.mark.parametrize("to", [S.DECLINED, S.COULD_NOT_CONTACT, S.NOT_NEEDED])
def test_after_an_end_without_help_what_was_shared_cannot_be_opened_any_more(db: None, to: ReferralState) -> None:
    referral = cast.sent_referral()
    worker = cast.support_worker()
    assert cast.may_open(worker, "referral", referral.id, purpose="support")
    if to != S.DECLINED:
        cast.answered(referral, S.ACCEPTED)
    cast.answered(referral, to)
    assert not cast.may_open(worker, "referral", referral.id, purpose="support")
    assert not owned(CircleEntry).filter(agency=cast.charity(), ended_at=None).exists()


def test_what_ends_a_referral_does_not_end_what_the_agency_sees_for_another_reason(db: None) -> None:
    made, desk = cast.danger_request(), cast.duty_worker()
    referral = cast.sent_referral(made, to=cast.service(cast.social_work(), "A worker"), receiver=cast.social_work())
    cast.answered(referral, S.DECLINED, by=desk)
    assert cast.may_open(desk, "request", made.id), "the duty desk still keeps the child safe"


def test_a_service_of_the_hub_itself_that_declines_leaves_the_hub_its_request(db: None) -> None:
    made = cast.family_request()
    helper = cast.account(Role.SUPPORT_WORKER, cast.hub(), "Bea Sim")
    referral = cast.sent_referral(made, to=cast.service(cast.hub(), "A hub group"), receiver=cast.hub())
    cast.answered(referral, S.DECLINED, by=helper)
    assert cast.may_open(cast.hub_worker(), "request", made.id)


def test_while_one_of_two_referrals_to_an_agency_lives_it_still_opens_that_one_and_not_the_other(db: None) -> None:
    made = cast.family_request()
    first, second = cast.sent_referral(made), cast.sent_referral(made, to=cast.service(cast.charity(), "A second ear"))
    cast.answered(first, S.DECLINED)
    worker = cast.support_worker()
    assert not cast.may_open(worker, "referral", first.id, purpose="support")
    assert cast.may_open(worker, "referral", second.id, purpose="support")


# The sender


def test_a_sender_takes_back_and_again_changes_nothing(db: None) -> None:
    referral, worker = cast.accepted_referral(), cast.hub_worker()
    for _ in range(2):
        with acting(worker.actor()) as now:
            taken = actions.take_back(referral, by=worker, words="They moved.", now=now)
        assert (taken.state, taken.version) == ("withdrawn_by_sender", 3)
    assert owned(ReferralNote).count() == 1
    assert the_request().stage == Stage.IN_DISCUSSION
    assert not cast.may_open(cast.support_worker(), "referral", referral.id, purpose="support")


def test_nobody_else_takes_back_and_an_end_cannot_be_taken_back(db: None) -> None:
    referral = cast.sent_referral()
    for other in (cast.support_worker(), cast.stranger(), cast.teacher()):
        with acting(other.actor()) as now, pytest.raises(PermissionDenied):
            actions.take_back(referral, by=other, words="", now=now)
    cast.answered(referral, S.DECLINED)
    worker = cast.hub_worker()
    with acting(worker.actor()) as now, pytest.raises(NoSuchMove):
        actions.take_back(referral, by=worker, words="Too late", now=now)
    assert not owned(ReferralNote).exists()


def test_the_hub_keeps_a_trail_of_every_step(db: None) -> None:
    made = cast.family_request()
    cast.answered(cast.sent_referral(made), S.DECLINED, words="Full")
    cast.sent_referral(made)
    with cast.opened(cast.hub_worker(), made, read_only=True):
        assert [referral.state for referral in Referral.objects.of_request(made.id).order_by("sent_at")] == ["declined", "sent"]
        assert ReferralMove.objects.count() == 3
        assert ReferralNote.objects.get().words() == "Full"


def test_the_practitioner_who_asked_follows_the_card_and_reads_neither_snapshot_nor_notes(db: None) -> None:
    made = cast.practitioner_request()
    cast.answered(cast.sent_referral(made), S.DECLINED, words="Full")
    with cast.opened(cast.teacher(), made, purpose="own_request", read_only=True):
        assert Referral.objects.get().state == "declined"
        assert ReferralMove.objects.count() == 2
        assert not Snapshot.objects.exists()
        assert not ReferralNote.objects.exists()


# The family


def rate(referral: Referral, made: RequestForAssistance, *, words: str = "", helped: Helped = Helped.YES) -> Referral:
    with cast.as_family(made) as now:
        return actions.rate(referral, by=made.id, helped=helped, words=words, now=now)


def test_the_family_says_whether_it_helped_and_may_say_it_again_later(db: None) -> None:
    made = cast.family_request()
    referral = cast.started_referral(request_for_assistance=made)
    assert rate(referral, made, words="A bit").helped == "yes"
    cast.answered(referral, S.COMPLETED)
    rated = rate(referral, made, words="It did not last", helped=Helped.NO)
    assert (rated.helped, rated.rated_by) == ("no", made.id)
    assert [note.from_family for note in owned(ReferralNote)] == [True, True]


@pytest.mark.parametrize("make", [cast.sent_referral, cast.accepted_referral, cast.declined_referral])
def test_nothing_is_rated_before_help_began(db: None, make: Callable[..., Referral]) -> None:
    made = cast.family_request()
    with pytest.raises(NoSuchMove):
        rate(make(request_for_assistance=made), made)


def test_nobody_rates_for_the_family(db: None) -> None:
    made = cast.family_request()
    referral = cast.started_referral(request_for_assistance=made)
    for other in (cast.support_worker(), cast.hub_worker()):
        for by in (other.id, made.id):
            with acting(other.actor()) as now, pytest.raises(PermissionDenied):
                actions.rate(referral, by=by, helped=Helped.YES, words="Great", now=now)
    assert owned(Referral).get().helped == ""


def test_danger_in_the_familys_words_about_the_help_is_heard(db: None) -> None:
    made = cast.family_request()
    rate(cast.started_referral(request_for_assistance=made), made, words="He hits me again")
    assert the_request().urgency == Urgency.DANGER
    assert owned(DangerAlert).get().duty_agency == cast.social_work()


def test_a_family_that_takes_everything_back_stops_every_live_referral_at_once(db: None) -> None:
    made = cast.family_request()
    live = [cast.sent_referral(made), cast.started_referral(request_for_assistance=made, to=cast.service(cast.charity(), "A second ear"))]
    ended = cast.declined_referral(request_for_assistance=made, to=cast.service(cast.charity(), "A third ear"))
    with cast.as_family(made) as now:
        actions.withdraw_all(made, by=None, reason="We are fine.", now=now)
    states = dict(owned(Referral).values_list("id", "state"))
    assert [states[referral.id] for referral in live] == ["withdrawn_by_family"] * 2
    assert states[ended.id] == "declined"
    assert the_request().stage == Stage.WITHDRAWN
    assert not any(cast.may_open(cast.support_worker(), "referral", referral.id, purpose="support") for referral in live)
    moves = owned(ReferralMove).filter(state="withdrawn_by_family")
    assert {(move.mover, move.moved_by) for move in moves} == {("family", made.id)}


def test_what_was_taken_back_can_no_longer_be_answered(db: None) -> None:
    made = cast.family_request()
    referral = cast.sent_referral(made)
    with cast.as_family(made) as now:
        actions.withdraw_all(made, by=None, reason="", now=now)
    with pytest.raises(ChangedMeanwhile):
        answer(referral, S.ACCEPTED, seen_version=1)
    with pytest.raises(NoSuchMove):
        answer(referral, S.ACCEPTED)


# At once


@pytest.mark.asvs("15.4.2")
def test_of_accepting_and_taking_back_at_once_one_wins_and_the_other_is_told(db: None) -> None:
    worker = cast.hub_worker()
    for _ in range(6):
        referral = cast.sent_referral()

        def take_back(referral: Referral = referral) -> None:
            with acting(worker.actor()) as now:
                actions.take_back(referral, by=worker, words="", now=now, seen_version=1)

        def accept(referral: Referral = referral) -> None:
            answer(referral, S.ACCEPTED, seen_version=1)

        assert two_at_once(accept, take_back) == ["ChangedMeanwhile", "ok"]
        assert owned(Referral).get(id=referral.id).version == 2


def test_starting_and_a_familys_taking_back_at_once_never_wait_for_each_other_for_ever(db: None) -> None:
    for _ in range(6):
        made = cast.family_request()
        referral = cast.accepted_referral(request_for_assistance=made)

        def withdraw(made: RequestForAssistance = made) -> None:
            with cast.as_family(made) as now:
                actions.withdraw_all(made, by=None, reason="", now=now)

        def start(referral: Referral = referral) -> None:
            answer(referral, S.IN_PROGRESS, seen_version=2)

        came = two_at_once(start, withdraw)
        assert came in (["ok", "ok"], ["ChangedMeanwhile", "ok"])
        assert owned(Referral).get(id=referral.id).state == "withdrawn_by_family"
        assert owned(RequestForAssistance).get(id=made.id).stage == Stage.WITHDRAWN


def test_two_who_decline_at_once_give_the_request_back_once(db: None) -> None:
    made = cast.family_request()
    first = cast.sent_referral(made)
    second = cast.sent_referral(made, to=cast.service(cast.other_charity(), "Another ear"))
    stranger = cast.stranger()
    came = two_at_once(
        lambda: answer(first, S.DECLINED, decline_reason=DeclineReason.FULL),
        lambda: answer(second, S.DECLINED, stranger, decline_reason=DeclineReason.AGE),
    )
    assert came == ["ok", "ok"]
    assert the_request().stage == Stage.IN_DISCUSSION
    assert owned(AuditEvent).filter(subject_id=made.id, event="request.moved", role="closed_loop").count() == 1


def test_the_request_hears_of_the_first_beginning_only(db: None) -> None:
    made = cast.family_request()
    cast.started_referral(request_for_assistance=made)
    began = the_request().help_started_at
    cast.started_referral(request_for_assistance=made, to=cast.service(cast.charity(), "A second ear"))
    assert the_request().help_started_at == began
    assert owned(AuditEvent).filter(event="request.help_started").count() == 1


def test_the_loop_tells_the_request_nothing_more_after_its_end(db: None) -> None:
    made = cast.family_request()
    referral = cast.sent_referral(made)
    cast.decide(made, Stage.CLOSED, outcome=Outcome.HELPED)
    cast.answered(referral, S.DECLINED)
    assert the_request().stage == Stage.CLOSED
