"""Folders and servers that these tests make for themselves."""

import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from workshop.local_postgres import WITHOUT_DURABILITY, LocalPostgres

ADMIN_PASSWORD = "an administering password"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where a server may live; whatever still runs in it is stopped."""
    with reachable_folder() as made:
        yield made / "server"
        LocalPostgres(made / "server").stop()


@contextmanager
def reachable_folder() -> Iterator[Path]:
    """A folder that root's server, which runs as somebody else, can reach: pytest closes its own folders to others."""
    with tempfile.TemporaryDirectory(prefix="reachin-tests-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    return port


@pytest.fixture(scope="session")
def external_url() -> Iterator[str]:
    """A server that somebody else runs: reached by TCP, where everybody needs a password; the address of its administering login."""
    port = str(free_port())
    settings = {**WITHOUT_DURABILITY, "listen_addresses": "127.0.0.1", "port": port}
    with reachable_folder() as made, LocalPostgres(made / "server", settings) as postgres:
        by_socket = f"host={postgres.socket} port={port} user=postgres dbname=postgres"
        require_passwords(postgres, by_socket)
        yield f"postgresql://postgres:{ADMIN_PASSWORD.replace(' ', '%20')}@127.0.0.1:{port}/postgres"


def require_passwords(postgres: LocalPostgres, by_socket: str) -> None:
    (postgres.data / "pg_hba.conf").write_text("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
    with psycopg.connect(by_socket, autocommit=True) as connection:
        connection.execute(f"alter role postgres password '{ADMIN_PASSWORD}'")
        connection.execute("select pg_reload_conf()")
