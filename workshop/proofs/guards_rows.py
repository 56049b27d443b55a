"""Rows of every guarded table as the live catalogue describes them, and how they are put where nothing but row security refuses."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb

from workshop.servers import Connection

STAFF, AGENCIES = "accounts_account", "agencies_agency"
TABLES = """
select c.relname from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and c.relrowsecurity order by 1
"""
COLUMNS = """
select c.relname, a.attname, t.typname, not a.attnotnull, a.atttypmod, a.atthasdef or a.attidentity <> '' or a.attgenerated <> '',
  (select f.relname from pg_constraint k join pg_class f on f.oid = k.confrelid
    where k.conrelid = c.oid and k.contype = 'f' and k.conkey = array[a.attnum] limit 1),
  coalesce((select string_agg(pg_get_constraintdef(k.oid), ' ') from pg_constraint k
    where k.conrelid = c.oid and k.contype = 'c' and a.attnum = any (k.conkey)), ''),
  exists (select from pg_policy p join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid
    where d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid = a.attnum)
  or exists (select from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal)
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped join pg_type t on t.oid = a.atttypid
where c.relnamespace = 'public'::regnamespace and c.relname = any (%s) order by c.relname, a.attnum
"""
POLICIES = "select tablename, coalesce(qual, '') || ' ' || coalesce(with_check, '') from pg_policies where schemaname = 'public'"
FREE = """
do $$
declare
  step record;
  again text[];
begin
  select array_agg(regexp_replace(pg_get_indexdef(i.indexrelid), '^CREATE UNIQUE INDEX \\S+', 'create index')) into again
    from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace = 'public'::regnamespace and i.indisunique;
  for step in select conrelid::regclass as place, conname from pg_constraint
    where connamespace = 'public'::regnamespace and conrelid <> 0 and contype in ('f', 'c', 'u', 'x', 'p')
    order by contype <> 'f' loop
    execute format('alter table %s drop constraint if exists %I cascade', step.place, step.conname);
  end loop;
  for step in select c.oid::regclass as place, i.indexrelid::regclass as named from pg_index i join pg_class c on c.oid = i.indrelid
    where c.relnamespace = 'public'::regnamespace and i.indisunique loop
    execute format('drop index %s', step.named);
  end loop;
  for step in select a.attrelid::regclass as place, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and a.attnotnull and not a.attisdropped
      and a.attidentity = '' loop
    execute format('alter table %s alter column %I drop not null', step.place, step.attname);
  end loop;
  for step in select unnest(again) as index loop
    execute step.index;
  end loop;
end $$
"""
"""In this database only: whatever is planted stays, and whatever is refused is refused by row security and grants alone.

What was found by a key is found by it still, as quickly: only that two rows may have the same.
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the catalogue has it. `words` are those that its constraints and the table's policies name."""

    name: str
    kind: str
    may_be_empty: bool
    is_given: bool
    most: int
    """How many characters a word of it may have."""
    points_at: str | None
    words: tuple[str, ...]
    is_asked: bool
    """Whether a policy looks at it, or a trigger may."""


@dataclass(frozen=True, slots=True)
class Bearings:
    """Who stands in the middle of a family of rows: the ids that signed contexts carry, and those of the family's own rows by table."""

    user: UUID
    agency: UUID
    scope: UUID
    person: UUID
    rows: dict[str, list[UUID]] = field(default_factory=dict)
    keys: dict[str, UUID] = field(default_factory=dict)
    """By table, what tells its row from those of all other families, in the column that `key_of` gives."""


def guarded(admin: Connection) -> list[str]:
    """The tables that are under row security, by name."""
    return [str(name) for (name,) in admin.execute(TABLES).fetchall()]


def columns(admin: Connection, tables: Sequence[str]) -> dict[str, list[Column]]:
    """The columns of tables, as they stand in the catalogue. To be asked before the constraints are dropped."""
    policies: dict[str, str] = {}
    for table, words in admin.execute(POLICIES).fetchall():
        policies[table] = f"{policies.get(table, '')} {words}"
    found: dict[str, list[Column]] = {table: [] for table in tables}
    rows = admin.execute(COLUMNS, [list(tables)]).fetchall()
    namesakes = {row[1]: quoted(row[7]) for row in rows if quoted(row[7])}
    for table, name, kind, may_be_empty, length, is_given, points_at, checks, is_asked in rows:
        most = length - 4 if kind in ("varchar", "_varchar", "bpchar") and length > 4 else 1000
        told = [word for word in quoted(checks) or namesakes.get(name) or quoted(policies.get(table, "")) if len(word) <= most]
        found[table].append(Column(name, kind, may_be_empty, is_given, most, points_at, tuple(dict.fromkeys(told)), is_asked))
    return found


def quoted(words: str) -> list[str]:
    """The quoted strings of a condition."""
    return re.findall(r"'([\w. -]+)'", words)


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row as JSON has it."""
    return {name: str(value) if isinstance(value, UUID) else value for name, value in row.items()}


def plant(admin: Connection, found: Mapping[str, list[Column]], rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Puts rows, by table, into the database past row security and triggers, and lets it hold whatever they say."""
    admin.execute(FREE.encode())
    admin.execute("set session_replication_role = replica")
    for table, told in rows.items():
        listed = sql.SQL(", ").join(sql.Identifier(column.name) for column in found[table] if not column.is_given)
        statement = sql.SQL("insert into {} ({}) select {} from jsonb_populate_recordset(null::{}, %s::jsonb)").format(
            sql.Identifier(table), listed, listed, sql.Identifier(table)
        )
        admin.execute(statement, [Jsonb([plain(row) for row in told])])
    admin.execute("set session_replication_role = origin")
    admin.execute("analyze")
