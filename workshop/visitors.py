"""What each kind of person does at their browser, page by page, as the product leads them: used by benches and proofs alike."""

import html
import json
import random
import re
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from workshop import places
from workshop.crowd import Answer, Browser, form_with
from workshop.progress import Trouble

PLACES = ("Portlennan", "Balnashee", "EH1 1YZ", "near the harbour", "")
FIRST_NAMES = ("Ailsa", "Callum", "Eilidh", "Finlay", "Iona", "Kirsty", "Lewis", "Mairi", "Rory", "Skye")
STORY = (
    "Since the winter things have been hard at home. My youngest does not sleep and I am on my own with three. "
    "The school has been kind but they say that it needs more than they can do. I do not know where to begin. "
)
TOO_LATE = 409
QUEUE, REQUESTS, INBOX, REFERRALS = "/hub/", "/hub/requests/", "/work/inbox/", "/work/referrals/"
RECEIVERS = frozenset({"practitioner", "support_worker", "service_manager"})
NEXT_STEPS = ("accepted", "in_progress", "completed")


class Gone(Exception):
    """What this person was about to act on is not there any more: somebody else was quicker. They go on with something else."""


class Way(Protocol):
    """How a person's steps are taken: measured by a bench, repeated until answered by a proof."""

    async def get(self, step: str, address: str) -> Answer:
        """The page at the address, once it is there. Raises Gone where the page says that it is too late for it (409)."""
        ...

    async def post(self, step: str, address: str, fields: Collection[tuple[str, str]]) -> Answer:
        """The answer to a form: it leads to another page, or says that somebody else was quicker (409)."""
        ...

    async def think(self) -> None:
        """Reads, or writes."""
        ...


async def _send_form(way: Way, step: str, page: Answer, at: str, *names: str, **given: str | list[str] | None) -> Answer:
    form = form_with(page.page, *names)
    return await way.post(step, form.action or at, form.filled(**given))


@dataclass(slots=True)
class Family:
    """A family that asks for help from the first page to seeing where its request is. `words` are what the proofs find it again by."""

    way: Way
    luck: random.Random
    words: str = ""

    async def ask_for_help(self) -> None:
        """Who asks, the questions, people, contact, phrase, send, and then the status."""
        way = self.way
        await way.get("start", "/")
        await way.think()
        page = await way.get("who asks", "/ask/")
        await way.think()
        led = await _send_form(
            way, "who asks: save", page, "/ask/", "key", "asked_by", asked_by=self.luck.choice(("parent_or_carer", "relative"))
        )
        await way.get("tasks", led.leads_to)
        await self._answer("story", story=f"{STORY}{self.words}")
        await self._answer("help", help_with=self._kinds_of_help)
        await self._answer("wishes", wishes="Somebody to talk to, and an hour to myself.", not_wanted="A big meeting.")
        await self._answer("danger", in_danger="no")
        await self._answer("your-name", your_name=self.luck.choice(FIRST_NAMES))
        for name in self.luck.sample(FIRST_NAMES, self.luck.choice((1, 1, 2))):
            await self._name_somebody(name)
        await self._answer("contact", contact_way="email", email=f"family-{self.luck.getrandbits(48):x}@home.example")
        await self._answer("place", place=self.luck.choice(PLACES), home_is_secret="no")
        await self._send()
        for _look in range(2):
            await way.think()
            await way.get("status", "/my-request/")
        await way.think()

    @staticmethod
    def _kinds_of_help(offered: list[str]) -> list[str]:
        return offered[:2]

    async def _answer(self, slug: str, **given: str | Callable[[list[str]], list[str]]) -> None:
        await self.way.think()
        address = f"/ask/{slug}/"
        page = await self.way.get("question", address)
        await self.way.think()
        form = form_with(page.page, *given)
        told = {name: value(form.offers[name]) if callable(value) else value for name, value in given.items()}
        await self.way.post("question: save", address, form.filled(**told))

    async def _name_somebody(self, name: str) -> None:
        await self.way.think()
        page = await self.way.get("person", "/ask/people/add/")
        await self.way.think()
        given = {"known_as": f"{name} {self.words}".strip(), "relation": "child", "age_years": str(self.luck.randint(0, 17))}
        led = await _send_form(self.way, "person: save", page, "/ask/people/add/", "key", "known_as", **given)
        await self.way.get("people", led.leads_to)

    async def _send(self) -> None:
        """By the check page; the phrase is chosen on the way."""
        way = self.way
        await way.think()
        page = await way.get("check", "/ask/check/")
        await way.think()
        led = await _send_form(way, "check: send", page, "/ask/check/")
        page = await way.get("phrase", led.leads_to)
        await way.think()
        led = await _send_form(way, "phrase: save and send", page, led.leads_to, "phrase", phrase="three slow herons")
        await way.get("sent", led.leads_to)


class NotLetIn(Trouble):
    """A member of staff could not sign in."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works: the addresses of hub workers and of people at agencies that are asked to help, and their sessions where they have some."""

    hub_workers: Sequence[str]
    receivers: Sequence[str]
    cookie: str = ""
    sessions: Mapping[str, str] = field(default_factory=dict, repr=False)

    def sit_down(self, browser: Browser, email: str) -> None:
        """Somebody goes on at this browser where they are signed in. Raises NotLetIn when they are not."""
        if email not in self.sessions:
            raise NotLetIn(f"{email} is not signed in")
        browser.cookies[self.cookie] = self.sessions[email]


