"""Backups of the private server: copies of the whole, and the write-ahead log between and after them, so that any second can be restored.

A folder of backups holds `base/MOMENT/` (one copy each, with `about.json`) and `wal/` (the log, one file of at most 16 MB each).
Keys are never among it: what is sealed in the database is sealed in a backup, and the two are kept apart.
"""

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from workshop import places
from workshop.files import write_private
from workshop.keys import ensure_keys
from workshop.local_postgres import ARCHIVE, LocalPostgres, ServerError, anybody_reaches
from workshop.progress import Trouble, say, step
from workshop.servers import Connection, Server, private

PATIENCE_SECONDS = 60
LONGEST_REPLAY_SECONDS = 24 * 60 * 60
TOO_FAR = "before configured recovery target was reached"
RECOVERING = ("restore_command", "recovery_target_action", "recovery_target_time")
NAME = "%Y%m%dT%H%M%SZ"
EXTERNAL = (
    "DATABASE_URL names a server that somebody else runs: start.py neither backs it up nor restores it. Use that server's own backups with "
    "point-in-time restore, or pg_basebackup and archive_command; docs/security/deployers-guide.md says what to ask of them."
)


@dataclass(frozen=True, slots=True)
class About:
    """What a backup says of itself; moments in ISO 8601, UTC. `keys` are fingerprints of the field keys that it needs, by id."""

    finished_at: str
    version: int
    databases: list[str]
    first_log: str
    keys: dict[str, str]

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.finished_at)


@dataclass(frozen=True, slots=True)
class Taken:
    """A finished backup, and whether it lies on the same disk as the database."""

    folder: Path
    about: About
    same_disk: bool


@dataclass(frozen=True, slots=True)
class Restored:
    """Where the restored server lies, and the moment of the last thing that it holds."""

    postgres: LocalPostgres
    last: datetime | None
    missing_keys: list[str]


def take(server: Server, folder: Path, *, keep: int = 7, remember: bool = True) -> Taken:
    """Copies the running server there and begins (or goes on) to keep its log there. Raises Trouble.

    `remember` tells the doctor of it; a drill does not.
    """
    postgres = _own(server)
    folder = folder.expanduser().resolve()
    refuse_bad_place(folder, postgres)
    with server.administer() as admin:
        _refuse_without_archiving(admin)
        _keep_log(folder, postgres)
        made = _copy(admin, server, folder)
        with step("Making sure that the log arrives"):
            wait_for_log(admin, folder)
    _forget_old(postgres, folder, keep)
    same_disk = folder.stat().st_dev == postgres.data.stat().st_dev
    if remember:
        write_private(memory(), json.dumps({"folder": str(folder), "made_at": made.finished_at, "same_disk": same_disk}))
    return Taken(folder, made, same_disk)


def memory() -> Path:
    """Where the last backup is remembered, for the doctor."""
    return places.state() / "backups.json"


def restore(folder: Path, into: Path, *, to: datetime | None = None, also: Path | None = None) -> Restored:
    """Makes a server in a new folder and brings it to a moment (aware), or to the end of the log. Raises Trouble.

    `also` is a dead server's own folder of the log, which holds what had not been archived.
    """
    folder, postgres = folder.expanduser().resolve(), LocalPostgres(into)
    if postgres.home.exists() and any(postgres.home.iterdir()):
        raise Trouble(f"{postgres.home} is not empty: a restore goes into a folder of its own, so that nothing is lost by a mistake.")
    chosen, about = _choose(folder, to)
    with step(f"Unpacking the backup of {about.finished_at}"):
        _unpack(postgres, chosen)
    _tell_where_to_stop(postgres, folder / "wal", to, also)
    postgres.start_seconds = LONGEST_REPLAY_SECONDS
    with step(f"Going on from there to {to.isoformat() if to else 'the end of the log'}"):
        last = _go_on(postgres, to)
    return Restored(postgres, last, _missing(about))


def _own(server: Server) -> LocalPostgres:
    if server.postgres is None:
        raise Trouble(EXTERNAL)
    return server.postgres


