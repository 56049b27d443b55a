"""The demonstration: anybody is one tap away, ten invented families are on their way, and what would have been sent can be read."""

from collections.abc import Callable
from typing import Any

import pytest

from demo.loading import load_demo
from demo.partnership import Partnership, ways_back
from tests.journeys.conftest import Calendar
from tests.journeys.visitor import DESK, PLAIN_PHONE, Visitor
from workshop.servers import Connection


@pytest.fixture
def demonstration(partnership: Partnership, time: Calendar, admin: Connection, settings: Any) -> None:
    """A demo as `start.py run` makes it."""
    settings.MODE = "demo"
    admin.execute("insert into audited_access_databasemark (name, marked_at) values ('demo', now())")
    load_demo(now=time.today)


@pytest.mark.parametrize("device", [DESK, PLAIN_PHONE], indirect=True, ids=str)
def test_a_newcomer_becomes_a_hub_worker_and_then_a_family(somebody: Callable[..., Visitor], demonstration: None) -> None:
    # Given a newcomer who opens the address that `start.py run` printed
    newcomer = somebody()
    newcomer.goes_to("/")
    newcomer.sees("This is a demonstration.", "Every person and service here is invented")
    # When they choose to be a hub worker
    newcomer.presses("Sign in as somebody")
    newcomer.picture("demo-people", at=DESK)
    newcomer.presses("Morag Keir")
    # Then they are signed in, and see the families of the demonstration in the queue
    newcomer.sees("Hello, Morag Keir")
    newcomer.presses("Go to the queue")
    newcomer.presses_outside("Sign out")
    # And when they come back as a family, they see what it sees
    way = ways_back()["rowan"]
    newcomer.goes_to("/come-back/")
    newcomer.writes("Your code", way.reference)
    newcomer.writes("Your phrase", way.phrase)
    newcomer.presses("Go to my request")
    newcomer.sees("What happened so far")
    newcomer.goes_to("/demo/outbox/")
    newcomer.sees("nothing leaves")
    newcomer.picture("demo-outbox", at=DESK)
