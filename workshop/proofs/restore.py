"""The drill: a database that is worked on is backed up, spoilt, killed, and brought back to a chosen second from the backup alone."""

import argparse
import contextlib
import os
import shutil
import signal
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from workshop import backups, databases, places
from workshop.benches.seeded import fill
from workshop.local_postgres import ARCHIVING, LocalPostgres
from workshop.progress import result, say, step
from workshop.servers import OWNER, Server, private, running

HELP = "a backup brings the database back to a chosen second, the same in every table"
DATABASE = "reachin_restore"
SEEDED, SMALL_SEEDED = 20_000, 150
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


def main(argv: Sequence[str]) -> int:
    """0 when every table is as it was. JSON: tables, rows, equal, failed, spoilt (how many had changed), audit, opens, seconds."""
    line = argparse.ArgumentParser(prog="start.py proof restore", description=HELP)
    line.add_argument("--small", action="store_true", help=f"{SMALL_SEEDED} requests instead of {SEEDED:,}")
    count, began = SMALL_SEEDED if line.parse_args(argv).small else SEEDED, time.monotonic()
    folder, into = places.state() / "restore-backups", places.state() / "postgres-restored"
    for left in (folder, into, LocalPostgres(into).home):
        shutil.rmtree(left, ignore_errors=True)
    with ExitStack() as held:
        server = held.enter_context(running(private(LocalPostgres(places.state() / "postgres-restore", ARCHIVING))))
        witness = folder / "witness"
        _prepare(server, count)
        moment, before, spoilt = _work_and_lose(server, folder, witness)
    restored = backups.restore(folder, into, to=moment)
    with running(private(restored.postgres)) as found:
        after = fingerprints(found)
        audit = _holds(found, ["verify_audit", "--witness", str(witness)])
        opens = _holds(found, ["field_keys", "--open"])
    equal = sum(before.get(table) == after.get(table) for table in before | after)
    for table in sorted(before | after):
        if before.get(table) != after.get(table):
            say(f"Not as it was: {table} {before.get(table)} {after.get(table)}")
    failed = len(before | after) - equal + (not audit) + (not opens) + (not spoilt)
    for left in (folder, restored.postgres.home):
        shutil.rmtree(left, ignore_errors=True)
    result(
        {
            "tables": len(before),
            "rows": sum(rows for rows, _ in before.values()),
            "equal": equal,
            "failed": failed,
            "spoilt": spoilt,
            "audit": audit,
            "opens": opens,
            "restored_to": moment.isoformat(),
            "seconds": round(time.monotonic() - began, 1),
        }
    )
    return 1 if failed else 0


def _prepare(server: Server, count: int) -> None:
    with step("Preparing the database"):
        databases.drop(server, DATABASE)
        databases.prepare(server, DATABASE)
    fill(server, DATABASE, count)


def _work_and_lose(server: Server, folder: Path, witness: Path) -> tuple[datetime, Hashes, int]:
    """The chosen moment, every table's hash at it, and how many tables had changed by the time the server was killed."""
    folder.mkdir(parents=True, mode=0o711)
    backups.take(server, folder, remember=False)
    with step("Writing on, until the chosen moment and after it"), server.administer(DATABASE) as admin:
        for round_number in range(20):
            admin.execute(WRITE, [f"before {round_number}", 50])
        databases.django(server, DATABASE, [["export_witness", str(witness)]], mode="test", role=OWNER)
        before = fingerprints(server)
        time.sleep(APART_SECONDS)
        row = admin.execute("select clock_timestamp()").fetchone()
        assert row is not None
        moment: datetime = row[0].astimezone(UTC)
        time.sleep(APART_SECONDS)
        admin.execute(WRITE, ["after", 50])
        for statement in SPOIL:
            admin.execute(statement.encode())
        admin.execute("select pg_switch_wal()")
        admin.execute(WRITE, ["long after", 50])
        spoilt = sum(before[table] != found for table, found in fingerprints(server).items())
        backups.wait_for_log(admin, folder)
    with step("kill -9"):
        kill(server)
    return moment, before, spoilt


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
