"""An erasure on the guardian's pages, and as its person reads what became of it."""

from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import reverse

from reachin.access.requests_for_assistance.enums import Outcome, Stage
from reachin.access.requests_for_assistance.models import RequestForAssistance, StoryTold
from reachin.families.information_requests.enums import AskedFor
from reachin.families.information_requests.models import ErasureEntry, InformationRequest
from reachin.families.retention.actions import hold
from reachin.families.retention.models import LegalHold
from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.notices.models import Message
from tests import cast
from tests.families.information_requests.asking import asked_by, guardian, guardian_elsewhere, second_guardian
from tests.groundwork.page_parts.reading_html import Page, problems_for_people

from .room import owned, words

MISSING, NOT_NOW, WRONG = 404, 409, 422
STORY = "The heron flies."


def at(name: str, *args: Any) -> str:
    return reverse(f"guardian:{name}", args=args)


def asked_to_delete(made: RequestForAssistance) -> InformationRequest:
    return asked_by(made, AskedFor.ERASURE, words="Delete all of it.")


def to_be_decided(asked: InformationRequest) -> Client:
    """Looked up and prepared by one guardian; gives the second one's browser."""
    ruth = cast.signed_in(guardian())
    assert ruth.post(at("look_up", asked.id)).status_code == 302
    assert ruth.post(at("prepare", asked.id), {"answer": "We delete what the law lets us."}).status_code == 302
    return cast.signed_in(second_guardian())


def own_answer(made: RequestForAssistance, asked: InformationRequest) -> str:
    return words(cast.came_in(made).get(reverse("family:asked", args=[asked.id])))


def test_what_somebody_asked_to_delete_goes_through_two_guardians_and_a_last_question(db: None) -> None:
    made = cast.closed_request(story=STORY)
    asked = asked_to_delete(made)
    ruth = cast.signed_in(guardian())
    assert "Write the answer" not in words(ruth.get(at("information_request", asked.id)))
    iain = to_be_decided(asked)
    shown = iain.get(at("information_request", asked.id))
    assert "Goes with the answer" in words(shown)
    assert ruth.post(at("erase", asked.id)).status_code == NOT_NOW
    assert iain.post(at("decide", asked.id), {"step": "release"}).headers["Location"] == at("erase", asked.id)
    asking = iain.get(at("erase", asked.id))
    assert "What is deleted does not come back." in words(asking)
    assert problems_for_people(Page(shown.content.decode())) == problems_for_people(Page(asking.content.decode())) == []
    assert owned(StoryTold).exists()
    before = owned(Message).count()
    assert iain.post(at("erase", asked.id)).status_code == 302
    assert not owned(StoryTold).exists()
    assert owned(InformationRequest).get().state == "released"
    assert [message.event for message in owned(Message).all()] == ["information.answered"], f"of {before} before"
    told = own_answer(made, asked)
    assert "What we deleted A request for help" in told
    assert "You can come in and read this for 90 more days." in told
    assert "Delete all of it." in told


def test_her_own_pages_work_when_everything_is_gone(db: None) -> None:
    made = cast.closed_request(story=STORY)
    asked = asked_to_delete(made)
    to_be_decided(asked).post(at("erase", asked.id))
    client = cast.came_in(made)
    for name in (
        "status",
        "information",
        "circle",
        "looked",
        "my_page",
        "contact",
        "correct",
        "must_not_see",
        "home",
        "ask_about",
        "complain",
    ):
        answer = client.get(reverse(f"family:{name}"))
        assert answer.status_code in (200, 302, MISSING), name
        assert "heron" not in answer.content.decode()


def test_the_hub_still_finds_the_card_and_nothing_on_it(db: None) -> None:
    made = cast.closed_request(story=STORY, your_name="Rowan Ashgrove")
    to_be_decided(asked_to_delete(made)).post(at("erase", owned(InformationRequest).get().id))
    client = cast.signed_in(cast.hub_worker())
    for name in ("request", "print", "circle"):
        answer = client.get(reverse(f"hub:{name}", args=[made.id]))
        assert answer.status_code in (200, MISSING), name
        assert "Rowan" not in answer.content.decode()


