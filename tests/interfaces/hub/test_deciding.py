"""What a worker does with a request: each step's form, its errors, two workers at once, and what is never possible."""

from typing import Any

import pytest
from django.http import HttpResponse

from reachin.access.requests_for_assistance import actions
from reachin.access.requests_for_assistance.enums import ContactOutcome, Outcome, Stage
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestNote
from tests.groundwork.page_parts.reading_html import Page, summary_links

from .partnership import Partnership, card, family_asks, opened, practitioner_asks, read_page, signed_in, words_of

STEPS = ("contact", "ask-family", "return", "call-list", "discuss", "close", "reopen", "error", "move")


def send(
    partnership: Partnership, sent: RequestForAssistance, step: str, *, account: Any = None, version: Any = None, **told: Any
) -> HttpResponse:
    """Posts a step's form as a browser would, with the version that its page showed."""
    client = signed_in(account or partnership.worker)
    data = {"version": card(sent.id).version if version is None else version, **told}
    response = client.post(f"/hub/requests/{sent.id}/{step}/", data)
    assert isinstance(response, HttpResponse)
    return response


def notes(sent: RequestForAssistance, kind: str) -> list[RequestNote]:
    return list(RequestNote.objects.using("owner").filter(request_for_assistance_id=sent.id, kind=kind).order_by("written_at"))


@pytest.mark.parametrize("step", STEPS)
def test_each_steps_page_stands_in_nobodys_way(partnership: Partnership, step: str) -> None:
    for sent in (family_asks(must_not_know="Craig"), practitioner_asks(partnership.teacher)):
        response = signed_in(partnership.worker).get(f"/hub/requests/{sent.id}/{step}/")
        assert isinstance(response, HttpResponse)
        read_page(response, response.status_code)
        assert response.status_code in (200, 409)


def test_speaking_with_the_family_moves_the_request_on(partnership: Partnership) -> None:
    sent = family_asks(people=[])
    assert card(sent.id).stage == Stage.TO_BE_CONTACTED
    assert send(partnership, sent, "contact", outcome="spoke", words="All well.").status_code == 302
    assert card(sent.id).stage == Stage.READY_FOR_TRIAGE
    assert card(sent.id).contact_due_at is None


def test_the_contact_page_shows_how_to_be_in_touch(partnership: Partnership) -> None:
    response = signed_in(partnership.worker).get(f"/hub/requests/{family_asks().id}/contact/")
    assert isinstance(response, HttpResponse)
    assert "No. Leave no message" in words_of(read_page(response))


def test_a_second_attempt_from_an_old_page_is_not_kept_twice(partnership: Partnership) -> None:
    sent = family_asks()
    version = card(sent.id).version
    assert send(partnership, sent, "contact", outcome="no_answer", version=version).status_code == 302
    assert send(partnership, sent, "contact", outcome="no_answer", version=version).status_code == 409


def test_a_question_reaches_the_family(partnership: Partnership) -> None:
    sent = family_asks()
    assert send(partnership, sent, "ask-family", question="Would a visit be all right?").status_code == 302
    assert len(notes(sent, "question")) == 1


def test_a_practitioners_family_is_not_asked_where_they_could_not_see_it(partnership: Partnership) -> None:
    sent = practitioner_asks(partnership.teacher)
    assert signed_in(partnership.worker).get(f"/hub/requests/{sent.id}/ask-family/").status_code == 409


def test_a_practitioners_request_goes_back_with_what_is_missing(partnership: Partnership) -> None:
    sent = practitioner_asks(partnership.teacher, tried="")
    page = signed_in(partnership.worker).get(f"/hub/requests/{sent.id}/return/").content.decode()
    ticked = [box["value"] for box in Page(page).named("questions") if box.has("checked")]
    assert ticked == ["tried"]
    assert send(partnership, sent, "return", questions=["tried", "people"], note="So that nobody offers it again.").status_code == 302
    assert card(sent.id).stage == Stage.RETURNED
    assert notes(sent, "what_is_missing")[-1].questions == ["tried", "people"]


