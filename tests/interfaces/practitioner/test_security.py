"""One's own sign-in: setting up and removing what one signs in with, and the one guard that makes it a must."""

import json
import re
from typing import Any

import pytest
from django.conf import settings as kept_settings
from django.test import Client
from django.urls import reverse

from reachin.groundwork.clock import now
from reachin.groundwork.ids import new_id
from reachin.groundwork.permissions.enums import Role
from reachin.groundwork.permissions.rules import may
from reachin.interfaces.practitioner.signing_in_visits import FRESH_AT, MEANS
from reachin.partnership.accounts.models import Account, AuthenticatorApp, Passkey, RecoveryCode
from tests import cast
from tests.access_matrix import MATRIX
from tests.architecture.test_access_matrix import FOUND
from tests.partnership.accounts.proving import Device, give_app, give_codes, give_passkey, shown_by_app

from .pages import NOT_FOUND, WRONG, go, location, post, words

pytestmark = pytest.mark.usefixtures("db")
SECURITY = "/work/security/"


def comes_in(who: Account) -> Client:
    client = Client()
    assert location(post(client, "sign_in", data={"email": who.email, "password": cast.PASSWORD})) == "/work/"
    return client


def challenge(client: Client) -> str:
    told: str = json.loads(post(client, "new_passkey_options").content)["challenge"]
    return told


# The guard


OF_STAFF = sorted(name for name, row in MATRIX.items() if row.audience == "staff")
BEFORE_A_FACTOR = {f"practitioner:{name}" for name in ("again", "security", "app", "add_passkey", "new_passkey_options")}


@pytest.mark.parametrize("name", OF_STAFF)
@pytest.mark.asvs("6.3.3", "6.3.4")
def test_in_production_nothing_is_served_before_there_is_a_second_factor(name: str, settings: Any) -> None:
    settings.MODE = "production"
    who = cast.account(Role.DUTY_WORKER, cast.social_work(), "Nobody's Second")
    row = MATRIX[name]
    if row.permission is not None and not who.may(row.permission):
        who = cast.account(next(role for role in Role if may(role, row.permission)), cast.hub(), "Somebody who may")
    address = reverse(name, kwargs={word: "story" if word in ("slug", "section") else new_id() for word in FOUND[name].pattern.converters})
    for answer in (cast.signed_in(who).get(address), cast.signed_in(who).post(address)):
        leads_there = answer.status_code == 302 and answer.headers["Location"] == SECURITY
        assert leads_there is (name not in BEFORE_A_FACTOR), answer.status_code


@pytest.mark.parametrize("means", ["password", "provider_alone", "demonstration", "", None])
@pytest.mark.asvs("6.3.3", "6.3.4")
def test_only_a_visit_that_proved_two_factors_goes_on_in_production(means: str | None, settings: Any) -> None:
    settings.MODE = "production"
    client = cast.signed_in(cast.teacher())
    session = client.session
    if means is not None:
        session[MEANS] = means
    session.save()
    assert location(go(client, "requests")) == SECURITY
    session[MEANS] = "app"
    session.save()
    assert go(client, "requests").status_code == 200


def test_in_production_somebody_sets_up_an_app_and_goes_on(settings: Any) -> None:
    settings.MODE = "production"
    who = cast.teacher()
    client = comes_in(who)
    page = client.get(location(go(client, "start")))
    assert "Before anything else" in words(page)
    assert not [shown for shown in ("See where you are signed in", "Requests that I sent") if shown in words(page)]
    assert location(post(client, "app", data={"begin": "yes"})) == "/work/security/app/"
    assert location(post(client, "app", data={"code": shown_by_app(who)})) == "/work/security/recovery-codes/"
    assert go(client, "start").status_code == 200


def test_in_production_whoever_removes_their_last_factor_sets_up_another(settings: Any) -> None:
    settings.MODE = "production"
    who, client = cast.teacher(), Client()
    give_app(who)
    post(client, "sign_in", data={"email": who.email, "password": cast.PASSWORD})
    post(client, "second_step", data={"code": shown_by_app(who)})
    assert go(client, "start").status_code == 200
    post(client, "remove_app")
    assert location(go(client, "start")) == SECURITY


@pytest.mark.asvs("6.3.4")
def test_no_setting_and_no_variable_switches_the_guard_off() -> None:
    """The guard asks the mode alone; a setting that sounds as if it would is not there."""
    assert not [name for name in dir(kept_settings) if re.search("FACTOR|MFA|TOTP|PASSKEY|WEBAUTHN", name)]


# Setting up


def test_an_app_is_shown_as_picture_and_key_and_counts_after_its_code() -> None:
    who = cast.teacher()
    client = comes_in(who)
    assert "Show the key" in words(go(client, "app"))
    post(client, "app", data={"begin": "yes"})
    page = go(client, "app")
    assert "<svg" in page.content.decode()
    assert re.search(r"Key: (?:[A-Z2-7]{4} ){8}", words(page))
    assert post(client, "app", data={"code": "000000"}).status_code == WRONG
    assert not AuthenticatorApp.objects.get().confirmed_at
    post(client, "app", data={"code": shown_by_app(who)})
    assert AuthenticatorApp.objects.get().confirmed_by == who.id
    assert location(go(client, "app")) == SECURITY, "it is not shown again"


def test_a_first_factor_ends_the_visits_that_were_begun_without_it() -> None:
    who = cast.teacher()
    here, there = comes_in(who), comes_in(who)
    post(here, "app", data={"begin": "yes"})
    post(here, "app", data={"code": shown_by_app(who)})
    assert go(here, "start").status_code == 200
    assert go(there, "start").status_code == 302


