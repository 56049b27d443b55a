"""Pages served to everybody who looks in on many invented families: no page may say a word of a family that its reader does not see.

Each family's words carry its number (families_filling). From the rows that the oracle says somebody sees, and from what a page opens for
them, follows whose words may stand there; all others have leaked.
"""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workshop.progress import say
from workshop.proofs.families_facts import Facts
from workshop.proofs.families_filling import NAME_WORD, TOLD_WORD
from workshop.proofs.families_oracle import ASKED, DECISION, REFERRAL, REQUEST, REQUESTS, SHARING, Open, Oracle, Reader
from workshop.proofs.families_readers import near, readers, subjects
from workshop.proofs.matrix import Case, browser
from workshop.proofs.openings import FEW, call_removed, is_shown, opens_of
from workshop.proofs.world import Actor

if TYPE_CHECKING:
    from django.test import Client

    from tests.access_matrix import Row

WORD = re.compile(rf"({NAME_WORD}|{TOLD_WORD})(\d{{6}})")
LINK = re.compile(r'href="([^"#]+)"')
NOT_WALKED = ("sign_out", "hide", "throw_away", "leave", "left", "close_draft", "back_to_my_page", "family:go", "end_other")
"""Addresses that would end the visit of whoever goes there."""
FOLLOWED = 10
"""How many links a list leads on to, each to another part of the same list."""
RECORDS = 4
"""How many records of each kind somebody goes to: half of them near, half anybody's; one where their role is not let in."""
KIND_OF = {"request_id": "request", "referral_id": "referral", "person_id": "person", "asked_id": "information_request"}
OTHER_IDS = {
    "access_id": f"{SHARING}emergencyaccess",
    "decision_id": DECISION,
    "agreement_id": f"{SHARING}sharingagreement",
    "draft_id": f"{REQUESTS}draftrequest",
    "question_id": f"{REQUESTS}requestnote",
    "review_id": "retention_destructionreview",
    "hold_id": "retention_legalhold",
}
LEAST_MET = 40
"""Of so many families at least some words have to be met, in names and in what was told: a crawl past closed doors proves nothing."""
SEARCHES = ("turn=nobody", "turn=sender", "turn=agency", "turn=check", "filter=1", "overdue=1")


@dataclass(slots=True)
class Crawl:
    """What was counted, and what was wrong in words."""

    pages: int = 0
    leaks: int = 0
    names: set[int] = field(default_factory=set)
    told: set[int] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)


