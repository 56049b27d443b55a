"""Ending an account or an agency: within one request nothing of theirs works, on whatever address they are."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.test import Client

from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.ids import new_id
from reachin.groundwork.one_time_links.actions import make_link, use_link
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts import actions, factors
from reachin.partnership.accounts.models import Account, SignInProvider, StaffSession
from reachin.partnership.accounts.passkeys import NotVerified
from reachin.partnership.agencies.models import Agency
from tests import cast

from .proving import CHALLENGE, HERE, Device, as_they, give_app, give_codes, give_passkey, shown_by_app

pytestmark = pytest.mark.usefixtures("db")
PHRASE = "three slow herons"
ADDRESSES = ("/work/", "/work/inbox/", "/work/requests/", "/work/requests/new/", "/work/key-in/", "/work/sessions/", "/work/security/")


def guardian(at: Agency) -> Account:
    return cast.account(Role.INFORMATION_GUARDIAN, at, f"Guardian of {at.slug}")


def administrator() -> Account:
    return cast.account(Role.ADMINISTRATOR, cast.hub())


def comes_in(who: Account) -> Client:
    """Signs in by the form, so that the session is listed."""
    client = Client()
    assert client.post("/work/sign-in/", {"email": who.email, "password": cast.PASSWORD}).headers["Location"] == "/work/"
    return client


def is_out(client: Client) -> bool:
    answers = [ask(address) for address in ADDRESSES for ask in (client.get, client.post)]
    return all(answer.status_code == 302 and answer.headers["Location"].startswith("/work/sign-in/?next=") for answer in answers)


def end(who: Account, by: Account) -> Account:
    with as_they(by) as moment:
        return actions.end_account(who, by=by, now=moment)


def reopen(who: Account, by: Account) -> Account:
    with as_they(by) as moment:
        return actions.reopen_account(who, by=by, now=moment)


def end_agency(agency: Agency, by: Account) -> Agency:
    with as_they(by) as moment:
        return actions.end_agency(agency, by=by, now=moment)


def told(event: str) -> int:
    return AuditEvent.objects.using("owner").filter(event=event).count()


@pytest.mark.asvs("7.4.2")
def test_an_ended_account_is_out_on_every_address_with_its_next_request() -> None:
    who, keeper = cast.teacher(), guardian(cast.school())
    listed, unlisted = comes_in(who), cast.signed_in(who)
    assert listed.get("/work/inbox/").status_code == unlisted.get("/work/requests/").status_code == 200
    ended = end(who, keeper)
    assert is_out(listed)
    assert is_out(unlisted)
    assert (ended.is_active, ended.ended_by) == (False, keeper.id)
    assert not StaffSession.objects.filter(account=who).exists()
    assert told("account.ended") == 1


def test_nothing_lets_an_ended_account_in() -> None:
    who, device = cast.teacher(), Device()
    give_app(who)
    give_passkey(who, device)
    codes, half_way = give_codes(who), Client()
    form = {"email": who.email, "password": cast.PASSWORD}
    assert half_way.post("/work/sign-in/", form).headers["Location"] == "/work/sign-in/second/"
    end(who, guardian(cast.school()))
    for code in (shown_by_app(who), codes[0]):
        assert half_way.post("/work/sign-in/second/", {"code": code}).headers["Location"] == "/work/sign-in/"
    assert Client().post("/work/sign-in/", form).status_code == 422
    with as_they(who) as moment, pytest.raises(NotVerified):
        factors.use_passkey(device.shows(CHALLENGE), challenge=CHALLENGE, here=HERE, now=moment)


def test_a_reopened_account_signs_in_anew_and_no_earlier_session_comes_back() -> None:
    who, keeper = cast.teacher(), guardian(cast.school())
    listed, unlisted = comes_in(who), cast.signed_in(who)
    end(who, keeper)
    reopened = reopen(who, keeper)
    assert (reopened.is_active, reopened.ended_at, reopened.ended_by) == (True, None, None)
    assert is_out(listed)
    assert is_out(unlisted)
    assert comes_in(who).get("/work/").status_code == 200
    assert told("account.reopened") == 1


def test_half_a_sign_in_of_before_leads_nowhere_after_reopening() -> None:
    who, keeper, half_way = cast.teacher(), guardian(cast.school()), Client()
    give_app(who)
    half_way.post("/work/sign-in/", {"email": who.email, "password": cast.PASSWORD})
    end(who, keeper)
    reopen(who, keeper)
    assert half_way.post("/work/sign-in/second/", {"code": shown_by_app(who)}).headers["Location"] == "/work/sign-in/"


@pytest.mark.asvs("7.4.5")
def test_an_ended_agency_is_out_with_everybody_in_it_and_nobody_else() -> None:
    keeper = guardian(cast.school())
    of_school = [comes_in(cast.teacher()), cast.signed_in(cast.desk_worker()), comes_in(keeper)]
    elsewhere = comes_in(cast.support_worker())
    SignInProvider.objects.create(
        agency=cast.school(),
        issuer="https://id.example",
        client_id="x",
        client_secret=b"x",
        connected_at=cast.moment(2026, 1, 1),
        connected_by=keeper.id,
    )
    ended = end_agency(cast.school(), keeper)
    assert all(map(is_out, of_school))
    assert elsewhere.get("/work/inbox/").status_code == 200
    assert (ended.closed_by, SignInProvider.objects.get().ended_by) == (keeper.id, keeper.id)
    assert Client().post("/work/sign-in/", {"email": cast.teacher().email, "password": cast.PASSWORD}).status_code == 422
    assert (told("agency.ended"), told("account.sessions_ended")) == (1, 3)


@pytest.mark.asvs("7.4.5", "7.4.1")
def test_the_sessions_themselves_are_gone_not_only_refused() -> None:
    who = cast.teacher()
    comes_in(who)
    assert Session.objects.count() == 1
    end(who, administrator())
    assert Session.objects.count() == 0


@pytest.mark.parametrize("belongs_to", ["account", "agency", "account of the agency"])
def test_one_time_links_end_with_the_account_or_the_agency(belongs_to: str) -> None:
    who, keeper = cast.teacher(), guardian(cast.school())
    account_id, agency_id = (None, who.agency_id) if belongs_to == "agency" else (who.id, None)
    lasts = timedelta(hours=1)
    with as_they(who) as moment:
        _link, token = make_link(
            "page.open", new_id(), by=who.id, phrase=PHRASE, lasts=lasts, account_id=account_id, agency_id=agency_id, now=moment
        )
        _other, others = make_link("page.open", new_id(), by=who.id, phrase=PHRASE, lasts=lasts, now=moment)
    if belongs_to == "account":
        end(who, keeper)
    else:
        end_agency(cast.school(), keeper)
    used = [use_link(one, purpose="page.open", phrase=PHRASE, network="203.0.113.0/24") for one in (token, others)]
    assert [one.subject_id is not None for one in used] == [False, True]


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.INFORMATION_GUARDIAN, Role.ADMINISTRATOR)])
def test_no_other_role_ends_anybody(role: Role) -> None:
    by = cast.account(role, cast.school(), "Somebody at school")
    for act in (lambda: end(cast.teacher(), by), lambda: reopen(cast.teacher(), by), lambda: end_agency(cast.school(), by)):
        with pytest.raises(PermissionDenied):
            act()


def test_a_guardian_reaches_their_own_agency_only_and_an_administrator_every_one() -> None:
    elsewhere = guardian(cast.charity())
    for act in (lambda: end(cast.teacher(), elsewhere), lambda: end_agency(cast.school(), elsewhere)):
        with pytest.raises(PermissionDenied):
            act()
    assert not end(cast.teacher(), administrator()).is_active
    assert end_agency(cast.school(), administrator()).closed_at is not None


def test_nobody_ends_or_reopens_themselves() -> None:
    keeper = guardian(cast.school())
    with pytest.raises(PermissionDenied):
        end(keeper, keeper)
    end(keeper, administrator())
    keeper.refresh_from_db()
    with pytest.raises(PermissionDenied):
        reopen(cast.teacher(), keeper)


def test_what_is_so_already_is_not_done_again() -> None:
    keeper = guardian(cast.school())
    with pytest.raises(actions.NotSo):
        reopen(cast.teacher(), keeper)
    end(cast.teacher(), keeper)
    with pytest.raises(actions.NotSo):
        end(cast.teacher(), keeper)
    end_agency(cast.school(), administrator())
    with pytest.raises(actions.NotSo):
        end_agency(cast.school(), administrator())


def test_whoever_lost_their_device_and_codes_is_helped_by_their_guardian() -> None:
    who, device = cast.teacher(), Device()
    give_app(who)
    give_passkey(who, device)
    give_codes(who)
    there = cast.signed_in(who)
    for by in (who, guardian(cast.charity()), cast.desk_worker()):
        with pytest.raises(PermissionDenied), as_they(by) as moment:
            actions.forget_factors(who, by=by, now=moment)
    with as_they(guardian(cast.school())) as moment:
        actions.forget_factors(who, by=guardian(cast.school()), now=moment)
    assert is_out(there)
    assert not factors.has_factor(who)
    assert factors.codes_left(who) == 0
    assert comes_in(who).get("/work/").status_code == 200
    assert told("account.factors_forgotten") == 1


@pytest.mark.asvs("7.4.3")
def test_a_new_password_ends_the_other_sessions_and_is_ones_own() -> None:
    who = cast.teacher()
    here, there = comes_in(who), comes_in(who)
    with as_they(who) as moment:
        changed = actions.change_password(who, "a lantern for the long pier", by=who, key=str(here.session.session_key), now=moment)
        with pytest.raises(PermissionDenied):
            actions.change_password(cast.desk_worker(), "x", by=who, key="", now=moment)
    assert changed.check_password("a lantern for the long pier")
    assert is_out(there)
    assert list(StaffSession.objects.values_list("key", flat=True)) == [here.session.session_key]
