"""What somebody can see, add, change, remove, open and ask, tried for real as the application's role; each answer in few words.

Everything is tried inside the transaction of the administering connection and undone again, so that a guard can be weakened before in the
same transaction and nothing of it stays.
"""

import hashlib
import hmac
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.pq import TransactionStatus
from psycopg.types.json import Jsonb

from reachin.groundwork.audited_access.exempt import EXEMPT, EXEMPT_ROOMS
from workshop.proofs.guards_rows import Bearings, Column
from workshop.servers import APP, OWNER, Connection

GUARD = "reachin_guard"
Reading = dict[str, Any]
"""Answers by question."""
Marks = list[str] | None
"""Digests of what was answered before, in the order of the questions."""
Tell = tuple[str, str]
"""A probe by its name, and what it looks at: a table, some functions, or "" for everything."""
HELPERS = """
create schema if not exists tests;
grant usage on schema tests to public;
create function tests.seen(place text, contexts text[], marks text[], key text default null, own text[] default null)
  returns text[] language plpgsql as $$
declare
  context text; answer text; answers text[] := '{}'; known text[] := marks; number int := 0; rows_of text := '';
begin
  if key is not null then rows_of := format('where %I = $1::uuid', key); end if;
  foreach context in array contexts loop
    number := number + 1;
    begin
      perform set_config('reachin.context', context, true);
      execute format('select coalesce(string_agg(ctid::text, '' '' order by ctid), '''') from public.%I %s', place, rows_of)
        into answer using nullif(own[number], '');
    exception when others then answer := 'refused ' || sqlstate;
    end;
    if known is null then answers := answers || answer; elsif md5(answer) is distinct from known[number] then return array[answer]; end if;
  end loop;
  return answers;
end $$;
create function tests.added(place text, named text[], contexts text[], of_context int[], rows jsonb[], marks text[])
  returns text[] language plpgsql as $$
declare
  answer text; answers text[] := '{}'; known text[] := marks; number int := 0; added jsonb; listed text; statement text;
begin
  select string_agg(quote_ident(n), ', ') into listed from unnest(named) n;
  statement := format('insert into public.%1$I (%2$s) select %2$s from jsonb_populate_record(null::public.%1$I, $1)', place, listed);
  foreach added in array rows loop
    number := number + 1;
    begin
      perform set_config('reachin.context', contexts[of_context[number]], true);
      execute statement using added;
      set constraints all immediate;
      raise exception using errcode = 'RI001';
    exception
      when sqlstate 'RI001' then answer := 'added';
      when others then answer := 'refused ' || sqlstate;
    end;
    if known is null then answers := answers || answer; elsif md5(answer) is distinct from known[number] then return array[answer]; end if;
  end loop;
  return answers;
end $$;
create function tests.pass_by() returns trigger language plpgsql as $$
begin
  perform set_config('tests.passed', (current_setting('tests.passed')::int + 1)::text, true);
  return null;
end $$;
create function tests.done(statements text[], contexts text[], own text[], marks text[]) returns text[] language plpgsql as $$
declare
  context text; place int; statement text; touched int; answer text; answers text[] := '{}'; known text[] := marks; number int := 0;
begin
  foreach statement in array statements loop
    place := 0;
    foreach context in array contexts loop
      number := number + 1;
      place := place + 1;
      begin
        perform set_config('tests.own', own[place], true), set_config('tests.passed', '0', true);
        perform set_config('reachin.context', context, true);
        execute statement;
        get diagnostics touched = row_count;
        set constraints all immediate;
        raise exception using errcode = 'RI001', message = touched || ' and ' || current_setting('tests.passed');
      exception
        when sqlstate 'RI001' then answer := sqlerrm;
        when others then answer := 'refused ' || sqlstate;
      end;
      if known is null then answers := answers || answer;
      elsif md5(answer) is distinct from known[number] then return array[answer]; end if;
    end loop;
  end loop;
  return answers;
end $$;
create function tests.asked(question text, contexts text[], own jsonb[], marks text[]) returns text[] language plpgsql as $$
declare
  context text; answer text; answers text[] := '{}'; known text[] := marks; number int := 0;
begin
  foreach context in array contexts loop
    number := number + 1;
    begin
      perform set_config('reachin.context', context, true);
      execute question into answer using own[number];
      answer := coalesce(answer, '-');
    exception when others then answer := 'refused ' || sqlstate;
    end;
    if known is null then answers := answers || answer; elsif md5(answer) is distinct from known[number] then return array[answer]; end if;
  end loop;
  return answers;
end $$;
create function tests.nobody(asked uuid) returns uuid[] language sql as $$ select '{}'::uuid[] $$;
create function tests.trace_of(given uuid) returns text language sql security definer as
  $$ select format('%s for %s: %s %s', o.kind, o.subject_id, o.categories, o.people) from reachin.opening o where o.nonce = given $$;
create function tests.opened(contexts text[], kinds text[], subjects uuid[], purposes text[], marks text[])
  returns text[] language plpgsql as $$
declare
  context text; answer text; answers text[] := '{}'; known text[] := marks; number int := 0;
begin
  foreach context in array contexts loop
    number := number + 1;
    begin
      answer := coalesce(tests.trace_of(reachin.open(context, kinds[number], subjects[number], purposes[number], '')), '-');
      raise exception using errcode = 'RI001';
    exception
      when sqlstate 'RI001' then null;
      when others then answer := 'refused ' || sqlstate;
    end;
    if known is null then answers := answers || answer; elsif md5(answer) is distinct from known[number] then return array[answer]; end if;
  end loop;
  return answers;
end $$;
grant execute on all functions in schema tests to public
"""
"""Each gives the answers; told their digests from before, it stops at the first answer that is another and gives only that one."""
ONE_ROW = """
create trigger aaa_tests_one_row before update or delete on public.{table} for each row
  when (old.{key}::text is distinct from current_setting('tests.own', true)) execute function tests.pass_by()
"""
"""Of all rows that a policy lets through, only the asker's own is really changed; the others are counted, so that tables do not swell."""
ASKABLE = """
select p.proname, pg_get_function_identity_arguments(p.oid), array(select format_type(t, null) from unnest(p.proargtypes) t)
from pg_proc p where p.pronamespace = 'reachin'::regnamespace and p.provolatile <> 'v'
  and has_function_privilege('reachin_app', p.oid, 'execute')
order by 1, 2
"""
PRIVILEGES = """
select c.oid::regclass::text || ' ' || r.wanted from pg_class c
  cross join unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) r(wanted)
where c.relnamespace in ('public'::regnamespace, 'reachin'::regnamespace) and c.relkind in ('r', 'p', 'v', 'm')
  and has_table_privilege('reachin_app', c.oid, r.wanted)
order by 1
"""
MAY_BE_ASKED = """
select p.oid::regprocedure::text from pg_proc p
where p.pronamespace = 'reachin'::regnamespace and has_function_privilege('reachin_app', p.oid, 'execute') order by 1
"""
HELD = """
select relname, relkind in ('r', 'p') and relrowsecurity and relforcerowsecurity
  or relkind = 'v' and coalesce(reloptions && array['security_invoker=true', 'security_invoker=on'], false)
from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f') order by 1
"""
AT_ONCE = """
insert into reachin.opening (kind, subject_id, actor_kind, user_id, agency_id, scope_id, role, purpose, categories, people)
select kind, subject_id, actor_kind, user_id, agency_id, scope_id, role, purpose, categories, people from reachin.opening where nonce = %s
returning nonce
"""
OLD_KEY = b"a key that was accepted until yesterday"
AT_ONCE_ASKED = """
select tests.asked('select to_jsonb(o)::text from reachin.current_opening() o', array[%s], array['{}'::jsonb], null)
"""
OPENED_AT_ONCE = 8
LASTS = 6 * 60 * 60
SWELLING = ("added", "changed", "removed")
LONG = ("seen", "seen_in_demo", "added", "changed", "removed", "opened", "asked")
"""The probes that may stop at the first answer that is another than before."""
CHANGEABLE = """
select array_agg(a.attname::text order by a.attname) from pg_attribute a where a.attrelid = ('public.' || quote_ident(%s))::regclass
  and a.attnum > 0 and not a.attisdropped and has_column_privilege('reachin_app', a.attrelid, a.attnum, 'update')
"""


