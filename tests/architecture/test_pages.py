"""A name that is not there is an error on every page, never an empty place."""

from collections.abc import Iterator
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


def test_undefined_names_are_errors() -> None:
    backends = engines.all()
    assert backends
    for backend in backends:
        assert isinstance(backend, Jinja2), "pages are Jinja2 only"
        assert backend.env.undefined is StrictUndefined
