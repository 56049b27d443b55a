"""Reviews: what waits and is overdue, words for an emergency, and nobody reviews their own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.urls import reverse

from reachin.access.requests_for_assistance.models import RequestPerson
from reachin.families.information_sharing.actions import block, decide_sharing
from reachin.families.information_sharing.enums import Basis, Category, Decision, Informed, Purpose
from reachin.families.information_sharing.models import CircleEntry, EmergencyAccess, SharingDecision
from reachin.families.information_sharing.rules import SevenThings
from reachin.groundwork.ids import new_id
from tests import cast

from .room import WHY, guardian, looks_first, owned, words

WRONG, MISSING, NOT_NOW = 422, 404, 409
FOUND = {"outcome": "justified", "words": "I spoke with her. It was right."}


def address(access: EmergencyAccess) -> str:
    return reverse("guardian:review_emergency", args=[access.id])


def above_a_block() -> SharingDecision:
    made, worker = cast.family_request(people=None), cast.hub_worker()
    person = owned(RequestPerson).select_related("alias").get(request_for_assistance=made).alias.person_id
    with cast.opened(worker, made) as now:
        block(person, cast.social_work(), by=worker.id, now=now)
        things = SevenThings(
            decision=Decision.SHARE,
            purpose=Purpose.PROTECTION,
            categories=(Category.CONTACT,),
            why="A bruise.",
            views="Tam would not say.",
            necessity="A name.",
            informed=Informed.TOLD,
            basis=Basis.LEGAL_OBLIGATION,
            beats_block=True,
        )
        return decide_sharing(person, cast.social_work(), things, by=worker, now=now)


def test_what_waits_is_listed_and_late_ones_are_marked(db: None, time_is: Callable[..., None]) -> None:
    access = looks_first(cast.hub_worker(), cast.family_request())
    client = cast.signed_in(guardian())
    assert "To be reviewed" in words(client.get(reverse("guardian:reviews")))
    assert "Overdue" not in words(client.get(reverse("guardian:reviews")))
    time_is(access.review_due_at + timedelta(minutes=1))
    client = cast.signed_in(guardian())
    assert "Overdue" in words(client.get(reverse("guardian:reviews")))
    assert "1 of them overdue" in words(client.get(reverse("guardian:start")))


def test_an_emergency_is_reviewed_in_words(db: None) -> None:
    access = looks_first(cast.hub_worker(), cast.family_request())
    client = cast.signed_in(guardian())
    told = words(client.get(address(access)))
    assert WHY in told
    assert "Nothing: the reference was wrong" in told
    assert "Write what you looked at" in words(client.post(address(access), {"outcome": "justified", "words": " "}), WRONG)
    assert client.post(address(access), FOUND).status_code == 302
    kept = owned(EmergencyAccess).get()
    assert (kept.reviewed_by, kept.review_outcome, kept.words("review_words")) == (guardian().id, "justified", FOUND["words"])
    assert "I spoke with her." in words(client.get(address(access)))
    assert client.post(address(access), FOUND | {"outcome": "not_justified"}).status_code == NOT_NOW
    assert owned(EmergencyAccess).get().review_outcome == "justified"


def test_it_says_whether_anything_was_opened(db: None) -> None:
    made, worker = cast.family_request(), cast.hub_worker()
    access = looks_first(worker, made)
    assert cast.may_open(worker, "request", made.id, purpose="emergency")
    assert cast.may_open(worker, "request", made.id, purpose="emergency")
    assert "It was opened 2 times." in words(cast.signed_in(guardian()).get(address(access)))


def test_nobody_reviews_their_own_and_nobody_another_agencys(db: None) -> None:
    access = looks_first(cast.hub_worker(), cast.family_request())
    owned(EmergencyAccess).update(account=guardian())
    client = cast.signed_in(guardian())
    assert "Somebody else has to review it." in words(client.get(address(access)))
    assert client.post(address(access), FOUND).status_code == NOT_NOW
    assert owned(EmergencyAccess).get().reviewed_at is None
    second = cast.signed_in(guardian(name="Iain Roy"))
    assert second.post(address(access), FOUND).status_code == 302
    stranger = cast.signed_in(guardian(cast.school(), "Ann Lee"))
    foreign, missing = stranger.get(address(access)), stranger.get(reverse("guardian:review_emergency", args=[new_id()]))
    assert (foreign.status_code, foreign.content) == (MISSING, missing.content)
    assert stranger.post(address(access), FOUND).status_code == MISSING


def test_a_share_above_a_block_is_reviewed_with_its_seven_things_and_about_nobody(db: None) -> None:
    decided = above_a_block()
    client: Any = cast.signed_in(guardian())
    where = reverse("guardian:review_decision", args=[decided.id])
    assert where in client.get(reverse("guardian:reviews")).content.decode()
    told = words(client.get(where))
    for said in ("Shared above a block", "A bruise.", "Tam would not say.", "A duty in law"):
        assert said in told
    assert "Rowan" not in told
    assert client.post(where, {}).status_code == WRONG
    assert "Write what you looked at" in words(client.post(where, {"outcome": "justified", "words": " "}), WRONG)
    assert client.post(where, FOUND | {"outcome": "not_justified"}).status_code == 302
    kept = owned(SharingDecision).get()
    assert (kept.review_outcome, kept.words("review_words")) == ("not_justified", FOUND["words"])
    assert FOUND["words"].encode() not in bytes(kept.review_words)
    assert FOUND["words"] in words(client.get(where))
    assert "It was not right" in words(client.get(reverse("guardian:reviews")))


def test_a_decision_that_needs_no_review_is_not_there(db: None) -> None:
    decided = above_a_block()
    owned(SharingDecision).update(beats_block=False, review_due_at=None)
    where = reverse("guardian:review_decision", args=[decided.id])
    assert cast.signed_in(guardian()).get(where).status_code == MISSING


def test_whoever_decided_does_not_review_it(db: None) -> None:
    decided = above_a_block()
    owned(SharingDecision).update(decided_by=guardian().id)
    where = reverse("guardian:review_decision", args=[decided.id])
    client = cast.signed_in(guardian())
    assert "Somebody else has to review it." in words(client.get(where))
    assert client.post(where, FOUND).status_code == NOT_NOW
    assert owned(SharingDecision).get().reviewed_at is None


def test_whoever_answers_for_the_record_reviews_what_another_organisation_looked_at_first(db: None) -> None:
    access = looks_first(cast.support_worker(), cast.family_request())
    client = cast.signed_in(guardian())
    listed, shown = words(client.get(reverse("guardian:reviews"))), words(client.get(address(access)))
    assert f"{cast.support_worker().name}, Harbour Families" in listed
    assert "The guardians of their own organisation see what was opened." in shown
    found = {"outcome": "not_justified", "words": "There was time to ask.", "kept_back_why": "He reads her post."}
    assert client.post(address(access), found).status_code == 302
    ended = owned(EmergencyAccess).get(id=access.id)
    assert ended.ended_at == ended.reviewed_at
    assert "He reads her post." in words(client.get(address(access)))


def test_what_was_not_right_above_a_block_ends_and_with_it_what_was_asked(db: None) -> None:
    decided = above_a_block()
    client = cast.signed_in(guardian())
    found = {"outcome": "not_justified", "words": "There was time to ask."}
    assert client.post(reverse("guardian:review_decision", args=[decided.id]), found).status_code == 302
    assert owned(CircleEntry).get(decision=decided).ended_at is not None
