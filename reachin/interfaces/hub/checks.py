"""What a worker reads of a request that looks as if no person had sent it."""

from typing import Any

from reachin.access.requests_for_assistance.enums import CheckedAs, Outcome, Suspicion, Urgency, WaitingFor
from reachin.access.requests_for_assistance.models import Quarantine, RequestForAssistance


def to_be_checked(card: RequestForAssistance) -> bool:
    """Whether somebody has to decide first whether a person wrote it."""
    return card.waiting_for == WaitingFor.CHECK


def check_of(card: RequestForAssistance) -> dict[str, Any] | None:
    """Why it looks automatic, and what was decided; None where it never looked so, or may not be seen."""
    if not (to_be_checked(card) or card.outcome == Outcome.SET_ASIDE or (card.urgency == Urgency.DANGER and card.duty_agency_id is None)):
        return None
    marked = Quarantine.objects.select_related("checked_by").filter(request_for_assistance=card).first()
    if marked is None:
        return None
    return {
        "reasons": [Suspicion(code).label for code in marked.suspicions],
        "checked_as": CheckedAs(marked.checked_as).label if marked.checked_as else "",
        "checked_by": marked.checked_by.name if marked.checked_by else "",
        "checked_at": marked.checked_at,
    }