@dataclass(frozen=True, slots=True)
class Who:
    """A context that somebody could come with. `flaw`: "" for a good one, else what is wrong with its signature."""

    name: str
    kind: str
    user: UUID | None = None
    agency: UUID | None = None
    scope: UUID | None = None
    role: str = ""
    opening: UUID | None = None
    flaw: str = ""
    family: Bearings | None = None

    def signed(self, key: bytes, at: int) -> str:
        """The context as one line; `at` in seconds since 1970, good for a run of the proof."""
        if self.kind == "nobody":
            return ""
        parts = (self.kind, self.user, self.agency, self.scope, self.role, self.opening, at - 60 if self.flaw == "expired" else at + LASTS)
        body = "|".join("" if part is None else str(part) for part in parts)
        mac = hmac.new({"forged": b"another key", "outdated": OLD_KEY}.get(self.flaw, key), body.encode(), hashlib.sha256).hexdigest()
        return f"{body}|{mac}{'|more' if self.flaw == 'too long' else ''}"


@dataclass(slots=True)
class Probes:
    """All that is tried, and by whom. Who tries is said by their places."""

    admin: Connection
    key: bytes
    columns: Mapping[str, list[Column]]
    who: list[Who]
    purposes: Sequence[str]
    categories: Sequence[str]
    kinds: Sequence[str]
    due: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By the kind of what is destroyed after its years, the classes that it has."""
    parts: dict[str, Collection[str]] = field(default_factory=dict)
    """By function of the guard, the tables that have a part in its answer: their ids are asked."""
    lookers: dict[str, list[int]] = field(default_factory=dict)
    """By table, those who look, change and remove; by function of the guard, those who ask it."""
    narrowly: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """By table, those more who look at the row of their own family alone."""
    alike: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """By table, those who change rows of everybody's as some others do, who try it for them."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """By table, the column that tells a family's own row."""
    changers: dict[str, list[int]] = field(default_factory=dict)
    """By table, those of them whose own row the policy for changes lets through."""
    tries: dict[str, list[tuple[int, Jsonb]]] = field(default_factory=dict)
    """By table, rows that somebody tries to add."""
    opens: dict[str, list[tuple[int, str, UUID, str]]] = field(default_factory=dict)
    """By kind: whoever opens, the kind, the subject, the purpose."""
    _signed: dict[int, str] = field(default_factory=dict)

    def contexts(self, places: Iterable[int]) -> list[str]:
        """Signed once for the whole run: an expired one is so from the beginning."""
        at = int(time.time())
        for place in (places := list(places)):
            if place not in self._signed:
                self._signed[place] = self.who[place].signed(self.key, at)
        return [self._signed[place] for place in places]

    def read(self, tell: Tell) -> Reading:
        """What this probe answers now."""
        return self._read(tell, None)

    def differs(self, tell: Tell, known: Reading) -> bool:
        """Whether it answers otherwise than before. Long probes stop at the first answer that is another."""
        if tell[0] not in LONG:
            return self.read(tell) != known
        return bool(self._read(tell, [hashlib.md5(str(answer).encode(), usedforsecurity=False).hexdigest() for answer in known.values()]))

    def _read(self, tell: Tell, marks: Marks) -> Reading:
        probe, what = tell
        found: Reading = getattr(self, probe)(*([what] if what else []), *([marks] if probe in LONG else []))
        return found

    def _asked(self, statement: str, values: Sequence[Any], names: Sequence[str], marks: Marks, more: Sequence[Any] = ()) -> Reading:
        """The answers by name; told the digests of what was answered before, only what is otherwise."""
        if marks is not None and len(marks) != len(names):
            return {"": f"{len(names)} answers in the place of {len(marks)}"}
        if len(set(names)) != len(names):
            raise RuntimeError("two questions of one name: an answer would get lost")
        answers = self.ask(APP, statement, [*values, marks, *more])
        return dict(zip(names, answers, strict=marks is None))

    def ask(self, role: str, statement: str, values: Sequence[Any]) -> Any:
        """One value, asked in this role within the present transaction. The role is as it was afterwards."""
        if self.admin.info.transaction_status is not TransactionStatus.INTRANS:
            raise RuntimeError("a role is taken for one transaction: outside of one the administrator would answer")
        self.admin.execute(sql.SQL("set local role {}").format(sql.Identifier(role)))
        row = self.admin.execute(statement.encode(), values).fetchone()
        self.admin.execute("reset role")
        return None if row is None else row[0]

    def seen(self, table: str, marks: Marks) -> Reading:
        """What those see who look at the whole table; of all others, whether they see the row of their own family."""
        widely, narrowly = self.lookers[table], self.narrowly[table]
        found = self.own_seen_by(table, narrowly, marks and marks[: len(narrowly)]) if narrowly else {}
        if marks is not None and found:
            return found
        return found | self.seen_by(table, widely, marks and marks[len(narrowly) :])

    def own_seen_by(self, table: str, places: Sequence[int], marks: Marks = None) -> Reading:
        """The place of the row of their own family, for those at these places who see it."""
        names = [f"own {table} seen by {self.who[place].name}" for place in places]
        own = [self.own_row(self.who[place], table) for place in places]
        return self._asked("select tests.seen(%s, %s, %s, %s, %s)", [table, self.contexts(places)], names, marks, [self.keys[table], own])

    def seen_by(self, table: str, places: Sequence[int], marks: Marks = None) -> Reading:
        """The places of the rows that those at these places see, with spaces between."""
        names = [f"{table} seen by {self.who[place].name}" for place in places]
        return self._asked("select tests.seen(%s, %s, %s)", [table, self.contexts(places)], names, marks)

    def seen_in_demo(self, table: str, marks: Marks) -> Reading:
        """What everybody sees where the database is marked as one for demonstrations."""
        self.admin.execute("savepoint demo")
        self.admin.execute("insert into audited_access_databasemark (name, marked_at) values ('demo', reachin.clock())")
        found = self.seen(table, marks)
        self.admin.execute("rollback to savepoint demo")
        return found

    def added(self, table: str, marks: Marks) -> Reading:
        named = [column.name for column in self.columns[table] if not column.is_given]
        tries = self.tries[table]
        used = list(dict.fromkeys(place for place, _ in tries))
        at = {place: number for number, place in enumerate(used, 1)}
        values = [table, named, self.contexts(used), [at[place] for place, _ in tries], [row for _, row in tries]]
        names = [f"{table} row {number} added by {self.who[place].name}" for number, (place, _) in enumerate(tries)]
        return self._asked("select tests.added(%s, %s, %s, %s, %s::jsonb[], %s)", values, names, marks)

    def changed(self, table: str, marks: Marks) -> Reading:
        """Changes of all rows without looking at any: only the policy for changes stands before them. One's own row is really changed.

        Everybody tries the first of them; the others who comes as far as having a row to change.
        """
        names = self.changeable(table)[table]
        changeable = [column for column in self.columns[table] if column.name in names]
        alike = [column for column in changeable if not column.is_asked][1:]
        statements = [statement for column in changeable if column not in alike for statement in self._changes(table, column)]
        statements += [_done_by(table, name) for name in names if name.endswith("_at") and f"{name[:-3]}_by" in names]
        everybody = [place for place in self.all_lookers(table) if place not in self.alike[table]]
        many = len(everybody)
        found = self._tried(table, statements[:1], everybody, marks and marks[:many])
        if marks is not None and found:
            return found
        return found | self._tried(table, statements[1:], self.changers.get(table, []), marks and marks[many:])

    def all_lookers(self, table: str) -> list[int]:
        """The places of those who look at the table, each once."""
        return list(dict.fromkeys([*self.narrowly[table], *self.lookers[table]]))

    def changeable(self, table: str) -> Reading:
        """The columns that a change may touch."""
        allowed = self.admin.execute(CHANGEABLE.encode(), [table]).fetchone()
        return {table: (allowed[0] if allowed else None) or []}

    def removed(self, table: str, marks: Marks) -> Reading:
        statement = sql.SQL("delete from {}").format(sql.Identifier(table)).as_string(None)
        return self._tried(table, [statement], self.all_lookers(table), marks)

    def _tried(self, table: str, statements: Sequence[str], places: Sequence[int], marks: Marks) -> Reading:
        own = [self.own_row(self.who[place], table) for place in places]
        names = [f"{said} by {self.who[place].name}" for said in statements for place in places]
        return self._asked("select tests.done(%s, %s, %s, %s)", [list(statements), self.contexts(places), own], names, marks)

    def own_row(self, who: Who, table: str) -> str:
        """What the key of this one's own row of a table says, "" for who has none."""
        return "" if who.family is None else str(who.family.keys.get(table, ""))

    def _changes(self, table: str, column: Column) -> list[str]:
        """A few changes of one column: to nothing, and to other people's values where a policy looks at it."""
        values: list[Any] = [None]
        if column.is_asked:
            values += self._other_values(table, column)
        put = sql.SQL("update {} set {} = {}")
        return [
            put.format(sql.Identifier(table), sql.Identifier(column.name), sql.Literal(value)).as_string(self.admin) for value in values
        ]

    def _other_values(self, table: str, column: Column) -> list[Any]:
        statement = sql.SQL("select distinct {0} from {1} where {0} is not null order by 1 limit 2").format(
            sql.Identifier(column.name), sql.Identifier(table)
        )
        return [value for (value,) in self.admin.execute(statement).fetchall()]

    def privileges(self) -> Reading:
        """All that the application's role may do with tables at all, by the catalogue."""
        return {"may": [said for (said,) in self.admin.execute(PRIVILEGES.encode()).fetchall()]}

    def owner(self, table: str) -> Reading:
        """Row security binds the owner too: without its own policy, and the guard's whose member it is, it sees nothing."""
        named = sql.Identifier(table)
        self.admin.execute("savepoint owner")
        for (policy,) in self.admin.execute(
            "select policyname from pg_policies where tablename = %s and not roles = '{reachin_app}'", [table]
        ).fetchall():
            self.admin.execute(sql.SQL("drop policy {} on {}").format(sql.Identifier(policy), named))
        count = self.ask(OWNER, sql.SQL("select count(*) from {}").format(named).as_string(None), [])
        self.admin.execute("rollback to savepoint owner")
        return {f"{table} seen by its owner without a policy": count}

    def opened(self, kinds: str, marks: Marks) -> Reading:
        """What everybody is let open of these kinds (named with spaces between)."""
        opens = [one for kind in kinds.split() for one in self.opens[kind]]
        names = [f"{kind} {subject} opened for {purpose} by {self.who[place].name}" for place, kind, subject, purpose in opens]
        told = [self.contexts(place for place, *_ in opens), *(list(part) for part in list(zip(*opens, strict=True))[1:])]
        return self._asked("select tests.opened(%s, %s, %s, %s, %s)", told, names, marks)

    def opened_at_once(self) -> Reading:
        """A trace that the reading transaction wrote itself opens nothing."""
        self.admin.execute("savepoint at_once")
        others = [who for who in self.who if who.opening is not None and not who.flaw][:OPENED_AT_ONCE]
        found: Reading = {}
        for who in others:
            row = self.admin.execute(AT_ONCE.encode(), [who.opening]).fetchone()
            again = replace(who, opening=row[0] if row else None).signed(self.key, int(time.time()))
            found[f"opened at once by {who.name}"] = "{}" if 'nonce": null' in self.ask(APP, AT_ONCE_ASKED, [again])[0] else "open"
        self.admin.execute("rollback to savepoint at_once")
        return found

    def asked(self, functions: str, marks: Marks) -> Reading:
        """What these functions of the guard answer (named with spaces between), where they change nothing."""
        found: Reading = {}
        begins = 0
        for function in functions.split():
            lookers = self.lookers[function]
            own = [Jsonb(_own(self.who[place], self.parts[function])) for place in lookers]
            for signature, question in self._questions(function).items():
                names = [f"{signature} asked by {self.who[place].name}" for place in lookers]
                before = None if marks is None else marks[begins : (begins := begins + len(names))]
                found |= self._asked("select tests.asked(%s, %s, %s, %s)", [question, self.contexts(lookers), own], names, before)
                if marks is not None and found:
                    return found
        return found

    def _questions(self, function: str) -> dict[str, str]:
        """A query by name for each way in which the function is asked."""
        found = {}
        for name, arguments, kinds in self.admin.execute(ASKABLE.encode()).fetchall():
            if name != function or name == "clock":
                continue
            named = [said.split(" ")[0] for said in arguments.split(", ") if said and not said.startswith("OUT ")]
            few = kinds.count("uuid") > 1
            for destroyed in self.due if "of_class" in named else ("",):
                told = [self._told(kind, word, few, destroyed) for word, kind in zip(named, kinds, strict=True)]
                if not any(one is None for one in told):
                    tables = "".join(f", lateral ({one}) t{place}(v{place})" for place, one in enumerate(told))
                    values = ", ".join(f"t{place}.v{place}" for place in range(len(told)))
                    asked = f"from (values (1)) nothing{tables}, lateral reachin.{name}({values}) f"
                    found[f"{name}({arguments}) {destroyed}"] = f"select string_agg(to_jsonb(f)::text, ' ') {asked}"
        return found

    def _told(self, kind: str, named: str, few: bool, destroyed: str) -> str | None:
        """A query for the values with which a function is asked, by the type and name of its argument; $1 holds the asker's own."""
        known = {
            "uuid": f"select value::uuid from jsonb_array_elements_text($1->'{'people' if few else 'ids'}')",
            "uuid[]": "select array[value::uuid] from jsonb_array_elements_text($1->'people') union all select '{}'"
            " union all select array(select value::uuid from jsonb_array_elements_text($1->'people'))",
            "boolean": "select unnest(array[true, false])",
            "bytea": "select value::bytea from jsonb_array_elements_text($1->'bytes')",
            "timestamp with time zone": "select unnest(array['2000-01-01'::timestamptz, now() - interval '5 days'])",
            "interval": "select interval '100 days'",
            "integer": "select generate_series(1, 6)" if named == "part" else "select 1000000",
        }
        if kind == "text":
            words = {
                "of_kind": [destroyed] if destroyed else self.kinds,
                "of_class": self.due.get(destroyed, ()),
                "category": self.categories,
            }
            listed = ", ".join(f"'{word}'" for word in words.get(named, (*self.kinds, *self.categories)))
            return f"select unnest(array[{listed}]) union all select value from jsonb_array_elements_text($1->'words')"
        return known.get(kind)

    def askable(self) -> Reading:
        """The functions of the guard's schema that the application may ask."""
        return {"may be asked": [name for (name,) in self.admin.execute(MAY_BE_ASKED.encode()).fetchall()]}

    def unguarded(self) -> Reading:
        """Tables and views that nobody exempted and that row security does not hold, or of which a visitor sees something."""
        rows = self.admin.execute(HELD.encode()).fetchall()
        watched = [(table, holds) for table, holds in rows if table not in EXEMPT and not table.startswith(tuple(EXEMPT_ROOMS))]
        visitor = self.contexts([place for place, who in enumerate(self.who) if who.kind == "visitor" and who.family is None])
        return {
            "not guarded": [
                table
                for table, holds in watched
                if not holds or self.ask(APP, "select tests.seen(%s, %s, null)", [table, visitor])[0].split(" ")[0] not in ("", "refused")
            ]
        }


