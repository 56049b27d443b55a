"""What every replay of an incident stands on: what it counts, the ids of its story, browsers, and all that leaves by no page."""

import io
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workshop.proofs.seen import crawl, found

if TYPE_CHECKING:
    from django.test import Client

    from reachin.access.requests_for_assistance.models import RequestForAssistance
    from reachin.families.information_requests.models import InformationRequest
    from reachin.partnership.accounts.models import Account

ROOMS = {
    "public": "public pages",
    "family": "family pages",
    "practitioner": "practitioners' pages",
    "guardian": "guardians' pages",
    "hub": "hub pages",
}
PAPER = ("print", "slip", "paper_form")
MASKED_AT_REST = ("display_name",)
MANY = 3
"""Of entries of a copy there are many alike: so many of their addresses are enough."""
TOGETHER = "two red mugs"
"""What a worker and whoever gets a page of their own agree on."""
_RUN = count(1)


@dataclass
class Replay:
    """One incident on the way: how many things were looked at on which feature, and what was wrong in words."""

    incident: str
    logged: Callable[[], str] = str
    """Everything that was logged since the replay began."""
    among: Collection[str] = ()
    """Names of the addresses to which walks keep; empty for all."""
    checks: int = 0
    on: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def must(self, feature: str, holds: object, words: str) -> None:
        """One check on one feature; `words` say what is wrong where it does not hold."""
        self.checks += 1
        self.on[feature] += 1
        if not holds:
            self.wrong.append(f"{self.incident}: {feature}: {words}")

    def silent(self, feature: str, text: str, words: Iterable[str], where: str) -> None:
        """None of these words stands in the text."""
        sung = found(text, words)
        self.must(feature, not sung, f"{where} holds {', '.join(sung)}")

    def sings(self, feature: str, text: str, words: Iterable[str], where: str) -> None:
        """All of these words stand in it: looking for what must not be there proves nothing where nothing is there."""
        lost = [word for word in words if word not in text]
        self.must(feature, not lost, f"{where} does not hold {', '.join(lost)}")

    def walks(
        self,
        who: str,
        client: "Client",
        ids: Mapping[str, Sequence[UUID]],
        *,
        never: Iterable[str],
        but: Callable[[str, str], bool] = lambda name, path: False,
        once: Iterable[str] = (),
    ) -> dict[str, str]:
        """Somebody asks every address with every id of the story: none of `never` anywhere, but where `but(name, path)` says so.

        Each word of `once` has to be met somewhere. Gives what was seen, by path.
        """
        seen: dict[str, str] = {}
        words = tuple(never)
        for name, path, status, text in crawl(client, ids, self.among):
            seen[path] = text
            feature = feature_of(name)
            self.must(feature, status < 500, f"{path} as {who} is broken ({status})")
            if not but(name, path):
                self.silent(feature, text, words, f"{path} as {who}")
        met = "\n".join(seen.values())
        lost = [word for word in once if word not in met]
        self.must("the walk itself", not lost, f"{who} meets {', '.join(lost)} nowhere, and has to")
        return seen

    def nowhere_else(self, words: Iterable[str], *, at_rest: Iterable[str] | None = None) -> None:
        """Outside of pages: messages of every kind, the log, the audit as it is exported, and the rows as they lie in the database.

        `at_rest` are those of the words that may not be read in rows; all, unless the story tells otherwise.
        """
        hidden = tuple(words)
        for message in messages():
            self.silent("messages", message.subject + message.words, hidden, f"the message {message.event}")
        self.silent("logs", self.logged(), hidden, "the log")
        self.silent("exports", audit_export(), hidden, "the audit's export")
        sealed = hidden if at_rest is None else tuple(at_rest)
        self.silent("rows at rest", rows_at_rest(sealed), sealed, "the database")


def feature_of(name: str) -> str:
    """What an address belongs to, for the report."""
    room, _, page = name.partition(":")
    if any(part in page for part in PAPER):
        return "prints"
    return "search" if page == "services" else ROOMS[room]


