"""What has served is forgotten every hour, and nothing that still serves."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from procrastinate.contrib.django import app

from reachin.access.requests_for_assistance import drafts
from reachin.access.requests_for_assistance.models import WayInTry
from reachin.groundwork.audited_access.context import Actor, acting
from reachin.groundwork.audited_access.knocking import LONGEST_COUNTED, knock, knocked
from reachin.groundwork.audited_access.models import Try
from reachin.groundwork.clock import now
from reachin.groundwork.jobs import clearing
from reachin.groundwork.jobs.clearing import clear, clear_everything
from reachin.groundwork.one_time_links.actions import make_link
from reachin.groundwork.one_time_links.models import OneTimeLink
from reachin.groundwork.one_time_links.rules import KEPT_WHEN_OVER
from tests import cast

DAY = timedelta(days=1)


def kept() -> dict[str, int]:
    return {model.__name__: model.objects.using("owner").count() for model in (Session, Try, OneTimeLink, WayInTry)}


def used_everything() -> None:
    """A session, a knock, a link and a try to come in."""
    request_for_assistance = cast.family_request()
    cast.came_in(request_for_assistance)
    drafts.come_in(request_for_assistance.reference, "wrong", network="203.0.113.0/24")
    family = Actor.family(uuid4())
    with acting(family) as moment:
        knock(b"x" * 32, within=DAY, now=moment)
        make_link("page.open", uuid4(), by=family.scope, phrase="three slow herons", lasts=DAY, now=moment)


def test_nothing_that_still_serves_is_forgotten(db: None) -> None:
    used_everything()
    before = kept()
    assert set(clear_everything().values()) == {0}
    assert kept() == before == {"Session": 1, "Try": 1, "OneTimeLink": 1, "WayInTry": 2}


@pytest.mark.parametrize(
    ("passes", "left"),
    [
        (timedelta(hours=2), {"Session": 1, "Try": 1, "OneTimeLink": 1, "WayInTry": 0}),
        (LONGEST_COUNTED + timedelta(minutes=1), {"Session": 0, "Try": 0, "OneTimeLink": 1, "WayInTry": 0}),
        (DAY + KEPT_WHEN_OVER + timedelta(minutes=1), {"Session": 0, "Try": 0, "OneTimeLink": 0, "WayInTry": 0}),
    ],
)
def test_each_is_forgotten_when_it_has_served(
    db: None, time_is: Callable[[datetime], None], passes: timedelta, left: dict[str, int]
) -> None:
    used_everything()
    time_is(now() + passes)
    clear_everything()
    assert kept() == left


def test_a_family_that_is_in_stays_in(db: None) -> None:
    request_for_assistance = cast.family_request()
    client: Client = cast.came_in(request_for_assistance)
    clear_everything()
    assert client.get("/my-request/").status_code == 200


def test_where_one_room_fails_the_others_still_forget(
    db: None, settings: Any, time_is: Callable[[datetime], None], caplog: pytest.LogCaptureFixture
) -> None:
    used_everything()
    settings.CLEARED_HOURLY = ["tests.groundwork.jobs.test_clearing.fails", *settings.CLEARED_HOURLY]
    time_is(now() + 20 * DAY)
    with caplog.at_level(logging.ERROR):
        clear_everything()
    assert set(kept().values()) == {0}
    assert "test_clearing.fails failed" in caplog.text


def fails(moment: datetime) -> int:
    raise ZeroDivisionError


def test_it_is_a_task_that_comes_every_hour(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "clearing.round" in app.tasks
    assert [task.cron for name, task in app.periodic_registry.periodic_tasks.items() if name[0] == "clearing.round"] == ["17 * * * *"]
    rounds: list[int] = []
    monkeypatch.setattr(clearing, "clear_everything", lambda: rounds.append(1))
    clear(0)
    assert rounds == [1]


def test_knocks_are_counted_one_after_the_other_by_each_digest(db: None) -> None:
    with acting(Actor.visitor()) as moment:
        assert [knock(b"a" * 32, b"b" * 32, within=DAY, now=moment)[b"a" * 32] for _ in range(3)] == [0, 1, 2]
        assert knocked([b"a" * 32, b"c" * 32], within=DAY, now=moment) == {b"a" * 32: 3, b"c" * 32: 0}
