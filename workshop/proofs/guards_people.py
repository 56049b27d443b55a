"""Who tries what in the proof of the guards: good contexts of every kind and role, and contexts in which one thing is wrong."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from workshop.proofs.guards_near import OPENING, Near, opening
from workshop.proofs.guards_probes import HELPERS, OLD_KEY, ONE_ROW, Probes, Who
from workshop.proofs.guards_reach import Reach, reach
from workshop.proofs.guards_rows import Column, columns, guarded, plain, plant
from workshop.proofs.guards_scenes import ORDERLY, Scenes, subject_of
from workshop.proofs.guards_told import Function, Way, ways
from workshop.proofs.world import World
from workshop.servers import Connection

SEED = 20
CATEGORIES = ("contact", "story", "plan", "health", "adults_matters", "safety", "protected_address", "own")
SYSTEM_TASKS = ("closed_loop", "delivery", "demonstration")
POLICIES = """
select tablename, qual, with_check from pg_policies where 'reachin_app' = any (roles) and tablename = any (%s) order by 1, policyname
"""
ARGUMENTS = "select proname, proargnames from pg_proc where pronamespace = 'reachin'::regnamespace"
TODAY = "select (reachin.clock() - interval '12 hours')::text"
OUTDATED = """
insert into reachin.signing_key (id, inner_pad, outer_pad, accepted_until) values (99, %s, %s, reachin.clock() - interval '1 day')
"""
ANOTHER_KIND = """
insert into reachin.destroyable (kind, found, people, emptied)
select 'another', d.found, 'tests.nobody(uuid)', d.emptied from reachin.destroyable d where d.kind = 'request'
"""
MORE_GUARDIANS = """
insert into accounts_account (id, agency_id, role, ended_at)
select gen_random_uuid(), a.id, 'information_guardian', case when a.number = 2 then reachin.clock() end
from (select id, row_number() over (order by id) as number from agencies_agency where id = any (%s)) a where a.number > 1
"""
"""One agency with a guardian, one with one who is there and one who left, and one with two."""
ANOTHER_MARK = "insert into audited_access_databasemark (name, marked_at) values ('another', reachin.clock())"


def gather(admin: Connection, world: World, key: bytes) -> Near:
    """Plants the rows, and gives what brings whoever tries. To be asked once for a database, before anything is weakened."""
    found = columns(admin, guarded(admin))
    said = reach(admin, found)
    kinds = [str(kind) for (kind,) in admin.execute("select kind from reachin.openable order by 1").fetchall()]
    purposes, tasks, roles = _purposes(admin, found), _tasks(admin), _roles(said, found)
    scenes = _scenes(admin, world, found, said)
    plant(admin, found, scenes.rows())
    admin.execute(ANOTHER_MARK)
    admin.execute(MORE_GUARDIANS, [list(dict.fromkeys(scene.bearings.agency for scene in scenes.orderly))])
    admin.execute(OUTDATED, [bytes(byte ^ pad for byte in OLD_KEY.ljust(64, b"\0")) for pad in (0x36, 0x5C)])
    admin.execute(HELPERS.encode())
    admin.execute(ANOTHER_KIND)
    for table in found:
        admin.execute(sql.SQL(ONE_ROW).format(table=sql.Identifier(table), key=sql.Identifier(scenes.key_of(table))))
    who = [*_strangers(world, tasks), *_of_the_world(admin, world)]
    probes = Probes(admin, key, found, who, purposes, CATEGORIES, kinds, _due(admin))
    probes.keys = {table: scenes.key_of(table) for table in found}
    flawed = list(_with_one_flaw(scenes))
    looked = list(_looked_before(scenes, purposes))
    admin.execute(OPENING.encode(), [[Jsonb(plain(row)) for row in (*(row for _, row in flawed if row), *looked)]])
    probes.who += [who for who, _ in flawed]
    return Near(admin, scenes, said, probes, roles, tasks, list(range(len(probes.who))))


def _scenes(admin: Connection, world: World, found: Mapping[str, list[Column]], said: Reach) -> Scenes:
    row = admin.execute(TODAY).fetchone()
    asked = {
        table: {column.name for column in found[table] if column.is_asked} | said.asked(table, [column.name for column in found[table]])
        for table in found
    }
    near = {table: said.together(table) for table in found}
    scenes = Scenes(found, asked, near, CATEGORIES, str(row and row[0]), random.Random(SEED))  # noqa: S311 for the same ids each time
    accounts = {actor.account.agency_id: actor.account.id for actor in world.actors if actor.account is not None}
    scenes.make([(user, agency) for agency, user in accounts.items()][: ORDERLY // 2], _ways(admin, found, said))
    return scenes


def _ways(admin: Connection, found: Mapping[str, list[Column]], said: Reach) -> list[Way]:
    """Each way in which a policy of the application's, or a condition of a function, can hold."""
    rows = admin.execute(POLICIES, [list(found)]).fetchall()
    policies = [(str(table), str(condition)) for table, *conditions in rows for condition in conditions if condition]
    arguments = {str(name): tuple(named or ()) for name, named in admin.execute(ARGUMENTS).fetchall()}
    bodies = {name: Function(body, arguments.get(name, ())) for name, body in said.said.items() if name not in found}
    return ways(policies, bodies, {table: [column.name for column in columns] for table, columns in found.items()})