@dataclass(frozen=True, slots=True)
class Told:
    """One message of the outbox, unsealed."""

    event: str
    way: str
    state: str
    for_staff: bool
    address: str
    subject: str
    words: str
    about: UUID


def messages() -> list[Told]:
    """Everything in the outbox, oldest first."""
    from reachin.groundwork.notices.models import Message

    rows = Message.objects.using("owner").order_by("queued_at", "id")
    return [Told(row.event, row.way, row.state, row.is_for_staff, about=row.about_id, **row.unsealed()) for row in rows]


def delivered() -> list[tuple[str, str]]:
    """Lets the outbox run until nothing is due; gives what went out, as address and everything that was written there."""
    from reachin.groundwork.jobs.outbox import send_next

    went: list[tuple[str, str]] = []
    while send_next(lambda message, told: went.append((told["address"], told["subject"] + told["words"]))):
        pass
    return went


def audit_export() -> str:
    """The audit with its chain as a deployer writes it to a file."""
    from django.core.management import call_command

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "audit"
        call_command("export_audit", str(path), database="owner", stdout=io.StringIO())
        return path.read_text()


def rows_at_rest(words: Sequence[str]) -> str:
    """Every row of every table in which one of these words can be read as the database keeps it, but for names on cards."""
    from django.db import connections

    kept: list[str] = []
    with connections["owner"].cursor() as cursor:
        cursor.execute("select c.relname from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace")
        for (table,) in cursor.fetchall():
            kept_as = f'select (to_jsonb(t) - %s::text[])::text as words from "{table}" t'
            cursor.execute(
                f"select words from ({kept_as}) kept where exists (select from unnest(%s::text[]) word where strpos(words, word) > 0)",
                [list(MASKED_AT_REST), list(words)],
            )
            kept += [row for (row,) in cursor.fetchall()]
    return "\n".join(kept)


def ids_of(*requests: "RequestForAssistance") -> dict[str, list[UUID]]:
    """Every id of what became of these requests, by the word that stands for it in addresses."""
    from reachin.access.referrals.models import Referral
    from reachin.access.requests_for_assistance.models import DangerAlert, RequestNote
    from reachin.families.information_requests.models import CopyEntry, InformationRequest
    from reachin.families.information_sharing.models import Block, CircleEntry, SharingDecision
    from reachin.families.own_accounts.models import OwnAccount

    asked = [one.id for one in requests]
    people = sorted({one for made in requests for one in people_of(made)})
    of_people = {"person_id__in": people}

    def ids(model: Any, **which: Any) -> list[UUID]:
        return list(model.objects.using("owner").filter(**which).order_by("id").values_list("id", flat=True))

    entries = ids(CircleEntry, **of_people)
    wanted = ids(InformationRequest, **of_people)
    return {
        "request_id": asked,
        "referral_id": ids(Referral, request_for_assistance_id__in=asked),
        "person_id": people,
        "entry_id": entries,
        "share_id": entries,
        "block_id": ids(Block, **of_people),
        "way_in_id": ids(OwnAccount, **of_people),
        "decision_id": ids(SharingDecision, **of_people),
        "question_id": ids(RequestNote, request_for_assistance_id__in=asked, kind="question"),
        "alert_id": ids(DangerAlert, request_for_assistance_id__in=asked),
        "asked_id": wanted,
        "held_id": ids(CopyEntry, information_request_id__in=wanted)[:MANY],
    }


def people_of(made: "RequestForAssistance") -> list[UUID]:
    """The records of the people of a request, in its order."""
    from reachin.access.requests_for_assistance.models import RequestPerson

    rows = RequestPerson.objects.using("owner").filter(request_for_assistance=made).order_by("place")
    return list(rows.values_list("alias__person_id", flat=True))


def asker_of(made: "RequestForAssistance") -> UUID:
    """The record of whoever asked."""
    from reachin.access.requests_for_assistance.models import RequestPerson

    found_id: UUID = (
        RequestPerson.objects.using("owner").values_list("alias__person_id", flat=True).get(request_for_assistance=made, is_contact=True)
    )
    return found_id


