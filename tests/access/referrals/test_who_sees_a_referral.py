"""Who sees what of a referral, held by the database."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.utils import ProgrammingError

from reachin.access.referrals.enums import Helped, ReferralState, Shared
from reachin.access.referrals.models import Referral, ReferralMove, ReferralNote, ReferralPerson, Snapshot
from reachin.access.requests_for_assistance import actions as requests
from reachin.access.requests_for_assistance import safety
from reachin.access.requests_for_assistance.models import PlaceTold, RequestForAssistance, RequestPerson, SafetyTold, StoryTold
from reachin.families.people.models import ContactInstruction, Person, PersonDetails
from reachin.groundwork.audited_access.context import Actor, acting, open_record
from reachin.groundwork.ids import new_id
from reachin.groundwork.permissions.enums import Role
from tests import cast
from workshop.servers import Connection

OF_A_REFERRAL: tuple[Any, ...] = (Referral, ReferralMove, ReferralNote, ReferralPerson, Snapshot)
LIVING_RECORD: tuple[Any, ...] = (
    RequestForAssistance, RequestPerson, StoryTold, SafetyTold, PlaceTold, Person, PersonDetails, ContactInstruction,
)  # fmt: skip
CARD = {Referral, ReferralMove}


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def seen_by(actor: Actor, opening: UUID | None = None) -> set[Any]:
    with acting(actor, opening=opening, read_only=True):
        return {model for model in OF_A_REFERRAL if model.objects.exists()}


@pytest.fixture
def referral(db: None) -> Referral:
    """A practitioner's request that was referred and accepted, with words on the way."""
    made = cast.practitioner_request(must_not_know="Her father", blocked_agencies=[str(cast.other_charity().id)])
    return cast.answered(cast.sent_referral(made, words="Please ring first."), ReferralState.ACCEPTED, words="We will.")


STRANGERS: dict[str, Callable[[], Actor]] = {
    "a visitor": Actor.visitor,
    "another family": lambda: Actor.family(uuid4()),
    "an agency that was not asked": lambda: cast.stranger().actor(),
    "a desk worker of the agency that was asked": lambda: cast.account(Role.DESK_WORKER, cast.charity(), "Dee Lorne").actor(),
    "the administrator of the agency that was asked": lambda: cast.account(Role.ADMINISTRATOR, cast.charity(), "Al Munro").actor(),
    "a hub worker of the agency that was asked": lambda: cast.account(Role.HUB_WORKER, cast.charity(), "Ada Moir").actor(),
    "a practitioner at the hub": lambda: cast.account(Role.PRACTITIONER, cast.hub(), "Una Orr").actor(),
    "a colleague of whoever asked": lambda: cast.account(Role.PRACTITIONER, cast.school(), "Isobel Gray").actor(),
    "a hub worker elsewhere": lambda: cast.account(Role.HUB_WORKER, cast.health(), "Ina Moss").actor(),
    "the outbox": lambda: Actor.system("delivery"),
}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_whom_it_does_not_concern_sees_no_row_of_any_kind(referral: Referral, stranger: str) -> None:
    actor = STRANGERS[stranger]()
    assert seen_by(actor) == set()
    assert not cast.may_open(actor, "referral", referral.id)


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.SUPPORT_WORKER, Role.SERVICE_MANAGER, Role.DUTY_WORKER])
def test_whoever_answers_there_sees_the_card_and_opens_the_snapshot(referral: Referral, role: Role) -> None:
    worker = cast.account(role, cast.charity(), "Ewan Sim")
    assert seen_by(worker.actor()) == CARD
    with cast.opened_referral(worker, referral, read_only=True):
        assert Snapshot.objects.get().told()["from_sender"] == "Please ring first."
        assert ReferralNote.objects.get().words() == "We will."
        assert not ReferralPerson.objects.exists()


def test_a_receiver_cannot_read_the_living_record(referral: Referral) -> None:
    worker = cast.support_worker()
    assert not cast.may_open(worker, "request", referral.request_for_assistance_id)
    assert not cast.may_open(worker, "request", referral.request_for_assistance_id, purpose="own_request")
    with cast.opened_referral(worker, referral, read_only=True):
        for model in LIVING_RECORD:
            assert not model.objects.exists(), model


