"""Every guard of the database weakened, one at a time, in a database that is thrown away: each time somebody must meet another answer.

What everybody sees, adds, changes, removes, opens and asks is read once with all guards; facts that do not depend on any policy are held
against that. Then each weakening that the catalogue allows is made, read again, and undone.
"""

import argparse
import itertools
import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psycopg

from workshop import servers
from workshop.progress import result, say, step
from workshop.proofs.guards_audit import audit_mutants, made_anew
from workshop.proofs.guards_facts import broken, rows_of_the_family
from workshop.proofs.guards_mutants import Mutant, every_mutant
from workshop.proofs.guards_near import Near
from workshop.proofs.guards_people import gather
from workshop.proofs.guards_probes import Reading, Tell, undone
from workshop.proofs.world import World, build, own_database
from workshop.servers import Connection

HELP = "every policy, grant and guard function weakened one at a time; each must be noticed"
SMALL_TAKES = 100
SMALL_TABLES = 6
OF_TABLES = (
    r": \w+ for everybody$", r": \w+ dropped$", r": \w+ lifted$", r": \w+ without ", r": \w+ checked without ", r": \w+ not checked$",
    r": row security off$", r": not forced$", r": \w+ may be changed$", r"^\w+: (insert|delete|truncate) granted$", r": trigger \w+ off$",
)  # fmt: skip
KINDS = (
    *OF_TABLES, r"^the guard's own .+ granted$", r"\) may be asked$", r"\) without ", r"^the application ", r"eyes$", r"^a new table ",
)  # fmt: skip
"""The ways in which a guard can be weaker, by what the name of the mutant says."""
SPOKEN_OF = 100
RESTS_ON_ONE = "the decision is looked up by it, and without one there is no row: said once more for the index alone"
EQUIVALENT: Mapping[str, str] = {
    "context(part integer) without said is null": "what is not said is refused as badly said below, in other words",
    "context(part integer) without said = ''": "the same",
    "are_known(who uuid[]) without reachin.signer() is not null": "nobody was recorded by nobody: the comparison holds for no row",
    "information_sharing_circleentry: app_adds without (decision_id IS NOT NULL)": "nothing rests on no decision: none has an empty id",
    "shared_with_us() without e.decision_id is not null": RESTS_ON_ONE,
    "shares_of_agency() without e.decision_id is not null": RESTS_ON_ONE,
    "current_opening() without named is null": "no opening has an empty nonce: nothing is found either",
}
"""Weakenings that change nothing for anybody, each with the reason; they are made and must stay unnoticed."""
IS_STAFF, IS_GUARDIAN = (
    "(( SELECT reachin.acting_kind() AS acting_kind) = 'staff'::text)",
    ("(( SELECT reachin.acting_role() AS acting_role) = 'information_guardian'::text)"),
)
DOUBLED: Mapping[str, str] = {
    f"information_requests_informationrequest: {policy} without {said}": f"stands_in_for() without {asked}"
    for policy in ("app_answers_standing_in", "app_stands_in")
    for said, asked in (
        (IS_STAFF, "reachin.acting_kind() = 'staff'"),
        (IS_GUARDIAN, "reachin.acting_role() = 'information_guardian'"),
    )
}
"""Weakenings that nobody notices because another guard asks the same, by the weakening of that one.

Each is made and must stay unnoticed; the other one alone must be noticed, and so must both together in what the first one guards.
"""


@dataclass(slots=True)
class Findings:
    """How many guards were weakened, how many of these somebody noticed, and what was wrong in words."""

    mutants: int = 0
    caught: int = 0
    equivalent: int = 0
    missed: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)


def main(argv: list[str]) -> int:
    """Exit status 0 only when every mutant is caught and every fact holds. JSON: mutants, caught, equivalent, broken_facts, failed."""
    told = argparse.ArgumentParser(prog="start.py proof guards", description=HELP)
    told.add_argument("--small", action="store_true", help=f"{SMALL_TAKES} of them, of every kind, drawn by lot")
    told.add_argument("--seed", type=int, default=datetime.now(UTC).toordinal(), help="of the lot; each day has its own")
    told.add_argument("--only", default="", help="only those whose name contains this")
    asked = told.parse_args(argv)
    began, findings = time.monotonic(), Findings()
    with own_database() as name, servers.for_tests().administer(name) as admin:
        build()
        if not asked.only:
            _try_the_audit(admin, findings, most=2 if asked.small else None)
        world = made_anew(admin)
        _try_the_guards(admin, world, findings, seed=asked.seed if asked.small else None, only=asked.only)
    for words in (findings.facts + [f"not noticed: {words}" for words in findings.missed])[:SPOKEN_OF]:
        say(words)
    failed = len(findings.missed) + len(findings.facts)
    figures = {"mutants": findings.mutants, "caught": findings.caught, "equivalent": findings.equivalent}
    result({**figures, "broken_facts": len(findings.facts), "failed": failed, "seconds": round(time.monotonic() - began, 1)})
    return 1 if failed or not findings.mutants else 0


def _try_the_audit(admin: Connection, findings: Findings, *, most: int | None) -> None:
    for number, (words, noticed) in enumerate(audit_mutants(admin)):
        if most is not None and number >= most:
            return
        _count(findings, words, noticed)


