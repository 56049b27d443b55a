"""Every way in which one guard can be weakened, from the live catalogue: what somebody adds tomorrow is weakened, too."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from psycopg import sql

from workshop.proofs.guards_probes import GUARD, Tell
from workshop.proofs.guards_words import weakened
from workshop.servers import APP, OWNER, Connection

POLICIES = """
select p.tablename, p.policyname, p.cmd, p.roles::text[], p.qual, p.with_check from pg_policies p
where p.schemaname = 'public' order by 1, 2
"""
COLUMNS = """
select a.attname from pg_attribute a where a.attrelid = ('public.' || quote_ident(%s))::regclass and a.attnum > 0 and not a.attisdropped
  and not has_column_privilege('reachin_app', a.attrelid, a.attnum, 'update') order by 1
"""
LACKING = """
select r.wanted from unnest(array['insert', 'delete', 'truncate']) r(wanted)
where not has_table_privilege('reachin_app', ('public.' || quote_ident(%s))::regclass, r.wanted)
"""
FUNCTIONS = """
select p.oid, p.proname, pg_get_function_identity_arguments(p.oid), pg_get_functiondef(p.oid), p.prosrc,
  has_function_privilege('reachin_app', p.oid, 'execute'),
  p.provolatile = 'v' and p.prorettype <> 'trigger'::regtype and p.proname <> 'open',
  array(select distinct c.relname::text from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgfoid = p.oid and c.relrowsecurity)
from pg_proc p
where p.pronamespace = 'reachin'::regnamespace and p.prokind = 'f' order by 2, 3
"""
TRIGGERS = """
select c.relname, t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
where not t.tgisinternal and c.relrowsecurity and c.relnamespace = 'public'::regnamespace and t.tgname !~ '^aaa_tests_' order by 1, 2
"""
MAY_AT_ALL = """
select has_table_privilege('reachin_app', ('public.' || quote_ident(%s))::regclass, %s)
  or case when %s <> 'delete' then has_any_column_privilege('reachin_app', ('public.' || quote_ident(%s))::regclass, %s) else false end
"""
TOUCHED = """
select exists (select from pg_policy p join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refobjid = p.polrelid
  where p.polname = %s and p.polrelid = ('public.' || quote_ident(%s))::regclass and d.refclassid = 'pg_class'::regclass
    and d.refobjsubid > 0 and has_column_privilege('reachin_app', p.polrelid, d.refobjsubid::smallint, 'update'))
"""
QUESTIONS = "select p.proname, o.kind from reachin.openable o join pg_proc p on p.oid = o.question::oid"
CALLED = re.compile(r"reachin\.(\w+)\(")
MOST_TABLES = 8
MOST_FUNCTIONS = 8
MARK = "audited_access_databasemark"
OWN_TABLES = "select relname from pg_class where relnamespace = 'reachin'::regnamespace and relkind in ('r', 'p') order by 1"
VIEWS = "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'v' order by 1"
TRIES: dict[str, tuple[str, ...]] = {
    "SELECT": ("seen",),
    "INSERT": ("added",),
    "UPDATE": ("changed",),
    "DELETE": ("removed",),
    "ALL": ("seen", "added", "changed", "removed"),
}
PRIVILEGES: tuple[Tell, ...] = (("privileges", ""),)
ASKABLE: tuple[Tell, ...] = (("askable", ""),)
UNGUARDED: tuple[Tell, ...] = (("unguarded", ""),)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One guard weakened: a name for the report, the statements that weaken it, and the probes that have to tell, quickest first."""

    name: str
    statements: tuple[str, ...]
    tells: tuple[Tell, ...]


def every_mutant(admin: Connection, tables: Sequence[str]) -> list[Mutant]:
    return [
        *_of_policies(admin),
        *_of_row_security(tables),
        *_of_grants(admin, tables),
        *_of_triggers(admin),
        *_of_functions(admin),
        *_of_roles(tables),
        *_of_views(admin),
        *_of_new_tables(),
    ]


def _tell(names: Sequence[str], table: str) -> tuple[Tell, ...]:
    return tuple((name, table) for name in names)


def _alter(policy: str, table: str, qual: str | None, check: str | None) -> str:
    using = f" using ({qual})" if qual is not None else ""
    checked = f" with check ({check})" if check is not None else ""
    return f"{_named('alter policy', policy, table)}{using}{checked}"


def _named(what: str, name: str, table: str) -> str:
    return sql.SQL(f"{what} {{}} on public.{{}}").format(sql.Identifier(name), sql.Identifier(table)).as_string(None)


