"""What has to hold before the service takes anybody in. In production it does not start otherwise; the doctor asks the same questions.

Each guard is one function that gives nothing when it holds, or what is wrong and what to do. Those of the database ask its catalogue only,
so that any role can ask them.
"""

import os
import re
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, TypeAlias

from django.conf import settings
from django.db import OperationalError, connection

from .context import Actor, signed
from .exempt import EXEMPT, EXEMPT_ROOMS
from .granted import MAY_CALL, MAY_REMOVE_FROM

APP = "reachin_app"
CLOCK = "select clock_timestamp()"
KEY_HEX = 64
LEAST_SECRET = 50
LEAST_HSTS_SECONDS = 31_536_000
PATIENCE_SECONDS = 60
GUARDS = "('reachin_guard', 'reachin_retention')"
OURS = "('public'::regnamespace, 'reachin'::regnamespace)"
REVIEW = "Find out who changed it before you go on. Then run `migrate` as the owner, and put back what it does not: "


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and what to do about it."""

    what: str
    remedy: str


class WillNotStart(RuntimeError):
    """A guard is missing: nobody is taken in. The message says which, and what to do."""


Ask: TypeAlias = Callable[[str], Sequence[tuple[Any, ...]]]
DatabaseGuard: TypeAlias = Callable[[Ask], Finding | None]
ProcessGuard: TypeAlias = Callable[[], Finding | None]
DATABASE: dict[str, DatabaseGuard] = {}
PROCESS: dict[str, ProcessGuard] = {}


def of_the_database(subject: str) -> Callable[[DatabaseGuard], DatabaseGuard]:
    """Registers a guard that the database's catalogue can tell of."""

    def register(guard: DatabaseGuard) -> DatabaseGuard:
        DATABASE[subject] = guard
        return guard

    return register


def of_this_process(subject: str) -> Callable[[ProcessGuard], ProcessGuard]:
    """Registers a guard of this process: its settings, its keys, as whom it is connected."""

    def register(guard: ProcessGuard) -> ProcessGuard:
        PROCESS[subject] = guard
        return guard

    return register


def make_sure() -> None:
    """Raises WillNotStart unless every guard holds. Waits a minute for a database that is just starting."""
    found = _when_there()
    connection.close()
    if found:
        told = "\n".join(f"- {subject}: {finding.what}\n  What to do: {finding.remedy}" for subject, finding in found)
        raise WillNotStart(f"Reach In does not start: {len(found)} of its guards do not hold.\n{told}")


def _when_there() -> list[tuple[str, Finding]]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return list(findings())
        except OperationalError as failure:
            connection.close()
            if time.monotonic() > deadline:
                raise WillNotStart(f"the database cannot be asked whether its guards hold: {failure}") from failure
            time.sleep(0.5)


def findings() -> Iterator[tuple[str, Finding]]:
    """Every guard that does not hold, with its subject."""
    for subject, guard in PROCESS.items():
        if (finding := guard()) is not None:
            yield subject, finding
    for subject, of_database in DATABASE.items():
        if (finding := of_database(_asked)) is not None:
            yield subject, finding


def _asked(question: str) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _names(rows: Sequence[tuple[Any, ...]]) -> str:
    return ", ".join(str(row[0]) for row in rows)


@of_the_database("The application's role")
def role(ask: Ask) -> Finding | None:
    """No superuser, no way past row security, owner of nothing, member of no other role."""
    rights = ask(f"select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication from pg_roles where rolname = '{APP}'")
    if not rights or any(rights[0]):
        remedy = f"alter role {APP} nosuperuser nobypassrls nocreatedb nocreaterole noreplication"
        return Finding(f"{APP} has rights that it must not have, or is missing", remedy)
    owned = ask(
        f"select c.relname from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = '{APP}'"
        f" union all select p.proname from pg_proc p join pg_roles r on r.oid = p.proowner where r.rolname = '{APP}'"
        f" union all select n.nspname from pg_namespace n join pg_roles r on r.oid = n.nspowner where r.rolname = '{APP}'"
        f" union all select d.datname from pg_database d join pg_roles r on r.oid = d.datdba where r.rolname = '{APP}'"
    )
    if owned:
        return Finding(f"{APP} owns {_names(owned)}", "give these to reachin_owner: an owner can switch row security off")
    groups = ask(f"select g.rolname from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = '{APP}'::regrole")
    if groups:
        return Finding(f"{APP} is a member of {_names(groups)}", f"revoke these from {APP}")
    guards = ask(f"select rolname from pg_roles where rolname in {GUARDS} and (rolcanlogin or rolsuper or rolbypassrls)")
    if guards:
        return Finding(f"somebody can sign in as {_names(guards)}", "alter role ... nologin nosuperuser nobypassrls")
    return None


