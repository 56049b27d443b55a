from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reachin.access.referrals.enums import ReferralState, Shared
from reachin.access.referrals.models import Referral, ReferralNote
from reachin.access.requests_for_assistance.models import RequestForAssistance
from reachin.groundwork.audited_access import middleware
from reachin.groundwork.notices.models import Message
from reachin.groundwork.permissions.enums import Role
from tests import cast

from .pages import CHANGED, NOT_FOUND, WRONG, at_once, go, location, post, queries_of, words

S = ReferralState
EVERYTHING = tuple(Shared)


def joan() -> Client:
    return cast.signed_in(cast.support_worker())


def colleague() -> Client:
    return cast.signed_in(cast.account(Role.SUPPORT_WORKER, cast.charity(), "Ross Bain"))


def now_of(referral: Referral) -> Referral:
    return Referral.objects.using("owner").get(id=referral.id)


def answer(client: Client, referral: Referral, to: str, **also: Any) -> Any:
    return post(client, "answer", referral.id, data={"to": to, "version": str(now_of(referral).version), **also})


def family(name: str, **answers: Any) -> RequestForAssistance:
    return cast.family_request(your_name=name, people=None, **answers)


# The inbox


def test_the_most_urgent_comes_first_then_the_oldest(db: None) -> None:
    cast.sent_referral(family("Older"))
    cast.sent_referral(family("Newer"))
    cast.sent_referral(family("Expecting", in_danger="not_sure"))
    cast.sent_referral(family("Danger", in_danger="yes"))
    page = words(go(joan(), "inbox"))
    places = [page.index(name) for name in ("Danger", "Expecting", "Older", "Newer")]
    assert places == sorted(places)
    assert "4 referrals, most urgent and oldest first" in page


def test_closed_ones_are_on_a_page_of_their_own(db: None) -> None:
    cast.answered(cast.sent_referral(family("Declined")), S.DECLINED)
    cast.answered(cast.sent_referral(family("Completed")), S.ACCEPTED, S.IN_PROGRESS, S.COMPLETED)
    live = go(joan(), "inbox")
    assert "Nothing is with your organisation now" in words(live)
    assert "With us 0 Closed 2" in words(live)
    closed = go(joan(), "inbox", show="closed")
    assert "No places at the moment" in words(closed)
    assert "It went as hoped" in words(closed)
    assert closed.content.decode().count("/work/referrals/") == 1, "only the completed one can still be opened"


def test_others_see_nothing_of_it(db: None) -> None:
    referral = cast.sent_referral(family("Morven"))
    stranger = cast.signed_in(cast.stranger())
    assert "Morven" not in words(go(stranger, "inbox"))
    for name in ("referral", "referral_print", "answer"):
        foreign, missing = go(stranger, name, referral.id), go(stranger, name, "00000000-0000-7000-8000-000000000000")
        assert (foreign.status_code, words(foreign)) == (NOT_FOUND, words(missing))
    assert answer(stranger, referral, "accepted").status_code == NOT_FOUND
    assert now_of(referral).state == S.SENT


@pytest.mark.parametrize("who", [cast.duty_worker, cast.teacher])
def test_neither_a_desk_nor_another_agency_that_sends_finds_it_here(db: None, who: Any) -> None:
    referral = cast.sent_referral()
    assert go(cast.signed_in(who()), "referral", referral.id).status_code == NOT_FOUND


def test_a_page_holds_fifty_and_takes_the_same_queries_however_many(db: None) -> None:
    client = joan()
    cast.sent_referral(family("First"))
    few = queries_of(client, "inbox")
    held = family("Many")
    for number in range(52):
        cast.sent_referral(held, to=cast.service(cast.charity(), f"Service {number}"))
    assert queries_of(client, "inbox") == few
    assert few <= 9
    assert go(client, "inbox").content.decode().count("/work/referrals/") == 50
    assert go(client, "inbox", page="2").content.decode().count("/work/referrals/") == 3


# One referral


