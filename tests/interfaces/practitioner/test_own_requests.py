from typing import Any

import pytest
from django.test import Client

from reachin.access.referrals.enums import ReferralState
from reachin.access.referrals.models import Referral
from reachin.access.requests_for_assistance import actions
from reachin.access.requests_for_assistance.enums import Outcome, Stage
from reachin.access.requests_for_assistance.models import DangerAlert, RequestForAssistance
from tests import cast

from .pages import NOT_FOUND, WRONG, asked, go, location, post, queries_of, words


def teacher() -> Client:
    return cast.signed_in(cast.teacher())


def fresh(request_for_assistance: RequestForAssistance) -> RequestForAssistance:
    return RequestForAssistance.objects.using("owner").get(id=request_for_assistance.id)


def person(name: str) -> list[dict[str, Any]]:
    return [{"known_as": name, "age_years": 9, "relation": "child"}]


# What became of them


def test_i_see_my_own_requests_and_nobody_elses(db: None) -> None:
    cast.practitioner_request(people=person("Callum"))
    cast.practitioner_request(cast.health_visitor(), people=person("Ailsa"))
    cast.family_request(people=person("Struan"))
    page = words(go(teacher(), "requests"))
    assert "Callum" in page
    assert "Ailsa" not in page
    assert "Struan" not in page


def test_each_says_in_words_where_it_is(db: None) -> None:
    cast.practitioner_request(people=person("Callum"))
    cast.returned_request(people=person("Ailsa"))
    cast.decide(cast.practitioner_request(people=person("Struan")), Stage.CLOSED, outcome=Outcome.ADVICE_GIVEN)
    page = words(go(teacher(), "requests"))
    assert "Waiting for the hub to read it" in page
    assert "Back with you: something is missing Add what is missing" in page
    assert "Closed Advice was enough" in page
    assert page.index("Ailsa") < page.index("Struan") < page.index("Callum"), "what waits for me comes first, then the newest"


def test_services_are_named_but_masked_ones_are_not(db: None) -> None:
    sent = cast.practitioner_request()
    cast.answered(cast.sent_referral(sent), ReferralState.ACCEPTED)
    cast.sent_referral(sent, receiver=cast.womens_aid(), to=cast.service(cast.womens_aid(), "Refuge and advice"))
    for page in (go(teacher(), "requests"), go(teacher(), "request", sent.id)):
        assert "A friendly ear" in words(page)
        assert "Accepted" in words(page)
        assert "A support service" in words(page)
        for name in ("Refuge and advice", "Women&#39;s Aid", "Women's Aid"):
            assert name not in page.content.decode()


def test_a_page_holds_twenty_five_and_takes_the_same_queries_however_many(db: None) -> None:
    client = teacher()
    cast.sent_referral(cast.practitioner_request())
    few = queries_of(client, "requests")
    for number in range(27):
        cast.practitioner_request(people=person(f"Child {number}"))
    assert queries_of(client, "requests") == few
    first, second = words(go(client, "requests")), words(go(client, "requests", page="2"))
    assert first.count("Child ") == 25
    assert second.count("Child ") == 2
    assert go(client, "requests", page="nonsense").status_code == 200


def test_one_request_shows_what_i_told_and_what_became_of_it_step_by_step(db: None) -> None:
    sent = cast.practitioner_request()
    cast.answered(cast.sent_referral(sent), ReferralState.ACCEPTED, ReferralState.IN_PROGRESS)
    page = words(go(teacher(), "request", sent.id))
    assert "Skye is often late" in page
    assert "Skye, somebody else in the family, 13 years old" in page
    steps = ["You sent it", "It went on to the hub", "The hub asked services to help", "A friendly ear: Sent", "A friendly ear: Accepted"]
    places = [page.index(step) for step in steps]
    assert places == sorted(places)
    assert "A friendly ear: Help has started" in page


def test_the_hubs_own_notes_are_not_mine(db: None) -> None:
    sent = cast.practitioner_request()
    cast.decide(sent, Stage.IN_DISCUSSION, reason="Between us at the hub: phone the school first.")
    assert "Between us" not in words(go(teacher(), "request", sent.id))


@pytest.mark.parametrize("page", ["request", "complete", "withdraw"])
@pytest.mark.parametrize("who", [cast.health_visitor, cast.hub_worker, cast.support_worker, cast.duty_worker])
def test_foreign_is_like_missing(db: None, page: str, who: Any) -> None:
    """The hub worker may open it at the hub; here it is not theirs."""
    sent, client = cast.returned_request(), cast.signed_in(who())
    foreign, missing = go(client, page, sent.id), go(client, page, "00000000-0000-7000-8000-000000000000")
    assert foreign.status_code == missing.status_code == NOT_FOUND
    assert words(foreign) == words(missing)
    assert post(client, page, sent.id, data={"phone": "01632 960000"}).status_code in (NOT_FOUND, 405)
    assert fresh(sent).stage == Stage.RETURNED


def test_a_page_leaves_one_trace_of_its_opening(db: None, admin: Any) -> None:
    sent = cast.practitioner_request()
    go(teacher(), "request", sent.id)
    traces = admin.execute("select purpose, user_id from reachin.opening where subject_id = %s", [sent.id]).fetchall()
    assert traces == [("own_request", cast.teacher().id)]


# Adding what is missing