@of_the_database("Row security")
def row_security(ask: Ask) -> Finding | None:
    """Forced on every table that is not in the list of exempt ones."""
    open_tables = unguarded_tables(ask)
    if not open_tables:
        return None
    return Finding(
        f"without forced row security: {', '.join(open_tables)}", f"{REVIEW}alter table ... enable, and force, row level security"
    )


def unguarded_tables(ask: Ask) -> list[str]:
    """Tables of the product without forced row security that are not listed as exempt with a reason."""
    return [
        str(name)
        for (name,) in ask(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
            " and not (relrowsecurity and relforcerowsecurity) order by 1"
        )
        if name not in EXEMPT and not name.startswith(tuple(EXEMPT_ROOMS))
    ]


@of_the_database("Policies")
def policies(ask: Ask) -> Finding | None:
    """None lets the application see or write a row without asking who acts, or whose card it is."""
    rows = ask(
        f"select format('%s on %s', policyname, tablename) from pg_policies, lateral (values (qual), (with_check)) as said (condition)"
        f" where schemaname = 'public' and permissive = 'PERMISSIVE' and roles && array['public', '{APP}']::name[]"
        " and (condition !~ 'reachin\\.|EXISTS' or condition ~* '\\mor true\\M|\\mtrue or\\M') order by 1"
    )
    return Finding(f"policies that let everybody: {_names(rows)}", f"{REVIEW}drop these policies") if rows else None


@of_the_database("Views")
def views(ask: Ask) -> Finding | None:
    """Each acts as whoever asks, and nothing is materialised: that would be a copy without guards."""
    rows = ask(
        "select relname from pg_class where relnamespace = 'public'::regnamespace"
        " and (relkind = 'm' or relkind = 'v' and not coalesce(reloptions::text, '') like '%security_invoker=true%') order by 1"
    )
    return Finding(f"views past row security: {_names(rows)}", "drop them, or make them with (security_invoker = true)") if rows else None


@of_the_database("Rights on tables")
def table_rights(ask: Ask) -> Finding | None:
    """No removing but where a migration says so, no emptying, no triggers, no references, nothing of the guard's own tables."""
    removable = ask(
        f"select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')"
        f" and has_table_privilege('{APP}', oid, 'delete') order by 1"
    )
    surplus = [str(name) for (name,) in removable if name not in MAY_REMOVE_FROM and not name.startswith(tuple(EXEMPT_ROOMS))]
    if surplus:
        return Finding(f"{APP} may delete from {', '.join(surplus)}", f"{REVIEW}revoke delete on these from {APP}")
    broad = ask(
        f"select relname from pg_class where relnamespace in {OURS} and relkind in ('r', 'p', 'v')"
        f" and has_table_privilege('{APP}', oid, 'truncate, references, trigger, maintain') order by 1"
    )
    if broad:
        return Finding(f"{APP} may empty {_names(broad)}, or hang triggers on it", f"revoke all but what migrations gave from {APP}")
    guards = ask(
        f"select relname from pg_class where relnamespace = 'reachin'::regnamespace and relkind in ('r', 'p', 'v', 'S')"
        f" and case relkind when 'S' then has_sequence_privilege('{APP}', oid, 'usage, select, update') else"
        f" has_any_column_privilege('{APP}', oid, 'select, insert, update') or has_table_privilege('{APP}', oid, 'delete') end order by 1"
    )
    if guards:
        return Finding(f"{APP} reaches the guard's own {_names(guards)}", f"{REVIEW}revoke all on these from {APP} and public")
    return None


@of_the_database("Rights to make things")
def making(ask: Ask) -> Finding | None:
    """The application makes no tables, functions, schemas or temporary tables: its own could be called in place of ours."""
    rows = ask(
        f"select 'in schema ' || nspname from pg_namespace where nspname !~ '^pg_' and has_schema_privilege('{APP}', oid, 'create')"
        f" union all select 'in this database' where has_database_privilege('{APP}', current_database(), 'create, temporary')"
    )
    return Finding(f"{APP} may create {_names(rows)}", f"revoke create, temporary on them from {APP} and public") if rows else None


