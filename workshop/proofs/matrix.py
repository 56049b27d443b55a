"""Every address, as everybody, on everybody's records: what is not theirs looks exactly as if it were not there."""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from workshop.progress import result, say
from workshop.proofs import families
from workshop.proofs.families_rows import compare
from workshop.proofs.world import Actor, World, build, own_database

if TYPE_CHECKING:
    from django.test import Client

    from tests.access_matrix import Row

HELP = "every address, role and relation from one table; what is foreign looks like what is missing"
Answer = Literal["served", "missing", "door", "broken"]
AT_THE_HUB = ("hub_worker", "duty_worker")
ANSWERS = ("practitioner", "support_worker", "duty_worker", "service_manager")
SPOKEN_OF = 30
TELL_NOTHING = {302, 405}
"""A method that no address of that form takes, and leading away: not leaks where a missing id gets the very same answer."""


@dataclass(frozen=True)
class Case:
    """One address with its ids filled in from one subject (a name for the report)."""

    name: str
    row: "Row"
    path: str
    subject: str
    twin: str
    """The same address with ids that are nobody's."""


def main(argv: list[str]) -> int:
    """Exit status 0 only when no check failed. JSON: checks, leaks (served, but not theirs), differences, failed.

    With --families: every row of every guarded table as everybody, against an oracle. JSON: families, checks, leaks, opened, failed.
    """
    told = argparse.ArgumentParser(prog="start.py proof matrix", description=HELP)
    told.add_argument("--small", action="store_true", help="every third actor only")
    families.add_options(told)
    asked = told.parse_args(argv)
    return _every_row(asked.families, asked.seed) if asked.families else _every_address(small=asked.small)


def _every_row(count: int, seed: int) -> int:
    began = time.monotonic()
    with families.copied(count, seed) as database:
        found = compare(database, seed=seed)
    for words in found.wrong[:SPOKEN_OF]:
        say(words)
    figures = {"families": count, "checks": found.checks, "leaks": found.leaks, "opened": found.opened, "failed": len(found.wrong)}
    result({**figures, "seconds": round(time.monotonic() - began, 1)})
    return 1 if found.wrong or not found.opened else 0


def _every_address(*, small: bool) -> int:
    began = time.monotonic()
    with own_database():
        world = build()
        before = records()
        findings = _walk(world, small=small)
        if records() != before:
            findings.wrong.append("what was posted by those who may not has changed a record")
    for words in findings.wrong[:SPOKEN_OF]:
        say(words)
    figures = {"checks": findings.checks, "leaks": findings.leaks, "differences": findings.differences, "failed": len(findings.wrong)}
    result({**figures, "seconds": round(time.monotonic() - began, 1)})
    return 1 if findings.wrong else 0


@dataclass
class Findings:
    """What the walk counted, and what was wrong in words."""

    checks: int = 0
    leaks: int = 0
    differences: int = 0
    wrong: list[str] = field(default_factory=list)


def _walk(world: World, *, small: bool) -> Findings:
    cases = list(cases_of(world))
    actors = world.actors[::3] + world.actors[-5:] if small else world.actors
    say(f"{len(cases)} addresses with their subjects, {len(actors)} people")
    findings = Findings()
    for actor in actors:
        client = browser(actor)
        for case in cases:
            expected = expect(world, actor, case)
            for method in ("get",) if expected == "served" else ("get", "post"):
                _check(
                    getattr(client, method),
                    case,
                    expected,
                    findings,
                    who=f"{method} {case.path} ({case.name}, {case.subject}) as {actor.name}",
                    is_foreign=not _sees(world, actor, case),
                )
    return findings


def _check(ask: Callable[[str], Any], case: Case, expected: Answer, findings: Findings, *, who: str, is_foreign: bool) -> None:
    answer = ask(case.path)
    seen = _kind(answer)
    findings.checks += 1
    tells_nothing = expected == "missing" and answer.status_code in TELL_NOTHING
    if seen != expected and not tells_nothing:
        findings.leaks += seen == "served"
        findings.wrong.append(f"{who}: {seen} {answer.status_code}, expected {expected}")
    elif expected == "missing" and is_foreign and case.twin != case.path:
        twin = ask(case.twin)
        findings.checks += 1
        if (answer.status_code, answer.content, _headers(answer)) != (twin.status_code, twin.content, _headers(twin)):
            findings.differences += 1
            findings.wrong.append(f"{who}: foreign does not look like missing")


def _headers(answer: Any) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "Set-Cookie"}


def _kind(answer: Any) -> Answer:
    if answer.status_code >= 500:
        return "broken"
    if answer.status_code == 404:
        return "missing"
    if answer.status_code == 302 and answer.headers["Location"].split("?")[0] in ("/work/sign-in/", "/come-back/"):
        return "door"
    return "served"


