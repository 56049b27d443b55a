"""Whoever's sign-in is changed, or used from another device, is told at their work address."""

from collections.abc import Callable

import pytest
from django.test import Client

from reachin.groundwork.notices.models import Message
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts import actions, factors
from reachin.partnership.accounts.models import Account, Passkey
from reachin.partnership.accounts.notices import WORDS
from tests import cast

from .proving import Device, as_they, give_app, give_codes, give_passkey

pytestmark = pytest.mark.usefixtures("db")
FIREFOX, CHROME = "Firefox/1 Linux", "Chrome/1 Windows"


def told(account: Account) -> list[str]:
    """Of what they were told, oldest first; each to their own address, without a link or a secret."""
    messages = Message.objects.using("owner").filter(about_id=account.id).order_by("queued_at", "event")
    for one in messages:
        said = one.unsealed()
        assert said["address"] == account.email
        assert str(WORDS[one.event]) in said["words"]
        assert "tell your information guardian" in said["words"]
        assert not any(word in said["words"] for word in ("http", cast.PASSWORD))
    return [one.event.removeprefix("account.") for one in messages]


def comes_in(who: Account, *, browser: str, code: str = "") -> Client:
    client = Client(headers={"user-agent": browser})
    client.post("/work/sign-in/", {"email": who.email, "password": cast.PASSWORD})
    if code:
        client.post("/work/sign-in/second/", {"code": code})
    return client


def takes_app_away(who: Account) -> None:
    give_app(who)
    with as_they(who) as moment:
        factors.remove_app(who, by=who, key="", now=moment)


def takes_passkey_away(who: Account) -> None:
    give_passkey(who, Device())
    with as_they(who) as moment:
        factors.remove_passkey(Passkey.objects.select_related("account").get(), by=who, key="", now=moment)


def changes_password(who: Account) -> None:
    with as_they(who) as moment:
        actions.change_password(who, "four slow herons fly", by=who, key="", now=moment)


def loses_factors(who: Account) -> None:
    guardian = cast.account(Role.INFORMATION_GUARDIAN, who.agency, "Ruth Imrie")
    with as_they(guardian) as moment:
        actions.forget_factors(who, by=guardian, now=moment)


CHANGES: dict[str, tuple[Callable[[Account], object], list[str]]] = {
    "an app is added": (give_app, ["app_added"]),
    "an app is removed": (takes_app_away, ["app_added", "app_removed"]),
    "a passkey is added": (lambda who: give_passkey(who, Device()), ["passkey_added"]),
    "a passkey is removed": (takes_passkey_away, ["passkey_added", "passkey_removed"]),
    "recovery codes are made": (give_codes, ["recovery_codes_made"]),
    "the password is changed": (changes_password, ["password_changed"]),
    "a guardian takes all away": (loses_factors, ["factors_forgotten"]),
}


@pytest.mark.parametrize("case", CHANGES)
@pytest.mark.asvs("6.3.7")
def test_v6_3_7_whoever_has_their_sign_in_changed_is_told(case: str) -> None:
    change, expected = CHANGES[case]
    who = cast.hub_worker()
    change(who)
    assert sorted(told(who)) == sorted(expected)


@pytest.mark.asvs("6.3.5")
def test_v6_3_5_whoever_comes_from_another_device_is_told_once() -> None:
    who = cast.hub_worker()
    comes_in(who, browser=FIREFOX)
    assert told(who) == [], "the first is nobody else's"
    comes_in(who, browser=CHROME)
    assert told(who) == ["new_device"]
    for browser in (FIREFOX, CHROME):
        comes_in(who, browser=browser)
    assert told(who) == ["new_device"]
    assert told(cast.second_hub_worker()) == []


@pytest.mark.asvs("6.3.5")
def test_v6_3_5_whose_password_was_known_and_whose_codes_were_guessed_is_told_once() -> None:
    who = cast.hub_worker()
    give_app(who)
    client = Client()
    client.post("/work/sign-in/", {"email": who.email, "password": cast.PASSWORD})
    for tries, expected in ((4, 0), (1, 1), (3, 1)):
        for _ in range(tries):
            client.post("/work/sign-in/second/", {"code": "000000"})
        assert told(who).count("codes_refused") == expected
