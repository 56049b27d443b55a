"""Acting at another moment: for the invented history of the demo and of tests, and for nothing else."""

from datetime import timedelta
from typing import Any

import pytest

from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.context import NoOtherTime, acting
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.clock import now
from reachin.groundwork.ids import new_id
from reachin.groundwork.permissions.enums import Role
from tests import cast

LONG_AGO = cast.moment(2026, 3, 4, 10, 30)


def test_the_whole_transaction_carries_the_moment(db: None) -> None:
    subject = new_id()
    with acting(cast.hub_worker().actor(), at=LONG_AGO) as given:
        assert given == now() == LONG_AGO
        record("request.read_aloud", subject_kind="request", subject_id=subject)
    with acting(cast.account(Role.INFORMATION_GUARDIAN, cast.hub()).actor()):
        assert AuditEvent.objects.get(subject_id=subject).happened_at == LONG_AGO


def test_afterwards_it_is_the_present_again(db: None) -> None:
    with acting(cast.hub_worker().actor(), at=LONG_AGO):
        pass
    assert now() > LONG_AGO + timedelta(days=1)
    with acting(cast.hub_worker().actor()) as given:
        assert given > LONG_AGO + timedelta(days=1)


def test_in_production_there_is_only_the_present(db: None, settings: Any) -> None:
    settings.MODE = "production"
    with pytest.raises(NoOtherTime), acting(cast.hub_worker().actor(), at=LONG_AGO):
        pytest.fail("it let somebody act in the past")


def test_what_is_still_to_come_has_no_history(db: None) -> None:
    with pytest.raises(NoOtherTime), acting(cast.hub_worker().actor(), at=now() + timedelta(hours=1)):
        pytest.fail("it let somebody act in the future")