def test_what_was_shared_is_shown_and_no_more(db: None) -> None:
    asked = cast.family_request(must_not_know="Her uncle Gregor", cover_name="The library", who_may_answer="My mum")
    told = words(go(joan(), "referral", cast.sent_referral(asked, words="Mornings are best.").id))
    assert "I am tired and Tam will not sleep" in told
    assert "Rowan, " in told
    assert "Tam, child, 6 years old" in told
    assert "07700 900123" in told
    assert "The library" in told
    assert "Mornings are best." in told
    assert "PA34 4AA" not in told
    assert "Gregor" not in told
    assert "Not shared with you: where they live, who must not know." in told


def test_who_must_not_know_stands_first_as_a_warning(db: None) -> None:
    asked = cast.family_request(must_not_know="Her uncle Gregor", home_is_secret="yes")
    page = words(go(joan(), "referral", cast.sent_referral(asked, shares=EVERYTHING).id))
    assert page.index("Warning Who must not see this or hear about it: Her uncle Gregor") < page.index("How to be in touch safely")
    assert "Where they live has to stay secret" in page
    assert "PA34 4AA" in page


@pytest.mark.parametrize(
    ("answers", "shares", "told"),
    [
        ({"contact_way": None, "phone": None}, (Shared.STORY, Shared.CONTACT), "No safe way is known. Do not contact the family."),
        ({}, (Shared.STORY,), "How to be in touch was not shared with you. Do not contact the family."),
        ({"contact_way": "come_back", "phone": None}, (Shared.STORY, Shared.CONTACT), "They do not want to be contacted"),
        ({"may_leave_message": None}, (Shared.STORY, Shared.CONTACT), "No. Do not leave or send a message."),
    ],
)
def test_unknown_means_do_not_contact(db: None, answers: dict[str, Any], shares: tuple[Shared, ...], told: str) -> None:
    assert told in words(go(joan(), "referral", cast.sent_referral(cast.family_request(**answers), shares=shares).id))


def test_it_is_the_snapshot_and_not_the_living_record(db: None) -> None:
    """What the family tells later does not reach the receiver by itself."""
    referral = cast.sent_referral()
    with CaptureQueriesContext(connection) as captured:
        go(joan(), "referral", referral.id)
    tables = " ".join(query["sql"] for query in captured)
    assert "referrals_snapshot" in tables
    for living in ("storytold", "safetytold", "placetold", "people_persondetails", "people_contactinstruction"):
        assert living not in tables


def test_one_opening_is_one_trace_and_answering_opens_nothing(db: None, admin: Any) -> None:
    referral, client = cast.sent_referral(), joan()
    go(client, "referral", referral.id)
    go(client, "answer", referral.id)
    answer(client, referral, "accepted")
    traces = admin.execute("select purpose, user_id from reachin.opening where subject_id = %s", [referral.id]).fetchall()
    assert traces == [("support", cast.support_worker().id)]


