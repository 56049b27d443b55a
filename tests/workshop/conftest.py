"""Folders and servers that these tests make for themselves."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from workshop.local_postgres import WITHOUT_DURABILITY, LocalPostgres

ADMIN_PASSWORD = "an administering password"


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that the server's user can reach, whoever runs the tests; whatever still runs in it is stopped."""
    home = reachable(tmp_path_factory.mktemp("pg")) / "server"
    yield home
    LocalPostgres(home).stop()


def reachable(made: Path) -> Path:
    """Lets others pass through a folder of pytest's."""
    for parent in (made, *made.parents):
        if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    return made


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    return port


@pytest.fixture(scope="session")
def external_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that somebody else runs: reached by TCP, where everybody needs a password; the address of its administering login."""
    port = str(free_port())
    settings = {**WITHOUT_DURABILITY, "listen_addresses": "127.0.0.1", "port": port}
    with LocalPostgres(reachable(tmp_path_factory.mktemp("external")) / "server", settings) as postgres:
        by_socket = f"host={postgres.socket} port={port} user=postgres dbname=postgres"
        require_passwords(postgres, by_socket)
        yield f"postgresql://postgres:{ADMIN_PASSWORD.replace(' ', '%20')}@127.0.0.1:{port}/postgres"


def require_passwords(postgres: LocalPostgres, by_socket: str) -> None:
    (postgres.data / "pg_hba.conf").write_text("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
    with psycopg.connect(by_socket, autocommit=True) as connection:
        connection.execute(f"alter role postgres password '{ADMIN_PASSWORD}'")
        connection.execute("select pg_reload_conf()")
