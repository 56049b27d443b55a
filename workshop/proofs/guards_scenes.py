"""Families of rows in which everything points at what it should, and the same families with one thing otherwise.

A condition that has to hold is told from the same condition without one of its terms only by somebody for whom all the rest of it holds. So
a few orderly families are made, each with one row of every table, and each of these again and again with one column of one row otherwise.
Who is let do something with an orderly family then tries the same with those that are nearly as orderly.
"""

import itertools
import random
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from workshop.proofs.guards_rows import AGENCIES, STAFF, Bearings, Column
from workshop.proofs.guards_told import Way

ORDERLY = 6
PAST, FUTURE = "2020-01-01T00:00:00Z", "2090-01-01T00:00:00Z"
LATELY = "lately"
MOST_WORDS = 6
KIND_TABLES = {"request": "_requestforassistance"}
Otherwise = Mapping[tuple[str, str], Any]
"""A value for some column of some table, instead of what it would be."""
DUE: Otherwise = {
    ("requests_for_assistance_requestforassistance", "closed_at"): PAST,
    ("requests_for_assistance_requestforassistance", "urgency"): 1,
    ("referrals_referral", "is_live"): False,
    ("retention_destructionreview", "decision"): "hold",
    ("retention_destructionreview", "decided_at"): PAST,
}
"""What one person decided to hold, of a request that ended long ago."""
TOLD: Mapping[int, Otherwise] = {
    1: {
        ("information_requests_copyentry", "is_withheld"): False,
        ("information_requests_copyentry", "is_others_words"): True,
        ("information_requests_informationrequest", "state"): "prepared",
    },
    2: {("audited_access_auditevent", "happened_at"): LATELY},
    4: {
        **DUE,
        ("retention_destructionreview", "kind"): "request",
        ("retention_legalhold", "lifted_at"): None,
    },
    5: {
        **DUE,
        ("retention_destructionreview", "kind"): "another",
        ("retention_legalhold", "lifted_at"): None,
        ("retention_legalhold", "subject_id"): None,
    },
    3: {("information_requests_informationwords", "kind"): "refusal", ("information_requests_informationrequest", "state"): "refused"},
}
"""What is told of single orderly families, by their number, so that somebody is let do what takes several things at once."""


@dataclass(slots=True)
class Scene:
    """One family with one row of each table. `apart` is the table whose row has something otherwise, or "" for an orderly one."""

    bearings: Bearings
    values: dict[str, dict[str, Any]]
    number: int
    """Its place among the orderly ones; of one that is nearly so, that of the orderly one beside it."""
    base: int = 0
    """After which of the first ones it is drawn."""
    only: frozenset[str] = frozenset()
    """The tables that have to do with what is told of it, for one that is there for their sake alone."""
    told: frozenset[str] = frozenset()
    """Those of them of which something is told."""
    missing: frozenset[str] = frozenset()
    """The tables of which it has no row."""
    apart: str = ""
    column: str = ""
    is_missing: bool = False
    """Whether the row of that table is not there at all."""