def _of_policies(admin: Connection) -> Iterator[Mutant]:
    """Each policy of the application's dropped, lifted, and without each of its terms; each policy of other roles opened to everybody."""
    for table, policy, command, roles, qual, check in admin.execute(POLICIES).fetchall():
        tells = _tell((*TRIES[command], *(("seen_in_demo",) if MARK in f"{qual}" else ())), table)
        if APP not in roles:
            if not _may_at_all(admin, table, command):
                continue
            seen = _tell(("seen",) if command in ("ALL", "SELECT") else TRIES[command], table)
            yield Mutant(f"{table}: {policy} for everybody", (f"{_named('alter policy', policy, table)} to public",), seen)
            continue
        yield Mutant(f"{table}: {policy} dropped", (_named("drop policy", policy, table),), tells)
        lifted = _alter(policy, table, qual and "true", check and "true")
        yield Mutant(f"{table}: {policy} lifted", (lifted,), tells)
        for weaker in weakened(qual or check):
            both = _alter(policy, table, qual and weaker.text, check and (weaker.text if check == qual or not qual else check))
            yield Mutant(f"{table}: {policy} without {weaker.term}", (both,), tells)
        if qual and check and qual != check:
            for weaker in weakened(check):
                yield Mutant(f"{table}: {policy} checked without {weaker.term}", (_alter(policy, table, qual, weaker.text),), tells)
        elif qual and check and _change_touches(admin, table, policy):
            yield Mutant(f"{table}: {policy} not checked", (_alter(policy, table, qual, "true"),), tells)


def _may_at_all(admin: Connection, table: str, command: str) -> bool:
    """Whether the application has the right for which a policy is: where it has not, no policy lets it."""
    if command == "ALL":
        return True
    row = admin.execute(MAY_AT_ALL, [table, command.lower(), command.lower(), table, command.lower()]).fetchone()
    return bool(row and row[0])


def _change_touches(admin: Connection, table: str, policy: str) -> bool:
    """Whether a change may touch a column that the policy looks at: else what was allowed before is allowed after."""
    row = admin.execute(TOUCHED, [policy, table]).fetchone()
    return bool(row and row[0])


def _of_row_security(tables: Sequence[str]) -> Iterator[Mutant]:
    for table in tables:
        named = sql.Identifier(table).as_string(None)
        yield Mutant(f"{table}: row security off", (f"alter table {named} disable row level security",), _tell(("seen",), table))
        yield Mutant(f"{table}: not forced", (f"alter table {named} no force row level security",), _tell(("owner",), table))


def _of_grants(admin: Connection, tables: Sequence[str]) -> Iterator[Mutant]:
    """Each column that is history made changeable; each right that the application does not have, given."""
    for table in tables:
        named = sql.Identifier(table).as_string(None)
        for (column,) in admin.execute(COLUMNS, [table]).fetchall():
            grant = f"grant update ({sql.Identifier(column).as_string(None)}) on {named} to {APP}"
            yield Mutant(f"{table}: {column} may be changed", (grant,), _tell(("changeable",), table))
        for (right,) in admin.execute(LACKING, [table]).fetchall():
            tell = _tell(({"insert": "added", "delete": "removed"}[right],), table) if right != "truncate" else ()
            yield Mutant(f"{table}: {right} granted", (f"grant {right} on {named} to {APP}",), (*tell, *PRIVILEGES))
    for (table,) in admin.execute(OWN_TABLES).fetchall():
        for right in ("select", "insert, update, delete"):
            grant = f"grant {right} on reachin.{sql.Identifier(table).as_string(None)} to {APP}"
            yield Mutant(f"the guard's own {table}: {right} granted", (grant,), PRIVILEGES)


def _of_triggers(admin: Connection) -> Iterator[Mutant]:
    for table, trigger in admin.execute(TRIGGERS).fetchall():
        statement = sql.SQL("alter table {} disable trigger {}").format(sql.Identifier(table), sql.Identifier(trigger)).as_string(None)
        yield Mutant(f"{table}: trigger {trigger} off", (statement,), _tell(("changed", "added", "removed"), table))


