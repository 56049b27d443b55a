"""Every guard of the database weakened, one at a time, in a database that is thrown away: each time somebody must meet another answer.

What everybody sees, adds, changes, removes, opens and asks is read once with all guards; facts that do not depend on any policy are held
against that. Then each weakening that the catalogue allows is made, read again, and undone.
"""

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

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
SPOKEN_OF = 100
EQUIVALENT: Mapping[str, str] = {
    "context(part integer) without said is null": "what is not said is refused as badly said below, in other words",
    "context(part integer) without said = ''": "the same",
    "current_opening() without named is null": "no opening has an empty nonce: nothing is found either",
}
"""Weakenings that change nothing for anybody, each with the reason; they are made and must stay unnoticed."""


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
    told.add_argument("--small", action="store_true", help=f"about {SMALL_TAKES} of them, spread over all kinds")
    told.add_argument("--only", default="", help="only those whose name contains this")
    asked = told.parse_args(argv)
    began, findings = time.monotonic(), Findings()
    with own_database() as name, servers.for_tests().administer(name) as admin:
        build()
        if not asked.only:
            _try_the_audit(admin, findings, most=2 if asked.small else None)
        world = made_anew(admin)
        _try_the_guards(admin, world, findings, small=asked.small, only=asked.only)
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


def _try_the_guards(admin: Connection, world: World, findings: Findings, *, small: bool, only: str) -> None:
    from django.conf import settings

    with step("People and rows"):
        near = gather(admin, world, bytes.fromhex(settings.KEYS.context_key))
    before = Before(near)
    mutants = [mutant for mutant in every_mutant(admin, list(near.probes.columns)) if only in mutant.name]
    chosen = spread(mutants, SMALL_TAKES) if small else mutants
    tables = list(near.probes.columns)
    with step(f"Facts about {len(tables)} tables"):
        findings.facts += _facts(before, admin, world, tables)
    with step(f"{len(chosen)} of {len(mutants)} guards weakened"):
        for mutant in chosen:
            _count(findings, mutant.name, lambda mutant=mutant: _notices(admin, mutant, before))  # type: ignore[misc]


class Before:
    """What was answered while every guard stood, asked when it is first wanted."""

    def __init__(self, near: Near) -> None:
        self.near, self.probes = near, near.probes
        self._known: dict[Tell, Reading] = {}

    def of(self, tell: Tell) -> Reading:
        if tell not in self._known:
            self.near.bring(tell)
            with undone(self.near.admin, tell):
                self._known[tell] = self.probes.read(tell)
        return self._known[tell]


def spread(mutants: Sequence[Mutant], most: int) -> list[Mutant]:
    """So many of them, evenly over the list, which goes from kind to kind and table to table."""
    every = max(1, len(mutants) // most)
    return list(mutants[every // 2 :: every])


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
