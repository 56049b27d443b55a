"""That a home is a secret: who says it, who takes it back, what joining records does to it, and who reads the home all the same."""

from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db.utils import DatabaseError, IntegrityError

from reachin.access.referrals.enums import Shared
from reachin.access.referrals.models import Snapshot
from reachin.access.referrals.reading import shared_with
from reachin.access.requests_for_assistance import safety
from reachin.access.requests_for_assistance.actions import contact_of, tell_of_news, told_so_far
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.people.actions import NoReason, lift_protection, protect_home
from reachin.families.people.homes import Standing, standing_of
from reachin.families.people.models import Person, ProtectedHome
from reachin.groundwork.audited_access.context import acting, ask
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.notices.enums import MessageState
from reachin.groundwork.notices.models import Message
from tests import cast
from tests.families.record_linkage.two_records import merged, parted, record_of

HOME: dict[str, Any] = {"place": "PA34 4AA", "contact_way": "letter", "address": "4 Shore Row, PA34 4AA", "phone": None}


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def people_of(made: RequestForAssistance) -> list[UUID]:
    rows = owned(RequestPerson).filter(request_for_assistance=made).select_related("alias").order_by("place")
    return [row.alias.person_id for row in rows]


def in_force() -> set[UUID]:
    return set(owned(ProtectedHome).filter(lifted_at=None).values_list("person_id", flat=True))


def at_the_hub(made: RequestForAssistance) -> dict[str, Any]:
    with cast.opened(cast.hub_worker(), made, read_only=True):
        return told_so_far(made)


def test_asking_for_it_protects_everybody_of_the_request_and_no_area_is_kept(db: None) -> None:
    made = cast.family_request(home_is_secret="yes", **HOME)
    assert in_force() == set(people_of(made))
    assert set(owned(ProtectedHome).values_list("said_by", flat=True)) == {made.id}
    assert owned(RequestForAssistance).get().area_code == ""
    assert owned(AuditEvent).filter(event="home.protected").count() == 2


def test_what_is_not_asked_for_is_not_protected(db: None) -> None:
    cast.family_request(**HOME)
    assert in_force() == set()


def test_a_family_takes_back_what_it_said_and_not_what_a_worker_decided(db: None) -> None:
    made = cast.family_request(home_is_secret="yes", **HOME)
    with cast.opened(cast.hub_worker(), made) as now:
        safety.protect_home_of(made, by=cast.hub_worker(), now=now)
    with cast.as_family(made) as now:
        assert safety.keep_home_secret(made, is_secret=False, by=made.id, now=now)
    assert set(owned(ProtectedHome).filter(lifted_at=None).values_list("said_by", flat=True)) == {cast.hub_worker().id}
    assert at_the_hub(made)["home_is_secret"] == "yes"
    with cast.opened(cast.hub_worker(), made) as now:
        assert not safety.stop_protecting_home_of(made, why="She told Morag that he has left.", by=cast.hub_worker(), now=now)
    assert in_force() == set()
    assert at_the_hub(made)["home_is_secret"] == "no"
    assert {mark.why_lifted() for mark in owned(ProtectedHome).all()} == {"", "She told Morag that he has left."}


def test_what_a_desk_wrote_down_for_a_family_is_the_familys_own_to_take_back(db: None) -> None:
    made = cast.keyed_request(home_is_secret="yes", **HOME)
    assert in_force() == set(people_of(made))
    with cast.as_family(made) as now:
        assert not safety.keep_home_secret(made, is_secret=False, by=made.id, now=now)
    assert in_force() == set()


def test_nobody_lifts_it_without_a_reason_nor_where_the_request_is_not_theirs(db: None) -> None:
    made = cast.family_request(home_is_secret="yes", **HOME)
    with cast.opened(cast.hub_worker(), made) as now:
        with pytest.raises(NoReason):
            safety.stop_protecting_home_of(made, why=" ", by=cast.hub_worker(), now=now)
        with pytest.raises(PermissionDenied):
            safety.stop_protecting_home_of(made, why="I think so.", by=cast.duty_worker(), now=now)
    assert in_force() == set(people_of(made))


