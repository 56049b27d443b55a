"""A person asks about what is held of them; one guardian prepares the answer, another gives it."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db.utils import IntegrityError, ProgrammingError

from reachin.access.referrals import actions as referrals
from reachin.access.referrals.enums import Helped
from reachin.access.requests_for_assistance import actions as requests
from reachin.access.requests_for_assistance.enums import ContactOutcome
from reachin.access.requests_for_assistance.models import PlaceTold, RequestForAssistance, SafetyTold, StoryTold
from reachin.families.information_requests import actions
from reachin.families.information_requests.enums import AskedFor, Face, State
from reachin.families.information_requests.models import CopyEntry, InformationRequest, InformationWords
from reachin.families.information_sharing.actions import look_first
from reachin.families.people.models import Person, PersonDetails
from reachin.groundwork.audited_access.context import Actor, acting, open_record
from reachin.groundwork.audited_access.models import AuditEvent
from tests import cast
from tests.families.information_requests.asking import (
    asked_by,
    asker,
    guardian,
    guardian_elsewhere,
    opened,
    own_page,
    prepared,
    released,
    second_guardian,
)


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def test_somebody_asks_and_reads_where_it_stands(db: None) -> None:
    made = cast.family_request()
    asked = asked_by(made, AskedFor.ERASURE, words="Please delete the old number.")
    with own_page(made, read_only=True):
        seen = InformationRequest.objects.get()
        assert (seen.id, seen.state, seen.controller_id, seen.is_open()) == (asked.id, "asked", cast.hub().id, True)
        assert InformationWords.objects.get().said() == "Please delete the old number."
    assert b"number" not in bytes(owned(InformationWords).get().sealed)
    assert owned(AuditEvent).filter(event="information.asked", subject_id=asked.id).count() == 1


def test_the_same_asked_again_while_it_waits_is_the_one_that_is_there(db: None) -> None:
    made = cast.family_request()
    assert asked_by(made).id == asked_by(made).id
    assert asked_by(made, AskedFor.COMPLAINT, face=Face.SAD).id == asked_by(made, AskedFor.COMPLAINT, face=Face.SAD).id
    one, other = (asked_by(made, AskedFor.OBJECTION, words=words) for words in ("Stop it.", "Stop that too."))
    assert one.id != other.id


@pytest.mark.parametrize("kind", [kind for kind in AskedFor if kind != AskedFor.COPY])
def test_what_says_nothing_is_not_asked(db: None, kind: AskedFor) -> None:
    made = cast.family_request()
    with pytest.raises(actions.NothingSaid):
        asked_by(made, kind, words=" ")


# Who may see


def test_nobody_else_sees_what_a_person_asked(db: None) -> None:
    made, estranged = cast.family_request(), cast.family_request(your_name="Dean")
    asked = asked_by(made, AskedFor.COMPLAINT, words="He read it out.")
    for actor in (guardian_elsewhere().actor(), cast.hub_worker().actor(), cast.stranger().actor(), Actor.family(estranged.id)):
        assert open_record(actor, "information_request", asked.id, purpose="information_request") is None
        with acting(actor, read_only=True):
            assert not InformationRequest.objects.exists()
            assert not InformationWords.objects.exists()
    with own_page(estranged, read_only=True):
        assert not InformationRequest.objects.exists()
    with cast.as_family(made, read_only=True):
        assert not InformationWords.objects.exists()


def test_a_guardian_sees_the_card_and_reads_the_words_only_of_what_is_open(db: None) -> None:
    made = cast.family_request()
    asked = asked_by(made, AskedFor.CORRECTION, words="My name is wrong.")
    other = asked_by(made, AskedFor.OBJECTION, words="Stop.")
    with acting(guardian().actor(), read_only=True):
        assert InformationRequest.objects.count() == 2
        assert not InformationWords.objects.exists()
    with opened(guardian(), asked, read_only=True):
        assert [kept.said() for kept in InformationWords.objects.all()] == ["My name is wrong."]
        assert PersonDetails.objects.get().person_id == asker(made).id
    assert open_record(guardian().actor(), "information_request", other.id, purpose="curiosity") is None


def test_a_complaint_opens_no_more_than_who_it_is(db: None) -> None:
    made = cast.family_request()
    complaint = asked_by(made, AskedFor.COMPLAINT, words="You were late.")
    with opened(guardian(), complaint, read_only=True):
        assert PersonDetails.objects.exists()
        assert not any(model.objects.exists() for model in (StoryTold, SafetyTold, PlaceTold, RequestForAssistance))
    with opened(guardian(), asked_by(made), read_only=True):
        assert StoryTold.objects.get().request_for_assistance_id == made.id


def test_what_is_answered_opens_nothing_of_the_person_any_more(db: None) -> None:
    with opened(guardian(), released(cast.family_request()), read_only=True):
        assert InformationWords.objects.exists()
        assert not PersonDetails.objects.exists()
        assert not StoryTold.objects.exists()


def test_nobody_asks_for_somebody_else(db: None) -> None:
    made = cast.family_request()
    child = Person.objects.using("owner").exclude(id=asker(made).id).get()
    with pytest.raises(ProgrammingError, match="row-level security"), own_page(made) as now:
        actions.ask(child, AskedFor.COPY, by=made.id, now=now)


# A copy


def test_a_copy_holds_what_is_held_and_withholds_what_others_said(db: None) -> None:
    made = cast.family_request()
    referral = cast.sent_referral(made)
    asked = asked_by(made)
    with opened(guardian(), asked) as now:
        entries = actions.gather(asked, by=guardian(), now=now)
        assert [one.id for one in actions.gather(asked, by=guardian(), now=now)] == [one.id for one in entries]
    said = {entry.said(): entry for entry in entries}
    story = next(entry for words, entry in said.items() if "Tam will not sleep" in words and not entry.is_others_words)
    assert (story.is_withheld, story.controller_id, story.category) == (False, cast.hub().id, "story")
    decision = next(entry for words, entry in said.items() if "Whose views were heard" in words)
    assert decision.is_withheld
    assert any(referral.service_name in words for words in said)
    assert any("07700 900123" in words for words in said)
    assert not any(b"sleep" in bytes(entry.sealed) for entry in entries)


def test_a_copy_is_whole_after_the_request_moved_to_another_door(db: None) -> None:
    made = cast.discussed_request()
    worker, theirs = cast.hub_worker(), cast.duty_worker()
    with cast.opened(worker, made) as now:
        requests.move_to_door(made, cast.social_work(), by=worker, reason="It belongs there.", now=now)
    with cast.opened(theirs, made) as now:
        requests.ask_family(made, by=theirs, question="Is a heron there?", now=now)
    asked = asked_by(made)
    with opened(guardian(), asked) as now:
        said = [entry.said() for entry in actions.gather(asked, by=guardian(), now=now)]
    assert any("Tam will not sleep" in words for words in said)
    assert any("Your request went on to" in words for words in said)
    assert not any("heron" in words for words in said), "what the other agency wrote since then is theirs to give"


def test_a_copy_tells_of_tries_of_alerts_and_of_what_was_said_of_help(db: None) -> None:
    made = cast.danger_request()
    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        requests.record_contact(made, by=worker, outcome=ContactOutcome.NO_ANSWER, words="", now=now)
    referral = cast.completed_referral(request_for_assistance=made)
    with cast.as_family(made) as now:
        referrals.rate(referral, by=made.id, helped=Helped.YES, words="They were kind as a heron.", now=now)
    with acting(cast.second_hub_worker().actor()) as now:
        look_first("request", made.id, by=cast.second_hub_worker(), reason="He stands at the heronry.", now=now)
    asked = asked_by(made)
    with opened(guardian(), asked) as now:
        entries = {entry.said(): entry.is_withheld for entry in actions.gather(asked, by=guardian(), now=now)}
    assert {held for words, held in entries.items() if "A message said that there is news: Text message" in words} == {False}
    assert [held for words, held in entries.items() if "He stands at the heronry." in words] == [True]
    assert [held for words, held in entries.items() if "We tried to be in touch" in words] == [False]
    assert [held for words, held in entries.items() if "The duty worker was told" in words] == [True]
    assert [held for words, held in entries.items() if "kind as a heron" in words] == [False]


def test_a_complaint_gathers_nothing_of_a_request_that_moved(db: None) -> None:
    made = cast.discussed_request()
    asked = asked_by(made, AskedFor.COMPLAINT, words="He laughed.")
    with opened(guardian(), asked, read_only=True):
        assert not StoryTold.objects.exists()


def test_a_copy_of_one_holds_nothing_of_a_request_that_only_another_is_in(db: None) -> None:
    made = cast.family_request()
    cast.family_request(your_name="Dean", story="The word heron.")
    asked = asked_by(made)
    with opened(guardian(), asked) as now:
        entries = actions.gather(asked, by=guardian(), now=now)
    assert not any("heron" in entry.said() or "Dean" in entry.said() for entry in entries)


def test_a_young_persons_confidence_is_withheld_until_the_second_person_puts_it_in(db: None) -> None:
    made = cast.young_persons_request()
    asked = prepared(made)
    confidence = owned(CopyEntry).filter(is_childs_confidence=True).first()
    assert confidence.is_withheld
    with opened(guardian(), asked) as now, pytest.raises(actions.NotTheSecondPerson):
        actions.decide_entry(confidence, is_withheld=False, by=guardian(), now=now)
    with opened(second_guardian(), asked) as now:
        assert not actions.decide_entry(confidence, is_withheld=False, by=second_guardian(), now=now).is_withheld


def test_the_database_itself_lets_nobody_put_in_what_they_prepared(db: None) -> None:
    asked = prepared(cast.young_persons_request())
    with pytest.raises(ProgrammingError, match="row-level security"), opened(guardian(), asked):
        CopyEntry.objects.filter(is_childs_confidence=True).update(is_withheld=False)


def test_the_person_reads_what_was_put_in_once_it_is_given_and_nothing_before(db: None) -> None:
    made = cast.family_request()
    cast.sent_referral(made)
    asked = prepared(made)
    with own_page(made, read_only=True):
        assert not CopyEntry.objects.exists()
        assert not InformationWords.objects.exists()
    with opened(second_guardian(), asked) as now:
        actions.release(asked, by=second_guardian(), now=now)
    with own_page(made, read_only=True):
        seen = list(CopyEntry.objects.all())
        assert seen
        assert not any(entry.is_withheld for entry in seen)
        assert InformationWords.objects.get().said() == "Here it is."
    withheld = owned(CopyEntry).filter(is_withheld=True)
    assert withheld.exists()


# Two people


def test_whoever_prepared_it_does_not_give_refuse_or_hand_it_back(db: None) -> None:
    asked = prepared(cast.family_request())
    with opened(guardian(), asked) as now:
        with pytest.raises(actions.NotTheSecondPerson):
            actions.release(asked, by=guardian(), now=now)
        with pytest.raises(actions.NotTheSecondPerson):
            actions.refuse(asked, by=guardian(), reason="No.", now=now)
        with pytest.raises(actions.NotTheSecondPerson):
            actions.hand_back(asked, by=guardian(), reason="Again.", now=now)


def test_the_database_refuses_one_person_for_both(db: None) -> None:
    asked = prepared(cast.family_request())
    with pytest.raises(IntegrityError, match="information_second_person"), opened(guardian(), asked) as now:
        InformationRequest.objects.filter(id=asked.id).update(state="released", reviewed_at=now, reviewed_by=guardian().id)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"state": "released"}, "information_state_as_done"),
        ({"state": "acknowledged"}, "information_state_as_done"),
        ({"kind": "gossip"}, "information_kind_known"),
        ({"face": "smug"}, "information_face_known"),
        ({"prepared_at": None}, "information_prepared_by_somebody"),
    ],
)
def test_the_database_refuses_what_does_not_go_together(db: None, fields: dict[str, Any], name: str) -> None:
    prepared(cast.family_request())
    with pytest.raises(IntegrityError, match=name):
        owned(InformationRequest).update(**fields)


def test_a_refusal_has_a_reason_that_the_person_reads(db: None) -> None:
    made = cast.family_request()
    asked = prepared(made, answer="A draft that nobody sees.")
    with opened(second_guardian(), asked) as now:
        with pytest.raises(actions.NothingSaid):
            actions.refuse(asked, by=second_guardian(), reason=" ", now=now)
        actions.refuse(asked, by=second_guardian(), reason="The law says that we keep it.", now=now)
    with own_page(made, read_only=True):
        assert [kept.said() for kept in InformationWords.objects.all()] == ["The law says that we keep it."]
        assert not CopyEntry.objects.exists()


def test_what_is_handed_back_is_prepared_again_and_the_person_never_reads_why(db: None) -> None:
    made = cast.family_request()
    asked = prepared(made)
    with opened(second_guardian(), asked) as now:
        back = actions.hand_back(asked, by=second_guardian(), reason="Her brother is named.", now=now)
    assert (back.state, back.prepared_by) == (State.ACKNOWLEDGED, None)
    with opened(second_guardian(), asked) as now:
        again = actions.prepare(asked, by=second_guardian(), answer="Now it is right.", now=now)
    with opened(guardian(), again) as now:
        actions.release(again, by=guardian(), now=now)
    with own_page(made, read_only=True):
        assert "Her brother is named." not in {kept.said() for kept in InformationWords.objects.all()}


def test_a_complaint_is_acknowledged_once_and_answered(db: None) -> None:
    asked = asked_by(cast.family_request(), AskedFor.COMPLAINT, face=Face.ANGRY)
    with opened(guardian(), asked) as now:
        first = actions.acknowledge(asked, by=guardian(), now=now)
        assert actions.acknowledge(asked, by=guardian(), now=now).acknowledged_at == first.acknowledged_at
        with pytest.raises(actions.NoSuchMove):
            actions.gather(asked, by=guardian(), now=now)
        actions.prepare(asked, by=guardian(), answer="We are sorry.", now=now)
    with opened(second_guardian(), asked) as now:
        assert actions.release(asked, by=second_guardian(), now=now).state == State.RELEASED
        with pytest.raises(actions.NoSuchMove):
            actions.acknowledge(asked, by=second_guardian(), now=now)


def test_nothing_is_handed_on_without_an_answer_or_without_the_copy(db: None) -> None:
    asked = asked_by(cast.family_request())
    with opened(guardian(), asked) as now:
        with pytest.raises(actions.NothingSaid):
            actions.prepare(asked, by=guardian(), answer="", now=now)
        with pytest.raises(actions.NoSuchMove):
            actions.prepare(asked, by=guardian(), answer="Here.", now=now)


def test_nobody_else_works_on_it(db: None) -> None:
    asked = asked_by(cast.family_request())
    for worker in (cast.hub_worker(), guardian_elsewhere()):
        with pytest.raises(PermissionDenied), acting(worker.actor()) as now:
            actions.acknowledge(asked, by=worker, now=now)


def test_a_guardian_changes_nothing_that_is_not_open(db: None) -> None:
    asked = asked_by(cast.family_request())
    with acting(guardian().actor()) as now, pytest.raises(InformationRequest.DoesNotExist):
        actions.acknowledge(asked, by=guardian(), now=now)
