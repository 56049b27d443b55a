"""Databases of the product: made, migrated and given their keys; and for tests a template, its clones and their going."""

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from psycopg import sql

from workshop import places
from workshop.keys import ensure_keys
from workshop.progress import Trouble
from workshop.servers import APP, OWNER, Connection, Server

SQL = places.ROOT / "reachin" / "groundwork" / "audited_access" / "sql"
LOCK_NUMBER = 72_697_770
MADE_FROM = (
    "reachin/**/migrations/*.py",
    "reachin/**/*.sql",
    "reachin/settings/*.py",
    "workshop/databases.py",
    "workshop/*.sql",
    "requirements/runtime.txt",
)


class CommandFailed(Trouble):
    """A Django command on a database failed; what it said was printed."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What the workshop remembers about a database it made, kept as the database's comment."""

    prepared: str = ""
    demo_loaded: bool = False


INVENTED_SENDING = {
    "REACHIN_EMAIL_FROM": "reach-in@strathlennan.example",
    "REACHIN_EMAIL_HOST": "mail.strathlennan.example",
    "REACHIN_EMAIL_USER": "reach-in",
    "REACHIN_EMAIL_PASSWORD": "invented",
}
"""How messages would leave an invented production: it does not start without."""


def environment(server: Server, name: str, *, mode: str, role: str = APP) -> dict[str, str]:
    """The environment of a process of the product (mode is demo or test); the administering login is taken out of it."""
    sending = INVENTED_SENDING if mode == "production" else {}
    inherited = {key: value for key, value in os.environ.items() if key != "DATABASE_URL" and not key.startswith("REACHIN_DB_")}
    ours = {
        "DJANGO_SETTINGS_MODULE": "reachin.settings",
        "REACHIN_MODE": mode,
        "REACHIN_DB_NAME": name,
        "REACHIN_DB_ROLE": role,
        "REACHIN_DB_PASSWORD": server.passwords.get(role, ""),
        **({"REACHIN_DB_OWNER_PASSWORD": server.passwords.get(OWNER, "")} if mode == "test" else {}),
        "REACHIN_KEYS": str(ensure_keys()),
        "REACHIN_STATE": str(places.state()),
        "REACHIN_SHARED": str(places.shared()),
    }
    return sending | inherited | ours | server.environment()


