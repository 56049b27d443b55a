import json
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import Client

from reachin.access.requests_for_assistance.enums import AskedBy, Channel, Stage
from reachin.access.requests_for_assistance.models import DraftRequest, RequestForAssistance
from reachin.access.requests_for_assistance.questions import NEWEST_VERSION, pages_for
from reachin.groundwork.ids import new_id
from reachin.interfaces.family.who import OWN_SCOPE
from tests import cast

FAMILY_PAGES = [page.slug for page in pages_for(NEWEST_VERSION, AskedBy.PARENT_OR_CARER) if page.slug != "people"]
REFERENCE = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}")


def key_on(page: Any) -> str:
    found = re.search(r'name="key"[^>]*value="([^"]+)"', page.content.decode()) or re.search(
        r'value="([^"]+)"[^>]*name="key"', page.content.decode()
    )
    assert found is not None
    return found[1]


def begun(asked_by: AskedBy = AskedBy.PARENT_OR_CARER) -> Client:
    """A visitor who has said who they are."""
    cast.hub(), cast.social_work()
    client = Client()
    client.post("/ask/", {"asked_by": asked_by, "key": key_on(client.get("/ask/"))})
    return client


def scope_of(client: Client) -> UUID:
    return UUID(client.session[OWN_SCOPE])


def answers_of(client: Client) -> dict[str, Any]:
    return DraftRequest.objects.using("owner").get(id=scope_of(client)).answers()


def sent(client: Client, phrase: str = "a heron on the wall") -> RequestForAssistance:
    client.post("/ask/leave/?send", {"phrase": phrase})
    return RequestForAssistance.objects.using("owner").get(id=scope_of(client))


def test_a_parent_asks_in_their_own_words_and_gets_a_code_and_a_plain_answer_to_what_happens_next(db: None) -> None:
    client = begun()
    client.post("/ask/story/", {"story": "I am worn out since the twins came."})
    client.post("/ask/contact/", {"contact_way": "text", "phone": "07700 900123"})
    assert client.post("/ask/check/").headers["Location"] == "/ask/leave/?send"
    request_for_assistance = sent(client)
    page = client.get("/ask/sent/").content.decode()
    assert request_for_assistance.stage == Stage.TO_BE_CONTACTED
    assert request_for_assistance.channel == Channel.ONLINE
    assert request_for_assistance.reference in page
    for words in ("What happens next", "Who", "By when", "And if not", cast.hub().name):
        assert words in page


@pytest.mark.parametrize("asked_by", [AskedBy.YOUNG_PERSON, AskedBy.EXPECTING, AskedBy.RELATIVE])
def test_everybody_in_a_family_can_ask_for_themselves_without_a_postcode_or_a_number(db: None, asked_by: AskedBy) -> None:
    client = begun(asked_by)
    client.post("/ask/help/", {"help_with": ["feelings"]})
    request_for_assistance = sent(client)
    assert request_for_assistance.asked_by == asked_by
    assert request_for_assistance.stage == Stage.TO_BE_CONTACTED


@pytest.mark.parametrize("slug", FAMILY_PAGES)
def test_every_page_of_the_form_shows_one_heading_and_a_way_to_leave(db: None, slug: str) -> None:
    page = begun().get(f"/ask/{slug}/").content.decode()
    assert page.count("<h1") == 1
    assert "Save and come back later" in page
    assert "Hide this page" in page


def test_a_practitioners_questions_are_never_asked_of_a_family(db: None) -> None:
    assert begun().get("/ask/agency/").status_code == 404


def test_an_unknown_page_of_the_form_is_missing(db: None) -> None:
    assert begun().get("/ask/no-such-page/").status_code == 404


def test_pages_of_the_form_lead_to_the_start_when_nothing_was_begun(db: None) -> None:
    for address in ("/ask/tasks/", "/ask/story/", "/ask/people/", "/ask/check/", "/ask/leave/", "/ask/left/"):
        assert Client().get(address).headers["Location"] == "/ask/"


def test_the_same_first_page_posted_twice_begins_one_draft(db: None) -> None:
    cast.hub()
    first, again = Client(), Client()
    key = key_on(first.get("/ask/"))
    for client in (first, again):
        client.post("/ask/", {"asked_by": "parent_or_carer", "key": key})
    assert DraftRequest.objects.using("owner").count() == 1


def test_nobody_can_choose_another_familys_draft_by_its_id(db: None) -> None:
    victim = begun()
    victim.post("/ask/story/", {"story": "a secret"})
    thief = Client()
    thief.post("/ask/", {"asked_by": "parent_or_carer", "key": str(scope_of(victim))})
    assert scope_of(thief) != scope_of(victim)
    assert "a secret" not in thief.get("/ask/story/").content.decode()


