"""Where PostgreSQL lives: the private server, or the one that DATABASE_URL names by an administering login. Both are used the same way."""

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from workshop import local_postgres, places
from workshop.files import locked, write_private
from workshop.local_postgres import LocalPostgres

OWNER, APP = "reachin_owner", "reachin_app"
ROLES_WITH_LOGIN = (OWNER, APP)
TLS_VARIABLES = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: an administering login (libpq parameters) and the passwords of our roles (none on the private socket).

    `postgres` is the private server's life cycle; None for a server that somebody else runs.
    """

    login: dict[str, str] = field(repr=False)
    passwords: Mapping[str, str] = field(default_factory=dict, repr=False)
    postgres: LocalPostgres | None = None

    def revive(self) -> bool:
        """Starts the private server again if it has died; says whether it had."""
        if self.postgres is None or self.postgres.pid() is not None:
            return False
        self.postgres.start()
        return True

    @property
    def host(self) -> str:
        """A host name, or the folder of a Unix socket."""
        return self.login.get("host", "localhost")

    @property
    def port(self) -> str:
        return self.login.get("port", "5432")

    def administer(self, database: str | None = None) -> Connection:
        """A connection of the administering login, each statement its own transaction; to its own database unless named."""
        return self._connect(self.login | ({"dbname": database} if database else {}))

    def connect(self, role: str, database: str) -> Connection:
        """A connection as one of our roles."""
        others = {key: value for key, value in self.login.items() if key != "password"}
        password = {"password": self.passwords[role]} if role in self.passwords else {}
        return self._connect(others | password | {"user": role, "dbname": database})

    @staticmethod
    def _connect(parameters: dict[str, str]) -> Connection:
        return psycopg.connect(make_conninfo("", **parameters), autocommit=True)

    def give_passwords(self, admin: Connection) -> None:
        """Sets our roles' passwords, sent as their SCRAM verifiers: the words themselves reach no log."""
        for role, password in self.passwords.items():
            verifier = admin.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
            admin.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(verifier)))

    def environment(self) -> dict[str, str]:
        """How the product's processes reach it; the administering login is not among it."""
        reached = {"REACHIN_DB_HOST": self.host, "REACHIN_DB_PORT": self.port}
        return reached | {name: self.login[key] for key, name in TLS_VARIABLES.items() if key in self.login}


def for_keeps() -> Server:
    """Where databases that matter are: the server that DATABASE_URL names, else the private one, which may not be running."""
    return _external_or("postgres", local_postgres.ARCHIVING)


@contextmanager
def running(found: Server) -> Iterator[Server]:
    """Keeps a located server running for as long as somebody uses it."""
    with found.postgres or nullcontext():
        yield found


def for_tests() -> Server:
    """The server for databases that are thrown away: quicker, and apart from the demo's."""
    return _external_or("postgres-tests", local_postgres.WITHOUT_DURABILITY)


def _external_or(folder: str, settings: Mapping[str, str]) -> Server:
    url = os.environ.get("DATABASE_URL")
    return external(url) if url else private(LocalPostgres(places.state() / folder, settings))


def private(postgres: LocalPostgres) -> Server:
    """The private server as its superuser; it trusts whoever may enter its socket's folder."""
    login = {"host": str(postgres.socket), "port": postgres.port, "user": local_postgres.SUPERUSER, "dbname": "postgres"}
    return Server(login, postgres=postgres)


def external(url: str) -> Server:
    """A server that somebody else runs. Raises psycopg.ProgrammingError when the address cannot be read."""
    login = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    login.setdefault("dbname", "postgres")
    found = Server(login)
    return Server(login, _kept_passwords(f"{found.host}:{found.port}"))


def _kept_passwords(address: str) -> dict[str, str]:
    """Our roles' passwords on that server; made up once and kept in a private file."""
    path = places.state() / "database-passwords.json"
    with locked(path.with_suffix(".lock")):
        kept: dict[str, dict[str, str]] = json.loads(path.read_text()) if path.exists() else {}
        if address not in kept:
            kept[address] = {role: secrets.token_urlsafe(24) for role in ROLES_WITH_LOGIN}
            write_private(path, json.dumps(kept, indent=2))
    return kept[address]
