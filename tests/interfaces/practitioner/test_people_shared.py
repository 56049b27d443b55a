"""People whom others shared with us: a list without names, a page each by their own circle, and partners added from there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.information_sharing.actions import CannotBeDecided, block, decide_sharing
from reachin.families.information_sharing.enums import Basis, Category, Decision, Informed, Purpose
from reachin.families.information_sharing.models import Block, CircleEntry, SharingDecision
from reachin.families.information_sharing.rules import SevenThings
from reachin.groundwork.ids import new_id
from reachin.groundwork.notices.models import Message
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency
from tests import cast

from .pages import NOT_FOUND, WRONG, go, post, words

SEVEN = SevenThings(
    decision=Decision.SHARE,
    purpose=Purpose.SUPPORT,
    categories=(Category.CONTACT, Category.STORY),
    why="Sleep comes first.",
    views="Rowan asked for it.",
    necessity="A name.",
    informed=Informed.AGREED,
    basis=Basis.CONSENT,
)
PROTECT = replace(
    SEVEN, purpose=Purpose.PROTECTION, informed=Informed.NOT_TOLD, not_told_why="He reads her post.", basis=Basis.LEGAL_OBLIGATION
)

GIVEN = {
    "agreement": "none",
    "decision": "share",
    "purpose": "support",
    "categories": ["contact"],
    "why": "The teacher can help.",
    "views": "Rowan agreed.",
    "informed": "agreed",
    "necessity": "A name.",
    "basis": "consent",
    "role": "service",
}


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def somebody() -> tuple[RequestForAssistance, UUID]:
    made = cast.family_request(people=None)
    return made, owned(RequestPerson).select_related("alias").get(request_for_assistance=made).alias.person_id


def shared(made: RequestForAssistance, person: UUID, agency: Agency, things: SevenThings = SEVEN, **more: Any) -> None:
    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        decide_sharing(person, agency, things, by=worker, now=now, **more)


def signed_in(who: Account | None = None) -> Client:
    return cast.signed_in(who or cast.support_worker())


def test_the_list_says_for_what_since_when_and_by_whom_and_names_nobody(db: None) -> None:
    made, person = somebody()
    assert "Nobody has been shared with you" in words(go(signed_in(), "people"))
    shared(made, person, cast.charity())
    page = go(signed_in(), "people")
    assert reverse("practitioner:person", args=[person]) in page.content.decode()
    for said in ("To give help", "What is going on", "Strathlennan Family Hub"):
        assert said in words(page)
    assert "Rowan" not in words(page)


def test_the_list_shows_what_counts_now_and_nothing_of_anybody_else(db: None, time_is: Callable[..., None]) -> None:
    made, person = somebody()
    shared(made, person, cast.charity(), until=made.received_at + timedelta(days=3))
    address = reverse("practitioner:person", args=[person])
    assert address in go(signed_in(), "people").content.decode()
    assert address not in go(signed_in(cast.stranger()), "people").content.decode()
    with cast.opened(cast.hub_worker(), made) as now:
        block(person, cast.charity(), by=cast.hub_worker().id, now=now)
    assert address not in go(signed_in(), "people").content.decode()
    owned(Block).update(lifted_at=F("said_at"), lifted_by=F("said_by"))
    assert address in go(signed_in(), "people").content.decode()
    time_is(made.received_at + timedelta(days=4))
    assert address not in go(signed_in(), "people").content.decode()


def test_what_was_shared_with_one_practitioner_is_on_nobody_elses_list(db: None) -> None:
    made, person = somebody()
    shared(made, person, cast.charity(), account=cast.support_worker())
    colleague = cast.account(Role.SUPPORT_WORKER, cast.charity(), "Una Reid")
    address = reverse("practitioner:person", args=[person])
    assert address in go(signed_in(), "people").content.decode()
    assert address not in go(signed_in(colleague), "people").content.decode()
    assert go(signed_in(colleague), "person", person).status_code == NOT_FOUND


def test_the_page_shows_the_name_and_the_circle(db: None) -> None:
    made, person = somebody()
    shared(made, person, cast.charity())
    shared(made, person, cast.school(), replace(SEVEN, why="The school should know."))
    told = words(go(signed_in(), "person", person))
    for said in ("Rowan", "Harbour Families", "Portlennan Primary", "Sleep comes first."):
        assert said in told
    assert "The school should know." not in told
    assert "The reasons are kept by those who decided." in told


def test_without_names_shared_there_is_no_name_and_nobody_to_decide_about(db: None) -> None:
    made, person = somebody()
    shared(made, person, cast.charity(), replace(SEVEN, categories=(Category.STORY,)))
    told = words(go(signed_in(), "person", person))
    assert "Somebody whose name was not shared with you" in told
    assert "Rowan" not in told
    assert go(signed_in(), "person_add", person).status_code == NOT_FOUND


@pytest.mark.parametrize("who", [cast.stranger, cast.teacher, cast.health_visitor, cast.desk_worker])
def test_somebody_who_was_not_shared_with_them_is_not_there(db: None, who: Callable[[], Account]) -> None:
    made, person = somebody()
    shared(made, person, cast.charity())
    client = signed_in(who())
    foreign, missing = go(client, "person", person), go(client, "person", new_id())
    assert (foreign.status_code, foreign.content) == (missing.status_code, missing.content) == (NOT_FOUND, missing.content)
    assert go(client, "person_add", person).status_code == NOT_FOUND


def test_a_page_to_protect_somebody_is_for_whoever_was_asked_to(db: None) -> None:
    made, person = somebody()
    shared(made, person, cast.social_work(), PROTECT)
    duty = signed_in(cast.duty_worker())
    assert reverse("practitioner:person_to_protect", args=[person]) in go(duty, "people").content.decode()
    assert "Rowan" in words(go(duty, "person_to_protect", person))
    assert go(duty, "person", person).status_code == NOT_FOUND
    shared(made, person, cast.charity())
    assert go(signed_in(), "person_to_protect", person).status_code == NOT_FOUND
    assert cast.social_work().name not in words(go(signed_in(), "person", person))


def test_a_masked_agency_in_the_circle_is_not_named(db: None) -> None:
    made, person = somebody()
    shared(made, person, cast.charity())
    shared(made, person, cast.womens_aid())
    page = go(signed_in(), "person", person)
    assert "Women" not in page.content.decode()
    assert "A support service" in words(page)
    own = cast.account(Role.SUPPORT_WORKER, cast.womens_aid(), "Leah Grant")
    assert "Women" in words(go(signed_in(own), "person", person))


def test_a_partner_is_added_from_here_and_the_same_form_again_adds_none(db: None) -> None:
    made, person = somebody()
    shared(made, person, cast.charity())
    client = signed_in()
    assert go(client, "person_add", person, person=str(person), agency=str(cast.school().id)).status_code == 200
    data = {**GIVEN, "key": str(new_id()), "person": str(person), "agency": str(cast.school().id)}
    assert post(client, "person_add", person, data={**data, "basis": "public_task", "informed": "told"}).status_code == WRONG
    assert [post(client, "person_add", person, data=data).status_code for _ in range(2)] == [302, 302]
    kept = owned(SharingDecision).get(controller=cast.charity())
    assert (kept.agency, kept.words("why")) == (cast.school(), "The teacher can help.")
    entry = owned(CircleEntry).get(agency=cast.school())
    assert post(client, "person_end", person, entry.id).status_code == 302
    assert owned(CircleEntry).get(id=entry.id).ended_at is not None


def test_from_the_page_it_is_shared_with_one_person_there_and_only_they_are_told(db: None) -> None:
    made, person = somebody()
    shared(made, person, cast.charity())
    client, teacher, colleague = signed_in(), cast.teacher(), cast.account(Role.PRACTITIONER, cast.school(), "Una Reid")
    page = go(client, "person_add", person, person=str(person), agency=str(cast.school().id))
    for said in ("The whole organisation", teacher.name, "Una Reid"):
        assert said in words(page)
    data = {**GIVEN, "key": str(new_id()), "person": str(person), "agency": str(cast.school().id)}
    stranger = post(client, "person_add", person, data={**data, "account": str(cast.hub_worker().id)})
    assert stranger.status_code == WRONG
    assert not owned(CircleEntry).filter(agency=cast.school()).exists()
    assert post(client, "person_add", person, data={**data, "account": str(cast.teacher().id)}).status_code == 302
    assert owned(CircleEntry).get(agency=cast.school()).account == cast.teacher()
    assert "Rowan" in words(go(signed_in(cast.teacher()), "person", person))
    assert go(signed_in(colleague), "person", person).status_code == NOT_FOUND
    decided = owned(SharingDecision).get(agency=cast.school())
    assert [one.unsealed()["address"] for one in owned(Message).filter(about_id=decided.id)] == [cast.teacher().email]
    owned(CircleEntry).filter(agency=cast.school()).update(ended_at=F("starts_at"), ended_by=F("recorded_by"))
    assert go(signed_in(cast.teacher()), "person", person).status_code == NOT_FOUND


def test_what_a_colleague_alone_may_see_is_not_said_to_be_seen_by_me(db: None) -> None:
    made, person = somebody()
    shared(made, person, cast.charity(), replace(SEVEN, categories=(Category.CONTACT,)))
    told = words(go(signed_in(), "person", person))
    colleague = cast.account(Role.SUPPORT_WORKER, cast.charity(), "Una Reid")
    shared(made, person, cast.charity(), replace(SEVEN, categories=(Category.PLAN,)), account=colleague)
    seen = words(go(signed_in(), "person", person))
    assert seen.count("The plan") == told.count("The plan") + 1, "beside the colleague's name, and not in what I may see"


def test_who_works_for_a_masked_agency_is_not_offered(db: None) -> None:
    made, person = somebody()
    shared(made, person, cast.charity())
    cast.account(Role.SUPPORT_WORKER, cast.womens_aid(), "Leah Grant")
    page = go(signed_in(), "person_add", person, person=str(person), agency=str(cast.womens_aid().id))
    assert "Leah Grant" not in words(page)
    assert "The whole organisation" not in words(page)


def test_nobody_of_another_agency_is_the_one_person_there(db: None) -> None:
    made, person = somebody()
    for other in (cast.teacher(), cast.account(Role.DESK_WORKER, cast.charity(), "Una Reid")):
        with pytest.raises(CannotBeDecided):
            shared(made, person, cast.charity(), account=other)


def test_what_the_hub_shared_is_not_the_charitys_to_end(db: None) -> None:
    made, person = somebody()
    shared(made, person, cast.charity())
    entry = owned(CircleEntry).get(agency=cast.charity())
    assert post(signed_in(), "person_end", person, entry.id).status_code == NOT_FOUND
    assert owned(CircleEntry).get(id=entry.id).ended_at is None


def test_a_received_referral_leads_to_the_circle_of_each_person(db: None) -> None:
    made = cast.family_request()
    referral = cast.sent_referral(made)
    client = signed_in()
    html = go(client, "referral", referral.id).content.decode()
    people = [row.alias.person_id for row in owned(RequestPerson).select_related("alias").filter(request_for_assistance=made)]
    assert len(people) == 2
    for person in people:
        assert reverse("practitioner:person", args=[person]) in html
        assert go(client, "person", person).status_code == 200
    manager = cast.account(Role.SERVICE_MANAGER, cast.charity())
    assert "The circle of person" not in words(go(signed_in(manager), "referral", referral.id))
