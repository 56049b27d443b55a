from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reachin.access.requests_for_assistance import drafts
from reachin.access.requests_for_assistance.enums import AskedBy, Channel, Stage
from reachin.access.requests_for_assistance.models import DraftRequest, RequestForAssistance, RequestMove
from reachin.access.requests_for_assistance.questions import NEWEST_VERSION, questions_for
from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.ids import new_id
from reachin.groundwork.permissions.enums import Role
from tests import cast

from .pages import NOT_FOUND, WRONG, asked, at_once, go, hidden, location, post, words

FORM = {
    "channel": "school_desk",
    "asked_by": "parent_or_carer",
    "story": "I am tired. The wee one does not sleep.",
    "help_with": ["feelings"],
    "your_name": "Lorna",
    "people-rows": "5",
    "person-1-known_as": "Finn",
    "person-1-relation": "child",
    "person-1-age_years": "2",
    "contact_way": "text",
    "phone": "07700 900777",
    "phrase": "three green boats",
}


def desk() -> Client:
    cast.hub(), cast.social_work()
    return cast.signed_in(cast.desk_worker())


def keyed(client: Client, **changed: Any) -> str:
    """Keys in the form; gives the address of the slip."""
    key = hidden(go(client, "key_in"), "key")
    return location(post(client, "key_in", data={**FORM, "key": key, **changed}))


def the_request() -> RequestForAssistance:
    return RequestForAssistance.objects.using("owner").get()


def test_a_filled_form_becomes_the_familys_request(db: None) -> None:
    client = desk()
    slip = keyed(client)
    made = the_request()
    assert (made.channel, made.asked_by, made.display_name) == (Channel.SCHOOL_DESK, AskedBy.PARENT_OR_CARER, "Lorna, Finn")
    assert (made.sender_id, made.sender_agency_id, made.received_by) == (None, None, cast.desk_worker().id)
    assert made.stage == Stage.READY_FOR_TRIAGE
    assert slip == f"/work/key-in/{made.id}/slip/"
    assert not DraftRequest.objects.using("owner").exists()
    with cast.opened(cast.hub_worker(), made):
        assert set(RequestMove.objects.filter(request_for_assistance=made).values_list("moved_by", flat=True)) == {cast.desk_worker().id}


def test_the_slip_has_the_code_and_how_to_look(db: None) -> None:
    client = desk()
    page = client.get(keyed(client))
    assert the_request().reference in words(page)
    assert reverse("family:way_in") in words(page)
    assert "Somebody is in touch by" in words(page)
    assert "three green boats" not in page.content.decode()
    assert "Lorna" not in page.content.decode()


def test_the_family_comes_in_with_the_code_and_the_phrase_that_they_wrote(db: None) -> None:
    keyed(desk())
    made = the_request()
    assert drafts.come_in(made.reference, "Three Green  boats", network="elsewhere").scope == made.id


def test_without_a_phrase_the_slip_tells_another_way(db: None) -> None:
    client = desk()
    page = words(client.get(keyed(client, phrase="")))
    assert reverse("family:way_in") not in page
    assert the_request().reference in page


def test_the_desk_cannot_follow_what_becomes_of_it(db: None) -> None:
    client = cast.signed_in(cast.teacher())
    cast.hub(), cast.social_work()
    keyed(client)
    made = the_request()
    assert go(client, "request", made.id).status_code == NOT_FOUND
    assert "Lorna" not in words(go(client, "requests"))
    with acting(cast.teacher().actor()):
        assert not RequestForAssistance.objects.exists()


def test_a_slip_is_shown_to_whoever_keyed_it_and_for_a_day(db: None, time_is: Any) -> None:
    client = desk()
    slip = keyed(client)
    assert client.get(slip).status_code == 200
    colleague = cast.signed_in(cast.account(Role.DESK_WORKER, cast.school(), "Second Desk"))
    assert colleague.get(slip).status_code == NOT_FOUND
    assert go(client, "slip", new_id()).status_code == NOT_FOUND
    assert go(client, "slip", cast.family_request().id).status_code == NOT_FOUND
    time_is(cast.moment(2099, 1, 1))
    assert client.get(slip).status_code == NOT_FOUND


def test_a_practitioners_own_request_has_no_slip(db: None) -> None:
    sent = cast.practitioner_request()
    assert go(cast.signed_in(cast.teacher()), "slip", sent.id).status_code == NOT_FOUND


