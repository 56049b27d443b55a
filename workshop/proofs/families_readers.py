"""Everybody who looks in on many invented families: all staff whose account works, a sample of families, the system's parts, anybody."""

from collections.abc import Iterable, Iterator
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from workshop.proofs.families_facts import Facts
from workshop.proofs.families_oracle import DECISION, ENTRY, REFERRAL, REQUEST, REQUESTS, SHARING, Reader

if TYPE_CHECKING:
    from reachin.groundwork.audited_access.context import Actor

TASKS = ("closed_loop", "delivery", "retention", "one_time_links", "clearing", "demonstration", "nothing_of_the_kind")
PURPOSES = {
    "person": ("support", "front_door", "protection"),
    "request": ("front_door", "protection", "support", "emergency", "own_request"),
    "referral": ("support", "protection", "front_door"),
    "own_person": ("own_page",),
    "pair": ("record_linkage", "support"),
    "information_request": ("information_request", "record_linkage"),
}
"""For what each kind of record is tried to be opened."""
OF_A_SORT = 12
"""How many families of each sort look in."""


def readers(facts: Facts, luck: Random) -> list[Reader]:
    """All who read, always the same for the same facts and luck."""
    return [
        *staff(),
        *families(facts, luck),
        *(Reader(f"the system's {task}", "system", role=task) for task in TASKS),
        Reader("anybody", "visitor"),
    ]


def staff() -> list[Reader]:
    """Everybody whose account and agency work: nobody else is ever given a context."""
    from reachin.partnership.accounts.models import Account

    found = Account.objects.active().select_related("agency").order_by("email")
    return [Reader(f"{one.role} {one.name} at {one.agency.slug}", "staff", one.id, one.agency_id, None, one.role) for one in found]


def families(facts: Facts, luck: Random) -> Iterator[Reader]:
    """Families by what they bear: of any sort, some who keep somebody out, some of whom more than one record is joined, by own accounts."""
    blocked = {block.person_id for block in facts.all(f"{SHARING}block") if block.lifted_at is None}
    joined = {alias.person_id for alias in facts.all("people_personalias") if alias.person_id != alias.stands_for_id}
    untold = {row.person_id for row in facts.all(DECISION) if row.informed == "not_told"}
    sorts: dict[str, list[UUID]] = {
        "a family": [row.id for row in facts.all(REQUEST)],
        "a family that keeps somebody out": _requests_of(facts, blocked),
        "a family with joined records": _requests_of(facts, joined),
        "a family that was not told of something": _requests_of(facts, untold),
        "an account of one's own": [row.id for row in facts.all("own_accounts_ownaccount")],
        "a draft": [row.id for row in facts.all(f"{REQUESTS}draftrequest")],
    }
    for name, scopes in sorts.items():
        for scope in luck.sample(sorted(scopes), min(OF_A_SORT, len(scopes))):
            yield Reader(f"{name} ({scope})", "family", scope=scope)
    yield Reader("a family that nobody knows", "family", scope=UUID(int=luck.getrandbits(128), version=4))


def _requests_of(facts: Facts, people: Iterable[UUID]) -> list[UUID]:
    aliases = {alias.id for alias in facts.by("people_personalias", "person_id", *people)}
    return sorted({row.request_for_assistance_id for row in facts.by(f"{REQUESTS}requestperson", "alias_id", *aliases)})


def near(facts: Facts, reader: Reader, kind: str, purpose: str) -> list[UUID]:
    """The records that have to do with this reader, whether or not they may open them: where a mistake would hurt."""
    agency, user = reader.agency, reader.user
    looked = [row.subject_id for row in facts.by(f"{SHARING}emergencyaccess", "account_id", user)]
    if purpose == "emergency":
        return sorted(looked)
    referrals = [*facts.by(REFERRAL, "receiver_agency_id", agency), *facts.by(REFERRAL, "sender_agency_id", agency)]
    cards = [
        *facts.by(REQUEST, "holder_agency_id", agency),
        *facts.by(REQUEST, "duty_agency_id", agency),
        *facts.by(REQUEST, "sender_id", user),
    ]
    found: dict[str, list[UUID]] = {
        "person": [entry.person_id for entry in facts.by(ENTRY, "agency_id", agency)],
        "request": [*(card.id for card in cards), *(row.request_for_assistance_id for row in referrals)],
        "referral": [row.id for row in referrals],
        "own_person": [],
        "pair": [row.id for row in facts.by("record_linkage_pair", "agency_id", agency)],
        "information_request": [row.id for row in facts.by("information_requests_informationrequest", "controller_id", agency)],
    }
    own = [reader.bears] if reader.bears else []
    of_own = [row.id for row in facts.by(REFERRAL, "request_for_assistance_id", reader.bears)]
    return sorted({*found[kind], *({"request": own, "own_person": own, "referral": of_own}.get(kind, []))})


def subjects(facts: Facts, kind: str) -> list[UUID]:
    """Every record of a kind."""
    table = {
        "person": "people_person",
        "request": REQUEST,
        "referral": REFERRAL,
        "own_person": REQUEST,
        "pair": "record_linkage_pair",
        "information_request": "information_requests_informationrequest",
    }[kind]
    accounts = [row.id for row in facts.all("own_accounts_ownaccount")] if kind == "own_person" else []
    return [*(row.id for row in facts.all(table)), *accounts]


def acting_as(reader: Reader) -> "Actor":
    """The reader as the product's context names them."""
    from reachin.groundwork.audited_access.context import Actor

    return Actor(reader.kind, user=reader.user, agency=reader.agency, scope=reader.scope, role=reader.role)
