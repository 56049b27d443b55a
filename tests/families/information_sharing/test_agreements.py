"""The register of agreements: kept by guardians, in force by the calendar, and filling in what a share has to say."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db.utils import ProgrammingError

from reachin.families.information_sharing.actions import CannotBeDecided, end_agreement, record_agreement
from reachin.families.information_sharing.models import SharingAgreement
from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from tests import cast

TODAY = date(2026, 11, 19)


def guardian() -> Account:
    return cast.account(Role.INFORMATION_GUARDIAN, cast.hub(), "Una Gow")


def agreement(**terms: Any) -> SharingAgreement:
    told = {
        "name": "Family support with Harbour Families",
        "purpose": "support",
        "categories": ["contact", "story"],
        "basis": "consent",
        "why": "So that families get help early.",
        "necessity": "A name, how to be in touch, and what it is about.",
        "schedule": "With each referral, and never more.",
        "starts_on": TODAY,
        "expires_on": TODAY + timedelta(days=365),
    }
    return SharingAgreement(**(told | terms))


def recorded(by: Account | None = None, **terms: Any) -> SharingAgreement:
    who = by or guardian()
    with acting(who.actor()) as now:
        return record_agreement(agreement(**terms), parties=[cast.charity(), who.agency], by=who, now=now)


def test_an_agreement_has_parties_and_its_keeper_is_one_of_them(db: None) -> None:
    made = recorded()
    assert set(SharingAgreement.objects.using("owner").get().parties.all()) == {cast.hub(), cast.charity()}
    assert AuditEvent.objects.using("owner").get(event="agreement.recorded").subject_id == made.id


@pytest.mark.parametrize(("day", "counts"), [(-1, False), (0, True), (365, True), (366, False)])
def test_it_counts_by_the_calendar(db: None, day: int, counts: bool) -> None:
    recorded()
    school, worker = cast.school(), cast.hub_worker()
    with acting(worker.actor(), read_only=True):
        found = SharingAgreement.objects.in_force(TODAY + timedelta(days=day)).between(worker.agency_id, cast.charity().id)
        assert found.exists() is counts
        assert not SharingAgreement.objects.in_force(TODAY).between(worker.agency_id, school.id).exists()


def test_ended_it_counts_no_more_and_twice_is_once(db: None) -> None:
    made, who = recorded(), guardian()
    for _ in range(2):
        with acting(who.actor()) as now:
            end_agreement(made.id, by=who, now=now)
    with acting(cast.hub_worker().actor(), read_only=True):
        assert not SharingAgreement.objects.in_force(TODAY).exists()
    assert AuditEvent.objects.using("owner").filter(event="agreement.ended").count() == 1


def test_what_could_not_carry_a_share_is_not_recorded(db: None) -> None:
    with pytest.raises(CannotBeDecided):
        recorded(categories=["safety"])
    assert not SharingAgreement.objects.using("owner").exists()


def test_only_a_guardian_of_the_keeper_records_and_ends(db: None) -> None:
    made = recorded()
    for worker in (cast.hub_worker(), cast.support_worker()):
        with pytest.raises(PermissionDenied):
            recorded(by=worker)
        with pytest.raises(PermissionDenied), acting(worker.actor()) as now:
            end_agreement(made.id, by=worker, now=now)
    other = cast.account(Role.INFORMATION_GUARDIAN, cast.charity())
    with pytest.raises(SharingAgreement.DoesNotExist), acting(other.actor()) as now:
        end_agreement(made.id, by=other, now=now)


def test_the_database_lets_nobody_keep_an_agreement_for_another_agency(db: None) -> None:
    who = guardian()
    for actor in (cast.hub_worker().actor(), cast.account(Role.INFORMATION_GUARDIAN, cast.charity()).actor()):
        with pytest.raises(ProgrammingError, match="row-level security"), acting(actor) as now:
            agreement(keeper=who.agency, recorded_at=now, recorded_by=actor.user).save(force_insert=True)
