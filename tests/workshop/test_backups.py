"""Backups of the private server: taken, refused where they would not help, restored to a second, and without keys in them."""

import argparse
import gzip
import json
import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.workshop.conftest import reachable_folder
from workshop import backup, backups, keys, restore
from workshop.local_postgres import ARCHIVE, ARCHIVING, LocalPostgres
from workshop.progress import Trouble
from workshop.servers import Server, external, private


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with reachable_folder() as made:
        monkeypatch.setenv("REACHIN_STATE", str(made / "state"))
        (made / "state").mkdir(mode=0o711)
        keys.ensure_keys()
        yield made / "state"
        LocalPostgres(made / "state" / "postgres").stop()


@pytest.fixture
def server(state: Path) -> Iterator[Server]:
    with LocalPostgres(state / "postgres", {**ARCHIVING, "fsync": "off"}) as postgres:
        yield private(postgres)


def write(server: Server, *numbers: int) -> None:
    with server.administer() as admin:
        admin.execute("create table if not exists kept (number int)")
        for number in numbers:
            admin.execute("insert into kept values (%s)", [number])


def read(server: Server) -> list[int]:
    with server.administer() as admin:
        return [number for (number,) in admin.execute("select number from kept order by 1").fetchall()]


def now(server: Server) -> datetime:
    time.sleep(0.05)
    with server.administer() as admin:
        row = admin.execute("select clock_timestamp()").fetchone()
    time.sleep(0.05)
    assert row is not None
    moment: datetime = row[0].astimezone(UTC)
    return moment


def restored_to(folder: Path, into: Path, to: datetime | None, also: Path | None = None) -> list[int]:
    restored = backups.restore(folder, into, to=to, also=also)
    with restored.postgres:
        return read(private(restored.postgres))


def log_arrives(server: Server, folder: Path) -> None:
    with server.administer() as admin:
        backups.wait_for_log(admin, folder)


def test_any_second_after_a_backup_can_be_restored_and_the_last(server: Server, state: Path) -> None:
    folder = state.parent / "kept elsewhere, it's said"
    write(server, 1)
    backups.take(server, folder)
    write(server, 2)
    after_two = now(server)
    write(server, 3)
    log_arrives(server, folder)
    assert restored_to(folder, state.parent / "to-two", after_two) == [1, 2]
    assert restored_to(folder, state.parent / "to-the-end", None) == [1, 2, 3]


def test_what_had_not_been_archived_is_taken_from_the_dead_servers_log(server: Server, state: Path) -> None:
    write(server, 1)
    backups.take(server, state.parent / "kept")
    write(server, 2)
    assert server.postgres is not None
    pid = server.postgres.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert restored_to(state.parent / "kept", state.parent / "without", None) == [1]
    assert restored_to(state.parent / "kept", state.parent / "with", None, server.postgres.data / "pg_wal") == [1, 2]


def test_keys_are_not_in_a_backup_and_it_knows_which_it_needs(server: Server, state: Path) -> None:
    taken = backups.take(server, state.parent / "kept")
    secrets = [word.encode() for word in json.dumps(json.loads((state / "keys.json").read_text())).split('"') if len(word) > 20]
    assert len(secrets) == 4
    files = [path for path in taken.folder.glob("base/*/*") if path.is_file()]
    copied = b"".join(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in files)
    assert b"PG_VERSION" in copied
    assert not [secret for secret in secrets if secret in copied]
    assert backups.restore(taken.folder, state.parent / "one").missing_keys == []
    (state / "keys.json").unlink()
    keys.ensure_keys()
    assert backups.restore(taken.folder, state.parent / "two").missing_keys == ["1"]


def test_a_restored_server_writes_into_no_archive(server: Server, state: Path) -> None:
    taken = backups.take(server, state.parent / "kept")
    restored = backups.restore(taken.folder, state.parent / "restored")
    assert not (restored.postgres.home / ARCHIVE).exists()