def test_a_passkey_is_added_and_named_by_its_device() -> None:
    client = comes_in(cast.teacher())
    client.defaults["HTTP_USER_AGENT"] = "Firefox/1 Windows"
    answer = post(client, "add_passkey", data={"credential": Device().makes(challenge(client))})
    assert location(answer) == "/work/security/recovery-codes/"
    assert "Firefox, Windows" in words(go(client, "security"))
    again = post(client, "add_passkey", data={"credential": Device().makes(challenge(client))})
    assert location(again) == "/work/security/?done=passkey"


@pytest.mark.parametrize("sent", ["", "{}", "x" * 30_000])
def test_what_is_no_passkey_is_not_kept(sent: str) -> None:
    client = comes_in(cast.teacher())
    assert post(client, "add_passkey", data={"credential": sent}).status_code == WRONG
    challenge(client)
    assert post(client, "add_passkey", data={"credential": sent}).status_code == WRONG
    assert not Passkey.objects.exists()


@pytest.mark.asvs("6.4.1")
def test_recovery_codes_are_shown_once() -> None:
    who = cast.teacher()
    give_app(who)
    client = cast.signed_in(who)
    assert "Make ten codes" in words(go(client, "recovery_codes"))
    page = post(client, "recovery_codes")
    codes = re.findall(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}\b", words(page))
    assert len(codes) == RecoveryCode.objects.count() == 10
    assert page.headers["Cache-Control"] == "no-store"
    assert not re.search(codes[0], words(go(client, "recovery_codes")))
    assert location(go(cast.signed_in(cast.hub_worker()), "recovery_codes")) == SECURITY, "they are for whoever has a factor"


# Removing


@pytest.mark.asvs("6.5.6", "7.4.3")
def test_a_factor_is_removed_by_a_fresh_visit_and_the_others_end() -> None:
    who, device = cast.teacher(), Device()
    give_app(who)
    give_passkey(who, device)
    here, there = cast.signed_in(who), cast.signed_in(who)
    assert "It is your last one" not in words(go(here, "remove_app"))
    assert location(post(here, "remove_app")) == "/work/security/?done=removed"
    assert "signed out everywhere else" in words(here.get("/work/security/?done=removed"))
    assert go(there, "start").status_code == 302
    passkey = Passkey.objects.get()
    assert "It is your last one" in words(go(here, "remove_passkey", passkey.id))
    assert location(post(here, "remove_passkey", passkey.id)) == "/work/security/?done=removed"
    assert not Passkey.objects.exists()


@pytest.mark.asvs("7.5.1", "7.5.3")
def test_a_visit_that_is_older_than_five_minutes_removes_nothing() -> None:
    who = cast.teacher()
    give_app(who)
    give_passkey(who, Device())
    client = cast.signed_in(who)
    session = client.session
    session[FRESH_AT] = now().timestamp() - 301
    session.save()
    for answer in (post(client, "remove_app"), post(client, "remove_passkey", Passkey.objects.get().id), post(client, "recovery_codes")):
        assert location(answer).startswith("/work/sign-in/again/?next=")
    assert Passkey.objects.exists()
    assert AuthenticatorApp.objects.exists()
    del session[FRESH_AT]
    session.save()
    assert location(post(client, "remove_app")).startswith("/work/sign-in/again/")


def test_anothers_passkey_is_as_if_it_were_not_there() -> None:
    give_passkey(cast.hub_worker(), Device())
    client = cast.signed_in(cast.teacher())
    for act in (go, post):
        foreign, missing = act(client, "remove_passkey", Passkey.objects.get().id), act(client, "remove_passkey", new_id())
        assert foreign.status_code == missing.status_code == NOT_FOUND
        assert foreign.content == missing.content
    assert post(client, "remove_app").status_code == NOT_FOUND
    assert Passkey.objects.exists()


# The password


@pytest.mark.parametrize(
    ("new", "twice", "told"),
    [
        ("short", "short", "too short"),
        ("a lantern for the pier", "another lantern", "not the same"),
        ("password1234", "password1234", "too common"),
        ("fraser weir 12", "fraser weir 12", "too similar"),
        ("", "", "Write an answer here"),
    ],
)
@pytest.mark.asvs("6.2.4", "6.2.1")
def test_a_password_that_will_not_do_is_told_so_and_not_given_back(new: str, twice: str, told: str) -> None:
    page = post(cast.signed_in(cast.teacher()), "password", data={"new": new, "twice": twice})
    assert page.status_code == WRONG
    assert told in words(page)
    assert not new or f'value="{new}"' not in page.content.decode()


@pytest.mark.asvs("6.2.2", "7.4.3")
def test_a_new_password_signs_in_and_ends_the_visits_elsewhere() -> None:
    who, new = cast.teacher(), "a lantern for the long pier"
    here, there = comes_in(who), comes_in(who)
    assert location(post(here, "password", data={"new": new, "twice": new})) == "/work/security/?done=password"
    assert go(here, "start").status_code == 200
    assert go(there, "start").status_code == 302
    assert post(Client(), "sign_in", data={"email": who.email, "password": cast.PASSWORD}).status_code == WRONG
    assert location(post(Client(), "sign_in", data={"email": who.email, "password": new})) == "/work/"


def test_the_page_tells_what_is_set_up_and_no_secret() -> None:
    who = cast.teacher()
    app = give_app(who)
    codes = give_codes(who)
    page = go(cast.signed_in(who), "security")
    assert "10 codes are left" in words(page)
    assert not any(code in words(page) for code in codes)
    assert app.seed.hex() not in page.content.decode()