@of_the_database("The guard's functions")
def functions(ask: Ask) -> Finding | None:
    """The application calls those that are listed, and each keeps to its own search path and belongs to the guard."""
    rows = ask(
        f"select proname from pg_proc where pronamespace = 'reachin'::regnamespace and has_function_privilege('{APP}', oid, 'execute')"
    )
    surplus = sorted({str(name) for (name,) in rows} - MAY_CALL)
    if surplus:
        return Finding(f"{APP} may call {', '.join(surplus)}", f"{REVIEW}revoke execute on these from {APP} and public")
    strange = ask(
        "select proname from pg_proc where pronamespace = 'reachin'::regnamespace and"
        f" (proowner::regrole::text not in {GUARDS} or not coalesce(proconfig::text, '') like '%search_path=pg_catalog%') order by 1"
    )
    if strange:
        return Finding(f"not the guard's, or without a search path of their own: {_names(strange)}", f"{REVIEW}drop or mend them")
    return None


@of_the_database("The clock")
def clock(ask: Ask) -> Finding | None:
    """`reachin.clock()` tells the real time: only test databases have another."""
    body = ask("select trim(prosrc) from pg_proc where proname = 'clock' and pronamespace = 'reachin'::regnamespace")
    if list(body) == [(CLOCK,)]:
        return None
    return Finding("reachin.clock() was changed or is missing", f"put back its body: {CLOCK}")


@of_the_database("The database's log")
def database_log(ask: Ask) -> Finding | None:
    """Keeps statements without what was filled into them: names would stand there for whoever runs the server."""
    rows = ask("select name from pg_settings where name like 'log_parameter_max_length%' and setting <> '0' order by 1")
    return (
        Finding(f"it may keep what people told: {_names(rows)}", "alter system set ... = 0, and select pg_reload_conf()") if rows else None
    )


@of_this_process("A demonstration")
def no_demonstration() -> Finding | None:
    """Real families are never in a database that is marked as the demonstration: there anybody signs in as anybody."""
    if not _asked("select from audited_access_databasemark where name = 'demo'"):
        return None
    return Finding("this database is marked as the demonstration", "give REACHIN_DB_NAME a database of its own, made as the guide says")


@of_this_process("As whom it is connected")
def connected_as() -> Finding | None:
    """The application's role, itself and not as a part of another's session."""
    ((current, session),) = _asked("select current_user, session_user")
    if (current, session) == (APP, APP):
        return None
    return Finding(f"this process acts as {current}, signed in as {session}", f"give it REACHIN_DB_ROLE={APP} and that role's password")


@of_this_process("The keys")
def keys() -> Finding | None:
    """Nobody else reads their file; each is 32 bytes and serves one purpose."""
    known, path = settings.KEYS, settings.KEYS.path
    if path is not None and path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        return Finding(f"others may read {path}", f"chmod 600 {path}, and change the keys (docs/security/deployers-guide.md)")
    all_keys = [known.context_key, known.blind_key, *known.field_keys.values()]
    if any(re.fullmatch(rf"[0-9a-f]{{{KEY_HEX}}}", key) is None for key in all_keys) or len(known.secret_key) < LEAST_SECRET:
        return Finding(
            "a key is too short, or none at all", "bring the keys file from your copy; never make up keys for a database that has data"
        )
    if len({*all_keys, known.secret_key}) != len(all_keys) + 1:
        return Finding("one key serves two purposes", "bring the keys file from your copy, or change the keys")
    return None


@of_this_process("The key of contexts")
def context_key() -> Finding | None:
    """The database knows our signature; a forged one it does not."""
    if _is_accepted(signed(Actor.visitor())) and not _is_accepted(f"{signed(Actor.visitor())[:-4]}0000"):
        return None
    return Finding("the database does not know this key of contexts, or knows any", "run install_keys as the owner, with this keys file")


def _is_accepted(context: str) -> bool:
    with connection.cursor() as cursor:
        try:
            cursor.execute("select reachin.acting_kind() from (select set_config('reachin.context', %s, true)) s", [context])
        except OperationalError:
            raise
        except Exception:  # noqa: BLE001 whatever the database says, it is no
            return False
    return True


@of_this_process("Settings")
def safe_settings() -> Finding | None:
    """As a production must have them."""
    wrong = [name for name, is_well in _settings().items() if not is_well]
    return (
        Finding(f"not as they must be: {', '.join(wrong)}", "see docs/security/deployers-guide.md, the table of settings")
        if wrong
        else None
    )


