"""Delays: each figure comes from the requests themselves."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse

from reachin.access.requests_for_assistance import actions
from reachin.access.requests_for_assistance.enums import Stage
from reachin.groundwork.audited_access.context import acting
from reachin.interfaces.hub.delays import until_help, waiting_by_channel, waiting_now, with_senders

from .partnership import Partnership, family_asks, many_cards, opened, practitioner_asks, read_page, signed_in, words_of

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
SetClock = Callable[[datetime], None]


def test_waiting_now_counts_the_whole_wait_and_that_in_the_stage(partnership: Partnership, time_is: SetClock) -> None:
    time_is(MONDAY)
    first, _second = family_asks(), family_asks()
    time_is(MONDAY + timedelta(days=4, minutes=1))
    with opened(partnership.worker, first.id) as now:
        actions.decide(first, Stage.IN_DISCUSSION, by=partnership.worker, reason="x", now=now)
    time_is(MONDAY + timedelta(days=10, minutes=2))
    with acting(partnership.worker.actor()) as now:
        rows = [[str(cell) for cell in row] for row in waiting_now(partnership.hub.id, now)]
        channels = [[str(cell) for cell in row] for row in waiting_by_channel(partnership.hub.id, now)]
    assert rows == [
        ["Ready for triage", "The hub", "1", "10 days", "10 days", "10 days"],
        ["In discussion", "The hub", "1", "10 days", "6 days", "10 days"],
    ]
    assert channels == [["Online", "2", "10 days"]]


def test_what_was_with_senders_is_chase_time_saved(partnership: Partnership, time_is: SetClock) -> None:
    time_is(MONDAY)
    returned, _still_there = practitioner_asks(partnership.teacher, story=""), practitioner_asks(partnership.teacher, story="")
    practitioner_asks(partnership.teacher)
    family_asks()
    time_is(MONDAY + timedelta(days=2, minutes=1))
    with opened(partnership.teacher, returned.id) as now:
        actions.complete(returned, {"story": "She sleeps in class."}, by=partnership.teacher, now=now)
    time_is(MONDAY + timedelta(days=6, minutes=2))
    with acting(partnership.worker.actor()) as now:
        rows = [[str(cell) for cell in row] for row in with_senders(partnership.hub.id, now)]
    assert rows == [["Through an agency", "2", "4 days", "8 days"]]


def test_the_full_wait_ends_when_help_starts(partnership: Partnership, time_is: SetClock) -> None:
    time_is(MONDAY)
    helped, _waits = family_asks(), family_asks()
    time_is(MONDAY + timedelta(days=12, minutes=1))
    with acting(partnership.worker.actor()) as now:
        actions.help_started(helped.id, by=partnership.worker.id, now=now)
    with acting(partnership.worker.actor()) as now:
        rows = [[str(cell) for cell in row] for row in until_help(partnership.hub.id, now)]
    assert rows == [["Online", "2", "1", "12 days"]]


def test_the_page_with_many_and_with_none(partnership: Partnership) -> None:
    client = signed_in(partnership.worker)
    for count, tells in ((0, "Nobody is waiting."), (2000, "By stage")):
        many_cards(partnership, count)
        response = client.get("/hub/delays/")
        assert isinstance(response, HttpResponse)
        assert tells in words_of(read_page(response))


@pytest.mark.parametrize("role", ["data_officer", "strategic_lead", "service_manager", "duty_worker"])
def test_only_those_who_see_cards_see_delays(partnership: Partnership, role: str) -> None:
    partnership.colleague.role = role
    partnership.colleague.save()
    assert signed_in(partnership.colleague).get("/hub/delays/").status_code == 404
