"""One request as one readable page: what stands on it, what is big and clear, and what stays off paper."""

import pytest
from django.db import connection, connections
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from reachin.access.referrals import actions as referrals
from reachin.access.referrals.actions import Sending
from reachin.access.referrals.enums import Helped, ReferralState, Shared
from reachin.access.referrals.models import Referral
from reachin.access.requests_for_assistance import actions
from reachin.access.requests_for_assistance.enums import AskedBy, ContactOutcome, Stage
from reachin.access.requests_for_assistance.models import DangerAlert, RequestForAssistance, RequestNote
from reachin.groundwork.audited_access.context import Actor, acting, open_record
from reachin.groundwork.ids import new_id
from reachin.groundwork.notices.models import Message
from tests import cast

from .partnership import Partnership, card, family_asks, make_service, opened, practitioner_asks, read_page, signed_in, words_of


def page_of(partnership: Partnership, request: RequestForAssistance, more: str = "") -> str:
    response = signed_in(partnership.worker).get(f"/hub/requests/{request.id}/{more}")
    assert isinstance(response, HttpResponse)
    return words_of(read_page(response))


def test_story_asks_and_people_are_on_the_page(partnership: Partnership) -> None:
    words = page_of(partnership, family_asks(AskedBy.PARENT_OR_CARER, place="Portlennan", family_meeting="yes"))
    for told in ("Tam will not go to school any more.", "School or nursery", "Somebody who comes to us.", "No groups please."):
        assert told in words
    assert "Tamchild6" in words.replace(" ", "")
    assert "Portlennan" in words
    assert "Family meeting Yes" in words


def test_safe_contact_says_how_when_and_what_never(partnership: Partnership) -> None:
    words = page_of(partnership, family_asks(who_may_answer="My mum, and she knows", first_contact_name="Miss Kerr"))
    for told in ("Phone call", "07700 900123", "School hours", "No. Leave no message", "Say the library", "My mum, and she knows"):
        assert told in words
    assert "The school or nursery, Miss Kerr" in words


def test_without_a_safe_way_it_says_not_to_contact(partnership: Partnership) -> None:
    words = page_of(partnership, family_asks(contact_way=""))
    assert "No safe way is known. Do not contact them until one is." in words
    assert "not the way that they chose" in words
    assert "How is it safe for us to be in touch?" in words, "what is missing is named"


def test_who_looks_for_themselves_is_not_rung(partnership: Partnership) -> None:
    words = page_of(partnership, family_asks(contact_way="come_back", phone=""))
    assert "They look for themselves. Do not ring or write." in words


def test_warnings_come_before_the_story(partnership: Partnership) -> None:
    sent = family_asks(must_not_know="Their father, Craig", blocked_agencies=[str(partnership.school.id)], home_is_secret="yes")
    words = page_of(partnership, sent)
    for warning in ("Must not see or know", "Their father, Craig", "Portlennan Primary", "Where they live must stay secret"):
        assert words.index(warning) < words.index("In their own words")


def test_danger_says_whether_anybody_has_taken_it_on(partnership: Partnership) -> None:
    sent = family_asks(in_danger="yes")
    assert "They said so. Strathlennan social work was alerted" in page_of(partnership, sent)
    assert "Nobody has taken it on yet." in page_of(partnership, sent)
    with acting(partnership.duty_worker.actor()) as now:
        [alert] = DangerAlert.objects.all()
        actions.take_alert(alert, by=partnership.duty_worker, now=now)
    assert "Shona Grant took it on" in page_of(partnership, sent)


def test_danger_without_a_duty_desk_is_the_hubs_to_take_on(partnership: Partnership) -> None:
    sent = family_asks(story="He hits me when he drinks", blocked_agencies=[str(partnership.duty.id)])
    words = page_of(partnership, sent)
    assert "Their words suggest it. Strathlennan family support hub was alerted" in words
    assert "I take it on" in words
    alert = DangerAlert.objects.using("owner").get()
    address = f"/hub/requests/{sent.id}/alerts/{alert.id}/"
    assert signed_in(partnership.duty_worker).post(address).status_code == 404
    first = signed_in(partnership.worker).post(address, follow=True)
    assert "The danger is yours to answer now." in first.content.decode()
    second = signed_in(partnership.colleague).post(address, follow=True)
    assert "The danger is yours" not in second.content.decode()
    assert "Morag Innes took it on" in page_of(partnership, sent)