@dataclass(slots=True)
class Scenes:
    """All of them. Families 0 and 1, 2 and 3, and so on are of the same agency; the first is the hub."""

    found: Mapping[str, list[Column]]
    asked: Mapping[str, Collection[str]]
    """By table, the columns that a policy, a trigger or a function of the guard looks at."""
    near: Mapping[str, Collection[str]]
    """By table, the tables that have a part in the same answers."""
    categories: Sequence[str]
    lately: str
    """A moment of today."""
    luck: random.Random
    orderly: list[Scene] = field(default_factory=list)
    nearly: list[Scene] = field(default_factory=list)

    def make(self, staff: Sequence[tuple[UUID, UUID]], ways: Sequence[Way] = ()) -> None:
        """Orderly families around these accounts and their agencies, one for each way that holds for none of them yet, and what is one
        step beside them."""
        people = [self.uuid() for _ in range(ORDERLY)]
        for number in range(ORDERLY):
            self.orderly.append(self._scene(number, *staff[number // 2], (people[number], people[number ^ 1])))
        for way in sorted(ways, key=len, reverse=True):
            self._make_true(way)
        self.nearly = [near for scene in self.orderly for near in self._near(scene)]

    def _make_true(self, way: Way) -> None:
        """One more orderly family, drawn after the one for which most of this way holds; none where all of it holds for one already."""
        at_the_hub = self.orderly[:2] if "elsewhere" in way.values() else self.orderly
        best = max(at_the_hub, key=lambda scene: sum(self._holds(scene, asked, what) for asked, what in way.items()))
        if all(self._holds(best, asked, what) for asked, what in way.items()):
            return
        first = self.orderly[best.base]
        made = self._again(first, self.uuid())
        made.number, made.only = len(self.orderly), frozenset(table for table, _ in way)
        made.told = frozenset(table for (table, _), what in way.items() if what != "there")
        made.missing = frozenset(table for (table, _), what in way.items() if what == "missing")
        for (table, column), what in sorted(way.items(), key=lambda told: told[1].startswith("as ")):
            if column:
                made.values[table][column] = self._told(made, table, column, what)
        made.bearings.keys.update({table: made.values[table][self.key_of(table)] for table in made.only})
        self.orderly.append(made)

    def _holds(self, scene: Scene, asked: tuple[str, str], what: str) -> bool:
        table, column = asked
        if what in ("missing", "there"):
            return (table in scene.missing) == (what == "missing")
        if column not in scene.values[table]:
            return False
        return table not in scene.missing and bool(scene.values[table][column] == self._told(scene, table, column, what))

    def _told(self, scene: Scene, table: str, name: str, what: str) -> Any:
        """The value that a way asks of a column."""
        family, now = scene.bearings, scene.values[table][name]
        what, _, word = what.partition(" ")
        if what == "as":
            other, _, its = word.partition(".")
            return scene.values[other][its]
        if what == "some":
            return now if now is not None else self._some(scene, table, name)
        if what == "another":
            return now if now not in (None, family.user, family.scope) else self.partner(scene).bearings.user
        if what == "signer":
            return now if now in (family.user, family.scope) else family.user
        if what in ("future", "past"):
            return FUTURE if what == "future" else PAST
        plain = {"null": None, "true": True, "false": False, "=": word, "agency": family.agency, "user": family.user}
        borne = {"elsewhere": self.partner(scene).bearings.agency, "scope": family.scope, "person": family.person}
        return {**plain, **borne}[what] if what != "opened" else subject_of(word, family)

    def _some(self, scene: Scene, table: str, name: str) -> Any:
        """What would stand in a column that may be empty, were it not."""
        column = replace(next(column for column in self.found[table] if column.name == name), may_be_empty=False)
        luck = random.Random(f"{table} {name}")  # noqa: S311 for the same rows each time, not for secrets
        if column.kind == "uuid":
            return self._key(column, scene.bearings, scene.base, luck)
        return self._plain(column, scene.bearings, table, scene.base, luck)

    def _again(self, scene: Scene, person: UUID) -> Scene:
        """The same family around another person: the ids of the one stand where those of the other stood, and its words."""
        old = scene.bearings
        scope = self.uuid()
        new = {old.scope: scope, old.person: person}
        rows = {table: [new.setdefault(ids[0], self.uuid()), *ids[1:]] for table, ids in old.rows.items()}
        family = Bearings(old.user, old.agency, scope, person, rows)
        instead: dict[Any, Any] = {**new, word_of(old): word_of(family)}
        instead |= {f"\\x{one.hex}": f"\\x{other.hex}" for one, other in new.items()} | {str(old.person): str(person)}
        values = {table: {name: _swapped(value, instead) for name, value in row.items()} for table, row in scene.values.items()}
        family.keys.update({table: values[table][self.key_of(table)] for table in self.found})
        return Scene(family, values, scene.number, scene.base, scene.only, scene.told, scene.missing)

    def uuid(self) -> UUID:
        return UUID(int=self.luck.getrandbits(128), version=4)

    def partner(self, scene: Scene) -> Scene:
        """An orderly family of another agency."""
        return self.orderly[(scene.base + 2) % ORDERLY]

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """All rows by table; of families that are nearly orderly only those that have to do with what is otherwise."""
        return {table: [scene.values[table] for scene in (*self.orderly, *self.nearly) if self._has(scene, table)] for table in self.found}

    def _has(self, scene: Scene, table: str) -> bool:
        if table in scene.missing:
            return False
        about = {scene.apart} if scene.apart else scene.only
        return not about or any(table in self.near[one] for one in about)

    def _near(self, scene: Scene) -> Iterator[Scene]:
        for table in sorted(scene.only) or self.found:
            yield from (self._beside(scene, table, instead) for instead in self.otherwise(scene, table, scene.values[table]))
            yield self._beside(scene, table, {})

    def _beside(self, scene: Scene, table: str, instead: Mapping[str, Any]) -> Scene:
        made = self._again(scene, self.uuid())
        made.values[table] |= instead
        made.bearings.keys[table] = made.values[table][self.key_of(table)]
        made.apart, made.column = table, " ".join(instead)
        made.is_missing = not instead and table not in scene.missing
        made.missing = scene.missing | {table} if made.is_missing else scene.missing - {table}
        return made

    def otherwise(self, scene: Scene, table: str, row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Everything that one step changes in a row: one column, or the flags of the row in every way in which they can stand together."""
        others = self.partner(scene).values[table] if len(self.orderly) >= ORDERLY else {}
        for column in self.found[table]:
            if column.name in self.asked[table] and column.name in row:
                for value in self._alternatives(column, row[column.name], others.get(column.name)):
                    yield {column.name: self.uuid() if column.name == "id" else value}
        flags = [column.name for column in self.found[table] if column.kind == "bool" and column.name in self.asked[table]]
        for told in itertools.product((True, False), repeat=len(flags)) if len(flags) > 1 else ():
            if sum(row[name] != value for name, value in zip(flags, told, strict=True)) > 1:
                yield dict(zip(flags, told, strict=True))

    def _alternatives(self, column: Column, now: Any, others: Any) -> list[Any]:
        known = self._known(column)
        values: dict[str, list[Any]] = {
            "timestamptz": [PAST, self.lately, FUTURE],
            "bool": [True, False],
            "int2": [0, 2],
            "int4": [0, 2],
            "int8": [0, 2],
            "uuid": [others if others not in (None, now) else self.uuid()],
            "_varchar": [["contact"], [word for word in known if word != "contact"]],
            "_text": [["contact"], [word for word in known if word != "contact"]],
            "varchar": list(column.words[:MOST_WORDS]) or ["another"[: column.most]],
            "text": list(column.words[:MOST_WORDS]) or ["another"],
        }
        found = values.get(column.kind, [])
        return [value for value in (*([None] if column.may_be_empty else []), *found) if value != now]

    def _known(self, column: Column) -> list[str]:
        return [word for word in self.categories if len(word) <= column.most]

    def _scene(self, number: int, user: UUID, agency: UUID, people: tuple[UUID, UUID]) -> Scene:
        scope = self.uuid()
        rows = {table: [self._own_id(table, columns, number, scope, people[0])] for table, columns in self.found.items()}
        made = Bearings(user, agency, scope, people[0], rows)
        for table in rows:
            rows[table] += [people[1]] if table.endswith("_person") else []
        values = {table: dict(self._row(table, columns, made, number)) for table, columns in self.found.items()}
        made.keys.update({table: values[table][self.key_of(table)] for table in self.found})
        return Scene(made, values, number, number)

    def key_of(self, table: str) -> str:
        """The column of which no two families have the same value: the id, else the key to what the row belongs to."""
        named = {column.name: column for column in self.found[table]}
        pointing = (name for name, column in named.items() if column.kind == "uuid" and column.points_at in self.found)
        return "id" if "id" in named else next(pointing, "user_id")

    def _own_id(self, table: str, columns: Sequence[Column], number: int, scope: UUID, person: UUID) -> UUID:
        if table.endswith("_person"):
            return person
        named = next((column for column in columns if column.name == "id"), None)
        is_scope = table.endswith("_requestforassistance") or (named is not None and named.is_asked and number % 4 < 2)
        return scope if is_scope else self.uuid()

    def _row(self, table: str, columns: Sequence[Column], family: Bearings, number: int) -> Iterator[tuple[str, Any]]:
        luck = random.Random(f"{table} {number}")  # noqa: S311 for the same rows each time, not for secrets
        told = TOLD.get(number, {})
        pointed: set[str | None] = set()
        for column in columns:
            if column.is_given:
                continue
            value = self._key(column, family, number, luck) if column.kind == "uuid" else self._plain(column, family, table, number, luck)
            if column.name == "id":
                value = family.rows[table][0]
            elif column.points_at in pointed and column.name != "stands_for_id" and value is not None:
                value = family.rows[str(column.points_at)][-1]
            pointed |= {column.points_at} - {STAFF, AGENCIES, None}
            value = told.get((table, column.name), value)
            yield column.name, self.lately if value == LATELY else value

    def _key(self, column: Column, family: Bearings, number: int, luck: random.Random) -> UUID | None:
        """The family's own id that a key means, by what it points at, else by its name."""
        if luck.random() < 0.2 and column.may_be_empty:
            return None
        if column.points_at in self.found and column.points_at is not None:
            return family.rows[column.points_at][0]
        if column.points_at in (STAFF, AGENCIES):
            return family.user if column.points_at == STAFF else family.agency
        if column.name.endswith("_by"):
            return family.user if number % 3 else family.scope
        meant = {"agency": family.agency, "scope": family.scope, "user": family.user, "account": family.user, "person": family.person}
        return next((id_ for word, id_ in meant.items() if word in column.name), family.scope)

    def _plain(self, column: Column, family: Bearings, table: str, number: int, luck: random.Random) -> Any:
        drawn = luck.random()
        if column.kind == "timestamptz":
            return PAST if not column.may_be_empty else None if drawn < 0.6 else luck.choice((PAST, FUTURE))
        if column.may_be_empty and drawn < 0.2:
            return None
        if column.kind in ("varchar", "text", "bpchar"):
            return column.words[(number + luck.randrange(2)) % len(column.words)] if column.words else word_of(family)[: column.most]
        values: dict[str, Any] = {
            "bool": drawn < 0.6,
            "int4": 1,
            "int2": 1,
            "int8": 1,
            "date": PAST[:10],
            "bytea": f"\\x{family.rows[table][0].hex}",
            "jsonb": {},
            "_uuid": [str(family.person)],
            "_varchar": self._known(column),
            "_text": self._known(column),
        }
        return values.get(column.kind)


def table_of(kind: str, tables: Iterable[str]) -> str | None:
    """The table of the records that an opening of this kind opens."""
    ending = KIND_TABLES.get(kind, f"_{kind.replace('_', '')}")
    return next((table for table in tables if table.endswith(ending)), None)


def subject_of(kind: str, family: Bearings) -> UUID:
    """The family's own record of this kind; else what the family bears."""
    table = table_of(kind, family.rows)
    return family.scope if table is None else family.rows[table][0]


def _swapped(value: Any, instead: Mapping[Any, Any]) -> Any:
    if isinstance(value, list):
        return [instead.get(one, one) for one in value]
    return value if isinstance(value, dict) else instead.get(value, value)


def word_of(family: Bearings) -> str:
    """A word that only this family's rows say."""
    return family.scope.hex[:6]
