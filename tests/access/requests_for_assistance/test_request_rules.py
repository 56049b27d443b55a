from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachin.access.requests_for_assistance.enums import AskedBy, Mover, Stage, Urgency, WaitingFor
from reachin.access.requests_for_assistance.questions import FAMILY, FORM_VERSIONS, NEWEST_VERSION, pages_for, questions_for
from reachin.access.requests_for_assistance.rules import (
    MOVES,
    PRE_TRIAGE,
    WAITS_FOR,
    contact_due,
    delays,
    display_name,
    has_safe_way,
    may_be_sent,
    may_move,
    missing_answers,
    newly_named,
    people_of,
    pre_triage,
    questions_missing_for,
    split_by_category,
    tells_of_danger,
    urgency_of,
    writes_in,
)
from reachin.families.information_sharing.enums import Category
from reachin.families.people.enums import Relation
from reachin.groundwork.notices.enums import ContactWay
from tests.cast import FAMILY_ANSWERS, PRACTITIONER_ANSWERS

PARENT, YOUNG, TEACHER = AskedBy.PARENT_OR_CARER, AskedBy.YOUNG_PERSON, AskedBy.PRACTITIONER
NOT_TOLD = {"family_knows": "not_told", "why_not_told": "It would put her at risk."}
NEEDED = ["story", "help_with", "people", "contact_way", "family_knows"]
askers = st.sampled_from(list(AskedBy))
answers = st.fixed_dictionaries(
    {},
    optional={
        "story": st.sampled_from(["", "We are tired."]),
        "help_with": st.sampled_from([[], ["sleep"]]),
        "people": st.sampled_from([[], [{"known_as": "Tam", "relation": "child"}]]),
        "contact_way": st.sampled_from(["", "phone", "email", "come_back", "pigeon"]),
        "phone": st.sampled_from(["", "01632 960000"]),
        "family_knows": st.sampled_from(["", "agreed", "not_told"]),
        "why_not_told": st.sampled_from(["", "It would put her at risk."]),
        "childs_view": st.sampled_from(["", "I want help."]),
        "tried": st.sampled_from(["", "Breakfast."]),
        "in_danger": st.sampled_from(["yes", "no", "not_sure"]),
    },
)


def without(told: Mapping[str, Any], *codes: str) -> dict[str, Any]:
    return {code: answer for code, answer in told.items() if code not in codes}


def person(known_as: str = "Tam", relation: str = "child", **facts: Any) -> dict[str, Any]:
    return {"known_as": known_as, "relation": relation, **facts}


# Pre-triage

GAPS: list[tuple[str, AskedBy, dict[str, Any], list[str], Stage]] = [
    ("a complete family", PARENT, dict(FAMILY_ANSWERS), [], Stage.READY_FOR_TRIAGE),
    ("a family without a story", PARENT, without(FAMILY_ANSWERS, "story"), ["story"], Stage.TO_BE_CONTACTED),
    ("a family that names nobody", PARENT, without(FAMILY_ANSWERS, "people"), ["people"], Stage.TO_BE_CONTACTED),
    ("a family without a safe way", PARENT, without(FAMILY_ANSWERS, "contact_way"), ["contact_way"], Stage.TO_BE_CONTACTED),
    ("a family with a way but no number", PARENT, without(FAMILY_ANSWERS, "phone"), ["contact_way"], Stage.TO_BE_CONTACTED),
    ("a family that looks itself", PARENT, {**FAMILY_ANSWERS, "contact_way": "come_back", "phone": ""}, [], Stage.READY_FOR_TRIAGE),
    ("a family that only ticked danger", PARENT, {"in_danger": "yes"}, ["story", "people", "contact_way"], Stage.TO_BE_CONTACTED),
    ("a young person", YOUNG, {"story": "x", "people": [person("Skye", "self")], "contact_way": "come_back"}, [], Stage.READY_FOR_TRIAGE),
    ("a complete practitioner", TEACHER, dict(PRACTITIONER_ANSWERS), [], Stage.READY_FOR_TRIAGE),
    ("a practitioner without a story", TEACHER, without(PRACTITIONER_ANSWERS, "story"), ["story"], Stage.RETURNED),
    ("a practitioner without a need", TEACHER, without(PRACTITIONER_ANSWERS, "help_with"), ["help_with"], Stage.RETURNED),
    ("a practitioner without anybody", TEACHER, without(PRACTITIONER_ANSWERS, "people"), ["people"], Stage.RETURNED),
    ("a practitioner without a way", TEACHER, without(PRACTITIONER_ANSWERS, "contact_way"), ["contact_way"], Stage.RETURNED),
    ("a practitioner who says not", TEACHER, without(PRACTITIONER_ANSWERS, "family_knows"), ["family_knows"], Stage.RETURNED),
    ("not told, without a reason", TEACHER, {**PRACTITIONER_ANSWERS, "family_knows": "not_told"}, ["why_not_told"], Stage.RETURNED),
    ("not told, with a reason", TEACHER, {**PRACTITIONER_ANSWERS, **NOT_TOLD}, [], Stage.READY_FOR_TRIAGE),
    ("what may wait", TEACHER, without(PRACTITIONER_ANSWERS, "childs_view", "tried"), ["childs_view", "tried"], Stage.READY_FOR_TRIAGE),
    ("a practitioner with nothing", TEACHER, {}, [*NEEDED, "childs_view", "tried"], Stage.RETURNED),
]  # fmt: skip


