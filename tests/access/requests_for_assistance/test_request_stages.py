"""A random walk of everybody's moves over one request on the real database: the table of moves holds, whatever anybody tries."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from reachin.access.requests_for_assistance import actions
from reachin.access.requests_for_assistance.actions import BlockedByFamily, ChangedMeanwhile, NoSuchMove
from reachin.access.requests_for_assistance.enums import AskedBy, ContactOutcome, Mover, NoteKind, Outcome, Stage, WaitingFor
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestMove, RequestNote
from reachin.access.requests_for_assistance.rules import MOVES, WAITS_FOR, may_move
from reachin.groundwork.audited_access.context import Actor, acting, open_record
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.enums import AgencyKind
from tests import cast

REFUSALS = (NoSuchMove, PermissionDenied, BlockedByFamily, ChangedMeanwhile, RequestForAssistance.DoesNotExist)
workers = st.integers(0, 2)
is_stale = st.sampled_from([False, False, False, True])


class EverybodysMoves(RuleBasedStateMachine):
    """One request; hub workers of two doors, its sender, its family and a stranger try whatever they can."""

    @initialize(asked_by=st.sampled_from([AskedBy.PARENT_OR_CARER, AskedBy.YOUNG_PERSON, AskedBy.PRACTITIONER]), has_gaps=st.booleans())
    def somebody_asks(self, asked_by: AskedBy, has_gaps: bool) -> None:
        self.doors = [cast.hub(), cast.agency("second-hub", kind=AgencyKind.HUB)]
        self.workers = [cast.hub_worker(), cast.second_hub_worker(), cast.account(Role.HUB_WORKER, self.doors[1], "Effie Lorne")]
        if asked_by == AskedBy.PRACTITIONER:
            made = cast.returned_request() if has_gaps else cast.practitioner_request()
        else:
            made = cast.call_list_request() if has_gaps else cast.family_request(asked_by=asked_by)
        self.id: UUID = made.id
        self.was = made

    def card(self) -> RequestForAssistance:
        return RequestForAssistance.objects.using("owner").get(id=self.id)

    def holders_worker(self) -> Account:
        """Somebody who triages where the request is held now."""
        return self.workers[0 if self.card().holder_agency_id == self.doors[0].id else 2]

    def tries(
        self, who: Account | None, change: Callable[[RequestForAssistance, datetime], object], *, purpose: str = "front_door"
    ) -> None:
        """Somebody tries a change, with the record open where they may open it. What is refused has changed nothing."""
        before = self.card()
        actor = Actor.family(self.id) if who is None else who.actor()
        opening = open_record(actor, "request", self.id, purpose=purpose)
        try:
            with acting(actor, opening=opening) as now:
                change(before, now)
        except REFUSALS:
            assert self.card().version == before.version
            return
        after = self.card()
        assert after.version >= before.version
        assert after.stage == before.stage or after.version > before.version

    @rule(choice=st.integers(0, 9))
    def decides_as_the_table_lists(self, choice: int) -> None:
        by, stage = self.holders_worker(), Stage(self.card().stage)
        to = [*(to for to in MOVES[stage] if MOVES[to] or choice == 9), stage]
        chosen = to[choice % len(to)]
        outcome = Outcome.ADVICE_GIVEN if chosen == Stage.CLOSED else None
        self.tries(by, lambda held, now: actions.decide(held, chosen, by=by, reason="x", outcome=outcome, now=now))

    @rule(choice=st.integers(0, 9))
    def decides_again(self, choice: int) -> None:
        self.decides_as_the_table_lists(choice)

    @rule(stale=is_stale)
    def returns(self, stale: bool) -> None:
        by = self.holders_worker()
        self.tries(
            by,
            lambda held, now: actions.return_to_sender(
                held, by=by, note="x", questions=["tried"], now=now, seen_version=held.version - stale
            ),
        )

    @rule(outcome=st.sampled_from(ContactOutcome))
    def is_in_touch(self, outcome: ContactOutcome) -> None:
        by = self.holders_worker()
        self.tries(by, lambda held, now: actions.record_contact(held, by=by, outcome=outcome, words="", now=now))

    @rule(worker=workers, door=st.integers(0, 1))
    def moves_it(self, worker: int, door: int) -> None:
        by = self.workers[worker]
        self.tries(by, lambda held, now: actions.move_to_door(held, self.doors[door], by=by, reason="x", now=now))

    @rule()
    def refers(self) -> None:
        by = self.holders_worker()
        self.tries(by, lambda held, now: actions.mark_matched(actions.locked(held.id), by=by, now=now))

    @rule()
    def is_declined_by_all(self) -> None:
        self.tries(self.workers[0], lambda held, now: actions.nobody_is_helping(held.id, by=self.workers[0].id, now=now))

    @rule(worker=workers)
    def hub_asks_and_family_answers(self, worker: int) -> None:
        by = self.workers[worker]
        self.tries(by, lambda held, now: actions.ask_family(held, by=by, question="x", now=now))

        def answer(held: RequestForAssistance, now: datetime) -> None:
            for question in RequestNote.objects.filter(kind=NoteKind.QUESTION, answered_at=None):
                actions.answer_question(question, by=held.id, words="x", now=now)

        self.tries(None, answer)

    @rule(gives=st.sampled_from([{"contact_way": "come_back"}, {"tried": "x"}, {"story": "x", "contact_way": "phone", "phone": "01632"}]))
    def sender_completes(self, gives: dict[str, Any]) -> None:
        by = cast.teacher()
        self.tries(by, lambda held, now: actions.complete(held, gives, by=by, now=now), purpose="own_request")

    @rule(by_family=st.booleans(), really=st.integers(0, 7).map(lambda choice: choice == 7))
    def takes_it_back(self, by_family: bool, really: bool) -> None:
        if not really:
            return
        by = None if by_family else cast.teacher()
        self.tries(by, lambda held, now: actions.withdraw(held, by=by, reason="", now=now), purpose="own_request")

    @rule(to=st.sampled_from(Stage), outcome=st.none() | st.sampled_from(Outcome), who=st.integers(0, 3), stale=is_stale)
    def somebody_tries_anything(self, to: Stage, outcome: Outcome | None, who: int, stale: bool) -> None:
        by, before = [*self.workers, cast.stranger()][who], self.card().version
        self.tries(
            by, lambda held, now: actions.decide(held, to, by=by, reason="x", outcome=outcome, now=now, seen_version=held.version - stale)
        )
        assert self.card().version == before or (who < 3 and not stale)

    @invariant()
    def what_always_holds(self) -> None:
        card = self.card()
        moves = list(RequestMove.objects.using("owner").filter(request_for_assistance_id=self.id).order_by("number"))
        self.a_familys_request_was_never_returned(card, moves)
        self.only_listed_moves_were_made_and_by_whom_the_table_names(card, moves)
        self.card_and_history_agree(card, moves[-1])
        self.what_is_closed_has_its_outcome_and_what_is_open_has_none(card)
        self.every_move_has_its_audit_row_and_the_version_never_shrank(card, moves)

    def a_familys_request_was_never_returned(self, card: RequestForAssistance, moves: Sequence[RequestMove]) -> None:
        assert card.asked_by == AskedBy.PRACTITIONER or all(move.stage != Stage.RETURNED for move in moves)

    def only_listed_moves_were_made_and_by_whom_the_table_names(self, card: RequestForAssistance, moves: Sequence[RequestMove]) -> None:
        assert (moves[0].number, moves[0].stage) == (1, Stage.RECEIVED)
        for before, after in pairwise(moves):
            assert after.number > before.number
            assert may_move(Stage(before.stage), Stage(after.stage), mover=Mover(after.mover), asked_by=AskedBy(card.asked_by))

    def card_and_history_agree(self, card: RequestForAssistance, last: RequestMove) -> None:
        assert (card.stage, card.stage_since) == (last.stage, last.moved_at)
        assert card.version >= last.number
        assert card.waiting_for == WAITS_FOR[Stage(card.stage)]

    def what_is_closed_has_its_outcome_and_what_is_open_has_none(self, card: RequestForAssistance) -> None:
        assert bool(card.outcome) is (card.stage == Stage.CLOSED)
        assert (card.closed_at is not None) is (card.waiting_for == WaitingFor.NOBODY)

    def every_move_has_its_audit_row_and_the_version_never_shrank(self, card: RequestForAssistance, moves: Sequence[RequestMove]) -> None:
        rows = AuditEvent.objects.using("owner").filter(subject_id=self.id, event__in=["request.sent", "request.moved"])
        assert rows.count() == len(moves)
        assert card.version >= self.was.version
        self.was = card


@pytest.mark.asvs("2.3.1")
def test_everybodys_moves_keep_to_the_table(db: None) -> None:
    run_state_machine_as_test(
        EverybodysMoves,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


LISTED = [
    (stage, to, mover) for stage, moves in MOVES.items() if stage != Stage.DRAFT for to, movers in moves.items() for mover in sorted(movers)
]


@pytest.mark.parametrize(("stage", "to", "mover"), LISTED, ids=lambda part: str(part.value))
def test_every_move_of_the_table_can_be_made_on_the_real_database(db: None, stage: Stage, to: Stage, mover: Mover) -> None:
    made, worker = cast.practitioner_request(), cast.hub_worker()
    ends = WAITS_FOR[stage] == WaitingFor.NOBODY
    RequestForAssistance.objects.using("owner").filter(id=made.id).update(
        stage=stage,
        waiting_for=WAITS_FOR[stage],
        closed_at=made.received_at if ends else None,
        closed_by=worker.id if ends else None,
        outcome=Outcome.HELPED if stage == Stage.CLOSED else "",
    )
    with cast.opened(worker, made) as now:
        held = actions.locked(made.id)
        actions._move(held, to, mover=mover, by=worker.id, now=now, outcome=Outcome.HELPED if to == Stage.CLOSED else "")
        for wrong in set(Mover) - MOVES[to].get(stage, frozenset()):
            with pytest.raises(NoSuchMove):
                actions._move(held, stage, mover=wrong, by=worker.id, now=now)
    last = RequestMove.objects.using("owner").latest("number")
    assert (last.stage, last.mover, last.number) == (to, mover, made.version + 1)
