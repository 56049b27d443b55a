"""A different bird in every field of everybody: every page is crawled as everybody, and no bird may sing where it does not belong."""

import argparse
import io
import logging
import os
import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import contextmanager
from random import Random
from typing import TYPE_CHECKING, Any

from workshop import servers
from workshop.progress import result, say
from workshop.proofs import estranged, families
from workshop.proofs.families_facts import Facts
from workshop.proofs.families_pages import LEAST_MET, WORD, Crawler, kept_readably, told_in_messages
from workshop.proofs.matrix import Case, browser, cases_of, expect
from workshop.proofs.seen import text_of
from workshop.proofs.world import Actor, World, build, own_database

if TYPE_CHECKING:
    from collections.abc import Iterator

HELP = "a unique word in every field of every person; every page, message, log and stored row is looked through for foreign ones"
SPOKEN_OF = 10
MUST_BE_MET = 0.9
"""The share of words that must be met by those whose they are: a crawl that sees nothing proves nothing."""
CARD_FIELDS = ("display_name",)
OF_RETENTION = "destruction.review"
"""The permission by which guardians read why records of their agency are held, destroyed or kept."""


def main(argv: list[str]) -> int:
    """Exit status 0 only when no foreign word was found.

    JSON: pages, canaries, to_be_met, canaries_met, foreign_canaries, shapes (in which an estranged parent looked), at_rest, in_messages,
    in_logs, failed.
    """
    told = argparse.ArgumentParser(prog="start.py proof canaries", description=HELP)
    told.add_argument(
        "--small", action="store_true", help="every third actor only, and of each shape of an estranged parent only doors that are his"
    )
    families.add_options(told)
    asked = told.parse_args(argv)
    return _many_families(asked.families, asked.seed) if asked.families else _small_world(small=asked.small)


def _many_families(count: int, seed: int) -> int:
    """JSON: families, checks (pages), met (families whose words were read by those who may), leaks, at_rest, in_messages, failed."""
    began = time.monotonic()
    os.environ["REACHIN_OPENING_RATES_TIMES"] = "100000"  # everybody opens in minutes what they open in years
    with families.copied(count, seed) as database, heard_logs() as logs:
        with servers.for_tests().administer(database) as owner:
            crawler = Crawler(Facts(owner), Random(seed))  # noqa: S311 not for secrets
        crawler.everybody()
        found = crawler.found
        apart = {"at_rest": kept_readably(), "in_messages": told_in_messages(), "in_logs": WORD.findall(logs.getvalue())}
    for words in [*found.wrong, *map(str, apart.items())][:SPOKEN_OF]:
        say(words)
    met = len(found.names & found.told)
    elsewhere = {place: len(words) for place, words in apart.items()}
    failed = len(found.wrong) + sum(elsewhere.values()) + (met < LEAST_MET)
    figures = {"families": count, "checks": found.pages, "met": met, "leaks": found.leaks + sum(elsewhere.values()), **elsewhere}
    result({**figures, "failed": failed, "seconds": round(time.monotonic() - began, 1)})
    return 1 if failed else 0


def _small_world(*, small: bool) -> int:
    began = time.monotonic()
    with own_database(), heard_logs() as logs:
        world = build()
        wrong, figures = _crawl(world, small=small)
        shapes = estranged.walked(small=small)
        say(f"{shapes.shapes} shapes of an estranged parent, {shapes.pages} pages")
        wrong["foreign_canaries"] += shapes.foreign
        figures["pages"] += shapes.pages
        words = world.all_canaries() | shapes.words
        wrong |= {"at_rest": _at_rest(words), "in_messages": _in_messages(words), "in_logs": _found(logs.getvalue(), words)}
    counts = {place: len(found) for place, found in wrong.items()}
    for place, found in wrong.items():
        for one in list(found)[:SPOKEN_OF]:
            say(f"{place}: {one}")
    failed = sum(counts.values()) + (figures["canaries_met"] < figures["to_be_met"] * MUST_BE_MET)
    result({**figures, **counts, "shapes": shapes.shapes, "failed": failed, "seconds": round(time.monotonic() - began, 1)})
    return 1 if failed else 0


@contextmanager
def heard_logs() -> "Iterator[io.StringIO]":
    """Everything that is logged meanwhile, whatever its level."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    root = logging.getLogger()
    root.addHandler(handler)
    was = root.level
    root.setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        root.setLevel(was)
        root.removeHandler(handler)


def _crawl(world: World, *, small: bool) -> tuple[dict[str, list[str]], dict[str, int]]:
    """Every page as everybody. What may be there is worked out from the facts of the world."""
    cases = [case for case in cases_of(world) if case.row.audience != "demo"]
    actors = world.actors[::3] + world.actors[-5:] if small else world.actors
    say(f"{len(world.all_canaries())} words in hiding, {len(cases)} addresses, {len(actors)} people")
    foreign, pages, met = [], 0, set()
    for actor in actors:
        client = browser(actor)
        for case in cases:
            if expect(world, actor, case) == "door":
                continue
            answer: Any = client.get(case.path)
            pages += 1
            sung = set(_found(text_of(answer), world.all_canaries()))
            met |= sung
            foreign += [f"{word} on {case.path} as {actor.name}" for word in sung - _may_sing(world, actor, case)]
    every = world.all_canaries()
    counts = {"pages": pages, "canaries": len(every), "to_be_met": len(every - world.on_no_page), "canaries_met": len(met)}
    return {"foreign_canaries": foreign}, counts


def _found(text: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word in text]


def _may_sing(world: World, actor: Actor, case: Case) -> set[str]:
    """What this actor may read there: all that was told to those whose record it is, what was shared to a receiver, cards in own lists."""
    allowed = world.cards_of(actor)
    if case.subject.startswith("request ") and expect(world, actor, case) == "served":
        allowed |= world.canaries[case.subject.removeprefix("request ")]
    if case.subject.startswith("referral ") and expect(world, actor, case) == "served":
        allowed |= world.shared[case.subject.removeprefix("referral ")]
    if case.row.reach == "own_emergency" and expect(world, actor, case) == "served":
        allowed |= world.looked_first
    if case.row.reach in ("person_in_circle", "person_to_protect") and expect(world, actor, case) == "served":
        allowed |= world.names["family's"]
        allowed |= world.decided.get(actor.account.agency.slug, set()) if actor.account is not None else set()
    if case.row.permission == OF_RETENTION and expect(world, actor, case) == "served" and actor.account is not None:
        allowed |= world.kept_or_not if actor.account.agency.slug == "family-hub" else set()
    if case.row.reach == "information_asked" and expect(world, actor, case) == "served":
        allowed |= world.canaries["family's"]
    return (allowed | world.own_words(actor)) - world.on_no_page


def _at_rest(words: Collection[str]) -> list[str]:
    """Rows as the database keeps them: only the names on cards are readable."""
    from django.db import connections

    found: list[str] = []
    with connections["owner"].cursor() as cursor:
        cursor.execute("select c.relname from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace")
        for (table,) in cursor.fetchall():
            cursor.execute(f'select to_jsonb(t) - %s::text[] from "{table}" t', [list(CARD_FIELDS)])
            found += [f"{word} in {table}" for (row,) in cursor.fetchall() for word in _found(str(row), words)]
    return found


def _in_messages(words: Collection[str]) -> list[str]:
    """Messages say only that there is a message: nothing told is in their words or subjects."""
    from reachin.groundwork.notices.models import Message

    told: list[Mapping[str, str]] = [message.unsealed() for message in Message.objects.using("owner").all()]
    return [word for message in told for word in _found(message["subject"] + message["words"], words)]
