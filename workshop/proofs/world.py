"""A small partnership in which everybody stands in some relation to everybody's records, for the proofs to walk through.

It is made by the real actions on a database of its own, which is dropped afterwards.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workshop import databases, servers
from workshop.proofs import world_sealed

if TYPE_CHECKING:
    from reachin.access.referrals.models import Referral
    from reachin.access.requests_for_assistance.models import RequestForAssistance
    from reachin.partnership.accounts.models import Account


@contextmanager
def own_database() -> Iterator[str]:
    """A fresh database with Django set up on it as the application's role, by the tests' own server; gives its name."""
    server = servers.for_tests()
    with servers.running(server) as found:
        name = databases.clone(found, "proof")
        os.environ.update(databases.environment(found, name, mode="test"))
        import django

        django.setup()
        try:
            yield name
        finally:
            let_go()
            databases.drop(found, name)


def let_go() -> None:
    from django.db import connections
    from django.db.backends.postgresql.base import DatabaseWrapper

    for used in connections.all():
        used.close()
        if isinstance(used, DatabaseWrapper):
            used.close_pool()


@dataclass(frozen=True)
class Actor:
    """Somebody who looks in: a name for the report, the account or the bearer's scope, and the relation that they stand in."""

    name: str
    account: "Account | None" = None
    scope: UUID | None = None

    @property
    def agency_id(self) -> UUID | None:
        return self.account.agency_id if self.account else None

    @property
    def role(self) -> str:
        return self.account.role if self.account else ""


@dataclass(frozen=True)
class World:
    """The actors, the requests and the referrals by name, and one id that is nobody's."""

    actors: tuple[Actor, ...]
    requests: Mapping[str, "RequestForAssistance"]
    referrals: Mapping[str, "Referral"]
    others: Mapping[str, UUID]
    missing: UUID
    looked_first: set[str]
    """Why somebody had to look first, for them and for the information guardian of their agency."""
    on_no_page: set[str]
    """Words that are kept for an inquiry, and that no page shows to anybody."""
    kept_or_not: set[str]
    """Why records are held, destroyed or kept, for the information guardians who decide it."""
    decided: Mapping[str, set[str]]
    """Words of decisions about one person of the family, by the agency that decided or with which it was shared (its slug)."""
    canaries: Mapping[str, set[str]]
    """Every word in hiding, by the request (or draft) in which it was told."""
    names: Mapping[str, set[str]]
    """Those of them that are names, and so stand on the card."""
    shared: Mapping[str, set[str]]
    """Those that travelled with each referral, or were written on it."""

    def all_canaries(self) -> set[str]:
        return set().union(*self.canaries.values())

    def cards_of(self, actor: Actor) -> set[str]:
        """The names that stand in this actor's own lists: held, alerted, sent, received."""
        held = {name for name, found in self.requests.items() if _has_card(actor, found)}
        received = {name for name, found in self.referrals.items() if _has_referral_card(actor, found)}
        return set().union(*(self.names[name] for name in held), *(self.shared[name] for name in received)) if held or received else set()

    def own_words(self, actor: Actor) -> set[str]:
        """What the bearer of a draft or request wrote themselves."""
        named = {name for name, found in self.requests.items() if actor.scope == found.id}
        if actor.scope is not None and actor.scope == self.others["draft_id"]:
            named.add("draft")
        if actor.scope is not None and actor.scope == self.others["own_account_id"]:
            named.add("family's")
        return set().union(*(self.canaries[name] for name in named)) if named else set()


def _has_card(actor: Actor, found: "RequestForAssistance") -> bool:
    at_the_hub = actor.role in ("hub_worker", "duty_worker")
    is_sender = actor.account is not None and found.sender_id == actor.account.id
    return is_sender or (at_the_hub and actor.agency_id in (found.holder_agency_id, found.duty_agency_id))