def _of_functions(admin: Connection) -> Iterator[Mutant]:
    """Each function without each of its terms; each that only the guard may ask, asked by the application.

    Functions that do something (join, link, sweep, destroy), and what only they ask, have proofs and tests of their own: here is asked what
    answers, and lets.
    """
    found = admin.execute(FUNCTIONS).fetchall()
    reach = Reach(
        admin, {name: body for _, name, _, _, body, *_ in found}, {name for _, name, _, _, _, is_askable, *_ in found if is_askable}
    )
    for oid, name, arguments, definition, body, is_askable, does_something, triggered_by in found:
        if not is_askable:
            yield Mutant(f"{name}({arguments}) may be asked", (f"grant execute on function {_signature(admin, oid)} to {APP}",), ASKABLE)
        tells = tuple(tell for table in triggered_by for tell in _tell(("changed", "added"), table)) or reach.tells(name)
        if does_something or not tells or name == "clock":
            continue
        head, tail = definition.split(body, 1)
        for weaker in weakened(body):
            yield Mutant(f"{name}({arguments}) without {weaker.term}", (f"{head}{weaker.text}{tail}",), tells)


class Reach:
    """Which answers a function has a part in: of functions, of what can be opened, and of tables, through whatever asks it."""

    def __init__(self, admin: Connection, bodies: Mapping[str, str], askable: Collection[str]) -> None:
        self.bodies, self.askable = bodies, askable
        self.questions = {str(question): str(kind) for question, kind in admin.execute(QUESTIONS).fetchall()}
        self.policies: dict[str, str] = {}
        for table, _, _, _, qual, check in admin.execute(POLICIES).fetchall():
            self.policies[table] = f"{self.policies.get(table, '')} {qual} {check}"

    def tells(self, name: str) -> tuple[Tell, ...]:
        """The probes that can notice a weaker function, quickest first."""
        part = self.partakers(name)
        asked = sorted(part & set(self.askable))
        opened = " ".join(sorted(kind for question, kind in self.questions.items() if question in part or "open" in part))
        tables = [table for table, said in self.policies.items() if part & set(CALLED.findall(said))]
        at_tables = [tell for table in tables[:MOST_TABLES] for tell in _tell(("seen", "added"), table)]
        at_functions: list[Tell] = [("asked", " ".join(asked[:MOST_FUNCTIONS]))] if asked else []
        return (
            *((("opened_at_once", ""),) if "current_opening" in part else ()),
            *(at_functions if len(asked) <= MOST_FUNCTIONS else at_tables),
            *((("opened", opened),) if opened else ()),
            *(at_tables if len(asked) <= MOST_FUNCTIONS else at_functions),
        )

    def partakers(self, name: str) -> set[str]:
        """The function and all that ask it, directly or by another."""
        found = {name}
        while True:
            more = {asker for asker, body in self.bodies.items() if asker not in found and found & set(CALLED.findall(body))}
            if not more:
                return found
            found |= more


def _signature(admin: Connection, oid: int) -> str:
    row = admin.execute("select %s::oid::regprocedure::text", [oid]).fetchone()
    return str(row[0]) if row else ""


def _of_roles(tables: Sequence[str]) -> Iterator[Mutant]:
    seen = _tell(("seen",), tables[-1])
    yield Mutant("the application bypasses row security", (f"alter role {APP} bypassrls",), seen)
    yield Mutant("the application is a superuser", (f"alter role {APP} superuser",), seen)
    for role in (OWNER, GUARD):
        yield Mutant(f"the application is a member of {role}", (f"grant {role} to {APP}",), seen)


def _of_views(admin: Connection) -> Iterator[Mutant]:
    for (view,) in admin.execute(VIEWS).fetchall():
        statement = f"alter view public.{sql.Identifier(view).as_string(None)} set (security_invoker = false)"
        yield Mutant(f"{view}: looks with its owner's eyes", (statement,), UNGUARDED)


def _of_new_tables() -> Iterator[Mutant]:
    """A table that somebody adds and forgets to guard, or guards by half; a view that looks past row security."""
    made = "create table public.families_forgotten (id uuid)", f"alter table public.families_forgotten owner to {OWNER}"
    given = f"grant select on public.families_forgotten to {APP}"
    enabled = "alter table public.families_forgotten enable row level security"
    open_to_all = "create policy app_sees on public.families_forgotten to public using (true)"
    yield Mutant("a new table without row security", (*made, given), UNGUARDED)
    yield Mutant("a new table that is not forced", (*made, given, enabled), UNGUARDED)
    forced = "alter table public.families_forgotten force row level security"
    filled = "insert into public.families_forgotten values (gen_random_uuid())"
    yield Mutant("a new table whose policy is open", (*made, filled, given, enabled, forced, open_to_all), UNGUARDED)
