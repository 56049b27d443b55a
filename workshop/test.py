"""`start.py test`: everything that needs no browser, each run on its own clone of a migrated database."""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from workshop import catalogues, places
from workshop.servers import for_tests, running

WORKERS = "2"


def main(told: argparse.Namespace) -> int:
    """pytest's exit status. Without paths the whole suite runs, by two workers."""
    return run_pytest(told.rest, default_paths=["tests", "--ignore=tests/journeys", "-n", WORKERS, "--dist", "worksteal"])


def run_pytest(words: Sequence[str], *, default_paths: Sequence[str], output: TextIO | None = None) -> int:
    """Runs pytest while the tests' own server is held; `default_paths` are added when no path was given. `output` takes its words."""
    catalogues.compile_all()
    paths = [] if _names_a_path(words) else default_paths
    with running(for_tests()):
        return subprocess.run([sys.executable, "-m", "pytest", *words, *paths], cwd=places.ROOT, stdout=output).returncode


def _names_a_path(words: Sequence[str]) -> bool:
    return any(not word.startswith("-") and Path(places.ROOT, word.split("::")[0]).exists() for word in words)
