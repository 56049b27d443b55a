"""What a family changes about their own safety after sending."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError

from reachin.access.referrals.models import Referral
from reachin.access.requests_for_assistance import safety
from reachin.access.requests_for_assistance.enums import AskedBy
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestNote, RequestPerson, SafetyTold
from reachin.families.information_sharing.actions import CannotBeEnded, block
from reachin.families.information_sharing.enums import SaidAs
from reachin.families.information_sharing.models import Block, CircleEntry
from reachin.families.people.models import ContactInstruction, PersonDetails
from reachin.groundwork.audited_access.context import Actor, acting, open_record
from reachin.groundwork.notices.enums import MessageState
from reachin.groundwork.notices.models import Message
from reachin.groundwork.permissions.enums import Role
from tests import cast


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def people_of(made: RequestForAssistance) -> list[UUID]:
    """The asker first."""
    rows = owned(RequestPerson).filter(request_for_assistance=made).select_related("alias").order_by("-is_contact", "place")
    return [row.alias.person_id for row in rows]


def notes(made: RequestForAssistance) -> list[str]:
    return [note.words() for note in owned(RequestNote).filter(request_for_assistance=made, written_by=made.id)]


def own_page(made: RequestForAssistance) -> Any:
    actor = Actor.family(made.id)
    return acting(actor, opening=open_record(actor, "own_person", made.id, purpose="own_page"))


def test_a_new_way_ends_the_old_one_and_touches_nobody_else(db: None) -> None:
    made = cast.family_request()
    with cast.as_family(made) as now:
        safety.change_contact(made, {"contact_way": "email", "email": "new@post.example"}, by=made.id, now=now)
    in_force = owned(ContactInstruction).filter(ended_at=None)
    assert [one.person_id for one in in_force] == people_of(made)[:1]
    told = in_force.get().told()
    assert (told["contact_way"], told["email"], told["safe_times"]) == ("email", "new@post.example", "School hours")
    assert owned(ContactInstruction).exclude(ended_at=None).get().ended_by == made.id
    assert notes(made) == ["They changed how they may be reached. Please look before you are in touch."]


def test_nothing_goes_to_the_old_address_and_what_was_still_to_be_told_goes_to_the_new_one(db: None) -> None:
    referral = cast.sent_referral()
    made = owned(RequestForAssistance).get(id=referral.request_for_assistance_id)
    with cast.as_family(made) as now:
        told = {"contact_way": "email", "email": "new@post.example", "may_leave_message": "yes", "safe_times": ""}
        safety.change_contact(made, told, by=made.id, now=now)
    waiting = owned(Message).filter(state=MessageState.QUEUED)
    to_family = [message.unsealed()["address"] for message in waiting if "@" not in message.unsealed()["address"]]
    assert to_family == []
    assert "new@post.example" in {message.unsealed()["address"] for message in waiting}


def test_where_somebody_lives_becomes_secret_and_stops_being_it(db: None) -> None:
    made = cast.family_request(must_not_know="His cousin")
    with cast.as_family(made) as now:
        safety.keep_home_secret(made, is_secret=True, by=made.id, now=now)
        safety.keep_home_secret(made, is_secret=True, by=made.id, now=now)
    kept = owned(SafetyTold).get().answers()
    assert (kept["home_is_secret"], kept["must_not_know"]) == ("yes", "His cousin")
    with cast.as_family(made) as now:
        safety.keep_home_secret(made, is_secret=False, by=made.id, now=now)
    assert owned(SafetyTold).get().answers()["home_is_secret"] == "no"
    assert len(notes(made)) == 2


def test_a_home_becomes_secret_where_nothing_about_safety_was_told(db: None) -> None:
    made = cast.family_request(in_danger=None)
    owned(SafetyTold).all().delete()
    with cast.as_family(made) as now:
        safety.keep_home_secret(made, is_secret=True, by=made.id, now=now)
    assert owned(SafetyTold).get().answers() == {"home_is_secret": "yes"}


def test_an_agency_that_is_kept_out_can_open_nothing_at_once_and_the_hub_is_told(db: None) -> None:
    referral = cast.sent_referral()
    made = owned(RequestForAssistance).get(id=referral.request_for_assistance_id)
    assert cast.may_open(cast.support_worker(), "referral", referral.id)
    with cast.as_family(made) as now:
        safety.keep_out(made, cast.charity(), by=made.id, now=now)
        safety.keep_out(made, cast.charity(), by=made.id, now=now)
    assert not cast.may_open(cast.support_worker(), "referral", referral.id)
    assert not any(cast.may_open(cast.support_worker(), "person", person) for person in people_of(made))
    assert set(owned(Block).values_list("person_id", flat=True)) == set(people_of(made))
    assert len(notes(made)) == 1
    assert "Harbour Families" in notes(made)[0]
    assert "That is shut" in notes(made)[0]
    assert owned(Referral).get().is_live, "what becomes of the referral is agreed with the family"


WITH_OTHERS: dict[str, Any] = {
    "people": [
        {"known_as": "Tam", "age_years": 6, "relation": "child"},
        {"known_as": "Skye", "age_years": 16, "relation": "child"},
        {"known_as": "Morven", "relation": "parent"},
    ]
}
TO_ASK = "Whoever asked does not want Portlennan Primary to see anything of them. It does not count for Skye, Morven: ask them themselves."


def said_as(made: RequestForAssistance) -> dict[str, str]:
    facts = {one.person_id: one.facts().known_as for one in owned(PersonDetails).all()}
    return {facts[one.person_id]: one.said_as for one in owned(Block).all()}


def test_what_somebody_says_counts_for_them_and_their_small_children_and_of_the_others_the_hub_is_told_to_ask(db: None) -> None:
    made = cast.family_request(**WITH_OTHERS)
    with cast.as_family(made) as now:
        safety.keep_out(made, cast.school(), by=made.id, now=now)
    assert said_as(made) == {"Rowan": "self", "Tam": "parent"}
    assert notes(made) == ["They do not want Portlennan Primary to see anything.", TO_ASK]


def test_so_does_what_they_say_when_they_ask(db: None) -> None:
    made = cast.family_request(blocked_agencies=[str(cast.school().id)], **WITH_OTHERS)
    assert said_as(made) == {"Rowan": "self", "Tam": "parent"}
    assert notes(made) == [TO_ASK]


def test_a_relative_speaks_for_themselves_alone_and_a_practitioner_protects_all(db: None) -> None:
    named: list[dict[str, Any]] = [{"known_as": "Tam", "age_years": 6, "relation": "child"}]
    made = cast.family_request(asked_by=AskedBy.RELATIVE, people=named, blocked_agencies=[str(cast.school().id)])
    assert said_as(made) == {"Rowan": "self"}
    owned(Block).all().delete()
    named.append({"known_as": "Morven", "relation": "parent"})
    made = cast.practitioner_request(people=named, blocked_agencies=[str(cast.charity().id)])
    assert said_as(made) == {"Tam": "worker", "Morven": "worker"}


def test_by_the_database_a_family_says_no_block_as_a_worker_and_nobody_one_for_another(db: None) -> None:
    made = cast.family_request()
    for said in (SaidAs.WORKER, SaidAs.OTHER):
        with pytest.raises(ProgrammingError, match="row-level security"), cast.as_family(made) as now:
            block(people_of(made)[0], cast.school(), by=made.id, now=now, said_as=said)
    with pytest.raises(ProgrammingError, match="row-level security"), cast.opened(cast.hub_worker(), made) as now:
        block(people_of(made)[0], cast.school(), by=cast.hub_worker().id, now=now, said_as=SaidAs.OTHER)


def test_two_say_the_same_and_each_takes_back_their_own(db: None) -> None:
    made, worker = cast.family_request(), cast.hub_worker()
    with cast.opened(worker, made) as now:
        block(people_of(made)[0], cast.charity(), by=worker.id, now=now)
    with cast.as_family(made) as now:
        assert len(safety.keep_out(made, cast.charity(), by=made.id, now=now)) == 2
        assert len(safety.let_in_again(made, cast.charity(), by=made.id, now=now)) == 2
    assert owned(Block).filter(lifted_at=None).count() == 1


def test_an_agency_that_had_nothing_is_kept_out_too(db: None) -> None:
    made = cast.family_request()
    with cast.as_family(made) as now:
        safety.keep_out(made, cast.school(), by=made.id, now=now)
    assert notes(made) == ["They do not want Portlennan Primary to see anything."]


def test_a_note_names_no_masked_agency_for_notes_are_printed_and_copied(db: None) -> None:
    made, aid = cast.family_request(), cast.womens_aid()
    with cast.as_family(made) as now:
        safety.keep_out(made, aid, by=made.id, now=now)
        safety.let_in_again(made, aid, by=made.id, now=now)
    assert notes(made) == [
        "They do not want A support service to see anything.",
        "They took back that A support service must not see anything.",
    ]


def test_the_agency_that_holds_the_request_is_not_kept_out_of_it(db: None) -> None:
    made = cast.family_request()
    with cast.as_family(made) as now, pytest.raises(safety.CannotBeKeptOut):
        safety.keep_out(made, cast.hub(), by=made.id, now=now)
    assert not owned(Block).exists()


def test_where_the_hub_itself_must_not_see_another_door_takes_the_request_on(db: None) -> None:
    cast.duty_worker()
    for made in (cast.family_request(**WITH_OTHERS), cast.keyed_request(**WITH_OTHERS)):
        with cast.as_family(made) as now:
            assert [door.id for door in safety.doors_instead(made)] == [cast.social_work().id]
            safety.keep_out_the_door(made, cast.social_work(), by=made.id, now=now)
        assert owned(RequestForAssistance).get(id=made.id).holder_agency_id == cast.social_work().id
        assert not cast.may_open(cast.hub_worker(), "request", made.id)
        assert not any(cast.may_open(cast.hub_worker(), "person", one, purpose="front_door") for one in people_of(made))
        assert cast.may_open(cast.duty_worker(), "request", made.id)
        with acting(cast.hub_worker().actor(), read_only=True):
            assert not RequestForAssistance.objects.filter(id=made.id).exists(), "not even a card is left in its queue"
        assert notes(made)[0].startswith("They do not want Strathlennan Family Hub to see anything.")


def test_a_door_that_is_kept_out_or_where_nobody_works_takes_nothing_on(db: None) -> None:
    made = cast.family_request(blocked_agencies=[str(cast.social_work().id)])
    cast.duty_worker()
    for wrong in (cast.social_work(), cast.charity(), cast.hub()):
        with cast.as_family(made) as now, pytest.raises(safety.CannotBeKeptOut):
            safety.keep_out_the_door(made, wrong, by=made.id, now=now)
    assert owned(RequestForAssistance).get(id=made.id).holder_agency_id == cast.hub().id


def test_help_that_was_asked_for_goes_on_and_the_new_door_follows_it(db: None) -> None:
    referral = cast.sent_referral()
    made, desk = owned(RequestForAssistance).get(id=referral.request_for_assistance_id), cast.duty_worker()
    with cast.as_family(made) as now:
        safety.keep_out_the_door(made, cast.social_work(), by=made.id, now=now)
    assert cast.may_open(cast.support_worker(), "referral", referral.id)
    with cast.opened(desk, made, read_only=True):
        assert Referral.objects.get().id == referral.id
    assert not cast.may_open(cast.hub_worker(), "referral", referral.id, purpose="front_door")


def test_taking_it_back_lets_in_again_but_not_above_what_somebody_else_said(db: None) -> None:
    referral = cast.sent_referral()
    made = owned(RequestForAssistance).get(id=referral.request_for_assistance_id)
    with cast.as_family(made) as now:
        safety.keep_out(made, cast.charity(), by=made.id, now=now)
        assert len(safety.let_in_again(made, cast.charity(), by=made.id, now=now)) == 2
        assert safety.let_in_again(made, cast.charity(), by=made.id, now=now) == []
    assert cast.may_open(cast.support_worker(), "referral", referral.id)
    with cast.opened(cast.hub_worker(), made) as now:
        block(people_of(made)[1], cast.charity(), by=cast.hub_worker().id, now=now)
    with cast.as_family(made) as now:
        assert safety.let_in_again(made, cast.charity(), by=made.id, now=now) == []
    assert not cast.may_open(cast.support_worker(), "referral", referral.id)


def test_a_person_ends_what_they_agreed_to_and_the_hub_reads_of_it_once(db: None) -> None:
    referral = cast.sent_referral()
    made = owned(RequestForAssistance).get(id=referral.request_for_assistance_id)
    own = people_of(made)[0]
    shared = owned(CircleEntry).get(person_id=own, agency=cast.charity())
    at_the_hub = owned(CircleEntry).get(person_id=own, agency=cast.hub())
    owned(CircleEntry).filter(id=shared.id).update(basis="consent")
    owned(Referral).update(state="not_needed", is_live=False)
    for _twice in range(2):
        with own_page(made) as now:
            safety.stop_sharing(made, shared.id, by=made.id, now=now)
    with own_page(made) as now, pytest.raises(CannotBeEnded):
        safety.stop_sharing(made, at_the_hub.id, by=made.id, now=now)
    assert not cast.may_open(cast.support_worker(), "person", own)
    assert notes(made) == ["They ended what they had agreed to share with Harbour Families."]


def test_somebody_puts_right_their_own_name_and_the_card_has_it(db: None) -> None:
    made = cast.family_request()
    own, child = people_of(made)
    with cast.as_family(made) as now:
        safety.correct_own_facts(made, known_as="Rowena", age_years=31, by=made.id, now=now)
    facts = {row.person_id: row.facts() for row in owned(PersonDetails).all()}
    assert (facts[own].known_as, facts[own].age_years, facts[child].known_as) == ("Rowena", 31, "Tam")
    assert owned(RequestForAssistance).get(id=made.id).display_name == "Rowena, Tam"


def test_nobody_but_whoever_asked_for_themselves_does_any_of_it(db: None) -> None:
    made, by_teacher = cast.family_request(), cast.practitioner_request()
    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        for by in (worker.id, made.id):
            with pytest.raises(PermissionDenied):
                safety.change_contact(made, {}, by=by, now=now)
            with pytest.raises(PermissionDenied):
                safety.keep_out(made, cast.school(), by=by, now=now)
    with cast.as_family(by_teacher) as now:
        with pytest.raises(PermissionDenied):
            safety.change_contact(by_teacher, {}, by=by_teacher.id, now=now)
        with pytest.raises(PermissionDenied):
            safety.keep_home_secret(by_teacher, is_secret=True, by=by_teacher.id, now=now)
        with pytest.raises(PermissionDenied):
            safety.let_in_again(by_teacher, cast.school(), by=by_teacher.id, now=now)


def test_news_of_ones_own_goes_to_whoever_asked_and_to_nobody_else(db: None, time_is: Callable[..., None]) -> None:
    made = cast.family_request()
    guardian = cast.account(Role.INFORMATION_GUARDIAN, cast.hub())
    with acting(guardian.actor()) as now:
        told = safety.tell_asker(made.id, people_of(made)[0], event="information.released", now=now + timedelta(0))
    assert told is not None
    assert owned(Message).get(id=told.id).unsealed()["address"] == "07700 900123"
    silent = cast.family_request(contact_way="come_back")
    with acting(guardian.actor()) as now:
        assert safety.tell_asker(UUID(int=7), people_of(made)[0], event="information.released", now=now) is not None
        assert safety.tell_asker(UUID(int=7), people_of(made)[1], event="information.released", now=now) is None
        assert safety.tell_asker(silent.id, people_of(silent)[0], event="information.released", now=now) is None
