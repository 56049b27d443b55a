"""The queue: its order, what it is asked for, its pages, and what it costs."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reachin.access.requests_for_assistance.enums import AskedBy, Channel
from reachin.access.requests_for_assistance.models import RequestForAssistance
from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.jobs.outbox import send_next
from reachin.groundwork.notices.models import Message
from reachin.groundwork.notices.rules import MOST_ATTEMPTS
from reachin.interfaces.hub.queue_rows import PAGE_SIZE, Mark, Search, statement
from reachin.partnership.places.models import Area
from tests.groundwork.page_parts.reading_html import Page

from .partnership import Partnership, family_asks, many_cards, practitioner_asks, read_page, signed_in, words_of


def shown(partnership: Partnership, query: str = "") -> list[str]:
    """The references on the page, in order."""
    page = signed_in(partnership.worker).get(f"/hub/{query}")
    assert page.status_code == 200
    return re.findall(r'class="ri_hub-reference"[^>]*>([^<]+)<', page.content.decode())


def found(partnership: Partnership, typed: str) -> list[str]:
    """The references that a search for this shows, in order."""
    client = signed_in(partnership.worker)
    led = client.post("/hub/search/", {"q": typed}).headers["Location"]
    return re.findall(r'class="ri_hub-reference"[^>]*>([^<]+)<', client.get(led).content.decode())


def test_the_most_urgent_come_first_then_the_oldest(partnership: Partnership) -> None:
    first, second = family_asks(), family_asks(people=[])
    danger = family_asks(story="He hits me when he drinks")
    soon = family_asks(in_danger="not_sure")
    assert shown(partnership) == [one.reference for one in (danger, soon, first, second)]


def test_a_row_tells_who_where_and_how_long(partnership: Partnership) -> None:
    family_asks(channel=Channel.PAPER, people=[])
    page = signed_in(partnership.worker).get("/hub/").content.decode()
    for words in ("Isla MacLeòid", "Parent or carer", "On paper", "Family to be contacted", "nobody yet"):
        assert words in page


def test_each_turn_has_its_tab(partnership: Partnership) -> None:
    ours, returned = family_asks(), practitioner_asks(partnership.teacher, story="")
    assert shown(partnership) == [ours.reference]
    assert shown(partnership, "?turn=sender") == [returned.reference]
    assert shown(partnership, "?turn=agencies") == []
    assert shown(partnership, "?turn=nonsense") == [ours.reference]


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("?stage=ready_for_triage", {"plain", "paper", "danger"}),
        ("?stage=to_be_contacted", {"unknown"}),
        ("?urgency=0", {"danger"}),
        ("?channel=paper", {"paper"}),
        ("?asked_by=young_person", {"unknown"}),
        ("?area=none", {"plain", "paper", "danger", "unknown"}),
        ("?area=S12000035", set()),
        ("?overdue=1", set()),
        ("?stage=nonsense&urgency=9&channel=%00x".replace("%00", ""), {"plain", "paper", "danger", "unknown"}),
    ],
)
def test_filters(partnership: Partnership, query: str, finds: set[str]) -> None:
    sent = {
        "plain": family_asks(),
        "paper": family_asks(channel=Channel.PAPER),
        "danger": family_asks(story="I want to die"),
        "unknown": family_asks(AskedBy.YOUNG_PERSON, contact_way="", people=[]),
    }
    assert set(shown(partnership, query)) == {sent[name].reference for name in finds}


def test_a_reference_is_found_in_any_spacing_and_any_stage(partnership: Partnership) -> None:
    returned = practitioner_asks(partnership.teacher, story="")
    family_asks()
    for typed in (returned.reference, returned.reference.lower().replace("-", " "), f" {returned.reference.replace('-', '')} "):
        assert found(partnership, typed) == [returned.reference]


@pytest.mark.parametrize("typed", ["macleoid", "MACLEÒID", "MacLeòid", "isla", "tam"])
def test_a_name_is_found_without_its_accents(partnership: Partnership, typed: str) -> None:
    sent = family_asks()
    family_asks(your_name="Zofia", people=[])
    assert found(partnership, typed) == [sent.reference]


@pytest.mark.parametrize("typed", ["%", "_", "\\", "'; drop table", "<b>", "x" * 500])
def test_signs_in_a_search_mean_themselves(partnership: Partnership, typed: str) -> None:
    family_asks()
    assert found(partnership, typed) == []


def test_pages_go_on_and_back_by_place(partnership: Partnership) -> None:
    many_cards(partnership, 1300)
    client = signed_in(partnership.worker)
    seen: list[str] = []
    pages: list[list[str]] = []
    address, page = "/hub/", ""
    while address:
        page = client.get(address).content.decode()
        pages.append(re.findall(r'class="ri_hub-reference"[^>]*>([^<]+)<', page))
        seen += pages[-1]
        on = re.search(r'rel="next" href="([^"]+)"', page)
        address = "/hub/" + on[1].replace("&amp;", "&") if on else ""
    assert [len(page) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 30]
    assert len(set(seen)) == 130
    back = re.search(r'rel="prev" href="([^"]+)"', page)
    assert back is not None
    assert shown(partnership, back[1].replace("&amp;", "&")) == pages[1]


@pytest.mark.parametrize("place", ["", "x", "1.2", "1.99999999999999999999999.x", "9.0.01a20102b45875e7b4de12ad3d079793", "1..", "²."])
def test_a_place_that_is_none_shows_the_first_page(partnership: Partnership, place: str) -> None:
    sent = family_asks()
    assert shown(partnership, f"?after={place}") in ([sent.reference], [])
    assert shown(partnership, f"?before={place}") in ([sent.reference], [])


def test_a_place_is_read_as_it_was_written(partnership: Partnership) -> None:
    sent = family_asks()
    mark = Mark(sent.urgency, sent.received_at, sent.id)
    assert Mark.read(str(mark)) == mark


def asked_tables(partnership: Partnership, query: str) -> list[str]:
    """The tables that the page asks, apart from who acts."""
    client = signed_in(partnership.worker)
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/hub/{query}")
    tables = [found[1] for query in asked.captured_queries if (found := re.search(r'(?i)from "?(\w+)"?', query["sql"]))]
    return [table for table in tables if not table.startswith(("django_session", "accounts_"))]


def test_the_queue_asks_once_and_with_its_filters_twice(partnership: Partnership) -> None:
    Area.objects.create(code="S12000035", name="Strathlennan", name_key="strathlennan", kind="council")
    practitioner_asks(partnership.teacher)
    family_asks()
    assert asked_tables(partnership, "") == ["requests_for_assistance_requestforassistance"]
    assert asked_tables(partnership, "?filter=1") == ["requests_for_assistance_requestforassistance", "places_area"]


def test_filters_are_shown_when_asked_for_or_used(partnership: Partnership) -> None:
    client = signed_in(partnership.worker)
    for query, are_shown in (("", False), ("?filter=1", True), ("?urgency=0", True), ("?turn=closed", False)):
        response = client.get(f"/hub/{query}")
        assert isinstance(response, HttpResponse)
        assert bool(Page(read_page(response)).named("stage")) is are_shown


def test_what_is_late_is_told_as_late(partnership: Partnership, time_is: Callable[[datetime], None]) -> None:
    time_is(datetime(2026, 11, 2, 9, tzinfo=UTC))
    sent = family_asks()
    assert "by 4 Nov 2026" in words_of(signed_in(partnership.worker).get("/hub/").content.decode())
    time_is(datetime(2026, 11, 5, 9, tzinfo=UTC))
    assert "overdue since 4 Nov 2026" in words_of(signed_in(partnership.worker).get("/hub/").content.decode())
    assert shown(partnership, "?overdue=1") == [sent.reference]


def test_each_worker_has_a_frame_of_their_own_and_a_token_that_works(partnership: Partnership) -> None:
    family_asks()
    for account in (partnership.worker, partnership.colleague, partnership.worker):
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(account, backend="reachin.partnership.accounts.backend.StaffBackend")
        pages = [browser.get("/hub/").content.decode() for _look in range(2)]
        tokens = [re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page) for page in pages]
        assert all(account.name in page for page in pages)
        assert tokens[0] != tokens[1], "masked anew for each page"
        assert browser.post("/work/sign-out/", {"csrfmiddlewaretoken": tokens[1][0]}).status_code == 302


def test_a_page_is_in_the_language_of_its_reader(partnership: Partnership) -> None:
    family_asks()
    client = signed_in(partnership.worker)
    english = client.get("/hub/").content.decode()
    gaelic = client.get("/hub/", headers={"accept-language": "gd"}).content.decode()
    assert '<html lang="en-GB"' in english
    assert '<html lang="gd"' in gaelic
    assert client.get("/hub/").content.decode().count("Family to be contacted") == english.count("Family to be contacted")


def test_nothing_typed_is_taken_for_a_part_of_the_page(partnership: Partnership) -> None:
    family_asks(your_name="slot-rows {{ rows }} <b>")
    page = signed_in(partnership.worker).get("/hub/").content.decode()
    assert "slot-rows {{ rows }} &lt;b&gt;" in page
    assert page.count("ri_hub-reference") == 1


def test_a_row_changes_with_its_request(partnership: Partnership) -> None:
    sent = family_asks()
    assert "nobody yet" in signed_in(partnership.worker).get("/hub/").content.decode()
    RequestForAssistance.objects.using("owner").filter(id=sent.id).update(contact_owner=partnership.colleague)
    page = signed_in(partnership.worker).get("/hub/").content.decode()
    assert "nobody yet" not in page
    assert partnership.colleague.name in page


def plan_of(partnership: Partnership, query: str, words: str = "") -> str:
    with acting(partnership.worker.actor()) as moment:
        asked, values = statement(partnership.hub.id, Search.read(QueryDict(query), words), moment=moment)
        with connection.cursor() as cursor:
            cursor.execute(f"explain {asked}", values)
            return "\n".join(line for (line,) in cursor.fetchall())


def test_the_queue_is_read_by_its_index_however_many_there_are(partnership: Partnership) -> None:
    many_cards(partnership, 20_000)
    place = "2.1795300000000000.01a20102b45875e7b4de12ad3d079793"
    queue, later, stage = (plan_of(partnership, query) for query in ("", f"after={place}", "stage=matched"))
    assert "Index Scan using request_queue " in queue
    assert "Sort" not in queue
    assert re.search(r"Index Cond: .*ROW\(urgency, received_at, id\) > ROW", later)
    assert "using request_queue_by_stage" in stage
    assert "Seq Scan on requests_for" not in queue + later + stage


def test_a_name_is_looked_for_only_where_the_index_leads(partnership: Partnership) -> None:
    many_cards(partnership, 20_000)
    plan = plan_of(partnership, "", "macleoid")
    assert re.search(r"(Scan on|using) request_queue", plan)
    assert "Seq Scan on requests_for" not in plan


def test_others_see_none_of_it(partnership: Partnership) -> None:
    sent = family_asks()
    assert sent.reference not in signed_in(partnership.duty_worker).get("/hub/").content.decode()
    for account in (partnership.teacher, partnership.supporter):
        assert signed_in(account).get("/hub/").status_code == 404
    anonymous: Any = signed_in(partnership.worker)
    anonymous.logout()
    assert anonymous.get("/hub/").status_code == 302


def test_a_message_that_could_not_be_sent_shows_in_the_queue_until_a_person_told_it(partnership: Partnership) -> None:
    by_email: dict[str, Any] = {"contact_way": "email", "email": "isla@example.com", "may_leave_message": "yes", "safe_times": ""}
    sent, other = family_asks(**by_email), family_asks(your_name="Zofia", people=[])
    client = signed_in(partnership.worker)
    assert "message not sent" not in client.get("/hub/").content.decode()
    for _try in range(MOST_ATTEMPTS):
        Message.objects.using("owner").filter(about_id=sent.id, state="queued").update(not_before=sent.received_at)
        assert send_next(refuses)
    page = client.get("/hub/").content.decode()
    [row] = [row for row in page.split("<tr") if "message not sent" in row]
    assert sent.reference in row
    assert other.reference not in row
    request_page = client.get(f"/hub/requests/{sent.id}/").content.decode()
    assert "Could not be sent" in request_page
    [message] = re.findall(r'name="message" [^>]*value="([^"]+)"', request_page)
    client.post(f"/hub/requests/{sent.id}/told/", {"message": [message]})
    assert Message.objects.using("owner").get(id=message).state == "told"
    assert "message not sent" not in client.get("/hub/").content.decode()


def refuses(message: Message, told: Mapping[str, str]) -> None:
    raise OSError("no way there")
