"""A random walk of everybody's moves over one referral on the real database, and the request beside it."""

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from reachin.access.referrals import actions
from reachin.access.referrals.actions import ChangedMeanwhile, NoSuchMove
from reachin.access.referrals.enums import DeclineReason, Helped, ReferralMover, ReferralOutcome, ReferralState
from reachin.access.referrals.models import Referral, ReferralMove
from reachin.access.referrals.rules import LIVE, MOVES, may_move
from reachin.access.requests_for_assistance import actions as requests
from reachin.access.requests_for_assistance.enums import Stage
from reachin.access.requests_for_assistance.models import RequestForAssistance
from reachin.groundwork.audited_access.context import Actor, acting, open_record
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.partnership.accounts.models import Account
from tests import cast

S = ReferralState
REFUSALS = (NoSuchMove, ChangedMeanwhile, PermissionDenied, Referral.DoesNotExist, requests.NoSuchMove)
LISTED = [
    (state, to, mover) for state, moves in MOVES.items() if state != S.DRAFT for to, movers in moves.items() for mover in sorted(movers)
]


def owned(model: Any) -> Any:
    return model.objects.using("owner")


class EverybodysMoves(RuleBasedStateMachine):
    """One referral; its receiver, its sender, its family and a stranger try whatever they can."""

    @initialize()
    def somebody_refers(self) -> None:
        self.made = cast.family_request()
        self.id = cast.sent_referral(self.made).id

    def card(self) -> Referral:
        found: Referral = owned(Referral).get(id=self.id)
        return found

    def tries(self, who: Account | None, change: Callable[[Referral, datetime], object]) -> None:
        before = self.card()
        actor = Actor.family(self.made.id) if who is None else who.actor()
        opening = open_record(actor, "request", self.made.id, purpose="own_request") if who is None else None
        try:
            with acting(actor, opening=opening) as now:
                change(before, now)
        except REFUSALS:
            assert self.card().version == before.version

    @rule(choice=st.integers(0, 9), is_stale=st.sampled_from([False, False, False, True]))
    def receiver_answers_as_listed(self, choice: int, is_stale: bool) -> None:
        to = [to for to, movers in MOVES[S(self.card().state)].items() if ReferralMover.RECEIVER in movers]
        if to:
            self.receiver_answers(to[choice % len(to)], fits=True, is_stale=is_stale)

    @rule(to=st.sampled_from(S), fits=st.booleans(), is_stale=st.booleans())
    def receiver_answers(self, to: ReferralState, fits: bool, is_stale: bool) -> None:
        by = cast.support_worker()
        reason = DeclineReason.FULL if (to == S.DECLINED) is fits else None
        outcome = ReferralOutcome.PARTLY if (to == S.COMPLETED) is fits else None
        self.tries(
            by,
            lambda held, now: actions.answer(
                held, to, by=by, now=now, words="x", decline_reason=reason, outcome=outcome, seen_version=held.version - is_stale
            ),
        )

    @rule(really=st.integers(0, 4).map(lambda choice: choice == 0))
    def sender_takes_it_back(self, really: bool) -> None:
        if really:
            by = cast.hub_worker()
            self.tries(by, lambda held, now: actions.take_back(held, by=by, words="x", now=now))

    @rule(really=st.integers(0, 6).map(lambda choice: choice == 0))
    def family_takes_everything_back(self, really: bool) -> None:
        if really:
            self.tries(None, lambda held, now: actions.withdraw_all(self.made, by=None, reason="", now=now))

    @rule(helped=st.sampled_from(Helped))
    def family_rates(self, helped: Helped) -> None:
        self.tries(None, lambda held, now: actions.rate(held, by=self.made.id, helped=helped, words="", now=now))

    @rule(to=st.sampled_from(S))
    def a_stranger_answers(self, to: ReferralState) -> None:
        by, before = cast.stranger(), self.card().version
        self.tries(by, lambda held, now: actions.answer(held, to, by=by, now=now))
        assert self.card().version == before

    @invariant()
    def only_listed_moves_were_made_and_by_whom_the_table_names(self) -> None:
        moves = list(owned(ReferralMove).filter(referral_id=self.id).order_by("number"))
        assert [move.number for move in moves] == list(range(1, self.card().version + 1))
        for before, after in pairwise(moves):
            assert may_move(S(before.state), S(after.state), mover=ReferralMover(after.mover))
        assert moves[-1].state == self.card().state

    @invariant()
    def what_ended_has_what_its_end_needs(self) -> None:
        card = self.card()
        assert card.is_live is (card.state in LIVE)
        assert bool(card.decline_reason) is (card.state == S.DECLINED)
        assert bool(card.outcome) is (card.state == S.COMPLETED)
        assert not card.helped or any(move.state == S.IN_PROGRESS for move in owned(ReferralMove).filter(referral_id=self.id))

    @invariant()
    def every_move_has_its_audit_row(self) -> None:
        rows = owned(AuditEvent).filter(subject_id=self.id).exclude(event="referral.rated")
        assert rows.count() == self.card().version

    @invariant()
    def the_request_knows_whether_somebody_helps(self) -> None:
        card, held = self.card(), owned(RequestForAssistance).get(id=self.made.id)
        started = owned(ReferralMove).filter(referral_id=self.id, state=S.IN_PROGRESS).exists()
        assert (held.help_started_at is not None) is started
        if held.stage != Stage.WITHDRAWN:
            assert held.stage == (Stage.MATCHED if card.is_live or card.state == S.COMPLETED else Stage.IN_DISCUSSION)

    @invariant()
    def the_receiver_opens_it_only_while_it_is_theirs(self) -> None:
        card = self.card()
        assert cast.may_open(cast.support_worker(), "referral", self.id) is (card.is_live or card.state == S.COMPLETED)


@pytest.mark.asvs("2.3.1")
def test_everybodys_moves_keep_to_the_table(db: None) -> None:
    run_state_machine_as_test(
        EverybodysMoves,
        settings=settings(
            max_examples=16,
            stateful_step_count=16,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize(("state", "to", "mover"), LISTED, ids=lambda part: str(part.value))
def test_every_move_of_the_table_can_be_made_on_the_real_database(
    db: None, state: ReferralState, to: ReferralState, mover: ReferralMover
) -> None:
    referral, worker = cast.sent_referral(), cast.hub_worker()
    owned(Referral).update(state=state)
    also = {"decline_reason": "full"} if to == S.DECLINED else {"outcome": "partly"} if to == S.COMPLETED else {}
    with acting(worker.actor()) as now:
        held = actions._locked(referral)
        actions._move(held, to, mover=mover, by=worker.id, now=now, **also)
    card = owned(Referral).get()
    assert (card.state, card.is_live, card.version) == (to, to in LIVE, 2)
