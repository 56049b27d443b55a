from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from reachin.access.referrals.enums import Helped, ReferralState
from reachin.access.referrals.models import Referral
from reachin.access.requests_for_assistance import actions
from reachin.access.requests_for_assistance.enums import AskedBy, NoteKind, Stage
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestNote, RequestPerson
from reachin.groundwork.ids import new_id
from reachin.interfaces.family.words import NOW_WORDS, STEP_WORDS
from tests import cast


def question_for(request_for_assistance: RequestForAssistance, words: str = "Is a morning better?") -> RequestNote:
    worker = cast.hub_worker()
    with cast.opened(worker, request_for_assistance) as now:
        return actions.ask_family(request_for_assistance, by=worker, question=words, now=now)


def test_a_family_reads_where_their_request_is_who_has_it_and_by_when(db: None) -> None:
    request_for_assistance = cast.call_list_request()
    page = cast.came_in(request_for_assistance).get("/my-request/").content.decode()
    assert request_for_assistance.reference in page
    assert "Somebody will be in touch with you" in page
    assert cast.hub().name in page
    assert "By when" in page


def test_a_page_says_where_the_help_is_and_no_longer_promises_a_contact_that_is_past(db: None, time_is: Any) -> None:
    referral = cast.sent_referral()
    client = cast.came_in(referral.request_for_assistance_id)
    assert "We have asked for help for you" in client.get("/my-request/").content.decode()
    time_is(timezone.now() + timedelta(days=8))
    cast.answered(referral, ReferralState.ACCEPTED, ReferralState.IN_PROGRESS)
    page = client.get("/my-request/").content.decode()
    assert "Help has started." in page
    assert "We said that we would be in touch by now" not in page
    cast.answered(referral, ReferralState.COMPLETED)
    page = client.get("/my-request/").content.decode()
    assert "The help that we asked for has ended" in page
    assert "Help ended" in page


def test_wrong_codes_wrong_phrases_and_unknown_codes_look_the_same(db: None) -> None:
    request_for_assistance = cast.family_request()
    wrong_phrase = Client().post("/come-back/", {"reference": request_for_assistance.reference, "phrase": "not this one"})
    unknown = Client().post("/come-back/", {"reference": "2222-3333-4444", "phrase": "not this one"})
    nonsense = Client().post("/come-back/", {"reference": "what?", "phrase": "not this one"})
    pages = [answer.content.decode().split("<main")[1].split("<form")[0] for answer in (wrong_phrase, unknown, nonsense)]
    assert wrong_phrase.status_code == unknown.status_code == nonsense.status_code == 422
    assert pages[0] == pages[1] == pages[2]


def test_guessing_is_slowed_and_the_page_says_so_plainly(db: None) -> None:
    request_for_assistance = cast.family_request()
    for _ in range(8):
        Client().post("/come-back/", {"reference": request_for_assistance.reference, "phrase": "not this one"})
    answer = Client().post("/come-back/", {"reference": request_for_assistance.reference, "phrase": cast.PHRASE})
    assert answer.status_code == 429
    assert "too many tries" in answer.content.decode()


def test_without_code_and_phrase_the_page_leads_to_the_way_in(db: None) -> None:
    for address in ("/my-request/", "/my-request/take-back/", f"/my-request/questions/{new_id()}/", f"/my-request/help/{new_id()}/"):
        assert Client().get(address).headers["Location"] == "/come-back/"


def test_a_family_answers_a_question_once(db: None) -> None:
    request_for_assistance = cast.family_request()
    asked = question_for(request_for_assistance)
    client = cast.came_in(request_for_assistance)
    assert "Is a morning better?" in client.get("/my-request/").content.decode()
    for _ in range(2):
        client.post(f"/my-request/questions/{asked.id}/", {"words": "Yes, before ten."})
    assert "We have a question" not in client.get("/my-request/").content.decode()
    assert RequestNote.objects.using("owner").filter(kind=NoteKind.ANSWER).count() == 1


def test_a_question_of_another_family_is_missing(db: None) -> None:
    asked = question_for(cast.family_request())
    assert cast.came_in(cast.family_request(your_name="Peigi")).get(f"/my-request/questions/{asked.id}/").status_code == 404


def test_an_empty_answer_is_refused_beside_the_field(db: None) -> None:
    request_for_assistance = cast.family_request()
    asked = question_for(request_for_assistance)
    page = cast.came_in(request_for_assistance).post(f"/my-request/questions/{asked.id}/", {"words": "  "})
    assert page.status_code == 422
    assert "Write your answer" in page.content.decode()


def test_taking_a_request_back_is_asked_once_more_and_then_stops_everything(db: None) -> None:
    referral = cast.accepted_referral()
    client = cast.came_in(referral.request_for_assistance_id)
    client.get("/my-request/take-back/")
    client.post("/my-request/take-back/", {"reason": "We are fine now"})
    client.post("/my-request/take-back/", {"reason": "We are fine now"})
    request_for_assistance = RequestForAssistance.objects.using("owner").get(id=referral.request_for_assistance_id)
    assert request_for_assistance.stage == Stage.WITHDRAWN
    assert not Referral.objects.using("owner").get(id=referral.id).is_live
    assert not cast.may_open(cast.support_worker(), "referral", referral.id)
    assert "You took this request back" in client.get("/my-request/").content.decode()


