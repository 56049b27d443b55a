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
