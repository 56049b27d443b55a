"""A name that is not there is an error on every page; whatever prints, exports or releases asks the staff again who they are."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.urls import URLPattern, URLResolver, get_resolver
from jinja2 import StrictUndefined

LEAVES_THE_HOUSE = ("print/", "export/", "download/")
"""Ends of addresses behind which what is read leaves the product: on paper, or as a file."""


def pages(resolver: Any = None, before: str = "") -> Iterator[tuple[str, Any]]:
    """Each page's address and its mark."""
    for one in (resolver or get_resolver()).url_patterns:
        address = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from pages(one, address)
        elif isinstance(one, URLPattern):
            yield address, getattr(one.callback, "page_mark", None)


def test_staff_prove_again_who_they_are_before_anything_leaves_the_house() -> None:
    leaving = {address: mark.fresh for address, mark in pages() if mark and mark.audience == "staff" and address.endswith(LEAVES_THE_HOUSE)}
    assert len(leaving) >= 3
    assert [address for address, is_fresh in leaving.items() if not is_fresh] == []


INTERFACES = Path(__file__).resolve().parents[2] / "reachin" / "interfaces"
PRINT_PAGE = "page_parts/print_page.html"
EXTENDS = re.compile(r'{%-?\s*extends "([^"]+)"')
LEAVES_AS_A_FILE = ("Content-Disposition", "FileResponse", "StreamingHttpResponse", "as_attachment")
RELEASES = frozenset(
    {
        "information-requests/<uuid:asked_id>/decide/",
        "information-requests/<uuid:asked_id>/erase/",
    }
)
"""Behind these addresses a copy, an answer or an erasure is given for good."""


def templates_on_paper() -> set[str]:
    """Every template made for paper, by the names that views know them by."""
    parents = {
        str(path).split("/jinja2/")[1]: found[1]
        for path in INTERFACES.parent.rglob("jinja2/**/*.html")
        if (found := EXTENDS.search(path.read_text()))
    }
    on_paper = {PRINT_PAGE}
    while more := {name for name, parent in parents.items() if parent in on_paper} - on_paper:
        on_paper |= more
    return on_paper


def leaving(within: Path = INTERFACES) -> dict[tuple[str, str], str]:
    """Every function under here that names a template for paper or makes a file, with what it names."""
    on_paper = templates_on_paper()
    found: dict[tuple[str, str], str] = {}
    for path in within.rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef):
                said = {node.value for node in ast.walk(function) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
                said |= {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
                found |= {(str(path), function.name): name for name in said & on_paper.union(LEAVES_AS_A_FILE)}
    return found


def views() -> dict[tuple[str, str], Any]:
    """Each view's mark, by its file and name."""
    found = {}
    for one in _patterns(get_resolver()):
        view = inspect.unwrap(one.callback)
        found[(inspect.getsourcefile(view) or "", view.__name__)] = getattr(one.callback, "page_mark", None)
    return found


def _patterns(resolver: Any) -> Iterator[URLPattern]:
    for one in resolver.url_patterns:
        yield from _patterns(one) if isinstance(one, URLResolver) else [one]


def test_every_view_that_prints_or_exports_asks_the_staff_again_who_they_are() -> None:
    found, marks = leaving(), views()
    assert len(found) >= 6
    unmarked = [where for where in found if where not in marks]
    assert unmarked == [], "a view names its own template for paper, so that its mark can be looked at"
    assert [where for where in found if marks[where].audience == "staff" and not marks[where].fresh] == []


def test_a_view_that_prints_is_found_whatever_its_address(tmp_path: Path) -> None:
    (tmp_path / "views.py").write_text(
        'def on_paper(request):\n    return render(request, "hub/print.html", {})\n\n\n'
        "def as_file(request):\n    return FileResponse(request)\n\n\n"
        'def shown(request):\n    return render(request, "hub/request.html", {})\n'
    )
    assert {name for _, name in leaving(tmp_path)} == {"on_paper", "as_file"}


def test_what_is_released_for_good_is_released_by_who_proved_who_they_are() -> None:
    marks = {address.partition("guardian/")[2] or address: mark for address, mark in pages() if mark}
    assert {address for address in marks if address in RELEASES} == RELEASES
    assert [address for address in RELEASES if not marks[address].fresh] == []


def test_undefined_names_are_errors() -> None:
    backends = engines.all()
    assert backends
    for backend in backends:
        assert isinstance(backend, Jinja2), "pages are Jinja2 only"
        assert backend.env.undefined is StrictUndefined
