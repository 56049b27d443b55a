"""What is written down for those who check is what runs: each figure of the threat model against the product."""

import re
from dataclasses import fields
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from reachin.access.requests_for_assistance.quarantine import MOST_OF_A_NETWORK, MOST_TO_A_TARGET, NETWORK_COUNTED, TARGET_COUNTED
from reachin.families.information_sharing.rules import EMERGENCY_LASTS
from reachin.groundwork.audited_access.rules import OF_AN_AGENCY, RATES, SEARCHES
from reachin.groundwork.one_time_links.rules import LONGEST_LIFE, MOST_TRIES, TRIES_COUNTED
from reachin.groundwork.permissions.enums import Role
from reachin.groundwork.permissions.rules import ROLES
from reachin.partnership.accounts import open_id
from reachin.partnership.accounts.enums import TWO_FACTORS, Means
from reachin.partnership.accounts.hashing import StaffHasher
from reachin.partnership.accounts.rules import LEFT_ALONE_AFTER
from reachin.settings.keys import Keys
from tests.access_matrix import MATRIX
from workshop import places

WRITTEN = " ".join((places.ROOT / "docs" / "security" / "threat-model.md").read_text().split())


def said(pattern: str) -> str:
    """What stands in the document at the place that the pattern marks."""
    found = re.search(pattern, WRITTEN)
    assert found is not None, f"the document does not say: {pattern}"
    return found[1]


def test_v6_1_1_how_guessing_is_stopped_is_written_down() -> None:
    assert int(said(r"After (\d+) wrong tries for one account from one network")) == settings.AXES_FAILURE_LIMIT
    assert timedelta(minutes=int(said(r"that pair waits (\d+) minutes"))) == timedelta(hours=settings.AXES_COOLOFF_TIME)
    assert settings.AXES_LOCKOUT_PARAMETERS == [["username", "ip_address"]], "another person, and the same from elsewhere, go on"


def test_v6_1_2_which_words_make_no_password_is_written_down() -> None:
    validators: Any = settings.AUTH_PASSWORD_VALIDATORS
    attributes = validators[-1]["OPTIONS"]["user_attributes"]
    assert set(attributes) == {"email", "name"}
    assert said(r"is not the (person's name or address)")
    assert int(said(r"A password has at least (\d+) signs")) == validators[0]["OPTIONS"]["min_length"]


def test_v7_1_1_when_a_session_ends_is_written_down() -> None:
    assert timedelta(hours=int(said(r"at the latest (\d+) hours after signing in"))) == timedelta(seconds=settings.SESSION_COOKIE_AGE)
    assert settings.SESSION_EXPIRE_AT_BROWSER_CLOSE
    assert timedelta(minutes=int(said(r"nobody used for (\d+) minutes"))) == LEFT_ALONE_AFTER


def test_v7_1_2_how_many_browsers_one_person_uses_is_written_down() -> None:
    assert said(r"There is (no other limit) to how many browsers one person uses")


def rows_under(title: str) -> list[list[str]]:
    """The cells of the table that follows a paragraph with that title, without its head."""
    text = (places.ROOT / "docs" / "security" / "threat-model.md").read_text().partition(f"**{title}")[2]
    lines = text.partition("\n|")[2].partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_v6_1_3_every_way_of_signing_in_is_written_down_with_what_it_proves() -> None:
    written = {begun.strip("`"): (bool(proved), factors) for begun, proved, factors in rows_under("Ways of signing in.")}
    assert written == {means.value: (True, "yes" if means in TWO_FACTORS else "no") for means in Means}


def test_v7_1_3_how_sessions_of_an_agencys_own_sign_in_end_is_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(r"Signing out here (does not sign out there)")
    assert said(r"is asked with `([^`]+)`") == "prompt=login"
    monkeypatch.setattr(open_id, "_described", lambda connection: {"authorization_endpoint": "https://provider.example/authorize"})
    known = open_id.Connection(issuer="https://provider.example", client_id="reach-in", client_secret="of both")
    address, _going = open_id.send_there(known, back="https://help.example/back/", again=True)
    assert "prompt=login" in urlsplit(address).query


