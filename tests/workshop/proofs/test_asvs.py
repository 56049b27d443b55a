"""The proof of requirements says what is wrong: a test that failed, an id that nobody knows, a row without a reason."""

import pytest

from workshop.proofs.asvs import faults, names, passes
from workshop.proofs.asvs_items import NAMED

ROW = {"req_id": "V1.2.3", "level": "1", "applies": "yes", "how": "test", "reason": "", "tests": "tests/a.py::test_b"}
RAN = {"V1.2.3": {"tests/a.py::test_b[x]": "passed", "tests/a.py::test_b[y]": "passed"}}
KNOWN = {"V1.2.3"}


def test_a_register_that_is_true_has_no_fault() -> None:
    assert faults([ROW], RAN, known=KNOWN) == []
    assert passes(RAN["V1.2.3"])
    assert names(RAN["V1.2.3"]) == ["tests/a.py::test_b"]


@pytest.mark.parametrize("went", ["failed", "skipped", "not run"])
def test_a_test_that_did_not_hold_is_a_fault(went: str) -> None:
    ran = {"V1.2.3": {"tests/a.py::test_b": went}}
    assert len(faults([ROW], ran, known=KNOWN)) == 1
    assert not passes(ran["V1.2.3"])


@pytest.mark.parametrize(
    "row",
    [
        ROW | {"tests": ""},
        ROW | {"tests": "tests/a.py::test_b tests/a.py::test_gone"},
        ROW | {"applies": "no", "reason": "because"},
        ROW | {"applies": "perhaps"},
        ROW | {"req_id": "V99.1.1"},
    ],
)
def test_a_row_that_is_not_true_is_a_fault(row: dict[str, str]) -> None:
    assert faults([row], RAN, known=KNOWN)


def test_what_applies_has_a_test_or_says_why_not() -> None:
    assert faults([ROW | {"tests": ""}], {}, known=KNOWN)
    assert faults([ROW | {"tests": "", "reason": "the deployer's"}], {}, known=KNOWN) == []
    assert faults([ROW | {"tests": "", "applies": "no"}], {}, known=KNOWN)
    assert faults([ROW, ROW], RAN, known=KNOWN)


@pytest.mark.parametrize(
    ("name", "number"), [("test_v3_4_1_every_answer", ("3", "4", "1")), ("test_v12_2_1", ("12", "2", "1")), ("test_v3_4_x", None)]
)
def test_a_name_says_its_requirement(name: str, number: tuple[str, str, str] | None) -> None:
    found = NAMED.match(name)
    assert (found.groups() if found else None) == number