def test_a_practitioners_request_shows_what_only_they_know_and_what_is_missing(partnership: Partnership) -> None:
    words = page_of(partnership, practitioner_asks(partnership.teacher, tried="", childs_plan="yes"))
    assert "What the child or young person says She says she is tired." in words
    assert "Ailsa Kerr, Portlennan Primary" in words
    assert "So that nobody offers again what did not help. It may wait." in words


def test_questions_answers_decisions_attempts_and_history_are_told_with_names(partnership: Partnership) -> None:
    sent = family_asks()
    with opened(partnership.worker, sent.id) as now:
        actions.record_contact(sent, by=partnership.worker, outcome=ContactOutcome.NO_ANSWER, words="Rang at 11.", now=now)
        actions.ask_family(sent, by=partnership.worker, question="Would a visit be all right?", now=now)
        actions.decide(sent, Stage.IN_DISCUSSION, by=partnership.worker, reason="Home support first.", now=now)
    family = Actor.family(sent.id)
    with acting(family, opening=open_record(family, "request", sent.id, purpose="own_request")) as now:
        asked = RequestNote.objects.get(kind="question")
        actions.answer_question(asked, by=sent.id, words="Yes, on a weekday.", now=now)
    words = page_of(partnership, sent)
    for told in ("Rang at 11.", "No answer Morag Innes", "Would a visit be all right?", "Yes, on a weekday.", "Home support first."):
        assert told in words
    assert "In discussion" in words
    assert "Morag Innes; decided at the hub" in words
    assert "Pre-triage; nothing was missing" in words
    assert "The family's full wait" in words


def test_chase_time_saved_is_shown_for_a_practitioners_request(partnership: Partnership) -> None:
    returned = practitioner_asks(partnership.teacher, story="")
    words = page_of(partnership, returned)
    assert "chase time saved" in words
    assert "Back with the sender" in words
    assert "chase time saved" not in page_of(partnership, family_asks())


def _referred(partnership: Partnership, *, is_masked: bool) -> RequestForAssistance:
    sent = family_asks()
    service = make_service("Lennan Safe House", agency=None if is_masked else partnership.charity, is_masked=is_masked)
    with opened(partnership.worker, sent.id) as now:
        receiver = referrals.agency_for(service.organisation, by=partnership.worker, now=now)
        sending = Sending(key=new_id(), service=service, receiver=receiver, shares=frozenset({Shared.STORY}))
        referrals.send(sent, [sending], by=partnership.worker, now=now)
    return sent


def test_a_referral_is_followed_to_the_familys_own_word(partnership: Partnership) -> None:
    sent = _referred(partnership, is_masked=False)
    with acting(partnership.supporter.actor()) as now:
        referral = Referral.objects.get()
        for state in (ReferralState.ACCEPTED, ReferralState.IN_PROGRESS):
            referral = referrals.answer(referral, state, by=partnership.supporter, now=now)
    family = Actor.family(sent.id)
    with acting(family) as now:
        referrals.rate(referral, by=sent.id, helped=Helped.PARTLY, words="She listened.", now=now)
    words = page_of(partnership, sent)
    for told in ("Lennan Safe House", "Help has started", "She listened.", "The family says: It helped a bit"):
        assert told in words
    assert "Until help started" in words


def test_a_masked_service_is_marked_on_the_page_and_nameless_on_paper(partnership: Partnership) -> None:
    sent = _referred(partnership, is_masked=True)
    words = page_of(partnership, sent)
    assert "Lennan Safe House" in words
    assert "Masked" in words
    paper = page_of(partnership, sent, "print/")
    assert "A support service" in paper
    assert "Safe House" not in paper


def test_a_masked_agency_that_must_not_see_is_named_on_the_screen_and_not_on_paper(partnership: Partnership) -> None:
    aid = cast.womens_aid()
    sent = family_asks(blocked_agencies=[str(aid.id)])
    assert aid.name in page_of(partnership, sent)
    paper = page_of(partnership, sent, "print/")
    assert "Organisations: A support service" in paper
    assert aid.name not in paper


