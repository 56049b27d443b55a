"""The invented sharing agreements: one that will last, and one that expires soon."""

from datetime import datetime, timedelta
from typing import Any

from reachin.families.information_sharing.actions import record_agreement
from reachin.families.information_sharing.models import SharingAgreement
from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.clock.rules import LONDON

from .partnership import Partnership, told

NOT_FIELDS = frozenset({"keeper", "parties", "began_days_ago", "expires_in_days"})


def load_agreements(partnership: Partnership, *, now: datetime) -> int:
    """Enters those of agreements.json that are not there yet, as their keeper did on the first day; gives how many."""
    return sum(_load(partnership, one, now=now) for one in told("agreements.json")["agreements"])


def _load(partnership: Partnership, one: dict[str, Any], *, now: datetime) -> bool:
    keeper, today = partnership.staff[one["keeper"]], now.astimezone(LONDON).date()
    with acting(keeper.actor(), at=now - timedelta(days=one["began_days_ago"])) as then:
        if SharingAgreement.objects.filter(name=one["name"], keeper=keeper.agency).exists():
            return False
        agreement = SharingAgreement(
            **{name: value for name, value in one.items() if name not in NOT_FIELDS},
            starts_on=then.astimezone(LONDON).date(),
            expires_on=today + timedelta(days=one["expires_in_days"]),
        )
        record_agreement(agreement, parties=[partnership.agencies[slug] for slug in one["parties"]], by=keeper, now=then)
    return True
