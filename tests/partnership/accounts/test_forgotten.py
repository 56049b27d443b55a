"""A forgotten password: a link, words that were agreed on, a password that nobody else chose, and no factor passed over."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from reachin.groundwork.clock import now
from reachin.groundwork.notices.models import Message
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.forgotten import LINK_LASTS, offer_new_password
from reachin.partnership.accounts.models import Account
from tests import cast

from .proving import as_they, give_app

pytestmark = pytest.mark.usefixtures("db")
WORDS, NEW = "three slow herons", "a gannet above the skerries"


def guardian() -> Account:
    return cast.account(Role.INFORMATION_GUARDIAN, cast.hub(), "Ruth Imrie")


def link_of(who: Account) -> str:
    """The address that was sent, by way of the guardian's page."""
    client = cast.signed_in(guardian())
    answer = client.post(reverse("guardian:account_new_password", args=[who.id]), {"phrase": WORDS})
    assert answer.status_code == 302
    shown = client.get(answer.headers["Location"]).content.decode()
    assert "on its way to their work address" in shown
    message = Message.objects.using("owner").filter(about_id=who.id, event="account.new_password_offered").latest("queued_at").unsealed()
    assert message["address"] == who.email
    assert WORDS not in message["words"]
    found = re.search(r"http://testserver(/work/sign-in/new-password/[\w-]{22}/)", message["words"])
    assert found is not None
    assert found[1] not in shown
    return found[1]


def chooses(address: str, client: Client | None = None, **told: str) -> Any:
    return (client or Client()).post(address, {"words": WORDS, "new": NEW, "twice": NEW, **told})


def lets_in(who: Account, password: str) -> str:
    """Where signing in leads; empty where it does not."""
    answer = Client().post("/work/sign-in/", {"email": who.email, "password": password})
    return answer.headers.get("Location", "")


@pytest.mark.asvs("6.4.3")
def test_v6_4_3_a_forgotten_password_is_chosen_anew_and_the_second_factor_is_asked_all_the_same() -> None:
    who = cast.hub_worker()
    give_app(who)
    browser = cast.signed_in(who)
    answer = chooses(link_of(who))
    assert "Your new password is kept" in answer.content.decode()
    assert not answer.client.session.get("_auth_user_id"), "it signs nobody in"
    assert browser.get("/work/").status_code == 302
    assert lets_in(who, cast.PASSWORD) == ""
    assert lets_in(who, NEW) == "/work/sign-in/second/"
    assert Message.objects.using("owner").filter(about_id=who.id, event="account.password_changed").exists()


@pytest.mark.asvs("6.4.3")
def test_v6_4_3_the_link_needs_the_words_works_once_and_for_an_hour() -> None:
    who = cast.hub_worker()
    address = link_of(who)
    for wrong in (chooses(address, words="three slow hens"), chooses("/work/sign-in/new-password/aaaaaaaaaaaaaaaaaaaaaa/")):
        assert wrong.status_code == 422
        assert "Ask your information guardian for another" in wrong.content.decode()
    assert chooses(address).status_code == 200
    assert chooses(address, new="another gannet entirely", twice="another gannet entirely").status_code == 422
    assert lets_in(who, NEW)


def test_a_link_is_over_after_an_hour_and_an_earlier_one_with_the_next(time_is: Any) -> None:
    who = cast.hub_worker()
    first, second = link_of(who), link_of(who)
    assert chooses(first).status_code == 422
    time_is(now() + LINK_LASTS + timedelta(seconds=1))
    assert chooses(second).status_code == 422
    assert lets_in(who, cast.PASSWORD)


@pytest.mark.asvs("6.4.6")
def test_v6_4_6_whoever_helps_neither_chooses_the_password_nor_sees_the_link() -> None:
    who, client = cast.hub_worker(), cast.signed_in(guardian())
    page = client.get(reverse("guardian:account_new_password", args=[who.id])).content.decode()
    assert 'type="password"' not in page
    link_of(who)
    assert lets_in(who, cast.PASSWORD), "until they have chosen, nothing has changed"
    session = client.session
    del session["fresh_at"]
    session.save()
    again = client.post(reverse("guardian:account_new_password", args=[who.id]), {"phrase": WORDS})
    assert again.status_code == 403
    assert 'href="/work/sign-in/again/"' in again.content.decode()


def test_a_password_that_will_not_do_is_told_so_and_the_link_is_not_lost() -> None:
    who = cast.hub_worker("Alexandrina Featherstonehaugh")
    address, client = link_of(who), Client()
    for new in ("short", "password1234", "Alexandrina Featherstonehaugh"):
        answer = chooses(address, client, new=new, twice=new)
        assert answer.status_code == 422
        assert f'value="{new}"' not in answer.content.decode()
    assert chooses(address, client).status_code == 200
    assert lets_in(who, NEW)


@pytest.mark.parametrize("somebody", ["themselves", "a colleague", "a guardian elsewhere"])
def test_nobody_else_makes_such_a_link(somebody: str) -> None:
    who = cast.hub_worker()
    by = {
        "themselves": who,
        "a colleague": cast.second_hub_worker(),
        "a guardian elsewhere": cast.account(Role.INFORMATION_GUARDIAN, cast.school(), "Ann Lee"),
    }[somebody]
    with as_they(by) as moment, pytest.raises(PermissionDenied):
        offer_new_password(who, by=by, phrase=WORDS, now=moment)


def test_an_ended_account_has_no_way_back_by_a_link() -> None:
    who = cast.hub_worker()
    address = link_of(who)
    assert cast.signed_in(guardian()).post(reverse("guardian:account_end", args=[who.id])).status_code == 302
    assert chooses(address).status_code == 422
    assert not Account.objects.get(id=who.id).check_password(NEW)
