"""Somebody is told that a complaint came in, again while it is late, and somebody can answer it wherever it came in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reachin.access.requests_for_assistance.models import RequestForAssistance
from reachin.families.information_requests import actions
from reachin.families.information_requests.enums import AskedFor, Face, State
from reachin.families.information_requests.models import InformationRequest
from reachin.groundwork.audited_access.context import acting, open_record
from reachin.groundwork.jobs.reminding import remind_of_everything
from reachin.groundwork.notices.models import Message
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from tests import cast
from tests.families.information_requests.asking import asked_by, guardian, opened, second_guardian


def told(event: str) -> list[str]:
    return sorted(str(one.unsealed()["address"]) for one in Message.objects.using("owner").filter(event=event, is_for_staff=True))


def complained(made: RequestForAssistance) -> InformationRequest:
    return asked_by(made, AskedFor.COMPLAINT, face=Face.SAD, words="He laughed at me.")


def of_social_work(name: str = "Una Gow") -> Account:
    return cast.account(Role.INFORMATION_GUARDIAN, cast.social_work(), name)


def at_social_work(kind: AskedFor = AskedFor.COMPLAINT) -> InformationRequest:
    """Something asked of what social work holds, as the database has it."""
    asked = asked_by(cast.family_request(), kind, words="He laughed at me.")
    InformationRequest.objects.using("owner").filter(id=asked.id).update(controller=cast.social_work())
    return InformationRequest.objects.using("owner").get(id=asked.id)


def test_every_guardian_who_answers_is_told_that_something_came(db: None) -> None:
    who = sorted({guardian().email, second_guardian().email})
    made = cast.family_request()
    complained(made)
    assert told("information.asked") == who
    complained(made)
    assert told("information.asked") == who, "the same again is the one that is there"


def test_nobody_is_told_anything_of_what_it_is(db: None) -> None:
    guardian()
    complained(cast.family_request())
    words = " ".join(str(one.unsealed()) for one in Message.objects.using("owner").filter(event="information.asked"))
    assert "laughed" not in words
    assert "Rowan" not in words


@pytest.mark.parametrize(("days", "event"), [(20, ""), (26, "information.due"), (31, "information.late")])
def test_what_is_due_soon_or_late_is_told_each_day(db: None, time_is: Any, days: int, event: str) -> None:
    both = sorted({guardian().email, second_guardian().email})
    complained(cast.family_request())
    time_is(datetime.now(UTC) + timedelta(days=days))
    remind_of_everything()
    assert told("information.due") + told("information.late") == (both if event else [])
    remind_of_everything()
    assert told(event) == sorted(both * 2 if event else [])


def test_what_is_answered_is_told_no_more(db: None, time_is: Any) -> None:
    asked, one, two = complained(cast.family_request()), guardian(), second_guardian()
    with opened(one, asked) as now:
        actions.prepare(asked, by=one, answer="We are sorry.", now=now)
    with opened(two, asked) as now:
        actions.release(asked, by=two, now=now)
    time_is(datetime.now(UTC) + timedelta(days=40))
    remind_of_everything()
    assert not told("information.late")


def test_what_is_late_elsewhere_is_told_to_the_hub_too(db: None, time_is: Any) -> None:
    guardian(), of_social_work(), of_social_work("Ewan Rae")
    at_social_work()
    time_is(datetime.now(UTC) + timedelta(days=40))
    remind_of_everything()
    assert set(told("information.late")) == {guardian().email, of_social_work().email, of_social_work("Ewan Rae").email}


def test_where_an_agency_has_no_two_guardians_those_of_the_hub_answer_the_complaint(db: None) -> None:
    alone, one = of_social_work(), guardian()
    asked = at_social_work()
    with opened(alone, asked) as now:
        actions.prepare(asked, by=alone, answer="We are sorry.", now=now)
        with pytest.raises(actions.NotTheSecondPerson):
            actions.release(asked, by=alone, now=now)
    with opened(one, asked) as now:
        assert actions.release(asked, by=one, now=now).state == State.RELEASED


def test_where_an_agency_has_two_guardians_the_hub_opens_nothing_of_it(db: None) -> None:
    of_social_work(), of_social_work("Ewan Rae")
    asked, one = at_social_work(), guardian()
    assert open_record(one.actor(), "information_request", asked.id, purpose="information_request") is None
    with acting(one.actor(), read_only=True):
        assert not InformationRequest.objects.filter(id=asked.id).exists()


@pytest.mark.parametrize("kind", [AskedFor.COPY, AskedFor.ERASURE])
def test_the_hub_stands_in_for_complaints_and_for_nothing_else(db: None, kind: AskedFor) -> None:
    asked = at_social_work(kind)
    assert open_record(guardian().actor(), "information_request", asked.id, purpose="information_request") is None


def test_a_guardian_of_another_agency_stands_in_for_nobody(db: None) -> None:
    asked = at_social_work()
    elsewhere = cast.account(Role.INFORMATION_GUARDIAN, cast.school(), "Effie Boyd")
    assert open_record(elsewhere.actor(), "information_request", asked.id, purpose="information_request") is None
