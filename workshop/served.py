"""The product as it is served, for proofs and benches: its pages as `run` starts them, on a database of their own, as in production."""

import http.client
import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from workshop import catalogues, databases, demo, places, processes
from workshop.crowd import HOST
from workshop.processes import Child
from workshop.progress import Trouble
from workshop.run import web_command
from workshop.servers import Server

READY_SECONDS = 60
PRODUCT = "reachin.wsgi:application"
BEHIND_TLS = {"X-Forwarded-Proto": "https"}
"""The crowd stands where a proxy would that ends TLS: in production the product answers nobody else."""
EVERYBODY_AT_ONE_PLACE = {"REACHIN_SHARED_NETWORKS": "127.0.0.0/8", "REACHIN_OPENING_RATES_TIMES": "1000"}
"""A crowd comes from one machine, and a few accounts do everybody's work: the brakes are there and count, but do not stop it."""
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class NotServed(Trouble):
    """The pages did not come up; the message carries their last words."""


@dataclass(frozen=True, slots=True)
class Served:
    """Pages that answer at a port of this machine."""

    port: int
    child: Child

    def processes(self) -> list[int]:
        """The main process and the workers that it started."""
        process = self.child.process
        return [] if process is None else [pid for pid in _all_processes() if _session_of(pid) == process.pid]

    def workers(self) -> list[int]:
        """The workers alone."""
        return [pid for pid in self.processes() if self.child.process is not None and pid != self.child.process.pid]

    def wait_until_ready(self) -> None:
        """Until the pages answer. Raises NotServed."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if self.child.ended():
                raise NotServed(f"The pages ended at once:\n{self.child.last_words()}")
            if _answers(self.port):
                return
            time.sleep(0.05)
        raise NotServed(f"The pages did not answer within {READY_SECONDS} seconds:\n{self.child.last_words()}")


@contextmanager
def served(
    server: Server, database: str, *, name: str, application: str = PRODUCT, also: Mapping[str, str] | None = None
) -> Iterator[Served]:
    """Serves a prepared database until the block ends. `application` takes the product's place, in the same set-up. Raises NotServed."""
    with server.administer(database) as admin:
        admin.execute("insert into audited_access_databasemark (name, marked_at) values ('bench', now()) on conflict do nothing")
    port = _free_port()
    environment = databases.environment(server, database, mode="production") | {
        "REACHIN_HOSTS": HOST,
        "REACHIN_PARTNERSHIP": "Strathlennan",
        **EVERYBODY_AT_ONE_PLACE,
    }
    child = Child(name, web_command(f"http://{HOST}:{port}/", application), {**environment, **(also or {})}, log_of(name))
    child.start()
    try:
        pages = Served(port, child)
        pages.wait_until_ready()
        yield pages
    finally:
        processes.stop([child])


def made_ready(server: Server) -> None:
    """What the pages need beside the database: catalogues and static files."""
    catalogues.compile_all()
    demo.gather_static_files(server)


def log_of(name: str) -> Path:
    return places.state() / "logs" / f"{name}.log"


def seconds_of_cpu(pids: list[int]) -> float:
    """The CPU time (seconds) that these processes and their ended children have used. Linux only, elsewhere 0."""
    return sum(_ticks(pid) for pid in pids) / TICKS_PER_SECOND


def _ticks(pid: int) -> int:
    return sum(int(word) for word in _stat(pid)[11:15])


def children_of(pid: int) -> list[int]:
    """The processes that a process started itself."""
    return [other for other in _all_processes() if _stat(other)[1:2] == [str(pid)]]


def _session_of(pid: int) -> int:
    return int((_stat(pid)[3:4] or ["-1"])[0])


def _stat(pid: int) -> list[str]:
    """The words of a process's line after its name: state, parent, group, session, ...; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _all_processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind((HOST, 0))
        port: int = trial.getsockname()[1]
    return port


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/", headers=BEHIND_TLS)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
