"""Sharing first on the screen: a short page, the record due, overdue to its writer and to guardians, and finished in words."""

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import reverse

from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.information_sharing.models import CircleEntry, SharingDecision
from reachin.groundwork.ids import new_id
from reachin.groundwork.permissions.enums import Role
from tests import cast
from tests.interfaces.guardian.room import guardian, words

WRONG, MISSING = 422, 404
WHY = "He is at her door and she has the child."
REST = {
    "views": "Rowan asked us to ring the police.",
    "informed": "told",
    "necessity": "Who she is.",
    "basis": "public_task",
    "special_condition": "",
    "criminal_condition": "",
}


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def person_of(made: RequestForAssistance) -> UUID:
    found: UUID = owned(RequestPerson).select_related("alias").get(request_for_assistance=made, is_contact=True).alias.person_id
    return found


def given(made: RequestForAssistance, **said: Any) -> dict[str, Any]:
    told = {
        "key": new_id(),
        "person": person_of(made),
        "agency": cast.social_work().id,
        "categories": ["contact"],
        "reason": WHY,
        "hours": 4,
    }
    return {**told, **said}


def shares(client: Client, made: RequestForAssistance, **said: Any) -> Any:
    return client.post(reverse("hub:circle_share_now", args=[made.id]), given(made, **said))


def shared(made: RequestForAssistance) -> SharingDecision:
    assert shares(cast.signed_in(cast.hub_worker()), made).status_code == 302
    found: SharingDecision = owned(SharingDecision).get(is_emergency=True)
    return found


def test_the_short_page_shares_at_once_and_leads_to_the_record(db: None) -> None:
    made, client = cast.family_request(), cast.signed_in(cast.hub_worker())
    assert reverse("hub:circle_share_now", args=[made.id]) in client.get(reverse("hub:circle", args=[made.id])).content.decode()
    assert "Share now, record after" in words(client.get(reverse("hub:circle_share_now", args=[made.id])))
    answer = shares(client, made)
    decided = owned(SharingDecision).get(is_emergency=True)
    assert answer["Location"] == reverse("practitioner:record", args=[decided.id]) + "?done=shared"
    told = words(client.get(answer["Location"]))
    for said in (WHY, "It is shared: they see it now.", "Record due by", cast.social_work().name):
        assert said in told
    assert cast.may_open(cast.duty_worker(), "person", decided.person_id, purpose="protection")


def test_the_same_form_again_shares_once(db: None) -> None:
    made, client, key = cast.family_request(), cast.signed_in(cast.hub_worker()), new_id()
    answers = [shares(client, made, key=key) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert owned(SharingDecision).filter(is_emergency=True).count() == 1


def test_what_is_missing_is_said_beside_its_field_and_what_was_typed_stays(db: None) -> None:
    made, client = cast.family_request(), cast.signed_in(cast.hub_worker())
    short = shares(client, made, reason="help!", categories=[])
    assert short.status_code == WRONG
    told = words(short, WRONG)
    assert "Write a few words" in told
    assert "Choose what they may see" in told
    assert "help!" in short.content.decode()
    assert not owned(SharingDecision).filter(is_emergency=True).exists()


def test_whom_they_keep_out_is_not_let_in_this_way_either(db: None) -> None:
    made = cast.family_request(blocked_agencies=[str(cast.social_work().id)])
    answer = shares(cast.signed_in(cast.hub_worker()), made)
    assert "must not see anything of them" in words(answer, WRONG)
    assert not owned(CircleEntry).filter(agency=cast.social_work()).exists()


def test_a_partner_with_the_person_open_shares_first_from_there(db: None) -> None:
    sent = cast.sent_referral(cast.family_request(people=[]))
    person = owned(RequestPerson).select_related("alias").get().alias.person_id
    client = cast.signed_in(cast.support_worker())
    assert "Share now, record after" in words(client.get(reverse("practitioner:person", args=[person])))
    told = given(sent.request_for_assistance, person=person)
    assert client.post(reverse("practitioner:person_share_now", args=[person]), told).status_code == 302
    assert owned(SharingDecision).get(is_emergency=True).controller_id == cast.charity().id


def test_it_shows_overdue_to_its_writer_and_to_guardians_until_it_is_written(db: None, time_is: Callable[[datetime], None]) -> None:
    decided = shared(cast.family_request())
    assert "record to finish after an emergency" in words(cast.signed_in(cast.hub_worker()).get(reverse("practitioner:start")))
    time_is(decided.decided_at + timedelta(hours=25))
    client, ours = cast.signed_in(cast.hub_worker()), cast.signed_in(guardian())
    assert "overdue" in words(client.get(reverse("practitioner:start")))
    assert "Record overdue" in words(client.get(reverse("practitioner:records")))
    assert "Record overdue" in words(ours.get(reverse("guardian:reviews")))
    assert "Not written yet, due by" in words(ours.get(reverse("guardian:review_decision", args=[decided.id])))
    assert client.post(reverse("practitioner:record", args=[decided.id]), REST).status_code == 302
    assert "There is nothing to finish." in words(client.get(reverse("practitioner:records")))
    assert "Record overdue" not in words(ours.get(reverse("guardian:reviews")))


def test_the_rest_of_the_seven_things_is_asked_and_nothing_typed_is_lost(db: None) -> None:
    decided, client = shared(cast.family_request()), cast.signed_in(cast.hub_worker())
    address = reverse("practitioner:record", args=[decided.id])
    answer = client.post(address, {**REST, "views": "", "informed": "not_told"})
    told = words(answer, WRONG)
    assert "Write whose views you heard" in told
    assert "Write why they were not told" in told
    assert "Who she is." in unescape(answer.content.decode())


def test_nobody_else_writes_it(db: None) -> None:
    decided = shared(cast.family_request())
    for other in (cast.second_hub_worker(), cast.duty_worker(), cast.account(Role.INFORMATION_GUARDIAN, cast.hub())):
        client = cast.signed_in(other)
        assert client.get(reverse("practitioner:record", args=[decided.id])).status_code == MISSING
        assert client.post(reverse("practitioner:record", args=[decided.id]), REST).status_code == MISSING


def test_it_is_found_right_only_once_it_is_written(db: None) -> None:
    decided, ours = shared(cast.family_request()), cast.signed_in(guardian())
    address = reverse("guardian:review_decision", args=[decided.id])
    right = {"outcome": "justified", "words": "It was right."}
    assert "once the record is finished" in words(ours.post(address, right), WRONG)
    cast.signed_in(cast.hub_worker()).post(reverse("practitioner:record", args=[decided.id]), REST)
    assert ours.post(address, right).status_code == 302
