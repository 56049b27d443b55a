"""Who looked at a person, as they read it on their own page."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, slots=True)
class Look:
    """On one day somebody of one agency, in one part, for one purpose, looked so often.

    `outcome`: what the review of an emergency found (a ReviewOutcome), otherwise empty.
    """

    day: date
    agency_id: UUID
    role: str
    purpose: str
    outcome: str
    times: int


def looks() -> list[Look]:
    """Who looked at the person whose own page is open, the newest day first: three days late; in an emergency days after its review;
    who had to protect somebody much later, or never."""
    with connection.cursor() as cursor:
        cursor.execute("select looked_on, agency_id, role, purpose, outcome, looks from reachin.receipts()")
        return [Look(*row) for row in cursor.fetchall()]
