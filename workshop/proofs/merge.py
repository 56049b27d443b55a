"""Two records of one person are joined and parted in every order, with other things happening meanwhile: it all comes back exactly."""

import argparse
import os
import time
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from workshop.progress import result, say
from workshop.proofs import families
from workshop.proofs.world import own_database

if TYPE_CHECKING:
    from workshop.proofs.merge_steps import Play

HELP = "records are merged and unmerged in random orders among other changes: every row comes back exactly"
ORDERS, SMALL_ORDERS = 10_000, 500
SETS, SMALL_SETS = 100, 12
SET_SIZES = (3, 4, 5)
STRETCHES, STEPS = (1, 2), (1, 4)
"""How many stretches of linking an order has, with another change after each; and how many steps a stretch has. Then all is undone."""
SPOKEN_OF = 10
SAID_EVERY = 500


def main(argv: Sequence[str]) -> int:
    """0 only when every order was restored.

    JSON: families (that were there before); orders, restored, failed; merges, unmerges, refused, changes, protections; seconds.
    """
    line = argparse.ArgumentParser(prog="start.py proof merge", description=HELP)
    line.add_argument("--small", action="store_true", help=f"{SMALL_ORDERS} orders only")
    families.add_options(line)
    told, began = line.parse_args(argv), time.monotonic()
    orders, sets = (SMALL_ORDERS, SMALL_SETS) if told.small else (ORDERS, SETS)
    os.environ["REACHIN_OPENING_RATES_TIMES"] = "100000"  # one guardian opens what a partnership opens in years
    luck, counts, restored = Random(told.seed), Counter[str](), 0  # noqa: S311 not for secrets
    with families.copied(told.families, told.seed) if told.families else own_database():
        plays = _plays(sets, luck)
        for number in range(orders):
            play = plays[number % sets]
            restored += _order(play, luck)
            if (number + 1) % SAID_EVERY == 0:
                say(f"{number + 1} orders in {time.monotonic() - began:.0f} s")
        for play in plays:
            counts.update(play.counts)
        for wrong in [wrong for play in plays for wrong in play.wrong][:SPOKEN_OF]:
            say(wrong)
    failed = orders - restored
    figures = {name: counts[name] for name in ("merges", "unmerges", "refused", "changes", "protections")}
    played = {"families": told.families, "orders": orders, "restored": restored, "failed": failed}
    result({**played, **figures, "seconds": round(time.monotonic() - began, 1)})
    return 1 if failed or not all(figures.values()) else 0


def _plays(count: int, luck: Random) -> "list[Play]":
    """Small sets of records, each made by a request of its own."""
    from reachin.access.requests_for_assistance.models import RequestPerson
    from reachin.groundwork.permissions.enums import Role
    from tests import cast
    from workshop.proofs.merge_steps import Known, Play, add_notes

    add_notes()
    agencies, guardian = [cast.school(), cast.health(), cast.charity()], cast.account(Role.INFORMATION_GUARDIAN, cast.hub())
    plays = []
    for _ in range(count):
        requests = [cast.family_request(people=None) for _ in range(luck.choice(SET_SIZES))]
        rows = RequestPerson.objects.using("owner").select_related("alias")
        named = [(found, rows.get(request_for_assistance=found).alias) for found in requests]
        play = Play(guardian, cast.hub_worker(), agencies, [Known(alias.person_id, alias.id, found) for found, alias in named])
        play.begin()
        plays.append(play)
    return plays


def _order(play: "Play", luck: Random) -> bool:
    """One random order, at the end of which nothing is joined any more; whether everything was as reckoned all the way."""
    so_far = len(play.wrong)
    for _ in range(luck.randint(*STRETCHES)):
        with play.linking() as linking:
            for _ in range(luck.randint(*STEPS)):
                if play.live and luck.random() < 0.4:
                    linking.unmerge(luck.choice(sorted(play.live)))
                else:
                    linking.merge(*luck.sample(play.people() if luck.random() < 0.1 else _two_roots(play), 2))
        play.change(luck)
    play.end(luck)
    return len(play.wrong) == so_far


def _two_roots(play: "Play") -> list[UUID]:
    """Records that may be joined; where all are one already, any of them, to be refused."""
    return play.roots() if len(play.roots()) > 1 else play.people()
