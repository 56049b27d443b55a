"""The processes that `run` starts: each in a session of its own, so that only we tell it to stop, and none outlives us."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

STOPPING_SECONDS = 15
LOG_BYTES = 10_000_000
PR_SET_PDEATHSIG = 1


def _die_with_parent() -> Callable[[], None] | None:
    """What makes a child receive SIGTERM when its parent dies, however it dies; only Linux can."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


@dataclass(slots=True)
class Child:
    """One process with its log; starts again when asked."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    said_before: int = field(default=0, init=False)

    def start(self) -> None:
        """Starts it, after ending what an earlier one left behind; its words are added to the log, which begins anew when it is long."""
        if self.process is not None:
            _end_group(self.process.pid)
        self.log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        too_long = self.log.exists() and self.log.stat().st_size > LOG_BYTES
        with self.log.open("wb" if too_long else "ab") as log:
            self.said_before = log.tell()
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent(),  # noqa: PLW1509 nothing here has threads
            )

    def ended(self) -> bool:
        """Whether it was started and is gone."""
        return self.process is not None and self.process.poll() is not None

    def last_words(self) -> str:
        """What it said since it was last started, or the end of that."""
        return self.log.read_bytes()[self.said_before :][-2000:].decode(errors="replace")


def stop(children: Sequence[Child]) -> None:
    """Asks all of them to finish, and ends those that have not within some seconds, together with what they started."""
    processes = [child.process for child in children if child.process is not None]
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + STOPPING_SECONDS
    for process in processes:
        try:
            process.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _end_group(process.pid)


def _end_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
