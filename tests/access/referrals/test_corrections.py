"""A fact is put right by two guardians, what stood there before is kept with it, and whoever had received it is told."""

from typing import Any

import pytest
from django.db.utils import ProgrammingError

from reachin.access.referrals import corrections
from reachin.access.requests_for_assistance.models import RequestForAssistance, StoryTold
from reachin.families.information_requests import actions
from reachin.families.information_requests.actions import NoSuchMove
from reachin.families.information_requests.enums import AskedFor, NoticeOf
from reachin.families.information_requests.models import Correction, InformationRequest, PartnerNotice
from reachin.families.people.models import PersonDetails
from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.notices.models import Message
from reachin.partnership.agencies.models import Agency
from tests import cast
from tests.families.information_requests.asking import asked_by, asker, guardian, opened, own_page, second_guardian

STORY = "Tam goes to the wrong school."


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def asked_to_put_right(made: RequestForAssistance) -> InformationRequest:
    return asked_by(made, AskedFor.CORRECTION, words="My name is spelt wrong.")


def proposed(asked: InformationRequest, code: str, after: str) -> Correction:
    who = guardian()
    with opened(who, asked) as now:
        fact = next(one for one in corrections.facts_of(asked) if one.code == code)
        return corrections.propose(asked, fact.key, after, by=who, now=now)


def put_right(asked: InformationRequest) -> list[Correction]:
    first, second = guardian(), second_guardian()
    with opened(first, asked) as now:
        actions.prepare(asked, by=first, answer="We put it right.", now=now)
    with opened(second, asked) as now:
        actions.release(asked, by=second, now=now)
        made = corrections.make(asked, by=second, now=now)
        corrections.tell_partners(asked, corrections.who_received(asked), NoticeOf.CORRECTED, by=second, now=now)
        return made


def test_a_name_is_put_right_on_the_record_and_on_the_cards_and_the_earlier_one_is_kept(db: None, admin: Any) -> None:
    made = cast.family_request(your_name="Rowan")
    asked = asked_to_put_right(made)
    proposed(asked, "known_as", "Rowena")
    assert owned(PersonDetails).get(person_id=asker(made).id).facts().known_as == "Rowan", "proposed only"
    put_right(asked)
    assert owned(PersonDetails).get(person_id=asker(made).id).facts().known_as == "Rowena"
    assert "Rowena" in owned(RequestForAssistance).get(id=made.id).display_name
    kept = owned(Correction).get()
    assert kept.facts() == {"before": "Rowan", "after": "Rowena"}
    assert (kept.proposed_by, kept.made_by) == (guardian().id, second_guardian().id)
    assert b"Rowan" not in bytes(kept.sealed)
    with own_page(made, read_only=True):
        assert Correction.objects.get().facts()["after"] == "Rowena"


def test_what_was_told_is_put_right_and_the_hub_reads_what_stood_there_before(db: None) -> None:
    made = cast.family_request(story=STORY)
    asked = asked_to_put_right(made)
    proposed(asked, "story", "Tam goes to the right school.")
    put_right(asked)
    assert owned(StoryTold).get(request_for_assistance=made).answers()["story"] == "Tam goes to the right school."
    with cast.opened(cast.hub_worker(), made, read_only=True):
        assert Correction.objects.get().facts()["before"] == STORY
    with acting(cast.hub_worker().actor(), read_only=True):
        assert not Correction.objects.exists()


def test_whoever_received_it_is_told_that_there_is_a_correction_and_reads_it_in_what_they_received(db: None) -> None:
    made = cast.family_request(story=STORY)
    referral = cast.sent_referral(made)
    owned(Agency).filter(id=referral.receiver_agency_id).update(email="desk@charity.example", uses_reach_in=True)
    asked = asked_to_put_right(made)
    proposed(asked, "story", "Tam goes to the right school.")
    put_right(asked)
    notice = owned(PartnerNotice).get()
    assert (notice.agency_id, notice.kind, notice.subject_id) == (referral.receiver_agency_id, "referral", referral.id)
    message = owned(Message).get(about_id=notice.id)
    assert "school" not in str(message.unsealed())
    who = cast.support_worker()
    with acting(who.actor(), read_only=True):
        assert PartnerNotice.objects.count() == 1
        assert not Correction.objects.exists()
    with cast.opened_referral(who, referral, read_only=True):
        assert Correction.objects.get().facts()["before"] == STORY
    with acting(cast.stranger().actor(), read_only=True):
        assert not PartnerNotice.objects.exists()
    with acting(who.actor()) as now:
        assert corrections.see_notice(notice, by=who, now=now).seen_by == who.id


@pytest.mark.parametrize(("code", "after"), [("born_on", "yesterday"), ("age_years", "old"), ("age_years", "400"), ("known_as", "Rowan")])
def test_what_is_no_such_fact_is_not_proposed(db: None, code: str, after: str) -> None:
    asked = asked_to_put_right(cast.family_request(your_name="Rowan"))
    with pytest.raises(corrections.NotAFact):
        proposed(asked, code, after)
    assert not owned(Correction).exists()


def test_nobody_makes_their_own_proposal_and_nothing_is_changed_before_the_answer(db: None) -> None:
    made = cast.family_request(story=STORY)
    asked = asked_to_put_right(made)
    proposed(asked, "story", "Another.")
    with opened(guardian(), asked) as now, pytest.raises(NoSuchMove):
        corrections.make(asked, by=guardian(), now=now)
    with opened(second_guardian(), asked):
        assert StoryTold.objects.filter(request_for_assistance=made).update(sealed=b"x") == 0
    assert owned(StoryTold).get(request_for_assistance=made).answers()["story"] == STORY


def test_where_it_changed_meanwhile_nothing_is_made_and_no_answer_given(db: None) -> None:
    made = cast.family_request(your_name="Rowan")
    asked = asked_to_put_right(made)
    proposed(asked, "known_as", "Rowena")
    person = asker(made)
    details = owned(PersonDetails).get(person_id=person.id)
    changed = PersonDetails.holding(person, type(details.facts())(known_as="Rhona"))
    owned(PersonDetails).filter(person_id=person.id).update(sealed=changed.sealed)
    with pytest.raises(corrections.NotAFact):
        put_right(asked)
    assert owned(InformationRequest).get().state == "prepared"


def test_a_proposal_is_taken_back_by_whoever_made_it(db: None) -> None:
    asked = asked_to_put_right(cast.family_request(your_name="Rowan"))
    one = proposed(asked, "known_as", "Rowena")
    with opened(second_guardian(), asked) as now, pytest.raises(NoSuchMove):
        corrections.take_back(one, by=second_guardian(), now=now)
    with opened(guardian(), asked) as now:
        corrections.take_back(one, by=guardian(), now=now)
    assert not owned(Correction).exists()


def test_a_correction_is_proposed_in_ones_own_name(db: None) -> None:
    asked = asked_to_put_right(cast.family_request())
    forged = Correction(
        information_request=asked, what="told", subject_id=asked.id, code="x", proposed_at=asked.asked_at, proposed_by=cast.teacher().id
    )
    forged.keep(before="x", after="y")
    with pytest.raises(ProgrammingError, match="row-level security"), opened(guardian(), asked):
        forged.save(force_insert=True)
