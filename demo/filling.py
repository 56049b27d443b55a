"""Fills a database with very many invented requests at once, as if each had been made by the product's own actions.

Only for a database that is marked as a demo (or a test's), and as the role that owns the tables: for benches and proofs.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.conf import settings

from reachin.access.referrals.enums import ReferralState
from reachin.access.requests_for_assistance.enums import Outcome, Stage
from reachin.groundwork.audited_access.demo import is_demo
from reachin.groundwork.clock import now as present

from .bulk import Bulk, Ids
from .generator import InventedFamily, families
from .scene import CannotFill, Scene
from .written_help import WAYS, fitting, refer
from .written_request import Filling, Moment, WrittenRequest

BATCH = 5_000
OPEN_FOR = timedelta(days=28)
"""The longest that a request of a filling is open."""
LONGEST = timedelta(days=90)
"""The longest that it took, once it is closed."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Filled:
    """What a filling made: requests, rows of all kinds, and the seconds it took."""

    requests: int
    rows: int
    seconds: float


def as_invented(family: InventedFamily) -> InventedFamily:
    """For those who take families as they are."""
    return family


def tell_nobody(done: int, of: int) -> None:
    """For those who do not watch."""


def fill(
    count: int,
    *,
    seed: int,
    using: str = "default",
    since: timedelta = timedelta(days=3 * 365),
    open_share: float = 0.1,
    now: datetime | None = None,
    progress: Progress = tell_nobody,
    changed: Callable[[InventedFamily], InventedFamily] = as_invented,
) -> Filled:
    """Adds `count` requests with all that belongs to them, received evenly over the time `since` and the newest of them still open.

    Messages and audit rows are written for the open ones only: nothing that is measured reads older ones, and they are half of all rows.
    Agencies, staff and services must be there. All or nothing is stored; `progress` is told how many are done;
    `changed` may put other words into a family's answers before they are written.
    The same seed at the same moment gives the same rows, sealing apart. Raises CannotFill.
    """
    if settings.MODE != "test" and not is_demo():
        raise CannotFill("this database is not marked as a demo")
    began = time.monotonic()
    chance = Random(f"filling {seed}")  # noqa: S311 invented, not secret
    bulk, scene = Bulk(using), Scene.of(using, now or present())
    filling = Filling(bulk, scene, chance, Ids(chance))
    rows = 0
    with bulk.at_once():
        for family in families(seed, count, on=scene.now.date()):
            is_open = family.number >= count * (1 - open_share)
            _write(filling, changed(family), _received(scene.now, since, open_share, family.number, count), is_open=is_open)
            if (family.number + 1) % BATCH == 0 or family.number + 1 == count:
                rows += bulk.store()
                progress(family.number + 1, count)
    return Filled(count, rows, time.monotonic() - began)


def _received(now: datetime, since: timedelta, open_share: float, number: int, count: int) -> datetime:
    """Closed ones over the whole time, the open ones over the last four weeks, each later than the one before."""
    first_open = int(count * (1 - open_share))
    if number < first_open:
        return now - since + (since - OPEN_FOR - LONGEST) * (number / max(first_open, 1))
    return now - OPEN_FOR * (1 - (number - first_open) / max(count - first_open, 1)) - timedelta(seconds=60)


def _write(filling: Filling, family: InventedFamily, received: datetime, *, is_open: bool) -> None:
    request = WrittenRequest(filling, family, Moment.of(received), with_trail=is_open)
    (_go_on if is_open else _end)(request)
    request.finish()


def _moments(request: WrittenRequest, count: int, within: timedelta) -> list[Moment]:
    """So many moments after it was received, in order and over."""
    start = request.received.at
    room = min(within, request.scene.now - start)
    return [Moment.of(start + room * (step / (count + 1))) for step in range(1, count + 1)]


def _go_on(request: WrittenRequest) -> None:
    """An open request: new, talked over, or with an agency."""
    chance = request.filling.chance
    if request.stage == Stage.RETURNED or chance.random() < 0.35:
        return
    worker = chance.choice(request.scene.hub_workers)
    talked, *later = _moments(request, 5, OPEN_FOR / 2)
    request.spoken_with(talked, worker)
    state = chance.choice(
        (None, None, ReferralState.SENT, ReferralState.WAITING, ReferralState.ACCEPTED, ReferralState.IN_PROGRESS, ReferralState.DECLINED)
    )
    service = fitting(request) if state else None
    if state is None or service is None:
        request.decided(Stage.IN_DISCUSSION, later[0], worker, words="Let us talk it over together on Tuesday.")
    else:
        refer(request, service, state, later[: len(WAYS[state]) + 1], worker)


def _end(request: WrittenRequest) -> None:
    """A request that came to its end: helped, advised, or taken back."""
    chance = request.filling.chance
    worker = chance.choice(request.scene.hub_workers)
    talked, *later = _moments(request, 7, timedelta(days=5 + 80 * chance.random()))
    if chance.random() < 0.08 or request.stage == Stage.RETURNED:
        request.withdrawn(talked)
        return
    request.spoken_with(talked, worker)
    service = fitting(request) if chance.random() < 0.6 else None
    if service is None:
        request.decided(
            Stage.CLOSED,
            later[0],
            worker,
            words="Advice was what they wanted.",
            outcome=chance.choice((Outcome.ADVICE_GIVEN, Outcome.OWN_WAY)),
        )
        return
    refer(request, service, ReferralState.COMPLETED, later[:5], worker)
    request.decided(Stage.CLOSED, later[5], worker, words="It went as they hoped.", outcome=Outcome.HELPED)