def _has_referral_card(actor: Actor, found: "Referral") -> bool:
    answers = actor.role in ("practitioner", "support_worker", "duty_worker", "service_manager")
    at_the_hub = actor.role in ("hub_worker", "duty_worker")
    return (answers and actor.agency_id == found.receiver_agency_id) or (at_the_hub and actor.agency_id == found.sender_agency_id)


class Aviary:
    """Makes a word of its own for every field, and remembers where it was let in. Each flock has its own `bird`."""

    def __init__(self, bird: str = "heron") -> None:
        self.bird = bird
        self.all: dict[str, dict[str, str]] = {}
        self._made = 0

    def word(self, request: str, code: str) -> str:
        """A word that stands nowhere else; four figures, so that none is a part of another."""
        self._made += 1
        made = f"{self.bird}{self._made:04d}"
        self.all.setdefault(request, {})[code] = made
        return made

    def answers(self, request: str, **instead: Any) -> dict[str, Any]:
        """Answers to every question in which words can be written, each with a word in hiding."""
        texts = {code: f"some words and {self.word(request, code)}" for code in WRITTEN}
        people = [{"known_as": self.word(request, f"name {place}"), "age_years": 6 + place, "relation": "child"} for place in range(2)]
        email = f"{self.word(request, 'email')}@people.example"
        return {**texts, "your_name": self.word(request, "your_name"), "email": email, "people": people, "contact_way": "email", **instead}

    def said(self, request: str, *codes: str) -> set[str]:
        return {word for code, word in self.all[request].items() if not codes or code in codes or any(code.startswith(c) for c in codes)}


WRITTEN = (
    "story", "wishes", "not_wanted", "address", "through", "safe_times", "who_may_answer", "cover_name", "first_contact_name",
    "must_not_know", "place", "language", "communication",
)  # fmt: skip
NAMES = ("your_name", "name ")
SHARED = (
    *NAMES, "email", "story", "wishes", "not_wanted", "address", "through", "safe_times", "who_may_answer", "cover_name",
    "first_contact_name", "language", "communication",
)  # fmt: skip
"""What the story and contact parts of a referral carry; not the place, and not who must not know."""