@pytest.mark.parametrize("page", ["referral", "referral_print"])
def test_without_the_opening_the_page_is_missing_and_nothing_breaks(db: None, monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    referral, client = cast.sent_referral(), joan()
    assert go(client, page, referral.id).status_code == 200
    monkeypatch.setattr(middleware, "_open", lambda *_told: None)
    assert go(client, page, referral.id).status_code == NOT_FOUND


def test_on_paper_there_is_the_same_without_the_services_name(db: None) -> None:
    service = cast.service(cast.womens_aid(), "Refuge and advice")
    referral = cast.sent_referral(cast.family_request(must_not_know="Gregor"), to=service, receiver=cast.womens_aid(), shares=EVERYTHING)
    worker = cast.signed_in(cast.account(Role.SUPPORT_WORKER, cast.womens_aid(), "Kirsty Ross"))
    page = go(worker, "referral_print", referral.id)
    assert "I am tired" in words(page)
    assert "Gregor" in words(page)
    for name in ("Refuge and advice", "Aid"):
        assert name not in words(page)


def test_the_history_says_who_and_when(db: None) -> None:
    referral, client = cast.sent_referral(), joan()
    answer(client, referral, "waiting", words="We have a place in March.")
    page = words(go(colleague(), "referral", referral.id))
    assert "Sent" in page
    assert "The hub" in page
    assert "On the waiting list" in page
    assert "Joan Pirie" in page
    assert "We have a place in March." in page


# Answers


def test_accept_start_complete(db: None) -> None:
    referral, client = cast.sent_referral(), joan()
    assert location(answer(client, referral, "accepted")) == f"/work/referrals/{referral.id}/?done=accepted"
    assert location(answer(client, referral, "in_progress")).endswith("?done=in_progress")
    assert "The family’s wait ends today" in words(go(client, "referral", referral.id, done="in_progress"))
    refused = answer(client, referral, "completed")
    assert refused.status_code == WRONG
    assert "Choose how it ended" in words(refused)
    assert now_of(referral).state == S.IN_PROGRESS
    assert location(answer(client, referral, "completed", outcome="partly", words="Ten weeks")).endswith("?done=completed-help")
    done = now_of(referral)
    assert (done.state, done.outcome) == (S.COMPLETED, "partly")
    assert RequestForAssistance.objects.using("owner").get(id=referral.request_for_assistance_id).help_started_at is not None
    assert "There is nothing left to answer" in words(go(client, "answer", referral.id))


def test_declining_needs_its_typed_reason_and_shuts_what_was_shared(db: None) -> None:
    referral, client = cast.sent_referral(), joan()
    refused = answer(client, referral, "declined", words="We are full until May")
    assert refused.status_code == WRONG
    assert "Choose why you decline" in words(refused)
    assert "We are full until May" in refused.content.decode()
    assert location(answer(client, referral, "declined", decline_reason="full")) == "/work/inbox/?done=declined"
    assert now_of(referral).decline_reason == "full"
    assert go(client, "referral", referral.id).status_code == NOT_FOUND


@pytest.mark.parametrize(
    ("before", "offered"),
    [
        ([], {"accepted", "waiting", "declined"}),
        ([S.WAITING], {"accepted", "declined", "could_not_contact"}),
        ([S.ACCEPTED], {"in_progress", "could_not_contact", "not_needed"}),
        ([S.ACCEPTED, S.IN_PROGRESS], {"completed"}),
    ],
)
def test_only_the_moves_that_are_left_are_offered(db: None, before: list[ReferralState], offered: set[str]) -> None:
    referral = cast.answered(cast.sent_referral(), *before)
    page = go(joan(), "referral", referral.id).content.decode()
    assert {state.value for state in S if f'name="to" id="id_to_{_place(page, state)}" value="{state.value}"' in page} == offered


def _place(page: str, state: ReferralState) -> str:
    before = page.split(f'value="{state.value}"', maxsplit=1)[0]
    return before.rsplit("id_to_", 1)[-1].split('"')[0]


@pytest.mark.parametrize("ending", ["could_not_contact", "not_needed"])
def test_other_endings_shut_it_too(db: None, ending: str) -> None:
    referral, client = cast.accepted_referral(), joan()
    assert location(answer(client, referral, ending)) == f"/work/inbox/?done={ending}"
    assert go(client, "referral", referral.id).status_code == NOT_FOUND


def test_the_same_answer_posted_twice_is_given_once(db: None) -> None:
    referral, client = cast.sent_referral(), joan()
    data = {"to": "accepted", "version": "1", "words": "Gladly"}
    answers = [post(client, "answer", referral.id, data=data) for _ in range(2)]
    assert {location(one) for one in answers} == {f"/work/referrals/{referral.id}/?done=accepted"}
    assert now_of(referral).version == 2
    assert ReferralNote.objects.using("owner").filter(referral=referral).count() == 1


def test_the_same_answer_at_the_same_moment_is_given_once(db: None) -> None:
    referral = cast.sent_referral()
    data = {"to": "accepted", "version": "1", "words": "Gladly"}
    statuses = at_once([joan() for _ in range(20)], reverse("practitioner:answer", args=[referral.id]), data)
    assert statuses == [302] * 20
    assert now_of(referral).version == 2
    assert ReferralNote.objects.using("owner").filter(referral=referral).count() == 1


@pytest.mark.parametrize("theirs", ["accepted", "waiting", "declined"])
def test_of_two_who_answer_at_once_one_wins_and_the_other_is_told_and_loses_nothing(db: None, theirs: str) -> None:
    referral = cast.sent_referral()
    assert post(colleague(), "answer", referral.id, data={"to": theirs, "version": "1", "decline_reason": "full"}).status_code == 302
    mine = {"to": "accepted", "version": "1", "words": "I know the family, and I would begin on Monday."}
    page = post(joan(), "answer", referral.id, data=mine)
    assert page.status_code == CHANGED
    assert "Somebody answered while you wrote" in words(page)
    assert "Ross Bain" in words(page)
    assert "I know the family, and I would begin on Monday." in page.content.decode()
    assert now_of(referral).state == theirs
    assert not ReferralNote.objects.using("owner").filter(referral=referral).exists()


def test_after_being_told_the_answer_can_be_given_again(db: None) -> None:
    referral = cast.sent_referral()
    post(colleague(), "answer", referral.id, data={"to": "waiting", "version": "1"})
    told = post(joan(), "answer", referral.id, data={"to": "accepted", "version": "1", "words": "Now"})
    assert 'name="version" id="id_version" value="2"' in told.content.decode()
    assert post(joan(), "answer", referral.id, data={"to": "accepted", "version": "2", "words": "Now"}).status_code == 302
    assert now_of(referral).state == S.ACCEPTED


@pytest.mark.parametrize("to", ["completed", "in_progress", "sent", "withdrawn_by_family", "rerouted", "nonsense", ""])
def test_a_move_that_is_not_there_is_refused_and_leaves_no_words(db: None, to: str) -> None:
    referral = cast.sent_referral()
    page = answer(joan(), referral, to, outcome="as_hoped", words="Forged")
    assert page.status_code in (WRONG, CHANGED)
    assert now_of(referral).version == 1
    assert not ReferralNote.objects.using("owner").filter(referral=referral).exists()


@pytest.mark.parametrize("version", ["", "0", "-1", "9" * 30, "one"])
def test_a_strange_version_is_no_crash(db: None, version: str) -> None:
    referral = cast.sent_referral()
    assert post(joan(), "answer", referral.id, data={"to": "accepted", "version": version}).status_code == WRONG
    assert now_of(referral).state == S.SENT


# Somebody who was shared may be reached another way since


def test_a_way_of_contact_that_holds_no_more_is_on_no_page_and_no_paper_and_the_receiver_hears_of_it(db: None) -> None:
    receiver = cast.charity()
    receiver.email = "desk@harbour-families.example"
    receiver.save(update_fields=["email"])
    made = cast.family_request()
    live = cast.sent_referral(made, shares=EVERYTHING)
    before = Message.objects.using("owner").filter(about_id=live.id).count()
    assert "07700 900123" in words(go(joan(), "referral", live.id))
    told = {"contact_way": "text", "phone": "07700 900999", "may_leave_message": "yes"}
    assert cast.came_in(made).post(reverse("family:contact"), told).status_code == 302
    for name in ("referral", "referral_print"):
        page = words(go(joan(), name, live.id))
        assert "07700 900123" not in page
        assert "07700 900999" not in page, "the new way is told by whoever holds the request"
        assert "They changed how they may be reached" in page
    assert Message.objects.using("owner").filter(about_id=live.id, event="contact.changed").count() == 1
    assert Message.objects.using("owner").filter(about_id=live.id).count() == before + 1


def test_a_referral_that_was_sent_after_the_change_tells_the_new_way(db: None) -> None:
    made = cast.family_request()
    cast.came_in(made).post(reverse("family:contact"), {"contact_way": "text", "phone": "07700 900999"})
    page = words(go(joan(), "referral", cast.sent_referral(made, shares=EVERYTHING).id))
    assert "07700 900999" in page
    assert "They changed" not in page


def test_an_agency_that_was_told_no_way_of_contact_does_not_learn_that_it_changed(db: None) -> None:
    made = cast.family_request()
    live = cast.sent_referral(made, shares=(Shared.STORY,))
    cast.came_in(made).post(reverse("family:contact"), {"contact_way": "text", "phone": "07700 900999"})
    page = words(go(joan(), "referral", live.id))
    assert "They changed" not in page
    assert "07700" not in page
