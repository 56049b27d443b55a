"""The open twin: the same pages without their guards, for the bench that asks what guarding costs; on a copy of its own only.

Nothing is opened, no trace is written, no context is signed, and the database that it is served on has row security off. What the product
itself does stays: sessions, accounts, permissions, rendering. The product has no such switch: its two functions are replaced here.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reachin.settings")
application = get_wsgi_application()

from django.db import connection, transaction  # noqa: E402 after the settings

from reachin.groundwork.audited_access import context, middleware  # noqa: E402
from reachin.groundwork.audited_access.brakes import Opening  # noqa: E402
from reachin.groundwork.clock.present import transaction_moment  # noqa: E402


class NotATwin(RuntimeError):
    """It was about to be served on a database whose guards stand."""


@contextmanager
def acting(actor: context.Actor, *, opening: UUID | None = None, read_only: bool = False) -> Iterator[datetime]:
    """One transaction at its moment; the database is told nothing."""
    with transaction.atomic():
        moment: datetime = context.ask("select clock_timestamp()").astimezone(UTC)
        was, was_moment = context._acting.set(actor), transaction_moment.set(moment)  # noqa: SLF001 it stands in for acting
        try:
            yield moment
        finally:
            context._acting.reset(was)  # noqa: SLF001
            transaction_moment.reset(was_moment)


def open_to_all(*told: Any, **how: Any) -> Opening:
    """Everything is open, and nobody writes it down."""
    return Opening(uuid4())


with connection.cursor() as cursor:
    cursor.execute("select count(*) from pg_class where relrowsecurity and relnamespace = 'public'::regnamespace")
    if cursor.fetchone() != (0,):
        raise NotATwin("row security is on in this database: the open twin is served on its own copy only")
connection.close()
middleware.acting = acting  # type: ignore[assignment, attr-defined]
middleware.open_within_rates = open_to_all  # type: ignore[attr-defined]
get_resolver().url_patterns  # noqa: B018 loads every page now
