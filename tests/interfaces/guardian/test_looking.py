"""Who looked, as a guardian reads it: why in words, the days chosen, and those whom the brakes slowed down."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from reachin.access.requests_for_assistance.enums import Stage
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.access.requests_for_assistance.safety import keep_home_secret
from reachin.families.information_sharing.looking import Finding, Reason
from reachin.groundwork.audited_access.brakes import notice
from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.audited_access.enums import BrakeStep
from reachin.groundwork.audited_access.models import OpeningBrake
from reachin.interfaces.guardian.words import REASONS, in_words
from reachin.partnership.accounts.homes import say_home
from reachin.partnership.accounts.models import Account
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


STREET, ANOTHER = "PA34 4AA", "PA34 4AB"
HOMES = {
    "the same street": ({"place": "12 Shore Road, pa344aa"}, True),
    "another street": ({"place": f"Flat 2, {ANOTHER}"}, False),
    "a town and no street": ({"place": "Oban"}, False),
    "the same street, kept secret": ({"place": STREET, "home_is_secret": "yes"}, False),
    "nothing said": ({"place": ""}, False),
}


def lives(who: Account, postcode: str = STREET) -> None:
    with acting(who.actor()) as now:
        say_home(who, postcode, by=who, now=now)


@pytest.mark.parametrize("case", HOMES)
def test_a_neighbours_record_is_asked_about_without_any_street(db: None, case: str) -> None:
    said, is_asked = HOMES[case]
    lives(cast.hub_worker())
    looked(**said)
    told = page()
    assert ("Near where they live" in told) is is_asked
    assert not any(word in told for word in (STREET, ANOTHER, "pa344aa", "Shore Road", "Oban"))


def test_whoever_has_not_said_where_they_live_is_not_asked(db: None) -> None:
    looked(place=STREET)
    assert "Near where they live" not in page()


def test_a_home_that_is_secret_from_now_on_is_compared_no_more(db: None) -> None:
    lives(cast.hub_worker())
    made = looked(place=STREET)
    assert "Near where they live" in page()
    for is_secret in (True, False):
        with cast.as_family(made) as now:
            keep_home_secret(made, is_secret=is_secret, by=made.id, now=now)
        assert ("Near where they live" in page()) is not is_secret


def test_a_neighbours_referral_and_the_neighbour_themselves_are_asked_about_too(db: None) -> None:
    worker = cast.support_worker()
    lives(worker)
    made = cast.family_request(place=STREET)
    referral = cast.sent_referral(made)
    with cast.opened(cast.hub_worker(), made):
        person = RequestPerson.objects.get(is_contact=True).alias.person_id
    for kind, subject in (("referral", referral.id), ("person", person)):
        assert cast.may_open(worker, kind, subject, purpose="support")
    told = words(cast.signed_in(guardian(cast.charity(), "Ann Lee")).get(reverse("guardian:looking")))
    assert "Near where they live" in told
    assert "2 records" in told


def test_the_days_are_chosen_and_anything_else_is_the_usual(db: None, time_is: Callable[..., None]) -> None:
    time_is(MONDAY)
    looked(your_name="Isla Keir")
    time_is(MONDAY + timedelta(days=10))
    assert "A name like their own" in page()
    assert "A name like their own" not in page("7")
    assert "A name like their own" in page("30")
    assert "In the last 14 days" in page("9999")


def test_many_within_an_hour_and_nothing_done_with_them_shows(db: None, time_is: Callable[..., None]) -> None:
    time_is(MONDAY)
    for _ in range(8):
        looked()
    told = page()
    assert "Many families within an hour" in told
    assert "They opened 8 records within an hour." in told
    assert "Nothing followed" not in told
    time_is(MONDAY + timedelta(days=8))
    assert "They opened 8 records more than a week ago, and did nothing with them since." in page()


def test_something_done_with_one_of_them_is_enough(db: None, time_is: Callable[..., None]) -> None:
    time_is(MONDAY)
    made = [looked() for _ in range(3)]
    cast.decide(made[0], Stage.IN_DISCUSSION)
    time_is(MONDAY + timedelta(days=8))
    assert "Nothing followed" not in page()


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
