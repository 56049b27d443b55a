from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from reachin.access.directory.enums import AccessNeed, Delivery, ForWhom, Need
from reachin.access.directory.rules import Offer
from reachin.access.matching.enums import Limit, Part, Tone
from reachin.access.matching.rules import Asked, Suggestion, first_limit, rank
from reachin.partnership.places.rules import SCOTLAND, Point

TODAY = date(2026, 11, 22)
PORTLENNAN, BALNASHEE = Point(56.411, -5.473), Point(56.401, -4.982)
STRATHLENNAN, DUNMARROW = "S12000035", "S12000017"
SERVICE, ORGANISATION, AGENCY = UUID(int=1), UUID(int=2), UUID(int=3)


def asked(**facts: Any) -> Asked:
    return Asked(today=TODAY, **_given(facts))


def offer(**facts: Any) -> Offer:
    return replace(Offer(SERVICE, ORGANISATION, "Harbour Families", agency_id=AGENCY), **_given(facts))


def _given(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: frozenset(told) if isinstance(told, set) else told for name, told in facts.items()}


LIMITS = [
    (asked(), offer(), None),
    (asked(), offer(is_open=False), Limit.CLOSED),
    (asked(), offer(takes_requests=False), Limit.TAKES_NO_REQUESTS),
    (asked(not_wanted={ORGANISATION}), offer(), Limit.NOT_WANTED),
    (asked(not_wanted={AGENCY}), offer(), Limit.NOT_WANTED),
    (asked(not_wanted={UUID(int=9)}), offer(), None),
    (asked(area_codes={STRATHLENNAN}), offer(area_codes={STRATHLENNAN}), None),
    (asked(area_codes={STRATHLENNAN}), offer(area_codes={DUNMARROW}), Limit.AREA),
    (asked(area_codes={STRATHLENNAN}), offer(area_codes={SCOTLAND}), None),
    (asked(area_codes={STRATHLENNAN}), offer(), None),  # where it helps is not known
    (asked(), offer(area_codes={DUNMARROW}), None),  # where they live is not known
    (asked(area_codes={STRATHLENNAN, DUNMARROW}), offer(area_codes={DUNMARROW}), None),  # two homes
    (asked(ages={9}), offer(min_age=5, max_age=12), None),
    (asked(ages={5}), offer(min_age=5, max_age=5), None),
    (asked(ages={4}), offer(min_age=5), Limit.AGE),
    (asked(ages={13}), offer(max_age=12), Limit.AGE),
    (asked(ages={4, 9}), offer(min_age=5, max_age=12), None),  # it fits one of them
    (asked(ages={6}), offer(min_age=16), None),  # the parents may use it
    (asked(ages={6}, with_adults=False), offer(min_age=16), Limit.AGE),
    (asked(ages={6}), offer(min_age=55), Limit.AGE),
    (asked(ages={6}), offer(min_age=11, max_age=18), Limit.AGE),
    (asked(ages={0}), offer(max_age=2), None),  # an expected baby
    (asked(), offer(min_age=5, max_age=12), None),
    (asked(), offer(only_for={ForWhom.WOMEN.value}), None),  # nobody has to say what they are
    (asked(does_not_belong_to={ForWhom.WOMEN.value}), offer(only_for={ForWhom.WOMEN.value}), Limit.ELIGIBILITY),
    (asked(does_not_belong_to={"women"}), offer(only_for={"women", "young_carers"}), None),
    (asked(belongs_to={"women"}, does_not_belong_to={"women"}), offer(only_for={"women"}), None),  # contradictions do not shut out
    (asked(languages_needed={"bfi"}), offer(languages={"en"}), None),  # perhaps they get an interpreter
    (asked(languages_needed={"bfi"}), offer(languages={"en"}, has_interpreter=False), Limit.LANGUAGE),
    (asked(languages_needed={"bfi"}), offer(languages={"en", "bfi"}, has_interpreter=False), None),
    (asked(languages_needed={"bfi"}), offer(has_interpreter=False), None),
    (asked(access_needs={"step_free"}), offer(access_unmet={"step_free"}), Limit.ACCESS),
    (asked(access_needs={"step_free"}), offer(access_met={"hearing_loop"}), None),
    (asked(needs={"money"}), offer(needs={"food"}), Limit.NEED),
    (asked(needs={"money", "food"}), offer(needs={"food"}), None),
    (asked(needs={"money"}), offer(), None),
    (asked(needs={"something_else"}), offer(needs={"food"}), None),
]


