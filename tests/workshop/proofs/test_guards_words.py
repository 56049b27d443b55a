import pytest

from workshop.proofs.guards_words import weakened


def terms(text: str) -> list[str]:
    return [weaker.term for weaker in weakened(text)]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("((a = b) AND (c = d))", ["(a = b)", "(c = d)"]),
        ("((a = b) OR (c = d))", []),
        ("(((a = b) AND (c = d)) OR (e = f))", ["(a = b)", "(c = d)"]),
        ("(EXISTS ( SELECT 1 FROM t d WHERE ((d.id = x.id) AND (d.said <> 'an and'))))", None),
        ("select o.id from o where o.at between a and b and o.kind = k", ["o.at between a and b", "o.kind = k"]),
        ("select o.id from o where o.id = given", ["o.id = given"]),
        ("select kind() = 'a' and user() = b", ["kind() = 'a'", "user() = b"]),
        (
            "select o.id from o where o.a is not distinct from b and o.c is distinct from d",
            ["o.a is not distinct from b", "o.c is distinct from d"],
        ),
        ("select distinct a from o where o.b and o.c", ["o.b", "o.c"]),
        ("select e.shut and shut_out(e.id) as above from e", ["e.shut", "shut_out(e.id)"]),
        ("select 1 -- where a and b\n from t", []),
    ],
)
def test_terms_that_have_to_hold_are_found(condition: str, expected: list[str] | None) -> None:
    found = terms(condition)
    assert found == expected if expected is not None else {"(d.id = x.id)", "(d.said <> 'an and')"} <= set(found)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if not found or x <> 'a' then return null; end if;", ["not found", "x <> 'a'"]),
        ("if x is null then raise exception 'no'; end if;", ["x is null"]),
        ("if a = b and not shut(c) then return d; end if;", ["a = b", "not shut(c)"]),
        ("if not (a = b and (c or d)) then return null; end if;", ["not (a = b and (c or d))", "a = b", "(c or d)"]),
    ],
)
def test_a_refusal_is_weakened_by_refusing_less(body: str, expected: list[str]) -> None:
    assert terms(body) == expected


def test_one_term_goes_at_a_time_and_the_rest_stays() -> None:
    assert [weaker.text for weaker in weakened("((a = b) AND (c = d))")] == ["(true AND (c = d))", "((a = b) AND true)"]
    assert [weaker.text for weaker in weakened("if a or b then return null; end if;")] == [
        "if false or b then return null; end if;",
        "if a or false then return null; end if;",
    ]