@pytest.mark.parametrize(("asked_by", "told", "gaps", "stage"), [row[1:] for row in GAPS], ids=[row[0] for row in GAPS])
def test_pre_triage_sorts_by_its_table(asked_by: AskedBy, told: dict[str, Any], gaps: list[str], stage: Stage) -> None:
    sorted_to, missing = pre_triage(told, asked_by=asked_by, version=1)
    assert [gap.question for gap in missing] == gaps
    assert sorted_to == stage


@given(answers, askers)
def test_a_family_request_is_never_returned(told: dict[str, Any], asked_by: AskedBy) -> None:
    stage, _ = pre_triage(told, asked_by=asked_by, version=1)
    assert stage != Stage.RETURNED or asked_by == TEACHER


@given(answers, askers)
def test_nobody_is_asked_for_what_was_answered_or_is_not_theirs_to_know(told: dict[str, Any], asked_by: AskedBy) -> None:
    asked = questions_for(1, asked_by)
    for gap in missing_answers(told, asked_by=asked_by, version=1):
        assert gap.question in asked
        assert gap.why
        assert not told.get(gap.question) or gap.question == "contact_way"


def test_what_only_an_agency_knows_is_in_no_rule_for_families() -> None:
    only_agencies = {code for code in questions_for(NEWEST_VERSION, TEACHER) if code not in questions_for(NEWEST_VERSION, PARENT)}
    assert only_agencies
    for rules in PRE_TRIAGE.values():
        assert not {rule.question for rule in rules if rule.asked_of & FAMILY} & only_agencies


def test_every_form_version_has_its_pre_triage_and_asks_each_question_once() -> None:
    assert set(PRE_TRIAGE) == set(FORM_VERSIONS)
    for version in FORM_VERSIONS:
        for asked_by in AskedBy:
            codes = [question.code for page in pages_for(version, asked_by) for question in page.questions_for(asked_by)]
            assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("told", "is_safe"),
    [
        ({}, False),
        ({"contact_way": "phone"}, False),
        ({"contact_way": "phone", "phone": "01632"}, True),
        ({"contact_way": "text", "phone": "07700"}, True),
        ({"contact_way": "email", "phone": "07700"}, False),
        ({"contact_way": "email", "email": "a@example.com"}, True),
        ({"contact_way": "letter", "address": "1 Pier Road"}, True),
        ({"contact_way": "through", "through": "Gran"}, True),
        ({"contact_way": "come_back"}, True),
        ({"contact_way": "pigeon", "phone": "07700"}, False),
    ],
)
@pytest.mark.asvs("2.2.3")
def test_a_safe_way_is_a_way_and_what_it_needs(told: dict[str, Any], is_safe: bool) -> None:
    assert has_safe_way(told) is is_safe