def test_the_database_keeps_a_reason_too(db: None) -> None:
    cast.family_request(home_is_secret="yes", **HOME)
    mark = owned(ProtectedHome).first()
    with pytest.raises(IntegrityError, match="home_lifted_by_who_said_it_or_for_a_reason"):
        owned(ProtectedHome).filter(id=mark.id).update(lifted_at=mark.said_at, lifted_by=cast.hub_worker().id)


def test_a_practitioner_who_helps_protects_and_does_not_lift(db: None) -> None:
    referral = cast.sent_referral(cast.family_request(**HOME))
    person = people_of(owned(RequestForAssistance).get(id=referral.request_for_assistance_id))[0]
    helper = cast.support_worker()
    with cast.opened_person(helper, person) as now:
        mark = protect_home(person, by=helper.id, now=now)
        assert protect_home(person, by=helper.id, now=now).id == mark.id
    assert in_force() == {person}
    with cast.opened(cast.hub_worker(), referral.request_for_assistance_id) as now:
        protect_home(person, by=cast.hub_worker().id, now=now)
    with cast.opened_person(helper, person) as now:
        assert lift_protection(person, by=helper.id, why="It is all right.", now=now) == 1
    assert set(owned(ProtectedHome).filter(lifted_at=None).values_list("said_by", flat=True)) == {cast.hub_worker().id}


def test_only_whoever_has_somebody_open_says_it_of_them(db: None) -> None:
    made = cast.family_request(**HOME)
    with acting(cast.stranger().actor()) as now, pytest.raises(DatabaseError, match="row-level security"):
        protect_home(people_of(made)[0], by=cast.stranger().id, now=now)
    with acting(cast.stranger().actor(), read_only=True):
        assert standing_of(people_of(made)) == Standing.SHUT, "of people who are not open nothing is told"
        assert standing_of([]) == Standing.SHUT
        assert not ProtectedHome.objects.exists()


def test_a_mark_on_one_record_protects_the_other_while_they_are_joined_and_never_longer_or_less(db: None) -> None:
    protected, other = cast.family_request(home_is_secret="yes", **HOME), cast.family_request(**HOME)
    assert at_the_hub(other).get("home_is_secret") != "yes"
    joined = merged(record_of(other), record_of(protected))
    assert at_the_hub(other)["home_is_secret"] == "yes"
    assert owned(ProtectedHome).count() == 2, "nothing is copied"
    parted(joined)
    assert at_the_hub(other).get("home_is_secret") != "yes"
    assert at_the_hub(protected)["home_is_secret"] == "yes"
    joined = merged(record_of(protected), record_of(other))
    with cast.as_family(other) as now:
        safety.keep_home_secret(other, is_secret=True, by=other.id, now=now)
    parted(joined)
    assert at_the_hub(other)["home_is_secret"] == "yes", "what was said while they were joined stays where it was said"


def test_joined_and_lifted_on_one_it_goes_on_by_the_other(db: None) -> None:
    one, other = cast.family_request(home_is_secret="yes", **HOME), cast.family_request(home_is_secret="yes", **HOME)
    merged(record_of(one), record_of(other))
    with cast.as_family(one) as now:
        assert safety.keep_home_secret(one, is_secret=False, by=one.id, now=now)
    assert at_the_hub(one)["home_is_secret"] == "yes"
    assert owned(RequestForAssistance).get(id=one.id).area_code == ""


def test_who_sent_it_and_who_looks_first_read_no_protected_home(db: None) -> None:
    made = cast.practitioner_request(**{**HOME, "home_is_secret": None})
    teacher = cast.teacher()
    with cast.opened(teacher, made, purpose="own_request", read_only=True):
        assert (told_so_far(made)["place"], told_so_far(made)["address"]) == (HOME["place"], HOME["address"])
    with cast.opened(cast.hub_worker(), made) as now:
        safety.protect_home_of(made, by=cast.hub_worker(), now=now)
    with cast.opened(teacher, made, purpose="own_request", read_only=True):
        told = told_so_far(made)
    assert "place" not in told
    assert "address" not in told
    assert told["home_is_secret"] == "yes", "that it is protected shows"
    assert at_the_hub(made)["place"] == HOME["place"], "the category of the circle entry opens it"