def test_nothing_goes_back_without_saying_what_is_missing(partnership: Partnership) -> None:
    sent = practitioner_asks(partnership.teacher)
    page = Page(read_page(send(partnership, sent, "return"), 422))
    [link] = summary_links(page)
    assert link["href"] == "#id_questions_0"
    assert card(sent.id).stage == Stage.READY_FOR_TRIAGE


def test_a_familys_request_is_never_returned(partnership: Partnership) -> None:
    sent = family_asks()
    client = signed_in(partnership.worker)
    assert "Return to the sender" not in client.get(f"/hub/requests/{sent.id}/").content.decode()
    assert client.get(f"/hub/requests/{sent.id}/return/").status_code == 409
    assert send(partnership, sent, "return", questions=[], note="What is wrong?").status_code == 409
    assert card(sent.id).stage == Stage.READY_FOR_TRIAGE


@pytest.mark.parametrize(
    ("steps", "ends_at"),
    [
        ([("discuss", {"reason": "With the school."})], Stage.IN_DISCUSSION),
        ([("call-list", {"reason": "Ask first."})], Stage.TO_BE_CONTACTED),
        ([("close", {"reason": "They rang.", "outcome": "own_way"})], Stage.CLOSED),
        ([("close", {"reason": "They rang.", "outcome": "own_way"}), ("reopen", {"reason": "Too early."})], Stage.IN_DISCUSSION),
        ([("error", {"reason": "Keyed in twice."})], Stage.ENTERED_IN_ERROR),
    ],
)
def test_decisions_are_kept_with_their_reason(partnership: Partnership, steps: list[tuple[str, dict[str, str]]], ends_at: Stage) -> None:
    sent = family_asks()
    for step, told in steps:
        assert send(partnership, sent, step, **told).status_code == 302
    now_at = card(sent.id)
    assert now_at.stage == ends_at
    assert now_at.outcome == ("own_way" if ends_at == Stage.CLOSED else "")
    assert [note.words() for note in notes(sent, "decision")] == [told["reason"] for _step, told in steps]


@pytest.mark.parametrize(
    ("step", "told", "wrong"),
    [
        ("discuss", {}, {"reason"}),
        ("close", {"reason": "x"}, {"outcome_0"}),
        ("close", {"outcome": "nonsense", "reason": "x"}, {"outcome_0"}),
        ("contact", {"words": "x"}, {"outcome_0"}),
        ("ask-family", {"question": "   "}, {"question"}),
        ("move", {"reason": "x"}, {"door_0"}),
        ("discuss", {"reason": "x" * 5001}, {"reason"}),
    ],
)
def test_errors_stand_beside_the_field_and_in_the_summary(
    partnership: Partnership, step: str, told: dict[str, str], wrong: set[str]
) -> None:
    sent = family_asks()
    page = Page(read_page(send(partnership, sent, step, **told), 422))
    assert {link["href"].removeprefix("#id_") for link in summary_links(page)} == wrong
    assert page.all("title")[0].words.strip().startswith("Error:")
    for name, value in told.items():
        assert value in page.source or name == "outcome"


def test_whoever_comes_second_is_told_and_keeps_what_they_typed(partnership: Partnership) -> None:
    sent = family_asks()
    seen = card(sent.id).version
    assert send(partnership, sent, "discuss", reason="With the school.", version=seen).status_code == 302
    late = send(partnership, sent, "close", account=partnership.colleague, reason="They rang me.", outcome="own_way", version=seen)
    page = Page(read_page(late, 409))
    assert "Morag Innes" in words_of(page.source)
    assert "It is now: In discussion." in words_of(page.source)
    assert "They rang me." in page.named("reason")[0].words
    assert [box["value"] for box in page.named("outcome") if box.has("checked")] == ["own_way"]
    assert card(sent.id).stage == Stage.IN_DISCUSSION
    again = page.named("version")[0]["value"]
    agreed = send(partnership, sent, "close", account=partnership.colleague, reason="They rang me.", outcome="own_way", version=again)
    assert agreed.status_code == 302
    assert card(sent.id).stage == Stage.CLOSED


