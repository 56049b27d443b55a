"""The private PostgreSQL: cold, warm, killed, as root, on a long path, and used by two at once."""

import os
import pwd
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from workshop import places
from workshop.local_postgres import WITHOUT_DURABILITY, LocalPostgres, ServerError


def quick(folder: Path) -> LocalPostgres:
    return LocalPostgres(folder, WITHOUT_DURABILITY)


def ask(postgres: LocalPostgres, question: str) -> object:
    with psycopg.connect(host=str(postgres.socket), user="postgres", dbname="postgres", autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def write_something(postgres: LocalPostgres) -> None:
    with psycopg.connect(host=str(postgres.socket), user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute("create table kept as select 42 as answer")


def test_cold_and_warm_start_keep_the_rows(folder: Path) -> None:
    with quick(folder) as postgres:
        assert int(str(ask(postgres, "show server_version_num"))) >= 180_000
        write_something(postgres)
    assert postgres.pid() is None
    with quick(folder) as again:
        assert ask(again, "select answer from kept") == 42


def test_it_listens_on_its_socket_only_and_logs_no_parameters(folder: Path) -> None:
    with quick(folder) as postgres:
        assert ask(postgres, "show listen_addresses") == ""
        assert ask(postgres, "show log_parameter_max_length") == "0"
        assert ask(postgres, "show log_parameter_max_length_on_error") == "0"
        assert postgres.socket.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("seconds_later", [0, 0.3])
def test_it_recovers_from_kill_9(folder: Path, seconds_later: float) -> None:
    postgres = LocalPostgres(folder).start()
    write_something(postgres)
    killed = postgres.pid()
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    time.sleep(seconds_later)
    with postgres:
        assert ask(postgres, "select answer from kept") == 42
        assert postgres.pid() != killed


def leave_lock_file_of(postgres: LocalPostgres, pid: int) -> None:
    """What a killed server leaves, its process id meanwhile another process's."""
    with postgres:
        lock = postgres.data / "postmaster.pid"
        words = lock.read_text()
    lock.write_text("\n".join([str(pid), *words.splitlines()[1:]]))


def test_a_lock_file_that_names_another_process_does_not_stop_it(folder: Path) -> None:
    leave_lock_file_of(quick(folder), os.getpid())
    with quick(folder) as again:
        assert ask(again, "select 1") == 1


def test_a_dead_server_that_nobody_reaped_does_not_stop_it(folder: Path) -> None:
    unreaped = subprocess.Popen([quick(folder).program("postgres"), "--version"], stdout=subprocess.PIPE)
    if unreaped.stdout:
        unreaped.stdout.read()
    leave_lock_file_of(quick(folder), unreaped.pid)
    assert unreaped.returncode is None, "nobody has asked for its status yet"
    with quick(folder) as again:
        assert ask(again, "select 1") == 1
    unreaped.communicate()


def test_an_interrupted_first_start_leaves_no_half_of_one(folder: Path) -> None:
    half = folder / "data.unfinished"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    with quick(folder) as postgres:
        assert ask(postgres, "select 1") == 1


def test_root_drops_to_nobody(folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root")
    with quick(folder) as postgres:
        assert Path(f"/proc/{postgres.pid()}").stat().st_uid == pwd.getpwnam("nobody").pw_uid


def test_root_in_a_folder_that_nobody_reaches(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root")
    tmp_path.chmod(0o700)
    with quick(tmp_path / "server") as postgres:
        assert not postgres.home.is_relative_to(tmp_path)
        assert ask(postgres, "select 1") == 1


def test_a_path_too_long_for_a_socket(folder: Path) -> None:
    deep = folder / ("a-folder-with-a-long-name-" * 4) / "and-another-one"
    with quick(deep) as postgres:
        assert len(str(postgres.socket)) < 90
        assert ask(postgres, "select 1") == 1


def test_a_socket_folder_open_to_others_is_refused(folder: Path) -> None:
    with quick(folder) as postgres:
        pass
    postgres.socket.chmod(0o755)
    with pytest.raises(ServerError, match="open to others"):
        postgres.start()
    postgres.release()


HOLD_UNTIL_TOLD = """
import sys
from pathlib import Path
from workshop.local_postgres import LocalPostgres

postgres = LocalPostgres(Path(sys.argv[1])).start()
print(postgres.pid(), flush=True)
sys.stdin.read()
postgres.release()
"""


def test_two_starts_at_once_share_one_server(folder: Path) -> None:
    both = [
        subprocess.Popen(
            [sys.executable, "-c", HOLD_UNTIL_TOLD, str(folder)], cwd=places.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    pids = {process.stdout.readline() for process in both if process.stdout}
    assert len(pids) == 1
    postgres = LocalPostgres(folder)
    both[0].communicate()
    assert postgres.pid() == int(pids.pop()), "the second still uses it"
    both[1].communicate()
    assert postgres.pid() is None, "the last to let go stops it"
