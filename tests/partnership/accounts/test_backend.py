from uuid import UUID

import pytest
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import timezone

from reachin.groundwork.audited_access.sessions import SessionStore
from reachin.partnership.accounts.backend import StaffBackend
from reachin.partnership.accounts.models import Account
from tests import cast

pytestmark = pytest.mark.usefixtures("db")


def test_a_signed_in_account_comes_whole_and_with_its_agency() -> None:
    worker = cast.hub_worker()
    found = StaffBackend().get_user(str(worker.id))
    assert found is not None
    assert {field.attname: getattr(found, field.attname) for field in Account._meta.concrete_fields} == {
        field.attname: getattr(Account.objects.get(id=worker.id), field.attname) for field in Account._meta.concrete_fields
    }
    assert (found.agency, found.agency.name) == (worker.agency, worker.agency.name)
    assert not found._state.adding, "saving it changes the row that is there"


def test_whoever_is_ended_is_nobody_at_once() -> None:
    worker, teacher = cast.hub_worker(), cast.teacher()
    Account.objects.filter(id=worker.id).update(is_active=False)
    type(teacher.agency).objects.filter(id=teacher.agency_id).update(closed_at=timezone.now(), closed_by=worker.id)
    assert [StaffBackend().get_user(one) for one in (worker.id, teacher.id, UUID(int=0))] == [None, None, None]


def test_a_changed_password_ends_the_sessions_that_are_open(rf: RequestFactory) -> None:
    worker = cast.hub_worker()
    request = rf.get("/")
    request.session = cast.signed_in(worker).session
    assert get_user(request) == worker
    Account.objects.filter(id=worker.id).update(password="argon2$another")
    assert isinstance(get_user(request), AnonymousUser)


@pytest.mark.asvs("7.3.2")
def test_a_session_is_read_until_it_is_over() -> None:
    kept = SessionStore()
    kept["bearer"] = "one"
    kept.save()
    assert SessionStore(kept.session_key)["bearer"] == "one"
    kept.set_expiry(-1)
    kept.save()
    late = SessionStore(kept.session_key)
    assert (late.load(), late.session_key) == ({}, None), "over, and its key is not used again"
