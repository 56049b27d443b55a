"""The navigation of staff pages: what a role may do, and where one is."""

import pytest
from django.test import RequestFactory
from django.urls import reverse

from reachin.groundwork.permissions.enums import Role
from reachin.groundwork.permissions.rules import may
from reachin.interfaces.hub import urls
from reachin.interfaces.hub.navigation import DESTINATIONS, OF_ONE_REQUEST, staff_context
from tests.groundwork.page_parts.reading_html import Page

from .partnership import Partnership, family_asks, signed_in


def test_every_page_of_one_request_belongs_to_the_queue() -> None:
    names = {pattern.name for pattern in urls.urlpatterns}
    assert names == {*OF_ONE_REQUEST, "queue", "delays"}


def test_the_present_page_is_marked(partnership: Partnership) -> None:
    client = signed_in(partnership.worker)
    for address, words in (("/hub/", "Queue"), (f"/hub/requests/{family_asks().id}/close/", "Queue"), ("/hub/delays/", "Delays")):
        page = Page(client.get(address).content.decode())
        assert [link.words for link in page.by_class("ri_navigation__link") if link.has("aria-current")] == [words]


@pytest.mark.parametrize("role", Role.values)
def test_a_role_sees_what_it_may_do_and_no_more(partnership: Partnership, role: str) -> None:
    partnership.worker.role = role
    request = RequestFactory().get("/")
    request.account = partnership.worker  # type: ignore[attr-defined]
    shown = {item["url"] for item in staff_context(request)["navigation"]}
    for destination in DESTINATIONS:
        allowed = destination.permission is None or may(role, destination.permission)
        assert (reverse(destination.page) in shown) is allowed


def test_without_anybody_signed_in_there_is_none() -> None:
    assert staff_context(RequestFactory().get("/")) == {}
