"""What somebody can see, add, change, remove, open and ask, tried for real as the application's role; each answer in few words.

Everything is tried inside the transaction of the administering connection and undone again, so that a guard can be weakened before in the
same transaction and nothing of it stays.
"""

import hashlib
import hmac
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb

from reachin.groundwork.audited_access.exempt import EXEMPT, EXEMPT_ROOMS
from workshop.proofs.guards_rows import Bearings, Column, word_of
from workshop.servers import APP, OWNER, Connection

GUARD = "reachin_guard"
Reading = dict[str, Any]
"""Answers by question."""
Tell = tuple[str, str]
"""A probe by its name, and what it looks at: a table, some functions, or "" for everything."""
HELPERS = """
create schema if not exists tests;
grant usage on schema tests to public;
create function tests.seen(place text, contexts text[]) returns text[] language plpgsql as $$
declare
  context text; answer text; answers text[] := '{}';
begin
  foreach context in array contexts loop
    begin
      perform set_config('reachin.context', context, true);
      execute format('select coalesce(string_agg(ctid::text, '' '' order by ctid), '''') from public.%I', place) into answer;
    exception when others then answer := 'refused ' || sqlstate;
    end;
    answers := answers || answer;
  end loop;
  return answers;
end $$;
create function tests.added(place text, named text[], contexts text[], of_context int[], rows jsonb[]) returns text[] language plpgsql as $$
declare
  answers text[] := '{}'; listed text; statement text;
begin
  select string_agg(quote_ident(n), ', ') into listed from unnest(named) n;
  statement := format('insert into public.%1$I (%2$s) select %2$s from jsonb_populate_record(null::public.%1$I, $1)', place, listed);
  for number in 1 .. cardinality(rows) loop
    begin
      perform set_config('reachin.context', contexts[of_context[number]], true);
      execute statement using rows[number];
      set constraints all immediate;
      raise exception using errcode = 'RI001';
    exception
      when sqlstate 'RI001' then answers := answers || 'added'::text;
      when others then answers := answers || ('refused ' || sqlstate);
    end;
  end loop;
  return answers;
end $$;
create function tests.done(statements text[], contexts text[]) returns text[] language plpgsql as $$
declare
  context text; statement text; touched int; answers text[] := '{}';
begin
  foreach statement in array statements loop
    foreach context in array contexts loop
      begin
        perform set_config('reachin.context', context, true);
        execute statement;
        get diagnostics touched = row_count;
        set constraints all immediate;
        raise exception using errcode = 'RI001', message = touched::text;
      exception
        when sqlstate 'RI001' then answers := answers || sqlerrm;
        when others then answers := answers || ('refused ' || sqlstate);
      end;
    end loop;
  end loop;
  return answers;
end $$;
create function tests.asked(questions text[], contexts text[], own jsonb[]) returns text[] language plpgsql as $$
declare
  question text; answer text; answers text[] := '{}';
begin
  foreach question in array questions loop
    for number in 1 .. cardinality(contexts) loop
      begin
        perform set_config('reachin.context', contexts[number], true);
        execute question into answer using own[number];
      exception when others then answer := 'refused ' || sqlstate;
      end;
      answers := answers || coalesce(answer, '-');
    end loop;
  end loop;
  return answers;
end $$;
create function tests.trace_of(given uuid) returns text language sql security definer as
  $$ select format('%s for %s: %s %s', o.kind, o.subject_id, o.categories, o.people) from reachin.opening o where o.nonce = given $$;
create function tests.opened(contexts text[], kinds text[], subjects uuid[], purposes text[]) returns text[] language plpgsql as $$
declare
  answer text; answers text[] := '{}';
begin
  for number in 1 .. cardinality(contexts) loop
    begin
      answer := tests.trace_of(reachin.open(contexts[number], kinds[number], subjects[number], purposes[number], ''));
      raise exception using errcode = 'RI001';
    exception
      when sqlstate 'RI001' then answers := answers || coalesce(answer, '-');
      when others then answers := answers || ('refused ' || sqlstate);
    end;
  end loop;
  return answers;
end $$;
grant execute on all functions in schema tests to public
"""
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
OPENED_AT_ONCE = 8
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
        """The context as one line; `at` in seconds since 1970, good for ten minutes."""
        if self.kind == "nobody":
            return ""
        parts = (self.kind, self.user, self.agency, self.scope, self.role, self.opening, at - 60 if self.flaw == "expired" else at + 600)
        body = "|".join("" if part is None else str(part) for part in parts)
        mac = hmac.new(b"another key" if self.flaw == "forged" else key, body.encode(), hashlib.sha256).hexdigest()
        return f"{body}|{mac}{'|more' if self.flaw == 'too long' else ''}"


