"""What tests of the guardian's room say often."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

from reachin.access.requests_for_assistance.models import RequestForAssistance
from reachin.families.information_sharing.actions import look_first, record_agreement
from reachin.families.information_sharing.enums import Basis, Category, Purpose
from reachin.families.information_sharing.models import EmergencyAccess, SharingAgreement
from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency
from tests import cast

WHY = "Police rang: he is on his way to her."


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def guardian(of: Agency | None = None, name: str = "Ruth Imrie") -> Account:
    """An information guardian, of the hub unless said."""
    return cast.account(Role.INFORMATION_GUARDIAN, of or cast.hub(), name)


def agreement(*with_whom: Agency, by: Account | None = None, expires_in: int = 100, **told: Any) -> SharingAgreement:
    """An agreement that a guardian's agency keeps, in force since ten days."""
    keeper = by or guardian()
    with acting(keeper.actor()) as now:
        today = now.date()
        said = {
            "name": "Routine family support",
            "purpose": Purpose.SUPPORT,
            "categories": [Category.CONTACT, Category.STORY],
            "basis": Basis.CONSENT,
            "why": "So that help begins sooner.",
            "necessity": "A name and what it is about.",
            "schedule": "By Reach In, as soon as it is decided.",
            "starts_on": today - timedelta(days=10),
            "expires_on": today + timedelta(days=expires_in),
        }
        return record_agreement(SharingAgreement(**{**said, **told}), parties=with_whom, by=keeper, now=now)


def looks_first(who: Account, made: RequestForAssistance) -> EmergencyAccess:
    """Somebody looks at a request first, and says WHY."""
    with acting(who.actor()) as now:
        return look_first("request", made.id, by=who, reason=WHY, now=now)


def words(page: Any, status: int = 200) -> str:
    """What a reader sees of a page, in one line."""
    assert page.status_code == status
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", page.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())
