"""Signing in as staff: by passkey without a password, by a code where there is no JavaScript, and seeing where one is signed in."""

import base64
import re
from collections.abc import Callable

import pytest

from demo.partnership import Partnership
from reachin.groundwork.clock import now
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from reachin.partnership.accounts.rules import STEP_SECONDS, code_at
from tests import cast
from tests.journeys.conftest import Calendar
from tests.journeys.visitor import DESK, PHONE, PLAIN_DESK, PLAIN_PHONE, Visitor

RECOVERY = re.compile(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}\b")
KEY = re.compile(r"Key: ((?:[A-Z2-7]{4} ?)+)")
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def isla(partnership: Partnership) -> Account:
    """A support worker with a password and nothing else yet."""
    return cast.account(Role.SUPPORT_WORKER, partnership.agencies["harbour-families"], "Isla Muir")


def given_a_device(visitor: Visitor) -> None:
    """A telephone or computer that keeps passkeys, and is unlocked."""
    device = visitor.context.new_cdp_session(visitor.page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def types_password(visitor: Visitor, who: Account) -> None:
    visitor.goes_to("/work/sign-in/")
    visitor.writes("Work email address", who.email)
    visitor.writes("Password", cast.PASSWORD)
    visitor.presses("Sign in")


def code_of_app(key: str) -> str:
    """What the app shows at this moment."""
    seed = base64.b32decode(key.replace(" ", ""))
    return code_at(seed, int(now().timestamp()) // STEP_SECONDS)


def makes_recovery_codes(visitor: Visitor) -> list[str]:
    visitor.sees_heading("Recovery codes")
    visitor.presses("Make ten codes")
    codes = RECOVERY.findall(visitor.page.locator("main").inner_text())
    assert len(codes) == 10
    visitor.presses("I have kept them")
    visitor.sees_heading("My sign-in")
    return codes


@pytest.mark.parametrize("device", [PHONE, DESK], ids=str)
def test_a_passkey_is_set_up_and_then_signs_in_without_a_password(somebody: Callable[..., Visitor], isla: Account, time: Calendar) -> None:
    # Given Isla, who signs in with her password, on a telephone that keeps passkeys
    visitor = somebody()
    given_a_device(visitor)
    types_password(visitor, isla)
    visitor.sees("Hello, Isla Muir")
    # When she sets a passkey up
    visitor.presses_outside("My sign-in")
    visitor.presses("Add a passkey")
    assert not visitor.page.get_by_text("needs JavaScript").is_visible()
    time.passes(hours=1)
    visitor.presses("Make a passkey")
    visitor.sees_heading("Is it still you?")
    visitor.writes("Password", cast.PASSWORD)
    visitor.presses("Go on")
    visitor.presses("Make a passkey")
    makes_recovery_codes(visitor)
    visitor.sees("Chrome", "10 codes are left")
    # Then the passkey alone signs her in
    visitor.presses_outside("Sign out")
    visitor.presses("Sign in with a passkey")
    visitor.sees("Hello, Isla Muir")
    # And her password alone does not: it leads to a second step, which the passkey answers too
    visitor.presses_outside("Sign out")
    types_password(visitor, isla)
    visitor.sees_heading("One more step")
    visitor.presses("Use your passkey")
    visitor.sees("Hello, Isla Muir")
    # And it goes again when she says so, once she has shown that it is still her
    time.passes(hours=1)
    visitor.presses_outside("My sign-in")
    visitor.presses("Remove", beside="Chrome")
    visitor.sees_heading("Is it still you?")
    visitor.presses("Use your passkey")
    visitor.sees("It is your last one")
    visitor.presses("Remove")
    visitor.sees("signed out everywhere else")
    visitor.presses_outside("Sign out")
    visitor.page.get_by_role("button", name="Sign in with a passkey").click()
    visitor.page.wait_for_url("**/work/sign-in/passkey/")
    visitor.sees("That did not work")
    visitor.looks()


@pytest.mark.parametrize("device", [PLAIN_PHONE, PLAIN_DESK], ids=str)
def test_without_javascript_a_code_from_an_app_is_the_second_step(somebody: Callable[..., Visitor], isla: Account, time: Calendar) -> None:
    # Given Isla without JavaScript, who reads that a passkey is not for her here
    visitor = somebody()
    types_password(visitor, isla)
    visitor.presses_outside("My sign-in")
    visitor.presses("Add a passkey")
    visitor.sees("A passkey needs JavaScript")
    # When she sets up an app
    visitor.presses("Set up an app")
    visitor.presses("Show the key")
    found = KEY.search(visitor.page.locator("main").inner_text())
    assert found is not None
    key = found[1]
    visitor.writes("The six digits", "000000")
    visitor.presses("Set up")
    visitor.sees("This is not the code")
    visitor.writes("The six digits", code_of_app(key))
    visitor.presses("Set up")
    codes = makes_recovery_codes(visitor)
    visitor.presses_outside("Sign out")
    # Then her password is not enough, nor is a wrong code, and the code of the app is
    time.passes(hours=1)
    types_password(visitor, isla)
    visitor.sees_heading("One more step")
    visitor.writes("Code", "123456")
    visitor.presses("Sign in")
    visitor.sees("That did not work")
    visitor.writes("Code", code_of_app(key))
    visitor.presses("Sign in")
    visitor.sees("Hello, Isla Muir")
    # And when the telephone is lost a recovery code does, once
    visitor.presses_outside("Sign out")
    for words in ("Hello, Isla Muir", "That did not work"):
        types_password(visitor, isla)
        visitor.writes("Code", codes[3].lower())
        visitor.presses("Sign in")
        visitor.sees(words)
        if words.startswith("Hello"):
            visitor.presses_outside("Sign out")


@pytest.mark.parametrize("device", [PHONE, PLAIN_DESK], ids=str)
def test_somebody_sees_where_they_are_signed_in_and_ends_it(somebody: Callable[..., Visitor], isla: Account, time: Calendar) -> None:
    # Given Isla, signed in at the desk in the office and later on her own device
    office, own = somebody(at=PLAIN_DESK), somebody()
    types_password(office, isla)
    time.passes(hours=2)
    types_password(own, isla)
    # When she looks where she is signed in, and ends the one at the office
    own.presses_outside("My sign-in")
    own.presses("See where you are signed in")
    own.sees("Here", "Chrome, Linux", "with a password alone")
    own.presses("End")
    own.sees("You are signed out there")
    # Then the next page there is the one to sign in on, and her own visit goes on
    office.goes_to("/work/")
    office.sees_heading("Sign in")
    own.goes_to("/work/")
    own.sees("Hello, Isla Muir")


@pytest.mark.parametrize("device", [PHONE, PLAIN_DESK], ids=str)
def test_what_matters_asks_who_is_there_when_the_visit_is_older(somebody: Callable[..., Visitor], isla: Account, time: Calendar) -> None:
    # Given Isla, who signed in an hour ago
    visitor = somebody()
    types_password(visitor, isla)
    time.passes(hours=1)
    # When she wants to change her password
    visitor.goes_to("/work/security/")
    visitor.presses("Change your password")
    # Then she proves first that it is still her
    visitor.sees_heading("Is it still you?")
    visitor.writes("Password", "something else")
    visitor.presses("Go on")
    visitor.sees("That did not work")
    visitor.writes("Password", cast.PASSWORD)
    visitor.presses("Go on")
    visitor.sees_heading("Change your password")
    visitor.writes("New password", "short")
    visitor.writes("again", "shorter")
    visitor.presses("Change it")
    visitor.sees("This is not the same as above", "too short")
    visitor.writes("New password", "a lantern for the long pier")
    visitor.writes("again", "a lantern for the long pier")
    visitor.presses("Change it")
    visitor.sees("Your password is changed")