def test_v2_1_3_the_limits_of_what_anybody_may_do_are_written_down() -> None:
    """For one and for all, as they are in the code."""
    guardian, support = RATES[Role.INFORMATION_GUARDIAN], RATES[Role.SUPPORT_WORKER]
    assert (guardian, support) == (RATES[Role.DUTY_WORKER], RATES[Role.PRACTITIONER]), "the table has one row for both"
    counted = [
        *((rate.asked_from, rate.refused_from) for rate in (RATES[Role.HUB_WORKER], guardian, support, OF_AN_AGENCY, SEARCHES)),
        *((number,) for number in (MOST_TRIES, LONGEST_LIFE.days, MOST_OF_A_NETWORK, MOST_TO_A_TARGET)),
        (EMERGENCY_LASTS.seconds // 3600,),
    ]
    assert [tuple(int(number) for number in many.split(", ")) for _what, _whom, many in rows_under("Limits.")] == counted
    assert (timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)) == (TRIES_COUNTED, NETWORK_COUNTED, TARGET_COUNTED)


def test_v8_1_1_and_which_role_may_do_what_is_one_table() -> None:
    assert (places.ROOT / said(r"sets of permissions in `([^`]+)`")).exists()
    assert (places.ROOT / said(r"is one table, `([^`]+)`")).exists()
    carried = {permission for permissions in ROLES.values() for permission in permissions}
    assert {row.permission for row in MATRIX.values() if row.permission} <= carried


def test_v8_1_2_which_columns_may_be_changed_is_written_down() -> None:
    listed = (places.ROOT / said(r"in the database and listed in `([^`]+)`")).read_text()
    assert "test_history_is_added_to_and_never_rewritten" in listed


def test_v11_1_1_how_keys_live_is_written_down() -> None:
    assert int(said(r"Each is (\d+) random bytes")) == len(bytes.fromhex(settings.KEYS.context_key))
    assert said(r"kept in one file that (only its owner may read)")


@pytest.mark.asvs("11.1.2")
def test_every_key_and_algorithm_is_in_the_inventory() -> None:
    for name in [key.name for key in fields(Keys) if key.compare]:
        assert f"| `{name}` |" in WRITTEN, name
    assert int(said(r"Argon2id, (\d+) MiB")) == StaffHasher.memory_cost // 1024
    assert (said(r"MiB, (\w+) passes"), StaffHasher.time_cost) == ("two", 2)


def test_v14_1_2_what_each_level_asks_for_is_written_down() -> None:
    for level in ("identifies", "sensitive", "safe"):
        assert said(rf"\*{level}\*[^:]*: ([^*]+)")


@pytest.mark.asvs("15.1.3")
def test_what_takes_long_and_where_it_ends_is_written_down() -> None:
    assert int(said(r"a body over (\d+) MB")) * 1024 * 1024 == settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert int(said(r"a form of over (\d+) fields")) == settings.DATA_UPLOAD_MAX_NUMBER_FIELDS


def test_v16_1_1_what_is_written_down_where_is_listed() -> None:
    assert said(r"(Audit rows and openings in the database)")
    assert set(settings.LOGGING["handlers"]) == {"console"}, "the processes' own log goes to the error stream and nowhere else"
    assert settings.LOGGING["handlers"]["console"]["class"] == "logging.StreamHandler"


def test_v15_1_1_by_when_a_weak_package_is_replaced_is_written_down() -> None:
    days = [int(number) for number in re.findall(r"(\d+) days", said(r"\*\*Packages\.\*\* ([^*]+)"))]
    assert days == sorted(days)
    assert days[0] <= 7
    assert days[-1] <= 90