def browser(actor: Actor) -> "Client":
    """A browser of this actor's, in which an error of ours is an answer 500 and stops nothing."""
    from django.test import Client

    from tests import cast

    client = cast.signed_in(actor.account) if actor.account else cast.came_in(actor.scope) if actor.scope else Client()
    client.raise_request_exception = False
    return client


def records() -> dict[str, str]:
    """A digest of each table of families' records, so that a change anywhere is seen."""
    from django.db import connections

    digests = {}
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relkind = 'r' and relrowsecurity and relnamespace = 'public'::regnamespace"
            " and relname <> 'audited_access_auditevent'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'select md5(coalesce(string_agg(t::text, chr(10) order by t::text), %s)) from "{table}" t', [""])
            digests[table] = cursor.fetchone()[0]
    return digests


# The cases


def cases_of(world: World) -> Iterator[Case]:
    """Every address of the matrix with every subject that its ids can name."""
    from tests.access_matrix import MATRIX
    from tests.architecture.test_access_matrix import FOUND

    for name, pattern in FOUND.items():
        row, words = MATRIX[name], list(pattern.pattern.converters)
        for subject, ids in _subjects(world, words):
            yield Case(name, row, _path(name, words, ids, world), subject, _path(name, words, {}, world))


def _subjects(world: World, words: list[str]) -> Iterator[tuple[str, dict[str, UUID]]]:
    if "request_id" in words:
        yield from ((f"request {name}", {"request_id": found.id}) for name, found in world.requests.items())
    elif "referral_id" in words:
        yield from ((f"referral {name}", {"referral_id": found.id}) for name, found in world.referrals.items())
    else:
        yield "", dict(world.others)


def _path(name: str, words: list[str], ids: dict[str, UUID], world: World) -> str:
    from django.urls import reverse

    return reverse(name, kwargs={word: "story" if word in ("slug", "section") else ids.get(word, world.missing) for word in words})


# What is expected, worked out from the facts of the world and not from the guards


def expect(world: World, actor: Actor, case: Case) -> Answer:
    """What this actor should meet: the page, what is missing, or a door to come in by first."""
    from reachin.groundwork.permissions.rules import may

    row = case.row
    if row.audience == "demo":
        return "missing"
    if row.audience == "public":
        return "served" if case.name not in PUBLIC_WITH_OWN_ROWS else PUBLIC_WITH_OWN_ROWS[case.name](world, actor)
    if (row.audience == "staff" and actor.account is None) or (row.audience == "family" and actor.scope is None):
        return "door"
    if row.permission is not None and not may(actor.role, row.permission):
        return "missing"
    return "served" if _reaches(world, actor, case) else "missing"


def _own_person(world: World, actor: Actor) -> Answer:
    """A person of a draft is looked for within the bearer's own draft; without a draft the page leads to the beginning."""
    return "missing" if actor.scope == world.others["draft_id"] else "served"


def _half_way(_world: World, _actor: Actor) -> Answer:
    """The second step of signing in is for whoever made the first; others are led to that."""
    return "door"


PUBLIC_WITH_OWN_ROWS = {"public:person": _own_person, "practitioner:second_step": _half_way}


def _reaches(world: World, actor: Actor, case: Case) -> bool:
    reach = case.row.reach
    if reach in ("person_in_circle", "person_to_protect"):
        return _reaches_person(actor, world.others["person_id"], ("support",) if reach == "person_in_circle" else ("protection",))
    if reach in OF_A_GUARDIAN:
        return OF_A_GUARDIAN[reach](world, actor)
    if case.subject.startswith("request "):
        return _reaches_of_request(world, actor, world.requests[case.subject.removeprefix("request ")], reach)
    if case.subject.startswith("referral "):
        return _reaches_referral(actor, world.referrals[case.subject.removeprefix("referral ")], reach)
    own = {found.id for found in world.requests.values()}
    account, of_one = world.others["own_account_id"], {world.requests["family's"].id}
    of_family = {
        "own_request": own,
        **dict.fromkeys(("own_question", "own_block"), of_one),
        **dict.fromkeys(("own_share", "own_information"), of_one | {account}),
        "own_page": own | {account},
        "own_account": of_one | {account},
        "own_account_page": {account},
    }
    answers = actor.role == "information_guardian" and actor.agency_id == world.requests["family's"].holder_agency_id
    return reach == "nothing" or (answers if reach == "information_asked" else actor.scope in of_family.get(reach, set()))


def _reaches_of_request(world: World, actor: Actor, found: Any, reach: str) -> bool:
    if reach == "own_sent_request":
        return found.id in _own_requests(world, actor)
    return _looks_first(actor, found) if reach == "request_in_emergency" else _reaches_request(actor, found, reach)