def _due(admin: Connection) -> dict[str, list[str]]:
    """The classes of each kind of what is destroyed after its years."""
    found: dict[str, list[str]] = {}
    for kind, class_code in admin.execute("select kind, class_code from reachin.destruction_years order by 1, 2").fetchall():
        found.setdefault(kind, []).append(class_code)
    return found | {"another": found["request"]}


def _purposes(admin: Connection, found: Mapping[str, list[Column]]) -> list[str]:
    named = {word for table in found.values() for column in table if column.name == "purpose" for word in column.words}
    for (body,) in admin.execute("select prosrc from pg_proc where pronamespace = 'reachin'::regnamespace").fetchall():
        named |= set(re.findall(r"for_purpose\s*(?:=|<>)\s*'(\w+)'", body))
    return sorted(named)


def _tasks(admin: Connection) -> list[str]:
    """The system's tasks that policies and functions name."""
    said = admin.execute(
        "select coalesce(qual, '') || coalesce(with_check, '') from pg_policies"
        " union all select prosrc from pg_proc where pronamespace = 'reachin'::regnamespace"
    ).fetchall()
    named = {word for (words,) in said for word in re.findall(r"acting_role\(?\)+ = '(\w+)'", words)}
    return sorted(named - _every_role() | set(SYSTEM_TASKS))


def _every_role() -> set[str]:
    from reachin.groundwork.permissions.enums import Role

    return {role.value for role in Role}


def _roles(said: Reach, found: Mapping[str, list[Column]]) -> list[str]:
    """The roles that policies and functions name, and one that none does."""
    named = said.words(*found, *said.said) & _every_role()
    return sorted(named | set(sorted(_every_role() - named)[:1]))


def _strangers(world: World, tasks: Sequence[str]) -> Iterator[Who]:
    yield Who("nobody", "nobody")
    yield Who("a visitor", "visitor")
    for task in tasks:
        yield Who(f"a stranger who says to be {task}", "stranger", role=task)
    account = next(actor.account for actor in world.actors if actor.account is not None and actor.role == "hub_worker")
    for flaw in ("forged", "expired", "too long", "outdated"):
        yield Who(f"a {flaw} context", "staff", account.id, account.agency_id, None, account.role, flaw=flaw)


def _with_one_flaw(scenes: Scenes) -> Iterator[tuple[Who, dict[str, Any] | None]]:
    """Openings that were somebody else's in one respect, or are over, with their rows; and the same people with nothing open."""
    for scene in scenes.orderly[:2]:
        family, other = scene.bearings, scenes.partner(scene).bearings
        flaws: dict[str, dict[str, Any]] = {
            "of another kind": {"actor_kind": "visitor"},
            "of another user": {"user_id": other.user},
            "of nobody's": {"user_id": None},
            "of another agency": {"agency_id": other.agency},
            "of another scope": {"scope_id": other.scope},
            "of another role": {"role": "nobody's"},
            "that is over": {"expires": "-1 minute"},
        }
        for kind, role in (("staff", "hub_worker"), ("family", "")):
            user, agency = (family.user, family.agency) if kind == "staff" else (None, None)
            name = f"{kind} {role} {scene.number}"
            bare = Who(f"{name} with nothing open", kind, user, agency, family.scope, role, family=family)
            yield bare, None
            for flaw, instead in flaws.items():
                who = replace(bare, name=f"{name} with an opening {flaw}", flaw="opening")
                row = opening(who, "request", subject_of("request", family)) | {
                    "purpose": "front_door",
                    "categories": list(CATEGORIES),
                    "people": [str(family.person)],
                }
                if row | instead != row:
                    yield replace(who, opening=row["nonce"]), row | instead


def _of_the_world(admin: Connection, world: World) -> Iterator[Who]:
    """People of the walked world: an estranged parent within his own request, an agency that a block keeps out."""
    estranged = world.requests["of the estranged parent"].id
    yield Who("the estranged parent", "family", scope=estranged)
    health = next(actor.account for actor in world.actors if actor.account is not None and actor.account.agency.slug == "nhs-lennan")
    for role in ("practitioner", "support_worker", "duty_worker", "hub_worker", "service_manager", "information_guardian", "data_officer"):
        yield Who(f"{role} where a block is", "staff", health.id, health.agency_id, None, role)


def _looked_before(scenes: Scenes, purposes: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Looks of days ago, for whatever tells people who looked: by their own agency and by another one."""
    for scene in scenes.orderly[:ORDERLY]:
        for family in (scene.bearings, scenes.partner(scene).bearings):
            for number, purpose in enumerate(purposes):
                for kind, opened in (("staff", "-9 days"), ("staff", "-2 days"), ("family", "-9 days")):
                    who = Who(f"{scene.number} {family.scope} {number} {kind}", kind, family.user, family.agency, None, "hub_worker")
                    yield opening(who, "request", scene.bearings.scope, opened, "-1 day") | {
                        "purpose": purpose,
                        "categories": list(CATEGORIES),
                        "people": [str(scene.bearings.person)],
                    }