@pytest.mark.parametrize(("wanted", "offered", "limit"), LIMITS)
def test_hard_limits(wanted: Asked, offered: Offer, limit: Limit | None) -> None:
    assert first_limit(wanted, offered) == limit


def suggestion(wanted: Asked, offered: Offer) -> Suggestion:
    [found] = rank(wanted, [offered]).suggestions
    return found


def told(wanted: Asked, offered: Offer) -> dict[str, str]:
    return {reason.kind: str(reason) for reason in suggestion(wanted, offered).reasons}


REASONS = [
    (asked(needs={"money", "food"}), offer(needs={"money", "food"}), "need.met", "They help with: Money and bills and food."),
    (asked(needs={"money"}), offer(), "need.unknown", "They have not said what they help with."),
    (asked(area_codes={STRATHLENNAN}), offer(), "area.unknown", "They have not said which area they help in. Ask them."),
    (asked(area_codes={STRATHLENNAN}), offer(area_codes={STRATHLENNAN}), "area.fits", "They help people who live in this area."),
    (asked(ages={9}), offer(min_age=5, max_age=12), "age.fits", "For ages 5 to 12."),
    (asked(), offer(max_age=12), "age.not_asked", "For children up to 12."),
    (asked(ages={6}), offer(min_age=16), "age.adults", "For people aged 16 and over."),
    (asked(ages={70}), offer(min_age=16), "age.fits", "For people aged 16 and over."),
    (asked(belongs_to={"young_carers"}), offer(only_for={"young_carers"}), "eligibility.for_you", "It is meant for young carers."),
    (asked(), offer(only_for={"women"}), "eligibility.ask", "It is only for women. Ask whether that fits."),
    (asked(languages_needed={"bfi"}), offer(languages={"bfi"}), "language.spoken", "They can help in British Sign Language."),
    (asked(languages_needed={"gd"}), offer(has_interpreter=True), "language.interpreter", "They can get an interpreter for Gaelic."),
    (asked(languages_needed={"gd"}), offer(), "language.ask", "Ask whether they can help in Gaelic."),
    (asked(access_needs={"step_free"}), offer(access_met={"step_free"}), "access.met", "They have: No steps."),
    (asked(access_needs={"step_free"}), offer(), "access.ask", "Ask whether they have: No steps."),
    (
        asked(likes_delivery={"at_home"}),
        offer(delivery={"at_home"}),
        "wish.delivery",
        "It works the way the family would like: We come to your home.",
    ),
    (asked(languages_liked={"gd"}), offer(languages={"gd"}), "wish.language", "They speak Gaelic, as the family would like."),
    (asked(points=(PORTLENNAN,)), offer(points=(BALNASHEE,)), "distance.away", "It is about 30 km away."),
    (asked(points=(PORTLENNAN,)), offer(points=(BALNASHEE, PORTLENNAN)), "distance.near", "It is less than 1 km away."),
    (asked(points=(PORTLENNAN,)), offer(), "distance.unknown", "We do not know how far away it is."),
    (asked(points=(PORTLENNAN,)), offer(delivery={"online"}), "distance.none", "Nobody has to travel far: Online."),
    (asked(), offer(), "wait.unknown", "They have not said how long the wait is."),
    (asked(), offer(wait_days=0, wait_stated_on=TODAY), "wait.none", "There is no wait."),
    (asked(), offer(wait_days=1, wait_stated_on=TODAY), "wait.told", "The wait is about 1 day."),
    (asked(), offer(wait_days=21, wait_stated_on=TODAY), "wait.told", "The wait is about 3 weeks."),
    (
        asked(),
        offer(wait_days=21, wait_stated_on=date(2026, 3, 1)),
        "wait.stale",
        "The wait was 3 weeks in March 2026. Ask how long it is now.",
    ),
    (asked(), offer(wait_days=3), "wait.stale", "The wait was 3 days when they last said. Ask how long it is now."),
    (asked(), offer(places_free=1), "capacity.free", "They have 1 free place."),
    (asked(), offer(places_free=0), "capacity.full", "They have no free places just now."),
    (asked(), offer(), "freshness.unknown", "Nobody has confirmed this entry. Ring them first."),
    (asked(), offer(confirmed_on=date(2026, 10, 1)), "freshness.confirmed", "This was confirmed in October 2026."),
    (asked(), offer(confirmed_on=date(2024, 2, 1)), "freshness.old", "This was last confirmed in February 2024. Ring them first."),
    (asked(), offer(confirmed_on=date(2027, 1, 1)), "freshness.confirmed", "This was confirmed in January 2027."),
]