@pytest.mark.asvs("9.2.2")
def test_an_opening_of_a_referral_opens_no_request_and_the_other_way_round(referral: Referral) -> None:
    worker = cast.hub_worker()
    opening = open_record(worker.actor(), "referral", referral.id, purpose="front_door")
    with acting(worker.actor(), opening=opening, read_only=True):
        assert Snapshot.objects.exists()
        assert not StoryTold.objects.exists()
    with cast.opened(worker, referral.request_for_assistance_id, read_only=True):
        assert StoryTold.objects.exists()
        assert not Snapshot.objects.exists()
        assert ReferralNote.objects.exists()


def test_the_practitioner_who_asked_sees_the_card_until_they_leave(referral: Referral) -> None:
    teacher = cast.teacher()
    assert seen_by(teacher.actor()) == CARD
    assert not cast.may_open(teacher, "referral", referral.id)
    teacher.agency = cast.health()
    teacher.save()
    assert seen_by(teacher.actor()) == set()


def test_a_family_sees_its_cards_and_opens_what_was_shared_of_its_own_words(db: None) -> None:
    made = cast.family_request()
    own = cast.sent_referral(made)
    cast.sent_referral(cast.family_request())
    with acting(Actor.family(made.id), read_only=True):
        assert [card.id for card in Referral.objects.all()] == [own.id]
    opening = open_record(Actor.family(made.id), "referral", own.id, purpose="own_request")
    assert seen_by(Actor.family(made.id), opening) == {*CARD, Snapshot}


def test_whoever_bears_a_practitioners_request_does_not_open_what_the_practitioner_shared(referral: Referral) -> None:
    family = Actor.family(referral.request_for_assistance_id)
    assert seen_by(family) == CARD
    assert not cast.may_open(family, "referral", referral.id)


def test_a_scope_that_somebody_chose_shows_no_referral(referral: Referral) -> None:
    for worker in (cast.stranger(), cast.teacher()):
        before = seen_by(worker.actor())
        assert seen_by(cast.bearer(referral.request_for_assistance_id, worker)) == before


def test_the_new_holder_of_a_moved_request_sees_what_was_asked_before(db: None) -> None:
    made = cast.family_request()
    referral = cast.declined_referral(request_for_assistance=made)
    door = cast.agency("second-hub")
    worker = cast.account(Role.HUB_WORKER, door, "Effie Lorne")
    hub_worker = cast.hub_worker()
    with cast.opened(hub_worker, made) as now:
        requests.move_to_door(made, door, by=hub_worker, reason="x", now=now)
    assert seen_by(worker.actor()) == set()
    with cast.opened(worker, made, read_only=True):
        assert Referral.objects.get().id == referral.id


# Ends


@pytest.mark.parametrize("state", sorted(set(ReferralState) - {ReferralState.DRAFT}))
def test_a_receiver_opens_what_is_live_or_completed_and_nothing_else(db: None, admin: Connection, state: ReferralState) -> None:
    sent = cast.sent_referral()
    is_live = state in {"sent", "no_response", "waiting", "accepted", "in_progress"}
    admin.execute(
        "update referrals_referral set state = %s, is_live = %s, decline_reason = 'full', outcome = 'partly', display_name = '–'",
        [state.value, is_live],
    )
    assert cast.may_open(cast.support_worker(), "referral", sent.id) is (is_live or state == ReferralState.COMPLETED)


def test_when_the_share_ends_or_is_blocked_the_receiver_is_out(db: None, admin: Connection) -> None:
    sent, worker = cast.sent_referral(), cast.support_worker()
    admin.execute("update information_sharing_circleentry set until = reachin.clock() - interval '1 second' where purpose = 'support'")
    assert not cast.may_open(worker, "referral", sent.id)
    admin.execute("update information_sharing_circleentry set until = reachin.clock() + interval '1 day'")
    assert cast.may_open(worker, "referral", sent.id)
    admin.execute(
        "insert into information_sharing_block (id, person_id, agency_id, said_at, said_by, said_as)"
        " select gen_random_uuid(), person_id, agency_id, now(), person_id, 'self' from information_sharing_circleentry"
        " where purpose = 'support' limit 1"
    )
    assert not cast.may_open(worker, "referral", sent.id)


# Writing where one should not


