"""Rules are pure, actions know no request, interfaces write nothing; each check is shown to bite."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.architecture import house, source_rules


def offences(check: Callable[[str], list[str]], files: Iterable[Path]) -> list[str]:
    looked_at = list(files)
    assert looked_at, "no file was found: this test looks at nothing"
    return [f"{path.relative_to(house.PRODUCT)}:{offence}" for path in looked_at for offence in check(path.read_text())]


def test_rules_are_pure() -> None:
    assert offences(source_rules.impurities, house.sources("rules")) == []


def test_actions_know_no_request() -> None:
    assert offences(source_rules.requests, house.sources("actions")) == []


def test_interfaces_write_nothing() -> None:
    assert offences(source_rules.writings, (house.PRODUCT / "interfaces").rglob("*.py")) == []


SENDS = {"groundwork/notices/delivery.py", "groundwork/notices/rules.py"}
ASKS_OTHERS = {"access/directory/fetching.py", "partnership/accounts/open_id.py"}
"""Files that ask other machines, and tell them of no family: a feed of services, an agency's own sign-in."""


def test_nothing_is_sent_but_from_the_outbox_to_a_safe_contact() -> None:
    looked_at = {str(path.relative_to(house.PRODUCT)): path for path in house.PRODUCT.rglob("*.py")}
    found = {name: offences for name, path in looked_at.items() if (offences := source_rules.sendings(path.read_text()))}
    assert found.keys() >= SENDS | ASKS_OTHERS, "what sends is not seen: this test looks at nothing"
    assert {name: offences for name, offences in found.items() if name not in SENDS | ASKS_OTHERS} == {}


@pytest.mark.parametrize(
    "source",
    [
        "from django.core.mail import send_mail",
        "import smtplib",
        "import requests",
        "from notifications_python_client.notifications import NotificationsAPIClient",
        "to = SafeContact(way, address)",
        "to = rules.SafeContact(way, address)",
    ],
)
def test_a_way_around_the_outbox_is_found(source: str) -> None:
    assert source_rules.sendings(source)


@pytest.mark.parametrize(
    "source",
    [
        "from django.db import models",
        "from django.utils import timezone",
        "from django.http import HttpRequest",
        "from reachin.groundwork.clock import now",
        "import datetime\nbegan = datetime.datetime.now()",
        "from datetime import date\nbegan = date.today()",
        "def decide(request): ...",
    ],
)
def test_an_impure_rule_is_found(source: str) -> None:
    assert source_rules.impurities(source)


@pytest.mark.parametrize(
    "source",
    [
        "thing.save()",
        "Thing.objects.create(x=1)",
        "things.filter(x=1).update(x=2)",
        "Thing.objects.update(x=2)",
        "things.delete()",
        "form.save()",
    ],
)
def test_a_writing_view_is_found(source: str) -> None:
    assert source_rules.writings(source)


def test_what_is_no_write_is_left_alone() -> None:
    assert source_rules.writings("context.update(more)\nrequest.session.save()\nresponse.delete_cookie('x')") == []
    assert source_rules.impurities("def is_due(now, due_at): return now >= due_at") == []