def staff_of_the_demo() -> Staff:
    """Those of the invented staff who take part."""
    told = json.loads((places.ROOT / "demo" / "staff.json").read_text("utf-8"))
    by_role = [(one["role"], one["email"]) for one in told["staff"]]
    return Staff(
        hub_workers=[email for role, email in by_role if role == "hub_worker"],
        receivers=[email for role, email in by_role if role in RECEIVERS],
    )


@dataclass(frozen=True, slots=True)
class Colleagues:
    """The place of one person among those who work through one list: so many share a page of it, and part it among themselves."""

    rank: int
    sharing: int = 10

    @property
    def page(self) -> int:
        """How many pages into the list this person works."""
        return self.rank // self.sharing

    def own(self, ids: Collection[str]) -> list[str]:
        """Those of the ids that fall to this person, in their order."""
        return [one for one in ids if zlib.crc32(one.encode()) % self.sharing == self.rank % self.sharing]


def ids_in(page: str, before: str) -> list[str]:
    """The ids of things that a page links to, in order: `before` is the address up to the id."""
    return list(dict.fromkeys(re.findall(rf'href="{re.escape(before)}([0-9a-f-]{{36}})/"', page)))


def nothing() -> str:
    """For those who add no words of their own."""
    return ""


@dataclass(slots=True)
class HubWorker:
    """A worker at the front door: looks at the queue, opens one of their share, and decides what is done."""

    way: Way
    luck: random.Random
    colleagues: Colleagues
    words: Callable[[], str] = nothing
    place: str = ""

    async def help_one(self) -> None:
        """Queue, open, refer. Raises Gone when somebody else was quicker."""
        address = await self._open_one()
        page = await self.way.get("refer", f"{address}refer/")
        await self.way.think()
        form = form_with(page.page, "services")
        said = {name: "agreed" for name in form.offers if name.startswith("said_")}
        told = form.filled(services=form.offers["services"][:1], words=self.words(), **said)
        await self._led_on(await self.way.post("refer: send", form.action or f"{address}refer/", told))

    async def talk_one_over(self) -> None:
        """Queue, open, put into discussion with a reason. Raises Gone when somebody else was quicker."""
        address = await self._open_one()
        page = await self.way.get("discuss", f"{address}discuss/")
        await self.way.think()
        form = form_with(page.page, "reason")
        await self._led_on(await self.way.post("discuss: save", form.action or f"{address}discuss/", form.filled(reason=self.words())))

    async def _open_one(self) -> str:
        request_id = await self._choose()
        await self.way.think()
        address = f"{REQUESTS}{request_id}/"
        await self.way.get("open", address)
        await self.way.think()
        return address

    async def _led_on(self, answer: Answer) -> None:
        if answer.status == TOO_LATE:
            raise Gone
        await self.way.get("open again", answer.leads_to)
        await self.way.think()

    async def _choose(self) -> str:
        page = await self.way.get("queue", f"{QUEUE}{self.place}")
        for _page in range(self.colleagues.page if not self.place else 0):
            page = await self._turn(page)
        own = self.colleagues.own(ids_in(page.page, REQUESTS))
        while not own:
            await self.way.think()
            page = await self._turn(page)
            own = self.colleagues.own(ids_in(page.page, REQUESTS))
        return self.luck.choice(own)

    async def _turn(self, page: Answer) -> Answer:
        """The next page of the queue, where this person goes on working. Raises Gone at its end."""
        onward = re.search(r'rel="next" href="([^"]+)"', page.page)
        if onward is None:
            self.place = ""
            raise Gone
        self.place = html.unescape(onward[1])
        return await self.way.get("queue", f"{QUEUE}{self.place}")


@dataclass(slots=True)
class Receiver:
    """Somebody at an agency that is asked to help: looks into the inbox, opens what was shared, and answers with the next step."""

    way: Way
    luck: random.Random
    colleagues: Colleagues
    words: Callable[[], str] = nothing

    async def answer_one(self) -> None:
        """Inbox, open, accept (or begin, or complete). Raises Gone when there is nothing, or somebody was quicker."""
        page = await self.way.get("inbox", INBOX)
        await self.way.think()
        own = self.colleagues.own(ids_in(page.page, REFERRALS))
        if not own:
            raise Gone
        address = f"{REFERRALS}{self.luck.choice(own)}/"
        page = await self.way.get("open referral", address)
        await self.way.think()
        led = await self._answer(page, address)
        if led.status == TOO_LATE:
            raise Gone
        await self.way.get("open referral", led.leads_to)
        await self.way.think()

    async def _answer(self, page: Answer, at: str) -> Answer:
        form = form_with(page.page, "to", "version")
        to = next((step for step in NEXT_STEPS if step in form.offers["to"]), None)
        if to is None:
            raise Gone
        outcome = "as_hoped" if to == "completed" else None
        return await self.way.post(
            "accept" if to == "accepted" else "begin or complete",
            form.action or at,
            form.filled(to=to, outcome=outcome, words=self.words()),
        )
