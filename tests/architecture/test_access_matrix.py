"""The matrix lists every address, and every view's own mark says the same."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from reachin.groundwork.audited_access.pages import PageMark
from tests.access_matrix import MATRIX


def addresses(within: URLResolver | None = None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in (within or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, f"{entry.namespace}:" if entry.namespace else namespace)
        else:
            yield f"{namespace}{entry.name}", entry


FOUND = dict(addresses())


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert set(FOUND) == set(MATRIX)


@pytest.mark.parametrize("name", sorted(FOUND))
def test_the_mark_of_the_view_says_what_the_matrix_says(name: str) -> None:
    mark: PageMark = FOUND[name].callback.page_mark  # type: ignore[attr-defined]
    row = MATRIX[name]
    assert ("demo" if mark.demo_only else mark.audience) == row.audience
    assert mark.permission == row.permission
    if row.reach in ("request_as_sender", "request_at_hub", "request_at_desk", "referral", "own_request"):
        assert mark.opens is not None