def test_a_way_says_which_question_it_needs_answered() -> None:
    assert {way: questions_missing_for(way) for way in [*ContactWay.values, "pigeon", ""]} == {
        "phone": "phone", "text": "phone", "email": "email", "letter": "address", "through": "through",
        "come_back": None, "pigeon": None, "": None,
    }  # fmt: skip


# Sending, danger, urgency


@pytest.mark.parametrize(
    ("told", "may"),
    [
        ({}, False),
        ({"your_name": "Rowan", "phone": "07700"}, False),
        ({"story": ""}, False),
        ({"help_with": []}, False),
        ({"in_danger": "no"}, False),
        ({"story": "x"}, True),
        ({"help_with": ["sleep"]}, True),
        ({"in_danger": "yes"}, True),
        ({"in_danger": "not_sure"}, True),
    ],
)
def test_a_request_can_be_sent_as_soon_as_it_says_anything(told: dict[str, Any], may: bool) -> None:
    assert may_be_sent(told) is may


@pytest.mark.parametrize(
    ("told", "danger", "urgency"),
    [
        ({}, False, Urgency.ORDINARY),
        ({"in_danger": "yes"}, True, Urgency.DANGER),
        ({"in_danger": "no"}, False, Urgency.ORDINARY),
        ({"in_danger": "not_sure"}, False, Urgency.SOON),
        ({"story": "he hits me", "in_danger": "no"}, True, Urgency.DANGER),
        ({"wishes": "I want to die"}, True, Urgency.DANGER),
        ({"must_not_know": "He'll kill me if he hears of it"}, True, Urgency.DANGER),
        ({"help_with": ["he hits me"]}, False, Urgency.ORDINARY),
        ({"people": [person(due_on="2026-05-01")]}, False, Urgency.SOON),
        ({"people": [person(due_on="2026-05-01")], "story": "he hits me"}, True, Urgency.DANGER),
        ({"people": [person(age_years=6)]}, False, Urgency.ORDINARY),
    ],
)
def test_danger_comes_first_then_who_is_not_sure_or_expects_a_baby(told: dict[str, Any], danger: bool, urgency: Urgency) -> None:
    assert tells_of_danger(told) is danger
    assert urgency_of(told) == urgency


@pytest.mark.parametrize(
    ("urgency", "due"), [(Urgency.ORDINARY, "2026-03-10 10:00"), (Urgency.SOON, "2026-03-10 10:00"), (Urgency.DANGER, "2026-03-09 10:00")]
)
def test_somebody_is_in_touch_within_two_working_days_and_one_in_danger(urgency: Urgency, due: str) -> None:
    friday = datetime(2026, 3, 6, 10, tzinfo=UTC)
    assert contact_due(friday, urgency) == datetime.fromisoformat(due).replace(tzinfo=UTC)


# Who it is about


def test_whoever_asks_for_themselves_comes_first_wherever_they_were_named() -> None:
    named = people_of({"people": [person("Tam"), person("Rowan", "self"), person("Iain", "partner")]}, asked_by=PARENT)
    assert [(one.facts.known_as, one.relation) for one in named] == [
        ("Rowan", Relation.SELF),
        ("Tam", Relation.CHILD),
        ("Iain", Relation.PARTNER),
    ]


@pytest.mark.parametrize("asked_by", sorted(FAMILY))
def test_a_family_that_names_nobody_is_about_whoever_asks(asked_by: AskedBy) -> None:
    [one] = people_of({"your_name": "Rowan"}, asked_by=asked_by)
    assert (one.facts.known_as, one.relation) == ("Rowan", Relation.SELF)


def test_whoever_asks_is_added_to_those_they_named() -> None:
    assert [one.relation for one in people_of({"people": [person()]}, asked_by=PARENT)] == [Relation.SELF, Relation.CHILD]