def test_what_the_law_keeps_is_said_in_plain_words_to_the_person(db: None) -> None:
    made = cast.decide(cast.danger_request(), Stage.CLOSED, outcome=Outcome.ADVICE_GIVEN)
    asked = asked_to_delete(made)
    iain = to_be_decided(asked)
    assert "It told of danger, or keeps somebody safe" in words(iain.get(at("information_request", asked.id)))
    assert iain.post(at("decide", asked.id), {"step": "release"}).headers["Location"] == at("information_request", asked.id)
    told = own_answer(made, asked)
    assert "What we keep, and why" in told
    assert "The law asks us to keep that, to protect people." in told
    assert "What we deleted" not in told


def test_a_hold_that_came_meanwhile_deletes_nothing_and_gives_no_answer(db: None) -> None:
    made = cast.closed_request(story=STORY)
    asked = asked_to_delete(made)
    iain = to_be_decided(asked)
    with acting(guardian().actor()) as now:
        hold(by=guardian(), reason="A court asked.", subject_id=made.id, now=now)
    assert "Something holds a record now" in words(iain.post(at("erase", asked.id)), NOT_NOW)
    assert owned(InformationRequest).get().state == "prepared"
    assert owned(StoryTold).exists()


def test_a_guardian_keeps_what_a_claim_needs(db: None) -> None:
    made = cast.closed_request(story=STORY)
    asked = asked_to_delete(made)
    ruth = cast.signed_in(guardian())
    ruth.post(at("look_up", asked.id))
    [entry] = owned(ErasureEntry).all()
    assert ruth.post(at("erasure_entry", asked.id, entry.id), {"because": "nonsense"}).status_code == MISSING
    assert ruth.post(at("erasure_entry", asked.id, entry.id), {"because": "way_in"}).status_code == NOT_NOW
    assert ruth.post(at("erasure_entry", asked.id, entry.id), {"because": "claims"}).status_code == 302
    assert "It is needed for a claim in law" in words(ruth.get(at("information_request", asked.id)))
    assert ruth.post(at("erasure_entry", asked.id, entry.id), {"because": ""}).status_code == 302
    assert "Goes with the answer" in words(ruth.get(at("information_request", asked.id)))


def test_a_guardian_holds_every_record_of_whoever_asked(db: None) -> None:
    asked = asked_to_delete(cast.closed_request())
    ruth = cast.signed_in(guardian())
    assert "Write the reason" in words(ruth.post(at("hold_person", asked.id), {}), WRONG)
    assert ruth.post(at("hold_person", asked.id), {"reason": "An inquiry asked."}).status_code == 302
    assert owned(LegalHold).get().alias_id is not None
    assert "Every record of one person" in words(ruth.get(at("holds")))
    ruth.post(at("look_up", asked.id))
    assert owned(ErasureEntry).get().kept_because == "held"


def test_a_guardian_of_another_agency_finds_nothing(db: None) -> None:
    asked = asked_to_delete(cast.closed_request())
    client = cast.signed_in(guardian_elsewhere())
    for name in ("erase", "hold_person"):
        foreign, missing = client.get(at(name, asked.id)), client.get(at(name, UUID(int=7)))
        assert (foreign.status_code, foreign.content) == (MISSING, missing.content)
    assert client.post(at("look_up", asked.id)).status_code == MISSING


def test_only_what_was_asked_to_be_deleted_is(db: None) -> None:
    asked = asked_by(cast.closed_request(story=STORY), AskedFor.OBJECTION, words="Stop.")
    ruth = cast.signed_in(guardian())
    assert ruth.post(at("look_up", asked.id)).status_code == NOT_NOW
    assert ruth.post(at("erase", asked.id)).status_code == NOT_NOW