def test_a_referral_is_made_only_where_the_request_is_held_and_open_and_in_ones_own_name(referral: Referral) -> None:
    card = owned(Referral).get()
    card.id, card.sending_key, card.service_id = new_id(), new_id(), cast.service(cast.charity(), "A second ear").id
    worker, other = cast.hub_worker(), cast.second_hub_worker()
    with pytest.raises(ProgrammingError, match="row-level security"), acting(worker.actor()):
        card.save(force_insert=True, using="default")
    with pytest.raises(ProgrammingError, match="row-level security"), cast.opened(other, card.request_for_assistance_id):
        card.save(force_insert=True, using="default")
    with pytest.raises(ProgrammingError, match="row-level security"), acting(cast.support_worker().actor()):
        card.save(force_insert=True, using="default")


def test_a_receiver_adds_neither_people_nor_a_snapshot_to_a_referral(referral: Referral) -> None:
    someone = owned(RequestPerson).filter(request_for_assistance=cast.family_request()).first()
    for who in (cast.support_worker(), cast.hub_worker()):
        with pytest.raises(ProgrammingError, match="row-level security"), acting(who.actor()):
            ReferralPerson.objects.create(referral=referral, alias_id=someone.alias_id)
    owned(Snapshot).all().delete()
    snapshot = Snapshot(referral=referral, taken_at=referral.sent_at, taken_by=cast.support_worker().id)
    snapshot.keep({"people": []})
    with pytest.raises(ProgrammingError, match="row-level security"), acting(cast.support_worker().actor()):
        snapshot.save(force_insert=True)


def test_nobody_writes_a_note_or_a_move_in_anothers_name_or_the_familys(referral: Referral) -> None:
    worker, other = cast.support_worker(), cast.hub_worker()
    for written_by, from_family in ((other.id, False), (worker.id, True), (referral.request_for_assistance_id, True)):
        with pytest.raises(ProgrammingError, match="row-level security"), acting(worker.actor()) as now:
            ReferralNote.objects.create(referral=referral, sealed=b"x", written_at=now, written_by=written_by, from_family=from_family)
    with pytest.raises(ProgrammingError, match="row-level security"), acting(worker.actor()) as now:
        ReferralMove.objects.create(referral=referral, number=2, state="accepted", mover="receiver", moved_at=now, moved_by=other.id)
    for number, state in ((3, "accepted"), (2, "completed")):
        with pytest.raises(ProgrammingError, match="row-level security"), acting(worker.actor()) as now:
            ReferralMove.objects.create(referral=referral, number=number, state=state, mover="receiver", moved_at=now, moved_by=worker.id)


def test_a_rating_is_only_ever_the_familys_own(referral: Referral) -> None:
    with pytest.raises(Exception, match="referral_rated_by_the_family"):
        owned(Referral).update(helped=Helped.YES, rated_at=referral.sent_at, rated_by=cast.support_worker().id)


def test_what_was_shared_is_never_changed_afterwards(referral: Referral) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), cast.opened_referral(cast.support_worker(), referral):
        Snapshot.objects.update(sealed=b"x")
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        cast.opened_referral(cast.hub_worker(), referral, purpose="front_door"),
    ):
        Referral.objects.update(receiver_agency=cast.other_charity())


def test_a_masked_service_is_marked_on_its_card(db: None) -> None:
    assert cast.sent_referral(
        to=cast.service(cast.womens_aid(), "A safe place"), receiver=cast.womens_aid(), shares=[Shared.STORY]
    ).is_masked
    assert not cast.sent_referral().is_masked


def test_an_agency_that_was_shut_out_after_it_was_asked_keeps_no_card_until_it_is_let_in_again(db: None) -> None:
    referral = cast.sent_referral()
    made = RequestForAssistance.objects.using("owner").get(id=referral.request_for_assistance_id)

    def cards() -> int:
        with acting(cast.support_worker().actor(), read_only=True):
            return Referral.objects.filter(id=referral.id).count()

    assert cards() == 1
    with cast.as_family(made) as now:
        safety.keep_out(made, cast.charity(), by=made.id, now=now)
    assert cards() == 0
    with acting(cast.hub_worker().actor(), read_only=True):
        assert Referral.objects.filter(id=referral.id).exists(), "whoever sent it sees to what becomes of it"
    with cast.as_family(made) as now:
        safety.let_in_again(made, cast.charity(), by=made.id, now=now)
    assert cards() == 1