def _settings() -> dict[str, bool]:
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    return {
        "DEBUG": not settings.DEBUG,
        "REACHIN_HOSTS": bool(settings.ALLOWED_HOSTS) and all(host.strip(" .") not in {"", "*"} for host in settings.ALLOWED_HOSTS),
        "SESSION_COOKIE_SECURE": settings.SESSION_COOKIE_SECURE and settings.SESSION_COOKIE_HTTPONLY,
        "CSRF_COOKIE_SECURE": settings.CSRF_COOKIE_SECURE,
        "SECURE_HSTS_SECONDS": settings.SECURE_HSTS_SECONDS >= LEAST_HSTS_SECONDS,
        "SECURE_REFERRER_POLICY": settings.SECURE_REFERRER_POLICY in {"same-origin", "strict-origin", "no-referrer"},
        "X_FRAME_OPTIONS": settings.X_FRAME_OPTIONS == "DENY",
        "CONTENT_SECURITY_POLICY": list(map(str, policy["default-src"])) == ["'self'"] and "unsafe" not in str(policy),
        "SECRET_KEY": settings.KEYS.secret_key == settings.SECRET_KEY,
        "MIDDLEWARE": settings.MIDDLEWARE[-1] == GUARDING[-1] and set(GUARDING) <= set(settings.MIDDLEWARE),
        "CONTEXT_CLOCK_AHEAD_SECONDS": settings.CONTEXT_CLOCK_AHEAD_SECONDS == 0,
        "DATABASES: server_side_binding": _binds_on_the_server(),
    }


@of_this_process("The way to the database")
def way_to_the_database() -> Finding | None:
    """By a socket or on this machine; over a network only under TLS, with a certificate that is held against its name."""
    host, mode = str(connection.settings_dict["HOST"]), os.environ.get("PGSSLMODE", "")
    if _is_on_this_machine(host) or mode == "verify-full":
        return None
    return Finding(
        f"the database at {host} is spoken to with PGSSLMODE={mode or 'prefer'}: somebody on the way could read along",
        "PGSSLMODE=verify-full, and PGSSLROOTCERT with the authority that signed the database's certificate",
    )


def _is_on_this_machine(host: str) -> bool:
    if not host or host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@of_this_process("The brakes on opening")
def brakes() -> Finding | None:
    """As the table has them; raised only where everybody is invented: on a database that a bench made."""
    if settings.OPENING_RATES_TIMES == 1 or _asked("select from audited_access_databasemark where name = 'bench'"):
        return None
    return Finding(
        f"REACHIN_OPENING_RATES_TIMES lets everybody open {settings.OPENING_RATES_TIMES} times as many records as their role needs",
        "take the variable away: it is for benches, in which a few accounts do everybody's work",
    )


@of_this_process("Messages")
def messages_leave_safely() -> Finding | None:
    """By a mail server that is spoken to under TLS and knows who we are, from an address of the partnership's own; or by GOV.UK Notify."""
    wrong = [name for name, is_well in _delivery().items() if not is_well]
    remedy = "see docs/how-to/administrators.md, How messages leave"
    return Finding(f"not as they must be: {', '.join(wrong)}", remedy) if wrong else None


def _delivery() -> dict[str, bool]:
    sender = settings.DEFAULT_FROM_EMAIL
    if settings.DELIVERY == "email":
        return {
            "REACHIN_EMAIL_FROM": "@" in sender and sender != settings.NOBODYS_SENDER and not sender.endswith("@localhost"),
            "REACHIN_EMAIL_SECURITY": settings.EMAIL_USE_TLS != settings.EMAIL_USE_SSL,
            "REACHIN_EMAIL_USER": bool(settings.EMAIL_HOST_USER),
            "REACHIN_EMAIL_PASSWORD": bool(settings.EMAIL_HOST_PASSWORD),
        }
    if settings.DELIVERY == "govuk_notify":
        secure = settings.NOTIFY_URL.startswith("https://")
        return {
            "REACHIN_NOTIFY_URL": secure,
            "REACHIN_NOTIFY_API_KEY": bool(settings.NOTIFY_API_KEY),
            "REACHIN_NOTIFY_EMAIL_TEMPLATE": bool(settings.NOTIFY_TEMPLATES["email"]),
        }
    return {"REACHIN_DELIVERY": settings.DELIVERY in {"console", "demonstration"}}


def _binds_on_the_server() -> bool:
    """The application's words travel apart from its statements, which whoever runs the server sees. The owner, who migrates, has none."""
    known = connection.settings_dict
    return known["USER"] != APP or known["OPTIONS"].get("server_side_binding") is True


GUARDING = (
    "django.middleware.security.SecurityMiddleware",
    "reachin.groundwork.page_parts.content_policy.ContentPolicyMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "axes.middleware.AxesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "reachin.groundwork.audited_access.middleware.AuditedAccessMiddleware",
)
