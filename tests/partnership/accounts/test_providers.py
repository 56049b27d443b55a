import time
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.core.management import CommandError, call_command

from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.ids import new_id
from reachin.partnership.accounts.models import Account, ProviderSubject, SignInProvider
from reachin.partnership.accounts.open_id import Connection, NotProved, Proved, prove, send_there
from reachin.partnership.accounts.providers import account_by, connect_provider, connection_of
from reachin.partnership.agencies.models import Agency
from tests import cast

from . import provider_server
from .provider_server import OTHER_KEY, Provider
from .proving import as_they

BACK = "https://reach-in.example/work/sign-in/organisation/back/"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with provider_server.running() as found:
        yield found


def connection(provider: Provider) -> Connection:
    return Connection(provider.issuer, "reach-in", "a secret of both")


@pytest.mark.asvs("10.1.2", "10.2.1")
def test_a_visitor_takes_along_what_only_they_can_bring_back(provider: Provider) -> None:
    address, going = send_there(connection(provider), back=BACK, again=False)
    told = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{provider.issuer}/authorize?")
    assert (told["state"], told["nonce"], told["redirect_uri"], told["code_challenge_method"]) == (going.state, going.nonce, BACK, "S256")
    assert going.verifier not in address
    assert "prompt" not in told
    assert "prompt=login" in send_there(connection(provider), back=BACK, again=True)[0]


@pytest.mark.asvs("10.5.2", "6.8.4")
def test_a_token_proves_subject_address_and_second_factor(provider: Provider) -> None:
    _address, going = send_there(connection(provider), back=BACK, again=False)
    moment = int(time.time())
    provider.says(going.nonce, amr=["pwd", "mfa"], auth_time=moment)
    found = prove(connection(provider), going, "a code", back=BACK)
    assert found == Proved("s-1", "somebody@example.org", True, datetime.fromtimestamp(moment, UTC))
    assert (provider.asked[0]["code"], provider.asked[0]["code_verifier"]) == ("a code", going.verifier)
    provider.says(going.nonce, amr=["pwd"])
    assert prove(connection(provider), going, "a code", back=BACK) == Proved("s-1", "somebody@example.org", False, None)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of another visit"},
        {"iss": "https://elsewhere.example"},
        {"aud": "another service"},
        {"aud": ["reach-in", "another"], "azp": "another"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"sub": None},
        {"email_verified": False},
        {"email_verified": None},
        {"email": None},
        {"email": ["a@b.example"]},
    ],
    ids=str,
)
@pytest.mark.asvs("9.2.1", "9.2.3", "9.2.2", "10.5.1", "10.5.4", "10.2.2")
def test_a_token_of_which_one_part_does_not_hold_proves_nothing(provider: Provider, claims: dict[str, Any]) -> None:
    _address, going = send_there(connection(provider), back=BACK, again=False)
    provider.says(**{"nonce": going.nonce, **claims})
    with pytest.raises(NotProved):
        prove(connection(provider), going, "a code", back=BACK)


@pytest.mark.parametrize(
    "sign",
    [
        lambda claims: jwt.encode(claims, OTHER_KEY, algorithm="RS256", headers={"kid": "one"}),
        lambda claims: jwt.encode(claims, OTHER_KEY, algorithm="RS256", headers={"kid": "unknown"}),
        lambda claims: jwt.encode(claims, "", algorithm="none", headers={"kid": "one"}),
        lambda claims: jwt.encode(claims, "a secret of both that is long enough", algorithm="HS256", headers={"kid": "one"}),
        lambda _claims: "no token",
    ],
    ids=["another key", "unknown key", "no signature", "a shared secret", "no token"],
)
@pytest.mark.asvs("6.8.2", "9.1.1", "9.1.2")
def test_a_token_that_the_provider_did_not_sign_proves_nothing(provider: Provider, sign: Any) -> None:
    _address, going = send_there(connection(provider), back=BACK, again=False)
    provider.says(going.nonce)
    provider.sign = sign
    with pytest.raises(NotProved):
        prove(connection(provider), going, "a code", back=BACK)


@pytest.mark.parametrize(
    "described",
    [{"issuer": "https://elsewhere.example"}, {"token_endpoint": None}, {"authorization_endpoint": "http://elsewhere.example/authorize"}],
    ids=str,
)
@pytest.mark.asvs("10.5.3", "9.1.3")
def test_a_provider_that_describes_itself_otherwise_is_not_gone_to(provider: Provider, described: dict[str, Any]) -> None:
    provider.described = described
    with pytest.raises(NotProved):
        send_there(connection(provider), back=BACK, again=False)


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:9", "http://elsewhere.example", "file:///etc", "https://"])
@pytest.mark.asvs("16.5.2", "12.3.2")
def test_who_does_not_answer_or_not_safely_is_not_gone_to(issuer: str) -> None:
    with pytest.raises(NotProved):
        send_there(Connection(issuer, "reach-in", "x"), back=BACK, again=False)