def test_a_secret_home_stays_off_paper(partnership: Partnership) -> None:
    sent = family_asks(place="12 Hidden Lane", contact_way="letter", address="12 Hidden Lane, PA34 4AA", home_is_secret="yes", phone="")
    assert "12 Hidden Lane" in page_of(partnership, sent)
    paper = page_of(partnership, sent, "print/")
    assert "Hidden" not in paper
    assert "left out" in paper
    assert "No safe way" not in paper


def test_messages_are_told_by_hand_once(partnership: Partnership) -> None:
    sent = family_asks()
    client = signed_in(partnership.worker)
    assert "To be told by a person We have the request" in page_of(partnership, sent)
    message = Message.objects.using("owner").get(is_for_staff=False)
    for _again in range(2):
        response = client.post(f"/hub/requests/{sent.id}/told/", {"message": [str(message.id), "nonsense"]}, follow=True)
        assert "It is kept that you told the family." in response.content.decode()
    assert "To be told by a person" not in page_of(partnership, sent)
    assert Message.objects.using("owner").get(id=message.id).settled_by == "Morag Innes"


def test_a_message_about_another_request_is_not_told(partnership: Partnership) -> None:
    sent, other = family_asks(), family_asks()
    theirs = Message.objects.using("owner").get(about_id=other.id, is_for_staff=False)
    signed_in(partnership.worker).post(f"/hub/requests/{sent.id}/told/", {"message": str(theirs.id)})
    assert Message.objects.using("owner").get(id=theirs.id).state == "by_hand"


def test_who_takes_on_contact_first_has_it(partnership: Partnership) -> None:
    sent = family_asks()
    first, second = signed_in(partnership.worker), signed_in(partnership.colleague)
    told = {"version": card(sent.id).version}
    assert first.post(f"/hub/requests/{sent.id}/take-on/", told).status_code == 302
    assert first.post(f"/hub/requests/{sent.id}/take-on/", told).status_code == 302, "again changes nothing"
    late = second.post(f"/hub/requests/{sent.id}/take-on/", told)
    assert isinstance(late, HttpResponse)
    assert "Somebody else was quicker" in read_page(late, 409)
    assert card(sent.id).contact_owner_id == partnership.worker.id
    assert "In touch" in page_of(partnership, sent)


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40])
def test_a_strange_version_is_no_error(partnership: Partnership, version: str) -> None:
    sent = family_asks()
    assert signed_in(partnership.worker).post(f"/hub/requests/{sent.id}/take-on/", {"version": version}).status_code in (302, 409)


def test_a_duty_desk_reads_what_it_was_alerted_to_and_decides_nothing(partnership: Partnership) -> None:
    sent = family_asks(story="He hits me when he drinks")
    duty = signed_in(partnership.duty_worker)
    response = duty.get(f"/hub/requests/{sent.id}/")
    assert isinstance(response, HttpResponse)
    words = words_of(read_page(response))
    assert "Strathlennan family support hub holds this request and decides." in words
    assert "Refer to services" not in words
    for step in ("contact", "close", "refer", "move"):
        assert duty.get(f"/hub/requests/{sent.id}/{step}/").status_code == 404
    assert duty.post(f"/hub/requests/{sent.id}/take-on/").status_code == 404


def test_foreign_is_like_missing(partnership: Partnership) -> None:
    sent, missing = family_asks(), new_id()
    for account in (partnership.duty_worker, partnership.teacher, partnership.supporter):
        client = signed_in(account)
        foreign, nothing = (client.get(f"/hub/requests/{one}/") for one in (sent.id, missing))
        assert foreign.status_code == nothing.status_code == 404
        assert foreign.content == nothing.content


def test_each_look_leaves_one_trace(partnership: Partnership) -> None:
    sent = family_asks()
    page_of(partnership, sent)
    page_of(partnership, sent, "print/")
    with connections["owner"].cursor() as cursor:
        cursor.execute("set role reachin_guard")
        cursor.execute("select count(*) from reachin.opening where subject_id = %s and user_id = %s", [sent.id, partnership.worker.id])
        assert cursor.fetchone() == (2,)
        cursor.execute("reset role")


def test_the_page_asks_a_bounded_number_of_times(partnership: Partnership) -> None:
    sent = _referred(partnership, is_masked=False)
    client = signed_in(partnership.worker)
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/hub/requests/{sent.id}/")
    assert len(asked) <= 32