def test_what_is_wrong_is_told_beside_the_field_and_what_was_typed_stays(db: None) -> None:
    client = begun()
    page = client.post("/ask/contact/", {"contact_way": "phone", "phone": "12", "through": "Ms Orr at school"})
    shown = page.content.decode()
    assert page.status_code == 422
    assert "Write a phone number, such as 07700 900 123" in shown
    assert 'value="12"' in shown
    assert answers_of(client)["through"] == "Ms Orr at school"
    assert "There is a problem" in shown


def test_a_chosen_contact_way_asks_for_what_it_needs(db: None) -> None:
    page = begun().post("/ask/contact/", {"contact_way": "email"}).content.decode()
    assert "Write the email address, so that we can write" in page


def test_words_of_danger_show_the_emergency_route_at_once_and_are_saved_all_the_same(db: None) -> None:
    client = begun()
    leads_to = client.post("/ask/story/", {"story": "My dad hits me and I want to die"}).headers["Location"]
    page = client.get(leads_to).content.decode()
    assert leads_to.startswith("/emergency/")
    assert "tel:999" in page
    assert "Nobody has been told yet" in page
    assert answers_of(client)["story"] == "My dad hits me and I want to die"


def test_the_emergency_route_is_shown_once_and_does_not_stand_in_the_way(db: None) -> None:
    client = begun()
    client.post("/ask/danger/", {"in_danger": "yes"})
    assert not client.post("/ask/story/", {"story": "he hits me"}).headers["Location"].startswith("/emergency/")


@pytest.mark.parametrize(
    "onward", ["//evil.example/", "https://evil.example/", "/ask/\\evil.example", "/hub/queue/", "javascript:alert(1)"]
)
def test_the_emergency_page_leads_on_only_to_our_own_questions(db: None, onward: str) -> None:
    cast.hub()
    assert "Go on with my request" not in Client().get("/emergency/", {"next": onward}).content.decode()


def test_a_draft_that_says_nothing_is_not_sent_and_the_page_says_why(db: None) -> None:
    page = begun().post("/ask/check/")
    assert page.status_code == 422
    assert "Tell us a little" in page.content.decode()


def test_a_draft_is_come_back_to_on_another_device_and_nothing_typed_is_lost(db: None) -> None:
    client = begun()
    client.post("/ask/story/", {"story": "We wait for a house.", "leave": "yes"})
    client.post("/ask/leave/", {"phrase": "a heron on the wall"})
    found = REFERENCE.search(client.get("/ask/left/").content.decode())
    assert found is not None
    other = Client()
    assert other.post("/come-back/", {"reference": found[0].lower(), "phrase": "A Heron  on the wall"}).headers["Location"] == "/ask/tasks/"
    assert "We wait for a house." in other.get("/ask/story/").content.decode()


def test_leaving_from_any_page_saves_it_first(db: None) -> None:
    client = begun()
    assert client.post("/ask/wishes/", {"wishes": "A quiet hour", "leave": "yes"}).headers["Location"] == "/ask/leave/"
    assert answers_of(client)["wishes"] == "A quiet hour"


def test_a_phrase_that_is_too_short_is_refused_in_plain_words(db: None) -> None:
    page = begun().post("/ask/leave/", {"phrase": "abc"}).content.decode()
    assert "at least 8 letters" in page


def test_throwing_away_deletes_the_draft_and_its_way_in_for_good(db: None) -> None:
    client = begun()
    client.post("/ask/leave/", {"phrase": "a heron on the wall"})
    client.get("/ask/throw-away/")
    client.post("/ask/throw-away/")
    assert not DraftRequest.objects.using("owner").exists()
    assert client.get("/ask/tasks/").headers["Location"] == "/ask/"


def test_throwing_away_after_sending_leaves_the_request(db: None) -> None:
    client = begun()
    client.post("/ask/story/", {"story": "x"})
    sent(client)
    client.post("/ask/throw-away/")
    assert RequestForAssistance.objects.using("owner").count() == 1


def test_going_back_after_sending_leads_to_the_request_and_never_sends_again(db: None) -> None:
    client = begun()
    client.post("/ask/story/", {"story": "x"})
    sent(client)
    assert client.get("/ask/check/").headers["Location"] == "/my-request/"
    assert client.post("/ask/check/").headers["Location"] == "/my-request/"
    assert RequestForAssistance.objects.using("owner").count() == 1


def test_the_first_page_posted_again_after_sending_begins_a_new_request(db: None) -> None:
    cast.hub(), cast.social_work()
    client = Client()
    first_page = {"asked_by": "parent_or_carer", "key": key_on(client.get("/ask/"))}
    client.post("/ask/", first_page)
    client.post("/ask/story/", {"story": "I am worn out."})
    asked = sent(client)
    assert client.post("/ask/", first_page).headers["Location"] == "/ask/tasks/"
    assert scope_of(client) != asked.id
    assert RequestForAssistance.objects.using("owner").count() == 1


