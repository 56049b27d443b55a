"""A correction on the guardian's pages, as its person reads it, and in the inbox of whoever had received it."""

import time
from typing import Any
from uuid import UUID

from django.urls import reverse

from reachin.access.requests_for_assistance.enums import Outcome, Stage
from reachin.access.requests_for_assistance.models import RequestForAssistance
from reachin.families.information_requests.enums import AskedFor, State
from reachin.families.information_requests.models import Correction, InformationRequest, PartnerNotice
from reachin.interfaces.practitioner.signing_in_visits import FRESH_AT
from reachin.partnership.accounts.rules import FRESH
from tests import cast
from tests.families.information_requests.asking import asked_by, asker, guardian, guardian_elsewhere, second_guardian
from tests.groundwork.page_parts.reading_html import Page, problems_for_people

from .room import owned, words

WRONG, MISSING, NOT_NOW = 422, 404, 409
BEFORE, AFTER = "Tam goes to the wrong school.", "Tam goes to the right school."


def at(name: str, *args: Any) -> str:
    return reverse(f"guardian:{name}", args=args)


def test_a_fact_goes_from_a_proposal_to_the_person_and_to_whoever_had_received_it(db: None) -> None:
    made = cast.family_request(story=BEFORE)
    referral = cast.sent_referral(made)
    asked = asked_by(made, AskedFor.CORRECTION, words="The school is wrong.")
    ruth, iain, key = cast.signed_in(guardian()), cast.signed_in(second_guardian()), f"told:{made.id}:story"
    form = ruth.get(at("correct", asked.id))
    assert BEFORE in words(form)
    assert problems_for_people(Page(form.content.decode())) == []
    assert "Choose what is wrong" in words(ruth.post(at("correct", asked.id), {"after": AFTER}), WRONG)
    assert "Write something new" in words(ruth.post(at("correct", asked.id), {"fact": key, "after": BEFORE}), WRONG)
    assert ruth.post(at("correct", asked.id), {"fact": key, "after": AFTER}).status_code == 302
    assert "Is to stand there" in words(ruth.get(at("information_request", asked.id)))
    assert ruth.post(at("prepare", asked.id), {"answer": "We put it right."}).status_code == 302
    assert ruth.get(at("correct", asked.id)).status_code == NOT_NOW
    assert iain.post(at("decide", asked.id), {"step": "release"}).status_code == 302
    done = iain.get(at("information_request", asked.id))
    assert "1 other organisation was told" in words(done)
    assert problems_for_people(Page(done.content.decode())) == []
    told = words(cast.came_in(made).get(reverse("family:asked", args=[asked.id])))
    assert f"Before {BEFORE} Now {AFTER}" in told
    assert "We told 1 other organisation that had it." in told
    hub = words(cast.signed_in(cast.hub_worker()).get(reverse("hub:request", args=[made.id])))
    assert f"Stood there {BEFORE} Put right" in hub
    receiver = cast.signed_in(cast.support_worker())
    inbox = words(receiver.get(reverse("practitioner:inbox")))
    assert "Something that you received was put right." in inbox
    assert "school" not in inbox
    assert f"Stood there {BEFORE} Stands there {AFTER}" in words(receiver.get(reverse("practitioner:referral", args=[referral.id])))
    seen = reverse("practitioner:notice_seen", args=[owned(PartnerNotice).get().id])
    assert cast.signed_in(cast.health_visitor()).post(seen).status_code == MISSING
    assert receiver.post(seen).status_code == 302
    assert "was put right" not in words(receiver.get(reverse("practitioner:inbox")))


def test_a_proposal_is_taken_back(db: None) -> None:
    made = cast.family_request(your_name="Rowan")
    asked = asked_by(made, AskedFor.CORRECTION, words="My name is wrong.")
    ruth = cast.signed_in(guardian())
    ruth.post(at("correct", asked.id), {"fact": f"details:{asker(made).id}:known_as", "after": "Rowena"})
    one = owned(Correction).get()
    assert cast.signed_in(second_guardian()).post(at("correction_take_back", asked.id, one.id)).status_code == NOT_NOW
    assert ruth.post(at("correction_take_back", asked.id, one.id)).status_code == 302
    assert not owned(Correction).exists()
    assert ruth.post(at("correction_take_back", asked.id, one.id)).status_code == MISSING


def test_what_changed_meanwhile_is_not_put_right_behind_its_back(db: None) -> None:
    made = cast.family_request(your_name="Rowan")
    asked = asked_by(made, AskedFor.CORRECTION, words="My name is wrong.")
    ruth = cast.signed_in(guardian())
    ruth.post(at("correct", asked.id), {"fact": f"details:{asker(made).id}:known_as", "after": "Rowena"})
    ruth.post(at("prepare", asked.id), {"answer": "We put it right."})
    assert cast.came_in(made).post(reverse("family:correct"), {"known_as": "Rhona", "age_years": ""}).status_code == 302
    assert cast.signed_in(second_guardian()).post(at("decide", asked.id), {"step": "release"}).status_code == NOT_NOW
    assert owned(InformationRequest).get().state == "prepared"


def test_a_guardian_of_another_agency_finds_nothing(db: None) -> None:
    asked = asked_by(cast.family_request(), AskedFor.CORRECTION, words="Wrong.")
    client = cast.signed_in(guardian_elsewhere())
    foreign, missing = client.get(at("correct", asked.id)), client.get(at("correct", UUID(int=7)))
    assert (foreign.status_code, foreign.content) == (MISSING, missing.content)


def test_whoever_received_what_was_deleted_is_told(db: None) -> None:
    made = cast.family_request()
    cast.completed_referral(request_for_assistance=made)
    card = owned(RequestForAssistance).get(id=made.id)
    if card.closed_at is None:
        cast.decide(card, Stage.CLOSED, outcome=Outcome.ADVICE_GIVEN)
    asked = asked_by(made, AskedFor.ERASURE, words="Delete all of it.")
    ruth = cast.signed_in(guardian())
    ruth.post(at("look_up", asked.id))
    ruth.post(at("prepare", asked.id), {"answer": "We delete it."})
    assert cast.signed_in(second_guardian()).post(at("erase", asked.id)).status_code == 302
    assert owned(PartnerNotice).get().of == "deleted"
    assert "was deleted because its person asked" in words(cast.signed_in(cast.support_worker()).get(reverse("practitioner:inbox")))


def test_an_answer_is_released_only_by_who_proved_just_now_who_they_are_and_what_they_typed_is_kept(db: None) -> None:
    made = cast.family_request(story=BEFORE)
    asked = asked_by(made, AskedFor.COPY)
    ruth, iain = cast.signed_in(guardian()), cast.signed_in(second_guardian())
    assert ruth.post(at("gather", asked.id)).status_code == 302
    assert ruth.post(at("prepare", asked.id), {"answer": "Here it is."}).status_code == 302
    session = iain.session
    session[FRESH_AT] = time.time() - FRESH.total_seconds() - 60
    session.save()
    assert iain.get(at("decide", asked.id)).headers["Location"].startswith("/work/sign-in/again/?next=")
    page = iain.post(at("decide", asked.id), {"step": "refuse", "reason": "Part of it is not ours."})
    assert page.status_code == 403
    assert 'name="reason" value="Part of it is not ours."' in page.content.decode()
    assert "Is it you?" in page.content.decode()
    assert owned(InformationRequest).get(id=asked.id).state == State.PREPARED
    assert cast.signed_in(second_guardian()).post(at("decide", asked.id), {"step": "release"}).status_code == 302
    assert owned(InformationRequest).get(id=asked.id).state == State.RELEASED