def _own_requests(world: World, actor: Actor) -> set[UUID | None]:
    """What was sent with the bearer's own hand: the request they bear, or that of whose account it is."""
    return {world.requests["family's"].id} if actor.scope == world.others["own_account_id"] else {actor.scope}


def _sees(world: World, actor: Actor, case: Case) -> bool:
    """Whether this actor sees the subject on some other page: then an address that does not serve them tells them nothing new."""
    if case.subject.startswith("request "):
        return _reaches_request(actor, world.requests[case.subject.removeprefix("request ")], "request_at_hub")
    if case.subject.startswith("referral "):
        return _reaches_referral(actor, world.referrals[case.subject.removeprefix("referral ")], "sent_referral")
    return False


def _blocks(world_request: Any) -> set[UUID]:
    from reachin.families.information_sharing.models import Block

    return set(Block.objects.using("owner").filter(person__aliases__in=_aliases(world_request)).values_list("agency_id", flat=True))


def _aliases(world_request: Any) -> list[UUID]:
    from reachin.access.requests_for_assistance.models import RequestPerson

    return list(RequestPerson.objects.using("owner").filter(request_for_assistance=world_request).values_list("alias_id", flat=True))


def _reaches_request(actor: Actor, found: Any, reach: str) -> bool:
    if reach in ("own_slip", "own_hub_alert", "own_entry") or actor.agency_id in _blocks(found):
        return False
    is_sender = found.sender_id is not None and actor.account is not None and found.sender_id == actor.account.id
    if reach == "request_as_sender":
        return is_sender
    at_desk = actor.role in AT_THE_HUB and actor.agency_id == found.duty_agency_id
    holds = actor.role in AT_THE_HUB and actor.agency_id == found.holder_agency_id
    reaches = {"request_at_desk": at_desk, "request_held": holds, "request_at_hub": is_sender or at_desk or holds}
    return bool(reaches[reach])


def _agency(actor: Actor) -> str:
    return actor.account.agency.slug if actor.account is not None else ""


def _sees_to(world: World, actor: Actor) -> bool:
    """An administrator sees to every agency's accounts, an information guardian to their own agency's."""
    return actor.role == "administrator" or actor.agency_id == world.others["agency_id"]


OF_A_GUARDIAN: Mapping[str, Callable[[World, Actor], bool]] = {
    "own_agreement": lambda _world, actor: _agency(actor) in ("family-hub", "portlennan-primary"),
    "kept_agreement": lambda _world, actor: _agency(actor) == "family-hub",
    **dict.fromkeys(("own_hold", "own_review"), lambda _world, actor: _agency(actor) == "family-hub"),
    "own_emergency": lambda world, actor: actor.agency_id in (world.others["agency_id"], world.requests["family's"].holder_agency_id),
    "own_agency": _sees_to,
    "own_agencys_account": lambda world, actor: (
        _sees_to(world, actor) and actor.account is not None and actor.account.id != world.others["account_id"]
    ),
}


def _reaches_person(actor: Actor, person_id: UUID, purposes: tuple[str, ...]) -> bool:
    """By the person's own circle, and no block."""
    from reachin.families.information_sharing.models import Block, CircleEntry

    if actor.agency_id is None:
        return False
    if Block.objects.using("owner").filter(person_id=person_id, agency_id=actor.agency_id, lifted_at=None).exists():
        return False
    inside = CircleEntry.objects.using("owner").filter(person_id=person_id, agency_id=actor.agency_id, purpose__in=purposes, ended_at=None)
    return inside.exists()


def _looks_first(actor: Actor, found: Any) -> bool:
    """Whoever said why they have to look first, unless their agency must not see it."""
    from reachin.families.information_sharing.models import EmergencyAccess

    if actor.account is None or (actor.agency_id in _blocks(found) and actor.role != "duty_worker"):
        return False
    return EmergencyAccess.objects.using("owner").filter(subject_id=found.id, account=actor.account).exists()


def _reaches_referral(actor: Actor, found: Any, reach: str) -> bool:
    is_receiver = actor.agency_id == found.receiver_agency_id and actor.role in ANSWERS
    is_sender = actor.agency_id == found.sender_agency_id and actor.role in AT_THE_HUB
    reaches = {
        "own_started_help": actor.scope == found.request_for_assistance_id and found.state == "completed",
        "received_referral": is_receiver,
        "sent_referral": is_sender,
        "sent_by_phone": is_sender and not found.receiver_agency.uses_reach_in,
        "shared_referral": is_receiver and (found.is_live or found.state == "completed"),
    }
    return bool(reaches[reach])
