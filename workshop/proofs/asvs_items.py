"""Which tests verify which requirement of the ASVS: pytest's plugin of the proof, and the one place that reads a test's name or mark.

A test is named after its requirement (`test_v3_4_1_...`) or carries it as a mark (`@pytest.mark.asvs("9.1.1")`).
"""

import json
import re
from pathlib import Path

import pytest

NAMED = re.compile(r"test_v(\d+)_(\d+)_(\d+)(?=_|$)")


def requirements_of(item: pytest.Item) -> set[str]:
    """The ids, as "V3.4.1", that a test's name and marks say."""
    function = getattr(item, "originalname", None) or item.name
    named = NAMED.match(function)
    marked = {f"V{number}" for mark in item.iter_markers("asvs") for number in mark.args}
    return marked | ({f"V{named[1]}.{named[2]}.{named[3]}"} if named else set())


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--asvs-report", help="where to write what each requirement's tests did, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    path = config.getoption("--asvs-report")
    if path:
        config.pluginmanager.register(Reporter(Path(path)), "asvs-reporter")


class Reporter:
    """Keeps only the tests of requirements, and writes down how each went: {"V3.4.1": {"tests/...::test_...": "passed"}}."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.requirements: dict[str, set[str]] = {}
        self.went: dict[str, str] = {}

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        found = {item: requirements_of(item) for item in items}
        config.hook.pytest_deselected(items=[item for item, ids in found.items() if not ids])
        items[:] = [item for item, ids in found.items() if ids]
        for item in items:
            for number in found[item]:
                self.requirements.setdefault(number, set()).add(item.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        was = self.went.get(report.nodeid, "")
        if report.when == "call" or report.outcome != "passed":
            self.went[report.nodeid] = "failed" if "failed" in (was, report.outcome) else report.outcome

    def pytest_sessionfinish(self) -> None:
        told = {number: {test: self.went.get(test, "not run") for test in sorted(tests)} for number, tests in self.requirements.items()}
        self.path.write_text(json.dumps(told, sort_keys=True))
