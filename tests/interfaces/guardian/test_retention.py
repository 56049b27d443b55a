"""Retention on the guardian's pages: what is due and why, two guardians, a last question, holds, and counts of what is gone."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from reachin.families.retention.actions import as_retention, destroy_what_was_reviewed, list_what_is_due
from reachin.families.retention.models import DestructionReview, LegalHold
from reachin.groundwork.permissions.enums import Role
from tests import cast
from tests.groundwork.page_parts.reading_html import Page, problems_for_people

from .room import guardian, owned, words

WRONG, MISSING, NOT_NOW = 422, 404, 409
Clock = Callable[[datetime], None]


def due(time_is: Clock) -> DestructionReview:
    """A request that ended long ago, listed for the hub's guardians."""
    cast.closed_request(story="The heron flies.", your_name="Rowan Ashgrove")
    time_is(datetime(2060, 1, 1, tzinfo=UTC))
    with as_retention() as now:
        list_what_is_due(now=now)
    review: DestructionReview = owned(DestructionReview).get()
    return review


def ruth() -> Any:
    return cast.signed_in(guardian())


def iain() -> Any:
    return cast.signed_in(guardian(name="Iain Roy"))


def at(name: str, *args: Any) -> str:
    return reverse(f"guardian:{name}", args=args)


def destroyed_tonight() -> tuple[int, int]:
    with as_retention() as now:
        return destroy_what_was_reviewed(now=now)


def test_what_is_due_says_what_and_why_and_never_who(db: None, time_is: Clock) -> None:
    review = due(time_is)
    told = words(ruth().get(at("retention")))
    for said in ("A request for help", "Request", "25 years, counted from when it ended"):
        assert said in told
    shown = words(ruth().get(at("destruction", review.id)))
    assert "no statute sets a period for early help" in shown
    assert "to be checked by the partnership" in shown
    for secret in ("Rowan", "heron"):
        assert secret not in told + shown
    assert "1 records due for review" in words(ruth().get(at("start")))


def test_where_nothing_is_due_or_held_or_gone_the_pages_say_so(db: None) -> None:
    assert "Nothing is due for review." in words(ruth().get(at("retention")))
    assert "Nothing is held." in words(ruth().get(at("holds")))
    assert "Nothing was destroyed yet." in words(ruth().get(at("destroyed")))


def test_two_guardians_and_a_last_question_stand_before_a_destruction(db: None, time_is: Clock) -> None:
    review = due(time_is)
    one, other = ruth(), iain()
    assert "Choose what you decide" in words(one.post(at("destruction", review.id), {}), WRONG)
    assert "Write the reason" in words(one.post(at("destruction", review.id), {"decision": "destroy"}), WRONG)
    assert one.post(at("destruction", review.id), {"decision": "destroy", "reason": "Its time is over."}).status_code == 302
    assert "You decided this. A second guardian has to agree." in words(one.get(at("destruction", review.id)))
    assert one.post(at("destruction_confirm", review.id)).status_code == NOT_NOW
    assert "Waits for a second guardian" in words(other.get(at("retention")))
    answer = other.post(at("destruction", review.id), {"step": "agree"})
    assert answer.headers["Location"] == at("destruction_confirm", review.id)
    assert owned(DestructionReview).get().confirmed_at is None
    assert "What is destroyed does not come back." in words(other.get(at("destruction_confirm", review.id)))
    assert other.post(at("destruction_confirm", review.id)).status_code == 302
    assert "Goes with the next daily round" in words(other.get(at("retention")))
    assert other.post(at("destruction_confirm", review.id)).status_code == NOT_NOW
    assert destroyed_tonight() == (1, 0)
    counted = words(one.get(at("destroyed")))
    assert "2060 A request for help, with its referrals and names Request 1 0" in counted
    assert str(review.subject_id) not in one.get(at("destroyed")).content.decode()


def test_a_second_guardian_who_does_not_agree_says_why(db: None, time_is: Clock) -> None:
    review = due(time_is)
    ruth().post(at("destruction", review.id), {"decision": "destroy", "reason": "Its time is over."})
    assert "Write why you do not agree" in words(iain().post(at("destruction", review.id), {"step": "disagree"}), WRONG)
    assert iain().post(at("destruction", review.id), {"step": "disagree", "reason": "A court may ask."}).status_code == 302
    assert "A court may ask." in words(ruth().get(at("destruction", review.id)))
    assert destroyed_tonight() == (0, 0)