def guardians() -> "tuple[Account, Account]":
    """The two at the hub who answer what people ask about their information."""
    from reachin.groundwork.permissions.enums import Role
    from tests import cast

    return cast.account(Role.INFORMATION_GUARDIAN, cast.hub(), "Ruth Imrie"), cast.account(
        Role.INFORMATION_GUARDIAN, cast.hub(), "Iain Moffat"
    )


def copy_given(client: "Client", *, by_the_pages: Replay) -> "InformationRequest":
    """Whoever sits at this browser asks for a copy on their page; two guardians give it on theirs, and put nothing in that was withheld."""
    from django.urls import reverse

    from reachin.families.information_requests.models import InformationRequest

    answer = client.post(reverse("family:ask_about"), {"kind": "copy", "words": ""})
    asked_id = UUID(re.findall(r"/asked/([0-9a-f-]+)/", answer.headers.get("Location", ""))[0])
    first, second = (_signed_in(who) for who in guardians())
    for who, step, told in (
        (first, "acknowledge", {}),
        (first, "gather", {}),
        (first, "prepare", {"answer": "Here is what we hold."}),
        (second, "decide", {"step": "release"}),
    ):
        given = who.post(reverse(f"guardian:{step}", args=[asked_id]), told)
        by_the_pages.must("subject access copies", given.status_code == 302, f"{step} of a copy answers {given.status_code}")
    return InformationRequest.objects.using("owner").get(id=asked_id)


def _signed_in(who: "Account") -> "Client":
    from tests import cast

    return cast.signed_in(who)


def account_for(made: "RequestForAssistance", person_id: UUID, *, why: str = "") -> "Client":
    """A page of their own for somebody of a request: offered by the hub, made sure of by a second worker, begun with the link.

    `why` says of somebody younger than twelve how it is known that they understand. Gives their browser.
    """
    from django.test import Client

    client = Client()
    client.post(link_for(made, person_id, why=why), {"together": TOGETHER, "phrase": f"grey seal number {next(_RUN)}"})
    return client


def link_for(made: "RequestForAssistance", person_id: UUID, *, why: str = "") -> str:
    """The link that begins a page of their own, with the words in TOGETHER."""
    from django.urls import reverse

    from tests import cast

    told = {
        "ground": "understands" if why else "grown_up",
        "why": why,
        "checked": "I asked whoever asked for help, alone.",
        "phrase": TOGETHER,
    }
    offered = cast.signed_in(cast.hub_worker()).post(reverse("hub:offer_own_account", args=[made.id, person_id]), told)
    [link] = set(re.findall(r"http://testserver(/my-page/begin/[\w-]+/)", offered.content.decode()))
    second = cast.signed_in(cast.second_hub_worker())
    sure = second.post(reverse("hub:confirm_own_account", args=[made.id, person_id]), {"is_them": "on"})
    assert sure.status_code == 302, f"a second worker cannot make sure ({sure.status_code})"
    return str(link)


@contextmanager
def joined(kept: UUID, other: UUID) -> Iterator[None]:
    """Two records are taken for one person's, by the hub's guardian, until they are parted again."""
    from reachin.families.people.models import Person
    from reachin.families.record_linkage import actions
    from reachin.groundwork.audited_access.context import acting, open_record

    guardian = guardians()[0]

    def opened() -> Any:
        with acting(guardian.actor()) as now:
            pair = actions.put_side_by_side(kept, other, by=guardian, now=now)
        return open_record(guardian.actor(), "pair", pair.id, purpose="record_linkage")

    with acting(guardian.actor(), opening=opened()) as now:
        merge = actions.merge(Person(id=kept), Person(id=other), by=guardian, reason="They look alike.", now=now)
    yield
    with acting(guardian.actor(), opening=opened()) as now:
        actions.unmerge(merge, by=guardian, reason="They are not the same.", now=now)
