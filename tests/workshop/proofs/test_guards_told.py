"""What a condition asks of the rows is read from its words, one way for each way in which it can hold."""

import pytest

from workshop.proofs.guards_told import Function, branches, conditions, ways

TABLES = {"note": ["id", "agency_id", "person_id", "ended_at", "kind", "is_ours", "said_by"], "card": ["id", "note_id", "state", "kind"]}
BODIES = {
    "rests_on": Function(
        "select exists (select 1 from public.card c where c.kind = of_kind and c.state = 'open')"
        " and not exists (select 1 from public.note n where n.id = given)",
        ("of_kind", "given"),
    )
}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("(a = b)", [["a = b"]]),
        ("((a = b) AND ((c = d) OR (e = f)))", [["a = b", "c = d"], ["a = b", "e = f"]]),
        ("(EXISTS ( SELECT 1 FROM t d WHERE ((d.id = x.id) AND (d.said = 'one or two'))))", [["d.id = x.id", "d.said = 'one or two'"]]),
    ],
)
def test_a_condition_holds_in_as_many_ways_as_it_has_branches(condition: str, expected: list[list[str]]) -> None:
    assert branches(condition) == expected


@pytest.mark.parametrize(
    ("condition", "column", "what"),
    [
        ("(agency_id = ( SELECT reachin.acting_agency() AS acting_agency))", "agency_id", "agency"),
        ("(person_id = ANY (( SELECT reachin.opened_people('contact'::text) AS opened_people)::uuid[]))", "person_id", "person"),
        ("((kind)::text = ANY (ARRAY['one'::text, 'other'::text]))", "kind", "= one"),
        ("(ended_at IS NOT NULL)", "ended_at", "some"),
        ("(NOT is_ours)", "is_ours", "false"),
        ("(NOT (said_by IS DISTINCT FROM ( SELECT reachin.signer() AS signer)))", "said_by", "signer"),
        ("(said_by <> ( SELECT reachin.signer() AS signer))", "said_by", "another"),
        ("(ended_at > reachin.clock())", "ended_at", "future"),
    ],
)
def test_each_term_says_what_has_to_stand_in_its_column(condition: str, column: str, what: str) -> None:
    assert ways([("note", condition)], {}, TABLES) == [{("note", column): what}]


def test_what_a_called_function_asks_belongs_to_it_in_the_words_of_the_row() -> None:
    (found,) = ways([("note", "(is_ours AND reachin.rests_on(kind, id))")], BODIES, TABLES)[:1]
    assert found[("note", "is_ours")] == "true"
    assert found[("card", "state")] == "= open"
    assert found[("card", "kind")] == "as note.kind"
    assert found[("note", "")] == "missing"


def test_an_if_that_refuses_is_no_way() -> None:
    body = "begin if a = b then return null; end if; if c = d then return e; end if; end"
    assert [asked.strip() for asked in conditions(body)] == ["c = d"]
