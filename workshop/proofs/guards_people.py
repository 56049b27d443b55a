"""Who tries what in the proof of the guards: good contexts of every kind and role, and contexts in which one thing is wrong."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from workshop.proofs.guards_probes import Probes, Who
from workshop.proofs.guards_rows import Bearings, Column, Planting, columns, guarded, plant
from workshop.proofs.world import World
from workshop.servers import Connection

SEED = 20
FAMILIES = 90
LOOKERS = 45
"""Of so many families somebody comes with an opening; of each third of them without one, too."""
TRIED = 8
PURPOSES = 3
KINDS = ("staff", "staff", "family", "staff", "system", "staff", "family", "staff", "visitor", "staff")
OPENING = """
insert into reachin.opening (kind, subject_id, actor_kind, user_id, agency_id, scope_id, role, purpose, categories, people, opened_at,
  expires_at)
values (%(kind)s, %(subject)s, %(actor)s, %(user)s, %(agency)s, %(scope)s, %(role)s, %(purpose)s, %(categories)s, %(people)s,
  reachin.clock() - %(ago)s::interval, reachin.clock() + %(lasts)s::interval)
returning nonce
"""
CATEGORIES = ("contact", "story", "plan", "health", "adults_matters", "safety", "protected_address", "own")
KIND_TABLES = {"request": "_requestforassistance"}
SYSTEM_TASKS = ("closed_loop", "delivery", "demonstration")
SIGNED_PARTS = ("kind", "user", "agency", "scope", "role")


def gather(admin: Connection, world: World, key: bytes) -> Probes:
    """Plants the rows and gives whoever tries, with what. To be asked once for a database, before anything is weakened."""
    found = columns(admin, guarded(admin))
    kinds = [str(kind) for (kind,) in admin.execute("select kind from reachin.openable order by 1").fetchall()]
    purposes = _purposes(admin, found)
    planting = Planting(found, CATEGORIES, kinds, seed=SEED)
    tasks = _tasks(admin)
    _found_families(planting, world, tasks, _roles(admin))
    plant(admin, planting)
    openings = _Openings(admin, kinds, purposes, planting.luck)
    who = [*_strangers(world, tasks), *_lookers(planting, openings), *_with_one_flaw(planting, openings), *_of_the_world(admin, world)]
    _looked_before(planting, openings)
    probes = Probes(admin, key, found, who, {}, [], purposes, CATEGORIES, kinds)
    places = [place for place, one in enumerate(who) if one.family is not None and not one.flaw]
    probes.tries = {table: list(_tries(planting, who, places, table)) for table in found}
    probes.opens = list(_opens(planting, who, places, kinds, purposes))
    probes.lookers = [
        place for place, one in enumerate(who) if one.family is None or one.opening is not None or one.name.endswith("nothing open")
    ]
    return probes


def _purposes(admin: Connection, found: Mapping[str, list[Column]]) -> list[str]:
    named = {word for table in found.values() for column in table if column.name == "purpose" for word in column.words}
    for (body,) in admin.execute("select prosrc from pg_proc where pronamespace = 'reachin'::regnamespace").fetchall():
        named |= set(re.findall(r"for_purpose\s*(?:=|<>)\s*'(\w+)'", body))
    return sorted(named)


def _tasks(admin: Connection) -> list[str]:
    """The system's tasks that policies name."""
    policies = admin.execute("select coalesce(qual, '') || coalesce(with_check, '') from pg_policies").fetchall()
    named = {word for (said,) in policies for word in re.findall(r"acting_role\) = '(\w+)'", said)}
    return sorted(named | set(SYSTEM_TASKS))


def _roles(admin: Connection) -> list[str]:
    """The roles that policies name, each as often as a table names it."""
    from reachin.groundwork.permissions.enums import Role

    policies = admin.execute(
        "select string_agg(coalesce(qual, '') || coalesce(with_check, ''), '') from pg_policies group by tablename"
    ).fetchall()
    return sorted(word for (said,) in policies for word in set(re.findall(r"'(\w+)'", said)) & {role.value for role in Role})


