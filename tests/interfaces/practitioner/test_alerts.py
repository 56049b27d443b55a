from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reachin.access.requests_for_assistance.models import DangerAlert
from reachin.groundwork.ids import new_id
from reachin.groundwork.permissions.enums import Role
from tests import cast

from .pages import CHANGED, NOT_FOUND, at_once, go, location, post, queries_of, words


def ailsa() -> Client:
    return cast.signed_in(cast.duty_worker())


def second() -> Client:
    return cast.signed_in(cast.account(Role.DUTY_WORKER, cast.social_work(), "Bruce Hay"))


def the_alert() -> DangerAlert:
    return DangerAlert.objects.using("owner").select_related("taken_by").get()


def test_open_alerts_stand_there_with_when_they_were_raised(db: None) -> None:
    cast.danger_request(your_name="Morag")
    cast.family_request(your_name="Calm")
    page = words(go(ailsa(), "alerts"))
    assert "Morag, Tam" in page
    assert "0 minutes ago" in page
    assert "Calm" not in page
    assert "The desk is staffed Monday to Friday" in page


def test_the_duty_worker_reads_everything_that_was_told(db: None, admin: Any) -> None:
    told = cast.danger_request(must_not_know="Her uncle Gregor", story="He hits us.")
    page = words(go(ailsa(), "alert", told.id))
    for words_of_the_family in ("He hits us.", "Her uncle Gregor", "07700 900123", "PA34 4AA", "Tam, child, 6 years old"):
        assert words_of_the_family in page
    traces = admin.execute("select purpose, user_id from reachin.opening where subject_id = %s", [told.id]).fetchall()
    assert traces == [("protection", cast.duty_worker().id)]


def test_taking_it_on_is_kept_and_again_changes_nothing(db: None) -> None:
    told, client = cast.danger_request(), ailsa()
    for _ in range(2):
        assert location(post(client, "take_alert", the_alert().id)) == f"/work/alerts/{told.id}/?done=taken-on"
    taken = the_alert()
    assert taken.taken_by == cast.duty_worker()
    assert "You took it on" in words(go(client, "alert", told.id))
    page = words(go(client, "alerts"))
    assert "No alert is waiting" in page
    assert "Ailsa Brock" in page


def test_the_first_one_wins_and_the_second_is_told(db: None) -> None:
    cast.danger_request()
    post(ailsa(), "take_alert", the_alert().id)
    told = post(second(), "take_alert", the_alert().id)
    assert told.status_code == CHANGED
    assert "Ailsa Brock took this alert on" in words(told)
    assert the_alert().taken_by == cast.duty_worker()


def test_of_many_at_once_one_wins(db: None) -> None:
    cast.danger_request()
    address = reverse("practitioner:take_alert", args=[the_alert().id])
    statuses = at_once([ailsa(), second()] * 6, address, {})
    assert statuses.count(302) == 6
    assert statuses.count(CHANGED) == 6


@pytest.mark.parametrize("who", [cast.hub_worker, cast.teacher, cast.support_worker, cast.desk_worker])
def test_it_is_for_duty_workers(db: None, who: Any) -> None:
    told, client = cast.danger_request(), cast.signed_in(who())
    assert go(client, "alerts").status_code == NOT_FOUND
    assert go(client, "alert", told.id).status_code == NOT_FOUND
    assert post(client, "take_alert", the_alert().id).status_code == NOT_FOUND
    assert the_alert().taken_at is None


def test_another_desk_finds_nothing(db: None) -> None:
    told = cast.danger_request()
    elsewhere = cast.signed_in(cast.account(Role.DUTY_WORKER, cast.agency("out-of-hours", has_duty_desk=False), "Elsewhere"))
    assert "No alert is waiting" in words(go(elsewhere, "alerts"))
    foreign, missing = go(elsewhere, "alert", told.id), go(elsewhere, "alert", new_id())
    assert (foreign.status_code, words(foreign)) == (NOT_FOUND, words(missing))
    assert post(elsewhere, "take_alert", the_alert().id).status_code == NOT_FOUND


def test_a_request_without_danger_is_not_opened_here(db: None) -> None:
    assert go(ailsa(), "alert", cast.family_request().id).status_code == NOT_FOUND


def test_a_desk_that_the_family_blocked_sees_nothing(db: None) -> None:
    told = cast.danger_request(your_name="Hidden", blocked_agencies=[str(cast.social_work().id)])
    assert "Hidden" not in words(go(ailsa(), "alerts"))
    assert go(ailsa(), "alert", told.id).status_code == NOT_FOUND


def test_it_takes_the_same_queries_however_many(db: None) -> None:
    client = ailsa()
    cast.danger_request()
    few = queries_of(client, "alerts")
    for _ in range(4):
        cast.danger_request()
    assert queries_of(client, "alerts") == few