def test_a_restore_overwrites_nothing(server: Server, state: Path) -> None:
    taken = backups.take(server, state.parent / "kept")
    with pytest.raises(Trouble, match="not empty"):
        backups.restore(taken.folder, state / "postgres")


def test_moments_that_cannot_be_reached_are_said(server: Server, state: Path) -> None:
    folder = state.parent / "kept"
    before = now(server)
    with pytest.raises(Trouble, match="no backup"):
        backups.restore(folder, state.parent / "nothing")
    backups.take(server, folder)
    with pytest.raises(Trouble, match="nothing before that"):
        backups.restore(folder, state.parent / "before", to=before)
    with pytest.raises(Trouble, match="does not reach"):
        backups.restore(folder, state.parent / "later", to=datetime.now(UTC) + timedelta(days=1))


def test_old_backups_go_and_their_log_with_them(server: Server, state: Path) -> None:
    folder = state.parent / "kept"
    for number in range(3):
        write(server, number)
        backups.take(server, folder, keep=2)
        time.sleep(1)
    assert len(list((folder / "base").iterdir())) == 2
    first = min(json.loads(path.read_text())["first_log"] for path in folder.glob("base/*/about.json"))
    assert min(path.name for path in (folder / "wal").glob("*.gz")) >= first
    assert restored_to(folder, state.parent / "restored", None) == [0, 1, 2]


def test_an_archive_that_went_away_loses_nothing(server: Server, state: Path) -> None:
    folder = state.parent / "kept"
    backups.take(server, folder)
    away = folder.rename(state.parent / "away")
    write(server, 1)
    with server.administer() as admin:
        admin.execute("select pg_switch_wal()")
        deadline = time.monotonic() + 20
        while not (failed := admin.execute("select failed_count from pg_stat_archiver").fetchone()) or not failed[0]:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    away.rename(folder)
    write(server, 2)
    log_arrives(server, folder)
    assert restored_to(folder, state.parent / "restored", None) == [1, 2]


def refused(server: Server, folder: Path, match: str) -> None:
    with pytest.raises(Trouble, match=match):
        backups.take(server, folder)


def test_places_that_would_not_help_are_refused(server: Server, state: Path) -> None:
    assert server.postgres is not None
    refused(server, state, "keys")
    refused(server, server.postgres.home / "kept", "belongs to the server")
    refused(external("postgresql://somebody@elsewhere/postgres"), state.parent / "kept", "somebody else runs")


def test_a_server_that_cannot_keep_its_log_is_refused(state: Path) -> None:
    with LocalPostgres(state / "postgres", {"fsync": "off"}) as postgres:
        refused(private(postgres), state.parent / "kept", "start it again")


def test_the_commands_say_what_matters(state: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert backup.main(argparse.Namespace(folder=str(state.parent / "kept"), keep=7)) == 0
    said = capsys.readouterr().err
    assert "keys are NOT in it" in said
    assert "same disk" in said
    assert restore.main(argparse.Namespace(folder=str(state.parent / "kept"), into=str(state.parent / "new"), to=None, wal=None)) == 0
    assert "Restored into" in capsys.readouterr().err
    assert json.loads(backups.memory().read_text())["same_disk"] is True


def test_with_an_external_server_both_refuse(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@elsewhere/postgres")
    with pytest.raises(Trouble, match="deployers-guide"):
        backup.main(argparse.Namespace(folder="kept", keep=7))
    with pytest.raises(Trouble, match="deployers-guide"):
        restore.main(argparse.Namespace(folder="kept", into="new", to=None, wal=None))


@pytest.mark.parametrize("typed", ["2026-11-22T10:00:05Z", "2026-11-22T10:00:05.000+00:00", "2026-11-22T11:00:05+01:00"])
def test_a_moment_is_read(typed: str) -> None:
    assert restore.moment(typed) == datetime(2026, 11, 22, 10, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["2026-11-22T10:00:05", "yesterday", ""])
def test_a_moment_without_a_zone_or_meaning_is_refused(typed: str) -> None:
    with pytest.raises(Trouble, match=r"zone|no moment"):
        restore.moment(typed)
