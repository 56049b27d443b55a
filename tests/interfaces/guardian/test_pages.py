"""The room of the information guardian: for whom it is, what it counts, and that none of its pages stands in anybody's way."""

import pytest
from django.urls import reverse

from reachin.groundwork.permissions.enums import Role
from reachin.interfaces.guardian.pages import PAGES
from reachin.interfaces.guardian.urls import urlpatterns
from reachin.interfaces.hub.navigation import DESTINATIONS
from tests import cast
from tests.groundwork.page_parts.reading_html import Page, problems_for_people

from .room import agreement, guardian, looks_first, words

LISTS = ("start", "agreements", "agreement_add", "reviews", "looking", "shares", "accounts")


@pytest.mark.parametrize("name", LISTS)
def test_each_page_stands_in_nobodys_way(db: None, name: str) -> None:
    agreement(cast.school())
    looks_first(cast.hub_worker(), cast.family_request())
    page = cast.signed_in(guardian()).get(reverse(f"guardian:{name}"))
    assert page.status_code == 200
    html = Page(page.content.decode())
    assert problems_for_people(html) == []
    [here] = [link.words for link in html.by_class("ri_tabs__link") if link.has("aria-current")]
    assert here


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("who", [cast.hub_worker, cast.duty_worker, cast.teacher, cast.support_worker, cast.desk_worker])
def test_it_is_for_guardians(db: None, name: str, who: object) -> None:
    assert callable(who)
    assert cast.signed_in(who()).get(reverse(f"guardian:{name}")).status_code == 404


def test_an_administrator_sees_to_accounts_and_to_nothing_else(db: None) -> None:
    client = cast.signed_in(cast.account(Role.ADMINISTRATOR, cast.hub()))
    statuses = {name: client.get(reverse(f"guardian:{name}")).status_code for name in LISTS}
    assert {name for name, status in statuses.items() if status == 200} == {"accounts"}


def test_every_page_belongs_to_the_rooms_navigation_and_to_the_heads(db: None) -> None:
    names = {f"guardian:{pattern.name}" for pattern in urlpatterns}
    heads = set().union(*({entry.page} | entry.also for entry in DESTINATIONS))
    assert names <= heads
    assert {page.page for page in PAGES} <= names


def test_the_first_page_counts_what_waits(db: None) -> None:
    looks_first(cast.hub_worker(), cast.family_request())
    agreement(cast.school(), expires_in=30)
    agreement(cast.health(), expires_in=200)
    told = words(cast.signed_in(guardian()).get(reverse("guardian:start")))
    for said in ("1 to be reviewed", "0 of them overdue", "1 agreements that expire soon", "0 agreements that have expired"):
        assert said in told
    assert "Rowan" not in told
    elsewhere = words(cast.signed_in(guardian(cast.school())).get(reverse("guardian:start")))
    assert "0 to be reviewed" in elsewhere
