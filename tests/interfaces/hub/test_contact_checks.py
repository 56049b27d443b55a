"""A way of contact says when it was last checked; one that nobody checked for long is neither sent by nor sent on until a worker did."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from reachin.access.directory.models import Service
from reachin.access.referrals.models import Referral, Snapshot
from reachin.access.requests_for_assistance import actions
from reachin.access.requests_for_assistance.models import RequestForAssistance
from reachin.families.people.models import ContactInstruction
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.clock import now
from reachin.groundwork.notices.enums import MessageState
from reachin.groundwork.notices.models import Message
from reachin.groundwork.notices.rules import CHECK_HOLDS, is_stale
from tests import cast

from .partnership import Partnership, family_asks, make_service, practitioner_asks, signed_in, words_of
from .test_referring import form_of, look, send

MINUTE = timedelta(minutes=1)
BY_EMAIL: dict[str, Any] = {"contact_way": "email", "email": "isla@example.com", "may_leave_message": "yes", "safe_times": ""}


def last_message(sent: RequestForAssistance) -> Message:
    found = Message.objects.using("owner").filter(about_id=sent.id, is_for_staff=False).order_by("queued_at", "id").last()
    assert found is not None
    return found


def asks(partnership: Partnership, sent: RequestForAssistance) -> Message:
    """The hub asks the family something, and what becomes of telling them."""
    with cast.opened(partnership.worker, sent) as moment:
        actions.ask_family(sent, by=partnership.worker, question="How are you?", now=moment)
    return last_message(sent)


def check(partnership: Partnership, sent: RequestForAssistance, **data: Any) -> Any:
    return signed_in(partnership.worker).post(f"/hub/requests/{sent.id}/contact/check/", data)


def instruction() -> ContactInstruction:
    return ContactInstruction.objects.using("owner").get(ended_at=None)


@pytest.mark.parametrize(("age", "is_old"), [(timedelta(0), False), (CHECK_HOLDS, False), (CHECK_HOLDS + MINUTE, True)])
def test_a_way_of_contact_holds_for_three_months(age: timedelta, *, is_old: bool) -> None:
    moment = datetime.fromisoformat("2026-11-22T12:00:00+00:00")
    assert is_stale(moment - age, now=moment) is is_old
    assert timedelta(days=80) < CHECK_HOLDS < timedelta(days=100)


def test_by_a_way_that_nobody_checked_for_long_no_machine_sends_until_a_worker_checked_it(
    partnership: Partnership, time_is: Callable[[datetime], None]
) -> None:
    sent = family_asks(**BY_EMAIL)
    assert last_message(sent).state == MessageState.QUEUED
    time_is(now() + CHECK_HOLDS + MINUTE)
    assert asks(partnership, sent).state == MessageState.BY_HAND
    assert check(partnership, sent, how="asked_them").status_code == 302
    assert asks(partnership, sent).state == MessageState.QUEUED
    kept = instruction()
    assert (kept.checked_by, kept.checked_at is not None) == (partnership.worker.id, True)
    [event] = AuditEvent.objects.using("owner").filter(event="contact.checked")
    assert (event.user_id, event.fields) == (partnership.worker.id, ["checked_at", "asked_them"])


def test_it_goes_to_no_service_until_a_worker_checked_it(partnership: Partnership, time_is: Callable[[datetime], None]) -> None:
    service, sent = _service(partnership), family_asks()
    time_is(now() + CHECK_HOLDS + MINUTE)
    data = form_of(look(partnership, sent), services=[str(service.id)])
    refused = send(partnership, sent, data)
    assert refused.status_code == 422
    assert "Nobody checked for three months how they may be reached." in words_of(refused.content.decode())
    assert not Referral.objects.using("owner").exists()
    assert check(partnership, sent, how="met_them").status_code == 302
    assert send(partnership, sent, form_of(look(partnership, sent), services=[str(service.id)])).status_code == 302
    assert Snapshot.objects.using("owner").get().told()["phone"]


def test_without_the_way_of_contact_help_is_asked_for_all_the_same(partnership: Partnership, time_is: Callable[[datetime], None]) -> None:
    service, sent = _service(partnership), family_asks()
    time_is(now() + CHECK_HOLDS + MINUTE)
    data = form_of(look(partnership, sent), services=[str(service.id)])
    assert send(partnership, sent, {**data, "shares": [one for one in data["shares"] if one != "contact"]}).status_code == 302
    assert "phone" not in Snapshot.objects.using("owner").get().told()


def test_the_page_says_when_it_was_told_and_checked_and_by_whom(partnership: Partnership, time_is: Callable[[datetime], None]) -> None:
    sent, client = practitioner_asks(partnership.teacher), signed_in(partnership.worker)
    request_page = words_of(client.get(f"/hub/requests/{sent.id}/").content.decode())
    assert "Last checked" in request_page
    assert "Not checked for a long time" not in request_page
    time_is(now() + CHECK_HOLDS + MINUTE)
    client = signed_in(partnership.worker)
    assert "Not checked for a long time" in words_of(client.get(f"/hub/requests/{sent.id}/").content.decode())
    page = words_of(client.get(f"/hub/requests/{sent.id}/contact/check/").content.decode())
    assert partnership.teacher.name in page
    assert "Not checked for a long time" in page
    assert check(partnership, sent).status_code == 422
    check(partnership, sent, how="trusted")
    assert partnership.worker.name in words_of(client.get(f"/hub/requests/{sent.id}/contact/check/").content.decode())
    assert "Not checked for a long time" not in words_of(client.get(f"/hub/requests/{sent.id}/").content.decode())


def test_whoever_does_not_hold_the_request_checks_nothing(partnership: Partnership) -> None:
    sent = family_asks(story="He hits me when he drinks")
    for who in (partnership.duty_worker, partnership.teacher, partnership.supporter):
        client = signed_in(who)
        assert client.get(f"/hub/requests/{sent.id}/contact/check/").status_code == 404
        assert client.post(f"/hub/requests/{sent.id}/contact/check/", {"how": "met_them"}).status_code == 404
    assert instruction().checked_at is None


def _service(partnership: Partnership) -> Service:
    return make_service("Home support", agency=partnership.charity, needs=["school", "feelings"], min_age=5, max_age=16)
