"""Following a referral: writing down an answer for an agency where nobody signs in, and taking back."""

from typing import Any

import pytest
from django.http import HttpResponse

from reachin.access.referrals import actions
from reachin.access.referrals.actions import Sending
from reachin.access.referrals.enums import ReferralState, Shared
from reachin.access.referrals.models import Referral, ReferralNote
from reachin.access.requests_for_assistance.enums import Stage
from reachin.groundwork.ids import new_id
from reachin.partnership.agencies.models import Agency
from tests.groundwork.page_parts.reading_html import Page, summary_links

from .partnership import Partnership, card, family_asks, make_service, opened, read_page, signed_in, words_of


def asked(partnership: Partnership, receiver: Agency | None = None) -> Referral:
    """One service is asked; nobody signs in there unless a receiver is named."""
    sent = family_asks()
    service = make_service("School counselling", agency=receiver)
    with opened(partnership.worker, sent.id) as now:
        agency = actions.agency_for(service.organisation, by=partnership.worker, now=now)
        sending = Sending(key=new_id(), service=service, receiver=agency, shares=frozenset({Shared.STORY}))
        [referral] = actions.send(sent, [sending], by=partnership.worker, now=now)
    return referral


def now_at(referral: Referral) -> Referral:
    return Referral.objects.using("owner").get(id=referral.id)


def send(partnership: Partnership, referral: Referral, step: str, *, account: Any = None, **told: Any) -> HttpResponse:
    client = signed_in(account or partnership.worker)
    response = client.post(f"/hub/referrals/{referral.id}/{step}/", {"version": now_at(referral).version, **told})
    assert isinstance(response, HttpResponse)
    return response


def test_the_page_says_whom_to_ring_and_offers_only_what_they_could_say(partnership: Partnership) -> None:
    referral = asked(partnership)
    response = signed_in(partnership.worker).get(f"/hub/referrals/{referral.id}/answer/")
    assert isinstance(response, HttpResponse)
    page = Page(read_page(response))
    assert "01546 600111" in words_of(page.source)
    assert {choice["value"] for choice in page.named("to")} == {"accepted", "waiting", "declined"}


def test_help_is_followed_to_its_end(partnership: Partnership) -> None:
    referral = asked(partnership)
    for told in ({"to": "accepted"}, {"to": "in_progress", "words": "First visit today."}, {"to": "completed", "outcome": "as_hoped"}):
        assert send(partnership, referral, "answer", **told).status_code == 302
    done = now_at(referral)
    assert (done.state, done.outcome) == (ReferralState.COMPLETED, "as_hoped")
    assert card(referral.request_for_assistance_id).help_started_at is not None
    assert ReferralNote.objects.using("owner").get().words() == "First visit today."


def test_a_decline_gives_the_request_back_to_the_hub(partnership: Partnership) -> None:
    referral = asked(partnership)
    assert send(partnership, referral, "answer", to="declined", decline_reason="full", outcome="as_hoped").status_code == 302
    assert now_at(referral).decline_reason == "full"
    assert now_at(referral).outcome == ""
    assert card(referral.request_for_assistance_id).stage == Stage.IN_DISCUSSION
    page = signed_in(partnership.worker).get(f"/hub/requests/{referral.request_for_assistance_id}/").content.decode()
    assert "No places at the moment (on the side of: The service)" in words_of(page)


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ({}, "#id_to_0"),
        ({"to": "declined"}, "#id_decline_reason_0"),
        ({"to": "completed"}, "#id_outcome_0"),
        ({"to": "rerouted"}, "#id_to_0"),
    ],
)
def test_what_an_answer_needs(partnership: Partnership, told: dict[str, str], wrong: str) -> None:
    referral = asked(partnership)
    page = Page(read_page(send(partnership, referral, "answer", words="Kept.", **told), 422))
    assert wrong in [link["href"] for link in summary_links(page)]
    assert "Kept." in page.named("words")[0].words


def test_an_end_needs_its_outcome(partnership: Partnership) -> None:
    referral = asked(partnership)
    for to in ("accepted", "in_progress"):
        send(partnership, referral, "answer", to=to)
    page = Page(read_page(send(partnership, referral, "answer", to="completed"), 422))
    assert [link["href"] for link in summary_links(page)] == ["#id_outcome_0"]


def test_whoever_writes_second_is_told(partnership: Partnership) -> None:
    referral = asked(partnership)
    seen = referral.version
    assert send(partnership, referral, "answer", to="accepted").status_code == 302
    late = send(partnership, referral, "answer", account=partnership.colleague, to="waiting", words="Kept.", version=seen)
    page = Page(read_page(late, 409))
    assert "Morag Innes" in words_of(page.source)
    assert "It is now: Accepted." in words_of(page.source)
    assert "Kept." in page.named("words")[0].words
    assert now_at(referral).state == ReferralState.ACCEPTED


def test_the_same_answer_twice_is_one(partnership: Partnership) -> None:
    referral = asked(partnership)
    for _again in range(2):
        assert send(partnership, referral, "answer", to="accepted", version=referral.version).status_code == 302
    assert now_at(referral).version == referral.version + 1


def test_nobody_answers_for_an_agency_that_signs_in(partnership: Partnership) -> None:
    referral = asked(partnership, partnership.charity)
    assert signed_in(partnership.worker).get(f"/hub/referrals/{referral.id}/answer/").status_code == 404
    assert send(partnership, referral, "answer", to="accepted").status_code == 404
    assert now_at(referral).state == ReferralState.SENT


def test_a_referral_is_taken_back_with_a_reason(partnership: Partnership) -> None:
    referral = asked(partnership, partnership.charity)
    assert [link["href"] for link in summary_links(Page(read_page(send(partnership, referral, "take-back"), 422)))] == ["#id_reason"]
    assert send(partnership, referral, "take-back", reason="The family moved.").status_code == 302
    assert now_at(referral).state == ReferralState.WITHDRAWN_BY_SENDER
    assert send(partnership, referral, "take-back", reason="Again.").status_code == 302, "again changes nothing"
    assert len(ReferralNote.objects.using("owner").all()) == 1


def test_what_has_begun_and_ended_cannot_be_taken_back(partnership: Partnership) -> None:
    referral = asked(partnership)
    for told in ({"to": "accepted"}, {"to": "in_progress"}, {"to": "completed", "outcome": "partly"}):
        send(partnership, referral, "answer", **told)
    late = send(partnership, referral, "take-back", reason="Too late.")
    page = Page(read_page(late, 409))
    assert "This cannot be done now" in words_of(page.source)
    assert "Too late." in page.named("reason")[0].words


def test_referrals_of_others_are_like_missing(partnership: Partnership) -> None:
    referral = asked(partnership)
    for account in (partnership.duty_worker, partnership.teacher, partnership.supporter):
        for step in ("answer", "take-back"):
            assert signed_in(account).get(f"/hub/referrals/{referral.id}/{step}/").status_code == 404
            assert signed_in(account).get(f"/hub/referrals/{new_id()}/{step}/").status_code == 404