def build() -> World:
    """Every role in every kind of agency; a family's request, a teacher's, one in danger, one at another door, one that blocks;
    referrals in each relation (live, declined, masked, completed)."""
    from reachin.access.referrals.enums import ReferralState
    from reachin.access.referrals.models import Referral
    from reachin.access.requests_for_assistance import actions
    from reachin.access.requests_for_assistance.models import RequestForAssistance
    from reachin.groundwork.ids import new_id
    from reachin.groundwork.permissions.enums import Role
    from tests import cast

    agencies = [cast.hub(), cast.social_work(), cast.school(), cast.charity(), cast.other_charity(), cast.womens_aid(), cast.health()]
    staff = [Actor(f"{role.value} at {agency.slug}", cast.account(role, agency)) for agency in agencies for role in Role]
    named = [
        Actor(f"{account.name}", account) for account in (cast.teacher(), cast.hub_worker(), cast.duty_worker(), cast.support_worker())
    ]
    birds = Aviary()
    family = cast.family_request(**birds.answers("family's", blocked_agencies=[str(cast.health().id)]))
    teachers = cast.practitioner_request(cast.teacher(), **birds.answers("teacher's", contact_way=None))
    danger = cast.danger_request(**birds.answers("in danger"))
    estranged = cast.family_request(**birds.answers("of the estranged parent"))
    moved = _moved_to_social_work(cast, birds)
    kept_out = cast.danger_request(**birds.answers("kept from the desk", blocked_agencies=[str(cast.social_work().id)]))
    friendly = cast.service(run_by=cast.charity())
    live = cast.sent_referral(family, to=friendly, receiver=cast.charity(), words=birds.word("family's", "to live"))
    declined = cast.answered(
        cast.sent_referral(family, to=cast.service(run_by=cast.other_charity(), name="Pier club"), receiver=cast.other_charity()),
        ReferralState.DECLINED,
        by=cast.account(Role.SUPPORT_WORKER, cast.other_charity()),
        words=birds.word("family's", "to declined"),
    )
    masked = cast.sent_referral(family, to=cast.service(run_by=cast.womens_aid(), name="The Lighthouse"), receiver=cast.womens_aid())
    by_phone = cast.sent_referral(
        family, to=cast.service(run_by=cast.charity_by_phone(), name="The shed"), receiver=cast.charity_by_phone()
    )
    completed = cast.completed_referral(request_for_assistance=danger, to=friendly, receiver=cast.charity())
    automatic = cast.quarantined_request(**birds.answers("looks automatic"))
    drafts = cast.draft(story=birds.word("draft", "story"))
    person_id = _shared_with_the_school(cast, birds, family)
    access_id = _looked_at_first(cast, birds, teachers)
    _joined(cast, birds, teachers, danger)
    with cast.opened(cast.hub_worker(), family) as now:
        question = actions.ask_family(family, by=cast.hub_worker(), question=birds.word("family's", "question"), now=now)
    account = _account_of_who_asked(cast, birds, family)
    world_sealed.plant(cast, birds, family=family, danger=danger, teachers=teachers)
    families = [
        Actor("the family itself", scope=family.id),
        Actor("who asked, by an account of her own", scope=account),
        Actor("an estranged parent with a request of his own", scope=estranged.id),
        Actor("the family in danger", scope=danger.id),
        Actor("somebody with a draft", scope=drafts.id),
        Actor("anybody"),
    ]
    return World(
        actors=(*staff, *named, *families),
        requests={
            name: RequestForAssistance.objects.using("owner").get(id=found.id)
            for name, found in {
                "family's": family,
                "teacher's": teachers,
                "in danger": danger,
                "at another door": moved,
                "kept from the desk": kept_out,
                "of the estranged parent": estranged,
                "looks automatic": automatic,
            }.items()
        },
        referrals={
            name: Referral.objects.using("owner").select_related("receiver_agency").get(id=found.id)
            for name, found in {
                "live": live,
                "declined": declined,
                "masked": masked,
                "by phone": by_phone,
                "completed": completed,
            }.items()
        },
        others={
            "own_account_id": account,
            "way_in_id": account,
            "draft_id": drafts.id,
            "question_id": question.id,
            "person_id": person_id,
            "access_id": access_id,
            **_of_guardians(cast),
            **_to_be_destroyed(cast, estranged),
            **_own_information(cast, birds, family),
        },
        missing=new_id(),
        decided={
            "family-hub": birds.said("family's", "shared ", "to "),
            "portlennan-primary": birds.said("family's", "shared "),
            "harbour-families": birds.said("family's", "to live"),
        },
        looked_first=birds.said("teacher's", "emergency"),
        kept_or_not=birds.said("retention"),
        on_no_page=world_sealed.on_no_page(birds),
        canaries={name: set(words.values()) for name, words in birds.all.items()},
        names={name: birds.said(name, *NAMES) for name in birds.all},
        shared={
            name: birds.said(of, *SHARED, f"to {name}")
            for name, of in {
                "live": "family's",
                "declined": "family's",
                "masked": "family's",
                "by phone": "family's",
                "completed": "in danger",
            }.items()
        },
    )


def _moved_to_social_work(cast: Any, birds: Aviary) -> "RequestForAssistance":
    from reachin.access.requests_for_assistance import actions

    request_for_assistance = cast.family_request(**birds.answers("at another door"))
    worker = cast.hub_worker()
    with cast.opened(worker, request_for_assistance) as now:
        return actions.move_to_door(
            request_for_assistance, cast.social_work(), by=worker, reason=birds.word("at another door", "reason"), now=now
        )


