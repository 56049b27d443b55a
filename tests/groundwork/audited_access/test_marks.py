"""What a page's mark makes of it: who may come, what is opened and traced, and that a GET writes nothing else."""

from uuid import uuid4

import pytest
from django.db.utils import InternalError
from django.test import Client, override_settings
from django.urls import include, path

from reachin.groundwork.audited_access.models import AuditEvent, DatabaseMark
from reachin.groundwork.clock import now
from reachin.groundwork.permissions.enums import Role
from reachin.urls import urlpatterns as of_the_product
from tests import cast
from workshop.servers import Connection

urlpatterns = [path("marked/", include("tests.groundwork.audited_access.marked_pages")), *of_the_product]
pytestmark = pytest.mark.usefixtures("marked_pages")


@pytest.fixture
def marked_pages(db: None) -> object:
    with override_settings(ROOT_URLCONF=__name__):
        yield


def traces(admin: Connection) -> int:
    row = admin.execute("select count(*) from reachin.opening").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.asvs("8.2.1")
def test_a_page_without_a_mark_is_not_served() -> None:
    assert Client().get("/marked/unmarked/").status_code == 404


def test_a_visitor_acts_as_a_visitor_and_a_bearer_as_the_family() -> None:
    assert Client().get("/marked/anybody/").content == b"visitor"
    assert cast.came_in(cast.family_request()).get("/marked/anybody/").content == b"family"


@pytest.mark.parametrize("method", ["get", "head"])
def test_reading_a_page_cannot_write_even_when_its_code_tries(method: str) -> None:
    with pytest.raises(InternalError, match="read-only"):
        getattr(Client(), method)("/marked/writes/")
    assert AuditEvent.objects.using("owner").count() == 0


def test_posting_writes() -> None:
    assert Client().post("/marked/writes/").status_code == 200
    assert AuditEvent.objects.using("owner").filter(event="thing.done", actor_kind="visitor").count() == 1


def test_a_demo_page_is_missing_unless_the_database_says_that_it_is_a_demo(settings: object) -> None:
    assert Client().get("/marked/demo/").status_code == 404
    settings.MODE = "demo"  # type: ignore[attr-defined]
    assert Client().get("/marked/demo/").status_code == 404
    DatabaseMark.objects.using("owner").create(name="demo", marked_at=now())
    assert Client().get("/marked/demo/").status_code == 200
    settings.MODE = "production"  # type: ignore[attr-defined]
    assert Client().get("/marked/demo/").status_code == 404


def test_whoever_is_not_signed_in_is_led_to_where_they_can_come_in() -> None:
    assert Client().get("/marked/staff/").headers["Location"].startswith("/work/")
    assert Client().get("/marked/family/").status_code == 302
    assert cast.came_in(cast.family_request()).get("/marked/staff/").status_code == 302
    assert cast.signed_in(cast.hub_worker()).get("/marked/family/").status_code == 302


def test_staff_act_by_their_role_and_a_closed_account_no_longer() -> None:
    worker = cast.hub_worker()
    browser = cast.signed_in(worker)
    assert browser.get("/marked/staff/").content == b"hub_worker"
    worker.is_active = False
    worker.save()
    assert browser.get("/marked/staff/").status_code == 302


@pytest.mark.asvs("8.3.2")
def test_when_their_agency_closes_staff_are_out_at_once() -> None:
    worker = cast.hub_worker()
    browser = cast.signed_in(worker)
    worker.agency.closed_at, worker.agency.closed_by = now(), worker.id
    worker.agency.save()
    assert browser.get("/marked/staff/").status_code == 302


@pytest.mark.asvs("16.3.2")
def test_a_record_page_traces_its_opening_and_shows_what_was_told(admin: Connection) -> None:
    told = cast.family_request()
    browser = cast.signed_in(cast.hub_worker())
    for visits in (1, 2, 3):
        assert browser.get(f"/marked/opens/{told.id}/").content == b"1 told"
        assert traces(admin) == visits


@pytest.mark.asvs("16.5.3")
def test_the_trace_stays_when_the_page_fails_and_nothing_else_does(admin: Connection) -> None:
    told = cast.family_request()
    before = AuditEvent.objects.using("owner").count()
    with pytest.raises(ZeroDivisionError):
        cast.signed_in(cast.hub_worker()).post(f"/marked/fails/{told.id}/")
    assert traces(admin) == 1
    assert AuditEvent.objects.using("owner").count() == before


@pytest.mark.asvs("8.2.2")
def test_foreign_missing_and_forbidden_are_the_same_404_and_leave_no_trace(admin: Connection) -> None:
    told = cast.family_request()
    stranger, worker = cast.signed_in(cast.account(Role.HUB_WORKER, cast.other_charity(), "Ina Moss")), cast.signed_in(cast.hub_worker())
    answers = [
        stranger.get(f"/marked/opens/{told.id}/"),
        worker.get(f"/marked/opens/{uuid4()}/"),
        cast.signed_in(cast.teacher()).get(f"/marked/opens/{told.id}/"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert traces(admin) == 0


def test_a_family_page_opens_the_bearers_own_request_and_no_other(admin: Connection) -> None:
    told, other = cast.family_request(), cast.family_request()
    assert cast.came_in(told).get("/marked/family/").content == b"1 told"
    rows = admin.execute("select subject_id, scope_id, actor_kind from reachin.opening").fetchall()
    assert rows == [(told.id, told.id, "family")]
    assert other.id not in rows[0]


def test_a_page_with_its_own_context_has_none_given() -> None:
    assert Client().get("/marked/own/").content == b"own"
