"""What the register gathers for a copy: all that is open to whoever asks, with what a second person has to look at marked."""

from dataclasses import replace
from uuid import UUID

import pytest

from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.information_sharing.enums import Basis, Informed, Purpose
from reachin.families.information_sharing.rules import SevenThings
from reachin.families.people import register
from reachin.families.people.register import HeldEntry, OnErasure, OnMerge, PersonKey, all_keys, held_about
from reachin.families.record_linkage import person_keys
from reachin.groundwork.audited_access.context import acting
from tests import cast
from tests.families.information_sharing.test_circles import PROTECT, SEVEN, shared


def record(request_for_assistance: RequestForAssistance, *, asker: bool) -> UUID:
    named = RequestPerson.objects.using("owner").select_related("alias").filter(request_for_assistance=request_for_assistance)
    return named.get(is_contact=asker).alias.person_id


def held(request_for_assistance: RequestForAssistance, *, asker: bool) -> list[HeldEntry]:
    with cast.opened(cast.hub_worker(), request_for_assistance, read_only=True):
        return held_about([record(request_for_assistance, asker=asker)])


def saying(entries: list[HeldEntry], words: str) -> HeldEntry:
    return next(entry for entry in entries if words in entry.words)


def test_everything_open_is_gathered_oldest_first_with_its_controller_and_category(db: None) -> None:
    told = held(cast.family_request(), asker=True)
    assert [entry.at for entry in told] == sorted(entry.at for entry in told)
    assert {entry.controller for entry in told} == {cast.hub().id}
    assert {entry.category for entry in told} >= {"contact", "story", "protected_address"}
    assert saying(told, "Rowan").category == "contact"
    assert saying(told, "07700 900123").category == "contact"
    assert saying(told, "Strathlennan Family Hub may see").category == "contact"


def test_the_story_is_the_askers_own_and_anothers_words_for_everybody_else_in_it(db: None) -> None:
    request = cast.family_request()
    assert not saying(held(request, asker=True), "Tam will not sleep").others_words
    assert saying(held(request, asker=False), "Tam will not sleep").others_words


def test_what_a_practitioner_wrote_is_anothers_words(db: None) -> None:
    assert saying(held(cast.practitioner_request(), asker=True), "looks after her mum").others_words


def test_how_somebody_can_be_reached_is_anothers_words_where_a_worker_told_it(db: None) -> None:
    assert saying(held(cast.practitioner_request(through="Mrs Gow next door, who told me"), asker=True), "Mrs Gow").others_words
    assert not saying(held(cast.family_request(), asker=True), "07700 900123").others_words


def test_what_a_child_told_is_a_confidence(db: None) -> None:
    assert saying(held(cast.young_persons_request(), asker=True), "I am tired").childs_confidence
    assert not saying(held(cast.family_request(), asker=True), "I am tired").childs_confidence


def test_who_must_not_see_is_looked_at_by_somebody_before_it_is_told(db: None) -> None:
    told = held(cast.family_request(blocked_agencies=[str(cast.health().id)]), asker=True)
    assert saying(told, "NHS Lennan must not see anything").others_words


def test_a_masked_agency_is_not_named(db: None) -> None:
    request = cast.family_request()
    cast.sent_referral(request, to=cast.service(run_by=cast.womens_aid(), name="The Lighthouse"), receiver=cast.womens_aid())
    told = held(request, asker=True)
    assert saying(told, "A support service may see").category == "contact"
    assert not [entry for entry in told if "Women" in entry.words or "Lighthouse" in entry.words]


@pytest.mark.parametrize(
    ("things", "is_looked_at"),
    [
        (SEVEN, False),
        (replace(SEVEN, informed=Informed.NOT_TOLD, not_told_why="He reads her post.", basis=Basis.PUBLIC_TASK), True),
        (replace(SEVEN, purpose=Purpose.PROTECTION, informed=Informed.TOLD, basis=Basis.LEGAL_OBLIGATION), True),
        (PROTECT, True),
    ],
)
def test_what_somebody_was_not_told_of_or_what_protects_somebody_is_looked_at_before_it_is_told(
    db: None, things: SevenThings, is_looked_at: bool
) -> None:
    request = cast.family_request()
    shared(request, record(request, asker=True), cast.social_work(), things)
    told = [entry for entry in held(request, asker=True) if entry.words.startswith(cast.social_work().name)]
    assert [entry.others_words for entry in told] == [is_looked_at]


def test_where_help_was_asked_for_is_told_at_once_only_to_whoever_asked(db: None) -> None:
    request = cast.family_request(people=[{"known_as": "Dean", "age_years": 40, "relation": "partner"}])
    cast.sent_referral(request)
    assert not saying(held(request, asker=True), "Help was asked for from").others_words
    assert saying(held(request, asker=False), "Help was asked for from").others_words


def test_where_help_was_asked_for_without_telling_somebody_is_looked_at_before_it_is_told(db: None) -> None:
    request = cast.family_request()
    shared(request, record(request, asker=True), cast.charity(), PROTECT)
    cast.sent_referral(request)
    assert saying(held(request, asker=True), "Help was asked for from").others_words


def test_what_is_not_open_is_not_gathered(db: None) -> None:
    person = record(cast.family_request(), asker=True)
    for who in (cast.hub_worker(), cast.stranger()):
        with acting(who.actor(), read_only=True):
            assert held_about([person]) == []


def test_a_key_that_is_registered_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = PersonKey("people_persondetails", "person_id", OnMerge.STAYS, OnErasure.KEPT, "once more")
    keys = all_keys()
    monkeypatch.setattr(person_keys, "KEYS", (*person_keys.KEYS, twice))
    register.all_keys.cache_clear()
    with pytest.raises(ValueError, match="registered twice"):
        all_keys()
    monkeypatch.undo()
    register.all_keys.cache_clear()
    assert all_keys() == keys
