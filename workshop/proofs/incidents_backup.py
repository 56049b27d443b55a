"""One incident of what was to be kept: the backups went with the rest, because they lay beside it."""

import gzip
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from workshop import backups, databases, places
from workshop.benches.seeded import SEED, fill
from workshop.keys import ensure_keys
from workshop.local_postgres import ARCHIVING, LocalPostgres
from workshop.progress import Trouble
from workshop.proofs.replaying import Replay
from workshop.proofs.restore import DATABASE, fingerprints, kill
from workshop.servers import private, running

SEEDED = 30
LONG_ENOUGH = 24


def backups_lost(replay: Replay) -> None:
    """A disk failed, and the backups lay on the same one.

    A backup is refused where it would go with the database or lie with its keys; then the database's whole folder goes, and all of it comes
    back from the backup alone. Whoever finds the backup reads nothing of it.
    """
    folder, into = places.state() / "incident-backups", places.state() / "postgres-after-the-incident"
    home = LocalPostgres(places.state() / "postgres-incident", ARCHIVING)
    for left in (folder, into, LocalPostgres(into).home, home.home):
        shutil.rmtree(left, ignore_errors=True)
    with ExitStack() as held:
        server = held.enter_context(running(private(home)))
        databases.prepare(server, DATABASE)
        fill(server, DATABASE, SEEDED)
        refused_beside_it(replay, home)
        folder.mkdir(parents=True, mode=0o711)
        taken = backups.take(server, folder, remember=False)
        same = folder.stat().st_dev == home.data.stat().st_dev
        replay.must("backups", taken.same_disk == same, "whether it lies on the same disk as the database is not said")
        with server.administer(DATABASE) as admin:
            backups.wait_for_log(admin, folder)
        before = fingerprints(server)
        kill(server)
        shutil.rmtree(home.home)
    restored = backups.restore(folder, into)
    with running(private(restored.postgres)) as found:
        after = fingerprints(found)
    replay.must(
        "restoring", before and before == after, f"{sum(before.get(one) != after.get(one) for one in before)} tables are not as they were"
    )
    replay.must("restoring", not restored.missing_keys, "a key is missed that is there")
    unread(replay, folder)
    for left in (folder, restored.postgres.home):
        shutil.rmtree(left, ignore_errors=True)


def refused_beside_it(replay: Replay, home: LocalPostgres) -> None:
    """Neither in the database's own folder, nor around it, nor around the keys."""
    for place in (home.home / "backups", home.data, home.home.parent, ensure_keys().parent):
        refused = False
        try:
            backups.refuse_bad_place(place.resolve(), home)
        except Trouble:
            refused = True
        replay.must("backups", refused, f"{place} is taken for a place to back up to")


def unread(replay: Replay, folder: Path) -> None:
    """No key is in it, and nothing that a family told: the words of every seeded request are sealed there too."""
    secrets = {key.encode() for key in _keys()}
    words = {words.encode() for words in _told()}
    replay.must("backups", secrets and words, "there is nothing to look for: the replay proves nothing")
    met: set[bytes] = set()
    for piece in _pieces(folder):
        met |= {one for one in secrets | words if one in piece}
    replay.must("backups", not met & secrets, "a key lies in the backup")
    replay.must("backups", not met & words, f"{len(met & words)} things that families told can be read in the backup")


def _keys() -> Iterable[str]:
    import json

    kept = json.loads(ensure_keys().read_text())
    flat = [kept.get("secret_key"), kept.get("context_key"), kept.get("blind_key"), *kept.get("field_keys", {}).values()]
    return [one for one in flat if isinstance(one, str)]


def _told() -> Iterable[str]:
    """Stories of the same seed, long enough that none stands anywhere by chance."""
    from demo.generator import families

    told = [answer for family in families(SEED, SEEDED) for answer in family.answers.values()]
    return [words for words in told if isinstance(words, str) and len(words) >= LONG_ENOUGH]


def _pieces(folder: Path) -> Iterator[bytes]:
    """Everything in the folder, unpacked."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path.name.endswith(".tar.gz"):
            with tarfile.open(path) as packed:
                for member in packed:
                    file = packed.extractfile(member)
                    if file is not None:
                        yield file.read()
        else:
            yield gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
