"""Who comes to the orderly families, and to those that are nearly as orderly: let in first, and then by one thing not."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from workshop.proofs.guards_probes import Probes, Reading, Tell, Who, undone
from workshop.proofs.guards_reach import Reach
from workshop.proofs.guards_rows import plain
from workshop.proofs.guards_scenes import ORDERLY, Scene, Scenes, subject_of
from workshop.servers import Connection

MOST_RECIPES = 4
MOST_NEARLY = 3000
MOST_ADDED = 12
MOST_ALIKE = 2
MOST_WIDE = 150
MOST_PASSED = 100
MOST_CHANGERS = 200
ONE_FOR_ALL = "only_retention"
"""Who may ask for the retention part of the system is told of all families at once."""
UUIDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OPENING = """
insert into reachin.opening (nonce, kind, subject_id, actor_kind, user_id, agency_id, scope_id, role, purpose, categories, people,
  opened_at, expires_at)
select r.nonce, r.kind, r.subject_id, r.actor_kind, r.user_id, r.agency_id, r.scope_id, r.role, r.purpose, r.categories, r.people,
  reachin.clock() + (said->>'opened')::interval, reachin.clock() + (said->>'expires')::interval
from unnest(%s::jsonb[]) said, jsonb_populate_record(null::reachin.opening, said) r
"""


@dataclass(frozen=True, slots=True)
class Recipe:
    """As what somebody comes: kind of actor, role, and what they have open. A bearer has a scope, a member an account and agency."""

    actor: str
    role: str
    opens: str = ""
    is_bearer: bool = False
    is_member: bool = True
    is_thin: bool = False
    """Whether the opening is of no category."""

    def __str__(self) -> str:
        told = [self.actor, self.role or "-", "bearer" * self.is_bearer, "member" * self.is_member]
        return " ".join([*told, f"with {self.opens} open" if self.opens else "", "of no category" * self.is_thin])


def recipes(roles: Sequence[str], tasks: Sequence[str], kinds: Sequence[str]) -> list[Recipe]:
    """Everything as which somebody comes: what is right for these roles, tasks and kinds of openings, and what is so but for one thing."""
    found = [Recipe("staff", role, is_bearer=bearer) for role in (*roles, *tasks) for bearer in (False, True)]
    found += [Recipe("system", role, is_member=member) for role in (*tasks, *roles) for member in (False, True)]
    found += [Recipe(actor, role, is_bearer=True) for actor in ("family", "visitor") for role in (*roles, *tasks)]
    found += [Recipe(actor, "", is_bearer=True, is_member=False) for actor in ("family", "visitor", "system")]
    for kind in kinds:
        found += [Recipe("staff", role, kind) for role in roles]
        found += [Recipe("system", role, kind) for role in (*roles, *tasks)]
        found += [Recipe("family", role, kind, is_bearer=True, is_member=bool(role)) for role in ("", *roles)]
        found += [Recipe("staff", role, kind, is_thin=True) for role in roles]
        found += [Recipe("family", "", kind, is_bearer=True, is_member=False, is_thin=True)]
    return list(dict.fromkeys(found))


def unlike(found: Iterable[Recipe], most: int) -> list[Recipe]:
    """So many of them, those first that differ in the kind of actor, the role and what they have open."""
    left, chosen = list(dict.fromkeys(found)), list[Recipe]()
    while left and len(chosen) < most:
        best = max(left, key=lambda one: sum(one.actor != two.actor or one.opens != two.opens or one.role != two.role for two in chosen))
        chosen.append(best)
        left.remove(best)
    return chosen


@dataclass(slots=True)
class Near:
    """Brings whoever is wanted for a probe, when it is first wanted, before anything is weakened."""

    admin: Connection
    scenes: Scenes
    reach: Reach
    probes: Probes
    roles: Collection[str]
    tasks: Collection[str]
    always: Sequence[int]
    """The places of those who look everywhere."""
    _places: dict[tuple[int, Recipe], int] = field(default_factory=dict)
    _apart: dict[int, str] = field(default_factory=dict)
    _openings: list[dict[str, Any]] = field(default_factory=list)

    def bring(self, tell: Tell) -> None:
        """Whoever this probe needs."""
        probe, what = tell
        if probe in ("seen", "seen_in_demo", "changed", "removed") and what not in self.probes.lookers:
            self._look(what)
        if probe == "changed" and what not in self.probes.changers:
            self._change(tell, what)
        for function in what.split() if probe == "asked" else ():
            if function not in self.probes.lookers:
                self.probes.parts[function] = self.reach.parts(function)
                self._listen(function)
        if probe == "added" and what not in self.probes.tries:
            self._add(what)
        if probe == "opened_at_once":
            self.places((scene, Recipe("staff", "hub_worker", "request")) for scene in self.scenes.orderly)
        for kind in what.split() if probe == "opened" else ():
            if kind not in self.probes.opens:
                self._open(kind)

    def _change(self, tell: Tell, table: str) -> None:
        """Who is let change something, their own row before others. Of those who change that of many families alike, a few are enough."""
        answers = list(self._read(tell).values())
        places = self.probes.all_lookers(table)
        let = [place for place, said in zip(places, answers, strict=False) if not said.startswith("0 and")]
        self.probes.changers[table] = sorted(let, key=lambda place: self._apart.get(place) != table)[:MOST_CHANGERS]
        many = [place for place, said in zip(places, answers, strict=False) if _passed(said) > MOST_PASSED]
        self.probes.alike[table] = set(many[MOST_ALIKE * ORDERLY :])

    def _read(self, tell: Tell) -> Reading:
        with undone(self.admin, tell):
            return self.probes.read(tell)

    def recipes(self, name: str) -> list[Recipe]:
        """As what somebody comes where this table, function or kind of opening answers."""
        words, functions = self.reach.words(name), self.reach.functions(name)
        kinds = words & set(self.probes.kinds) | ({"request"} if "current_opening" in functions else set())
        return recipes(_and_one(words, self.roles), _and_one(words, self.tasks), sorted(kinds) if "current_opening" in functions else [])

    def _everybody(self, name: str) -> list[tuple[Scene, Recipe]]:
        parts = self.reach.parts(name)
        scenes = [scene for scene in self.scenes.orderly if not scene.only or scene.only & parts]
        return [(scene, recipe) for scene in scenes for recipe in self.recipes(name)]

    def _look(self, table: str) -> None:
        """Everybody looks for the row of their own family; who sees it, looks for that of those that are nearly so. Some look wider."""
        everybody = self._everybody(table)
        let = self._who_sees(table, everybody)
        few = _few_alike(table, everybody, let)
        wide = few[:: max(1, len(few) // MOST_WIDE)]
        self.probes.lookers[table] = [*self.places(wide), *self.always]
        self.probes.narrowly[table] = self.places(_once([*self._nearly(table, let), *few]))

    def _listen(self, function: str) -> None:
        """Everybody asks; who is told something asks at the families that are nearly so."""
        everybody = self._everybody(function)
        if ONE_FOR_ALL in self.reach.functions(function):
            few = [(scene, recipe) for scene, recipe in everybody if scene is self.scenes.orderly[0]]
            self.probes.lookers[function] = [*self.places(few), *self.always]
            return
        self.probes.lookers[function] = self.places(everybody)
        let = list(self._who_is_told(function, everybody))
        self.probes.lookers[function] = [
            *self.places(_once([*self._nearly(function, let), *_few_alike(function, everybody, let)])),
            *self.always,
        ]

    def _nearly(self, name: str, let: Sequence[tuple[Scene, Recipe]]) -> Iterator[tuple[Scene, Recipe]]:
        """The same people, at the families that are nearly so in what has a part here."""
        by_number: dict[int, list[Recipe]] = {}
        for scene, recipe in let:
            by_number.setdefault(scene.number, []).append(recipe)
        chosen = {number: unlike(found, MOST_RECIPES) for number, found in by_number.items()}
        parts = self.reach.parts(name)
        scenes = [scene for scene in self.scenes.nearly if scene.apart in parts and scene.number in chosen]
        many = max(1, MOST_NEARLY // max(1, len(scenes)))
        for place, scene in enumerate(scenes):
            found = chosen[scene.number]
            yield from ((scene, recipe) for recipe in (found * 2)[place % len(found) :][: min(many, len(found))])

    def _who_sees(self, table: str, everybody: Sequence[tuple[Scene, Recipe]]) -> list[tuple[Scene, Recipe]]:
        places = self.places(everybody)
        with undone(self.admin):
            answers = self.probes.own_seen_by(table, places)
        said = [answers[f"own {table} seen by {self.probes.who[place].name}"] for place in places]
        return [one for one, answer in zip(everybody, said, strict=True) if answer and not is_refusal(answer)]

    def _who_is_told(self, function: str, everybody: Sequence[tuple[Scene, Recipe]]) -> Iterator[tuple[Scene, Recipe]]:
        """Who is told something, what few are told first; where nobody is, who gets an answer at all."""
        told: dict[str, list[str]] = {}
        for asked, answer in self._read(("asked", function)).items():
            told.setdefault(asked.rpartition(" asked by ")[2], []).append(answer)
        said = [told.get(self.probes.who[place].name, []) for place in self.places(everybody)]
        many = Counter(alike := [UUIDS.sub("", " ".join(answers)) for answers in said])
        something = [
            one
            for _, one, answers in sorted(zip(map(many.get, alike), everybody, said, strict=True), key=lambda told: told[0] or 0)
            if any(map(says_something, answers))
        ]
        answered = [one for one, answers in zip(everybody, said, strict=True) if not all(map(is_refusal, answers))]
        yield from something or answered

    def places(self, who: Iterable[tuple[Scene, Recipe]]) -> list[int]:
        """The places of these, who are made when they first come."""
        places = [self._place(scene, recipe) for scene, recipe in who]
        if self._openings:
            self.admin.execute(OPENING.encode(), [[Jsonb(plain(row)) for row in self._openings]])
            self._openings.clear()
        return places

    def _place(self, scene: Scene, recipe: Recipe) -> int:
        known = self._places.get((id(scene), recipe))
        if known is None:
            family, known = scene.bearings, len(self.probes.who)
            user, agency = (family.user, family.agency) if recipe.is_member else (None, None)
            scope = family.scope if recipe.is_bearer else None
            one = Who(f"{recipe} {known}", recipe.actor, user, agency, scope, recipe.role, family=family)
            self.probes.who.append(self._with_opening(one, recipe, scene) if recipe.opens else one)
            self._places[id(scene), recipe] = known
            self._apart[known] = scene.apart
        return known

    def _with_opening(self, who: Who, recipe: Recipe, scene: Scene) -> Who:
        purposes, partner = self.probes.purposes, self.scenes.partner(scene).bearings.person
        more = {
            "purpose": purposes[scene.number % len(purposes)],
            "categories": [] if recipe.is_thin else list(self.scenes.categories),
            "people": [str(scene.bearings.person), *([str(partner)] if scene.number % 3 else [])],
        }
        row = opening(who, recipe.opens, subject_of(recipe.opens, scene.bearings)) | more
        self._openings.append(row)
        return replace(who, opening=row["nonce"])

    def _add(self, table: str) -> None:
        """Everybody tries to add the family's own row; who is let tries it with one thing otherwise, there and in the rows beside it."""
        missing = [scene for scene in self.scenes.nearly if scene.is_missing and scene.apart == table]
        everybody = [*self._everybody(table), *((scene, recipe) for scene in missing for recipe in self.recipes(table))]
        self.probes.tries[table] = [
            (place, Jsonb(self._theirs(table, scene, place))) for (scene, _), place in zip(everybody, self.places(everybody), strict=True)
        ]
        said = self._read(("added", table)).values()
        let = [one for one, answer in zip(everybody, said, strict=True) if answer == "added"]
        nearly = [(scene, recipe) for scene, recipe in self._nearly(table, let) if scene.apart != table]
        self.probes.tries[table] = [
            *self._otherwise(table, _spread(let)),
            *((place, Jsonb(self._theirs(table, scene, place))) for (scene, _), place in zip(nearly, self.places(nearly), strict=True)),
            *self.probes.tries[table],
        ]

    def _otherwise(self, table: str, let: Sequence[tuple[Scene, Recipe]]) -> Iterator[tuple[int, Jsonb]]:
        for (scene, _), place in zip(let, self.places(let), strict=True):
            row = self._theirs(table, scene, place)
            for instead in self.scenes.otherwise(scene, table, row):
                yield place, Jsonb(row | plain(instead))

    def _theirs(self, table: str, scene: Scene, place: int) -> dict[str, Any]:
        """The family's row as this one would add it: signed by them, and with an id of its own where no policy asks for one."""
        who, row = self.probes.who[place], dict(scene.values[table])
        instead: dict[str, Any] = {"role": who.role, "actor_kind": who.kind}
        for column in self.scenes.found[table]:
            if column.kind == "uuid" and column.name.endswith("_by") and row.get(column.name) is not None:
                instead[column.name] = who.user or who.scope
            if column.name == "id" and not column.is_asked:
                instead["id"] = self.scenes.uuid()
        if {"role", "actor_kind"} <= set(row):
            instead |= {"user_id": who.user, "agency_id": who.agency, "scope_id": who.scope}
        return plain(row | {name: value for name, value in instead.items() if name in row})

    def _open(self, kind: str) -> None:
        """Everybody opens, for some purposes; who is let opens what is nearly so."""
        everybody = [
            (scene, recipe, purpose)
            for scene, recipe in self._everybody(kind)
            if not recipe.opens
            for purpose in self._purposes(kind, scene)
        ]
        self.probes.opens[kind] = opens = self._opens(kind, everybody)
        let: dict[tuple[int, Recipe], str] = {}
        for (scene, recipe, purpose), answer in zip(everybody, self._read(("opened", kind)).values(), strict=True):
            if not answer.startswith(("refused", "-")):
                let.setdefault((scene.number, recipe), purpose)
        nearly = self._nearly(kind, [(self.scenes.orderly[number], recipe) for number, recipe in let])
        near = self._opens(kind, [(scene, recipe, let[scene.number, recipe]) for scene, recipe in nearly])
        self.probes.opens[kind] = list(dict.fromkeys([*near, *opens]))

    def _purposes(self, kind: str, scene: Scene) -> list[str]:
        """Those that are named where this is asked, those that the family's own rows name, and one that is neither."""
        said = self.reach.words(kind) | {str(row["purpose"]) for row in scene.values.values() if row.get("purpose")}
        return _and_one(said, self.probes.purposes)

    def _opens(self, kind: str, who: Sequence[tuple[Scene, Recipe, str]]) -> list[tuple[int, str, UUID, str]]:
        places = self.places((scene, recipe) for scene, recipe, _ in who)
        told = zip(who, places, strict=True)
        return [(place, kind, subject_of(kind, scene.bearings), purpose) for (scene, _, purpose), place in told]