def test_everything_on_the_paper_can_be_keyed_in_and_in_its_order(db: None) -> None:
    page = go(desk(), "key_in")
    questions = [code for code in questions_for(NEWEST_VERSION, AskedBy.PARENT_OR_CARER) if code != "people"]
    assert set(questions) <= asked(page) | {"blocked_agencies"}
    text = page.content.decode()
    places = [text.index(f'name="{code}"') for code in questions]
    assert places == sorted(places)
    assert text.index('name="your_name"') < text.index('name="person-1-known_as"') < text.index('name="contact_way"')
    assert text.index('name="home_is_secret"') < text.index('name="phrase"')


@pytest.mark.parametrize("way", ["paper", "school_desk", "village_hall", "faith_setting", "drop_in", "phone", "social_media"])
def test_the_way_by_which_it_came_is_kept(db: None, way: str) -> None:
    keyed(desk(), channel=way)
    assert the_request().channel == way


@pytest.mark.parametrize("asker", ["parent_or_carer", "young_person", "expecting", "relative"])
def test_who_asks_is_kept(db: None, asker: str) -> None:
    keyed(desk(), asked_by=asker)
    assert the_request().asked_by == asker


@pytest.mark.parametrize("changed", [{"asked_by": "practitioner"}, {"channel": "online"}, {"channel": "agency"}, {"asked_by": ""}])
def test_nothing_else_can_be_keyed(db: None, changed: dict[str, str]) -> None:
    client = desk()
    assert post(client, "key_in", data={**FORM, **changed}).status_code == WRONG
    assert not RequestForAssistance.objects.using("owner").exists()


def test_what_they_left_out_on_paper_is_no_error_and_the_hub_asks_them(db: None) -> None:
    """A number that is missing beside a chosen way; never returned, whoever keyed it in."""
    keyed(desk(), phone="", story="")
    made = the_request()
    assert made.stage == Stage.TO_BE_CONTACTED
    assert made.contact_due_at is not None


def test_errors_stand_beside_the_fields_and_what_was_typed_stays(db: None) -> None:
    page = post(desk(), "key_in", data={**FORM, "phone": "scribble", "person-1-relation": "", "phrase": "short"})
    assert page.status_code == WRONG
    text = words(page)
    assert text.startswith("Error:")
    assert "Write a phone number" in text
    assert "Choose who they are to you" in text
    for typed in ("scribble", "Finn", "short", "The wee one does not sleep."):
        assert typed in page.content.decode()
    assert not RequestForAssistance.objects.using("owner").exists()
    assert not DraftRequest.objects.using("owner").exists()


def test_an_empty_form_is_not_sent(db: None) -> None:
    page = post(desk(), "key_in", data={"channel": "paper", "asked_by": "relative"})
    assert page.status_code == WRONG
    assert "The form says nothing yet" in words(page)


def test_danger_on_paper_shows_the_emergency_route_and_alerts(db: None) -> None:
    client = desk()
    page = words(client.get(keyed(client, story="He is going to kill us")))
    assert "This may be an emergency" in page
    assert "Whoever is on duty was told just now" in page


def test_the_same_form_fifty_times_at_once_is_one_request(db: None) -> None:
    cast.hub(), cast.social_work()
    data = {**FORM, "key": str(new_id())}
    browsers = [cast.signed_in(cast.desk_worker()) for _ in range(50)]
    assert at_once(browsers, reverse("practitioner:key_in"), data) == [302] * 50
    assert RequestForAssistance.objects.using("owner").count() == 1


def test_the_same_form_again_gives_the_same_slip(db: None) -> None:
    client = desk()
    key = str(new_id())
    first, second = (post(client, "key_in", data={**FORM, "key": key, "story": story}) for story in ("Once", "Twice"))
    assert location(first) == location(second)
    assert RequestForAssistance.objects.using("owner").count() == 1


def test_an_id_of_somebody_elses_request_keys_in_nothing(db: None) -> None:
    client = desk()
    theirs, a_draft = cast.family_request(), cast.draft(story="Mine")
    for taken in (theirs.id, a_draft.id):
        assert post(client, "key_in", data={**FORM, "key": str(taken)}).status_code == NOT_FOUND
    assert RequestForAssistance.objects.using("owner").count() == 1


def test_the_next_form_begins_the_same_way(db: None) -> None:
    page = go(desk(), "key_in", channel="village_hall").content.decode()
    assert '<option value="village_hall" selected>' in page
    assert go(desk(), "key_in", channel="nonsense").status_code == 200


def test_whoever_may_not_key_in_finds_nothing(db: None) -> None:
    assert go(cast.signed_in(cast.duty_worker()), "key_in").status_code == NOT_FOUND
