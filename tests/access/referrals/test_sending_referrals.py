"""A referral is sent once, whole, with what was chosen and no more, and never to whom the family keeps out."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from reachin.access.directory.models import Organisation, Service
from reachin.access.referrals import actions
from reachin.access.referrals.actions import AlreadyAsked, BlockedByFamily, NoSuchMove, Sending
from reachin.access.referrals.enums import ReferralState, Shared
from reachin.access.referrals.models import Referral, ReferralMove, ReferralPerson, Snapshot
from reachin.access.referrals.rules import NotHeard, heard_of
from reachin.access.requests_for_assistance import actions as requests
from reachin.access.requests_for_assistance.enums import Stage
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.information_sharing.enums import Informed
from reachin.families.information_sharing.models import CircleEntry
from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.ids import new_id
from reachin.groundwork.notices.models import Message
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.agencies.models import Agency
from tests import cast

STORY_AND_CONTACT = frozenset({Shared.STORY, Shared.CONTACT})


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def sending(service: Service | None = None, receiver: Agency | None = None, **told: Any) -> Sending:
    to = service or cast.service()
    fields: dict[str, Any] = {"key": new_id(), "service": to, "receiver": receiver or to.organisation.agency, "shares": STORY_AND_CONTACT}
    return Sending(**{**fields, **told})


def send(made: RequestForAssistance, *sendings: Sending, **also: Any) -> list[Referral]:
    worker = also.pop("by", None) or cast.hub_worker()
    with cast.opened(worker, made) as now:
        return actions.send(made, sendings, by=worker, now=now, **also)


def shared(referral: Referral) -> dict[str, Any]:
    with cast.opened_referral(cast.support_worker(), referral, read_only=True):
        return Snapshot.objects.get().told()


def test_a_referral_matches_the_request_and_says_who_was_asked_for_whom(db: None) -> None:
    made = cast.family_request()
    [referral] = send(made, sending(words="They would like Tuesdays."))
    assert (referral.state, referral.is_live, referral.receiver_agency, referral.sender_agency) == (
        "sent",
        True,
        cast.charity(),
        cast.hub(),
    )
    assert (referral.display_name, referral.people_count, referral.sent_by) == ("Rowan, Tam", 2, cast.hub_worker())
    held = owned(RequestForAssistance).get()
    assert (held.stage, held.waiting_for) == (Stage.MATCHED, "agency")
    assert shared(referral)["from_sender"] == "They would like Tuesdays."


@pytest.mark.asvs("15.3.1")
def test_only_the_chosen_parts_and_people_are_in_the_snapshot(db: None) -> None:
    made = cast.family_request(must_not_know="His sister", email="rowan@example.com")
    tam = owned(RequestPerson).get(relation="child").alias_id
    told = shared(send(made, sending(shares=frozenset({Shared.CONTACT}), people=frozenset({tam})))[0])
    assert [person["known_as"] for person in told["people"]] == ["Tam"]
    assert {code for code in told if code not in ("people", "shares", "from_sender")} == {
        "contact_way",
        "phone",
        "safe_times",
        "may_leave_message",
        "first_contact",
    }
    assert owned(ReferralPerson).get().alias_id == tam
    assert owned(CircleEntry).filter(agency=cast.charity()).count() == 1


def test_a_later_change_of_the_record_does_not_reach_what_was_shared(db: None) -> None:
    made, by = cast.practitioner_request(), cast.teacher()
    [referral] = send(made, sending(heard=cast.all_agree(made)))
    owned(RequestForAssistance).update(stage="returned", waiting_for="sender")
    with cast.opened(by, made, purpose="own_request") as now:
        requests.complete(made, {"story": "Another story"}, by=by, now=now)
    assert shared(referral)["story"] == cast.PRACTITIONER_ANSWERS["story"]


def test_the_same_sending_again_gives_what_it_made_the_first_time(db: None) -> None:
    made, one = cast.family_request(), sending()
    first, again = send(made, one), send(made, one, seen_version=1)
    assert [referral.id for referral in first] == [referral.id for referral in again]
    assert owned(Referral).count() == 1
    assert owned(Message).filter(event="referral.sent", is_for_staff=False).count() == 1


def test_sent_from_twelve_threads_at_once_it_is_one_referral(db: None) -> None:
    made, one = cast.family_request(), sending()
    cast.hub_worker()

    def attempt(_: int) -> UUID:
        try:
            return send(made, one, seen_version=made.version)[0].id
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        assert len(set(pool.map(attempt, range(12)))) == 1
    assert owned(Referral).count() == owned(ReferralMove).count() == 1


@pytest.mark.asvs("2.3.4")
def test_two_workers_who_refer_to_one_service_at_once_make_one_referral_and_the_other_is_told(db: None) -> None:
    made, service = cast.family_request(), cast.service()
    workers = [cast.hub_worker(), cast.second_hub_worker()]

    def attempt(worker: Any) -> str:
        try:
            send(made, sending(service), by=worker)
        except AlreadyAsked:
            return "told"
        else:
            return "sent"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, workers)) == ["sent", "told"]


def test_a_service_has_one_live_referral_of_a_request_and_after_its_end_another(db: None) -> None:
    made = cast.family_request()
    [referral] = send(made, sending())
    with pytest.raises(AlreadyAsked) as told:
        send(made, sending())
    assert told.value.referral.id == referral.id
    cast.answered(referral, ReferralState.DECLINED)
    assert send(made, sending())[0].id != referral.id


@pytest.mark.asvs("2.3.3")
def test_several_are_asked_at_once_or_none(db: None) -> None:
    other = cast.service(cast.other_charity(), "Another ear")
    assert len(send(cast.family_request(), sending(), sending(other))) == 2
    made = cast.family_request(blocked_agencies=[str(cast.other_charity().id)])
    worker = cast.hub_worker()
    with cast.opened(worker, made) as now, pytest.raises(BlockedByFamily):
        actions.send(made, [sending(), sending(other)], by=worker, now=now)
    assert owned(Referral).filter(request_for_assistance=made).count() == 0
    assert owned(RequestForAssistance).get(id=made.id).stage == Stage.READY_FOR_TRIAGE


def test_what_ended_is_not_referred_and_nothing_stays_behind(db: None) -> None:
    made, worker = cast.closed_request(), cast.hub_worker()
    with cast.opened(worker, made) as now, pytest.raises(requests.NoSuchMove):
        actions.send(made, [sending()], by=worker, now=now)
    assert not owned(Referral).exists()
    assert not owned(CircleEntry).filter(agency=cast.charity()).exists()
    assert not owned(Message).filter(event="referral.sent").exists()


def test_a_referral_for_one_person_respects_whom_the_others_keep_out(db: None, admin: Any) -> None:
    made = cast.family_request(blocked_agencies=[str(cast.charity().id)])
    tam = owned(RequestPerson).select_related("alias").get(relation="child").alias
    admin.execute("update information_sharing_block set lifted_at = now(), lifted_by = said_by where person_id = %s", [tam.person_id])
    with pytest.raises(BlockedByFamily):
        send(made, sending(people=frozenset({tam.id})))


def test_a_referral_is_for_somebody_in_the_request_and_shares_something(db: None) -> None:
    made = cast.family_request()
    for wrong in (sending(people=frozenset({new_id()})), sending(shares=frozenset())):
        with pytest.raises(NoSuchMove):
            send(made, wrong)
    assert not owned(Referral).exists()


def test_whoever_opened_the_page_before_a_change_is_told(db: None) -> None:
    made = cast.family_request()
    with pytest.raises(requests.ChangedMeanwhile):
        send(made, sending(), seen_version=made.version - 1)


def test_only_who_refers_where_it_is_held_refers(db: None) -> None:
    made = cast.danger_request()
    for other in (cast.duty_worker(), cast.account(Role.PRACTITIONER, cast.hub(), "Una Orr"), cast.support_worker()):
        with acting(other.actor()) as now, pytest.raises((PermissionDenied, RequestForAssistance.DoesNotExist)):
            actions.send(made, [sending()], by=other, now=now)
    assert not owned(Referral).exists()


def test_the_receiver_is_told_that_something_waits_and_not_what(db: None) -> None:
    receiver = cast.agency("harbour-families", name="Harbour Families", email="in@harbour-families.example")
    send(cast.family_request(), sending(cast.service(receiver)))
    told = owned(Message).get(event="referral.sent", is_for_staff=True).unsealed()
    assert told["address"] == "in@harbour-families.example"
    assert not any(secret in str(told) for secret in ("Rowan", "Tam", "tired", "07700"))


def test_where_nobody_signs_in_no_message_goes(db: None) -> None:
    receiver = cast.agency("knitting-circle", uses_reach_in=False, email="in@knitting.example")
    send(cast.family_request(), sending(cast.service(receiver, "Knitting")))
    assert not owned(Message).filter(is_for_staff=True).exists()


# What each of them said


def test_nobody_is_in_a_referral_whom_nobody_heard(db: None) -> None:
    made = cast.family_request(people=[{"known_as": "Tam", "age_years": 13, "relation": "child"}])
    tam = owned(RequestPerson).get(relation="child").alias_id
    with pytest.raises(NotHeard):
        send(made, sending())
    assert not owned(Referral).exists()
    send(made, sending(heard={tam: heard_of(Informed.REFUSED, "Not with that man there.")}))
    assert owned(Referral).get().display_name == "Rowan"
    assert tam not in owned(ReferralPerson).values_list("alias_id", flat=True)


# An organisation of the directory


def test_an_organisation_becomes_an_agency_once_and_masked_when_one_of_its_services_is(db: None) -> None:
    service = cast.service(cast.womens_aid(), "A safe place")
    owned(Organisation).update(agency=None)
    organisation, worker = owned(Organisation).get(), cast.hub_worker()
    with acting(worker.actor()) as now:
        made = actions.agency_for(organisation, by=worker, now=now)
    with acting(worker.actor()) as now:
        assert actions.agency_for(organisation, by=worker, now=now) == made
    assert (made.is_masked, made.uses_reach_in, made.name) == (service.is_masked, False, organisation.name)
    with acting(cast.teacher().actor()) as now, pytest.raises(PermissionDenied):
        actions.agency_for(organisation, by=cast.teacher(), now=now)


def test_twelve_threads_at_once_make_one_agency_of_an_organisation(db: None) -> None:
    cast.service()
    owned(Organisation).update(agency=None)
    organisation, worker = owned(Organisation).get(), cast.hub_worker()

    def attempt(_: int) -> UUID:
        try:
            with acting(worker.actor()) as now:
                return actions.agency_for(organisation, by=worker, now=now).id
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        assert len(set(pool.map(attempt, range(12)))) == 1
