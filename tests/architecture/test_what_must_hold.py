"""What was promised clause by clause: each clause is held by a control of the threat model, and that by a test that is there."""

import re

from tests.architecture.test_security_documents import NAMED, controls, missing
from workshop import places

CLAUSE = re.compile(r"^\| (H\d\d) \| (.+?) \| (.+?) \|$", re.MULTILINE)
NAMED_CONTROL = re.compile(r"\*([^*]+)\*")
FEWEST = 38


def clauses(text: str) -> dict[str, list[str]]:
    """The controls that each clause names, by the clause's id."""
    return {one: NAMED_CONTROL.findall(held_by) for one, _words, held_by in CLAUSE.findall(text)}


def unheld(promised: dict[str, list[str]], rows: list[str]) -> list[str]:
    """What is wrong, in words: a clause without a control, a control that is not there, or one without a test that is."""
    wrong = []
    for one, named in promised.items():
        found = {control: [row for row in rows if row.startswith(f"| {control}")] for control in named}
        wrong += [f"{one} is held by nothing"] if not named else []
        wrong += [f"{one}: no control begins with “{control}”" for control, those in found.items() if len(those) != 1]
        tested = [row for those in found.values() for row in those if NAMED.search(row) and not missing(row)]
        wrong += [f"{one} has no test that is there"] if named and not tested else []
    return wrong


def test_every_clause_is_held_by_a_control_with_a_test_that_is_there() -> None:
    promised = clauses((places.ROOT / "docs/security/what-must-hold.md").read_text())
    assert len(promised) >= FEWEST
    assert unheld(promised, controls()) == []


def test_a_clause_that_nothing_holds_is_found() -> None:
    rows = [
        "| A wall stands | x | `tests/conftest.py::test_nothing` |",
        "| A door shuts | x | `tests/architecture/test_what_must_hold.py` |",
    ]
    assert unheld({"H01": []}, rows) == ["H01 is held by nothing"]
    assert unheld({"H02": ["A wall stands"]}, rows) == ["H02 has no test that is there"]
    assert unheld({"H03": ["A roof keeps dry"]}, rows)[0] == "H03: no control begins with “A roof keeps dry”"
    assert unheld({"H04": ["A door shuts"]}, rows) == []