@pytest.mark.parametrize(("wanted", "offered", "kind", "words"), REASONS)
def test_every_part_is_told_in_plain_words(wanted: Asked, offered: Offer, kind: str, words: str) -> None:
    with override("en-gb"):
        assert told(wanted, offered)[kind] == words


BETTER_FIRST = [
    (asked(area_codes={STRATHLENNAN}), offer(area_codes={STRATHLENNAN}), offer()),
    (asked(needs={"money", "food"}), offer(needs={"money", "food"}), offer(needs={"money"})),
    (asked(needs={"money"}), offer(needs={"money"}), offer()),
    (asked(points=(PORTLENNAN,)), offer(points=(PORTLENNAN,)), offer(points=(BALNASHEE,))),
    (asked(points=(PORTLENNAN,)), offer(points=(PORTLENNAN,)), offer()),
    (asked(likes_delivery={"at_home"}), offer(delivery={"at_home"}), offer(delivery={"online"})),
    (asked(), offer(wait_days=7, wait_stated_on=TODAY), offer(wait_days=60, wait_stated_on=TODAY)),
    (asked(), offer(wait_days=7, wait_stated_on=TODAY), offer()),
    (asked(), offer(wait_days=7, wait_stated_on=TODAY), offer(wait_days=7, wait_stated_on=TODAY - timedelta(days=200))),
    (asked(), offer(places_free=3), offer(places_free=0)),
    (asked(), offer(confirmed_on=TODAY), offer(confirmed_on=TODAY - timedelta(days=400))),
    (asked(), offer(confirmed_on=TODAY), offer()),
    (asked(belongs_to={"women"}), offer(only_for={"women"}), offer()),
    (asked(languages_needed={"gd"}), offer(languages={"gd"}), offer(has_interpreter=True)),
    (asked(languages_needed={"gd"}), offer(has_interpreter=True), offer()),
    (asked(access_needs={"step_free"}), offer(access_met={"step_free"}), offer()),
]


@pytest.mark.parametrize(("wanted", "better", "worse"), BETTER_FIRST)
def test_what_suits_better_comes_first(wanted: Asked, better: Offer, worse: Offer) -> None:
    assert suggestion(wanted, better).score > suggestion(wanted, worse).score


def test_nothing_of_where_a_masked_service_is() -> None:
    masked = offer(points=(PORTLENNAN,), is_masked=True)
    assert not [reason for reason in suggestion(asked(points=(PORTLENNAN,)), masked).reasons if reason.part == Part.DISTANCE]


def test_the_best_of_everything_makes_a_hundred() -> None:
    wanted = asked(
        needs={"money", "food"},
        area_codes={STRATHLENNAN},
        points=(PORTLENNAN,),
        belongs_to={"fathers"},
        likes_delivery={"place"},
        languages_liked={"gd"},
    )
    offered = offer(
        needs={"money", "food"},
        area_codes={STRATHLENNAN},
        points=(PORTLENNAN,),
        only_for={"fathers"},
        delivery={"place"},
        languages={"gd"},
        wait_days=0,
        wait_stated_on=TODAY,
        places_free=2,
        confirmed_on=TODAY,
    )
    assert suggestion(wanted, offered).score == 100


def test_a_reason_can_be_kept() -> None:
    [reason] = [one for one in suggestion(asked(), offer(places_free=2)).reasons if one.part == Part.CAPACITY]
    assert reason.as_record() == {"kind": "capacity.free", "tone": "good", "points": 5, "words": "They have 2 free places."}


def codes(values: list[str]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(values), max_size=3)