@pytest.mark.parametrize(
    ("until", "said"),
    [(("", "", ""), "Write until which day it is kept"), (("1", "1", "2059"), "still to come"), (("1", "1", "2099"), "within 25 years")],
)
def test_what_is_kept_is_kept_until_a_day(db: None, time_is: Clock, until: tuple[str, str, str], said: str) -> None:
    review = due(time_is)
    parts = dict(zip(("keep_until_day", "keep_until_month", "keep_until_year"), until, strict=True))
    told = {"decision": "keep", "reason": "She may ask for it."}
    answer = ruth().post(at("destruction", review.id), {**told, **parts})
    assert said in words(answer, WRONG)
    assert "She may ask for it." in answer.content.decode(), "what was typed stays"
    day = {"keep_until_day": "1", "keep_until_month": "3", "keep_until_year": "2062"}
    assert ruth().post(at("destruction", review.id), {**told, **day}).status_code == 302
    assert "1 March 2062" in words(ruth().get(at("destruction", review.id)))


def test_a_class_is_held_and_let_go_again_each_for_a_reason(db: None, time_is: Clock) -> None:
    review = due(time_is)
    one = ruth()
    assert "Choose a class" in words(one.post(at("hold_add"), {"reason": "An inquiry."}), WRONG)
    assert one.post(at("hold_add"), {"class_code": "request", "reason": "An inquiry asked."}).status_code == 302
    assert "An inquiry asked." in words(one.get(at("holds")))
    one.post(at("destruction", review.id), {"decision": "destroy", "reason": "Its time is over."})
    iain().post(at("destruction_confirm", review.id))
    assert destroyed_tonight() == (0, 1)
    held = owned(LegalHold).get()
    assert "Write the reason" in words(one.post(at("hold_lift", held.id), {}), WRONG)
    assert one.post(at("hold_lift", held.id), {"reason": "It has ended."}).status_code == 302
    assert "It has ended." in words(one.get(at("holds")))
    assert one.get(at("hold_lift", held.id)).status_code == MISSING
    assert destroyed_tonight() == (1, 0)


def test_holding_the_record_itself_puts_a_hold(db: None, time_is: Clock) -> None:
    review = due(time_is)
    assert ruth().post(at("destruction", review.id), {"decision": "hold", "reason": "A complaint runs."}).status_code == 302
    assert "A complaint runs." in words(ruth().get(at("holds")))
    assert owned(LegalHold).get().subject_id == review.subject_id


@pytest.mark.parametrize("name", ["destruction", "destruction_confirm"])
def test_another_agencys_review_is_missing(db: None, time_is: Clock, name: str) -> None:
    review = due(time_is)
    stranger = cast.signed_in(guardian(cast.school(), "Ann Lee"))
    foreign, missing = stranger.get(at(name, review.id)), stranger.get(at(name, UUID(int=7)))
    assert (foreign.status_code, foreign.content) == (MISSING, missing.content)
    assert stranger.post(at(name, review.id), {"decision": "destroy", "reason": "x"}).status_code == MISSING
    assert "A request for help" not in words(stranger.get(at("retention")))


@pytest.mark.parametrize("name", ["retention", "holds", "hold_add", "destroyed"])
@pytest.mark.parametrize("role", [role for role in Role if role != Role.INFORMATION_GUARDIAN])
def test_it_is_for_guardians(db: None, name: str, role: Role) -> None:
    assert cast.signed_in(cast.account(role, cast.hub())).get(at(name)).status_code == MISSING


def test_each_page_stands_in_nobodys_way(db: None, time_is: Clock) -> None:
    review = due(time_is)
    one = ruth()
    pages = [at(name) for name in ("retention", "holds", "hold_add", "destroyed")] + [at("destruction", review.id)]
    one.post(at("hold_add"), {"class_code": "linkage", "reason": "An inquiry asked."})
    for address in [*pages, at("hold_lift", owned(LegalHold).get().id)]:
        assert problems_for_people(Page(one.get(address).content.decode())) == []
    one.post(at("destruction", review.id), {"decision": "destroy", "reason": "Its time is over."})
    for address in (at("destruction", review.id), at("destruction_confirm", review.id)):
        assert problems_for_people(Page(iain().get(address).content.decode())) == []
