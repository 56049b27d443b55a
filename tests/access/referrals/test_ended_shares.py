"""A share ends: what was asked of that agency for this person ends with it, at once, whoever ends it."""

from typing import Any
from uuid import UUID

import pytest
from django.db import Error

from reachin.access.referrals.actions import follow_ended_shares, take_back
from reachin.access.referrals.enums import ReferralMover, ReferralState
from reachin.access.referrals.models import Referral, ReferralMove, ReferralPerson, Snapshot
from reachin.access.referrals.rules import without_name
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.information_sharing.actions import end_entry
from reachin.families.information_sharing.models import CircleEntry
from reachin.groundwork.audited_access.context import acting, ask
from reachin.groundwork.notices.models import Message
from tests import cast

ROWAN_AND_TAM: dict[str, Any] = {"people": [{"known_as": "Tam", "age_years": 9, "relation": "child"}]}


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def for_two() -> tuple[Referral, dict[str, UUID]]:
    """A referral for Rowan, who asked, and Tam; and the records of both by name."""
    made = cast.family_request(known_as="Rowan", **ROWAN_AND_TAM)
    sent = cast.sent_referral(made)
    rows = owned(RequestPerson).filter(request_for_assistance=made).order_by("place").select_related("alias")
    return sent, dict(zip(sent.display_name.split(", "), (row.alias.person_id for row in rows), strict=True))


def end(sent: Referral, person_id: UUID) -> None:
    """The hub ends this person's share with the charity, and what was asked follows."""
    worker = cast.hub_worker()
    entry = owned(CircleEntry).get(person_id=person_id, agency=cast.charity())
    with cast.opened(worker, sent.request_for_assistance_id) as now:
        end_entry(entry.id, by=worker, now=now)
        follow_ended_shares(person_id, agency_id=cast.charity().id, mover=ReferralMover.SENDER, by=worker.id, now=now)


def test_for_nobody_else_it_is_taken_back_at_once_and_the_receiver_keeps_no_name_and_is_told_no_more_than_that(db: None) -> None:
    charity = cast.charity()
    charity.email = "desk@harbour.example"
    charity.save(update_fields=["email"])
    sent, people = for_two()
    for person_id in people.values():
        end(sent, person_id)
    card = owned(Referral).get(id=sent.id)
    assert (card.state, card.is_live, card.display_name) == ("withdrawn_by_sender", False, "–")
    assert not cast.may_open(cast.support_worker(), "referral", sent.id)
    messages = owned(Message).filter(event="referral.share_ended")
    assert [message.unsealed()["address"] for message in messages] == [charity.email] * 2
    assert not any(name in str(message.unsealed()) for message in messages for name in people)


def test_for_the_others_it_goes_on_without_the_name_and_without_what_was_told_for_all(db: None) -> None:
    sent, people = for_two()
    end(sent, people["Tam"])
    card, worker = owned(Referral).get(id=sent.id), cast.support_worker()
    assert (card.state, card.display_name) == ("sent", "Rowan")
    with cast.opened_referral(worker, sent, read_only=True):
        assert not Snapshot.objects.exists()
        assert ask("select array_agg(p) from reachin.people_of_open_referral() p") == [people["Rowan"]]
    assert cast.may_open(worker, "person", people["Rowan"])
    assert not cast.may_open(worker, "person", people["Tam"])
    assert cast.answered(sent, ReferralState.ACCEPTED).state == "accepted"


def test_it_is_followed_once(db: None) -> None:
    sent, people = for_two()
    end(sent, people["Tam"])
    worker = cast.hub_worker()
    with cast.opened(worker, sent.request_for_assistance_id) as now:
        assert follow_ended_shares(people["Tam"], mover=ReferralMover.SENDER, by=worker.id, now=now) == []
        assert follow_ended_shares(people["Rowan"], mover=ReferralMover.SENDER, by=worker.id, now=now) == []
    assert owned(ReferralMove).filter(referral=sent).count() == 1


def test_of_a_completed_one_the_name_goes_and_the_state_stays(db: None) -> None:
    done = cast.completed_referral()
    for row in owned(ReferralPerson).filter(referral=done).select_related("alias"):
        end(done, row.alias.person_id)
    card = owned(Referral).get(id=done.id)
    assert (card.state, card.display_name) == ("completed", "–")


def test_the_database_ends_no_share_that_leaves_a_live_referral_behind(db: None) -> None:
    sent, people = for_two()
    entry, worker = owned(CircleEntry).get(person_id=people["Tam"], agency=cast.charity()), cast.hub_worker()
    with pytest.raises(Error, match="a share ends with what was asked"), cast.opened(worker, sent.request_for_assistance_id) as now:
        end_entry(entry.id, by=worker, now=now)
    assert owned(CircleEntry).get(id=entry.id).ended_at is None


@pytest.mark.parametrize("column", ["left_at = null, left_by = null", "left_by = gen_random_uuid()"])
def test_whoever_left_stays_out_and_nobody_but_the_loop_takes_anybody_out(db: None, column: str) -> None:
    sent, people = for_two()
    end(sent, people["Tam"])
    worker = cast.hub_worker()
    with cast.opened(worker, sent.request_for_assistance_id):
        assert ask(f"with changed as (update referrals_referralperson set {column} returning 1) select count(*) from changed") == 0


def test_of_what_was_taken_back_nobodys_name_stays_with_the_receiver(db: None) -> None:
    sent, worker = cast.accepted_referral(), cast.hub_worker()
    made = owned(RequestForAssistance).get(id=sent.request_for_assistance_id)
    with cast.opened(worker, made) as now:
        take_back(sent, by=worker, words="", now=now)
    with acting(cast.support_worker().actor(), read_only=True):
        assert Referral.objects.get(id=sent.id).display_name == "–"
    with pytest.raises(Error, match="referral_taken_back_names_nobody"):
        owned(Referral).filter(id=sent.id).update(display_name="Rowan")


@pytest.mark.parametrize(
    ("shown", "name", "left"),
    [
        ("Rowan, Tam", "Tam", "Rowan"),
        ("Rowan, Tam", "Rowan", "Tam"),
        ("Rowan, Rowan", "Rowan", "Rowan"),
        ("Rowan", "Rowan", "–"),
        ("Rowan, Ta", "Tam", "–"),
        ("Rowan, Tam", "", "–"),
        ("–", "Rowan", "–"),
    ],
)
def test_a_name_that_is_not_found_as_it_stands_takes_all_with_it(shown: str, name: str, left: str) -> None:
    assert without_name(shown, name) == left
