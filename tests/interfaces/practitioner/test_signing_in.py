from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.audited_access.models import AuditEvent, DatabaseMark
from reachin.groundwork.permissions.enums import Role
from reachin.interfaces.family.who import OWN_SCOPE
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency
from tests import cast

from .pages import WRONG, go, location, post, words


def let_in(client: Client, who: Account, password: str = cast.PASSWORD, next: str = "") -> str:  # noqa: A002 the form's own word
    return location(post(client, "sign_in", data={"email": who.email, "password": password, "next": next}))


def test_a_member_of_staff_signs_in_and_begins_where_their_role_begins(db: None) -> None:
    client = Client()
    assert let_in(client, cast.teacher()) == "/work/"
    assert "Hello, Fraser Weir" in words(go(client, "start"))


def test_a_page_that_was_wished_for_is_come_back_to(db: None) -> None:
    client = Client()
    asked_for = go(client, "inbox")
    assert location(asked_for) == "/work/sign-in/?next=/work/inbox/"
    assert let_in(client, cast.support_worker(), next="/work/inbox/") == "/work/inbox/"


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "\\\\elsewhere.example"])
def test_nobody_is_led_elsewhere(db: None, elsewhere: str) -> None:
    assert let_in(Client(), cast.teacher(), next=elsewhere) == "/work/"


def test_the_case_of_the_address_does_not_matter(db: None) -> None:
    client, who = Client(), cast.teacher()
    assert location(post(client, "sign_in", data={"email": who.email.upper(), "password": cast.PASSWORD})) == "/work/"


def test_unknown_wrong_and_ended_read_the_same(db: None) -> None:
    ended = cast.health_visitor()
    Account.objects.using("owner").filter(id=ended.id).update(is_active=False)
    gone = cast.account(Role.PRACTITIONER, cast.other_charity(), "Gone Away")
    with acting(cast.hub_worker().actor()) as now:
        Agency.objects.using("owner").filter(id=gone.agency_id).update(closed_at=now, closed_by=gone.id)
    tries = [
        {"email": "nobody@example.org", "password": cast.PASSWORD},
        {"email": cast.teacher().email, "password": "not that"},
        {"email": ended.email, "password": cast.PASSWORD},
        {"email": gone.email, "password": cast.PASSWORD},
    ]
    pages = [post(Client(), "sign_in", data=tried) for tried in tries]
    assert {page.status_code for page in pages} == {WRONG}
    told = {words(page) for page in pages}
    assert len(told) == 1
    assert "The email address or the password is not right" in told.pop()


def test_the_password_is_never_given_back(db: None) -> None:
    page = post(Client(), "sign_in", data={"email": "x@example.org", "password": "secret words"})
    assert "secret words" not in page.content.decode()
    assert "x@example.org" in page.content.decode()


def test_after_too_many_tries_there_is_a_plain_page_and_the_right_password_does_not_help(db: None) -> None:
    client, who = Client(), cast.teacher()
    statuses = [post(client, "sign_in", data={"email": who.email, "password": f"wrong {n}"}).status_code for n in range(8)]
    assert statuses[-1] == 429
    locked = post(client, "sign_in", data={"email": who.email.title(), "password": cast.PASSWORD})
    assert locked.status_code == 429
    assert "Too many tries" in words(locked)
    assert go(client, "start").status_code == 302
    assert let_in(client, cast.desk_worker()) == "/work/"


def test_signing_in_begins_a_new_session_and_nothing_of_a_family_comes_along(db: None) -> None:
    client = cast.came_in(cast.family_request())
    before = client.session.session_key
    let_in(client, cast.teacher())
    assert client.session.session_key != before
    assert OWN_SCOPE not in client.session


def test_only_the_demonstration_offers_to_choose_who_to_be(db: None, settings: Any) -> None:
    assert "Choose who to be" not in words(go(Client(), "sign_in"))
    DatabaseMark.objects.using("owner").create(name="demo", marked_at=cast.moment(2026, 1, 1))
    assert "Choose who to be" not in words(go(Client(), "sign_in")), "the database alone is not enough"
    settings.MODE = "demo"
    assert "Choose who to be" in words(go(Client(), "sign_in"))


def test_signing_out_ends_the_session_and_needs_a_post(db: None) -> None:
    client = Client()
    let_in(client, cast.teacher())
    key = client.session.session_key
    assert go(client, "sign_out").status_code == 405
    assert location(post(client, "sign_out")) == "/work/sign-in/"
    assert go(client, "start").status_code == 302
    assert client.session.session_key != key
    assert post(Client(), "sign_out").status_code == 302


@pytest.mark.asvs("16.3.1")
def test_coming_and_going_are_kept_in_the_audit(db: None) -> None:
    client, who = Client(), cast.teacher()
    let_in(client, who)
    post(client, "sign_out")
    events = AuditEvent.objects.using("owner").filter(user_id=who.id).order_by("happened_at").values_list("event", flat=True)
    assert list(events) == ["account.signed_in", "account.signed_out"]


def test_who_is_signed_in_already_goes_on(db: None) -> None:
    client = cast.signed_in(cast.teacher())
    assert location(go(client, "sign_in")) == "/work/"


def test_an_account_that_is_ended_is_out_at_once(db: None) -> None:
    client, who = cast.signed_in(cast.teacher()), cast.teacher()
    assert go(client, "start").status_code == 200
    Account.objects.using("owner").filter(id=who.id).update(is_active=False)
    assert location(go(client, "start")).startswith(reverse("practitioner:sign_in"))
    assert go(client, "sign_in").status_code == 200
