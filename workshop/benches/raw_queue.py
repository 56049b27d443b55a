"""What the queue page is measured against: the same rows by the same SQL, prepared, behind a bare WSGI handler.

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

ROWS_ADDRESS = "/"
CONTEXT = "select set_config('reachin.context', %s, true), set_config('transaction_read_only', 'on', true)"
StartResponse = Callable[[str, list[tuple[str, str]]], object]


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """The rows of the first page of the queue as JSON."""
    body = json.dumps(_rows(), default=str).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def _rows() -> list[tuple[Any, ...]]:
    from reachin.groundwork.audited_access.context import signed

    (actor, query, values), connection = _asked(), _connection()
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(CONTEXT, [signed(actor)], prepare=True)
        cursor.execute(query, values, prepare=True)
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
def _asked() -> tuple[Any, Any, Any]:
    """Who looks, and the very statement that the queue page sends for them."""
    django.setup()
    from django.http import QueryDict

    from reachin.groundwork.clock import now
    from reachin.groundwork.permissions.enums import Role
    from reachin.interfaces.hub.queue_rows import Search, statement
    from reachin.partnership.accounts.models import Account

    worker = Account.objects.active().filter(role=Role.HUB_WORKER).order_by("email")[0]
    query, values = statement(worker.agency_id, Search.read(QueryDict("")), moment=now())
    return worker.actor(), query, values
