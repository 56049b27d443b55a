"""Searching the queue: nobody's name in an address, a trace of each search, and a brake on searching for everybody."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from django.test import Client

from reachin.groundwork.audited_access import brakes
from reachin.groundwork.audited_access.enums import BrakeStep
from reachin.groundwork.audited_access.models import AuditEvent, OpeningBrake
from reachin.groundwork.audited_access.rules import SEARCHES, Rate
from reachin.groundwork.clock import now
from reachin.groundwork.field_encryption import blind_index
from reachin.groundwork.notices.models import Message
from reachin.groundwork.permissions.enums import Role
from reachin.interfaces.hub.searching import token_of, words_looked_for
from tests import cast

from .partnership import Partnership, family_asks, many_cards, signed_in, words_of

FEW = Rate(3, 6)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three searches are many here, and six far too many."""
    monkeypatch.setattr(brakes, "SEARCHES", FEW)


def looks_for(client: Client, words: str, **narrowed: str) -> str:
    """Where a search leads."""
    answer = client.post("/hub/search/", {"q": words, **narrowed})
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def found(client: Client, address: str) -> list[str]:
    """The references on the page, in order."""
    page = client.get(address)
    assert page.status_code == 200
    return re.findall(r'class="ri_hub-reference"[^>]*>([^<]+)<', page.content.decode())


def searches() -> list[AuditEvent]:
    return list(AuditEvent.objects.using("owner").filter(event="queue.searched").order_by("happened_at"))


@pytest.mark.parametrize("typed", ["macleoid", "MACLEÒID", "Isla"])
def test_a_name_that_is_searched_for_stands_in_no_address(partnership: Partnership, typed: str) -> None:
    sent, client = family_asks(), signed_in(partnership.worker)
    family_asks(your_name="Zofia", people=[])
    address = looks_for(client, typed)
    assert found(client, address) == [sent.reference]
    page = client.get(address).content.decode()
    assert f'value="{typed}"' in page, "what was typed stays in its field"
    links = re.findall(r'(?:href|action)="([^"]*)"', page)
    assert links
    assert [link for link in [address, *links] if typed.casefold() in link.casefold()] == []


def test_a_name_in_the_address_finds_nobody(partnership: Partnership) -> None:
    sent, other = family_asks(), family_asks(your_name="Zofia", people=[])
    client = signed_in(partnership.worker)
    assert found(client, "/hub/?q=macleoid") == [sent.reference, other.reference]
    assert client.get("/hub/search/?q=macleoid").status_code == 405


def test_a_reference_is_found_whoevers_turn_it_is(partnership: Partnership) -> None:
    sent, client = family_asks(), signed_in(partnership.worker)
    assert found(client, looks_for(client, sent.reference.lower(), turn="closed")) == [sent.reference]


def test_a_search_keeps_what_the_queue_was_narrowed_by_and_a_filter_keeps_the_search(partnership: Partnership) -> None:
    family_asks()
    danger, client = family_asks(story="I want to die"), signed_in(partnership.worker)
    address = looks_for(client, "macleoid", urgency="0", filter="1")
    assert found(client, address) == [danger.reference]
    page = client.get(address).content.decode()
    [token] = set(re.findall(r'name="looked" value="([^"]+)"', page))
    assert parse_qs(urlsplit(address).query)["looked"] == [token]
    assert found(client, f"/hub/?looked={token}&urgency=2") != [danger.reference]


def test_an_empty_search_leads_back_to_the_whole_queue(partnership: Partnership) -> None:
    client = signed_in(partnership.worker)
    assert looks_for(client, "  ", turn="closed") == "/hub/?turn=closed"
    assert looks_for(client, "") == "/hub/"
    assert searches() == []


def test_the_pages_of_a_search_go_on_and_back(partnership: Partnership) -> None:
    many_cards(partnership, 1300)
    client = signed_in(partnership.worker)
    first = looks_for(client, "a")
    pages, address = [], first
    while address:
        page = client.get(address).content.decode()
        pages.append(re.findall(r'class="ri_hub-reference"[^>]*>([^<]+)<', page))
        on = re.search(r'rel="next" href="([^"]+)"', page)
        address = "/hub/" + on[1].replace("&amp;", "&") if on else ""
    assert len(pages) > 1
    assert found(client, first) == pages[0], "the back button shows the same again"
    assert len(searches()) == 1


def test_a_token_opens_for_its_account_alone_and_for_an_hour(partnership: Partnership) -> None:
    moment, who = now(), partnership.worker.id
    token = token_of("Isla MacLeòid", account_id=who, now=moment)
    assert words_looked_for(token, account_id=who, now=moment + timedelta(minutes=59)) == "Isla MacLeòid"
    assert words_looked_for(token, account_id=who, now=moment + timedelta(hours=1)) is None
    assert words_looked_for(token, account_id=partnership.colleague.id, now=moment) is None
    for other in (token[:-6], token[:20] + "A" + token[21:], "x", "é", "A" * 80, "=" * 5000):
        assert words_looked_for(other, account_id=who, now=moment) is None


