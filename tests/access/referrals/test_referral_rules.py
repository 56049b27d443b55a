from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachin.access.referrals.enums import DeclineReason, ReferralMover, ReferralState, Shared, Side
from reachin.access.referrals.rules import LIVE, MOVES, QUESTIONS_OF, RECEIVER_SEES, SIDE_OF, may_move, snapshot_of
from reachin.access.requests_for_assistance.enums import AskedBy
from reachin.access.requests_for_assistance.questions import NEWEST_VERSION, questions_for
from reachin.families.information_sharing.enums import Category

S, M = ReferralState, ReferralMover
# The table of the referral, as requests-and-referrals.md draws it: state, who, next.
DRAWN = {
    (S.DRAFT, M.SENDER): {S.SENT, S.ENTERED_IN_ERROR},
    (S.SENT, M.RECEIVER): {S.ACCEPTED, S.WAITING, S.DECLINED, S.REROUTED},
    (S.SENT, M.SENDER): {S.REROUTED, S.WITHDRAWN_BY_SENDER, S.ENTERED_IN_ERROR},
    (S.SENT, M.FAMILY): {S.WITHDRAWN_BY_FAMILY},
    (S.SENT, M.CLOCK): {S.NO_RESPONSE},
    (S.NO_RESPONSE, M.RECEIVER): {S.ACCEPTED, S.WAITING, S.DECLINED},
    (S.NO_RESPONSE, M.SENDER): {S.REROUTED, S.WITHDRAWN_BY_SENDER},
    (S.NO_RESPONSE, M.FAMILY): {S.WITHDRAWN_BY_FAMILY},
    (S.WAITING, M.RECEIVER): {S.ACCEPTED, S.DECLINED, S.COULD_NOT_CONTACT},
    (S.WAITING, M.SENDER): {S.WITHDRAWN_BY_SENDER},
    (S.WAITING, M.FAMILY): {S.WITHDRAWN_BY_FAMILY},
    (S.ACCEPTED, M.RECEIVER): {S.IN_PROGRESS, S.COULD_NOT_CONTACT, S.NOT_NEEDED},
    (S.ACCEPTED, M.SENDER): {S.WITHDRAWN_BY_SENDER},
    (S.ACCEPTED, M.FAMILY): {S.NOT_NEEDED, S.WITHDRAWN_BY_FAMILY},
    (S.IN_PROGRESS, M.RECEIVER): {S.COMPLETED},
    (S.IN_PROGRESS, M.SENDER): {S.WITHDRAWN_BY_SENDER},
    (S.IN_PROGRESS, M.FAMILY): {S.WITHDRAWN_BY_FAMILY},
}
ANSWERS: dict[str, Any] = {
    "story": "We are tired.", "help_with": ["sleep"], "wishes": "Sleep", "not_wanted": "A group", "language": "Gaelic",
    "contact_way": "text", "phone": "07700 900123", "email": "rowan@example.com", "address": "1 Pier Road", "through": "Gran",
    "safe_times": "School hours", "place": "PA34 4AA", "must_not_know": "His sister", "home_is_secret": "no", "in_danger": "no",
    "blocked_agencies": ["x"], "family_knows": "agreed", "why_not_told": "Risk", "reach_me": "01632", "childs_plan": "yes", "people": [],
}  # fmt: skip
TAM = {"known_as": "Tam", "age_years": 6, "relation": "child"}


@pytest.mark.parametrize("mover", M)
@pytest.mark.parametrize("state", S)
def test_each_mover_makes_the_moves_that_are_drawn_and_no_other(state: ReferralState, mover: ReferralMover) -> None:
    assert {to for to in S if may_move(state, to, mover=mover)} == DRAWN.get((state, mover), set())


def test_what_is_live_can_move_on_and_what_is_not_live_has_ended() -> None:
    assert {state for state in S if MOVES[state]} == LIVE | {S.DRAFT}


def test_every_live_referral_can_be_taken_back_by_family_and_sender() -> None:
    for state in LIVE:
        assert may_move(state, S.WITHDRAWN_BY_FAMILY, mover=M.FAMILY)
        assert may_move(state, S.WITHDRAWN_BY_SENDER, mover=M.SENDER)


def test_help_is_completed_only_after_it_began() -> None:
    assert [state for state in S if S.COMPLETED in MOVES[state]] == [S.IN_PROGRESS]


def test_every_reason_for_declining_has_its_side_and_only_the_family_itself_says_no_for_itself() -> None:
    assert set(SIDE_OF) == set(DeclineReason)
    assert [reason for reason, side in SIDE_OF.items() if side == Side.FAMILY] == [DeclineReason.FAMILY_SAID_NO]


def test_every_part_that_can_be_shared_has_its_questions_and_its_category() -> None:
    assert set(QUESTIONS_OF) == set(RECEIVER_SEES) == set(Shared)
    asked = questions_for(NEWEST_VERSION, AskedBy.PARENT_OR_CARER) | questions_for(NEWEST_VERSION, AskedBy.PRACTITIONER)
    assert {code for codes in QUESTIONS_OF.values() for code in codes} <= set(asked)
    assert RECEIVER_SEES[Shared.PLACE] == Category.PROTECTED_ADDRESS


@pytest.mark.parametrize(
    ("shares", "codes"),
    [
        ([Shared.STORY], {"story", "help_with", "wishes", "not_wanted", "language"}),
        ([Shared.CONTACT], {"contact_way", "phone", "safe_times"}),
        ([Shared.PLACE], {"place"}),
        ([Shared.CAUTION], {"must_not_know", "home_is_secret"}),
        ([Shared.PLACE, Shared.CAUTION], {"place", "must_not_know", "home_is_secret"}),
    ],
)
def test_only_the_chosen_parts_travel(shares: list[Shared], codes: set[str]) -> None:
    told = snapshot_of(ANSWERS, people=[TAM], shares=shares)
    assert set(told) == {"people", "shares"} | codes
    assert told["people"] == [TAM]


@given(
    st.sets(st.sampled_from(Shared)),
    st.dictionaries(st.sampled_from(sorted(ANSWERS)), st.sampled_from(["x", "", "yes", "text", "letter", "email"])),
)
def test_nothing_travels_that_belongs_to_no_chosen_part(shares: set[Shared], answers: dict[str, Any]) -> None:
    told = snapshot_of(answers, people=[], shares=shares)
    allowed = {code for part in shares for code in QUESTIONS_OF[part]}
    assert set(told) - {"people", "shares"} <= allowed
    for never in ("blocked_agencies", "in_danger", "family_knows", "why_not_told", "reach_me", "childs_plan"):
        assert never not in told


@pytest.mark.parametrize(
    ("way", "address"),
    [
        ("text", "phone"),
        ("phone", "phone"),
        ("email", "email"),
        ("letter", "address"),
        ("through", "through"),
        ("come_back", None),
        (None, None),
    ],
)
def test_of_the_addresses_only_that_of_the_safe_way_travels(way: str | None, address: str | None) -> None:
    told = snapshot_of({**ANSWERS, "contact_way": way}, people=[], shares=[Shared.CONTACT])
    assert {code for code in ("phone", "email", "address", "through") if code in told} == ({address} if address else set())


@pytest.mark.parametrize(("shares", "travels"), [([Shared.CONTACT], False), ([Shared.CONTACT, Shared.PLACE], True)])
def test_where_home_is_a_secret_an_address_for_letters_goes_only_with_the_place(shares: list[Shared], travels: bool) -> None:
    told = snapshot_of({**ANSWERS, "contact_way": "letter", "home_is_secret": "yes"}, people=[], shares=shares)
    assert ("address" in told) is travels
