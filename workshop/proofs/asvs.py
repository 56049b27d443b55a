"""Every requirement of the ASVS that applies here and can be tested has tests that carry its number; they are run, and counted."""

import argparse
import csv
import json
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from workshop import places
from workshop.progress import result, say
from workshop.test import run_pytest

HELP = "the requirements of OWASP's ASVS 5.0 that apply, and the tests that verify them"
REGISTER = places.ROOT / "docs" / "security" / "asvs.csv"
ALL = "data/security/asvs/asvs-5.0.0-en.csv"
COLUMNS = ("req_id", "level", "applies", "how", "reason", "tests")
LEAST_TESTED = 130
SPOKEN_OF = 30
Ran = Mapping[str, Mapping[str, str]]


def main(argv: list[str]) -> int:
    """Exit status 0 only when nothing failed. JSON: requirements, applies, tested, failed.

    `--write` runs none: it puts the names of the tests into the register, where a test looks whether they are still there.
    """
    told = argparse.ArgumentParser(prog="start.py proof asvs", description=HELP)
    told.add_argument("--small", action="store_true", help="the same: it is short")
    told.add_argument("--write", action="store_true", help="write the names of the tests into docs/security/asvs.csv")
    write = told.parse_args(argv).write
    if write:
        return _write()
    began = time.monotonic()
    ran, rows = run_tests(), register()
    wrong = faults(rows, ran, known=known_ids())
    for words in wrong[:SPOKEN_OF]:
        say(words)
    tested = len([row for row in rows if row["applies"] == "yes" and passes(ran.get(row["req_id"], {}))])
    if tested < LEAST_TESTED:
        wrong.append(f"only {tested} requirements are tested: at least {LEAST_TESTED}")
        say(wrong[-1])
    applies = len([row for row in rows if row["applies"] == "yes"])
    figures = {"requirements": len(rows), "applies": applies, "tested": tested, "failed": len(wrong)}
    result({**figures, "seconds": round(time.monotonic() - began, 1)})
    return 1 if wrong else 0


def _write() -> int:
    found = run_tests("--collect-only")
    save([row | {"tests": " ".join(names(found.get(row["req_id"], {})))} for row in register()])
    bare = [row["req_id"] for row in register() if row["applies"] == "yes" and not row["tests"]]
    result({"requirements": len(register()), "with_tests": len([row for row in register() if row["tests"]]), "without": bare})
    return 0


def run_tests(*options: str) -> Ran:
    """Runs every test that carries a requirement: how each went, by requirement and test. Its words go to the error stream."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "asvs.json"
        words = ["-p", "workshop.proofs.asvs_items", f"--asvs-report={report}", "-q", "--no-header", "-p", "no:cacheprovider", *options]
        run_pytest(words, default_paths=["tests", "--ignore=tests/journeys"], output=sys.stderr)
        if not report.exists():
            return {}
        ran: Ran = json.loads(report.read_text())
        return ran


def register() -> list[dict[str, str]]:
    """The rows of docs/security/asvs.csv."""
    with REGISTER.open(newline="") as file:
        return list(csv.DictReader(file))


def save(rows: list[dict[str, str]]) -> None:
    """Writes the register anew."""
    with REGISTER.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def known_ids() -> set[str]:
    """Every id of the standard, from the folder of outside data; none where it is not there."""
    path = places.shared() / ALL
    if not path.exists():
        say(f"{path} is not there: ids are held against the register alone")
        return set()
    with path.open(newline="", encoding="utf-8-sig") as file:
        return {row["req_id"] for row in csv.DictReader(file)}


def names(tests: Mapping[str, str]) -> list[str]:
    """Tests as the register names them: once each, however many cases they have."""
    return sorted({test.partition("[")[0] for test in tests})


def passes(tests: Mapping[str, str]) -> bool:
    """Whether there are tests and every one of them was run and held."""
    return bool(tests) and set(tests.values()) == {"passed"}


def faults(rows: list[dict[str, str]], ran: Ran, *, known: set[str]) -> list[str]:
    """What is wrong, in words: tests that did not hold, ids that nobody knows, names that no test bears, rows without a reason."""
    by_id = {row["req_id"]: row for row in rows}
    wrong = [f"{number}: {test} {went}" for number, tests in ran.items() for test, went in tests.items() if went != "passed"]
    wrong += [f"{number}: tests carry it, and the register does not have it" for number in ran if number not in by_id]
    wrong += [f"{number}: the standard does not have it" for number in by_id if known and number not in known]
    if len(by_id) != len(rows):
        wrong.append("a requirement stands twice in the register")
    for number, row in by_id.items():
        bears = names(ran.get(number, {}))
        if row["tests"].split() != bears:
            wrong.append(f"{number}: the register names other tests than carry it (run with --write)")
        if row["applies"] not in ("yes", "no") or (row["applies"] == "no" and (bears or not row["reason"])):
            wrong.append(f"{number}: it applies, or it does not and says why")
        if row["applies"] == "yes" and not bears and not row["reason"]:
            wrong.append(f"{number}: it applies, has no test and does not say why")
    return wrong