def _found_families(planting: Planting, world: World, tasks: Sequence[str], roles: Sequence[str]) -> None:
    """Staff of every role and agency, families, the system's tasks; and some who are of one kind and say what belongs to another."""
    staff = [actor.account for actor in world.actors if actor.account is not None]
    for number in range(FAMILIES):
        account = staff[(number * 7) % len(staff)]
        kind = KINDS[number % len(KINDS)]
        role = planting.luck.choice(tasks) if kind == "system" or number % 9 == 0 else planting.luck.choice((account.role, *roles))
        kind = planting.luck.choice(("system", "family", "visitor")) if number % 11 == 0 else kind
        planting.family(user=account.id, agency=account.agency_id, kind=kind, role=role)


class _Openings:
    """Writes openings as if they had been committed before: whose, of what, and with which flaw."""

    def __init__(self, admin: Connection, kinds: Sequence[str], purposes: Sequence[str], luck: random.Random) -> None:
        self.admin, self.kinds, self.purposes, self.luck = admin, kinds, purposes, luck

    def of(self, who: Who, kind: str, **instead: Any) -> UUID:
        family = who.family
        assert family is not None
        row = {
            "kind": kind,
            "subject": subject_of(kind, family),
            "actor": who.kind,
            "user": who.user,
            "agency": who.agency,
            "scope": who.scope,
            "role": who.role,
            "purpose": self.luck.choice(self.purposes),
            "categories": list(CATEGORIES) if self.luck.random() < 0.6 else self.luck.sample(CATEGORIES, k=2),
            "people": [family.person] if self.luck.random() < 0.7 else [family.person, *_second(family)],
            "ago": "1 minute",
            "lasts": "1 day",
            **instead,
        }
        given: UUID = self.admin.execute(OPENING, row).fetchone()[0]  # type: ignore[index]
        return given


def subject_of(kind: str, family: Bearings) -> UUID:
    """The family's own row of this kind: of the table whose name ends or begins so; else what the family bears."""
    if kind.startswith("own_"):
        return family.scope
    named = [table for table in family.rows if table.endswith(f"_{kind}")] or [table for table in family.rows if f"_{kind}" in table]
    return family.scope if kind == "request" or not named else family.rows[named[0]][0]


def subjects_of(kind: str, family: Bearings) -> list[UUID]:
    """All rows of the family that are of this kind."""
    first = subject_of(kind, family)
    alike = next((rows for table, rows in family.rows.items() if table.endswith(KIND_TABLES.get(kind, f"_{kind}"))), [])
    return list(dict.fromkeys([first, *alike]))


def _second(family: Bearings) -> list[UUID]:
    return [id_ for table, rows in family.rows.items() if table.endswith("_person") for id_ in rows[1:2]]


def _bare(family: Bearings, name: str) -> Who:
    """A context as this kind of actor has it."""
    is_staff = family.kind in ("staff", "system")
    return Who(
        name,
        family.kind,
        user=family.user if is_staff else None,
        agency=family.agency if is_staff else None,
        scope=family.scope if family.kind in ("family", "visitor") or family.scope.int % 3 == 0 else None,
        role=family.role if is_staff or family.scope.int % 5 == 0 else "",
        family=family,
    )


def _strangers(world: World, tasks: Sequence[str]) -> Iterator[Who]:
    yield Who("nobody", "nobody")
    yield Who("a visitor", "visitor")
    for task in tasks:
        yield Who(f"a stranger who says to be {task}", "stranger", role=task)
    account = next(actor.account for actor in world.actors if actor.account is not None and actor.role == "hub_worker")
    for flaw in ("forged", "expired", "too long"):
        yield Who(f"a {flaw} context", "staff", account.id, account.agency_id, None, account.role, flaw=flaw)


