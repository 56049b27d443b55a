"""Where somebody is signed in, and ending it."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from reachin.groundwork.ids import new_id
from reachin.interfaces.practitioner import signing_in_visits
from reachin.partnership.accounts.models import Account, StaffSession
from tests import cast

from .pages import NOT_FOUND, go, location, post, words

pytestmark = pytest.mark.usefixtures("db")


def comes_in(who: Account, agent: str = "Firefox/1 Linux") -> Client:
    client = Client(headers={"user-agent": agent})
    post(client, "sign_in", data={"email": who.email, "password": cast.PASSWORD})
    assert go(client, "start").status_code == 200
    return client


@pytest.mark.asvs("7.5.2")
def test_somebody_sees_their_own_sessions_and_nobody_elses() -> None:
    here = comes_in(cast.teacher())
    comes_in(cast.teacher(), "Chrome/1 Android")
    comes_in(cast.hub_worker(), "Safari/1 iPad")
    page = words(go(here, "sessions"))
    assert "Firefox, Linux Here" in page
    assert "Chrome, Android Since" in page
    assert "iPad" not in page
    assert "127.0.0.1" not in page


@pytest.mark.asvs("7.5.2", "7.4.1")
def test_one_is_ended_and_is_out_with_its_next_request() -> None:
    here, there = comes_in(cast.teacher()), comes_in(cast.teacher())
    listed = StaffSession.objects.get(key=there.session.session_key)
    assert location(post(here, "end_session", listed.id)) == "/work/sessions/?done=ended"
    assert go(there, "start").status_code == 302
    assert go(here, "start").status_code == 200


@pytest.mark.asvs("7.5.2", "7.4.3")
def test_all_others_end_listed_or_not() -> None:
    who = cast.teacher()
    here, there, unlisted = comes_in(who), comes_in(who), cast.signed_in(who)
    colleague = comes_in(cast.hub_worker())
    assert location(post(here, "end_other_sessions")) == "/work/sessions/?done=others"
    assert [go(client, "start").status_code for client in (here, there, unlisted, colleague)] == [200, 302, 302, 200]
    assert "You are signed out everywhere else" in words(here.get("/work/sessions/?done=others"))


def test_anothers_session_is_as_if_it_were_not_there() -> None:
    comes_in(cast.hub_worker())
    here = comes_in(cast.teacher())
    foreign = post(here, "end_session", StaffSession.objects.exclude(key=here.session.session_key).get().id)
    missing = post(here, "end_session", new_id())
    assert foreign.status_code == missing.status_code == NOT_FOUND
    assert foreign.content == missing.content
    assert StaffSession.objects.count() == 2


def test_this_one_is_ended_by_signing_out_and_is_no_longer_listed() -> None:
    here = comes_in(cast.teacher())
    own = StaffSession.objects.get()
    post(here, "end_session", own.id)
    assert go(here, "start").status_code == 200
    post(here, "sign_out")
    assert not StaffSession.objects.exists()


def test_a_use_is_kept_to_the_hour_by_one_statement_an_hour(time_is: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch) -> None:
    time_is(cast.moment(2026, 11, 19, 9, 50))
    here = comes_in(cast.teacher())
    time_is(cast.moment(2026, 11, 19, 11, 40))
    go(here, "start")
    assert StaffSession.objects.get().last_used_at == cast.moment(2026, 11, 19, 9), "this process keeps it once an hour"
    monkeypatch.setattr(signing_in_visits, "_noted", {(0, "of an earlier hour")})
    go(here, "start")
    assert StaffSession.objects.get().last_used_at == cast.moment(2026, 11, 19, 11)
    assert len(signing_in_visits._noted) == 1


def test_no_session_is_listed_for_whoever_came_by_another_way_than_signing_in() -> None:
    assert "No session is listed" in words(go(cast.signed_in(cast.teacher()), "sessions"))