def test_a_practitioner_is_not_one_of_the_people() -> None:
    assert [one.relation for one in people_of({"people": [person(relation="other")]}, asked_by=TEACHER)] == [Relation.OTHER]
    [nobody] = people_of({}, asked_by=TEACHER)
    assert nobody.facts.known_as == ""


def test_people_who_were_named_before_are_not_named_again() -> None:
    told = {"people": [{**person("Skye", "other", age_years=13), "born_on": None, "due_on": None}]}
    assert newly_named({"people": [person("Skye", "other", age_years=13)]}, told) == []
    assert [one.facts.known_as for one in newly_named({"people": [person("Skye", "other", age_years=13), person("Finn")]}, told)] == [
        "Finn"
    ]
    assert newly_named({}, told) == []


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ([], "–"),
        ([""], "–"),
        (["Rowan"], "Rowan"),
        (["Rowan", "Tam"], "Rowan, Tam"),
        (["Rowan", "Tam", "Finn"], "Rowan, Tam +1"),
        (["", "Tam"], "Tam +1"),
        (["", "Tam", "Finn"], "Tam, Finn +1"),
        (["x" * 200], "x" * 80),
        (["x" * 200, "y" * 200, "z"], "x" * 70 + " +1"),
    ],
)
def test_lists_show_at_most_two_names_and_how_many_more(names: list[str], shown: str) -> None:
    named = people_of({"people": [person(name, "other") for name in names]}, asked_by=TEACHER)
    assert display_name(named) == shown


@given(st.lists(st.text(max_size=120), max_size=6), askers)
def test_a_display_name_always_fits_its_column(names: list[str], asked_by: AskedBy) -> None:
    shown = display_name(people_of({"people": [person(name) for name in names]}, asked_by=asked_by))
    assert 0 < len(shown) <= 80


# Kept apart


@pytest.mark.asvs("15.3.3")
def test_answers_are_kept_apart_by_category_and_unknown_ones_dropped() -> None:
    parts = split_by_category({**FAMILY_ANSWERS, "no_such_question": "x", "home_is_secret": "yes"}, asked_by=PARENT, version=1)
    assert parts[Category.PROTECTED_ADDRESS] == {"place": "PA34 4AA"}
    assert parts[Category.SAFETY] == {"in_danger": "no", "home_is_secret": "yes"}
    assert "phone" in parts[Category.CONTACT]
    assert "phone" not in parts[Category.STORY]
    assert not any("no_such_question" in told or "people" in told for told in parts.values())


def test_what_only_an_agency_knows_is_dropped_when_a_family_asks() -> None:
    told = {"story": "x", "family_knows": "agreed", "childs_plan": "yes", "tried": "x"}
    assert split_by_category(told, asked_by=PARENT, version=1) == {Category.STORY: {"story": "x"}}
    assert split_by_category(told, asked_by=TEACHER, version=1) == {
        Category.STORY: {"story": "x", "family_knows": "agreed", "tried": "x"},
        Category.PLAN: {"childs_plan": "yes"},
    }


def test_where_somebody_lives_and_who_must_not_know_have_their_own_categories() -> None:
    questions = questions_for(NEWEST_VERSION, PARENT)
    assert {questions[code].category for code in ("place", "address")} == {Category.PROTECTED_ADDRESS}
    assert {questions[code].category for code in ("in_danger", "must_not_know", "blocked_agencies", "home_is_secret")} == {Category.SAFETY}


# Moves


def test_every_stage_has_its_line_in_the_table_and_somebody_whose_turn_it_is() -> None:
    assert set(MOVES) == set(Stage)
    assert set(WAITS_FOR) == set(Stage) - {Stage.DRAFT}


@pytest.mark.parametrize("asked_by", sorted(FAMILY))
@pytest.mark.parametrize("mover", Mover)
@pytest.mark.parametrize("stage", Stage)
def test_nobody_may_return_a_familys_request_from_anywhere(stage: Stage, mover: Mover, asked_by: AskedBy) -> None:
    assert not may_move(stage, Stage.RETURNED, mover=mover, asked_by=asked_by)


