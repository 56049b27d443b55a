"""A concern is passed on by whoever has it: from one's own request, from a received referral, from the page of somebody one helps."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from reachin.access.requests_for_assistance.enums import Concern
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestNote, RequestPerson
from reachin.families.information_sharing.enums import CircleRole, SpecialCondition
from reachin.families.information_sharing.models import Block, CircleEntry, SharingDecision
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.ids import new_id
from reachin.groundwork.permissions.enums import Permission, Role
from reachin.groundwork.permissions.rules import roles_with
from reachin.partnership.accounts.models import Account
from tests import cast

from .pages import NOT_FOUND, WRONG, go, post, words


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def people_of(made: RequestForAssistance) -> list[UUID]:
    rows = owned(RequestPerson).filter(request_for_assistance=made).order_by("place")
    return list(rows.values_list("alias__person_id", flat=True))


def concern(people: list[UUID], **told: Any) -> dict[str, Any]:
    return {
        "key": str(new_id()),
        "concern": "child_protection",
        "desk": str(cast.social_work().id),
        "people": [str(one) for one in people],
        "categories": ["contact", "story"],
        "special_condition": SpecialCondition.SAFEGUARDING,
        "why": "A bruise that nobody explains.",
        "views": "Tam would not say.",
        "informed": "told",
        "necessity": "They have to know who it is.",
        "basis": "vital_interests",
        **told,
    }


def see_what_was_passed_on(people: list[UUID], by: Account) -> None:
    decided = list(owned(SharingDecision).filter(controller=by.agency, agency=cast.social_work(), purpose="protection"))
    assert {one.person_id for one in decided} == set(people)
    assert {one.decided_by for one in decided} == {by.id}
    assert all(one.words("why") == f"{Concern.CHILD_PROTECTION.label}\nA bruise that nobody explains." for one in decided)
    entries = owned(CircleEntry).filter(decision__in=decided)
    assert set(entries.values_list("role", flat=True)) == {CircleRole.DUTY_DESK}
    for person in people:
        assert cast.may_open(cast.duty_worker(), "person", person, purpose="protection")


def helped() -> tuple[Client, RequestForAssistance, UUID]:
    """A charity that was asked to help, the request, and the person for whom."""
    made = cast.family_request()
    referral = cast.sent_referral(made)
    client = cast.signed_in(cast.support_worker())
    page = go(client, "referral", referral.id).content.decode()
    person = next(one for one in people_of(made) if reverse("practitioner:person", args=[one]) in page)
    return client, made, person


def test_who_sent_a_request_passes_a_concern_on_from_its_page_and_asks_nobody(db: None) -> None:
    made, client = cast.practitioner_request(), cast.signed_in(cast.teacher())
    cast.social_work()
    assert reverse("practitioner:request_concern", args=[made.id]) in go(client, "request", made.id).content.decode()
    assert "Pass a concern on" in words(go(client, "request_concern", made.id))
    data = concern(people_of(made))
    assert [post(client, "request_concern", made.id, data=data).status_code for _ in range(2)] == [302, 302]
    see_what_was_passed_on(people_of(made), cast.teacher())
    assert "The concern is passed on" in words(go(client, "request", made.id, done="concern"))
    assert owned(AuditEvent).filter(event="concern.passed_on", subject_id=made.id, user_id=cast.teacher().id).count() == 1
    after = owned(RequestForAssistance).get(id=made.id)
    assert (after.stage, after.version, after.holder_agency_id) == (made.stage, made.version, made.holder_agency_id)
    assert not owned(RequestNote).filter(request_for_assistance=made, kind="decision").exists()


def test_who_received_a_referral_passes_a_concern_on_about_each_person_of_it(db: None) -> None:
    made = cast.family_request()
    referral, client = cast.sent_referral(made), cast.signed_in(cast.support_worker())
    cast.social_work()
    page = go(client, "referral", referral.id).content.decode()
    led = [one for one in people_of(made) if reverse("practitioner:person_concern", args=[one]) in page]
    assert led, "the page of the referral leads there"
    for person in led:
        assert go(client, "person_concern", person).status_code == 200
        assert post(client, "person_concern", person, data=concern([person])).status_code == 302
    see_what_was_passed_on(led, cast.support_worker())


def test_from_a_persons_page_a_concern_is_passed_on(db: None) -> None:
    client, _made, person = helped()
    cast.social_work()
    assert reverse("practitioner:person_concern", args=[person]) in go(client, "person", person).content.decode()
    data = concern([person])
    assert [post(client, "person_concern", person, data=data).status_code for _ in range(2)] == [302, 302]
    see_what_was_passed_on([person], cast.support_worker())
    assert "The concern is passed on" in words(go(client, "person", person, done="concern"))


def test_nobody_passes_on_what_they_never_had(db: None) -> None:
    client, _made, person = helped()
    cast.social_work()
    offered = go(client, "person_concern", person).content.decode()
    assert 'value="health"' not in offered
    assert post(client, "person_concern", person, data=concern([person], categories=["health"])).status_code == WRONG
    assert not owned(SharingDecision).filter(controller=cast.charity(), purpose="protection").exists()


@pytest.mark.parametrize("left_out", ["why", "views", "necessity", "concern", "desk"])
def test_it_says_to_whom_and_why_and_keeps_what_was_typed(db: None, left_out: str) -> None:
    client, _made, person = helped()
    cast.social_work()
    page = post(client, "person_concern", person, data={**concern([person]), left_out: ""})
    assert page.status_code == WRONG
    if left_out != "why":
        assert "A bruise that nobody explains." in page.content.decode()


def test_a_desk_that_the_person_keeps_out_is_not_told_by_a_practitioner(db: None) -> None:
    client, made, person = helped()
    owned(Block).create(person_id=person, agency=cast.social_work(), said_at=made.received_at, said_by=made.id, said_as="self")
    page = post(client, "person_concern", person, data=concern([person], beats_block="on"))
    assert page.status_code == WRONG
    assert "only a hub or duty worker decides above it" in words(page)
    assert 'name="beats_block"' not in page.content.decode()
    assert not owned(SharingDecision).filter(agency=cast.social_work(), purpose="protection").exists()


def test_it_is_a_permission_of_its_own() -> None:
    assert roles_with(Permission.CONCERN_HAND_ON) == {Role.PRACTITIONER, Role.SUPPORT_WORKER, Role.HUB_WORKER, Role.DUTY_WORKER}


def test_others_find_no_such_page(db: None) -> None:
    _client, made, person = helped()
    sent = cast.practitioner_request()
    for who in (cast.stranger(), cast.desk_worker(), cast.health_visitor()):
        client = cast.signed_in(who)
        assert go(client, "person_concern", person).status_code == NOT_FOUND
        assert go(client, "request_concern", sent.id).status_code == NOT_FOUND
        assert post(client, "request_concern", made.id, data=concern(people_of(made))).status_code == NOT_FOUND