def test_a_provider_describes_itself_once_to_many(provider: Provider) -> None:
    for _visitor in range(5):
        send_there(connection(provider), back=BACK, again=False)
    assert provider.described_itself == 1


def test_one_that_was_silent_holds_nobody_up_for_half_a_minute(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    provider.described = {"issuer": "https://elsewhere.example"}
    for _visitor in range(5):
        with pytest.raises(NotProved):
            send_there(connection(provider), back=BACK, again=False)
    assert provider.described_itself == 1
    provider.described, moment = {}, time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: moment + 31)
    send_there(connection(provider), back=BACK, again=False)
    assert provider.described_itself == 2


# Whom it lets in


def connected(agency: Agency, issuer: str = "https://id.example") -> SignInProvider:
    with as_they(cast.hub_worker()) as moment:
        return connect_provider(agency, by=new_id(), issuer=issuer, client_id="reach-in", client_secret="of both", now=moment)


def lets_in(provider: SignInProvider, email: str, subject: str = "s-1") -> Account | None:
    with as_they(cast.hub_worker()) as moment:
        return account_by(provider, Proved(subject, email, True, None), now=moment)


def test_a_subject_and_address_let_in_the_account_of_that_agency(db: None) -> None:
    provider, who = connected(cast.school()), cast.teacher()
    assert lets_in(provider, who.email.upper()) == who
    assert ProviderSubject.objects.get().account_id == who.id
    assert lets_in(provider, who.email) == who


@pytest.mark.asvs("6.8.1")
def test_it_never_makes_an_account_nor_opens_one_of_another_agency(db: None) -> None:
    provider, before = connected(cast.school()), Account.objects.count()
    assert lets_in(provider, "nobody@portlennan-primary.example") is None
    assert lets_in(provider, cast.hub_worker().email) is None
    assert lets_in(provider, cast.support_worker().email) is None
    assert Account.objects.count() == before + 1, "the support worker whom the test itself made"
    assert not ProviderSubject.objects.exists()


@pytest.mark.asvs("10.5.2", "6.8.1")
def test_from_then_on_both_must_fit(db: None) -> None:
    provider, who, colleague = connected(cast.school()), cast.teacher(), cast.desk_worker()
    lets_in(provider, who.email, "s-1")
    assert lets_in(provider, who.email, "s-2") is None, "the address was given to somebody else"
    assert lets_in(provider, colleague.email, "s-1") is None, "the subject has another's address now"
    assert lets_in(provider, colleague.email, "s-2") == colleague


def test_ended_accounts_agencies_and_providers_let_nobody_in(db: None) -> None:
    provider, who = connected(cast.school()), cast.teacher()
    Account.objects.filter(id=who.id).update(is_active=False)
    assert lets_in(provider, who.email) is None
    Account.objects.filter(id=who.id).update(is_active=True)
    SignInProvider.objects.update(ended_at=provider.connected_at, ended_by=who.id)
    provider.refresh_from_db()
    assert lets_in(provider, who.email) is None


def test_the_secret_is_sealed_and_another_issuer_binds_anew(db: None) -> None:
    provider, who = connected(cast.school()), cast.teacher()
    assert b"of both" not in bytes(provider.client_secret)
    assert connection_of(provider) == Connection("https://id.example", "reach-in", "of both")
    lets_in(provider, who.email)
    again = connected(cast.school())
    assert (again.id, ProviderSubject.objects.count()) == (provider.id, 1)
    assert connected(cast.school(), "https://new.example").id == provider.id
    assert not ProviderSubject.objects.exists()


# The command that connects one


def test_the_command_connects_a_provider_that_answers(db: None, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REACHIN_PROVIDER_SECRET", "of both")
    call_command("connect_provider", cast.school().slug, provider.issuer, "reach-in", stdout=StringIO())
    assert connection_of(SignInProvider.objects.get(agency=cast.school())) == Connection(provider.issuer, "reach-in", "of both")
    assert AuditEvent.objects.using("owner").get(event="agency.sign_in_connected").role == "connect_provider"


@pytest.mark.parametrize(
    ("slug", "issuer", "secret", "told"),
    [
        ("nowhere", "http://127.0.0.1:9", "x", "no agency"),
        ("portlennan-primary", "http://127.0.0.1:9", "", "REACHIN_PROVIDER_SECRET"),
        ("portlennan-primary", "http://127.0.0.1:9", "x", "does not answer"),
    ],
)
def test_the_command_says_what_is_missing(
    db: None, slug: str, issuer: str, secret: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.school()
    monkeypatch.setenv("REACHIN_PROVIDER_SECRET", secret)
    with pytest.raises(CommandError, match=told):
        call_command("connect_provider", slug, issuer, "reach-in")
    assert not SignInProvider.objects.exists()
