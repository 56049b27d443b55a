from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from reachin.access.requests_for_assistance.actions import told_so_far
from reachin.access.requests_for_assistance.enums import AskedBy, Channel, Stage
from reachin.access.requests_for_assistance.models import DangerAlert, DraftRequest, RequestForAssistance
from reachin.groundwork.ids import new_id
from reachin.groundwork.permissions.enums import Role
from tests import cast

from .pages import NOT_FOUND, WRONG, asked, at_once, go, hidden, location, post, words

SECTIONS = ["happening", "people", "contact", "together", "agency"]
PERSON = {"people-rows": "1", "person-1-known_as": "Skye", "person-1-relation": "child", "person-1-age_years": "13"}
FILLED: dict[str, dict[str, Any]] = {
    "happening": {"story": "Skye looks after her mum.", "help_with": ["caring", "school"], "in_danger": "no"},
    "people": PERSON,
    "contact": {"contact_way": "phone", "phone": "01632 960123", "must_not_know": "Her uncle Donald"},
    "together": {"place": "Portlennan", "family_meeting": "yes"},
    "agency": {"family_knows": "agreed", "childs_view": "She wants help for her mum.", "tried": "Breakfast club"},
}


def begun(client: Client, channel: str = "agency") -> UUID:
    """A new draft by way of the page."""
    cast.hub(), cast.social_work()
    key = hidden(go(client, "new"), "draft")
    assert location(post(client, "new", data={"channel": channel, "draft": key})) == reverse(
        "practitioner:section", args=[key, "happening"]
    )
    return UUID(key)


def filled(client: Client, draft_id: UUID, **sections: dict[str, Any]) -> None:
    for section in SECTIONS:
        given = sections.get(section, FILLED[section])
        assert post(client, "section", draft_id, section, data=given).status_code == 302, section


def drafts() -> list[DraftRequest]:
    return list(DraftRequest.objects.using("owner").all())


def requests() -> list[RequestForAssistance]:
    return list(RequestForAssistance.objects.using("owner").all())


def test_a_teacher_asks_for_a_family_in_five_short_pages(db: None) -> None:
    client = cast.signed_in(cast.teacher())
    draft_id = begun(client, channel="school_desk")
    filled(client, draft_id)
    check = words(go(client, "check", draft_id))
    assert "Skye, child, 13 years old" in check
    assert "This is needed" not in check
    assert location(post(client, "check", draft_id)) == f"/work/requests/{draft_id}/?done=sent"
    (sent,) = requests()
    assert (sent.stage, sent.asked_by, sent.channel) == (Stage.READY_FOR_TRIAGE, AskedBy.PRACTITIONER, Channel.SCHOOL_DESK)
    assert (sent.sender_id, sent.display_name) == (cast.teacher().id, "Skye")
    assert drafts() == []
    with cast.opened(cast.teacher(), sent, purpose="own_request"):
        told = told_so_far(sent)
    assert told["story"] == "Skye looks after her mum."
    assert told["must_not_know"] == "Her uncle Donald"
    assert told["people"][0]["age_years"] == 13


def test_the_usual_way_is_through_their_work(db: None) -> None:
    client = cast.signed_in(cast.teacher())
    begun(client)
    assert drafts()[0].channel == Channel.AGENCY


def test_each_page_leads_to_the_next_and_back(db: None) -> None:
    client = cast.signed_in(cast.teacher())
    draft_id = begun(client)
    for here, onward in zip(SECTIONS, [*SECTIONS[1:], None], strict=True):
        address = reverse("practitioner:section", args=[draft_id, onward]) if onward else reverse("practitioner:check", args=[draft_id])
        assert location(post(client, "section", draft_id, here, data=FILLED[here])) == address
    back = client.post(reverse("practitioner:section", args=[draft_id, "together"]) + "?back_to_check", FILLED["together"])
    assert location(back) == reverse("practitioner:check", args=[draft_id])


def test_the_pages_ask_everything_that_a_practitioner_is_asked_once(db: None) -> None:
    client = cast.signed_in(cast.teacher())
    draft_id = begun(client)
    seen: list[str] = []
    for section in SECTIONS:
        seen += [name for name in asked(go(client, "section", draft_id, section)) if not name.startswith(("person-", "people-"))]
    assert len(seen) == len(set(seen))
    assert {"story", "help_with", "in_danger", "contact_way", "blocked_agencies", "family_knows", "reach_me"} <= set(seen)
    assert "your_name" not in seen


def test_a_draft_survives_leaving(db: None) -> None:
    client = cast.signed_in(cast.teacher())
    draft_id = begun(client)
    left = post(client, "section", draft_id, "happening", data={"story": "Half a thought", "leave": "yes"})
    assert location(left) == "/work/?done=saved"
    post(client, "section", draft_id, "people", data=PERSON)
    other_device = cast.signed_in(cast.teacher())
    assert "Skye" in words(go(other_device, "start"))
    assert "Half a thought" in words(go(other_device, "section", draft_id, "happening"))