def fingerprint() -> str:
    """Changes whenever a database would have to be prepared again: migrations, SQL, settings, versions, keys."""
    found = hashlib.sha256(ensure_keys().read_bytes())
    for path in sorted({path for pattern in MADE_FROM for path in places.ROOT.glob(pattern)}):
        found.update(str(path.relative_to(places.ROOT)).encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def prepare(server: Server, name: str, *, demo: bool = False) -> bool:
    """Makes the database ready for the application's role; says whether there was anything to do.

    Raises CommandFailed. It may be called at any time, by several processes at once.
    """
    wanted = fingerprint()
    with server.administer() as admin:
        if mark(admin, name).prepared == wanted:
            return False
        with _one_at_a_time(admin):
            known = mark(admin, name)
            if known.prepared == wanted:
                return False
            if demo and not _is_ours(server, admin, name):
                raise CommandFailed(
                    f"the database {name} was not made by start.py: it is never migrated by it, nor made a demonstration of"
                )
            _create(server, admin, name)
            set_mark(admin, name, known)
            commands = [["migrate", "--verbosity", "0"], ["install_keys"], *([["mark_as_demo"]] if demo else [])]
            django(server, name, commands, mode="demo" if demo else "test", role=OWNER)
            set_mark(admin, name, replace(known, prepared=wanted))
    return True


def _is_ours(server: Server, admin: Connection, name: str) -> bool:
    """Whether it is marked as ours, is not there yet, or is still empty. Anything else may hold real families."""
    row = admin.execute("select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [name]).fetchone()
    if row is None or row[0] is not None:
        return True
    with server.administer(name) as inside:
        tables = inside.execute("select exists (select from pg_class where relnamespace = 'public'::regnamespace)").fetchone()
    return tables == (False,)


def mark(admin: Connection, name: str) -> Mark:
    """What is remembered about a database; an empty mark when it does not exist or is not ours."""
    row = admin.execute("select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [name]).fetchone()
    if row is None or row[0] is None:
        return Mark()
    try:
        return Mark(**json.loads(row[0]))
    except (TypeError, ValueError):
        return Mark()


def set_mark(admin: Connection, name: str, mark: Mark) -> None:
    """Remembers that about a database."""
    words = json.dumps({"prepared": mark.prepared, "demo_loaded": mark.demo_loaded})
    admin.execute(sql.SQL("comment on database {} is {}").format(sql.Identifier(name), sql.Literal(words)))


def django(server: Server, name: str, commands: Sequence[Sequence[str]], *, mode: str, role: str) -> None:
    """Runs Django commands on a database as one of our roles, all in one process. Raises CommandFailed."""
    words = [json.dumps(command) for command in commands]
    done = subprocess.run(
        [str(places.PYTHON), "-m", "workshop.django_commands", *words],
        cwd=places.ROOT,
        env=environment(server, name, mode=mode, role=role),
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for us: we end it, and it shows no traceback
    )
    if done.returncode:
        raise CommandFailed(f"{' and '.join(command[0] for command in commands)} failed on the database {name} (see above)")


def template(server: Server) -> str:
    """The name of the migrated template for test databases; made once for each fingerprint, older ones are dropped.

    The template takes no connections, so that a clone never waits; that also marks it as finished.
    """
    name = f"{_prefix('template')}{fingerprint()}"
    with server.administer() as admin, _one_at_a_time(admin):
        if admin.execute("select 1 from pg_database where datname = %s and not datallowconn", [name]).fetchone():
            return name
        _drop_left_over(admin)
        _create(server, admin, name)
        django(server, name, [["migrate", "--verbosity", "0"], ["install_keys"]], mode="test", role=OWNER)
        with server.administer(name) as inside:
            inside.execute((Path(__file__).parent / "test_database.sql").read_bytes())
        admin.execute(sql.SQL("alter database {} allow_connections false").format(sql.Identifier(name)))
    return name


def clone(server: Server, worker: str) -> str:
    """A fresh test database for this process (`worker` tells its databases apart); gives its name."""
    made_from, name = template(server), f"{_prefix('test')}{os.getpid()}_{worker}"
    drop(server, name)
    with server.administer() as admin:
        admin.execute(sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(made_from)))
        _set_up(server, admin, name)
    return name


def drop(server: Server, name: str) -> None:
    """Drops a database, ending whoever is connected to it; nothing happens when there is none."""
    with server.administer() as admin:
        admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def wipe(inside: Connection) -> None:
    """Puts a test database back to what the migrations left: all other rows go, whatever guards them."""
    inside.execute("select tests.wipe()")


@contextmanager
def _one_at_a_time(admin: Connection) -> Iterator[None]:
    """Roles belong to the whole server and advisory locks to one database, so that everybody locks in the maintenance database."""
    admin.execute("select pg_advisory_lock(%s)", [LOCK_NUMBER])
    try:
        yield
    finally:
        admin.execute("select pg_advisory_unlock(%s)", [LOCK_NUMBER])


def _create(server: Server, admin: Connection, name: str) -> None:
    admin.execute((SQL / "roles.sql").read_bytes())
    server.give_passwords(admin)
    if not admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
        admin.execute(
            sql.SQL("create database {} owner {} template template0 encoding 'UTF8'").format(sql.Identifier(name), sql.Identifier(OWNER))
        )
    _set_up(server, admin, name)


def _set_up(server: Server, admin: Connection, name: str) -> None:
    """Rights on the database itself: a clone does not inherit them."""
    quoted = sql.Identifier(name).as_string(admin)
    with server.administer(name) as inside:
        inside.execute((SQL / "database.sql").read_text().replace(':"db"', quoted).encode())


def _prefix(purpose: str) -> str:
    checkout = hashlib.sha256(str(places.ROOT).encode()).hexdigest()[:6]
    return f"reachin_{purpose}_{checkout}_"


def _drop_left_over(admin: Connection) -> None:
    """Drops this checkout's old templates, and test databases whose process is gone."""
    names = [str(name) for (name,) in admin.execute("select datname from pg_database where datname like 'reachin\\_%'").fetchall()]
    for name in names:
        if name.startswith(_prefix("template")) or (name.startswith(_prefix("test")) and not _lives(name)):
            admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _lives(test_database: str) -> bool:
    try:
        os.kill(int(test_database.removeprefix(_prefix("test")).split("_")[0]), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