def _passed(said: str) -> int:
    """How many rows of others were let through, by the answer of a change."""
    return int(said.rpartition(" ")[2]) if " and " in said else 0


def is_refusal(answer: str) -> bool:
    return answer.startswith(("refused", "-"))


def says_something(answer: str) -> bool:
    """Whether there is more in it than no, nothing and none."""
    return not is_refusal(answer) and bool(re.search(r'true|"|[1-9]', re.sub(r'"\w+":', "", answer)))


def opening(who: Who, kind: str, subject: UUID, opened: str = "-1 minute", expires: str = "1 day") -> dict[str, Any]:
    """A row of the guard's openings as if an earlier transaction had written it. `opened` and `expires` from now."""
    return {
        "nonce": UUID(bytes=_digest(who.name, kind, str(subject), opened), version=4),
        "kind": kind,
        "subject_id": subject,
        "actor_kind": who.kind,
        "user_id": who.user,
        "agency_id": who.agency,
        "scope_id": who.scope,
        "role": who.role,
        "opened": opened,
        "expires": expires,
    }


def _digest(*words: str) -> bytes:
    import hashlib

    return hashlib.sha256("|".join(words).encode()).digest()[:16]


def _and_one(words: Collection[str], known: Collection[str]) -> list[str]:
    """Those of the known words that are said, and one that is not."""
    return [*sorted(set(words) & set(known)), *sorted(set(known) - set(words))[:1]]