def test_what_is_sound_is_kept_even_where_something_is_wrong(db: None) -> None:
    client = cast.signed_in(cast.teacher())
    draft_id = begun(client)
    page = post(client, "section", draft_id, "contact", data={"contact_way": "email", "email": "not an address", "safe_times": "Mornings"})
    assert page.status_code == WRONG
    assert "Write an email address" in words(page)
    assert 'value="not an address"' in page.content.decode()
    assert words(page).startswith("Error:")
    assert drafts()[0].answers()["safe_times"] == "Mornings"


def test_several_people_are_written_on_one_page_and_empty_rows_are_left_out(db: None) -> None:
    client = cast.signed_in(cast.teacher())
    draft_id = begun(client)
    more = post(client, "section", draft_id, "people", data={**PERSON, "more": "yes"})
    assert location(more).endswith("/people/?more#person-2")
    assert "Person 2" in words(client.get(location(more)))
    rows = {
        **PERSON,
        "people-rows": "4",
        "person-2-known_as": "",
        "person-3-relation": "expected_baby",
        "person-3-due_on_day": "3",
        "person-3-due_on_month": "2",
        "person-3-due_on_year": "2027",
        "person-4-known_as": "Mhairi",
        "person-4-relation": "parent",
    }
    assert post(client, "section", draft_id, "people", data=rows).status_code == 302
    people = drafts()[0].answers()["people"]
    assert [(one["known_as"], one["relation"], one["due_on"]) for one in people] == [
        ("Skye", "child", None),
        ("", "expected_baby", "2027-02-03"),
        ("Mhairi", "parent", None),
    ]


def test_a_wrong_person_is_told_beside_the_field_and_the_others_are_kept(db: None) -> None:
    client = cast.signed_in(cast.teacher())
    draft_id = begun(client)
    rows = {**PERSON, "people-rows": "2", "person-2-known_as": "Ola", "person-2-age_years": "hundred"}
    page = post(client, "section", draft_id, "people", data=rows)
    assert page.status_code == WRONG
    assert "Choose who they are in the family" in words(page)
    assert 'value="hundred"' in page.content.decode()
    assert words(page).startswith("Error:")
    assert [one["known_as"] for one in drafts()[0].answers()["people"]] == ["Skye"]


@pytest.mark.parametrize("rows", ["", "-1", "999999999999", "two", "٣"])
def test_a_strange_number_of_rows_is_no_error(db: None, rows: str) -> None:
    client = cast.signed_in(cast.teacher())
    draft_id = begun(client)
    assert post(client, "section", draft_id, "people", data={**PERSON, "people-rows": rows}).status_code == 302


def test_what_is_needed_is_told_before_sending_with_the_reason_and_the_way_there(db: None) -> None:
    client = cast.signed_in(cast.teacher())
    draft_id = begun(client)
    post(client, "section", draft_id, "happening", data={"story": "Worn out"})
    page = go(client, "check", draft_id)
    assert "Nobody may be contacted without a safe way that the family chose." in words(page)
    assert f'href="/work/requests/new/{draft_id}/contact/?back_to_check"' in page.content.decode()


def test_an_incomplete_request_comes_back_at_once(db: None) -> None:
    client = cast.signed_in(cast.teacher())
    draft_id = begun(client)
    filled(client, draft_id, contact={})
    assert post(client, "check", draft_id).status_code == 302
    assert requests()[0].stage == Stage.RETURNED
    assert "What is missing, and why" in words(go(client, "request", draft_id))


def test_nothing_cannot_be_sent(db: None) -> None:
    client = cast.signed_in(cast.teacher())
    draft_id = begun(client)
    page = post(client, "check", draft_id)
    assert page.status_code == WRONG
    assert "Say a little before you send it" in words(page)
    assert requests() == []


@pytest.mark.parametrize("danger", [{"story": "He said he will kill me."}, {"story": "Tired.", "in_danger": "yes"}])
def test_danger_shows_the_emergency_route_at_once_saves_and_alerts_only_on_sending(db: None, danger: dict[str, str]) -> None:
    client = cast.signed_in(cast.teacher())
    draft_id = begun(client)
    onward = post(client, "section", draft_id, "happening", data=danger)
    page = words(client.get(location(onward)))
    assert "This may be an emergency" in page
    assert "999" in page
    assert drafts()[0].answers()["story"] == danger["story"]
    assert not DangerAlert.objects.using("owner").exists()
    post(client, "check", draft_id)
    (sent,) = requests()
    assert sent.stage == Stage.READY_FOR_TRIAGE, "danger is never bounced, however incomplete"
    assert DangerAlert.objects.using("owner").count() == 1
    assert "The duty worker at Social Work was told when you sent it" in words(go(client, "request", draft_id))


def test_a_blocked_duty_desk_is_not_named_as_the_one_who_is_told(db: None) -> None:
    client = cast.signed_in(cast.teacher())
    draft_id = begun(client)
    post(client, "section", draft_id, "happening", data={"story": "He hits me", "in_danger": "yes"})
    post(client, "section", draft_id, "contact", data={"blocked_agencies": [str(cast.social_work().id)]})
    assert "The duty worker at Social Work" not in words(go(client, "check", draft_id))