def test_a_request_that_has_ended_cannot_be_taken_back(db: None) -> None:
    client = cast.came_in(cast.closed_request())
    assert client.post("/my-request/take-back/", {"reason": ""}).status_code == 409
    assert "take my request back" not in client.get("/my-request/").content.decode()


def test_a_family_says_whether_it_helped_and_may_say_it_again(db: None) -> None:
    referral = cast.started_referral()
    client = cast.came_in(referral.request_for_assistance_id)
    assert client.post(f"/my-request/help/{referral.id}/", {"words": "x"}).status_code == 422
    client.post(f"/my-request/help/{referral.id}/", {"helped": "partly", "words": "Somebody listened."})
    client.post(f"/my-request/help/{referral.id}/", {"helped": "yes"})
    assert Referral.objects.using("owner").get(id=referral.id).helped == Helped.YES
    assert "Yes, it helped" in client.get("/my-request/").content.decode()


def test_help_that_has_not_begun_cannot_be_rated(db: None) -> None:
    referral = cast.sent_referral()
    assert cast.came_in(referral.request_for_assistance_id).get(f"/my-request/help/{referral.id}/").status_code == 404


def test_a_masked_service_never_shows_by_name(db: None) -> None:
    service = cast.service(run_by=cast.womens_aid(), name="The Lighthouse refuge", is_masked=True)
    referral = cast.sent_referral(to=service, receiver=cast.womens_aid())
    page = cast.came_in(referral.request_for_assistance_id).get("/my-request/").content.decode()
    assert "Lighthouse" not in page
    assert cast.womens_aid().name not in page
    assert "A support service" in page


def test_the_status_page_does_not_repeat_what_was_told(db: None) -> None:
    request_for_assistance = cast.family_request(story="a very private story", phone="07700 900999")
    page = cast.came_in(request_for_assistance).get("/my-request/").content.decode()
    assert "a very private story" not in page
    assert "07700 900999" not in page


def test_leaving_the_page_forgets_the_request_on_this_device(db: None) -> None:
    client = cast.came_in(cast.family_request())
    client.post("/my-request/leave/")
    assert client.get("/my-request/").headers["Location"] == "/come-back/"


def test_the_status_page_needs_few_queries(db: None, django_assert_max_num_queries: Any) -> None:
    client = cast.came_in(cast.started_referral().request_for_assistance_id)
    with django_assert_max_num_queries(16):
        assert client.get("/my-request/").status_code == 200


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage != Stage.DRAFT])
def test_every_stage_has_plain_words_for_the_family(stage: Stage) -> None:
    assert str(NOW_WORDS[stage])
    assert str(STEP_WORDS[stage])


def _others(made: RequestForAssistance) -> list[UUID]:
    rows = RequestPerson.objects.using("owner").filter(request_for_assistance=made, is_contact=False)
    return [row.alias_id for row in rows]


MUM_AND_TAM = [{"known_as": "Isla", "age_years": 34, "relation": "other"}, {"known_as": "Tam", "age_years": 6, "relation": "child"}]


def test_a_relative_reads_nothing_of_the_help_that_others_get(db: None) -> None:
    made = cast.family_request(asked_by=AskedBy.RELATIVE, people=MUM_AND_TAM)
    referral = cast.answered(cast.sent_referral(made, people=_others(made)), ReferralState.ACCEPTED, ReferralState.IN_PROGRESS)
    client = cast.came_in(made)
    page = client.get("/my-request/").content.decode()
    assert "We tell only them what help they get" in page
    for told in (referral.service_name, "Help that we asked for", "Help started", "Help has started"):
        assert told not in page
    assert client.get(f"/my-request/help/{referral.id}/").status_code == 404


def test_a_relative_reads_of_the_help_that_was_asked_for_themselves(db: None) -> None:
    made = cast.family_request(asked_by=AskedBy.RELATIVE, people=MUM_AND_TAM)
    referral = cast.sent_referral(made)
    page = cast.came_in(made).get("/my-request/").content.decode()
    assert referral.service_name in page
    assert "theirs to tell" not in page


@pytest.mark.parametrize(("relation", "is_named"), [("child", True), ("cared_for", True), ("partner", False), ("parent", False)])
def test_which_service_helps_another_grown_up_is_theirs_to_tell(db: None, relation: str, is_named: bool) -> None:
    made = cast.family_request(people=[{"known_as": "Lee", "age_years": 30, "relation": relation}])
    referral = cast.sent_referral(made, people=_others(made))
    page = cast.came_in(made).get("/my-request/").content.decode()
    assert (referral.service_name in page) == is_named
    assert ("A support service" in page) != is_named
