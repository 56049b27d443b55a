import json
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reachin.groundwork.audited_access.models import AuditEvent
from reachin.partnership.accounts import factors
from reachin.partnership.accounts.enums import Means
from reachin.partnership.accounts.models import Account, AuthenticatorApp, FactorTry, Passkey, RecoveryCode
from reachin.partnership.accounts.passkeys import Here, NotVerified, ask_to_make, ask_to_show
from tests import cast

from .proving import CHALLENGE, HERE, PRESENT, Device, as_they, give_app, give_codes, give_passkey, shown_by_app

pytestmark = pytest.mark.usefixtures("db")


def tries(account: Account, typed: str) -> Means | None:
    with as_they(account) as moment:
        return factors.try_code(account, typed, now=moment)


def events(account: Account) -> list[str]:
    told = AuditEvent.objects.using("owner").filter(subject_id=account.id).order_by("happened_at", "id")
    return [event for event in told.values_list("event", flat=True) if event != "account.sessions_ended"]


def test_an_app_counts_once_a_code_from_it_was_typed() -> None:
    who = cast.teacher()
    with as_they(who) as moment:
        factors.offer_app(who, by=who, now=moment)
        assert not factors.has_factor(who)
        assert not factors.confirm_app(who, "000000", by=who, key="", now=moment)
        assert factors.confirm_app(who, shown_by_app(who), by=who, key="", now=moment)
        assert factors.has_factor(who)
        with pytest.raises(factors.AlreadyThere):
            factors.offer_app(who, by=who, now=moment)
    assert events(who) == ["account.app_added"]


def test_an_app_that_is_only_offered_lets_nobody_in() -> None:
    who = cast.teacher()
    with as_they(who) as moment:
        factors.offer_app(who, by=who, now=moment)
    assert tries(who, shown_by_app(who)) is None


def test_another_offer_forgets_the_first() -> None:
    who = cast.teacher()
    with as_they(who) as moment:
        first = factors.seed_of(factors.offer_app(who, by=who, now=moment))
        second = factors.seed_of(factors.offer_app(who, by=who, now=moment))
    assert first != second
    assert AuthenticatorApp.objects.count() == 1


@pytest.mark.asvs("6.5.2")
def test_the_seed_is_sealed_and_recovery_codes_are_digests() -> None:
    who = cast.teacher()
    app = give_app(who)
    assert factors.seed_of(app) not in bytes(app.seed)
    assert factors.seed_of(app).hex().encode() not in bytes(app.seed)
    codes = give_codes(who)
    kept = list(RecoveryCode.objects.values_list("code", flat=True))
    assert len(set(codes)) == len(set(kept)) == 10
    assert all(code.startswith("argon2$argon2id$") for code in kept)


@pytest.mark.asvs("6.5.1")
def test_a_code_of_the_app_works_once() -> None:
    who = cast.teacher()
    give_app(who)
    code = shown_by_app(who)
    assert [tries(who, code), tries(who, code)] == [Means.APP, None]


def test_a_recovery_code_works_once_and_however_it_is_written() -> None:
    who = cast.teacher()
    give_app(who)
    codes = give_codes(who)
    assert [tries(who, f" {codes[4].lower().replace('-', ' ')} "), tries(who, codes[4])] == [Means.RECOVERY_CODE, None]
    assert factors.codes_left(who) == 9
    assert "account.recovery_code_used" in events(who)


@pytest.mark.asvs("6.5.6")
def test_new_recovery_codes_end_the_earlier_ones_and_anothers_never_work() -> None:
    who, other = cast.teacher(), cast.hub_worker()
    for one in (who, other):
        give_app(one)
    earlier, others = give_codes(who), give_codes(other)
    codes = give_codes(who)
    assert [tries(who, typed) for typed in (earlier[0], others[0], codes[0])] == [None, None, Means.RECOVERY_CODE]


@pytest.mark.asvs("6.6.3", "6.3.1")
def test_after_five_wrong_codes_the_right_one_does_not_help_for_a_quarter_of_an_hour() -> None:
    who = cast.teacher()
    give_app(who)
    codes = give_codes(who)
    assert [tries(who, "000000") for _try in range(5)] == [None] * 5
    assert tries(who, shown_by_app(who)) is None
    assert tries(who, codes[0]) is None
    FactorTry.objects.using("owner").update(tried_at=FactorTry.objects.latest("tried_at").tried_at - timedelta(minutes=16))
    assert tries(who, codes[0]) is Means.RECOVERY_CODE
    assert events(who).count("account.second_step_failed") == 7


def test_one_account_that_is_guessed_at_does_not_shut_another_out() -> None:
    who, other = cast.teacher(), cast.hub_worker()
    give_app(who)
    give_app(other)
    for _try in range(6):
        tries(who, "000000")
    assert tries(other, shown_by_app(other)) is Means.APP


@pytest.mark.asvs("15.4.2")
def test_of_many_at_once_one_gets_in_by_one_code() -> None:
    who = cast.teacher()
    give_app(who)
    codes, found = give_codes(who), []

    def guess() -> None:
        try:
            found.append(tries(who, codes[7]))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=guess) for _one in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, found)) == ["None", "None", "None", "recovery_code"]


def test_a_passkey_lets_in_whom_it_belongs_to() -> None:
    who, device = cast.teacher(), Device()
    give_passkey(who, device)
    with as_they(who) as moment:
        found = factors.use_passkey(device.shows(CHALLENGE, holder=who.id), challenge=CHALLENGE, here=HERE, now=moment)
    kept = Passkey.objects.get()
    assert (found, kept.sign_count, kept.device) == (who, 1, "Firefox, Linux")
    assert kept.last_used_at is not None