@dataclass(slots=True)
class Probes:
    """All that is tried, and by whom."""

    admin: Connection
    key: bytes
    columns: Mapping[str, list[Column]]
    who: Sequence[Who]
    tries: Mapping[str, list[tuple[int, Jsonb]]]
    """By table: rows that somebody tries to add, each with the place of whoever tries."""
    opens: Sequence[tuple[int, str, UUID, str]]
    """Whoever opens (place), the kind, the subject, the purpose."""
    purposes: Sequence[str]
    categories: Sequence[str]
    kinds: Sequence[str]
    lookers: Sequence[int] = field(default_factory=list)
    """The places of those who look, ask, change and remove; everybody else only opens."""

    def contexts(self, places: Iterable[int]) -> list[str]:
        at = int(time.time())
        return [who.signed(self.key, at) for who in (self.who[place] for place in places)]

    def read(self, tell: Tell) -> Reading:
        """What this probe answers now."""
        probe, table = tell
        found: Reading = getattr(self, probe)(table) if table else getattr(self, probe)()
        return found

    def ask(self, role: str, statement: str, values: Sequence[Any]) -> Any:
        """One value, asked in this role within the present transaction. The role is as it was afterwards."""
        self.admin.execute(sql.SQL("set local role {}").format(sql.Identifier(role)))
        row = self.admin.execute(statement.encode(), values).fetchone()
        self.admin.execute("reset role")
        return None if row is None else row[0]

    def seen(self, table: str) -> Reading:
        answers = self.ask(APP, "select tests.seen(%s, %s)", [table, self.contexts(self.lookers)])
        return {f"{table} seen by {self.who[place].name}": answer for place, answer in zip(self.lookers, answers, strict=True)}

    def added(self, table: str) -> Reading:
        named = [column.name for column in self.columns[table] if not column.is_given]
        places, rows = [place + 1 for place, _ in self.tries[table]], [row for _, row in self.tries[table]]
        answers = self.ask(
            APP, "select tests.added(%s, %s, %s, %s, %s::jsonb[])", [table, named, self.contexts(range(len(self.who))), places, rows]
        )
        return {
            f"{table} row {number} added by {self.who[place - 1].name}": answer
            for number, (place, answer) in enumerate(zip(places, answers, strict=True))
        }

    def changed(self, table: str) -> Reading:
        """Changes of all rows at once without looking at any: only the policy for changes stands before them."""
        names = self.changeable(table)[table]
        changeable = [column for column in self.columns[table] if column.name in names]
        alike = [column for column in changeable if not column.is_asked][1:]
        statements = [statement for column in changeable if column not in alike for statement in self._changes(table, column)]
        return self._tried(table, statements)

    def changeable(self, table: str) -> Reading:
        """The columns that a change may touch."""
        allowed = self.admin.execute(CHANGEABLE.encode(), [table]).fetchone()
        return {table: (allowed[0] if allowed else None) or []}

    def removed(self, table: str) -> Reading:
        return self._tried(table, [sql.SQL("delete from {}").format(sql.Identifier(table)).as_string(None)])

    def _tried(self, table: str, statements: Sequence[str]) -> Reading:
        if not statements:
            return {}
        answers = self.ask(APP, "select tests.done(%s, %s)", [list(statements), self.contexts(self.lookers)])
        asked = [f"{said} by {self.who[place].name}" for said in statements for place in self.lookers]
        return dict(zip(asked, answers, strict=True))

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

    def opened(self) -> Reading:
        contexts = self.contexts(range(len(self.who)))
        values = [
            [contexts[place] for place, *_ in self.opens],
            [kind for _, kind, _, _ in self.opens],
            [subject for _, _, subject, _ in self.opens],
            [purpose for *_, purpose in self.opens],
        ]
        answers = self.ask(APP, "select tests.opened(%s, %s, %s, %s)", values)
        asked = [f"{kind} {subject} opened for {purpose} by {self.who[place].name}" for place, kind, subject, purpose in self.opens]
        return dict(zip(asked, answers, strict=True))

    def opened_at_once(self) -> Reading:
        """A trace that the reading transaction wrote itself opens nothing."""
        self.admin.execute("savepoint at_once")
        others = [who for who in self.who if who.opening is not None and not who.flaw][:OPENED_AT_ONCE]
        found: Reading = {}
        for who in others:
            row = self.admin.execute(AT_ONCE.encode(), [who.opening]).fetchone()
            again = replace(who, opening=row[0] if row else None).signed(self.key, int(time.time()))
            question = (
                "select tests.asked(array['select to_jsonb(o)::text from reachin.current_opening() o'], array[%s], array['{}'::jsonb])"
            )
            found[f"opened at once by {who.name}"] = "{}" if 'nonce": null' in self.ask(APP, question, [again])[0] else "open"
        self.admin.execute("rollback to savepoint at_once")
        return found

    def asked(self, functions: str) -> Reading:
        """What these functions of the guard answer (named with spaces between), where they change nothing."""
        questions = self._questions(functions.split())
        if not questions:
            return {}
        own = [Jsonb(_own(self.who[place])) for place in self.lookers]
        answers = self.ask(APP, "select tests.asked(%s, %s, %s)", [list(questions.values()), self.contexts(self.lookers), own])
        names = [f"{name} asked by {self.who[place].name}" for name in questions for place in self.lookers]
        return dict(zip(names, answers, strict=True))

    def _questions(self, functions: Sequence[str]) -> dict[str, str]:
        found = {}
        for name, arguments, kinds in self.admin.execute(ASKABLE.encode()).fetchall():
            told = [self._told(kind, place, few=kinds.count("uuid") > 1) for place, kind in enumerate(kinds)]
            if name not in functions or name == "clock" or any(one is None for one in told):
                continue
            tables = "".join(f", lateral ({one}) t{place}(v{place})" for place, one in enumerate(told))
            values = ", ".join(f"t{place}.v{place}" for place in range(len(told)))
            question = f"select string_agg(to_jsonb(f)::text, ' ') from (values (1)) begin{tables}, lateral reachin.{name}({values}) f"
            found[f"{name}({arguments})"] = question.replace("begin", "nothing")
        return found

    def _told(self, kind: str, place: int, *, few: bool) -> str | None:
        """A query for the values with which a function is asked, by the type of its argument; $1 holds the asker's own."""
        known = {
            "uuid": f"select value::uuid from jsonb_array_elements_text($1->'{'people' if few else 'ids'}')",
            "uuid[]": "select array[value::uuid] from jsonb_array_elements_text($1->'people')",
            "bytea": "select value::bytea from jsonb_array_elements_text($1->'bytes')",
            "timestamp with time zone": "select '2000-01-01'::timestamptz",
            "integer": "select generate_series(1, 6)",
        }
        if kind == "text":
            words = [*self.kinds, *self.categories] if place == 0 else self.categories
            listed = ", ".join(f"'{word}'" for word in words)
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
                if not holds or self.ask(APP, "select tests.seen(%s, %s)", [table, visitor])[0].split(" ")[0] not in ("", "refused")
            ]
        }


def _own(who: Who) -> dict[str, list[str]]:
    family = who.family
    if family is None:
        return {"ids": [], "people": [], "bytes": [], "words": []}
    ids = dict.fromkeys([family.scope, family.person, *(rows[0] for rows in family.rows.values())])
    people = [id_ for table, rows in family.rows.items() if table.endswith("_person") for id_ in rows]
    bytes_ = [f"\\x{rows[0].hex}" for rows in family.rows.values()]
    return {"ids": list(map(str, ids)), "people": list(map(str, people)), "bytes": bytes_, "words": [word_of(family)]}