def _count(findings: Findings, words: str, noticed: Callable[[], bool]) -> None:
    was_noticed = noticed()
    if words in EQUIVALENT:
        findings.equivalent += 1
        findings.missed += [f"{words}, which is said to change nothing, was noticed"] if was_noticed else []
        return
    findings.mutants += 1
    findings.caught += was_noticed
    findings.missed += [] if was_noticed else [words]


def _try_the_guards(admin: Connection, world: World, findings: Findings, *, seed: int | None, only: str) -> None:
    from django.conf import settings

    with step("People and rows"):
        near = gather(admin, world, bytes.fromhex(settings.KEYS.context_key))
    before = Before(near)
    mutants = [mutant for mutant in every_mutant(admin, list(near.probes.columns)) if only in mutant.name]
    chosen = mutants if seed is None else drawn(mutants, SMALL_TAKES, seed)
    tables = list(near.probes.columns)
    with step(f"Facts about {len(tables)} tables"):
        findings.facts += _facts(before, admin, world, tables)
    by_name = {mutant.name: mutant for mutant in every_mutant(admin, tables)}
    with step(f"{len(chosen)} of {len(mutants)} guards weakened"):
        for mutant in chosen:
            if mutant.name in DOUBLED:
                _count_doubled(admin, findings, mutant, by_name[DOUBLED[mutant.name]], before)
            else:
                _count(findings, mutant.name, lambda mutant=mutant: _notices(admin, mutant, before))  # type: ignore[misc]
    findings.facts += [f"{tell} answers otherwise although nothing is weakened" for tell in before.unsteady]


class Before:
    """What was answered while every guard stood, asked when it is first wanted."""

    def __init__(self, near: Near) -> None:
        self.near, self.probes = near, near.probes
        self._known: dict[Tell, Reading] = {}
        self.unsteady: list[str] = []
        """What answered otherwise the second time, while nothing was weakened: what it notices would prove nothing."""

    def of(self, tell: Tell) -> Reading:
        if tell not in self._known:
            self.near.bring(tell)
            with undone(self.near.admin, tell):
                self._known[tell] = self.probes.read(tell)
            with undone(self.near.admin, tell):
                self.unsteady += [" ".join(tell)] if self.probes.differs(tell, self._known[tell]) else []
        return self._known[tell]


def _count_doubled(admin: Connection, findings: Findings, mutant: Mutant, other: Mutant, before: Before) -> None:
    """A guard that another one repeats: not noticed alone, as the other holds; the other is noticed, and so are both together."""
    findings.equivalent += 1
    both = Mutant(f"{mutant.name}, and {other.name}", (*mutant.statements, *other.statements), mutant.tells)
    wanted = ((mutant, False), (other, True), (both, True))
    findings.missed += [
        f"{one.name} (of two that ask the same)" for one, is_noticed in wanted if _notices(admin, one, before) != is_noticed
    ]


def kind_of(mutant: Mutant) -> str:
    """In which way it is weaker, as its name says."""
    return next(kind for kind in KINDS if re.search(kind, mutant.name))


def drawn(mutants: Sequence[Mutant], most: int, seed: int) -> list[Mutant]:
    """So many of them by lot, in turn from every kind; of what is done to tables, to a few of these, as each has to be read first."""
    luck = random.Random(seed)  # noqa: S311 for the same ones with the same seed, not for secrets
    mixed = luck.sample(list(mutants), len(mutants))
    tables = list(dict.fromkeys(mutant.name.partition(":")[0] for mutant in mixed if kind_of(mutant) in OF_TABLES))[:SMALL_TABLES]
    mixed.sort(key=lambda mutant: kind_of(mutant) in OF_TABLES and mutant.name.partition(":")[0] not in tables)
    by_kind: dict[str, list[Mutant]] = {}
    for mutant in mixed:
        by_kind.setdefault(kind_of(mutant), []).append(mutant)
    turns = itertools.chain.from_iterable(itertools.zip_longest(*by_kind.values()))
    chosen = set(itertools.islice((mutant for mutant in turns if mutant is not None), most))
    return [mutant for mutant in mutants if mutant in chosen]


def _facts(before: Before, admin: Connection, world: World, tables: Sequence[str]) -> list[str]:
    found = before.of(("unguarded", ""))["not guarded"]
    wrong = [f"{table} is not guarded" for table in found]
    for table in tables:
        with undone(admin):
            seen = before.probes.seen_by(table, before.near.always)
        wrong += broken(table, before.probes, before.near.always, seen, rows_of_the_family(admin, world, table))
    return wrong


def _notices(admin: Connection, mutant: Mutant, before: Before) -> bool:
    """Whether anybody meets another answer. What cannot even be made by the administering login counts as not noticed."""
    for tell in mutant.tells:
        known = before.of(tell)
        with undone(admin, tell):
            try:
                for statement in mutant.statements:
                    admin.execute(statement.encode())
                if before.probes.differs(tell, known):
                    return True
            except psycopg.Error as trouble:
                say(f"{mutant.name} could not be tried: {trouble}")
                return False
    return False