def wrong_devices() -> list[Any]:
    return [
        pytest.param(lambda device: replace(device, origin="https://elsewhere.example"), CHALLENGE, id="made at another origin"),
        pytest.param(lambda device: replace(device, host="elsewhere.example"), CHALLENGE, id="for another host"),
        pytest.param(lambda device: replace(device, flags=PRESENT), CHALLENGE, id="nobody unlocked it"),
        pytest.param(lambda device: device, CHALLENGE[:-2] + "AA", id="for another challenge"),
        pytest.param(lambda device: replace(Device(), credential_id=device.credential_id), CHALLENGE, id="signed by another key"),
        pytest.param(lambda _device: Device(), CHALLENGE, id="unknown"),
        pytest.param(lambda device: replace(device, count=-1), CHALLENGE, id="a copy that lags behind"),
    ]


@pytest.mark.parametrize(("change", "challenge"), wrong_devices())
def test_whatever_does_not_hold_lets_nobody_in(change: Any, challenge: str) -> None:
    who, device = cast.teacher(), Device(count=3)
    give_passkey(who, device)
    with as_they(who) as moment, pytest.raises(NotVerified):
        factors.use_passkey(change(device).shows(challenge), challenge=CHALLENGE, here=HERE, now=moment)


def test_a_passkey_that_names_somebody_else_as_its_holder_lets_nobody_in() -> None:
    who, device = cast.teacher(), Device()
    give_passkey(who, device)
    with as_they(who) as moment, pytest.raises(NotVerified):
        factors.use_passkey(device.shows(CHALLENGE, holder=cast.hub_worker().id), challenge=CHALLENGE, here=HERE, now=moment)


@pytest.mark.parametrize("change", [{"origin": "https://elsewhere.example"}, {"host": "elsewhere.example"}, {"flags": PRESENT}])
def test_a_passkey_is_kept_only_if_it_was_made_here_by_somebody_known_to_the_device(change: dict[str, Any]) -> None:
    with pytest.raises(NotVerified):
        give_passkey(cast.teacher(), Device(**change))
    assert not Passkey.objects.exists()


def test_a_passkey_is_kept_once() -> None:
    device = Device()
    give_passkey(cast.teacher(), device)
    with pytest.raises(factors.AlreadyThere):
        give_passkey(cast.hub_worker(), device)


PARTS = ("id", "rawId", "type", "response", "clientDataJSON", "authenticatorData", "signature", "userHandle", "attestationObject")
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(PARTS), inner), max_leaves=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200) | JSON.map(json.dumps))
def test_whatever_a_browser_sends_is_no_passkey_and_breaks_nothing(sent: str) -> None:
    who = cast.teacher()
    with as_they(who) as moment:
        for act in (
            lambda: factors.use_passkey(sent, challenge=CHALLENGE, here=HERE, now=moment),
            lambda: factors.add_passkey(who, sent, challenge=CHALLENGE, here=HERE, by=who, key="", user_agent="", now=moment),
        ):
            with pytest.raises(NotVerified):
                act()


def test_what_a_browser_is_asked_makes_sure_who_holds_the_device() -> None:
    who = cast.teacher()
    made = json.loads(ask_to_make(who, known=[b"known"], here=HERE).options)
    assert made["authenticatorSelection"]["userVerification"] == made["authenticatorSelection"]["residentKey"] == "required"
    assert (made["attestation"], [one["id"] for one in made["excludeCredentials"]]) == ("none", ["a25vd24"])
    shown = json.loads(ask_to_show(known=[], here=Here("a.example", "https://a.example", "")).options)
    assert (shown["userVerification"], shown["rpId"], shown.get("allowCredentials", [])) == ("required", "a.example", [])


def test_the_last_factor_takes_the_recovery_codes_with_it() -> None:
    who, device = cast.teacher(), Device()
    give_app(who)
    give_passkey(who, device)
    give_codes(who)
    with as_they(who) as moment:
        factors.remove_app(who, by=who, key="", now=moment)
        assert factors.codes_left(who) == 10
        factors.remove_passkey(Passkey.objects.select_related("account").get(), by=who, key="", now=moment)
        assert factors.codes_left(who) == 0
    assert not factors.has_factor(who)
    assert events(who)[-2:] == ["account.app_removed", "account.passkey_removed"]


def test_a_first_and_a_removed_factor_begin_a_new_round_of_sessions() -> None:
    who = cast.teacher()
    rounds = [who.session_round]
    give_app(who)
    rounds.append(who.session_round)
    give_passkey(who, Device())
    rounds.append(who.session_round)
    with as_they(who) as moment:
        rounds.append(factors.remove_app(who, by=who, key="", now=moment).session_round)
    assert rounds == [0, 1, 1, 2]


@pytest.mark.asvs("8.3.3")
def test_nobody_changes_the_factors_of_another() -> None:
    who, other = cast.teacher(), cast.hub_worker()
    give_passkey(who, Device())
    passkey = Passkey.objects.select_related("account").get()
    with as_they(other) as moment:
        told: list[Any] = [
            lambda: factors.offer_app(who, by=other, now=moment),
            lambda: factors.confirm_app(who, "000000", by=other, key="", now=moment),
            lambda: factors.remove_app(who, by=other, key="", now=moment),
            lambda: factors.make_recovery_codes(who, by=other, now=moment),
            lambda: factors.remove_passkey(passkey, by=other, key="", now=moment),
            lambda: factors.add_passkey(who, "", challenge="", here=HERE, by=other, key="", user_agent="", now=moment),
        ]
        for act in told:
            with pytest.raises(PermissionDenied):
                act()