# One's own, and nobody else's


def pages_of(client: Client, draft_id: UUID) -> list[HttpResponse]:
    return [
        go(client, "section", draft_id, "happening"),
        post(client, "section", draft_id, "happening", data={"story": "I was here"}),
        go(client, "check", draft_id),
        post(client, "check", draft_id),
        go(client, "throw_away", draft_id),
    ]


@pytest.mark.parametrize("other", [cast.health_visitor, cast.hub_worker, cast.stranger])
def test_another_account_cannot_reach_a_draft_by_its_id(db: None, other: Any) -> None:
    draft_id = begun(cast.signed_in(cast.teacher()))
    post(cast.signed_in(cast.teacher()), "section", draft_id, "happening", data={"story": "Mine"})
    intruder = cast.signed_in(other())
    missing = pages_of(intruder, new_id())
    for page, gone in zip(pages_of(intruder, draft_id), missing, strict=True):
        assert (page.status_code, words(page)) == (gone.status_code, words(gone)) == (NOT_FOUND, words(gone))
    post(intruder, "throw_away", draft_id)
    assert drafts()[0].answers()["story"] == "Mine"
    assert "Mine" not in words(go(intruder, "start"))


def test_a_colleague_of_the_same_agency_cannot_reach_it_either(db: None) -> None:
    draft_id = begun(cast.signed_in(cast.teacher()))
    colleague = cast.signed_in(cast.account(Role.PRACTITIONER, cast.school(), "Second Teacher"))
    assert {page.status_code for page in pages_of(colleague, draft_id)} == {NOT_FOUND}


def test_nobody_begins_a_draft_under_an_id_that_is_there(db: None) -> None:
    """Whoever begins a draft bears its id: the id of a family's request must not open it."""
    asked_by_family, elsewhere = cast.family_request(), begun(cast.signed_in(cast.teacher()))
    intruder = cast.signed_in(cast.health_visitor())
    for taken in (asked_by_family.id, elsewhere):
        assert location(post(intruder, "new", data={"channel": "agency", "draft": str(taken)})) == "/work/requests/"
        assert go(intruder, "check", taken).status_code == NOT_FOUND
    assert [draft.started_by_id for draft in drafts()] == [cast.teacher().id]


def test_a_family_draft_is_no_practitioners(db: None) -> None:
    keyed = cast.draft(by=cast.teacher(), channel=Channel.PAPER, story="Half keyed")
    client = cast.signed_in(cast.teacher())
    assert go(client, "check", keyed.id).status_code == NOT_FOUND
    assert "Half keyed" not in words(go(client, "start"))


@pytest.mark.parametrize("section", ["nowhere", "story", "happening-2"])
def test_a_section_that_is_none_is_not_found(db: None, section: str) -> None:
    client = cast.signed_in(cast.teacher())
    draft_id = begun(client)
    assert go(client, "section", draft_id, section).status_code == NOT_FOUND


def test_throwing_away_asks_first_and_deletes_for_good(db: None) -> None:
    client = cast.signed_in(cast.teacher())
    draft_id = begun(client)
    assert go(client, "throw_away", draft_id).status_code == 200
    assert len(drafts()) == 1
    for _ in range(2):
        assert location(post(client, "throw_away", draft_id)) == "/work/?done=thrown-away"
    assert drafts() == []
    assert go(client, "check", draft_id).status_code == NOT_FOUND


# The same again


def test_the_same_beginning_fifty_times_is_one_draft(db: None) -> None:
    client = cast.signed_in(cast.teacher())
    key = hidden(go(client, "new"), "draft")
    browsers = [cast.signed_in(cast.teacher()) for _ in range(25)]
    assert at_once(browsers, reverse("practitioner:new"), {"channel": "agency", "draft": key}) == [302] * 25
    assert len(drafts()) == 1


def test_the_same_sending_many_times_at_once_is_one_request(db: None) -> None:
    client = cast.signed_in(cast.teacher())
    draft_id = begun(client)
    filled(client, draft_id)
    browsers = [cast.signed_in(cast.teacher()) for _ in range(25)]
    assert at_once(browsers, reverse("practitioner:check", args=[draft_id]), {}) == [302] * 25
    assert len(requests()) == 1


def test_after_sending_the_draft_leads_to_what_it_became(db: None) -> None:
    client = cast.signed_in(cast.teacher())
    draft_id = begun(client)
    filled(client, draft_id)
    post(client, "check", draft_id)
    for page in (go(client, "section", draft_id, "people"), go(client, "check", draft_id), post(client, "check", draft_id)):
        assert location(page).startswith(f"/work/requests/{draft_id}/")
    assert location(post(client, "new", data={"channel": "agency", "draft": str(draft_id)})) == "/work/requests/"


@pytest.mark.parametrize("draft", ["", "not an id", "\x00", "x" * 10_000])
def test_a_strange_id_begins_a_new_draft(db: None, draft: str) -> None:
    client = cast.signed_in(cast.teacher())
    assert post(client, "new", data={"channel": "agency", "draft": draft}).status_code in (302, WRONG)