@pytest.mark.parametrize("stage", [Stage.WITHDRAWN, Stage.ENTERED_IN_ERROR])
def test_an_end_is_an_end(stage: Stage) -> None:
    assert MOVES[stage] == {}


def test_every_open_stage_can_be_ended_by_the_family() -> None:
    for stage, waits in WAITS_FOR.items():
        if waits != WaitingFor.NOBODY and stage != Stage.RECEIVED:
            assert may_move(stage, Stage.WITHDRAWN, mover=Mover.FAMILY, asked_by=PARENT), stage


def test_every_stage_can_be_reached_from_a_draft() -> None:
    reached, waiting = {Stage.DRAFT}, [Stage.DRAFT]
    while waiting:
        for to in MOVES[waiting.pop()]:
            if to not in reached:
                reached.add(to)
                waiting.append(to)
    assert reached == set(Stage)


def test_only_the_sender_brings_a_returned_request_back_and_only_pre_triage_sorts_a_received_one() -> None:
    assert MOVES[Stage.RETURNED][Stage.RECEIVED] == {Mover.SENDER}
    assert all(movers == {Mover.PRE_TRIAGE} for movers in MOVES[Stage.RECEIVED].values())


# Delays

BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
histories = st.lists(
    st.tuples(st.sampled_from([stage for stage in Stage if stage != Stage.DRAFT]), st.integers(0, 100_000)), min_size=1, max_size=12
)


@given(histories, st.integers(0, 100_000))
def test_delays_add_up_to_the_familys_full_wait(history: list[tuple[Stage, int]], rest: int) -> None:
    moments, at = [], BEGAN
    for stage, minutes in history:
        moments.append((stage, at))
        at += timedelta(minutes=minutes)
    now = at + timedelta(minutes=rest)
    told = delays(moments, now=now)
    assert told.family_wait == told.with_sender + told.with_hub + told.with_agencies
    over = sum((step.lasted(now) for step in told.steps if WAITS_FOR[step.stage] == WaitingFor.NOBODY), timedelta())
    assert told.family_wait + over == now - BEGAN
    assert all(step.lasted(now) >= timedelta() for step in told.steps)


def test_returning_pauses_the_senders_clock_and_never_the_familys() -> None:
    hours = [0, 0, 48, 49, 60]
    stages = [Stage.RECEIVED, Stage.RETURNED, Stage.RECEIVED, Stage.READY_FOR_TRIAGE, Stage.MATCHED]
    moves = [(stage, BEGAN + timedelta(hours=hour)) for stage, hour in zip(stages, hours, strict=True)]
    told = delays(moves, now=BEGAN + timedelta(hours=100))
    assert told.with_sender == timedelta(hours=48)
    assert told.with_hub == timedelta(hours=12)
    assert told.with_agencies == timedelta(hours=40)
    assert told.family_wait == timedelta(hours=100)


def test_after_closing_nobody_waits_any_more_until_it_is_opened_again() -> None:
    moves = [
        (Stage.RECEIVED, BEGAN),
        (Stage.CLOSED, BEGAN + timedelta(hours=10)),
        (Stage.IN_DISCUSSION, BEGAN + timedelta(hours=30)),
    ]
    assert delays(moves, now=BEGAN + timedelta(hours=35)).family_wait == timedelta(hours=15)


def test_no_moves_are_no_wait() -> None:
    assert delays([], now=BEGAN).family_wait == timedelta()


@pytest.mark.parametrize(
    ("said", "pages", "code"),
    [
        ("", "gd", "gd"),
        ("", "en-gb", "en-gb"),
        ("", None, ""),
        ("Gàidhlig no Beurla", "en-gb", "gd"),
        ("gaelic", None, "gd"),
        ("Irish Gaelic", None, ""),
        ("Polish", "gd", "gd"),
        ("Regaelics", None, ""),
    ],
)
def test_a_family_is_written_to_in_gaelic_where_it_says_so_and_else_as_it_read_the_pages(said: str, pages: str | None, code: str) -> None:
    assert writes_in(said, pages=pages) == code
