"""An agreement carries a share only while it is in force, between both, and no further than it says."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError

from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.information_sharing.actions import CannotBeDecided, decide_sharing, end_agreement, end_entry, record_agreement
from reachin.families.information_sharing.enums import Basis, Category, Decision, Informed, Purpose
from reachin.families.information_sharing.models import CircleEntry, SharingAgreement, SharingDecision
from reachin.families.information_sharing.rules import SevenThings, beyond_agreement
from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.ids import new_id
from reachin.groundwork.permissions.enums import Role
from tests import cast

SEVEN = SevenThings(
    decision=Decision.SHARE,
    purpose=Purpose.SUPPORT,
    categories=(Category.CONTACT,),
    why="Sleep.",
    views="Rowan asked.",
    necessity="A name.",
    informed=Informed.AGREED,
    basis=Basis.CONSENT,
)


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def unsaved(**told: Any) -> SharingAgreement:
    said = {"name": "x", "purpose": "support", "categories": ["contact", "story"], "basis": "consent", "why": "y", "necessity": "z"}
    return SharingAgreement(**{**said, "schedule": "s", **told})


@pytest.mark.parametrize(
    ("things", "beyond"),
    [
        (SEVEN, set()),
        (replace(SEVEN, categories=(Category.CONTACT, Category.STORY)), set()),
        (replace(SEVEN, categories=(Category.CONTACT, Category.PLAN)), {"categories"}),
        (replace(SEVEN, purpose=Purpose.PROTECTION), {"purpose"}),
        (replace(SEVEN, basis=Basis.PUBLIC_TASK), {"basis"}),
        (
            replace(SEVEN, basis=Basis.PUBLIC_TASK, purpose=Purpose.PROTECTION, categories=(Category.HEALTH,)),
            {"basis", "purpose", "categories"},
        ),
        (replace(SEVEN, decision=Decision.NOT_SHARE, purpose=Purpose.PROTECTION), set()),
    ],
)
def test_what_goes_beyond_an_agreement(things: SevenThings, beyond: set[str]) -> None:
    assert set(beyond_agreement(things, unsaved())) == beyond


def somebody() -> tuple[RequestForAssistance, UUID]:
    made = cast.family_request(people=None)
    return made, owned(RequestPerson).select_related("alias").get(request_for_assistance=made).alias.person_id


def recorded(*, first: int = -5, last: int = 50, party: Any = None) -> SharingAgreement:
    keeper = cast.account(Role.INFORMATION_GUARDIAN, cast.hub())
    with acting(keeper.actor()) as now:
        made = unsaved(starts_on=now.date() + timedelta(days=first), expires_on=now.date() + timedelta(days=last))
        return record_agreement(made, parties=[party or cast.charity()], by=keeper, now=now)


def decide(made: RequestForAssistance, person: UUID, things: SevenThings = SEVEN, **more: Any) -> SharingDecision:
    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        return decide_sharing(person, cast.charity(), things, by=worker, now=now, **more)


def test_it_is_kept_with_the_decision(db: None) -> None:
    made, person = somebody()
    carries = recorded()
    decide(made, person, agreement=carries)
    assert owned(SharingDecision).get().agreement_id == carries.id


@pytest.mark.parametrize(("first", "last"), [(-50, -1), (1, 50)])
def test_out_of_its_days_it_carries_nothing(db: None, first: int, last: int) -> None:
    made, person = somebody()
    with pytest.raises(CannotBeDecided) as refused:
        decide(made, person, agreement=recorded(first=first, last=last))
    assert refused.value.troubles == {"agreement": "not_in_force"}


def test_ended_or_with_somebody_else_it_carries_nothing(db: None) -> None:
    made, person = somebody()
    ended, keeper = recorded(), cast.account(Role.INFORMATION_GUARDIAN, cast.hub())
    with acting(keeper.actor()) as now:
        end_agreement(ended.id, by=keeper, now=now)
    for agreement in (ended, recorded(party=cast.school())):
        with pytest.raises(CannotBeDecided):
            decide(made, person, agreement=agreement)
    with pytest.raises(CannotBeDecided) as refused:
        decide(made, person, replace(SEVEN, categories=(Category.PLAN,)), agreement=recorded())
    assert refused.value.troubles == {"categories": "not_in_agreement"}
    assert not owned(SharingDecision).exists()


def test_one_key_makes_one_decision(db: None) -> None:
    made, person = somebody()
    key = new_id()
    assert decide(made, person, key=key).id == key
    with pytest.raises(IntegrityError):
        decide(made, person, key=key)
    assert owned(SharingDecision).count() == 1
    assert owned(SharingDecision).get().words("why") == "Sleep."


def test_a_share_is_ended_by_the_agency_that_decided_it_and_by_nobody_else(db: None) -> None:
    made = cast.danger_request(people=None)
    person = owned(RequestPerson).select_related("alias").get(request_for_assistance=made).alias.person_id
    decide(made, person)
    entry = owned(CircleEntry).get(agency=cast.charity())
    with pytest.raises(CircleEntry.DoesNotExist), cast.opened(cast.duty_worker(), made) as now:
        end_entry(entry.id, by=cast.duty_worker(), now=now)
    with pytest.raises(PermissionDenied), cast.opened(cast.hub_worker(), made) as now:
        end_entry(entry.id, by=cast.desk_worker(), now=now)
    with cast.opened(cast.hub_worker(), made) as now:
        assert end_entry(entry.id, by=cast.hub_worker(), now=now).ended_by == cast.hub_worker().id
