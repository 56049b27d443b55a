"""Looking first: a reason, hours, an alert, and one answer whether or not anything is there."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reachin.access.requests_for_assistance.models import RequestForAssistance
from reachin.families.information_sharing.models import EmergencyAccess
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.notices.models import Message
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from tests import cast

from .pages import NOT_FOUND, WRONG, go, location, post, words

WHY = "Police rang: he is on his way to her, and I have to know which school."
TOO_MANY = 429


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def guardian(of: Account) -> Account:
    return cast.account(Role.INFORMATION_GUARDIAN, of.agency, f"Guardian of {of.agency.slug}")


def looks(client: Client, reference: str, reason: str = WHY) -> Any:
    return post(client, "emergency", data={"reference": reference, "reason": reason})


def neutral(page: Any, *ids: object) -> str:
    """The page but for these ids and the time of day: the one page can be asked for in the minute after the other."""
    told = re.sub(r"\b\d{1,2}:\d{2}[ap]m", "TIME", page.content.decode())
    for one in ids:
        told = told.replace(str(one), "ID")
    return told


def opening_of(client: Client) -> str:
    """The address under which the newest emergency opens."""
    access = owned(EmergencyAccess).latest("starts_at")
    address = reverse("practitioner:in_emergency", args=[access.subject_id])
    assert address in go(client, "emergency").content.decode()
    return address


def test_a_reason_opens_the_request_for_eight_hours_and_says_who_looks_at_it_when(db: None, time_is: Callable[..., None]) -> None:
    made, client = cast.family_request(), cast.signed_in(cast.stranger())
    assert client.get(reverse("practitioner:in_emergency", args=[made.id])).status_code == NOT_FOUND
    assert location(looks(client, made.reference.lower().replace("-", " "))) == reverse("practitioner:emergency") + "?done=kept"
    address = opening_of(client)
    told = words(client.get(address))
    for said in ("Opened in an emergency", "You can read this until", "look at it by", WHY, "Tam will not sleep", "07700 900123"):
        assert said in told
    assert "<form" not in client.get(address).content.decode().split('id="main-content"')[1]
    time_is(made.received_at + timedelta(hours=9))
    assert client.get(address).status_code == NOT_FOUND


def test_only_who_said_why_reads_it(db: None) -> None:
    made, client = cast.family_request(), cast.signed_in(cast.stranger())
    looks(client, made.reference)
    colleague = cast.account(Role.SUPPORT_WORKER, cast.other_charity(), "Una Reid")
    for who in (colleague, cast.teacher(), guardian(cast.stranger())):
        assert cast.signed_in(who).get(reverse("practitioner:in_emergency", args=[made.id])).status_code == NOT_FOUND


def test_guardians_are_alerted_neutrally_and_without_one_the_agency_itself(db: None) -> None:
    made = cast.family_request()
    told = guardian(cast.stranger())
    looks(cast.signed_in(cast.stranger()), made.reference)
    message = owned(Message).get(event="emergency.begun").unsealed()
    assert message["address"] == told.email
    assert not any(word in message["subject"] + message["words"] for word in ("Rowan", "Tam", made.reference, "emergency", "Police"))
    looks(cast.signed_in(cast.duty_worker()), made.reference)
    assert owned(Message).filter(event="emergency.begun").latest("queued_at").unsealed()["address"] == cast.social_work().email


def blocked_request() -> RequestForAssistance:
    return cast.family_request(blocked_agencies=[str(cast.other_charity().id)])


def test_an_unknown_and_a_blocked_reference_are_answered_kept_and_alerted_alike(db: None) -> None:
    guardian(cast.stranger())
    answers, pages, shown = [], [], []
    for reference in (blocked_request().reference, "K7QF-3MPX-9CRV"):
        owned(EmergencyAccess).delete()
        client = cast.signed_in(cast.stranger())
        answers.append(location(looks(client, reference)))
        subject = owned(EmergencyAccess).get().subject_id
        shown.append(words(go(client, "emergency")).split("Begun by you")[1].split("until")[1][20:])
        pages.append(neutral(client.get(opening_of(client)), subject))
        assert client.get(opening_of(client)).status_code == NOT_FOUND
        assert owned(AuditEvent).filter(event="emergency.begun", subject_id=subject).count() == 1
    assert answers[0] == answers[1]
    assert pages[0] == pages[1]
    assert shown[0] == shown[1]
    assert owned(Message).filter(event="emergency.begun").count() == 2


def test_without_a_reason_or_a_whole_reference_nothing_is_begun_and_nothing_typed_is_lost(db: None) -> None:
    client = cast.signed_in(cast.stranger())
    page = looks(client, "K7QF", "He is at the door.")
    assert page.status_code == WRONG
    assert "He is at the door." in page.content.decode()
    assert "A reference has twelve letters and numbers" in words(page)
    assert "Write why you have to look now" in words(looks(client, "K7QF-3MPX-9CRV", " "))
    too_short = looks(client, "K7QF-3MPX-9CRV", "help!")
    assert "Write a few words" in words(too_short)
    for typed in ("help!", "K7QF-3MPX-9CRV"):
        assert typed in too_short.content.decode()
    assert not owned(EmergencyAccess).exists()


def test_tries_are_braked_by_account(db: None) -> None:
    client = cast.signed_in(cast.stranger())
    statuses = [looks(client, f"K7QF-3MPX-9C{letter}V").status_code for letter in "23456789CFGH"]
    assert statuses == [302] * 10 + [TOO_MANY] * 2
    assert "ring the duty desk" in words(looks(client, "K7QF-3MPX-9CRV"))
    assert owned(EmergencyAccess).count() == 10
    assert looks(cast.signed_in(cast.support_worker()), "K7QF-3MPX-9CRV").status_code == 302


@pytest.mark.parametrize(
    "role", [Role.DESK_WORKER, Role.SERVICE_MANAGER, Role.INFORMATION_GUARDIAN, Role.ADMINISTRATOR, Role.STRATEGIC_LEAD]
)
def test_it_is_for_those_who_help(db: None, role: Role) -> None:
    client = cast.signed_in(cast.account(role, cast.charity()))
    assert go(client, "emergency").status_code == NOT_FOUND
    assert looks(client, "K7QF-3MPX-9CRV").status_code == NOT_FOUND


def test_the_start_page_leads_there(db: None) -> None:
    assert reverse("practitioner:emergency") in go(cast.signed_in(cast.stranger()), "start").content.decode()
    assert reverse("practitioner:emergency") not in go(cast.signed_in(cast.desk_worker()), "start").content.decode()
