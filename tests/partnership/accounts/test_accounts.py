from uuid import uuid4

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.db.utils import IntegrityError
from django.http import HttpRequest
from django.test import Client

from reachin.groundwork.clock import now
from reachin.groundwork.permissions.enums import Permission, Role
from reachin.partnership.accounts.models import Account
from tests import cast


def signs_in(email: str, password: str) -> object:
    return authenticate(HttpRequest(), email=email, username=email, password=password)


def test_an_account_acts_for_its_agency_in_its_role_and_bears_no_scope(db: None) -> None:
    worker = cast.hub_worker()
    actor = worker.actor()
    assert (actor.kind, actor.user, actor.agency, actor.role, actor.scope) == ("staff", worker.id, cast.hub().id, "hub_worker", None)


def test_an_account_may_what_its_role_may_while_it_and_its_agency_work(db: None) -> None:
    worker = cast.hub_worker()
    assert worker.may(Permission.REQUEST_TRIAGE)
    assert not worker.may(Permission.DIRECTORY_IMPORT)
    worker.is_active = False
    assert not worker.may(Permission.REQUEST_TRIAGE)
    worker.is_active, worker.agency.closed_at = True, now()
    assert not worker.may(Permission.REQUEST_TRIAGE)


def test_active_accounts_are_those_that_work_at_an_agency_that_works(db: None) -> None:
    worker, other, third = cast.hub_worker(), cast.teacher(), cast.support_worker()
    other.is_active = False
    other.save()
    third.agency.closed_at, third.agency.closed_by = now(), worker.id
    third.agency.save()
    assert list(Account.objects.active()) == [worker]


@pytest.mark.parametrize("end", ["account", "agency"])
def test_a_session_ends_with_its_account_or_agency_at_once(db: None, end: str) -> None:
    worker = cast.hub_worker()
    browser = cast.signed_in(worker)
    assert browser.get("/work/").status_code == 200
    if end == "account":
        worker.is_active = False
        worker.save()
    else:
        worker.agency.closed_at, worker.agency.closed_by = now(), worker.id
        worker.agency.save()
    assert browser.get("/work/").status_code == 302


def test_a_session_that_names_no_account_is_nobodys(db: None) -> None:
    browser = Client()
    session = browser.session
    session["_auth_user_id"], session["_auth_user_backend"] = str(uuid4()), "reachin.partnership.accounts.backend.StaffBackend"
    session.save()
    browser.cookies["sessionid"] = str(session.session_key)
    assert browser.get("/work/").status_code == 302


def test_an_email_address_belongs_to_one_account_however_it_is_written(db: None) -> None:
    worker = cast.hub_worker()
    with pytest.raises(IntegrityError, match="account_email_once_in_any_case"):
        Account.objects.create(email=worker.email.upper(), name="Somebody", agency=cast.hub(), role=Role.PRACTITIONER)
    assert Account.objects.get_by_natural_key(worker.email.upper()) == worker


def test_a_role_that_is_none_is_refused(db: None) -> None:
    with pytest.raises(IntegrityError, match="account_role_known"):
        Account.objects.create(email="x@example.com", name="X", agency=cast.hub(), role="superuser")


def test_the_right_password_lets_in_and_a_wrong_one_or_an_ended_account_does_not(db: None) -> None:
    worker = cast.hub_worker()
    assert signs_in(worker.email, cast.PASSWORD) == worker
    assert signs_in(worker.email, "wrong") is None
    assert signs_in("nobody@example.com", cast.PASSWORD) is None
    worker.is_active = False
    worker.save()
    assert signs_in(worker.email, cast.PASSWORD) is None


@pytest.mark.asvs("11.4.2")
def test_passwords_are_kept_by_argon2id_with_the_memory_that_was_chosen() -> None:
    kept = make_password(cast.PASSWORD)
    assert kept.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert identify_hasher(kept).algorithm == "argon2"
    assert check_password(cast.PASSWORD, kept)


def test_a_password_without_a_hash_lets_nobody_in(db: None) -> None:
    account = Account.objects.create(email="new@example.com", name="New", agency=cast.hub(), role=Role.PRACTITIONER)
    assert signs_in("new@example.com", "") is None
    assert not account.check_password("")
