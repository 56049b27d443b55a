"""Rows of every guarded table, as the live catalogue describes it, in families of rows that nearly belong together.

Each family of rows is made around one account, agency, person and request. Most keys point within the family and some do not; words are
drawn from those that constraints and policies name; what may be empty sometimes is. So of the rows some fulfil each condition, and others
all of it but for one part: that tells a condition from the same condition without this part.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb

from workshop.servers import Connection

WITHIN = 0.85
"""How many of the keys point within the family."""
ROWS = 4
"""How many rows of each table a family has."""
ALIKE = 0.5
"""How often a word is the one that the whole family says, so that a row agrees with the row that it belongs to."""
EMPTY = 0.25
EMPTY_MOMENT = 0.4
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
begin
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
end $$
"""
"""In this database only: whatever is planted stays, and whatever is refused is refused by row security and grants alone."""


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
    kind: str
    role: str
    rows: dict[str, list[UUID]] = field(default_factory=dict)

    @property
    def signer(self) -> UUID:
        return self.user if self.kind == "staff" else self.scope


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
    return re.findall(r"'([\w -]+)'", words)


class Planting:
    """Plants families of rows in a database whose constraints were dropped; the same seed plants the same."""

    def __init__(self, found: Mapping[str, list[Column]], categories: Sequence[str], kinds: Sequence[str], *, seed: int) -> None:
        self.found = found
        self.categories = list(categories)
        self.kinds = list(kinds)
        self.luck = random.Random(seed)  # noqa: S311 for the same rows each time, not for secrets
        self.families: list[Bearings] = []

    def uuid(self) -> UUID:
        return UUID(int=self.luck.getrandbits(128), version=4)

    def family(self, *, user: UUID, agency: UUID, kind: str, role: str) -> Bearings:
        """Bearings for a new family of rows; its rows are named before they are planted."""
        scope, person = self.uuid(), self.uuid()
        rows = {table: [self._own_id(table, scope, person), *(self.uuid() for _ in range(ROWS - 1))] for table in self.found}
        made = Bearings(user, agency, scope, person, kind, role, rows)
        self.families.append(made)
        return made

    def _own_id(self, table: str, scope: UUID, person: UUID) -> UUID:
        """A request and a draft are their family's scope; a person is the one whom openings name."""
        if table.endswith("_person"):
            return person
        named = next((column for column in self.found[table] if column.name == "id"), None)
        is_asked = table.endswith(("_requestforassistance", "_draftrequest")) or (named is not None and named.is_asked)
        return scope if is_asked and self.luck.random() < WITHIN else self.uuid()

    def rows_of(self, family: Bearings, table: str) -> Iterator[dict[str, Any]]:
        """The family's rows of a table."""
        for own in family.rows[table]:
            row = {column.name: self._value(column, family, table) for column in self.found[table] if not column.is_given}
            yield row | ({"id": own} if "id" in row else {})

    def candidates(self, family: Bearings, table: str, many: int) -> list[Jsonb]:
        """Rows that somebody might try to add: with ids that are there, and with new ones."""
        made = [row for _ in range(many // ROWS + 1) for row in self.rows_of(family, table)][:many]
        for place, row in enumerate(made):
            if "id" in row and place % 2:
                row["id"] = self.uuid()
        return [Jsonb(_plain(row)) for row in made]

    def _value(self, column: Column, family: Bearings, table: str) -> Any:
        luck = self.luck
        if column.may_be_empty and luck.random() < (EMPTY_MOMENT if column.kind == "timestamptz" else EMPTY):
            return None
        within = luck.random() < WITHIN
        other = luck.choice(self.families)
        if column.kind == "uuid":
            return self._key(column, family if within else other, table)
        if column.kind in ("varchar", "text", "bpchar"):
            return self._word(column, family if within else other)
        values: dict[str, Any] = {
            "bool": luck.random() < 0.5,
            "int4": luck.choice((0, 1, 1, 1, 2)),
            "int2": luck.choice((0, 1, 1, 1, 2)),
            "int8": luck.choice((0, 1, 1, 1, 2)),
            "timestamptz": luck.choice(("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z", "2090-01-01T00:00:00Z")),
            "date": luck.choice(("2020-01-01", "2090-01-01")),
            "bytea": f"\\x{family.rows[table][0].hex}",
            "jsonb": {},
            "_uuid": [str((family if within else other).person)],
            "_varchar": self._several(column),
            "_text": self._several(column),
        }
        return values.get(column.kind)

    def _several(self, column: Column) -> list[str]:
        known = [word for word in column.words if word in self.categories] or [word for word in self.categories if len(word) <= column.most]
        return known if self.luck.random() < 0.5 else self.luck.sample(known, k=min(2, len(known)))

    def _word(self, column: Column, family: Bearings) -> str:
        if column.name == "role" and self.luck.random() < WITHIN:
            return family.role[: column.most]
        if column.name == "actor_kind" and self.luck.random() < WITHIN:
            return family.kind[: column.most]
        if column.words and self.luck.random() < ALIKE:
            return sorted(column.words)[family.scope.int % len(column.words)]
        return self.luck.choice(column.words or (self.kinds if column.name == "kind" else (word_of(family)[: column.most],)))

    def _key(self, column: Column, family: Bearings, table: str) -> UUID:
        """The family's id that a key means: by what it points at, else by its name."""
        if column.points_at in self.found and column.points_at is not None:
            first, *others = family.rows[column.points_at]
            return first if self.luck.random() < 0.5 else self.luck.choice(others)
        if column.points_at in (STAFF, AGENCIES):
            return family.user if column.points_at == STAFF else family.agency
        meant = {
            "agency": family.agency,
            "scope": family.scope,
            "user": family.user,
            "account": family.user,
            "person": family.person,
            "request": family.scope,
            "subject": family.scope,
            "about": family.scope,
        }
        if column.name.endswith("_by"):
            return self.luck.choice((family.signer, family.signer, family.signer, family.user))
        return next((id_ for word, id_ in meant.items() if word in column.name), None) or self.uuid()


def word_of(family: Bearings) -> str:
    """A word that only this family's rows say."""
    return family.scope.hex[:6]


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, UUID) else value for name, value in row.items()}


def plant(admin: Connection, planting: Planting) -> None:
    """Puts the rows of every family into the database, past row security and triggers."""
    admin.execute(FREE.encode())
    admin.execute("set session_replication_role = replica")
    for table, found in planting.found.items():
        names = [column.name for column in found if not column.is_given]
        rows = [Jsonb(_plain(row)) for family in planting.families for row in planting.rows_of(family, table)]
        listed = sql.SQL(", ").join(map(sql.Identifier, names))
        statement = sql.SQL("insert into {} ({}) select {} from unnest(%s::jsonb[]) said, jsonb_populate_record(null::{}, said)").format(
            sql.Identifier(table), listed, listed, sql.Identifier(table)
        )
        admin.execute(statement, [rows])
    admin.execute("set session_replication_role = origin")
    admin.execute("analyze")
