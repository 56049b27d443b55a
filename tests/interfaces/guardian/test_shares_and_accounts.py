"""Shares to look at, which name nobody; and accounts and agencies that end, with the next request."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from reachin.access.requests_for_assistance.actions import move_to_door
from reachin.access.requests_for_assistance.models import RequestPerson
from reachin.families.information_sharing.actions import block, decide_sharing
from reachin.families.information_sharing.enums import Basis, Category, Decision, Informed, Purpose
from reachin.families.information_sharing.rules import SevenThings
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency
from tests import cast

from .room import guardian, owned, words

MISSING = 404


def share(agency: Agency, *, beats: bool = False, days: int | None = None) -> Any:
    made, worker = cast.family_request(people=None), cast.hub_worker()
    person = owned(RequestPerson).select_related("alias").get(request_for_assistance=made).alias.person_id
    with cast.opened(worker, made) as now:
        if beats:
            block(person, agency, by=worker.id, now=now)
        things = SevenThings(
            decision=Decision.SHARE,
            purpose=Purpose.PROTECTION if beats else Purpose.SUPPORT,
            categories=(Category.CONTACT,),
            why="Sleep.",
            views="Rowan asked.",
            necessity="A name.",
            informed=Informed.TOLD if beats else Informed.AGREED,
            basis=Basis.LEGAL_OBLIGATION if beats else Basis.CONSENT,
            beats_block=beats,
        )
        until = None if days is None else now + timedelta(days=days)
        return decide_sharing(person, agency, things, by=worker, now=now, until=until)


def moved_to(door: Agency) -> None:
    """A request that moves to another door: that door has no last day."""
    made, worker = cast.discussed_request(), cast.hub_worker()
    cast.account(Role.DUTY_WORKER, door)
    with cast.opened(worker, made) as now:
        move_to_door(made, door, by=worker, reason="They live there.", now=now)


def shares(who: Account | None = None) -> str:
    return words(cast.signed_in(who or guardian()).get(reverse("guardian:shares")))


def test_shares_without_a_last_day_past_it_and_above_a_block_stand_there(db: None, time_is: Callable[..., None]) -> None:
    share(cast.school())
    share(cast.social_work(), beats=True, days=90)
    made = share(cast.charity(), days=2)
    share(cast.other_charity(), days=30)
    moved_to(cast.health())
    told = shares()
    above, rest = told.split("Past the last day")
    assert cast.social_work().name in above
    assert "none" in rest.split("Without a last day")[0]
    time_is(made.decided_at + timedelta(days=3))
    told = shares()
    past, endless = told.split("Past the last day")[1].split("Without a last day")
    assert "Harbour Families" in past
    assert "NHS Lennan" in endless
    assert "Hill and Glen" not in told
    assert "Portlennan Primary" not in told
    assert "Rowan" not in told


def test_another_agencys_shares_are_not_there(db: None) -> None:
    share(cast.school(), beats=True)
    assert "Portlennan Primary" in shares()
    assert "To keep somebody safe" in shares()
    assert "To keep somebody safe" not in shares(guardian(cast.charity(), "Ann Lee"))


# Accounts


def post(who: Account, name: str, *args: object) -> int:
    return cast.signed_in(who).post(reverse(f"guardian:{name}", args=args)).status_code


def test_an_ended_account_is_out_with_its_next_request(db: None) -> None:
    worker = cast.hub_worker()
    browser = cast.signed_in(worker)
    assert browser.get(reverse("hub:queue")).status_code == 200
    client = cast.signed_in(guardian())
    assert worker.name in words(client.get(reverse("guardian:accounts")))
    address = reverse("guardian:account_end", args=[worker.id])
    assert "is out with their next request" in words(client.get(address))
    assert browser.get(reverse("hub:queue")).status_code == 200
    assert [client.post(address).status_code for _ in range(2)] == [302, 302]
    assert browser.get(reverse("hub:queue")).status_code == 302
    assert "The account is ended." in words(client.get(client.post(address).headers["Location"]))
    again = reverse("guardian:account_reopen", args=[worker.id])
    assert "can sign in again" in words(client.get(again))
    assert client.post(again).status_code == 302
    assert owned(Account).get(id=worker.id).is_active
    assert browser.get(reverse("hub:queue")).status_code == 302


def test_nobody_ends_their_own_or_another_agencys_account(db: None) -> None:
    who = guardian()
    for account in (who, cast.teacher()):
        assert post(who, "account_end", account.id) == MISSING
        assert owned(Account).get(id=account.id).is_active
    listed = words(cast.signed_in(who).get(reverse("guardian:accounts"), {"agency": str(cast.school().id)}))
    assert cast.teacher().name not in listed


def test_an_administrator_ends_an_account_of_any_agency(db: None) -> None:
    administrator = cast.account(Role.ADMINISTRATOR, cast.hub())
    listed = words(cast.signed_in(administrator).get(reverse("guardian:accounts"), {"agency": str(cast.teacher().agency_id)}))
    assert cast.teacher().name in listed
    assert post(administrator, "account_end", cast.teacher().id) == 302
    assert not owned(Account).get(id=cast.teacher().id).is_active


@pytest.mark.parametrize("who", [cast.hub_worker, cast.duty_worker, cast.teacher])
def test_nobody_else_ends_anything(db: None, who: Callable[[], Account]) -> None:
    assert post(who(), "account_end", cast.support_worker().id) == MISSING
    assert post(who(), "agency_end", cast.charity().id) == MISSING


def test_an_ended_agency_has_nobody_who_comes_in(db: None) -> None:
    administrator, browser = cast.account(Role.ADMINISTRATOR, cast.hub()), cast.signed_in(cast.support_worker())
    assert browser.get(reverse("practitioner:start")).status_code == 200
    assert post(guardian(), "agency_end", cast.charity().id) == MISSING
    assert "Everybody at Harbour Families is out" in words(
        cast.signed_in(administrator).get(reverse("guardian:agency_end", args=[cast.charity().id]))
    )
    assert post(administrator, "agency_end", cast.charity().id) == 302
    assert browser.get(reverse("practitioner:start")).status_code == 302
    assert post(administrator, "agency_end", cast.charity().id) == MISSING
    assert "was ended" in words(cast.signed_in(administrator).get(reverse("guardian:accounts"), {"agency": str(cast.charity().id)}))


def test_ending_asks_for_a_fresh_sign_in(db: None) -> None:
    client = cast.signed_in(guardian())
    session = client.session
    del session["fresh_at"]
    session.save()
    answer = client.post(reverse("guardian:account_end", args=[cast.hub_worker().id]))
    assert answer.headers["Location"].startswith("/work/sign-in/again/?next=")
    assert owned(Account).get(id=cast.hub_worker().id).is_active