def test_a_search_that_is_over_says_so_and_shows_the_queue(partnership: Partnership, time_is: Callable[[datetime], None]) -> None:
    sent = [family_asks(), family_asks(your_name="Zofia", people=[])]
    client = signed_in(partnership.worker)
    address = looks_for(client, "macleoid")
    assert found(client, address) == [sent[0].reference]
    time_is(now() + timedelta(minutes=61))
    again = signed_in(partnership.worker)
    assert found(again, address) == [one.reference for one in sent]
    assert "Your search is over" in words_of(again.get(address).content.decode())
    assert "Your search is over" not in words_of(again.get("/hub/").content.decode())


def test_each_search_leaves_a_trace_of_who_and_a_keyed_digest_of_whom(partnership: Partnership) -> None:
    family_asks()
    client = signed_in(partnership.worker)
    looks_for(client, " Isla   MacLeòid ")
    looks_for(client, "isla macleòid")
    looks_for(client, "Zofia")
    first, again, other = searches()
    assert (first.user_id, first.agency_id, first.subject_kind) == (partnership.worker.id, partnership.hub.id, "search")
    assert first.fields == ["display_name"]
    assert first.subject_id == again.subject_id == UUID(bytes=blind_index("isla macleòid", field="openings.searched")[:16])
    assert other.subject_id != first.subject_id


@pytest.mark.usefixtures("few")
def test_who_searches_for_many_is_asked_why_and_far_beyond_refused(partnership: Partnership) -> None:
    client = signed_in(partnership.worker)
    for name in ("Ailsa", "Isla", "Zofia"):
        looks_for(client, name)
    asked = client.post("/hub/search/", {"q": "Mairi", "turn": "closed"})
    assert asked.status_code == 429
    assert "searched for more people than usual" in asked.content.decode()
    assert "Why are you searching for this one?" in asked.content.decode()
    assert 'name="q" value="Mairi"' in asked.content.decode(), "what was typed is carried"
    for name in ("Mairi", "Torquil", "Effie"):
        looks_for(client, name, opening_reason="busy")
    refused = client.post("/hub/search/", {"q": "Ruaridh", "opening_reason": "busy"})
    assert refused.status_code == 429
    assert "searched for far more people" in refused.content.decode()
    assert len(searches()) == 6
    assert searches()[-1].fields == ["display_name", "busy"]
    assert found(client, "/hub/") == [], "the queue itself stays open"


@pytest.mark.usefixtures("few")
def test_the_same_again_is_no_new_search_and_anothers_are_not_mine(partnership: Partnership) -> None:
    client = signed_in(partnership.worker)
    for _again in range(10):
        looks_for(client, "Isla")
    looks_for(client, "Zofia")
    for name in ("Ailsa", "Isla", "Zofia"):
        looks_for(signed_in(partnership.colleague), name)
    looks_for(client, "Mairi")


@pytest.mark.usefixtures("few")
def test_searches_of_an_hour_ago_do_not_count(partnership: Partnership, time_is: Callable[[datetime], None]) -> None:
    client = signed_in(partnership.worker)
    for name in ("Ailsa", "Isla", "Zofia"):
        looks_for(client, name)
    time_is(now() + timedelta(minutes=61))
    looks_for(signed_in(partnership.worker), "Mairi")


@pytest.mark.usefixtures("few")
def test_the_guardian_sees_and_hears_of_a_search_for_everybody(partnership: Partnership) -> None:
    guardian, client = cast.account(Role.INFORMATION_GUARDIAN, partnership.hub), signed_in(partnership.worker)
    for place in range(FEW.refused_from + 1):
        client.post("/hub/search/", {"q": f"Isla {place}", "opening_reason": "busy"})
    marks = OpeningBrake.objects.using("owner").order_by("braked_at")
    assert [(mark.step, mark.searches) for mark in marks] == [(BrakeStep.ASKED, 3), (BrakeStep.REFUSED, 6)]
    assert Message.objects.using("owner").filter(event="opening.refused").count() == 1
    page = words_of(signed_in(guardian).get("/guardian/looking/").content.decode())
    assert "6 other searches within the hour" in page


def test_searching_is_asked_before_it_is_refused() -> None:
    assert 0 < SEARCHES.asked_from < SEARCHES.refused_from


def test_nobody_else_searches(partnership: Partnership) -> None:
    for account in (partnership.teacher, partnership.supporter):
        assert signed_in(account).post("/hub/search/", {"q": "Isla"}).status_code == 404
    assert searches() == []
