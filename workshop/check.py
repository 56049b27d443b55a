"""`start.py check`: everything that tools can say about the source without running it. All checks run, then those that failed are named."""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from workshop import catalogues, databases, places
from workshop.progress import say, step
from workshop.servers import OWNER, Server

SOURCES = [name for name in ("start.py", "manage.py", "workshop", "reachin", "demo", "tests") if (places.ROOT / name).exists()]
NO_SERVER = Server({"host": "/nowhere", "port": "1"})


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name in words, and what says whether it holds (and prints why not)."""

    name: str
    holds: Callable[[], bool]


def main(told: argparse.Namespace) -> int:
    """0 when every check holds, else 1."""
    failed = [check.name for check in CHECKS if not _holds(check)]
    say(f"Failed: {', '.join(failed)}." if failed else "Everything holds.")
    return 1 if failed else 0


def _holds(check: Check) -> bool:
    with step(check.name):
        return check.holds()


def _tool(*command: str, environment: dict[str, str] | None = None) -> bool:
    """Runs a tool of .venv; its words are shown only when it fails."""
    path = str(Path(sys.executable).parent / command[0])
    done = subprocess.run([path, *command[1:]], cwd=places.ROOT, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        print(f"\n{done.stdout}{done.stderr}", flush=True)
    return done.returncode == 0


def _types() -> bool:
    return _tool("mypy", *SOURCES, environment=_django_environment())


def _migrations() -> bool:
    """No model has changed without its migration; Django warns that it cannot ask a database, which is not needed here."""
    command = ["python", "-W", "ignore::RuntimeWarning", "-m", "django", "makemigrations", "--check", "--dry-run"]
    return _tool(*command, environment=_django_environment())


def _django_checks() -> bool:
    return _tool("python", "-m", "django", "check", "--fail-level", "WARNING", environment=_django_environment())


def _django_environment() -> dict[str, str]:
    return databases.environment(NO_SERVER, "none", mode="test", role=OWNER)


def _templates() -> bool:
    folders = sorted({str(path) for path in (places.ROOT / "reachin").glob("**/jinja2")})
    return not folders or _tool("djlint", "--lint", "--quiet", *folders)


CHECKS = [
    Check("Style (ruff)", lambda: _tool("ruff", "check", "--quiet", *SOURCES)),
    Check("Layout (ruff format)", lambda: _tool("ruff", "format", "--check", "--quiet", *SOURCES)),
    Check("Types (mypy --strict)", _types),
    Check("Layers (import-linter)", lambda: _tool("lint-imports", "--no-cache", environment={**os.environ, "PYTHONPATH": "."})),
    Check("Templates (djlint)", _templates),
    Check("Django's own checks", _django_checks),
    Check("Migrations", _migrations),
    Check("Catalogues (babel)", catalogues.are_current),
]