def _spread(let: Sequence[tuple[Scene, Recipe]]) -> list[tuple[Scene, Recipe]]:
    """Some of those who are let, as unlike each other as can be, each at two families where they are let at two."""
    by_recipe: dict[Recipe, list[Scene]] = {}
    for scene, recipe in let:
        by_recipe.setdefault(recipe, []).append(scene)
    chosen = enumerate(unlike(by_recipe, MOST_ADDED))
    return [(scene, recipe) for number, recipe in chosen for scene in _two(by_recipe[recipe], number)]


def _few_alike(name: str, everybody: Sequence[tuple[Scene, Recipe]], let: Iterable[tuple[Scene, Recipe]]) -> list[tuple[Scene, Recipe]]:
    """Everybody at a few of those families at which the same people are let, and at those of which something is told there."""
    let_at: dict[int, set[Recipe]] = {}
    for scene, recipe in let:
        let_at.setdefault(scene.number, set()).add(recipe)
    alike: dict[frozenset[Recipe], list[int]] = {}
    for number in dict.fromkeys(scene.number for scene, _ in everybody):
        alike.setdefault(frozenset(let_at.get(number, ())), []).append(number)
    kept = {number for numbers in alike.values() for number in numbers[:MOST_ALIKE]}
    kept |= {scene.number for scene, _ in everybody if name in scene.told}
    return [(scene, recipe) for scene, recipe in everybody if scene.number in kept]


def _once(who: Iterable[tuple[Scene, Recipe]]) -> list[tuple[Scene, Recipe]]:
    """Each of them once. Scenes are told apart by what they are, not by what they say."""
    return list({(id(scene), recipe): (scene, recipe) for scene, recipe in who}.values())


def _two(scenes: Sequence[Scene], turn: int) -> list[Scene]:
    first = turn % len(scenes)
    return [scenes[first], *([scenes[first - 1]] if len(scenes) > 1 else [])]