def refuse_bad_place(folder: Path, postgres: LocalPostgres) -> None:
    """Raises Trouble for a folder in which a backup would go with the database, or lie with the keys that open it."""
    keys = ensure_keys().resolve()
    if keys.is_relative_to(folder):
        raise Trouble(f"The keys ({keys}) lie in {folder}: whoever found that backup could read it. Choose another folder.")
    if folder.is_relative_to(postgres.home) or postgres.home.is_relative_to(folder):
        raise Trouble(f"{folder} belongs to the server itself. Choose another folder.")
    if postgres.is_root and not anybody_reaches(folder / "wal"):
        raise Trouble(
            f"The server runs as {postgres.server_user()}, who cannot reach {folder}: let others pass (chmod o+x) on the way there."
        )


def _refuse_without_archiving(admin: Connection) -> None:
    if _ask(admin, "show archive_mode") != "on":
        raise Trouble("This server was started before it could keep its log: stop Reach In, start it again, then back up.")


def _keep_log(folder: Path, postgres: LocalPostgres) -> None:
    """From now on the log is kept there; where it was kept elsewhere, that is said."""
    (folder / "base").mkdir(parents=True, exist_ok=True)
    postgres.make_private(folder / "wal")
    link = postgres.home / ARCHIVE
    if link.is_symlink() and link.resolve() == folder / "wal":
        return
    if link.is_symlink():
        say(f"The log was kept in {link.resolve()} until now; from now on it is kept in {folder / 'wal'} alone.")
    half = link.with_suffix(".half")
    half.unlink(missing_ok=True)
    half.symlink_to(folder / "wal")
    half.replace(link)


def _copy(admin: Connection, server: Server, folder: Path) -> About:
    postgres = _own(server)
    half = folder / "base" / ".unfinished"
    shutil.rmtree(half, ignore_errors=True)
    with step("Copying the database"):
        _run(
            postgres.program("pg_basebackup"),
            *("-h", server.host, "-p", server.port, "-U", server.login["user"], "-D", str(half), "--label", "reach-in", "--no-password"),
            *("--format=tar", "--compress=gzip:1", "--wal-method=stream", "--checkpoint=fast", "--manifest-checksums=SHA256"),
        )
    with step("Checking the copy"):
        _run(postgres.program("pg_verifybackup"), "--format=tar", "--no-parse-wal", "--quiet", str(half))
    names = admin.execute("select datname from pg_database where not datistemplate order by 1").fetchall()
    now = datetime.fromisoformat(str(_ask(admin, "select to_json(clock_timestamp() at time zone 'UTC') #>> '{}'"))).replace(tzinfo=UTC)
    about = About(now.isoformat(), admin.info.server_version, [name for (name,) in names], _first_log(half), _fingerprints())
    write_private(half / "about.json", json.dumps(asdict(about), indent=2))
    half.rename(folder / "base" / now.strftime(NAME))
    return about


def _first_log(copy: Path) -> str:
    """The name of the first file of the log that this copy needs."""
    told = json.loads((copy / "backup_manifest").read_text())["WAL-Ranges"][0]
    high, low = (int(part, 16) for part in told["Start-LSN"].split("/"))
    return f"{told['Timeline']:08X}{high:08X}{low >> 24:08X}"


def _fingerprints() -> dict[str, str]:
    keys = json.loads(ensure_keys().read_text())["field_keys"]
    return {key_id: hashlib.sha256(b"reach-in field key " + bytes.fromhex(key)).hexdigest()[:16] for key_id, key in keys.items()}


def _missing(about: About) -> list[str]:
    here = _fingerprints()
    return sorted(key_id for key_id, fingerprint in about.keys.items() if here.get(key_id) != fingerprint)


def wait_for_log(admin: Connection, folder: Path) -> None:
    """Until all that is written by now has arrived in the folder of backups. Raises Trouble."""
    name = str(_ask(admin, "select pg_walfile_name(pg_logical_emit_message(true, 'reach-in', 'a mark to wait for'))"))
    _ask(admin, "select pg_switch_wal()")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (folder / "wal" / f"{name}.gz").exists():
        if time.monotonic() > deadline:
            raise Trouble(f"The server does not get its log into {folder / 'wal'}: look at the end of server.log in its data folder.")
        time.sleep(0.1)