@contextmanager
def undone(admin: Connection, *tells: Tell) -> Iterator[None]:
    """One transaction that is rolled back; the rows that were tried meanwhile are cleared away, so that tables do not swell."""
    admin.execute("begin")
    try:
        yield
    finally:
        admin.execute("rollback")
        for table in {table for probe, table in tells if probe in SWELLING}:
            admin.execute(sql.SQL("vacuum {}").format(sql.Identifier(table)))


def _done_by(table: str, moment: str) -> str:
    """A change as the product makes it: the moment together with who it was."""
    put = sql.SQL("update {} set {} = reachin.clock(), {} = reachin.signer()")
    return put.format(sql.Identifier(table), sql.Identifier(moment), sql.Identifier(f"{moment[:-3]}_by")).as_string(None)


def _own(who: Who, parts: Collection[str]) -> dict[str, list[str]]:
    """What one's family bears that has a part in what is asked, and one thing that has none."""
    family = who.family
    if family is None:
        return {"ids": [], "people": [], "bytes": [], "words": []}
    none = next((table for table in family.rows if table not in parts), "")
    rows = [rows for table, rows in family.rows.items() if table in parts or table == none]
    ids = dict.fromkeys([family.scope, family.person, family.agency, *(own[0] for own in rows)])
    people = family.rows["people_person"]
    bytes_ = [f"\\x{own[0].hex}" for own in rows]
    return {"ids": list(map(str, ids)), "people": list(map(str, people)), "bytes": bytes_, "words": [family.scope.hex[:6]]}
