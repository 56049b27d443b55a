"""Who looked, as a guardian reads it: why in words, the days chosen, and those whom the brakes slowed down."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from reachin.access.requests_for_assistance.models import RequestForAssistance
from reachin.families.information_sharing.looking import Finding, Reason
from reachin.groundwork.audited_access.brakes import notice
from reachin.groundwork.audited_access.enums import BrakeStep
from reachin.groundwork.audited_access.models import OpeningBrake
from reachin.interfaces.guardian.words import REASONS, in_words
from tests import cast

from .room import guardian, owned, words

MONDAY = datetime(2026, 11, 16, 11, tzinfo=UTC)
MISSING = 404


def looked(name: str = "Morag Keir", **told: Any) -> RequestForAssistance:
    made = cast.family_request(**told)
    assert cast.may_open(cast.hub_worker(name), "request", made.id)
    return made


def page(days: str = "") -> str:
    return words(cast.signed_in(guardian()).get(reverse("guardian:looking"), {"days": days} if days else {}))


def test_what_stands_out_is_told_with_who_and_why(db: None, time_is: Callable[..., None]) -> None:
    time_is(MONDAY)
    looked(your_name="Isla Keir")
    looked(name="Samir Aslam", your_name="Dean")
    told = page()
    assert "Morag Keir" in told
    assert "A name like their own" in told
    assert "Samir Aslam" not in told
    assert "Isla" not in told


def test_the_days_are_chosen_and_anything_else_is_the_usual(db: None, time_is: Callable[..., None]) -> None:
    time_is(MONDAY)
    looked(your_name="Isla Keir")
    time_is(MONDAY + timedelta(days=10))
    assert "A name like their own" in page()
    assert "A name like their own" not in page("7")
    assert "A name like their own" in page("30")
    assert "In the last 14 days" in page("9999")


def test_what_was_closed_or_looked_at_by_night_shows(db: None, time_is: Callable[..., None]) -> None:
    time_is(MONDAY)
    made = cast.closed_request()
    time_is(MONDAY + timedelta(hours=14))
    assert cast.may_open(cast.hub_worker(), "request", made.id)
    told = page()
    assert "After it was closed" in told
    assert "When nobody works, and no alert" in told


def test_at_night_after_an_alert_nothing_is_asked(db: None, time_is: Callable[..., None]) -> None:
    time_is(MONDAY)
    made = cast.danger_request()
    time_is(MONDAY + timedelta(hours=14))
    assert cast.may_open(cast.hub_worker(), "request", made.id)
    assert "When nobody works" not in page()


def test_a_guardian_sees_nothing_of_another_agencys_staff(db: None, time_is: Callable[..., None]) -> None:
    time_is(MONDAY)
    looked(your_name="Isla Keir")
    elsewhere = cast.signed_in(guardian(cast.school(), "Ann Lee"))
    assert "Nothing stands out." in words(elsewhere.get(reverse("guardian:looking")))


def test_who_was_slowed_down_is_there_until_somebody_looked(db: None) -> None:
    worker = cast.hub_worker()
    notice(worker.actor(), BrakeStep.ASKED, records=44)
    mark = owned(OpeningBrake).get()
    assert "44 other records within the hour" in page()
    where = reverse("guardian:brake_seen", args=[mark.id])
    assert cast.signed_in(guardian(cast.school(), "Ann Lee")).post(where).status_code == MISSING
    client = cast.signed_in(guardian())
    assert client.get(where).status_code == 405
    assert [client.post(where).status_code for _ in range(2)] == [302, 302]
    assert owned(OpeningBrake).get().seen_by == guardian().id
    assert "44 other records" not in page()


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_words(reason: Reason) -> None:
    finding = Finding(UUID(int=1), reason, 3, MONDAY, MONDAY, usual=1)
    assert str(REASONS[reason])
    assert "3 records" in in_words(finding)
    assert in_words(finding).endswith("Usual for their colleagues: 1.")
