"""The second step, passkeys without a password, signing in again, and an organisation's own sign-in."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from reachin.groundwork.audited_access.models import AuditEvent, DatabaseMark
from reachin.groundwork.clock import now
from reachin.groundwork.ids import new_id
from reachin.interfaces.practitioner.signing_in_visits import FRESH_AT, MEANS
from reachin.partnership.accounts.hashing import StaffHasher
from reachin.partnership.accounts.models import Account, FactorTry, StaffSession
from reachin.partnership.accounts.providers import connect_provider
from tests import cast
from tests.partnership.accounts import provider_server
from tests.partnership.accounts.provider_server import Provider
from tests.partnership.accounts.proving import Device, as_they, give_app, give_codes, give_passkey, shown_by_app
from workshop.proofs.replaying import rows_at_rest

from .pages import WRONG, go, hidden, location, post, words

pytestmark = pytest.mark.usefixtures("db")
SECOND_STEP, AGAIN = "/work/sign-in/second/", "/work/sign-in/again/"


def password(client: Client, who: Account, wished: str = "") -> Any:
    return post(client, "sign_in", data={"email": who.email, "password": cast.PASSWORD, "next": wished})


def challenge(client: Client) -> str:
    told: str = json.loads(post(client, "passkey_options").content)["challenge"]
    return told


def stale(client: Client) -> Client:
    """The same browser six minutes after its bearer proved who they are."""
    session = client.session
    session[FRESH_AT] = (now() - timedelta(minutes=6)).timestamp()
    session.save()
    return client


# The second step


@pytest.mark.asvs("6.3.3")
def test_a_password_alone_opens_nothing_for_whoever_has_a_second_factor() -> None:
    who, client = cast.teacher(), Client()
    give_app(who)
    assert location(password(client, who, "/work/requests/")) == SECOND_STEP
    assert location(go(client, "requests")).startswith("/work/sign-in/")
    assert location(post(client, "second_step", data={"code": shown_by_app(who)})) == "/work/requests/"
    assert go(client, "requests").status_code == 200
    assert client.session[MEANS] == "app"


def test_every_wrong_second_step_reads_the_same() -> None:
    who = cast.teacher()
    give_app(who)
    code, codes = shown_by_app(who), give_codes(who)
    for used in (code, codes[0]):
        client = Client()
        password(client, who)
        assert location(post(client, "second_step", data={"code": used})) == "/work/"
    client = Client()
    password(client, who)
    tried = [code, codes[0], "000000", "ABCD-EFGH-JKMN", "what is this", codes[1]]
    pages = [post(client, "second_step", data={"code": typed}) for typed in tried]
    assert {page.status_code for page in pages} == {WRONG}
    told = {page.content.decode().split('ds_error-summary__list">')[1].split("</ul>")[0] for page in pages}
    assert len(told) == 1
    assert "After five wrong codes" in told.pop()


@pytest.mark.asvs("6.6.2")
def test_the_second_step_is_for_whoever_made_the_first_and_not_for_long(time_is: Callable[[datetime], None]) -> None:
    who, client = cast.teacher(), Client()
    assert location(go(client, "second_step")) == "/work/sign-in/"
    time_is(cast.moment(2026, 11, 19, 12))
    give_app(who)
    password(client, who)
    time_is(cast.moment(2026, 11, 19, 12, 9))
    assert go(client, "second_step").status_code == 200
    time_is(cast.moment(2026, 11, 19, 12, 11))
    assert location(post(client, "second_step", data={"code": shown_by_app(who)})) == "/work/sign-in/"


def test_a_wrong_code_is_kept_even_though_the_page_fails_and_limits_the_next_visit_too() -> None:
    who, clients = cast.teacher(), [Client() for _visit in range(6)]
    give_app(who)
    for client in clients:
        password(client, who)
    for client in clients[:5]:
        post(client, "second_step", data={"code": "000000"})
    assert FactorTry.objects.filter(account=who).count() == 5
    assert post(clients[5], "second_step", data={"code": shown_by_app(who)}).status_code == WRONG
    failed = AuditEvent.objects.using("owner").filter(event="account.second_step_failed")
    assert {(one.actor_kind, one.subject_id) for one in failed} == {("system", who.id)}


@pytest.mark.asvs("6.3.8")
def test_whatever_fails_costs_the_same_work() -> None:
    """What takes time is the digest: one for each try, whether there is such an account, such a code, or not."""
    who, ended = cast.teacher(), cast.support_worker()
    type(ended.agency).objects.filter(id=ended.agency_id).update(closed_at=now(), closed_by=new_id())
    give_app(who)
    codes = give_codes(who)

    def work(client: Client, name: str, data: dict[str, str]) -> int:
        whole, part = StaffHasher.encode, StaffHasher.verify
        with (
            patch.object(StaffHasher, "encode", autospec=True, side_effect=whole) as encoded,
            patch.object(StaffHasher, "verify", autospec=True, side_effect=part) as verified,
        ):
            assert post(client, name, data=data).status_code == WRONG
        return encoded.call_count + verified.call_count

    tries = [("nobody@example.org", "x"), (who.email, "x"), (ended.email, cast.PASSWORD), (ended.email, "x")]
    assert {work(Client(), "sign_in", {"email": email, "password": typed}) for email, typed in tries} == {1}
    client = Client()
    password(client, who)
    wrong = [codes[0][:-1] + ("2" if codes[0][-1] != "2" else "3"), "XXXX-XXXX-XXXX", "not a code at all"]
    assert {work(client, "second_step", {"code": typed}) for typed in wrong} == {1}


def test_tries_at_an_account_of_an_ended_agency_count_as_any_other() -> None:
    who = cast.support_worker()
    type(who.agency).objects.filter(id=who.agency_id).update(closed_at=now(), closed_by=new_id())
    assert [password(Client(), who).status_code for _try in range(8)] == [WRONG] * 7 + [429]


# Passkeys


def test_a_passkey_signs_in_without_a_password_and_leads_to_the_page_that_was_wished_for() -> None:
    who, client, device = cast.teacher(), Client(), Device()
    give_passkey(who, device)
    answer = post(client, "by_passkey", data={"credential": device.shows(challenge(client)), "next": "/work/requests/"})
    assert location(answer) == "/work/requests/"
    assert client.session[MEANS] == "passkey"
    assert StaffSession.objects.get().means == "passkey"


@pytest.mark.asvs("6.5.1", "6.6.2")
def test_a_challenge_is_answered_once_and_only_by_the_browser_that_was_asked() -> None:
    who, client, device = cast.teacher(), Client(), Device()
    give_passkey(who, device)
    answer = device.shows(challenge(client))
    assert post(Client(), "by_passkey", data={"credential": answer}).status_code == WRONG
    assert location(post(client, "by_passkey", data={"credential": answer})) == "/work/"
    again = Client()
    challenge(again)
    assert post(again, "by_passkey", data={"credential": answer}).status_code == WRONG


def test_a_challenge_that_was_answered_wrongly_is_used_up() -> None:
    client, device = Client(), Device()
    give_passkey(cast.teacher(), device)
    answer = device.shows(challenge(client))
    assert post(client, "by_passkey", data={"credential": "{}"}).status_code == WRONG
    assert post(client, "by_passkey", data={"credential": answer}).status_code == WRONG
    assert location(post(client, "by_passkey", data={"credential": device.shows(challenge(client))})) == "/work/"


@pytest.mark.parametrize("sent", ["", "{}", "x" * 30_000, '{"rawId": "AAAA", "response": {}}'])
def test_what_is_no_passkey_is_refused_in_the_same_words(sent: str) -> None:
    client = Client()
    challenge(client)
    page = post(client, "by_passkey", data={"credential": sent})
    assert page.status_code == WRONG
    assert "That did not work" in words(page)


def test_after_the_password_only_a_passkey_of_the_same_account_counts() -> None:
    who, other = cast.teacher(), cast.hub_worker()
    own, others, client = Device(), Device(), Client()
    give_passkey(who, own)
    give_passkey(other, others)
    password(client, who)
    assert post(client, "by_passkey", data={"credential": others.shows(challenge(client))}).status_code == WRONG
    assert location(post(client, "by_passkey", data={"credential": own.shows(challenge(client))})) == "/work/"


def test_a_stranger_is_not_told_whose_passkeys_there_are() -> None:
    give_passkey(cast.teacher(), Device())
    assert json.loads(post(Client(), "passkey_options").content).get("allowCredentials", []) == []


# Signing in again


@pytest.mark.asvs("7.5.3")
def test_a_page_that_asks_for_a_fresh_sign_in_leads_there_and_back() -> None:
    who = cast.teacher()
    client = stale(cast.signed_in(who))
    asked = location(go(client, "password"))
    assert asked == f"{AGAIN}?next=%2Fwork%2Fsecurity%2Fpassword%2F"
    page = client.get(asked)
    assert hidden(page, "next") == "/work/security/password/"
    assert location(post(client, "again", data={"password": cast.PASSWORD, "next": hidden(page, "next")})) == "/work/security/password/"
    assert go(client, "password").status_code == 200


def test_what_is_posted_to_such_a_page_by_a_visit_that_is_older_changes_nothing() -> None:
    who = cast.teacher()
    client = stale(cast.signed_in(who))
    assert location(post(client, "password", data={"new": "a lantern for the pier", "twice": "a lantern for the pier"})).startswith(AGAIN)
    who.refresh_from_db()
    assert who.check_password(cast.PASSWORD)


@pytest.mark.asvs("7.5.1")
def test_again_needs_the_code_of_whoever_has_one() -> None:
    who = cast.teacher()
    give_app(who)
    client = stale(cast.signed_in(who))
    wrong = [{"password": cast.PASSWORD}, {"password": cast.PASSWORD, "code": "000000"}, {"password": "not it", "code": shown_by_app(who)}]
    assert [post(client, "again", data=tried).status_code for tried in wrong] == [WRONG] * 3
    assert go(client, "password").status_code == 302
    assert location(post(client, "again", data={"password": cast.PASSWORD, "code": shown_by_app(who)})) == "/work/"
    assert go(client, "password").status_code == 200


def test_again_by_a_passkey_takes_ones_own_only() -> None:
    who, own, others = cast.teacher(), Device(), Device()
    give_passkey(who, own)
    give_passkey(cast.hub_worker(), others)
    client = stale(cast.signed_in(who))
    assert post(client, "again", data={"credential": others.shows(challenge(client))}).status_code == WRONG
    assert go(client, "password").status_code == 302
    assert (
        location(post(client, "again", data={"credential": own.shows(challenge(client)), "next": "/work/security/"})) == "/work/security/"
    )
    assert go(client, "password").status_code == 200


def test_too_many_wrong_passwords_shut_out_there_too() -> None:
    client = stale(cast.signed_in(cast.teacher()))
    statuses = [post(client, "again", data={"password": f"wrong {n}"}).status_code for n in range(8)]
    assert (statuses[0], statuses[-1]) == (WRONG, 429)


def test_a_tap_is_enough_in_the_demonstration_and_nowhere_else(settings: Any) -> None:
    client = stale(cast.signed_in(cast.teacher()))
    assert post(client, "again", data={"demonstration": "yes"}).status_code == WRONG
    DatabaseMark.objects.using("owner").create(name="demo", marked_at=cast.moment(2026, 1, 1))
    settings.MODE = "demo"
    assert location(post(client, "again", data={"demonstration": "yes"})) == "/work/"
    assert go(client, "password").status_code == 200


# Through an organisation


@pytest.fixture
def provider() -> Iterator[Provider]:
    with provider_server.running() as found:
        yield found


def connected(provider: Provider) -> str:
    with as_they(cast.hub_worker()) as moment:
        made = connect_provider(
            cast.school(), by=new_id(), issuer=provider.issuer, client_id="reach-in", client_secret="of both", now=moment
        )
    return str(made.id)


def goes_there(client: Client, provider_id: str, **more: str) -> dict[str, str]:
    """What the visitor takes along."""
    page = post(client, "organisation", data={"provider": provider_id, **more})
    address = page.headers["Refresh"].removeprefix("0; url=")
    assert page.status_code == 200
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def comes_back(client: Client, state: str) -> Any:
    return client.get(reverse("practitioner:back_from_organisation"), {"code": "a code", "state": state})


def test_an_organisations_own_sign_in_lets_in_its_own_staff(provider: Provider) -> None:
    who, client = cast.teacher(), Client()
    told = goes_there(client, connected(provider), next="/work/requests/")
    provider.says(told["nonce"], email=who.email, amr=["mfa"], auth_time=int(now().timestamp()))
    assert location(comes_back(client, told["state"])) == "/work/requests/"
    assert client.session[MEANS] == "provider"
    assert go(client, "password").status_code == 200, "they proved it there just now"


@pytest.mark.asvs("10.1.1")
def test_the_token_of_an_organisation_reaches_the_server_and_nothing_else(provider: Provider, caplog: pytest.LogCaptureFixture) -> None:
    who, client = cast.teacher(), Client()
    told = goes_there(client, connected(provider))
    provider.says(told["nonce"], email=who.email, amr=["mfa"])
    token = provider.sign(provider.claims)
    provider.sign = lambda claims: token
    with caplog.at_level(logging.DEBUG):
        back = comes_back(client, told["state"])
    assert location(back) == "/work/"
    signature = token.rpartition(".")[2]
    kept = [str(back.headers), str(back.cookies), str(dict(client.session)), caplog.text, rows_at_rest([token, signature])]
    assert [one[:200] for one in kept if token in one or signature in one] == []
    assert rows_at_rest([str(who.id)]), "the rows were looked at"


@pytest.mark.asvs("7.6.1")
def test_whoever_was_signed_in_there_for_long_proves_it_again(provider: Provider) -> None:
    who, client = cast.teacher(), Client()
    provider_id = connected(provider)
    told = goes_there(client, provider_id)
    provider.says(told["nonce"], email=who.email, amr=["mfa"])
    comes_back(client, told["state"])
    assert location(go(client, "password")).startswith(AGAIN)
    told = goes_there(client, provider_id, next="/work/security/password/", again="yes")
    assert told["prompt"] == "login"
    provider.says(told["nonce"], email=who.email, amr=["mfa"], auth_time=int(now().timestamp()))
    assert location(comes_back(client, told["state"])) == "/work/security/password/"
    assert go(client, "password").status_code == 200


@pytest.mark.asvs("6.8.4")
def test_without_a_second_factor_there_ours_is_asked_for(provider: Provider) -> None:
    who, client = cast.teacher(), Client()
    give_app(who)
    told = goes_there(client, connected(provider))
    provider.says(told["nonce"], email=who.email)
    assert location(comes_back(client, told["state"])) == SECOND_STEP


@pytest.mark.asvs("10.2.1", "6.3.8")
def test_whatever_does_not_fit_on_the_way_back_reads_the_same_and_lets_nobody_in(provider: Provider) -> None:
    who, provider_id = cast.teacher(), connected(provider)
    pages = []
    for state, claims in (
        ("another", {}),
        (None, {"email": "nobody@example.org"}),
        (None, {"email": cast.hub_worker().email}),
        (None, {"nonce": "x"}),
    ):
        client = Client()
        told = goes_there(client, provider_id)
        provider.says(**{"nonce": told["nonce"], "email": who.email, **claims})
        pages.append(comes_back(client, state or told["state"]))
        assert go(client, "start").status_code == 302
    pages.append(comes_back(Client(), "nothing was taken along"))
    assert {page.status_code for page in pages} == {WRONG}
    assert len({words(page) for page in pages}) == 1
    assert "That did not work" in words(pages[0])


@pytest.mark.asvs("10.5.1", "10.1.2")
def test_what_was_brought_back_once_is_worth_nothing_again(provider: Provider) -> None:
    who, client = cast.teacher(), Client()
    told = goes_there(client, connected(provider))
    provider.says(told["nonce"], email="nobody@example.org")
    comes_back(client, told["state"])
    provider.says(told["nonce"], email=who.email)
    assert comes_back(client, told["state"]).status_code == WRONG


def test_only_agencies_that_work_offer_theirs_and_one_that_does_not_answer_says_so() -> None:
    assert "Sign in through your organisation" not in words(go(Client(), "sign_in"))
    silent = connected(Provider(issuer="http://127.0.0.1:9"))
    assert "Sign in through your organisation" in words(go(Client(), "sign_in"))
    page = post(Client(), "organisation", data={"provider": silent})
    assert page.status_code == WRONG
    assert "does not answer" in words(page)
    assert post(Client(), "organisation", data={"provider": "what"}).status_code == WRONG
    type(cast.school()).objects.filter(id=cast.school().id).update(closed_at=now(), closed_by=new_id())
    assert post(Client(), "organisation", data={"provider": silent}).status_code == WRONG
    assert "Portlennan" not in words(go(Client(), "organisation"))
