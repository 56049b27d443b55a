"""What was shared with a referral, as whoever has it open may read it today."""

from typing import Any

from reachin.families.people.homes import Standing, overlaid, says_protected
from reachin.groundwork.audited_access.context import ask

from .models import Snapshot


def shared_with(snapshot: Snapshot) -> dict[str, Any]:
    """What was copied on that day, by question code. A home that is protected by now is left out, but for whom it is open."""
    told = snapshot.told()
    standing = Standing(ask("select reachin.home_of_referral(%s::uuid, %s)", snapshot.referral_id, says_protected(told)))
    return overlaid(told, standing)
