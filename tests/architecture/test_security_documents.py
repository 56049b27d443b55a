"""Every test that a security document names is there: a control is tested, or it is not claimed."""

import ast
import csv
import re
from functools import cache
from pathlib import Path

import pytest

from workshop import places
from workshop.proofs import asvs

DOCUMENTS = ("docs/security/threat-model.md", "docs/security/data-protection-impact-assessment.md")
NAMED = re.compile(r"`(tests/[\w/.]+\.py)(?:::(\w+))?`")


@cache
def names_in(path: Path) -> frozenset[str]:
    """The names of the tests in a file."""
    return frozenset(node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef))


def missing(text: str) -> list[str]:
    """The tests and files that a text names and that are not there."""
    gone = []
    for file, test in NAMED.findall(text):
        path = places.ROOT / file
        if not path.exists() or (test and test not in names_in(path)):
            gone.append(f"{file}::{test}" if test else file)
    return gone


def controls() -> list[str]:
    """The rows of the threat model's tables of controls."""
    text = (places.ROOT / DOCUMENTS[0]).read_text().partition("## What stands in the way")[2].partition("\n## ")[0]
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| Control")]
    assert len(rows) > 40
    return rows


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_test_that_a_document_names_is_there(document: str) -> None:
    text = (places.ROOT / document).read_text()
    assert NAMED.search(text), "it names none"
    assert missing(text) == []


def test_every_control_has_a_test() -> None:
    assert [row for row in controls() if not re.search(r"`tests/[\w/.]+\.py::test_\w+`", row)] == []


def test_a_test_that_is_not_there_is_found() -> None:
    assert missing("`tests/conftest.py::test_nothing` and `tests/nowhere.py`") == ["tests/conftest.py::test_nothing", "tests/nowhere.py"]
    assert missing("`tests/architecture/test_security_documents.py::test_every_control_has_a_test`") == []


def test_every_test_of_the_register_of_requirements_is_there() -> None:
    rows = asvs.register()
    assert len(rows) > 280
    named = [test for row in rows for test in row["tests"].split()]
    assert len(named) > 130
    assert [test for test in named if missing(f"`{test}`")] == []


def test_the_register_holds_ids_and_our_own_words_only() -> None:
    path = places.shared() / asvs.ALL
    if not path.exists():
        pytest.skip(f"needs outside data: {path}")
    with path.open(newline="", encoding="utf-8-sig") as file:
        texts = [row["req_description"] for row in csv.DictReader(file)]
    ours = asvs.REGISTER.read_text()
    assert [text for text in texts if text[:60] in ours] == []
