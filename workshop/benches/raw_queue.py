"""What the queue page is measured against: the same rows by one prepared statement behind a bare WSGI handler.

Same server, role, signed context and rows; no session, no account, no routing, no page. Served by granian as the product is.
"""

import json
import os
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import django
import psycopg
from psycopg.conninfo import make_conninfo

CONTEXT = "select set_config('reachin.context', %s, true), set_config('transaction_read_only', 'on', true)"
QUEUE = """
select r.id, r.reference, r.display_name, r.asked_by, r.channel, r.stage, r.urgency, r.received_at, r.closed_at, r.contact_due_at,
  r.outcome, owner.name as owner, sender.name as sender_agency
from requests_for_assistance_requestforassistance r
  left join accounts_account owner on owner.id = r.contact_owner_id
  left join agencies_agency sender on sender.id = r.sender_agency_id
where r.holder_agency_id = %s and r.waiting_for = %s
order by r.urgency, r.received_at, r.id
limit %s"""
"""What one would write by hand for the first page of the queue: its rows with their columns as they are."""
StartResponse = Callable[[str, list[tuple[str, str]]], object]


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """The rows of the first page of the queue as JSON, at whatever address."""
    body = json.dumps(_rows(), default=str).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def _rows() -> list[tuple[Any, ...]]:
    from reachin.groundwork.audited_access.context import signed

    (actor, values), connection = _asked(), _connection()
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(CONTEXT, [signed(actor)], prepare=True)
        cursor.execute(QUEUE, values, prepare=True)
        return cursor.fetchall()


@cache
def _connection() -> psycopg.Connection[tuple[Any, ...]]:
    """One connection a worker, as the one thread of each of the product's workers has."""
    reached = {
        "host": os.environ["REACHIN_DB_HOST"],
        "port": os.environ["REACHIN_DB_PORT"],
        "dbname": os.environ["REACHIN_DB_NAME"],
        "user": os.environ["REACHIN_DB_ROLE"],
        "password": os.environ["REACHIN_DB_PASSWORD"],
        "options": "-c plan_cache_mode=force_generic_plan",
    }
    return psycopg.connect(make_conninfo("", **reached), autocommit=True)


@cache
def _asked() -> tuple[Any, list[Any]]:
    """Who looks, and what they look for: the queue of the first hub worker."""
    django.setup()
    from reachin.groundwork.permissions.enums import Role
    from reachin.interfaces.hub.queue_rows import PAGE_SIZE
    from reachin.partnership.accounts.models import Account

    worker = Account.objects.active().filter(role=Role.HUB_WORKER).order_by("email")[0]
    return worker.actor(), [worker.agency_id, "hub", PAGE_SIZE + 1]
