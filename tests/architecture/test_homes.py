"""Where somebody lives is read in one place (families/people/homes.py). Whoever reads a home elsewhere is found here.

What is allowed beside it stands in ALLOWED with its file: the questions themselves, the rows that are sealed, and what has no family in it.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.architecture import house

ANSWERS = ("place", "address", "home_is_secret")
"""Answers, by question code, that tell of a home or of its being a secret."""
ALLOWED: Mapping[str, frozenset[str]] = {
    "place_of": frozenset({"families/people/homes.py"}),
    "home_digest": frozenset({"families/people/homes.py", "partnership/accounts/homes.py"}),
    "distance_km": frozenset({"access/matching/rules.py"}),
    "told_with_home": frozenset({f"families/people/{name}.py" for name in ("models", "homes", "actions", "person_keys")}),
    "PlaceTold": frozenset({f"access/requests_for_assistance/{name}.py" for name in ("models", "actions", "person_keys")}),
    "area_code": frozenset({f"access/requests_for_assistance/{name}.py" for name in ("models", "actions")}),
    "Snapshot.told": frozenset({"access/referrals/reading.py", "access/referrals/person_keys.py"}),
    "an answer": frozenset(
        {
            "access/directory/management/commands/import_services.py",
            "access/requests_for_assistance/actions.py",
            "groundwork/notices/delivery.py",
            "interfaces/demonstration/outbox.py",
        }
    ),
}
"""By what is read, the files that may. Of answers: messages that go out, the parting of answers by category as they
come in, and a command's own argument."""


def readings(source: str) -> Iterator[tuple[int, str]]:
    """The lines on which a home is read, with what is read there."""
    for node in ast.walk(ast.parse(source)):
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        name = node.arg or "" if isinstance(node, ast.keyword) else name
        if not isinstance(node, ast.expr | ast.keyword):
            continue
        if name in ALLOWED and not name.startswith("Snapshot"):
            yield node.lineno, name
        if isinstance(node, ast.Attribute) and node.attr == "told" and "snapshot" in ast.unparse(node.value).casefold():
            yield node.lineno, "Snapshot.told"
        if _key_of(node) in ANSWERS:
            yield node.lineno, "an answer"


def _key_of(node: ast.AST) -> object:
    """The constant by which something is taken out of a mapping: `x["place"]`, `x.get("place")`, `x.pop("place")`."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return node.slice.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("get", "pop") and node.args:
        return node.args[0].value if isinstance(node.args[0], ast.Constant) else None
    return None


def sources() -> list[Path]:
    return [path for path in house.PRODUCT.rglob("*.py") if "migrations" not in path.parts]


def test_a_home_is_read_only_where_it_may_be() -> None:
    found = []
    for path in sources():
        where = path.relative_to(house.PRODUCT).as_posix()
        found += [f"{where}:{line}: {what}" for line, what in readings(path.read_text()) if where not in ALLOWED[what]]
    assert found == [], "ask families.people.homes"


def test_what_is_allowed_is_there() -> None:
    """A file that reads no home any more is taken off the list."""
    read: dict[str, set[str]] = {what: set() for what in ALLOWED}
    for path in sources():
        for _line, what in readings(path.read_text()):
            read[what].add(path.relative_to(house.PRODUCT).as_posix())
    assert {what: sorted(files - read[what]) for what, files in ALLOWED.items() if files - read[what]} == {}


@pytest.mark.parametrize(
    "source",
    [
        "answers['place']",
        "told.get('address')",
        "answers.get('home_is_secret') == 'yes'",
        "place_of(words)",
        "from_there = rules.distance_km(here, there)",
        "instruction.told_with_home()",
        "PlaceTold.objects.get(request_for_assistance=card)",
        "card.area_code",
        "RequestForAssistance.objects.filter(area_code=code)",
        "Snapshot.objects.get(referral=row).told()",
        "row.snapshot.told()",
    ],
)
def test_whoever_reads_a_home_is_found(source: str) -> None:
    assert list(readings(source))


def test_no_page_reads_a_home_by_itself() -> None:
    """Templates show what views give them: none takes an answer out by its code."""
    for path in house.PRODUCT.rglob("*.html"):
        words = path.read_text()
        assert not any(f"answers.{code}" in words or f"told.{code}" in words or f'answers["{code}"]' in words for code in ANSWERS), path
