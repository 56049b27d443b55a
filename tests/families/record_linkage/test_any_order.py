"""Whatever order records are joined and parted in, and whatever happens meanwhile, every row is where plain reckoning says."""

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from reachin.access.requests_for_assistance.models import RequestPerson
from tests import cast
from tests.families.record_linkage.two_records import guardian
from workshop.proofs.merge_steps import NOTE, Known, Play, add_notes
from workshop.servers import Connection

RECORDS = 4
which = st.integers(0, RECORDS - 1)


@pytest.fixture
def notes(db: None, admin: Connection) -> Iterator[None]:
    """A table of notes that move with their person, for this test only."""
    add_notes()
    yield
    admin.execute(f"drop table {NOTE}".encode())
    admin.execute("delete from reachin.moving_key where place::regclass::text not in (select relname from pg_class)")


def known_by_a_request() -> Known:
    made = cast.family_request(people=None)
    alias = RequestPerson.objects.using("owner").select_related("alias").get(request_for_assistance=made).alias
    return Known(alias.person_id, alias.id, made)


class Linkage(RuleBasedStateMachine):
    """Four records, a guardian who joins and parts them, and a hub worker who goes on working."""

    play: Play

    @initialize()
    def begin(self) -> None:
        agencies = [cast.school(), cast.health(), cast.charity()]
        self.play = Play(guardian(), cast.hub_worker(), agencies, [known_by_a_request() for _ in range(RECORDS)])
        self.play.begin()

    @rule(kept=which, merged=which)
    def join(self, kept: int, merged: int) -> None:
        people = self.play.people()
        if kept != merged:
            with self.play.linking() as linking:
                linking.merge(people[kept], people[merged])

    @precondition(lambda self: self.play.live)
    @rule(chosen=st.integers(0, RECORDS))
    def part(self, chosen: int) -> None:
        live = list(self.play.live)
        with self.play.linking() as linking:
            linking.unmerge(live[chosen % len(live)])

    @rule(luck=st.randoms(use_true_random=False))
    def change(self, luck: Random) -> None:
        self.play.change(luck)

    @rule(luck=st.randoms(use_true_random=False))
    def end(self, luck: Random) -> None:
        self.play.end(luck)

    @invariant()
    def nothing_is_wrong(self) -> None:
        assert self.play.wrong == []


def test_records_are_joined_and_parted_in_any_order_and_come_back_exactly(notes: None) -> None:
    quick = settings(max_examples=12, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Linkage, settings=quick)


def test_a_row_that_is_not_where_it_should_be_is_found(notes: None, admin: Connection) -> None:
    play = Play(guardian(), cast.hub_worker(), [cast.school()], [known_by_a_request() for _ in range(2)])
    play.begin()
    kept, merged = play.people()
    with play.linking() as linking:
        linking.merge(kept, merged)
    assert play.wrong == []
    admin.execute("update people_personalias set stands_for_id = person_id")
    play.check("somebody's meddling")
    assert play.wrong == ["after somebody's meddling 1 rows are astray"]
    admin.execute("update information_sharing_circleentry set until = now() where person_id = %s", [kept])
    play.check("more of it")
    assert "information_sharing_circleentry" in play.wrong[1]
