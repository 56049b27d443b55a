"""What has a part in an answer of the database: the functions that a policy or function asks, the tables and words in them."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from workshop.proofs.guards_rows import quoted
from workshop.servers import Connection

BODIES = "select proname, string_agg(prosrc, ' ') from pg_proc where pronamespace = 'reachin'::regnamespace group by proname"
POLICIES = """
select tablename, string_agg(coalesce(qual, '') || ' ' || coalesce(with_check, ''), ' ') from pg_policies
where 'reachin_app' = any (roles) group by tablename
"""
QUESTIONS = "select o.kind, p.proname from reachin.openable o join pg_proc p on p.oid = o.question::oid"
DESTROYABLE = "select string_agg(found::text || '() ' || people::text || '()', ' ') from reachin.destroyable"
TRIGGERED = """
select c.relname, string_agg(distinct p.prosrc, ' ') from pg_trigger t join pg_class c on c.oid = t.tgrelid
  join pg_proc p on p.oid = t.tgfoid
where not t.tgisinternal and c.relrowsecurity group by 1
"""


@dataclass(slots=True)
class Reach:
    """By the name of a table, a function of the guard or a kind of opening: all that has a part in its answers."""

    tables: Collection[str]
    said: Mapping[str, str]
    """What each says itself: a body, or the policies of a table."""
    questions: Mapping[str, str]
    """The function that each kind of opening asks."""
    _whole: dict[str, set[str]] = field(default_factory=dict)

    def _of(self, name: str) -> set[str]:
        """The name itself and all that it asks, directly or by another."""
        if name not in self._whole:
            found, fresh = {name}, {self.questions.get(name, name)}
            while fresh:
                found |= fresh
                words = {word for one in fresh for word in re.findall(r"\w+", self.said.get(one, ""))}
                fresh = (words & {*self.said, *self.tables}) - found
            self._whole[name] = found
        return self._whole[name]

    def parts(self, *names: str) -> set[str]:
        """The tables that have a part."""
        return {part for name in names for part in self._of(name)} & set(self.tables)

    def functions(self, *names: str) -> set[str]:
        return {part for name in names for part in self._of(name)} - set(self.tables)

    def words(self, *names: str) -> set[str]:
        """The quoted words that are said in it."""
        return {word for name in names for part in self._of(name) for word in quoted(self.said.get(part, ""))}

    def together(self, table: str) -> set[str]:
        """The tables that have a part in the same answers as this one."""
        return {table}.union(*(found for name in (*self.said, *self.questions) if table in (found := self.parts(name))))

    def asked(self, table: str, columns: Collection[str]) -> set[str]:
        """Those columns of a table that a function names which names the table, too."""
        named = [words for words in self.said.values() if re.search(rf"\b{table}\b", words)]
        return set(columns) & {word for words in named for word in re.findall(r"\w+", words)}


def reach(admin: Connection, tables: Collection[str]) -> Reach:
    """As the catalogue has it now."""
    said = {str(name): str(body) for name, body in admin.execute(BODIES).fetchall()}
    row = admin.execute(DESTROYABLE).fetchone()
    said = {name: f"{body} {row and row[0]}" if "destroyable" in body else body for name, body in said.items()}
    for told in (POLICIES, TRIGGERED):
        said |= {table: f"{said.get(table, '')} {words}" for table, words in admin.execute(told.encode()).fetchall()}
    return Reach(tables, said, {str(kind): str(name) for kind, name in admin.execute(QUESTIONS).fetchall()})
