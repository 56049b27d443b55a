"""Nine things that really happened to families somewhere, each replayed on everything that exists here today."""

import argparse
import time
from collections.abc import Callable, Mapping

from workshop.progress import result, say
from workshop.proofs import families, incidents_backup, incidents_contact, incidents_paper, incidents_people
from workshop.proofs.canaries import heard_logs
from workshop.proofs.replaying import Replay
from workshop.proofs.world import own_database

HELP = "nine real incidents (an old address, a voicemail, a court bundle, ...), each replayed on every feature there is"
SPOKEN_OF = 30
Play = Callable[[Replay], None]
INCIDENTS: Mapping[str, Play] = {
    "address to old address": incidents_contact.address_to_old_address,
    "court bundle": incidents_paper.court_bundle,
    "voicemail": incidents_contact.voicemail,
    "adopted child": incidents_people.adopted_child,
    "unredacted report": incidents_paper.unredacted_report,
    "enquirer named": incidents_people.enquirer_named,
    "neighbour's child in a plan": incidents_people.neighbours_child,
    "hidden sheet": incidents_paper.hidden_sheet,
    "backups lost with the rest": incidents_backup.backups_lost,
}
"""What happened, as who-may-see-what.md names it, and how it is replayed."""


def main(argv: list[str]) -> int:
    """0 when nothing happened again. JSON: families (that were there before), replays, checks, failed, replayed.

    `replayed` says of each replay how much was checked on which feature.
    """
    told = argparse.ArgumentParser(prog="start.py proof incidents", description=HELP)
    told.add_argument("--small", action="store_true", help="the same: it is short")
    told.add_argument("--only", choices=sorted(INCIDENTS), action="append", help="one of them (may be said several times)")
    families.add_options(told)
    asked = told.parse_args(argv)
    chosen = asked.only or list(INCIDENTS)
    began = time.monotonic()
    with families.copied(asked.families, asked.seed) if asked.families else own_database():
        replays = [replayed(name) for name in chosen]
    wrong = [words for replay in replays for words in replay.wrong]
    for words in wrong[:SPOKEN_OF]:
        say(words)
    result(
        {
            "families": asked.families,
            "replays": len(replays),
            "checks": sum(replay.checks for replay in replays),
            "failed": len(wrong),
            "replayed": {replay.incident: dict(sorted(replay.on.items())) for replay in replays},
            "seconds": round(time.monotonic() - began, 1),
        }
    )
    return 1 if wrong else 0


def replayed(name: str) -> Replay:
    """Plays one incident on the database that is there, with many more openings let through than in life: one account does much."""
    from django.test import override_settings

    replay = Replay(name)
    with heard_logs() as logs, override_settings(OPENING_RATES_TIMES=100):
        replay.logged = logs.getvalue
        INCIDENTS[name](replay)
    say(f"{name}: {replay.checks} checks, {len(replay.wrong)} wrong")
    return replay