def test_the_same_form_posted_fifty_times_at_once_makes_one_request(db: None) -> None:
    client = begun()
    client.post("/ask/story/", {"story": "x"})
    client.post("/ask/leave/", {"phrase": "a heron on the wall"})
    statuses: list[int] = []

    def post() -> None:
        other = Client()
        other.cookies = client.cookies
        try:
            statuses.append(other.post("/ask/check/").status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [302] * 50
    assert RequestForAssistance.objects.using("owner").count() == 1


HOSTILE = [
    "x" * 100_000,
    "\x00zero\x00",
    "👩‍👩‍👧‍👦 family",
    "שלום مرحبا",
    "\u202e backwards",
    "ﷺ" * 500,
    "<script>alert(1)</script>",
    "'; drop table people_person; --",
    "{{ 7 * 7 }}",
    "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "1066-01-01",
    "\r\n\r\n",
]


@pytest.mark.parametrize("slug", FAMILY_PAGES)
@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_that_is_typed_breaks_a_page(db: None, slug: str, hostile: str) -> None:
    client = begun()
    page = next(page for page in pages_for(NEWEST_VERSION, AskedBy.PARENT_OR_CARER) if page.slug == slug)
    typed = {question.code: hostile for question in page.questions}
    answer = client.post(f"/ask/{slug}/", typed)
    assert answer.status_code in (302, 400, 422)
    shown = client.get(f"/ask/{slug}/")
    assert shown.status_code == 200
    assert b"<script>alert(1)</script>" not in shown.content


def test_every_naughty_string_in_every_field_gives_no_server_error_and_a_check_page(db: None, outside_data: Callable[[str], Path]) -> None:
    strings: list[str] = json.loads(outside_data("data/security/blns/blns.json").read_text())
    client = begun()
    pages = [page for page in pages_for(NEWEST_VERSION, AskedBy.PARENT_OR_CARER) if page.slug != "people"]
    for place, naughty in enumerate(strings):
        page = pages[place % len(pages)]
        answer = client.post(f"/ask/{page.slug}/", {question.code: naughty for question in page.questions})
        assert answer.status_code in (302, 400, 422), naughty
        if place % 40 == 0:
            assert client.get("/ask/check/").status_code == 200
    client.post("/ask/people/add/", {"known_as": strings[100], "relation": "child", "age_years": "4", "key": str(new_id())})
    assert sent(client).stage in Stage.values


def test_what_was_typed_into_an_overlong_answer_stays_on_the_page(db: None) -> None:
    page = begun().post("/ask/story/", {"story": "word " * 20_000}).content.decode()
    assert "This is too long" in page
    assert page.count("word ") >= 20_000 - 1


def test_asking_needs_few_queries_a_page(db: None, django_assert_max_num_queries: Any) -> None:
    client = begun()
    cache.clear()
    with django_assert_max_num_queries(12):
        client.get("/ask/story/")
    with django_assert_max_num_queries(16):
        client.post("/ask/story/", {"story": "I am tired"})


@pytest.mark.parametrize("slug", ["story", "people/add", "tasks", "danger", "contact", ""])
def test_a_page_that_is_drawn_once_for_everybody_holds_nothing_of_whoever_saw_it_first(db: None, slug: str) -> None:
    first, second = begun(), begun()
    first.post("/ask/story/", {"story": "Nobody else may ever read this."})
    for page in ("story", "people/add", "tasks", "danger", "contact", ""):
        first.get(f"/ask/{page}/".replace("//", "/"))
    shown = [client.get(f"/ask/{slug}/".replace("//", "/")).content.decode() for client in (first, second, first)]
    assert "Nobody else may ever read this." not in shown[1]
    assert str(scope_of(first)) not in shown[1]
    marks = [re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page) for page in shown]
    assert all(marks) == (slug != "tasks")
    assert not {*marks[0]} & {*marks[1]}
    assert ("Nobody else may ever read this." in shown[2]) == (slug == "story")


def test_an_answer_that_was_taken_back_leaves_the_blank_page_and_a_given_one_comes_back(db: None) -> None:
    client = begun()
    blank = client.get("/ask/story/").content.decode()
    client.post("/ask/story/", {"story": "We moved in the spring."})
    assert "We moved in the spring." in client.get("/ask/story/").content.decode()
    client.post("/ask/story/", {"story": ""})
    again = client.get("/ask/story/").content.decode()
    mark = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
    assert mark.sub("", again) == mark.sub("", blank)


def test_two_tabs_that_add_a_person_at_once_lose_neither(db: None) -> None:
    client = begun()
    key = client.session.session_key
    names, waiting = ["Isla", "Rory", "Mairi", "Finlay"], threading.Barrier(4)

    def add(name: str) -> None:
        tab = Client()
        tab.cookies[settings.SESSION_COOKIE_NAME] = key or ""
        waiting.wait()
        tab.post("/ask/people/add/", {"known_as": name, "relation": "child", "age_years": "7", "key": str(new_id())})
        connections.close_all()

    tabs = [threading.Thread(target=add, args=[name]) for name in names]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert sorted(person["known_as"] for person in answers_of(client)["people"]) == sorted(names)
