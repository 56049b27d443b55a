"""`start.py run` as a person meets it: an address to open, one at a time, and everything gone when it ends, however it ends."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.workshop.conftest import free_port, reachable_folder
from workshop import places
from workshop.local_postgres import LocalPostgres

PATIENCE_SECONDS = 90


class Run:
    """One `start.py run` in an installation of its own."""

    def __init__(self, state: Path) -> None:
        self.port = free_port()
        self.state = state
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("REACHIN_") and key != "DATABASE_URL"}
        self.process = subprocess.Popen(
            [sys.executable, str(places.ROOT / "start.py"), "run", "--port", str(self.port)],
            env=inherited | {"REACHIN_STATE": str(state)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait_for(self, words: str) -> None:
        """Reads what it says until these words; fails with all it said when it ends before."""
        assert self.process.stdout
        said = []
        for line in self.process.stdout:
            said.append(line)
            if words in line:
                return
        pytest.fail("".join(said))

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> int:
        """Waits for its end; its exit status."""
        self.process.communicate(timeout=PATIENCE_SECONDS)
        return self.process.returncode

    def first_page(self) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=20) as answer:
            return str(answer.read().decode())

    def postgres(self) -> LocalPostgres:
        return LocalPostgres(self.state / "postgres")


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.1)
    return holds()


def processes_of(run: Run) -> list[int]:
    """The pages' and jobs' processes of one installation, by the state folder in their environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            ours = f"REACHIN_STATE={run.state}".encode() in (entry / "environ").read_bytes().split(b"\0")
            if ours and int(entry.name) != run.process.pid:
                found.append(int(entry.name))
    return found


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    """One installation for these tests: its first start is cold, the others are warm."""
    with reachable_folder() as made:
        yield made / "state"


@pytest.fixture
def run(state: Path) -> Iterator[Run]:
    started = Run(state)
    yield started
    if started.process.poll() is None:
        started.process.send_signal(signal.SIGTERM)
    started.ended()
    started.postgres().stop()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_an_address_and_stops_cleanly(run: Run, number: int) -> None:
    run.wait_for(f"http://127.0.0.1:{run.port}/")
    assert "<html" in run.first_page()
    assert run.end(number) == 0
    assert processes_of(run) == []
    assert run.postgres().pid() is None


def test_a_second_run_says_that_one_is_running(run: Run) -> None:
    run.wait_for("is running")
    second = Run(run.state)
    second.wait_for(f"already running at http://127.0.0.1:{run.port}/ (process {run.process.pid})")
    assert second.ended() == 1


def test_a_taken_port_is_said(run: Run, state: Path) -> None:
    run.wait_for("is running")
    elsewhere = subprocess.run(
        [sys.executable, str(places.ROOT / "start.py"), "run", "--port", str(run.port)],
        env=os.environ | {"REACHIN_STATE": str(state.parent / "elsewhere")},
        capture_output=True,
        text=True,
    )
    assert elsewhere.returncode == 1
    assert f"Port {run.port} is taken" in elsewhere.stderr


def test_killed_it_leaves_nothing_behind_and_starts_again(run: Run, state: Path) -> None:
    run.wait_for("is running")
    run.end(signal.SIGKILL)
    assert eventually(lambda: not processes_of(run)), "pages and jobs end with the process that started them"
    again = Run(state)
    again.wait_for("is running")
    assert "<html" in again.first_page()
    assert again.end(signal.SIGINT) == 0


def test_what_dies_is_started_again(run: Run) -> None:
    run.wait_for("is running")
    killed = run.postgres().pid()
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    run.wait_for("The database had stopped")
    assert eventually(lambda: run.postgres().pid() not in (None, killed))
    for process in processes_of(run):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    run.wait_for("The pages had stopped")
    assert eventually(lambda: answers(run))


def answers(run: Run) -> bool:
    try:
        return "<html" in run.first_page()
    except OSError:
        return False
