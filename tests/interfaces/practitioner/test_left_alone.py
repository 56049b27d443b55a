"""A screen that was left alone asks who is there, and what was typed is not lost."""

import re
import time
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reachin.access.requests_for_assistance.models import DraftRequest
from reachin.groundwork.ids import new_id
from reachin.interfaces.practitioner.signing_in_visits import FRESH_AT, USED_AT
from reachin.partnership.accounts.models import Account
from reachin.partnership.accounts.rules import LEFT_ALONE_AFTER
from tests import cast
from tests.access_matrix import MATRIX
from tests.architecture.test_access_matrix import FOUND
from tests.partnership.accounts.proving import give_app, shown_by_app

from .pages import go, location, post, words

pytestmark = pytest.mark.usefixtures("db")
SERVED_ALL_THE_SAME = {"practitioner:again"}
OF_STAFF = sorted(name for name, row in MATRIX.items() if row.audience == "staff")


def left_alone(client: Client, *, seconds: float = LEFT_ALONE_AFTER.total_seconds() + 1) -> Client:
    session = client.session
    session[USED_AT] = time.time() - seconds
    session[FRESH_AT] = time.time() - seconds
    session.save()
    return client


def proves(client: Client, who: Account, **code: str) -> Any:
    return post(client, "again", data={"password": cast.PASSWORD, "next": "/work/requests/", **code})


@pytest.mark.parametrize("name", OF_STAFF)
@pytest.mark.asvs("7.3.1")
def test_v7_3_1_no_page_of_the_staff_is_served_to_a_screen_that_was_left_alone(name: str) -> None:
    client = left_alone(cast.signed_in(cast.hub_worker()))
    address = reverse(name, kwargs={word: "story" if word in ("slug", "section") else new_id() for word in FOUND[name].pattern.converters})
    seen, sent = client.get(address), client.post(address)
    asks = seen.status_code == 302 and seen.headers["Location"].startswith("/work/sign-in/again/?next=")
    assert asks is (name not in SERVED_ALL_THE_SAME), seen.status_code
    assert (sent.status_code == 403) is (name not in SERVED_ALL_THE_SAME), sent.status_code


@pytest.mark.asvs("7.3.1")
def test_v7_3_1_whoever_goes_on_using_it_is_not_asked() -> None:
    client = cast.signed_in(cast.hub_worker())
    for _ in range(3):
        left_alone(client, seconds=LEFT_ALONE_AFTER.total_seconds() - 60)
        assert go(client, "start").status_code == 200
        assert time.time() - client.session[USED_AT] < 60
    kept = client.session[USED_AT]
    assert go(client, "start").status_code == 200
    assert client.session[USED_AT] == kept, "not every page writes into the session"


@pytest.mark.asvs("7.3.1")
def test_v7_3_1_signing_in_begins_the_time() -> None:
    who, client = cast.hub_worker(), Client()
    post(client, "sign_in", data={"email": who.email, "password": cast.PASSWORD})
    assert time.time() - client.session[USED_AT] < 60


@pytest.mark.asvs("7.3.1")
def test_v7_3_1_all_factors_are_asked_for_and_then_it_goes_on() -> None:
    who = cast.hub_worker()
    give_app(who)
    client = left_alone(cast.signed_in(who))
    assert "Nobody has used this screen" in words(client.get(location(go(client, "start"))))
    assert proves(client, who, code="000000").status_code == 422
    assert location(go(client, "start")).startswith("/work/sign-in/again/")
    assert location(proves(client, who, code=shown_by_app(who))) == "/work/requests/"
    assert go(client, "start").status_code == 200


def test_what_was_typed_is_sent_once_it_is_they_and_not_before() -> None:
    who = cast.teacher()
    client = left_alone(cast.signed_in(who))
    where, typed = reverse("practitioner:new"), {"channel": "agency", "draft": str(new_id()), "more": "Ailsa & <Tam>\nsaid “no”"}
    answer = client.post(where, {**typed, "password": "never this"})
    page = answer.content.decode()
    assert "Nothing that you typed is lost" in page
    assert "never this" not in page
    assert not DraftRequest.objects.using("owner").exists()
    kept = {name: unescape(word) for name, word in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)}
    assert {name: kept[name] for name in typed} == typed
    proves(client, who)
    assert client.post(where, {name: kept[name] for name in typed}).status_code == 302
    assert DraftRequest.objects.using("owner").count() == 1


def test_signing_out_and_families_pages_do_not_ask() -> None:
    client = left_alone(cast.signed_in(cast.hub_worker()))
    assert client.get(reverse("public:start")).status_code == 200
    assert location(post(client, "sign_out")) == "/work/sign-in/"
