import time

import pytest
from django.core.signals import request_started
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from workshop.servers import Connection

pytestmark = pytest.mark.usefixtures("db")


def backend_pid() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        pid: int = cursor.fetchone()[0]
    return pid


def until_it_is_gone(admin: Connection, pid: int) -> None:
    admin.execute("select pg_terminate_backend(%s)", [pid])
    while admin.execute("select 1 from pg_stat_activity where pid = %s", [pid]).fetchone():
        time.sleep(0.01)


def test_a_standing_connection_is_known_without_asking() -> None:
    pid = backend_pid()
    with CaptureQueriesContext(connection) as asked:
        assert connection.is_usable()
    assert (len(asked), backend_pid()) == (0, pid)


def test_a_connection_that_the_server_closed_is_replaced_before_a_page_uses_it(admin: Connection) -> None:
    pid = backend_pid()
    until_it_is_gone(admin, pid)
    assert not connection.is_usable()
    request_started.send(sender=None)
    assert backend_pid() != pid


def test_a_connection_that_said_something_is_asked(admin: Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("listen news")
    admin.execute("notify news")
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        assert connection.is_usable(), "news is no reason to part"
        time.sleep(0.05)


def test_a_connection_amid_a_transaction_is_not_for_the_next_page(admin: Connection) -> None:
    with transaction.atomic():
        until_it_is_gone(admin, backend_pid())
        with pytest.raises(OperationalError):
            backend_pid()
        transaction.set_rollback(True)
    assert backend_pid()
