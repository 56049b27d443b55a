"""A crowd at the product: how many of whom, their way through the pages measured, and how they gather, rest and go home."""

import asyncio
import random
from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from workshop.crowd import BROKEN, Answer, Browser, NotThere, Sample, Watch, end
from workshop.visitors import TOO_LATE, Colleagues, Family, Gone, HubWorker, Receiver, Staff

THINK_SECONDS = (3.0, 10.0)
JOURNEY_STEPS = 26
"""About how often a family thinks on its way: whoever joins begins somewhere on it, so that a short measurement sees all of it."""
AT_ONE_AGENCY = 4
"""How many people part an agency's inbox among themselves."""
OF_TWENTY = (*("family",) * 5, "hub", *("family",) * 5, "receiver", *("family",) * 5, "hub", "hub", "receiver")
"""As many at the hub and at agencies as keep pace: a family is at it for some three minutes, a decision or an answer takes half of one."""


class Stumbled(Exception):
    """A step went wrong; the sample says how. The person begins again."""


@dataclass(slots=True)
class MeasuredWay:
    """One person's way: every step is measured, and between steps they think. A `haste` of n passes over n pauses."""

    browser: Browser
    watch: Watch
    luck: random.Random
    think_seconds: tuple[float, float]
    going_on: asyncio.Event
    haste: int = 0

    async def get(self, step: str, address: str) -> Answer:
        answer = await self._take(step, self.browser.get(address), _wants_page)
        if answer.status == TOO_LATE:
            raise Gone
        if _wants_page(answer):
            raise Stumbled
        return answer

    async def post(self, step: str, address: str, fields: Collection[tuple[str, str]]) -> Answer:
        answer = await self._take(step, self.browser.post(address, fields), _wants_onward)
        if _wants_onward(answer):
            raise Stumbled
        return answer

    async def think(self) -> None:
        if self.haste:
            self.haste -= 1
        else:
            await asyncio.sleep(self.luck.uniform(*self.think_seconds))
        if not self.going_on.is_set():
            await self.going_on.wait()
            await asyncio.sleep(self.luck.uniform(0, self.think_seconds[1]))

    async def _take(self, step: str, asking: Coroutine[Any, Any, Answer], wants: Callable[[Answer], str]) -> Answer:
        try:
            return await self.watch.taking(step, asking, wants)
        except BROKEN:
            raise Stumbled from None


def _wants_page(answer: Answer) -> str:
    return "" if answer.status in (200, TOO_LATE) else f"status {answer.status}"


def _wants_onward(answer: Answer) -> str:
    return "" if answer.status in (302, 303, TOO_LATE) else f"status {answer.status}"


@dataclass(slots=True)
class Crowd:
    """People at one served product. Of twenty, fifteen are families, three work at the hub, two at agencies."""

    port: int
    staff: Staff
    watch: Watch = field(default_factory=Watch)
    think_seconds: tuple[float, float] = THINK_SECONDS
    people: list["asyncio.Task[None]"] = field(default_factory=list)
    going_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def gather(self, users: int, *, within: float) -> None:
        """More people come, evenly over so many seconds, until they are so many; staff are signed in before they join."""
        self.going_on.set()
        new = range(len(self.people), users)
        browsers = {number: await self._browser_of(number) for number in new}
        for number in new:
            self.people.append(asyncio.create_task(self._live(number, browsers[number])))
            await asyncio.sleep(within / len(new))

    async def measure(self, seconds: float) -> Sequence[Sample]:
        """What everybody's requests of the coming seconds took."""
        return await self.watch.measure(seconds)

    def rest(self) -> None:
        """Everybody stays where they are, once they have their page."""
        self.going_on.clear()

    def go_on(self) -> None:
        self.going_on.set()

    async def go_home(self) -> None:
        await end(self.people)
        self.people.clear()

    async def _browser_of(self, number: int) -> Browser:
        browser = Browser(self.port, behind_tls=True)
        if (kind := kind_of(number)) != "family":
            known = self.staff.hub_workers if kind == "hub" else self.staff.receivers
            self.staff.sit_down(browser, known[rank_of(number) % len(known)])
        return browser

    async def _live(self, number: int, browser: Browser) -> None:
        """One person, until they are sent home. A family that has finished is followed by the next one, at a browser of its own."""
        luck = random.Random(number)  # noqa: S311 for the same crowd each time, not for secrets
        haste = luck.randrange(JOURNEY_STEPS) if kind_of(number) == "family" else 0
        while True:
            way = MeasuredWay(browser, self.watch, luck, self.think_seconds, self.going_on, haste)
            haste = 0
            try:
                await self._do(number, way, luck)
            except (Stumbled, Gone, NotThere):
                await way.think()
            if kind_of(number) == "family":
                browser.leave()
                browser = Browser(self.port, behind_tls=True)

    async def _do(self, number: int, way: MeasuredWay, luck: random.Random) -> None:
        rank = rank_of(number)
        match kind_of(number):
            case "hub":
                await HubWorker(way, luck, Colleagues(rank)).help_one()
            case "receiver":
                at_one_agency = Colleagues(rank // len(self.staff.receivers), sharing=AT_ONE_AGENCY)
                await Receiver(way, luck, at_one_agency).answer_one()
            case _:
                await Family(way, luck).ask_for_help()


def kind_of(number: int) -> str:
    """Who the person of that number is: family, hub or receiver."""
    return OF_TWENTY[number % len(OF_TWENTY)]


def rank_of(number: int) -> int:
    """How many of the same kind came before."""
    whole, rest = divmod(number, len(OF_TWENTY))
    return whole * OF_TWENTY.count(kind_of(number)) + OF_TWENTY[:rest].count(kind_of(number))
