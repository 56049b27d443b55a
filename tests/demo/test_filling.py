"""What is filled in bulk is what the product's own actions would have made, and the guards treat it so."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any
from uuid import UUID

import pytest

from demo.bulk import TABLES, Bulk, Ids
from demo.days import Days
from demo.filling import fill
from demo.generator import InventedFamily, families
from demo.journey import Asking, Journey
from demo.partnership import Partnership, WayBack, load_partnership
from demo.scene import EVERYBODYS_PHRASE, Askable, CannotFill, Scene
from demo.written_help import WAYS, fitting, refer
from demo.written_request import Filling, Moment, WrittenRequest
from reachin.access.referrals.enums import DeclineReason, Helped, ReferralOutcome, ReferralState
from reachin.access.referrals.models import Referral
from reachin.access.requests_for_assistance import drafts
from reachin.access.requests_for_assistance.actions import told_so_far
from reachin.access.requests_for_assistance.enums import AskedBy, ContactOutcome, Outcome, Stage, Urgency
from reachin.access.requests_for_assistance.models import DraftRequest, RequestForAssistance
from reachin.access.requests_for_assistance.rules import urgency_of
from reachin.groundwork.audited_access.context import Actor, acting, open_record
from reachin.groundwork.clock import now
from reachin.groundwork.field_encryption import unseal
from reachin.groundwork.ids import new_id
from workshop.servers import Connection

SEALED_AS = {
    "people_persondetails": ("people.details", "person_id"),
    "people_contactinstruction": ("people.contact", "id"),
    "requests_for_assistance_storytold": ("requests.story", "request_for_assistance_id"),
    "requests_for_assistance_plantold": ("requests.plan", "request_for_assistance_id"),
    "requests_for_assistance_safetytold": ("requests.safety", "request_for_assistance_id"),
    "requests_for_assistance_placetold": ("requests.place", "request_for_assistance_id"),
    "requests_for_assistance_requestnote": ("requests.note", "id"),
    "referrals_snapshot": ("referrals.snapshot", "referral_id"),
    "notices_message": ("notices.message", "id"),
}
WORDS_OF_DECISIONS = {("information_sharing_sharingdecision", name) for name in ("why", "views", "necessity", "not_told_why")}
FROM_THE_DATABASE = {"transaction"}
NEVER_THE_SAME = {"reference", "reference_digest", "phrase_hash", "match_reasons", "form_version", *FROM_THE_DATABASE}


@pytest.fixture
def partnership(db: None) -> Partnership:
    return load_partnership(since=now() - timedelta(days=400), now=now())


@dataclass
class Both:
    """The same family written both ways, step by step at the same moments."""

    partnership: Partnership
    family: InventedFamily
    scene: Scene
    moments: list[datetime]

    def journey(self) -> Journey:
        """By the actions: as far as it has been sent."""
        journey = Journey(self.partnership, Days(self.scene.now), WayBack("K7QF-3MPX-9CRV", "" if self.sender else EVERYBODYS_PHRASE))
        answers = self.family.answers_at(self.scene.agencies)
        journey.begins(self.moments[0], answers, asked_by=self.family.asked_by, channel=self.family.channel, writer=self.sender)
        journey.sends(self.moments[0], writer=self.sender)
        return journey

    def written(self) -> WrittenRequest:
        """By the bulk: as far as it has been sent."""
        chance = Random(1)  # noqa: S311 invented, not secret
        sender = next(one for one in self.scene.practitioners if one.name == "Fraser Weir")
        filling = Filling(Bulk("owner"), self.scene, chance, Ids(chance))
        return WrittenRequest(filling, self.family, Moment.of(self.moments[0]), with_trail=True, sender=sender)

    @property
    def sender(self) -> str:
        return "Fraser Weir" if self.family.asked_by == AskedBy.PRACTITIONER else ""

    def service(self) -> Askable:
        """One that fits and is not kept out."""
        found = fitting(self.written())
        assert found is not None
        return found


def seen(admin: Connection) -> dict[str, list[str]]:
    """Every row of every table that is filled, with its words unsealed, and without what differs each time: ids and codes."""
    shapes = {}
    for table, columns in TABLES.items():
        cursor = admin.execute(f"select * from {table}".encode())
        names = [column.name for column in cursor.description or ()]
        assert set(names) - FROM_THE_DATABASE == set(columns.split()), f"the bulk does not know every column of {table}"
        shapes[table] = sorted(_shape(table, dict(zip(names, row, strict=True))) for row in cursor.fetchall())
    return shapes


def _shape(table: str, row: dict[str, Any]) -> str:
    shown: dict[str, Any] = {}
    for name, value in row.items():
        if (table, name) in WORDS_OF_DECISIONS and value is not None:
            shown[name] = unseal(value, field=f"information_sharing.decision.{name}", row=row["id"])
        elif name == "sealed":
            field, bound_to = SEALED_AS[table]
            words = unseal(value, field=field, row=row[bound_to])
            shown[name] = str(sorted(json.loads(words).items())) if words.startswith("{") else words
        elif isinstance(value, UUID):
            shown[name] = KNOWN.get(str(value), "an id")
        elif name not in NEVER_THE_SAME:
            shown[name] = sorted(value) if isinstance(value, list) else value
    return str(sorted(shown.items(), key=lambda item: item[0]))


KNOWN: dict[str, str] = {}


@pytest.fixture
def compare(
    partnership: Partnership, admin: Connection
) -> Iterator[Callable[[Both, Callable[[Journey], None], Callable[[WrittenRequest], None]], None]]:
    KNOWN.update({str(agency.id): slug for slug, agency in partnership.agencies.items()})
    KNOWN.update({str(account.id): name for name, account in partnership.staff.items()})

    def same(both: Both, by_actions: Callable[[Journey], None], in_bulk: Callable[[WrittenRequest], None]) -> None:
        _empty(admin)
        by_actions(both.journey())
        made = seen(admin)
        _empty(admin)
        request = both.written()
        in_bulk(request)
        request.finish()
        request.bulk.store()
        filled = seen(admin)
        for table in TABLES:
            assert filled[table] == made[table], table

    yield same
    KNOWN.clear()


def _empty(admin: Connection) -> None:
    with admin.transaction():
        admin.execute("set local session_replication_role = replica")
        for table in TABLES:
            admin.execute(f"delete from {table}".encode())


def both_of(partnership: Partnership, family: InventedFamily) -> Both:
    present = now()
    moments = [present - timedelta(minutes=60 - 5 * step) for step in range(8)]
    return Both(partnership, family, Scene.of("owner", present), moments)


@cache
def many() -> list[InventedFamily]:
    return list(families(7, 30_000))


def some(count: int, that: Callable[[InventedFamily], bool] = lambda family: True) -> list[InventedFamily]:
    """The first of the many to which that applies."""
    found = [family for family in many() if that(family)]
    assert found
    return found[:count]


Compare = Callable[[Both, Callable[[Journey], None], Callable[[WrittenRequest], None]], None]


@pytest.mark.parametrize(
    "that",
    [
        lambda family: True,
        lambda family: family.is_in_danger,
        lambda family: bool(family.blocked),
        lambda family: family.has_secret_home(),
        lambda family: family.is_in_danger and "social-work" in family.blocked,
        lambda family: family.asked_by == AskedBy.PRACTITIONER and "contact_way" not in family.answers,
        lambda family: family.asked_by == AskedBy.EXPECTING,
        lambda family: "address" in family.answers,
    ],
    ids=["any", "danger", "blocked", "secret home", "danger, desk kept out", "returned", "expecting", "letter"],
)
def test_what_is_sent_looks_as_if_the_actions_had_made_it(
    partnership: Partnership, compare: Compare, that: Callable[[InventedFamily], bool]
) -> None:
    for family in some(3, that):
        compare(both_of(partnership, family), lambda journey: None, lambda request: None)


def test_a_closed_one_does_too(partnership: Partnership, compare: Compare) -> None:
    for family in some(4):
        both = both_of(partnership, family)
        worker = both.scene.hub_workers[0]

        def by_actions(journey: Journey, both: Both = both) -> None:
            journey.is_taken_on(both.moments[1], worker="Morag Keir")
            journey.is_contacted(both.moments[1], ContactOutcome.SPOKE, "", worker="Morag Keir")
            journey.is_decided(both.moments[2], Stage.CLOSED, "Enough.", worker="Morag Keir", outcome=Outcome.ADVICE_GIVEN)

        def in_bulk(request: WrittenRequest, both: Both = both, worker: Any = worker) -> None:
            request.spoken_with(Moment.of(both.moments[1]), worker)
            request.decided(Stage.CLOSED, Moment.of(both.moments[2]), worker, words="Enough.", outcome=Outcome.ADVICE_GIVEN)

        if family.asked_by != AskedBy.PRACTITIONER or "contact_way" in family.answers:
            compare(both, by_actions, in_bulk)


@pytest.mark.parametrize("state", list(WAYS))
def test_a_referred_one_does_too(partnership: Partnership, compare: Compare, state: ReferralState) -> None:
    for family in some(4, lambda family: "contact_way" in family.answers and not family.is_in_danger):
        both = both_of(partnership, family)
        service, worker = both.service(), both.scene.hub_workers[0]

        def by_actions(journey: Journey, both: Both = both, service: Askable = service) -> None:
            journey.is_taken_on(both.moments[1], worker="Morag Keir")
            journey.is_contacted(both.moments[1], ContactOutcome.SPOKE, "", worker="Morag Keir")
            [referral] = journey.is_referred(both.moments[2], Asking(service.name), worker="Morag Keir")
            for to, at in zip(WAYS[state], both.moments[3:], strict=False):
                why = DeclineReason.FULL if to == ReferralState.DECLINED else None
                end = ReferralOutcome.AS_HOPED if to == ReferralState.COMPLETED else None
                journey.is_answered(at, referral, to, worker=service.answers.name, decline_reason=why, outcome=end)
            if state == ReferralState.COMPLETED and not both.sender:
                journey.rates(both.moments[6], referral, Helped.YES)

        def in_bulk(request: WrittenRequest, both: Both = both, service: Askable = service, worker: Any = worker) -> None:
            request.spoken_with(Moment.of(both.moments[1]), worker)
            refer(request, service, state, [Moment.of(at) for at in both.moments[2:]], worker)

        compare(both, by_actions, in_bulk)


def test_a_filled_database_behaves_as_any(partnership: Partnership, admin: Connection) -> None:
    filled = fill(300, seed=3, using="owner", open_share=0.5)
    assert filled.requests == 300
    agencies = {slug: agency.id for slug, agency in partnership.agencies.items()}
    invented = list(families(3, 300, on=now().date()))
    worker = partnership.staff["Morag Keir"]
    with acting(worker.actor()):
        cards = list(RequestForAssistance.objects.order_by("received_at"))
    assert len(cards) == 300
    for card, family in zip(cards[::15], invented[::15], strict=True):
        opening = open_record(worker.actor(), "request", card.id, purpose="front_door")
        assert opening is not None
        with acting(worker.actor(), opening=opening):
            told = told_so_far(card)
        asked = family.answers_at(agencies)
        assert {code: told[code] for code in asked if code != "people"} == {code: asked[code] for code in asked if code != "people"}
    assert [card.urgency for card in cards] == [urgency_of(family.answers) for family in invented]
    assert {Stage(card.stage) for card in cards} >= {
        Stage.READY_FOR_TRIAGE,
        Stage.MATCHED,
        Stage.IN_DISCUSSION,
        Stage.CLOSED,
        Stage.WITHDRAWN,
    }
    assert all(card.received_at <= now() and card.stage_since <= now() for card in cards)


def test_families_of_a_filling_come_back_by_the_one_phrase(partnership: Partnership, admin: Connection) -> None:
    fill(20, seed=4, using="owner")
    rows = admin.execute("select reference, id from requests_for_assistance_requestforassistance where sender_id is null").fetchall()
    for reference, request in rows[:3]:
        assert drafts.come_in(reference, EVERYBODYS_PHRASE, network=reference).scope == request


def test_receivers_find_their_referrals_and_open_them(partnership: Partnership, admin: Connection) -> None:
    fill(200, seed=5, using="owner", open_share=1)
    for name in ("Joan Pirie", "Leah Grant"):
        actor = partnership.staff[name].actor()
        with acting(actor):
            inbox = list(Referral.objects.live())
        assert inbox
        opening = open_record(actor, "referral", inbox[0].id, purpose="support")
        with acting(actor, opening=opening):
            assert Referral.objects.get(id=inbox[0].id).snapshot.told()["story"]


def test_a_filled_request_is_guarded_as_any(partnership: Partnership) -> None:
    fill(20, seed=6, using="owner", open_share=1)
    teacher = partnership.staff["Una Lamont"].actor()
    with acting(partnership.staff["Morag Keir"].actor()):
        request = RequestForAssistance.objects.filter(sender=None).first()
    assert request is not None
    assert open_record(teacher, "request", request.id, purpose="front_door") is None
    with acting(teacher):
        assert not RequestForAssistance.objects.exists()
    with acting(Actor.family(new_id())):
        assert not DraftRequest.objects.exists()


def test_the_same_seed_fills_the_same(partnership: Partnership, admin: Connection) -> None:
    present = now()
    columns = b"select id, reference, stage, display_name, received_at from requests_for_assistance_requestforassistance order by id"
    fill(50, seed=8, using="owner", now=present)
    first = admin.execute(columns).fetchall()
    _empty(admin)
    fill(50, seed=8, using="owner", now=present)
    assert admin.execute(columns).fetchall() == first


def test_it_leaves_every_guard_and_key_as_it_was(partnership: Partnership, admin: Connection) -> None:
    kept = b"select conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated from pg_constraint order by 1, 2"
    forced = b"select relname, relrowsecurity, relforcerowsecurity from pg_class where relkind = 'r' order by 1"
    before = admin.execute(kept).fetchall(), admin.execute(forced).fetchall()
    fill(10, seed=1, using="owner")
    assert (admin.execute(kept).fetchall(), admin.execute(forced).fetchall()) == before


def test_a_filling_that_breaks_off_leaves_nothing(partnership: Partnership, admin: Connection) -> None:
    def break_off(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(10, seed=1, using="owner", progress=break_off)
    assert admin.execute("select count(*) from people_person").fetchone() == (0,)


def test_it_needs_a_partnership_and_a_demo(db: None, settings: Any) -> None:
    with pytest.raises(CannotFill, match="partnership"):
        fill(1, seed=1, using="owner")
    settings.MODE = "demo"
    with pytest.raises(CannotFill, match="demo"):
        fill(1, seed=1, using="owner")


def test_danger_is_what_the_generator_says_it_is(db: None) -> None:
    for family in families(9, 3_000):
        assert (urgency_of(family.answers) == Urgency.DANGER) == family.is_in_danger
