"""Asking services to help: what is suggested and why, what is shared, whom nobody may ask, and one form sent twice."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.http import HttpResponse

from reachin.access.directory.models import Service
from reachin.access.referrals.models import Referral, Snapshot
from reachin.access.requests_for_assistance.enums import AskedBy, Stage
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.information_sharing.models import CircleEntry, SharingDecision
from reachin.families.people.models import PersonDetails
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.ids import new_id
from reachin.partnership.agencies.models import Agency
from tests.groundwork.page_parts.reading_html import Page, summary_links

from .partnership import Partnership, card, family_asks, make_service, practitioner_asks, read_page, signed_in, words_of

TODAY = datetime.now(UTC).date()


def look(partnership: Partnership, sent: RequestForAssistance, query: str = "", status: int = 200) -> Page:
    response = signed_in(partnership.worker).get(f"/hub/requests/{sent.id}/refer/{query}")
    assert isinstance(response, HttpResponse)
    return Page(read_page(response, status))


def form_of(page: Page, **changed: Any) -> dict[str, Any]:
    """What a browser would post of this page with nothing changed but these."""
    data: dict[str, Any] = {name: page.named(name)[0]["value"] for name in ("version", "key")}
    for name in ("people", "shares", "services"):
        data[name] = [box["value"] for box in page.named(name) if box.has("checked")]
    return {**data, "words": "", **changed}


def send(partnership: Partnership, sent: RequestForAssistance, data: dict[str, Any]) -> HttpResponse:
    response = signed_in(partnership.worker).post(f"/hub/requests/{sent.id}/refer/", data)
    assert isinstance(response, HttpResponse)
    return response


def referrals() -> list[Referral]:
    return list(Referral.objects.using("owner").order_by("service_name"))


def told_to(referral: Referral) -> dict[str, Any]:
    return Snapshot.objects.using("owner").get(referral_id=referral.id).told()


@pytest.fixture
def home_support(partnership: Partnership) -> Service:
    return make_service(
        "Home support",
        agency=partnership.charity,
        needs=["school", "feelings"],
        min_age=5,
        max_age=16,
        delivery=["at_home"],
        wait_days=14,
        wait_stated_on=TODAY,
        confirmed_on=TODAY,
    )


def test_suggestions_come_with_their_reasons_and_score(partnership: Partnership, home_support: Service) -> None:
    make_service("Playgroup", needs=["school"], max_age=4)
    make_service("Money advice", needs=["money"])
    page = look(partnership, family_asks())
    words = words_of(page.source)
    for told in ("Home support", "of 100", "They help with: Feelings and worries and school or nursery.", "The wait is about 2 weeks."):
        assert told in words
    assert "They have not said which area they help in. Ask them." in words
    assert "Made from needs: Feelings and worries, School or nursery; ages: 6; place: not known." in words
    assert "Playgroup" not in words
    assert "Money advice" not in words


def test_what_is_left_out_says_why(partnership: Partnership) -> None:
    make_service("Portlennan Primary helpers", agency=partnership.school, needs=["school"])
    page = look(partnership, family_asks(blocked_agencies=[str(partnership.school.id)]))
    assert "Portlennan Primary helpers: The family does not want this organisation" in words_of(page.source)
    assert not page.named("services")


def test_the_directory_can_be_searched_for_any_other(partnership: Partnership, home_support: Service) -> None:
    other = make_service("Càirdeas money advice", organisation="Lennan Credit Union", needs=["money"])
    for typed in ("cairdeas", "credit+union", "MONEY"):
        page = look(partnership, family_asks(), f"?q={typed}")
        found = page.named("services")[0]
        assert found["value"] == str(other.id)
        assert "It helps with other things." in words_of(page.source)
    assert "The search found nothing." in words_of(look(partnership, family_asks(), "?q=zebra").source)


def test_a_service_is_asked_and_the_request_is_matched(partnership: Partnership, home_support: Service) -> None:
    sent = family_asks(place="Portlennan", must_not_know="Craig")
    page = look(partnership, sent)
    assert send(partnership, sent, form_of(page, services=[str(home_support.id)], words="Ring first.")).status_code == 302
    [referral] = referrals()
    assert referral.receiver_agency_id == partnership.charity.id
    assert referral.people_count == 2
    assert card(sent.id).stage == Stage.MATCHED
    told = told_to(referral)
    assert told["shares"] == ["caution", "contact", "place", "story"]
    assert told["from_sender"] == "Ring first."
    assert told["place"] == "Portlennan"
    assert {"kind", "tone", "points", "words"} <= set(referral.match_reasons[0])


def test_only_chosen_people_and_parts_go(partnership: Partnership, home_support: Service) -> None:
    sent = family_asks(place="Portlennan")
    page = look(partnership, sent)
    child = page.named("people")[1]["value"]
    assert send(partnership, sent, form_of(page, services=[str(home_support.id)], people=[child], shares=["story"])).status_code == 302
    told = told_to(referrals()[0])
    assert [person["known_as"] for person in told["people"]] == ["Tam"]
    assert {"phone", "place", "must_not_know"}.isdisjoint(told)


def test_a_secret_home_is_not_ticked_and_does_not_go_by_another_way(partnership: Partnership, home_support: Service) -> None:
    sent = family_asks(place="Hidden Lane", contact_way="letter", address="12 Hidden Lane", home_is_secret="yes")
    page = look(partnership, sent)
    assert "place: left out, because home is a secret" in words_of(page.source)
    data = form_of(page, services=[str(home_support.id)])
    assert "place" not in data["shares"]
    assert send(partnership, sent, data).status_code == 302
    assert "Hidden" not in str(told_to(referrals()[0]))


def test_several_are_asked_at_once_and_one_form_twice_asks_each_once(partnership: Partnership, home_support: Service) -> None:
    other = make_service("School counselling", needs=["school"])
    sent = family_asks()
    data = form_of(look(partnership, sent), services=[str(home_support.id), str(other.id)])
    assert [send(partnership, sent, data).status_code for _again in range(3)] == [302, 302, 302]
    assert [referral.service_name for referral in referrals()] == ["Home support", "School counselling"]


def test_an_organisation_becomes_an_agency_at_its_first_referral(partnership: Partnership) -> None:
    first = make_service("School counselling", organisation="Lennan Counselling", needs=["school"])
    second = make_service("Family counselling", organisation="Lennan Counselling", needs=["feelings"])
    for service in (first, second):
        sent = family_asks()
        assert send(partnership, sent, form_of(look(partnership, sent), services=[str(service.id)])).status_code == 302
    [agency] = Agency.objects.filter(name="Lennan Counselling")
    assert not agency.uses_reach_in
    assert not agency.is_masked
    assert agency.phone == "01546 600111"
    assert AuditEvent.objects.using("owner").filter(event="agency.added").count() == 1
    assert "nobody signs in there: you ring them (01546 600111)" in words_of(look(partnership, family_asks()).source)


def test_a_masked_service_makes_a_masked_agency(partnership: Partnership) -> None:
    service = make_service("Safe house", organisation="Lennan Women's Aid", needs=["safety_at_home"], is_masked=True)
    sent = family_asks(help_with=["safety_at_home"])
    page = look(partnership, sent)
    assert "Masked" in words_of(page.source)
    assert send(partnership, sent, form_of(page, services=[str(service.id)])).status_code == 302
    assert Agency.objects.get(name="Lennan Women's Aid").is_masked
    assert referrals()[0].is_masked


def test_whom_the_family_keeps_out_cannot_be_asked(partnership: Partnership) -> None:
    theirs = make_service("Portlennan Primary helpers", agency=partnership.school, needs=["school"])
    sent = family_asks(blocked_agencies=[str(partnership.school.id)])
    page = look(partnership, sent, "?q=helpers")
    assert not page.named("services")
    assert "it must not see the request" in words_of(page.source)
    refused = Page(read_page(send(partnership, sent, form_of(page, services=[str(theirs.id)], words="Kept.")), 422))
    assert "Portlennan Primary helpers cannot be asked." in words_of(refused.source)
    assert "Kept." in refused.named("words")[0].words
    assert referrals() == []
    assert card(sent.id).stage == Stage.READY_FOR_TRIAGE


def test_where_one_of_two_is_refused_neither_is_asked(partnership: Partnership, home_support: Service) -> None:
    closed = make_service("Gone", status="closed", closed_on=date(2026, 1, 1))
    sent = family_asks()
    data = form_of(look(partnership, sent), services=[str(home_support.id), str(closed.id)])
    page = Page(read_page(send(partnership, sent, data), 422))
    assert "Gone cannot be asked. It is closed." in words_of(page.source)
    assert [box["value"] for box in page.named("services") if box.has("checked")] == [str(home_support.id)]
    assert referrals() == []


def test_a_service_that_was_asked_is_followed_and_not_asked_again(partnership: Partnership, home_support: Service) -> None:
    sent = family_asks()
    send(partnership, sent, form_of(look(partnership, sent), services=[str(home_support.id)]))
    page = look(partnership, sent)
    assert "Already asked: Sent." in words_of(page.source)
    again = send(partnership, sent, form_of(page, services=[str(home_support.id)]))
    assert "cannot be asked" in words_of(read_page(again, 422))
    assert len(referrals()) == 1


def test_after_a_decline_it_can_be_asked_again_and_says_so(partnership: Partnership, home_support: Service) -> None:
    sent = family_asks()
    send(partnership, sent, form_of(look(partnership, sent), services=[str(home_support.id)]))
    [referral] = referrals()
    signed_in(partnership.worker).post(f"/hub/referrals/{referral.id}/take-back/", {"version": referral.version, "reason": "Wrong one."})
    page = look(partnership, sent)
    assert "Asked before: Taken back by the sender." in words_of(page.source)
    assert send(partnership, sent, form_of(page, services=[str(home_support.id)])).status_code == 302
    assert len(referrals()) == 2


def test_errors_keep_what_was_typed_and_ticked(partnership: Partnership, home_support: Service) -> None:
    sent = family_asks()
    page = look(partnership, sent)
    nothing = Page(read_page(send(partnership, sent, form_of(page, people=[], shares=[], words="Kept.")), 422))
    assert [link["href"] for link in summary_links(nothing)] == ["#id_services_0", "#id_people_0", "#id_shares_0"]
    assert "Kept." in nothing.named("words")[0].words
    part = Page(read_page(send(partnership, sent, form_of(page, services=[str(home_support.id)], shares=[])), 422))
    assert [box["value"] for box in part.named("services") if box.has("checked")] == [str(home_support.id)]
    assert part.named("key")[0]["value"] == page.named("key")[0]["value"]


@pytest.mark.parametrize("services", [["x"], [str(new_id())], [""], ["💥"]])
def test_what_is_no_service_is_refused(partnership: Partnership, services: list[str]) -> None:
    sent = family_asks()
    assert send(partnership, sent, form_of(look(partnership, sent), services=services)).status_code == 422


def test_people_of_another_request_cannot_be_chosen(partnership: Partnership, home_support: Service) -> None:
    sent, other = family_asks(), family_asks()
    strangers = [box["value"] for box in look(partnership, other).named("people")]
    data = form_of(look(partnership, sent), services=[str(home_support.id)], people=strangers)
    assert send(partnership, sent, data).status_code == 422


def test_whoever_refers_second_is_told_and_keeps_the_choice(partnership: Partnership, home_support: Service) -> None:
    sent = family_asks()
    data = form_of(look(partnership, sent), services=[str(home_support.id)], words="Mine.")
    colleague = signed_in(partnership.colleague)
    seen = card(sent.id).version
    colleague.post(f"/hub/requests/{sent.id}/discuss/", {"version": seen, "reason": "Talk first."})
    page = Page(read_page(send(partnership, sent, data), 409))
    assert "Dougal Reid" in words_of(page.source)
    assert [box["value"] for box in page.named("services") if box.has("checked")] == [str(home_support.id)]
    assert "Mine." in page.named("words")[0].words
    assert send(partnership, sent, form_of(page, words="Mine.")).status_code == 302


def test_a_returned_request_cannot_be_referred(partnership: Partnership, home_support: Service) -> None:
    sent = practitioner_asks(partnership.teacher, story="")
    page = look(partnership, sent, status=409)
    assert "Ask for help" not in [button.words.strip() for button in page.all("button")]
    data = form_of(page, services=[str(home_support.id)])
    assert send(partnership, sent, data | {f"said_{one}": "agreed" for one in data["people"]}).status_code == 409
    assert referrals() == []


def test_a_baby_on_the_way_counts_as_none_years_old(partnership: Partnership) -> None:
    make_service("Baby group", needs=["baby"], max_age=2)
    baby = {"known_as": "", "relation": "expected_baby", "due_on": "2027-03-02"}
    sent = family_asks(AskedBy.EXPECTING, people=[baby], help_with=["baby"])
    words = words_of(look(partnership, sent).source)
    assert "Baby group" in words
    assert "ages: 0" in words


def test_others_cannot_refer(partnership: Partnership, home_support: Service) -> None:
    sent = family_asks()
    data = form_of(look(partnership, sent), services=[str(home_support.id)])
    for account in (partnership.duty_worker, partnership.teacher, partnership.supporter):
        assert signed_in(account).post(f"/hub/requests/{sent.id}/refer/", data).status_code == 404


def test_a_request_that_moved_is_referred_by_its_new_door(partnership: Partnership, home_support: Service) -> None:
    sent = family_asks()
    moved = {"version": card(sent.id).version, "door": str(partnership.duty.id), "reason": "They know them."}
    signed_in(partnership.worker).post(f"/hub/requests/{sent.id}/move/", moved)
    there = signed_in(partnership.duty_worker)
    page = Page(there.get(f"/hub/requests/{sent.id}/refer/").content.decode())
    assert there.post(f"/hub/requests/{sent.id}/refer/", form_of(page, services=[str(home_support.id)])).status_code == 302
    assert referrals()[0].sender_agency_id == partnership.duty.id
    assert "Home support" in words_of(there.get(f"/hub/requests/{sent.id}/").content.decode())


# Who agrees, and who was not told


HIS_NAN = {"known_as": "Morven", "relation": "parent"}
WITH_HIS_NAN: dict[str, Any] = {"people": [{"known_as": "Tam", "age_years": 6, "relation": "child"}, HIS_NAN]}


def decisions(sent: RequestForAssistance) -> dict[str, SharingDecision]:
    """What was decided about the people of a request when it was referred, by what they are called."""
    found = SharingDecision.objects.using("owner").filter(purpose="support").select_related("person__details")
    return {PersonDetails.objects.using("owner").get(person_id=one.person_id).facts().known_as: one for one in found}


def alias_of(sent: RequestForAssistance, relation: str) -> str:
    return str(RequestPerson.objects.using("owner").get(request_for_assistance=sent, relation=relation).alias_id)


def test_one_asker_with_a_small_child_is_asked_nothing_more(partnership: Partnership, home_support: Service) -> None:
    page = look(partnership, family_asks())
    assert "What did they say to it?" not in words_of(page.source)
    assert not [box for box in page.all("input") if (box["name"] or "").startswith(("said_", "heard_"))]


def test_of_every_other_it_is_asked_what_they_said_or_why_they_were_not_told(partnership: Partnership, home_support: Service) -> None:
    sent = family_asks(**WITH_HIS_NAN)
    page = look(partnership, sent)
    nan = alias_of(sent, "parent")
    assert len(page.named(f"said_{nan}")) == 3
    assert not page.named(f"said_{alias_of(sent, 'child')}")
    data = form_of(page, services=[str(home_support.id)])
    refused = Page(read_page(send(partnership, sent, data), 422))
    assert f"#id_said_{nan}_0" in [link["href"] for link in summary_links(refused)]
    for said in ("refused", "not_told"):
        refused = Page(read_page(send(partnership, sent, {**data, f"said_{nan}": said}), 422))
        assert [link["href"] for link in summary_links(refused)] == [f"#id_heard_{nan}"]
    assert referrals() == []
    without = {**data, "people": [one for one in data["people"] if one != nan]}
    assert send(partnership, sent, without).status_code == 302
    assert set(decisions(sent)) == {"Isla MacLeòid", "Tam"}


@pytest.mark.parametrize(
    ("said", "words", "informed", "basis", "views", "why"),
    [
        ("agreed", "Aye, if it helps him.", "agreed", "consent", "Aye, if it helps him.", ""),
        ("agreed", "", "agreed", "consent", "They were told, and agree. Nothing more was written down.", ""),
        ("not_told", "She is in hospital.", "not_told", "public_task", "Not asked yet: She is in hospital.", "She is in hospital."),
    ],
)
def test_what_each_person_said_is_kept_and_agreement_of_nobody_else(
    partnership: Partnership, home_support: Service, said: str, words: str, informed: str, basis: str, views: str, why: str
) -> None:
    sent = family_asks(**WITH_HIS_NAN)
    nan = alias_of(sent, "parent")
    data = form_of(look(partnership, sent), services=[str(home_support.id)])
    assert send(partnership, sent, {**data, f"said_{nan}": said, f"heard_{nan}": words}).status_code == 302
    made = decisions(sent)["Morven"]
    assert (made.informed, made.basis, made.words("views"), made.words("not_told_why")) == (informed, basis, views, why)
    assert decisions(sent)["Isla MacLeòid"].words("views") == "They asked for this help themselves. What they wrote is in the request."


def test_who_does_not_agree_is_left_out_and_that_is_kept(partnership: Partnership, home_support: Service) -> None:
    sent = family_asks(**WITH_HIS_NAN)
    nan = alias_of(sent, "parent")
    data = form_of(look(partnership, sent), services=[str(home_support.id)])
    refuses = {f"said_{nan}": "refused", f"heard_{nan}": "I want no part of it."}
    alone = Page(read_page(send(partnership, sent, {**data, **refuses, "people": [nan]}), 422))
    assert "Nobody whom you chose agrees" in words_of(alone.source)
    assert send(partnership, sent, {**data, **refuses}).status_code == 302
    made = decisions(sent)["Morven"]
    assert (made.decision, made.informed, made.words("views")) == ("not_share", "refused", "I want no part of it.")
    assert not CircleEntry.objects.using("owner").filter(person_id=made.person_id, agency=partnership.charity).exists()
    [referral] = referrals()
    assert referral.people_count == 2
    assert "Morven" not in referral.display_name
    assert "Morven" not in str(told_to(referral))


@pytest.mark.parametrize(
    ("asked_by", "person", "is_asked"),
    [
        (AskedBy.PARENT_OR_CARER, {"known_as": "Tam", "age_years": 11, "relation": "child"}, False),
        (AskedBy.PARENT_OR_CARER, {"known_as": "Tam", "age_years": 12, "relation": "child"}, True),
        (AskedBy.PARENT_OR_CARER, {"known_as": "Tam", "relation": "child"}, True),
        (AskedBy.PARENT_OR_CARER, {"known_as": "Tam", "age_years": 6, "relation": "grandchild"}, True),
        (AskedBy.PARENT_OR_CARER, {"known_as": "Craig", "age_years": 40, "relation": "partner"}, True),
        (AskedBy.RELATIVE, {"known_as": "Tam", "age_years": 6, "relation": "child"}, True),
        (AskedBy.EXPECTING, {"known_as": "", "due_on": "2027-03-02", "relation": "expected_baby"}, False),
    ],
)
def test_who_is_asked_depends_on_who_can_agree_for_them(
    partnership: Partnership, asked_by: AskedBy, person: dict[str, Any], is_asked: bool
) -> None:
    page = look(partnership, family_asks(asked_by, people=[person]))
    assert ("What did they say to it?" in words_of(page.source)) == is_asked


def test_of_a_practitioners_request_everybody_is_asked_and_the_page_says_what_the_sender_wrote(
    partnership: Partnership, home_support: Service
) -> None:
    sent = practitioner_asks(partnership.teacher, family_knows="not_told", why_not_told="He reads her post.")
    page = look(partnership, sent)
    assert "He reads her post." in words_of(page.source)
    data = form_of(page, services=[str(home_support.id)])
    assert send(partnership, sent, data).status_code == 422
    told = {f"said_{one}": "not_told" for one in data["people"]} | {f"heard_{one}": "He reads her post." for one in data["people"]}
    assert send(partnership, sent, {**data, **told}).status_code == 302
    assert {(one.informed, one.basis) for one in decisions(sent).values()} == {("not_told", "public_task")}
