"""The drill: a database that is worked on is backed up, its keys change, it is spoilt, killed, and brought back to a chosen second.

It is brought back twice from the backup alone: to a second after the keys changed, and to one before, which opens only with the key that
was put away. The drill has keys of its own, so that those of this checkout stay as they are.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from workshop import backups, databases, places
from workshop.benches.seeded import fill
from workshop.files import write_private
from workshop.keys import apart
from workshop.local_postgres import ARCHIVING, LocalPostgres
from workshop.progress import result, say, step
from workshop.servers import APP, OWNER, Connection, Server, private, running

HELP = "a backup brings the database back to a chosen second, the same in every table, also across a change of keys"
DATABASE = "reachin_restore"
SEEDED, SMALL_SEEDED = 20_000, 150
WITNESS = "witness"
APART_SECONDS = 0.05
"""Between the last write that must be there, the chosen moment, and the first write that must not."""
WRITE = (
    "insert into audited_access_auditevent (id, happened_at, event, subject_kind, subject_id, fields, actor_kind, role)"
    " select gen_random_uuid(), clock_timestamp(), 'drill.written', %s, gen_random_uuid(), '{}', 'system', '' from generate_series(1, %s)"
)
SPOIL = (
    "delete from information_sharing_circleentry",
    "update people_persondetails set sealed = substring(sealed from 1 for 20) || sealed",
    "update requests_for_assistance_requestforassistance set display_name = 'Nobody'",
    "delete from django_session",
    "update agencies_agency set name = 'Nobody'",
)
Hashes: TypeAlias = dict[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Second:
    """A chosen second, and every table's rows and hash at it."""

    moment: datetime
    tables: Hashes


@dataclass(frozen=True, slots=True)
class Lost:
    """What stood before and after the keys changed, and how many tables had changed by the time the server was killed."""

    older: Second
    newer: Second
    spoilt: int


@dataclass(frozen=True, slots=True)
class Found:
    """What came back at one of the two seconds: tables that were as before or were not, and what held (False is a failure)."""

    equal: int
    wrong: int
    held: dict[str, bool]


def main(argv: Sequence[str]) -> int:
    """0 when every table is as it was and reads back, at both seconds.

    JSON: tables, rows, equal, spoilt (how many had changed), failed, restored_to, seconds; what held after the keys changed (audit,
    opens, signs); and before (older_key_asked_for, closed_without_it, opens_with_it, signs_with_it).
    """
    line = argparse.ArgumentParser(prog="start.py proof restore", description=HELP)
    line.add_argument("--small", action="store_true", help=f"{SMALL_SEEDED} requests instead of {SEEDED:,}")
    count, began = SMALL_SEEDED if line.parse_args(argv).small else SEEDED, time.monotonic()
    folder, into, safe = (places.state() / name for name in ("restore-backups", "postgres-restored", "restore-keys"))
    for left in (folder, into, safe, LocalPostgres(into).home):
        shutil.rmtree(left, ignore_errors=True)
    with apart(safe) as keys:
        with ExitStack() as held:
            server = held.enter_context(running(private(LocalPostgres(places.state() / "postgres-restore", ARCHIVING))))
            _prepare(server, count)
            lost = _work_and_lose(server, folder, keys)
        newer = _after_the_change(folder, into, lost.newer)
        older = _before_the_change(folder, into, lost.older, keys)
    for left in (folder, into, safe):
        shutil.rmtree(left, ignore_errors=True)
    failed = newer.wrong + older.wrong + sum(not held for held in (newer.held | older.held).values()) + (not lost.spoilt)
    result(
        {
            "tables": len(lost.newer.tables),
            "rows": sum(rows for rows, _ in lost.newer.tables.values()),
            "equal": newer.equal,
            "failed": failed,
            "spoilt": lost.spoilt,
            **newer.held,
            **older.held,
            "restored_to": lost.newer.moment.isoformat(),
            "seconds": round(time.monotonic() - began, 1),
        }
    )
    return 1 if failed else 0


def _after_the_change(folder: Path, into: Path, second: Second) -> Found:
    """With the keys of now: everything is there and opens, the audit is what the witness saw, and who acts is believed."""
    restored = backups.restore(folder, into, to=second.moment)
    with running(private(restored.postgres)) as server:
        equal, wrong = _compared(server, second)
        held = {
            "audit": _holds(server, ["verify_audit", "--witness", str(folder / WITNESS)]),
            "opens": _holds(server, ["field_keys", "--open"]),
            "signs": _acts(server),
        }
    shutil.rmtree(restored.postgres.home)
    return Found(equal, wrong, held)


