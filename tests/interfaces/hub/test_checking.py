"""What looks automatic stands in its own place of the queue, and a worker decides."""

import pytest
from django.test import Client

from reachin.access.requests_for_assistance import quarantine
from reachin.access.requests_for_assistance.enums import Stage, Suspicion, WaitingFor
from reachin.access.requests_for_assistance.models import RequestForAssistance
from reachin.groundwork.audited_access.context import Actor, acting
from tests import cast


@pytest.fixture
def marked(db: None) -> RequestForAssistance:
    return cast.quarantined_request()


@pytest.fixture
def worker(db: None) -> Client:
    return cast.signed_in(cast.hub_worker())


def card(sent: RequestForAssistance) -> RequestForAssistance:
    return RequestForAssistance.objects.using("owner").get(id=sent.id)


def words(client: Client, address: str) -> str:
    return client.get(address).content.decode()


@pytest.mark.parametrize(
    ("address", "is_there"),
    [
        ("/hub/", False),
        ("/hub/?turn=check", True),
        ("/hub/?turn=sender", False),
        ("/hub/?stage=ready_for_triage", False),
        ("/hub/?turn=closed", False),
    ],
)
def test_it_stands_in_its_own_place_of_the_queue(marked: RequestForAssistance, worker: Client, address: str, *, is_there: bool) -> None:
    assert (marked.reference in words(worker, address)) is is_there


def test_it_is_found_by_its_reference_wherever_it_stands(marked: RequestForAssistance, worker: Client) -> None:
    led = worker.post("/hub/search/", {"q": marked.reference}).headers["Location"]
    assert marked.reference in words(worker, led)


def test_the_start_page_says_that_something_waits_to_be_checked_and_nothing_where_nothing_does(db: None, worker: Client) -> None:
    assert "look automatic" not in words(worker, "/work/")
    sent = cast.quarantined_request()
    page = words(worker, "/work/")
    assert "request that looks automatic, to be checked" in page
    assert "/hub/?turn=check" in page
    worker.post(f"/hub/requests/{sent.id}/release/", {"version": str(sent.version)})
    assert "looks automatic" not in words(worker, "/work/")


def test_its_page_says_why_and_offers_the_two_decisions_alone(marked: RequestForAssistance, worker: Client) -> None:
    page = words(worker, f"/hub/requests/{marked.id}/")
    for said in (
        "This looks automatic",
        "sent faster than anybody writes",
        "that people do not see",
        "let it into the queue",
        "Set it aside",
    ):
        assert said in page
    for step in ("/refer/", "/contact/", "/close/", "I will be in touch"):
        assert step not in page


def test_another_requests_page_says_nothing_of_it(db: None, worker: Client) -> None:
    assert "This looks automatic" not in words(worker, f"/hub/requests/{cast.family_request().id}/")


def test_released_it_stands_where_it_belongs(marked: RequestForAssistance, worker: Client) -> None:
    led = worker.post(f"/hub/requests/{marked.id}/release/", {"version": str(marked.version)})
    assert led.headers["Location"].endswith("?done=release")
    assert "in the queue now" in words(worker, led.headers["Location"])
    assert marked.reference in words(worker, "/hub/")
    assert card(marked).waiting_for == WaitingFor.HUB


def test_it_is_set_aside_only_with_a_reason(marked: RequestForAssistance, worker: Client) -> None:
    address = f"/hub/requests/{marked.id}/set-aside/"
    assert worker.get(address).status_code == 200
    without = worker.post(address, {"version": str(marked.version), "reason": ""})
    assert (without.status_code, "Write why" in without.content.decode()) == (422, True)
    led = worker.post(address, {"version": str(marked.version), "reason": "An advert."})
    assert led.headers["Location"].endswith("?done=set_aside")
    assert card(marked).stage == Stage.CLOSED
    page = words(worker, f"/hub/requests/{marked.id}/")
    assert "An advert." in page
    assert "No person sent it" in page


def test_whoever_comes_second_is_told(marked: RequestForAssistance, worker: Client) -> None:
    worker.post(f"/hub/requests/{marked.id}/release/", {"version": str(marked.version)})
    assert worker.post(f"/hub/requests/{marked.id}/release/", {"version": str(marked.version)}).status_code == 409
    late = worker.post(f"/hub/requests/{marked.id}/set-aside/", {"version": str(marked.version), "reason": "An advert."})
    assert late.status_code == 409
    assert "An advert." in late.content.decode()


def test_a_family_whose_request_was_set_aside_reads_what_to_do(marked: RequestForAssistance, worker: Client) -> None:
    worker.post(f"/hub/requests/{marked.id}/set-aside/", {"version": str(marked.version), "reason": "An advert."})
    page = words(cast.came_in(marked), "/my-request/")
    assert "ask again, or ring us" in page
    assert "An advert." not in page


def test_closing_does_not_offer_setting_aside(db: None, worker: Client) -> None:
    assert "looked automatic" not in words(worker, f"/hub/requests/{cast.family_request().id}/close/")


def test_a_duty_desk_that_was_alerted_reads_it_and_decides_nothing(db: None) -> None:
    sent = cast.danger_request()
    with acting(Actor.family(sent.id)) as now:
        quarantine.hold(sent, [Suspicion.TOO_FAST], now=now)
    desk = cast.signed_in(cast.duty_worker())
    assert desk.get(f"/work/alerts/{sent.id}/").status_code == 200
    assert desk.post(f"/hub/requests/{sent.id}/release/", {"version": "2"}).status_code == 404