def _shared_with_the_school(cast: Any, birds: Aviary, made: "RequestForAssistance") -> UUID:
    """The hub shares one person of the family with the school, with words of its own; gives who it is."""
    from reachin.access.requests_for_assistance.models import RequestPerson
    from reachin.families.information_sharing.actions import decide_sharing
    from reachin.families.information_sharing.enums import Basis, Category, Decision, Informed, Purpose
    from reachin.families.information_sharing.rules import SevenThings
    from reachin.groundwork.permissions.enums import Role

    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        person_id: UUID = (
            RequestPerson.objects.filter(request_for_assistance=made).order_by("place").values_list("alias__person_id", flat=True)[0]
        )
        things = SevenThings(
            decision=Decision.SHARE,
            purpose=Purpose.SUPPORT,
            categories=(Category.CONTACT,),
            why=birds.word("family's", "shared why"),
            views=birds.word("family's", "shared views"),
            necessity=birds.word("family's", "shared necessity"),
            informed=Informed.AGREED,
            basis=Basis.CONSENT,
        )
        decided = decide_sharing(person_id, cast.school(), things, by=worker, now=now)
    decided.review_due_at = decided.reviewed_at = decided.decided_at
    decided.reviewed_by, decided.review_outcome = cast.account(Role.INFORMATION_GUARDIAN, cast.hub()).id, "justified"
    decided.keep("review_words", birds.word("guardian's", "review"))
    decided.keep("kept_back_why", birds.word("guardian's", "kept off"))
    decided.save(using="owner")
    return person_id


def _own_information(cast: Any, birds: Aviary, made: "RequestForAssistance") -> dict[str, UUID]:
    """Whoever asked for help asks for a copy, and a guardian prepares it; gives the ids of that, of what they may end and take back."""
    from reachin.families.information_requests import actions
    from reachin.families.information_requests.enums import AskedFor
    from reachin.families.information_sharing.models import Block, CircleEntry
    from reachin.families.people.models import Person
    from reachin.groundwork.audited_access.context import Actor as Acting
    from reachin.groundwork.audited_access.context import acting, open_record
    from reachin.groundwork.permissions.enums import Role

    own, guardian = Acting.family(made.id), cast.account(Role.INFORMATION_GUARDIAN, cast.hub())
    with acting(own, opening=open_record(own, "own_person", made.id, purpose="own_page")) as now:
        person = Person.objects.get()
        asked = actions.ask(person, AskedFor.COPY, by=made.id, words=birds.word("family's", "asked"), now=now)
    opening = open_record(guardian.actor(), "information_request", asked.id, purpose="information_request")
    with acting(guardian.actor(), opening=opening) as now:
        held = actions.gather(asked, by=guardian, now=now)[0]
        actions.prepare(asked, by=guardian, answer=birds.word("family's", "answer"), now=now)
    return {
        "asked_id": asked.id,
        "held_id": held.id,
        "share_id": CircleEntry.objects.using("owner").get(person_id=person.id, agency=cast.school()).id,
        "block_id": Block.objects.using("owner").get(person_id=person.id, agency=cast.health()).id,
    }


def _looked_at_first(cast: Any, birds: Aviary, made: "RequestForAssistance") -> UUID:
    """A support worker of a charity that has nothing to do with it has to look at a request first; gives the emergency."""
    from reachin.families.information_sharing.actions import look_first
    from reachin.groundwork.audited_access.context import acting
    from reachin.groundwork.permissions.enums import Role

    who = cast.account(Role.SUPPORT_WORKER, cast.other_charity())
    with acting(who.actor()) as now:
        access: UUID = look_first("request", made.id, by=who, reason="It cannot wait: " + birds.word("teacher's", "emergency"), now=now).id
    return access


def _of_guardians(cast: Any) -> dict[str, UUID]:
    """What information guardians see to: an agreement of the hub with the school, and a charity with one of its accounts."""
    from datetime import timedelta

    from reachin.families.information_sharing.actions import record_agreement
    from reachin.families.information_sharing.models import SharingAgreement
    from reachin.groundwork.audited_access.context import acting
    from reachin.groundwork.permissions.enums import Role

    keeper = cast.account(Role.INFORMATION_GUARDIAN, cast.hub())
    with acting(keeper.actor()) as now:
        agreement = SharingAgreement(
            name="Help in school",
            purpose="support",
            categories=["contact"],
            basis="consent",
            why="So that a child is helped in school.",
            necessity="A name.",
            schedule="As soon as it is decided.",
            starts_on=now.date(),
            expires_on=now.date() + timedelta(days=300),
        )
        record_agreement(agreement, parties=[cast.school()], by=keeper, now=now)
    charity = cast.other_charity()
    return {"agreement_id": agreement.id, "agency_id": charity.id, "account_id": cast.account(Role.SUPPORT_WORKER, charity).id}