def test_what_is_no_longer_possible_offers_no_button(partnership: Partnership) -> None:
    sent = family_asks()
    seen = card(sent.id).version
    send(partnership, sent, "close", reason="They rang.", outcome="own_way", version=seen)
    page = Page(read_page(send(partnership, sent, "discuss", reason="My long words.", version=seen), 409))
    assert "This cannot be done now" in words_of(page.source)
    assert "My long words." in page.named("reason")[0].words
    assert "Put into discussion" not in [button.words.strip() for button in page.all("button")]


def test_nothing_of_a_refused_step_is_written(partnership: Partnership) -> None:
    sent = family_asks()
    version = card(sent.id).version
    assert send(partnership, sent, "contact", outcome="spoke", words="Kept?", version=version + 5).status_code == 409
    assert notes(sent, "working_note") == []
    assert card(sent.id).version == version


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999"])
def test_a_strange_version_is_an_error_beside_nothing(partnership: Partnership, version: str) -> None:
    sent = family_asks()
    assert send(partnership, sent, "discuss", reason="x", version=version).status_code == 422


def test_a_request_moves_to_a_door_where_somebody_takes_it_on(partnership: Partnership) -> None:
    sent = family_asks()
    page = Page(signed_in(partnership.worker).get(f"/hub/requests/{sent.id}/move/").content.decode())
    assert [door["value"] for door in page.named("door")] == [str(partnership.duty.id)], "nobody triages at the school or the charity"
    assert send(partnership, sent, "move", door=str(partnership.duty.id), reason="They know the family.").status_code == 302
    assert signed_in(partnership.worker).get(f"/hub/requests/{sent.id}/").status_code == 404
    there = signed_in(partnership.duty_worker)
    assert sent.reference in there.get("/hub/").content.decode()
    words = words_of(there.get(f"/hub/requests/{sent.id}/").content.decode())
    assert "They know the family." in words
    assert "Refer to services" in words
    assert send(partnership, sent, "discuss", account=partnership.duty_worker, reason="Ours now.").status_code == 302


def test_it_never_moves_to_whom_the_family_keeps_out(partnership: Partnership) -> None:
    sent = family_asks(blocked_agencies=[str(partnership.duty.id)])
    page = Page(read_page(send(partnership, sent, "move", door=str(partnership.duty.id), reason="They know them."), 422))
    [link] = summary_links(page)
    assert link.words == "The family said that this organisation must not see it. Choose another."
    assert card(sent.id).holder_agency_id == partnership.hub.id


@pytest.mark.parametrize("door", ["", "x", "01890000-0000-7000-8000-000000000000"])
def test_a_door_that_is_none_is_refused(partnership: Partnership, door: str) -> None:
    sent = family_asks()
    assert send(partnership, sent, "move", door=door, reason="x").status_code == 422


@pytest.mark.parametrize("step", STEPS)
def test_nobody_else_decides(partnership: Partnership, step: str) -> None:
    sent = family_asks()
    for account in (partnership.duty_worker, partnership.teacher, partnership.supporter):
        assert signed_in(account).get(f"/hub/requests/{sent.id}/{step}/").status_code == 404
        assert send(partnership, sent, step, account=account, reason="x", outcome="helped").status_code == 404


def test_closing_says_who_is_still_asked(partnership: Partnership) -> None:
    sent = family_asks()
    with opened(partnership.worker, sent.id) as now:
        actions.record_contact(sent, by=partnership.worker, outcome=ContactOutcome.SPOKE, words="", now=now)
    response = signed_in(partnership.worker).get(f"/hub/requests/{sent.id}/close/")
    assert isinstance(response, HttpResponse)
    assert "still asked" not in read_page(response)
    assert len(Page(response.content.decode()).named("outcome")) == len(Outcome) - 1, "setting aside is a decision of its own"
