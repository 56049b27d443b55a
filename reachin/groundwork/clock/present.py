from contextvars import ContextVar
from datetime import UTC, datetime

from django.db import connection

transaction_moment: ContextVar[datetime | None] = ContextVar("transaction_moment", default=None)
"""The moment at which the acting transaction began, as the database told it with the context."""


def now() -> datetime:
    """The present moment (aware, UTC): the acting transaction's, or the database's where nobody is acting."""
    moment = transaction_moment.get()
    if moment is not None:
        return moment
    with connection.cursor() as cursor:
        cursor.execute("select reachin.clock()")
        told: datetime = cursor.fetchone()[0]
    return told.astimezone(UTC)