class Numbers:
    """Which family something belongs to, by the number that its words carry."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        in_order = sorted(facts.all(REQUEST), key=lambda row: (row.received_at, row.id))
        self._of_request = {row.id: number for number, row in enumerate(in_order)}
        alias_of = {row.alias_id: row.request_for_assistance_id for row in facts.all(f"{REQUESTS}requestperson")}
        aliases = facts.all("people_personalias")
        self._of_person = {row.person_id: self._of_request[alias_of[row.id]] for row in aliases if row.id in alias_of}

    def of_requests(self, ids: Iterable[UUID]) -> set[int]:
        return {self._of_request[key] for key in ids if key in self._of_request}

    def of_people(self, ids: Iterable[UUID]) -> set[int]:
        return {self._of_person[key] for key in ids if key in self._of_person}

    def of_referrals(self, ids: Iterable[UUID]) -> set[int]:
        return self.of_requests(row.request_for_assistance_id for row in self.facts.by(REFERRAL, "id", *ids))

    def of_open(self, opened: Open) -> set[int]:
        """The families of what is open: its own, and those of the people who are open with it."""
        asked = [row.person_id for row in self.facts.by(ASKED, "id", opened.subject)]
        account = [row.person_id for row in self.facts.by("own_accounts_ownaccount", "id", opened.subject)]
        of_people = self.of_people([opened.subject, *opened.people, *asked, *account])
        return of_people | self.of_requests([opened.subject]) | self.of_referrals([opened.subject])


@dataclass(frozen=True, slots=True)
class Seen:
    """The families whose names, and whose words, somebody sees with nothing open."""

    names: set[int]
    told: set[int]

    @classmethod
    def by(cls, oracle: Oracle, numbers: Numbers, reader: Reader) -> "Seen":
        rows = oracle.sees(reader)
        accounts = oracle.facts.by("own_accounts_ownaccount", "id", *rows["own_accounts_ownaccount"])
        own = numbers.of_requests([reader.bears] if reader.bears else []) | numbers.of_people(row.person_id for row in accounts)
        decisions = oracle.facts.by(DECISION, "id", *rows[DECISION])
        looked = oracle.facts.by(f"{SHARING}emergencyaccess", "id", *rows[f"{SHARING}emergencyaccess"])
        reviews = oracle.facts.by("retention_destructionreview", "id", *rows["retention_destructionreview"])
        held = list(oracle.facts.by("retention_legalhold", "id", *rows["retention_legalhold"]))
        aliases = oracle.facts.by("people_personalias", "id", *(row.alias_id for row in held))
        subjects_told = [row.subject_id for row in (*looked, *reviews, *held)]
        people_told = [row.person_id for row in (*decisions, *aliases)]
        told = numbers.of_people(people_told) | numbers.of_requests(subjects_told)
        return cls(numbers.of_requests(rows[REQUEST]) | numbers.of_referrals(rows[REFERRAL]) | own, told | own)


class Crawler:
    """Goes where somebody can go and reads what is there."""

    def __init__(self, facts: Facts, luck: Random) -> None:
        self.facts, self.luck = facts, luck
        self.oracle, self.numbers, self.found = Oracle(facts), Numbers(facts), Crawl()

    def everybody(self) -> None:
        """All readers but the system's parts, of few families every third of them; and those whose account has ended."""
        accounts = accounts_by_id()
        walking = [reader for reader in readers(self.facts, self.luck) if reader.kind != "system"]
        walking = walking[:: 1 if len(self.facts.all(REQUEST)) >= FEW else 3]
        say(f"{len(walking)} people walk {len(addresses())} addresses")
        for reader in walking:
            self._walk(reader, actor_of(reader, accounts))
        for account in accounts.values():
            if not account.is_active or account.agency.closed_at is not None:
                self._meets_doors(Actor(f"{account.email}, who has left", account))

    def _walk(self, reader: Reader, actor: Actor) -> None:
        client, seen = browser(actor), Seen.by(self.oracle, self.numbers, reader)
        for case in lists_for(reader):
            answer = self._read(client, reader, case, seen)
            if answer.status_code == 200:
                for path in self._onward(case, answer, reader):
                    self._read(client, reader, Case(case.name, case.row, path, "", ""), seen)
        for case in self.records_for(reader):
            self._read(client, reader, case, seen)

    def ways(self) -> tuple[list[tuple[Actor, Case]], list[tuple[Actor, Case]]]:
        """Everybody with every address that they may try; and those of them on which a record has to be shown."""
        accounts, anywhere, records = accounts_by_id(), list[tuple[Actor, Case]](), list[tuple[Actor, Case]]()
        for reader in readers(self.facts, self.luck):
            if reader.kind == "system":
                continue
            actor = actor_of(reader, accounts)
            for case in [*lists_for(reader), *self.records_for(reader)]:
                anywhere.append((actor, case))
                if opens_of(case) is not None and self.opened(reader, case) is not None:
                    records.append((actor, case))
        return anywhere, records

    def _onward(self, case: Case, answer: Any, reader: Reader) -> list[str]:
        """Other parts of the same list: its own links, and what one would search for."""
        from reachin.groundwork.clock import now
        from reachin.interfaces.hub.searching import LOOKED_FOR, token_of

        path = case.path.split("?")[0]
        links = {link.replace("&amp;", "&") for link in LINK.findall(answer.content.decode())}
        own = sorted(
            link if link.startswith("/") else f"{path}{link}" for link in links if link.split("?")[0] in ("", path) and "?" in link
        )
        if case.name == "hub:queue" and reader.user is not None:
            card = self.luck.choice(self.facts.all(REQUEST))
            name = card.display_name.split(" ")[0]
            looked = [f"{LOOKED_FOR}={token_of(words, account_id=reader.user, now=now())}" for words in (card.reference, name)]
            own = [f"{path}?{search}" for search in (*looked, *SEARCHES)] + own
        return own[:FOLLOWED]

    def _read(self, client: "Client", reader: Reader, case: Case, seen: Seen) -> Any:
        answer: Any = client.get(case.path)
        self.found.pages += 1
        mark = opens_of(case)
        opened = self.opened(reader, case) if mark is not None else None
        if answer.status_code >= 500:
            self.found.wrong.append(f"{case.path} as {reader.name}: {answer.status_code}")
        if mark is not None and opened is None and is_shown(answer):
            self.found.leaks += 1
            self.found.wrong.append(f"{case.path} ({case.name}) as {reader.name}: {answer.status_code}, which is not theirs to open")
        of_open = self.numbers.of_open(opened) if opened is not None else set()
        words = {(kind, int(number)) for kind, number in WORD.findall(answer.content.decode(errors="replace") + str(answer.headers))}
        for kind, number in words:
            may = seen.names if kind == NAME_WORD else seen.told
            (self.found.names if kind == NAME_WORD else self.found.told).add(number)
            if number not in may and number not in of_open:
                self.found.leaks += 1
                self.found.wrong.append(f"{kind}{number:06d} on {case.path} ({case.name}) as {reader.name}")
        return answer

    def opened(self, reader: Reader, case: Case) -> Open | None:
        """What the page opens for this reader, as the oracle has it."""
        from django.urls import resolve

        mark, found = opens_of(case), resolve(case.path.split("?")[0])
        assert mark is not None
        subject = reader.bears if mark.by is None else found.kwargs[mark.by]
        return self.oracle.opens(reader, mark.kind, subject, mark.purpose) if isinstance(subject, UUID) else None

    def records_for(self, reader: Reader) -> Iterator[Case]:
        """Pages of single records: some that have to do with the reader, some that do not."""
        from reachin.groundwork.permissions.rules import may

        some = {word: self._some(reader, kind) for word, kind in KIND_OF.items()}
        for word, table in OTHER_IDS.items():
            rows = self.facts.all(table)
            some[word] = [row.id for row in self.luck.sample(rows, min(3, len(rows)))]
        for name, row, words in addresses():
            known = next((word for word in words if word in some), None)
            if known is None or row.audience == "demo" or not may_go(reader, row):
                continue
            is_let_in = row.permission is None or may(reader.role, row.permission)
            for key in some[known] if is_let_in else some[known][:1]:
                yield case_of(name, row, words, {known: key})

    def _some(self, reader: Reader, kind: str) -> list[UUID]:
        around = near(self.facts, reader, kind, "")
        chosen = self.luck.sample(around, min(RECORDS // 2, len(around)))
        anybodys = subjects(self.facts, kind)
        return chosen + self.luck.sample(anybodys, min(RECORDS - len(chosen), len(anybodys)))

    def _meets_doors(self, actor: Actor) -> None:
        """Whoever's account or agency has ended is let in nowhere, with whatever session."""
        client = browser(actor)
        for name, row, words in addresses():
            if row.audience == "staff":
                path = case_of(name, row, words, {}).path
                answer: Any = client.get(path)
                self.found.pages += 1
                if is_shown(answer):
                    self.found.leaks += 1
                    self.found.wrong.append(f"{path} as {actor.name}: {answer.status_code}")


def addresses() -> "list[tuple[str, Row, list[str]]]":
    """Every address with its row of the matrix and the words that it takes, but for those that end a visit."""
    from tests.access_matrix import MATRIX
    from tests.architecture.test_access_matrix import FOUND

    walked = ((name, found) for name, found in FOUND.items() if not any(word in name for word in NOT_WALKED))
    return [(name, MATRIX[name], list(found.pattern.converters)) for name, found in walked]


def case_of(name: str, row: "Row", words: list[str], ids: Mapping[str, UUID]) -> Case:
    """The address with these ids, and nobody's where none is given."""
    from django.urls import reverse

    nobody = UUID(int=0)
    path = reverse(name, kwargs={word: "story" if word in ("slug", "section") else ids.get(word, nobody) for word in words})
    return Case(name, row, path, ", ".join(f"{word} {key}" for word, key in ids.items()), "")


def may_go(reader: Reader, row: "Row") -> bool:
    """Whether an address is for people like this reader at all; everybody may try a public one."""
    return row.audience == "public" or (row.audience, reader.kind) in (("staff", "staff"), ("family", "family"))


def lists_for(reader: Reader) -> Iterator[Case]:
    """The addresses that need no id: lists, starts and forms."""
    for name, row, words in addresses():
        if not words and row.audience != "demo" and may_go(reader, row):
            yield case_of(name, row, words, {})


def accounts_by_id() -> dict[UUID, Any]:
    """All accounts of staff."""
    from reachin.partnership.accounts.models import Account

    return {account.id: account for account in Account.objects.select_related("agency")}


def actor_of(reader: Reader, accounts: Mapping[UUID, Any]) -> Actor:
    """The reader as one who has a browser."""
    return Actor(reader.name, accounts[reader.user] if reader.user else None, reader.bears)


def kept_readably() -> list[str]:
    """Rows that the database keeps so that words can be read in them, but for the names on cards."""
    from django.db import connections

    found: list[str] = []
    with connections["owner"].cursor() as cursor:
        cursor.execute("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")
        for (table,) in cursor.fetchall():
            cursor.execute(f"select count(*) from \"{table}\" t where (to_jsonb(t) - 'display_name')::text ~ %s", [WORD.pattern])
            count = cursor.fetchone()[0]
            found += [f"{count} rows of {table}"] if count else []
    return found


def told_in_messages() -> list[str]:
    """Messages that say more than that there is a message."""
    from reachin.groundwork.notices.models import Message

    told = (message.unsealed() for message in Message.objects.using("owner").iterator())
    return [found.group() for message in told for found in WORD.finditer(message["subject"] + message["words"])]


def shown_without_the_call(first: Mapping[str, tuple[Actor, Case]]) -> list[str]:
    """Each record page once more for whoever saw it, without its opening being written: nothing that was told may be there."""
    found = []
    logging.disable(logging.CRITICAL)
    for actor, case in first.values():
        client = browser(actor)
        with call_removed():
            answer: Any = client.get(case.path)
        told = set(re.findall(rf"{TOLD_WORD}\d{{6}}", answer.content.decode()))
        if told:
            found.append(f"{case.path} as {actor.name} without its opening: {answer.status_code}, {len(told)} words")
    logging.disable(logging.NOTSET)
    return found