def test_what_was_shared_before_it_became_a_secret_shows_no_home_any_more(db: None) -> None:
    made = cast.family_request(**HOME)
    without = cast.sent_referral(made, shares=(Shared.STORY, Shared.CONTACT))
    with_place = cast.sent_referral(made, to=cast.service(cast.health()), shares=tuple(Shared))
    with cast.as_family(made) as now:
        safety.keep_home_secret(made, is_secret=True, by=made.id, now=now)
    with cast.opened_referral(cast.support_worker(), without, read_only=True):
        told = shared_with(Snapshot.objects.get())
        assert "4 Shore Row" in Snapshot.objects.get().told()["address"], "the copy itself stays as it was taken"
    assert ("address" in told, told["home_is_secret"]) == (False, "yes")
    with cast.opened_referral(cast.health_visitor(), with_place, read_only=True):
        told = shared_with(Snapshot.objects.get())
    assert told["place"] == HOME["place"], "whoever was given the category keeps it"


def test_no_message_carries_a_protected_address_and_a_person_takes_it_there(db: None) -> None:
    made = cast.family_request(home_is_secret="yes", **HOME)
    told = owned(Message).get(about_id=made.id, event="request.received")
    assert (told.way, told.state, told.unsealed()["address"]) == ("letter", MessageState.BY_HAND, "")
    plain = cast.family_request(**HOME)
    assert owned(Message).get(about_id=plain.id, event="request.received").unsealed()["address"] == HOME["address"]


def test_a_newer_way_on_a_joined_record_stops_machines_from_writing_to_the_older_one(db: None) -> None:
    older = cast.family_request(phone="07700 900111", safe_times="")
    newer = cast.family_request(phone="07700 900222", safe_times="")
    merged(record_of(older), record_of(newer))
    with cast.opened(cast.hub_worker(), older) as now:
        tell_of_news(older.id, event="referral.sent", now=now)
        tell_of_news(newer.id, event="referral.sent", now=now)
    states = dict(owned(Message).filter(event="referral.sent").values_list("about_id", "state"))
    assert states == {older.id: MessageState.BY_HAND, newer.id: MessageState.QUEUED}


def test_an_address_change_writes_to_no_old_address_of_any_joined_record(db: None) -> None:
    one, other = (cast.family_request(phone="07700 900111", safe_times="") for _ in range(2))
    merged(record_of(one), record_of(other))
    with cast.as_family(other) as now:
        safety.change_contact(other, {"phone": "07700 900333"}, by=other.id, now=now)
    waiting = owned(Message).filter(state=MessageState.QUEUED, is_for_staff=False)
    assert {(message.about_id, message.unsealed()["address"]) for message in waiting} == {(other.id, "07700 900333")}


def test_changing_the_way_of_contact_keeps_an_address_that_is_not_shown(db: None) -> None:
    made = cast.family_request(home_is_secret="yes", **HOME)
    with cast.as_family(made) as now:
        safety.change_contact(made, {"safe_times": "Never on Mondays"}, by=made.id, now=now)
    with cast.as_family(made, read_only=True):
        assert contact_of(people_of(made)[0])["address"] == HOME["address"]


def test_a_block_on_one_joined_record_works_for_both(db: None) -> None:
    one, other = cast.family_request(), cast.family_request()
    referral = cast.sent_referral(other)
    assert cast.may_open(cast.support_worker(), "referral", referral.id)
    joined = merged(record_of(one), record_of(other))
    with cast.as_family(one) as now:
        safety.keep_out(one, cast.charity(), by=one.id, now=now)
    assert not cast.may_open(cast.support_worker(), "referral", referral.id)
    parted(joined)
    assert cast.may_open(cast.support_worker(), "referral", referral.id)


def test_the_record_of_somebody_else_is_not_touched(db: None) -> None:
    made = cast.family_request(**HOME)
    with cast.opened(cast.hub_worker(), made):
        assert ask("select reachin.home_of(%s::uuid[], false)", [Person(id=one).id for one in people_of(made)]) == "unprotected"