def _before_the_change(folder: Path, into: Path, second: Second, keys: Path) -> Found:
    """The older key is asked for; without it nothing opens; with it, and the context key of now told to the database, all is as it was."""
    restored = backups.restore(folder, into, to=second.moment)
    with running(private(restored.postgres)) as server:
        equal, wrong = _compared(server, second)
        say("Without the older key nothing may open, so this has to fail:")
        closed = not _holds(server, ["field_keys", "--open"])
        _bring_back_the_older_key(keys)
        opens = _holds(server, ["field_keys", "--open"])
        databases.django(server, DATABASE, [["install_keys"]], mode="test", role=OWNER)
        held = {"older_key_asked_for": restored.missing_keys == ["1"], "closed_without_it": closed, "opens_with_it": opens}
        held["signs_with_it"] = _acts(server)
    shutil.rmtree(restored.postgres.home)
    return Found(equal, wrong, held)


def _bring_back_the_older_key(keys: Path) -> None:
    """What `rotate_field_key` put away goes into the keys file again, beside the key of now."""
    told = json.loads(keys.read_text())
    for retired in keys.parent.glob("keys.retired-*.json"):
        told["field_keys"] |= json.loads(retired.read_text())["field_keys"]
    write_private(keys, json.dumps(told))


def _compared(server: Server, second: Second) -> tuple[int, int]:
    """How many tables are as they were, and how many are not."""
    after, before = fingerprints(server), second.tables
    wrong = sorted(table for table in before | after if before.get(table) != after.get(table))
    for table in wrong:
        say(f"Not as it was: {table} {before.get(table)} {after.get(table)}")
    return len(before | after) - len(wrong), len(wrong)


def _prepare(server: Server, count: int) -> None:
    with step("Preparing the database"):
        databases.drop(server, DATABASE)
        databases.prepare(server, DATABASE)
    fill(server, DATABASE, count)


def _work_and_lose(server: Server, folder: Path, keys: Path) -> Lost:
    """Backs up, writes on, changes the keys in between, spoils and kills."""
    folder.mkdir(parents=True, mode=0o711)
    backups.take(server, folder, remember=False)
    with server.administer(DATABASE) as admin:
        with step("Writing on, until the first chosen moment"):
            older = _write_until(server, admin, "before the keys change")
        with step("Changing the field key and the context key"):
            databases.django(server, DATABASE, [["rotate_field_key", "--grace", "0"], ["rotate_context_key"]], mode="test", role=OWNER)
        with step("Writing on, until the second chosen moment and after it"):
            databases.django(server, DATABASE, [["export_witness", str(folder / WITNESS)]], mode="test", role=OWNER)
            newer = _write_until(server, admin, "after the keys changed")
            admin.execute(WRITE, ["after", 50])
            for statement in SPOIL:
                admin.execute(statement.encode())
            admin.execute("select pg_switch_wal()")
            admin.execute(WRITE, ["long after", 50])
            spoilt = sum(newer.tables[table] != found for table, found in fingerprints(server).items())
            backups.wait_for_log(admin, folder)
    with step("kill -9"):
        kill(server)
    return Lost(older, newer, spoilt)


def _write_until(server: Server, admin: Connection, words: str) -> Second:
    for round_number in range(20):
        admin.execute(WRITE, [f"{words} {round_number}", 50])
    before = fingerprints(server)
    time.sleep(APART_SECONDS)
    row = admin.execute("select clock_timestamp()").fetchone()
    assert row is not None
    time.sleep(APART_SECONDS)
    return Second(row[0].astimezone(UTC), before)


def kill(server: Server) -> None:
    """Nothing more is taken from this server: it is gone, and so is its folder."""
    assert server.postgres is not None
    pid = server.postgres.pid()
    assert pid is not None
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    for one in (pid, *children):
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
    while server.postgres.pid() is not None:
        time.sleep(0.02)
    shutil.rmtree(server.postgres.data)


def fingerprints(server: Server) -> Hashes:
    """Rows and hash of every table of the product."""
    with server.administer(DATABASE) as admin, admin.transaction():
        admin.execute("set transaction isolation level repeatable read, read only")
        names = admin.execute(
            "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind = 'r' and n.nspname in ('public', 'reachin') order by 1"
        ).fetchall()
        found: Hashes = {}
        for (name,) in names:
            row = admin.execute(
                f"select count(*), md5(coalesce(string_agg(h, '' order by h), '')) from (select md5(t::text) h from {name} t) s".encode()
            )
            found[str(name)] = row.fetchone() or (0, "")
    return found


def _holds(server: Server, command: Sequence[str]) -> bool:
    """Whether a command of the product is content with the restored database: the audit is what the witness saw, the keys open all."""
    try:
        databases.django(server, DATABASE, [command], mode="test", role=OWNER)
    except databases.CommandFailed:
        return False
    return True


def _acts(server: Server) -> bool:
    """Whether the database believes the application who acts, and shows them the names that they may read, unsealed."""
    program = [str(places.PYTHON), "-m", "workshop.proofs.restored_reading"]
    return subprocess.run(program, cwd=places.ROOT, env=databases.environment(server, DATABASE, mode="test", role=APP)).returncode == 0