areas = codes([STRATHLENNAN, DUNMARROW, SCOTLAND, "S08000022"])
languages = codes(["en", "gd", "bfi", "xx"])
points = st.lists(st.builds(Point, st.floats(-90, 90), st.floats(-180, 180)), max_size=2).map(tuple)
days = st.dates(date(1900, 1, 1), date(2200, 1, 1))
ages = st.integers(0, 120)
ids = st.sampled_from([UUID(int=number) for number in range(6)])
askings = st.builds(
    Asked,
    today=days,
    needs=codes(Need.values),
    ages=st.frozensets(ages, max_size=3),
    with_adults=st.booleans(),
    area_codes=areas,
    points=points,
    languages_needed=languages,
    languages_liked=languages,
    access_needs=codes(AccessNeed.values),
    belongs_to=codes(ForWhom.values),
    does_not_belong_to=codes(ForWhom.values),
    likes_delivery=codes(Delivery.values),
    not_wanted=st.frozensets(ids, max_size=1),
)
offers = st.builds(
    Offer,
    service_id=st.uuids(),
    organisation_id=ids,
    name=st.text(max_size=10),
    agency_id=st.none() | ids,
    is_open=st.booleans(),
    takes_requests=st.booleans(),
    is_masked=st.booleans(),
    needs=codes(Need.values),
    min_age=st.none() | ages,
    max_age=st.none() | ages,
    only_for=codes(ForWhom.values),
    languages=languages,
    has_interpreter=st.none() | st.booleans(),
    access_met=codes(AccessNeed.values),
    access_unmet=codes(AccessNeed.values),
    delivery=codes(Delivery.values),
    area_codes=areas,
    points=points,
    wait_days=st.none() | st.integers(0, 5000),
    wait_stated_on=st.none() | days,
    places_free=st.none() | st.integers(0, 1000),
    confirmed_on=st.none() | days,
)


@given(askings, st.lists(offers, max_size=6))
def test_it_never_raises_and_loses_nothing(wanted: Asked, offered: list[Offer]) -> None:
    ranking = rank(wanted, offered)
    assert len(ranking.suggestions) + len(ranking.left_out) == len(offered)
    for one in ranking.suggestions:
        assert 0 <= one.score <= 100
        assert all(str(reason) and "%(" not in str(reason) and reason.tone in Tone for reason in one.reasons)
    assert all(str(left) for left in ranking.left_out)


@given(askings, st.lists(offers, max_size=6, unique_by=lambda one: one.service_id), st.randoms())
def test_the_order_of_the_offers_makes_no_difference(wanted: Asked, offered: list[Offer], chance: Any) -> None:
    shuffled = list(offered)
    chance.shuffle(shuffled)
    assert rank(wanted, shuffled) == rank(wanted, offered)


@given(askings, offers)
def test_an_unknown_area_never_excludes(wanted: Asked, offered: Offer) -> None:
    assert first_limit(wanted, replace(offered, area_codes=frozenset())) != Limit.AREA
    assert first_limit(replace(wanted, area_codes=frozenset()), offered) != Limit.AREA


@given(askings, offers)
def test_somebody_of_another_age_is_never_sent_there(wanted: Asked, offered: Offer) -> None:
    outside = wanted.ages and all(
        (offered.min_age is not None and age < offered.min_age) or (offered.max_age is not None and age > offered.max_age)
        for age in wanted.ages
    )
    is_for_parents = wanted.with_adults and (offered.min_age or 0) >= 16
    if outside and not is_for_parents:
        assert rank(wanted, [offered]).suggestions == ()


@given(askings, offers, st.sampled_from([need for need in Need.values if need != "something_else"]))
def test_a_further_need_that_is_met_never_lowers_the_score(wanted: Asked, offered: Offer, need: str) -> None:
    offered = replace(offered, needs=offered.needs | {need})
    more = replace(wanted, needs=wanted.needs | {need})
    before, after = rank(wanted, [offered]).suggestions, rank(more, [offered]).suggestions
    if before:
        assert after[0].score >= before[0].score
    without = rank(more, [replace(offered, needs=offered.needs - {need})]).suggestions
    if without:
        assert after[0].score >= without[0].score
