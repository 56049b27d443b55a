"""The product's own source, as syntax trees and as templates, for requirements that are about what the code never does."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.architecture.house import PRODUCT


@cache
def modules() -> tuple[tuple[Path, ast.Module], ...]:
    """Every Python file of the product with its tree."""
    found = tuple((path, ast.parse(path.read_text())) for path in sorted(PRODUCT.rglob("*.py")))
    assert len(found) > 100
    return found


@cache
def templates() -> tuple[tuple[Path, str], ...]:
    """Every page of the product as it is written."""
    found = tuple((path, path.read_text()) for path in sorted(PRODUCT.rglob("jinja2/**/*.html")))
    assert len(found) > 50
    return found


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Every call in the product: where (`file:line`), the dotted name as it is written, and the call."""
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield f"{path.relative_to(PRODUCT)}:{node.lineno}", ast.unparse(node.func), node


def imports() -> Iterator[tuple[str, str]]:
    """Every module that the product imports: where, and its dotted name."""
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from ((f"{path.relative_to(PRODUCT)}:{node.lineno}", alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield from ((f"{path.relative_to(PRODUCT)}:{node.lineno}", f"{node.module}.{alias.name}") for alias in node.names)


def importers_of(*roots: str) -> list[str]:
    """Where the product imports one of these modules or something below them."""
    return [f"{where} {name}" for where, name in imports() if any(name == root or name.startswith(f"{root}.") for root in roots)]


def callers_of(*names: str) -> list[str]:
    """Where the product calls something of these names: whole dotted names, or last parts that begin with a dot."""
    return [
        f"{where} {name}" for where, name, _call in calls() if name in names or any(name.endswith(last) for last in names if last[0] == ".")
    ]