def _forget_old(postgres: LocalPostgres, folder: Path, keep: int) -> None:
    copies = _copies(folder)
    for old, _about in copies[: -max(keep, 1)]:
        shutil.rmtree(old)
    _run(postgres.program("pg_archivecleanup"), "-b", "-x", ".gz", str(folder / "wal"), copies[-max(keep, 1) :][0][1].first_log)


def _copies(folder: Path) -> list[tuple[Path, About]]:
    """The finished copies, oldest first."""
    found = [(path.parent, About(**json.loads(path.read_text()))) for path in folder.glob("base/[0-9]*/about.json")]
    return sorted(found, key=lambda one: one[1].moment)


def _choose(folder: Path, to: datetime | None) -> tuple[Path, About]:
    copies = _copies(folder)
    if not copies:
        raise Trouble(f"There is no backup in {folder}.")
    before = [copy for copy in copies if to is None or copy[1].moment <= to]
    if not before:
        raise Trouble(f"The oldest backup in {folder} was finished at {copies[0][1].finished_at}: nothing before that can be restored.")
    return before[-1]


def _unpack(postgres: LocalPostgres, copy: Path) -> None:
    postgres.home.mkdir(parents=True, exist_ok=True)
    postgres.make_private(postgres.data)
    for archive, place in (("base.tar.gz", postgres.data), ("pg_wal.tar.gz", postgres.data / "pg_wal")):
        _run(Path("tar"), "-xzf", str(copy / archive), "-C", str(place), "--no-same-owner")
    user = postgres.server_user()
    if user is not None:
        for path in postgres.data.rglob("*"):
            shutil.chown(path, user)


def _tell_where_to_stop(postgres: LocalPostgres, log: Path, to: datetime | None, also: Path | None) -> None:
    fetch = f"gzip -dc {shlex.quote(str(log))}/%f.gz > %p".replace("%", "%%").replace("%%f", "%f").replace("%%p", "%p")
    if also is not None:
        fetch = f"({fetch}) 2>/dev/null || cp {shlex.quote(str(also.expanduser().resolve()))}/%f %p"
    told = dict(zip(RECOVERING, (fetch, "promote", to.astimezone(UTC).isoformat() if to else ""), strict=True))
    with (postgres.data / "postgresql.auto.conf").open("a") as file:
        file.writelines("{} = '{}'\n".format(name, value.replace("'", "''")) for name, value in told.items())
    signal = postgres.data / "recovery.signal"
    signal.touch(mode=0o600)
    user = postgres.server_user()
    if user is not None:
        shutil.chown(signal, user)


def _go_on(postgres: LocalPostgres, to: datetime | None) -> datetime | None:
    """Starts the server and waits until it is there; gives the moment of the last thing that it holds. It is stopped again."""
    try:
        with postgres:
            return _wait_until_there(postgres)
    except (ServerError, psycopg.OperationalError):
        postgres.release()
        words = postgres.log.read_text(errors="replace") if postgres.log.exists() else ""
        if TOO_FAR not in words:
            raise
        last = re.search(r"last completed transaction was at log time (.*)", words)
        until = f" The last thing in it is of {last[1]}." if last else ""
        raise Trouble(
            f"The log does not reach {to}.{until} Leave --to out for all that was kept, or name the dead server's log in --wal."
        ) from None


def _wait_until_there(postgres: LocalPostgres) -> datetime | None:
    with private(postgres).administer() as admin:
        while _ask(admin, "select pg_is_in_recovery()"):
            time.sleep(0.05)
        last: datetime | None = _ask(admin, "select pg_last_xact_replay_timestamp()")
        for name in RECOVERING:
            admin.execute(f"alter system reset {name}".encode())
    return last


def _ask(admin: Connection, question: str) -> Any:
    row = admin.execute(question.encode()).fetchone()
    return None if row is None else row[0]


def _run(program: Path, *words: str) -> None:
    command: Sequence[str] = [str(program), *words]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, umask=0o077, env={**os.environ, "LC_ALL": "C"})
    if done.returncode:
        raise Trouble(f"{program.name} failed:\n{(done.stdout + done.stderr)[-2000:]}")