def _lookers(planting: Planting, openings: _Openings) -> Iterator[Who]:
    for number, family in enumerate(planting.families):
        who = _bare(family, f"{family.kind} {family.role} {number}")
        own = [kind for kind in openings.kinds if kind.startswith("own_") and family.kind == "family"]
        if number < LOOKERS:
            for kind in dict.fromkeys(("request", openings.kinds[number % len(openings.kinds)], *own)):
                yield replace(who, name=f"{who.name} with {kind} open", opening=openings.of(who, kind))
        elif number % 3 == 0:
            yield replace(who, name=f"{who.name} with nothing open")
        else:
            yield replace(who, name=f"{who.name} who only opens")


def _with_one_flaw(planting: Planting, openings: _Openings) -> Iterator[Who]:
    """Openings that were somebody else's in one respect, or are over."""
    other = planting.families[-1]
    flaws: dict[str, dict[str, Any]] = {
        "of another kind": {"actor": "visitor"},
        "of another user": {"user": other.user},
        "of nobody's": {"user": None},
        "of another agency": {"agency": other.agency},
        "of another scope": {"scope": other.scope},
        "of another role": {"role": "nobody's"},
        "that is over": {"lasts": "-1 minute"},
    }
    staff = [family for family in planting.families if family.kind == "staff"][:2]
    families = [family for family in planting.families if family.kind == "family"][:2]
    for family in staff + families:
        bare = _bare(family, f"{family.kind} {family.role} {family.scope.hex[:4]}")
        for name, instead in flaws.items():
            nonce = openings.of(bare, "request", categories=list(CATEGORIES), **instead)
            if all(instead.get(part, getattr(bare, part, None)) == getattr(bare, part, None) for part in ("user", "agency", "scope")):
                if name in ("of another kind", "of another role", "that is over"):
                    yield replace(bare, name=f"{bare.name} with an opening {name}", opening=nonce, flaw="opening")
            else:
                yield replace(bare, name=f"{bare.name} with an opening {name}", opening=nonce, flaw="opening")


def _of_the_world(admin: Connection, world: World) -> Iterator[Who]:
    """People of the walked world: an estranged parent within his own request, an agency that a block keeps out."""
    estranged = world.requests["of the estranged parent"].id
    yield Who("the estranged parent", "family", scope=estranged)
    health = next(actor.account for actor in world.actors if actor.account is not None and actor.account.agency.slug == "nhs-lennan")
    for role in ("practitioner", "support_worker", "duty_worker", "hub_worker", "service_manager", "information_guardian", "data_officer"):
        yield Who(f"{role} where a block is", "staff", health.id, health.agency_id, None, role)


def _looked_before(planting: Planting, openings: _Openings) -> None:
    """Looks of days ago, for whatever tells people who looked."""
    for number, family in enumerate(planting.families[:LOOKERS]):
        other = planting.families[(number + 1) % LOOKERS]
        for purpose in openings.purposes:
            for kind, ago in (("staff", "9 days"), ("staff", "2 days"), ("family", "9 days")):
                who = replace(_bare(other, ""), kind=kind, family=family)
                openings.of(who, "request", purpose=purpose, ago=ago, lasts="-1 day")


def _tries(planting: Planting, who: Sequence[Who], places: Sequence[int], table: str) -> Iterator[tuple[int, Any]]:
    for place in places:
        family = who[place].family
        if family is None or who[place].name.endswith("who only opens"):
            continue
        for row in planting.candidates(family, table, TRIED if who[place].opening else TRIED // 2):
            yield place, row


def _opens(
    planting: Planting, who: Sequence[Who], places: Sequence[int], kinds: Sequence[str], purposes: Sequence[str]
) -> Iterator[tuple[int, str, UUID, str]]:
    """Everybody opens what is near them, for some purposes; and something of somebody else's."""
    for place in places:
        family = who[place].family
        if family is None or (who[place].opening is not None and not who[place].name.endswith("request open")):
            continue
        other = planting.luck.choice(planting.families)
        for kind in kinds:
            for subject in (*subjects_of(kind, family), subject_of(kind, other)):
                some = planting.luck.sample(purposes, k=min(PURPOSES, len(purposes)))
                yield from ((place, kind, subject, purpose) for purpose in some)