def _to_be_destroyed(cast: Any, made: "RequestForAssistance") -> dict[str, UUID]:
    """A record that waits for a review, and a class that is held; gives both ids."""
    from reachin.families.retention.actions import as_retention, hold
    from reachin.families.retention.models import DestructionReview
    from reachin.groundwork.audited_access.context import acting
    from reachin.groundwork.permissions.enums import Role

    keeper = cast.account(Role.INFORMATION_GUARDIAN, cast.hub())
    with as_retention() as now:
        review = DestructionReview(
            kind="request", subject_id=made.id, class_code="request", controller_id=made.holder_agency_id, counted_from=now, due_from=now
        )
        review.save(force_insert=True)
    with acting(keeper.actor()) as now:
        held = hold(by=keeper, reason="An inquiry asked for them.", class_code="linkage", now=now)
    return {"review_id": review.id, "hold_id": held.id}


def _joined(cast: Any, birds: Aviary, one: "RequestForAssistance", other: "RequestForAssistance") -> None:
    """Two records are joined, parted and joined again, each for a reason in words. Nobody sees more for it."""
    from reachin.families.people.models import Person
    from reachin.families.record_linkage import actions
    from reachin.groundwork.audited_access.context import acting, open_record
    from reachin.groundwork.permissions.enums import Role

    guardian = cast.account(Role.INFORMATION_GUARDIAN, cast.hub())
    kept, merged = (Person(id=_first_of(found)) for found in (one, other))
    with acting(guardian.actor()) as now:
        pair = actions.put_side_by_side(kept.id, merged.id, by=guardian, now=now)
    opening = open_record(guardian.actor(), "pair", pair.id, purpose="record_linkage")
    with acting(guardian.actor(), opening=opening) as now:
        made = actions.merge(kept, merged, by=guardian, reason=birds.word("joined", "why"), now=now)
        actions.unmerge(made, by=guardian, reason=birds.word("joined", "why not"), now=now)
        actions.merge(kept, merged, by=guardian, reason=birds.word("joined", "why again"), now=now)


def _first_of(request_for_assistance: "RequestForAssistance") -> UUID:
    from reachin.access.requests_for_assistance.models import RequestPerson

    named = RequestPerson.objects.using("owner").filter(request_for_assistance=request_for_assistance).order_by("place")
    return named.values_list("alias__person_id", flat=True)[0]


def _account_of_who_asked(cast: Any, birds: Aviary, request_for_assistance: "RequestForAssistance") -> UUID:
    """Offered by the hub and begun with the link."""
    from reachin.access.requests_for_assistance.models import RequestPerson
    from reachin.families.own_accounts.actions import begin, confirm, invite
    from reachin.families.own_accounts.enums import Ground
    from reachin.groundwork.audited_access.context import Actor as Acting
    from reachin.groundwork.audited_access.context import acting

    row = RequestPerson.objects.using("owner").select_related("alias").get(request_for_assistance=request_for_assistance, is_contact=True)
    worker = cast.hub_worker()
    with cast.opened(worker, request_for_assistance) as now:
        words = {"phrase": "two red mugs", "checked": birds.word("family's", "checked")}
        account, _token = invite(row.alias.person_id, by=worker, ground=Ground.GROWN_UP, why="", **words, now=now)
    with acting(Acting.family(account.id)) as now:
        begin(account.id, phrase="grey seal on a rock", now=now)
    second = cast.second_hub_worker()
    with cast.opened(second, request_for_assistance) as now:
        confirm(account.id, by=second, now=now)
    return account.id