def test_only_what_is_missing_is_asked_with_the_reason(db: None) -> None:
    sent, client = cast.returned_request(), teacher()
    page = go(client, "complete", sent.id)
    assert asked(page) == {"contact_way", "phone", "email", "address", "through"}
    assert "Nobody may be contacted without a safe way that the family chose." in words(page)
    answered = post(client, "complete", sent.id, data={"contact_way": "text", "phone": "07700 900321"})
    assert location(answered) == f"/work/requests/{sent.id}/?done=completed"
    assert fresh(sent).stage == Stage.READY_FOR_TRIAGE
    after = words(client.get(location(answered)))
    assert "07700 900321" in after
    assert "Skye is often late" in after, "what was told before stays"
    assert "You added what was missing" in after


def test_a_way_that_was_chosen_is_not_asked_again_only_its_number(db: None) -> None:
    sent = cast.practitioner_request(phone=None)
    assert sent.stage == Stage.RETURNED
    assert asked(go(teacher(), "complete", sent.id)) == {"phone"}


def test_people_who_are_missing_are_asked_in_rows(db: None) -> None:
    sent = cast.practitioner_request(people=None)
    client = teacher()
    assert "person-1-known_as" in asked(go(client, "complete", sent.id))
    rows = {"people-rows": "1", "person-1-known_as": "Mirren", "person-1-relation": "child", "person-1-age_years": "7"}
    assert post(client, "complete", sent.id, data=rows).status_code == 302
    after = fresh(sent)
    assert (after.stage, after.display_name, after.people_count) == (Stage.READY_FOR_TRIAGE, "Mirren", 1)
    assert "Mirren, child, 7 years old" in words(go(client, "request", sent.id))


def test_what_could_not_be_answered_stays_asked_and_what_was_is_kept(db: None) -> None:
    sent = cast.practitioner_request(contact_way=None, phone=None, help_with=None)
    client = teacher()
    answered = post(client, "complete", sent.id, data={"help_with": ["money"]})
    assert location(answered).endswith("?done=still-missing")
    assert fresh(sent).stage == Stage.RETURNED
    assert asked(go(client, "complete", sent.id)) == {"contact_way", "phone", "email", "address", "through"}


def test_nothing_written_sends_nothing(db: None) -> None:
    sent = cast.returned_request()
    page = post(teacher(), "complete", sent.id)
    assert page.status_code == WRONG
    assert "Nothing was written" in words(page)
    assert fresh(sent).version == sent.version


def test_what_the_hub_still_misses_is_asked_in_its_words(db: None) -> None:
    sent = cast.practitioner_request(tried=None)
    with cast.opened(cast.hub_worker(), sent) as now:
        actions.return_to_sender(sent, by=cast.hub_worker(), note="Who has tried breakfast club?", questions=["tried", "place"], now=now)
    client = teacher()
    page = go(client, "complete", sent.id)
    assert "Who has tried breakfast club?" in words(page)
    assert asked(page) == {"tried", "place"}
    assert post(client, "complete", sent.id, data={"tried": "Twice, it helped", "place": "Balnashee"}).status_code == 302
    assert fresh(sent).stage == Stage.READY_FOR_TRIAGE


def test_a_wrong_number_is_told_beside_the_field_and_stays(db: None) -> None:
    sent = cast.returned_request()
    page = post(teacher(), "complete", sent.id, data={"contact_way": "text", "phone": "none of your business"})
    assert page.status_code == WRONG
    assert "Write a phone number" in words(page)
    assert 'value="none of your business"' in page.content.decode()


def test_the_same_addition_twice_is_harmless(db: None) -> None:
    sent, client = cast.returned_request(), teacher()
    given = {"contact_way": "text", "phone": "07700 900321"}
    post(client, "complete", sent.id, data=given)
    version = fresh(sent).version
    assert location(post(client, "complete", sent.id, data=given)) == f"/work/requests/{sent.id}/"
    assert location(go(client, "complete", sent.id)) == f"/work/requests/{sent.id}/"
    assert fresh(sent).version == version


def test_danger_that_is_named_only_now_calls_the_duty_desk(db: None) -> None:
    sent, client = cast.practitioner_request(childs_view=None, contact_way=None, phone=None), teacher()
    given = {"contact_way": "text", "phone": "07700 900321", "childs_view": "She says he hits me and I am scared of him."}
    post(client, "complete", sent.id, data=given)
    assert DangerAlert.objects.using("owner").filter(request_for_assistance=sent).count() == 1
    assert "This may be an emergency" in words(go(client, "request", sent.id))
    assert go(cast.signed_in(cast.duty_worker()), "alert", sent.id).status_code == 200


# Taking it back


def test_taking_back_asks_first_and_again_changes_nothing(db: None) -> None:
    sent, client = cast.practitioner_request(), teacher()
    assert "Do you want to take this request back?" in words(go(client, "withdraw", sent.id))
    assert fresh(sent).stage == Stage.READY_FOR_TRIAGE
    for _ in range(2):
        assert location(post(client, "withdraw", sent.id, data={"reason": "They found help"})).endswith("?done=withdrawn")
    after = fresh(sent)
    assert after.stage == Stage.WITHDRAWN
    assert "Taken back" in words(go(client, "request", sent.id))


def test_once_services_were_asked_only_the_family_takes_it_back(db: None) -> None:
    sent, client = cast.practitioner_request(), teacher()
    referral = cast.sent_referral(sent)
    assert "Take this request back" not in words(go(client, "request", sent.id))
    page = post(client, "withdraw", sent.id, data={"reason": "They moved to Dunmarrow"})
    assert page.status_code == 409
    assert "This request cannot be taken back here" in words(page)
    assert "They moved to Dunmarrow" in words(page), "what was typed stays"
    assert fresh(sent).stage == Stage.MATCHED
    assert Referral.objects.using("owner").get(id=referral.id).state == ReferralState.SENT
