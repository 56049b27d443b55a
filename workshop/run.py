"""`start.py run`: everything at once with the demo partnership, until Ctrl-C."""

import argparse
import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

from workshop import catalogues, databases, demo, places, processes
from workshop.files import Taken, locked, write_private
from workshop.processes import Child
from workshop.progress import Trouble, say, step
from workshop.servers import Server, for_keeps, running

HOST = "127.0.0.1"
PORT = 8765
PORTS_TO_TRY = 50
WATCH_SECONDS = 0.5
READY_SECONDS = 60
RESTARTS = 5
RESTARTS_WITHIN_SECONDS = 60


class CannotRun(Trouble):
    """The message says why, and what to do."""


def main(told: argparse.Namespace) -> int:
    """Runs until it is told to stop: 0. Raises CannotRun."""
    _become_stoppable()
    try:
        with ExitStack() as held:
            _alone(held)
            _run(told, held)
    except KeyboardInterrupt:
        say("Stopped.")
        return 0


def _run(told: argparse.Namespace, held: ExitStack) -> NoReturn:
    began = time.monotonic()
    address = "" if told.db_only else f"http://{HOST}:{_free_port(told.port)}/"
    with step("Starting PostgreSQL"):
        found = held.enter_context(running(for_keeps()))
    catalogues.compile_all()
    demo.prepare(found)
    if told.db_only:
        say(f"The database is ready: {found.host}, port {found.port}, database {demo.database()}. Ctrl-C stops it.")
        _watch(found, [])
    children = _start(found, address, held)
    with step("Starting the pages"):
        _wait_until_ready(address, children)
    _remember(address)
    say(f"Ready after {time.monotonic() - began:.1f} s.")
    print(f"\n  Reach In is running: {address}\n  Ctrl-C stops it. Logs: {_logs()}\n", flush=True)
    _watch(found, children)


def _start(found: Server, address: str, held: ExitStack) -> list[Child]:
    environment = databases.environment(found, demo.database(), mode="demo")
    children = [
        Child("pages", web_command(address), environment, _logs() / "pages.log"),
        Child("jobs", [str(places.PYTHON), "-m", "django", "procrastinate", "worker"], environment, _logs() / "jobs.log"),
    ]
    held.callback(processes.stop, children)
    for child in children:
        child.start()
    return children


def web_command(address: str, application: str = "reachin.wsgi:application") -> list[str]:
    """How the pages are served: two processes of one thread each, with room for idle connections (see docs, decision on the stack)."""
    host, port = address.removeprefix("http://").strip("/").split(":")
    return [
        *(str(places.VENV / "bin" / "granian"), "--interface", "wsgi", "--host", host, "--port", port),
        *("--workers", "2", "--blocking-threads", "1", "--backpressure", "10000", "--backlog", "4096"),
        *("--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "3", "--log-level", "warning"),
        application,
    ]


def _watch(found: Server, children: list[Child]) -> NoReturn:
    """Starts again what died, the database included, until the signal to stop comes. Raises CannotRun when that does not help."""
    died: list[float] = []
    while True:
        time.sleep(WATCH_SECONDS)
        revived = ["database"] if found.revive() else []
        for child in children:
            if child.ended():
                child.start()
                revived.append(child.name)
        for name in revived:
            say(f"The {name} had stopped without being asked and was started again.")
            died.append(time.monotonic())
        died = [moment for moment in died if moment > time.monotonic() - RESTARTS_WITHIN_SECONDS]
        if len(died) > RESTARTS:
            raise CannotRun(f"Something stops again and again; the logs in {_logs()} say why.")


def _alone(held: ExitStack) -> None:
    try:
        held.enter_context(locked(places.state() / "run.lock", wait=False))
    except Taken:
        other = json.loads(_memory().read_text()) if _memory().exists() else {}
        where = f" at {other['address']}" if other.get("address") else ""
        raise CannotRun(f"Reach In is already running{where} (process {other.get('pid', 'unknown')}). Stop that one first.") from None
    _remember("")
    held.callback(_memory().unlink, missing_ok=True)


def _memory() -> Path:
    return places.state() / "run.json"


def _remember(address: str) -> None:
    write_private(_memory(), json.dumps({"pid": os.getpid(), "address": address}))


def _logs() -> Path:
    return places.state() / "logs"


def _free_port(wanted: int | None) -> int:
    for port in [wanted] if wanted else range(PORT, PORT + PORTS_TO_TRY):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((HOST, port))
            except OSError:
                continue
            return port
    raise CannotRun(f"Port {wanted} is taken." if wanted else "No free port was found: choose one with --port.")


def _wait_until_ready(address: str, children: list[Child]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        for child in children:
            if child.ended():
                raise CannotRun(f"The process for {child.name} ended at once:\n{child.last_words()}")
        if _answers(address):
            return
        time.sleep(0.05)
    raise CannotRun(f"The pages did not answer within {READY_SECONDS} seconds:\n{children[0].last_words()}")


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=10).close()
    except urllib.error.HTTPError as refusal:
        raise CannotRun(f"The first page answers with an error ({refusal.code}); see {_logs() / 'pages.log'}") from None
    except OSError:
        return False
    return True


def _become_stoppable() -> None:
    """SIGTERM and a closed terminal (unless nohup said otherwise) stop as Ctrl-C does; then further signals change nothing."""
    closing = [] if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else [signal.SIGHUP]
    stopping = [signal.SIGINT, signal.SIGTERM, *closing]

    def stop(number: int, frame: object) -> None:
        for known in stopping:
            signal.signal(known, signal.SIG_IGN)
        raise KeyboardInterrupt

    for known in stopping:
        signal.signal(known, stop)
