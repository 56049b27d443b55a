"""A circle: who sees what of one person, for what, until when, and why; and who does not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db.utils import IntegrityError, ProgrammingError

from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson, SafetyTold, StoryTold
from reachin.families.information_sharing import actions
from reachin.families.information_sharing.actions import (
    CannotBeDecided,
    CannotBeEnded,
    IsBlocked,
    add_to_circle,
    block,
    decide_sharing,
    end_own_share,
    end_sharing,
    lift_block,
)
from reachin.families.information_sharing.enums import Basis, Category, CircleRole, Decision, Informed, Purpose, SpecialCondition
from reachin.families.information_sharing.models import Block, CircleEntry, SharingDecision
from reachin.families.information_sharing.rules import SevenThings
from reachin.families.people.models import PersonDetails
from reachin.groundwork.audited_access.context import Actor, acting, open_record
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.clock import now as moment
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency
from tests import cast

MOMENT = datetime(2026, 11, 16, tzinfo=UTC)
SEVEN = SevenThings(
    decision=Decision.SHARE,
    purpose=Purpose.SUPPORT,
    categories=(Category.CONTACT, Category.STORY),
    why="Harbour can help with sleep.",
    views="Rowan asked for it.",
    necessity="They need a name and what it is about, and no more.",
    informed=Informed.AGREED,
    basis=Basis.CONSENT,
)
PROTECT = replace(
    SEVEN, purpose=Purpose.PROTECTION, informed=Informed.NOT_TOLD, not_told_why="He reads her post.", basis=Basis.LEGAL_OBLIGATION
)


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def somebody(**told: Any) -> tuple[RequestForAssistance, UUID]:
    """A request with one person, and that person."""
    made = cast.family_request(people=None, **told)
    return made, owned(RequestPerson).select_related("alias").get(request_for_assistance=made).alias.person_id


def shared(made: RequestForAssistance, person: UUID, agency: Agency, things: SevenThings = SEVEN, **more: Any) -> SharingDecision:
    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        return decide_sharing(person, agency, things, by=worker, now=now, **more)


def opens(who: Account, person: UUID, purpose: str = "support") -> bool:
    return cast.may_open(who, "person", person, purpose=purpose)


def test_a_decision_keeps_the_seven_things_and_puts_the_agency_into_the_circle(db: None) -> None:
    made, person = somebody()
    decided = shared(made, person, cast.charity())
    kept, entry = owned(SharingDecision).get(), owned(CircleEntry).get(agency=cast.charity())
    assert {name: kept.words(name) for name in ("why", "views", "necessity")} == {
        "why": SEVEN.why,
        "views": SEVEN.views,
        "necessity": SEVEN.necessity,
    }
    assert (kept.controller, kept.categories, kept.informed, kept.basis) == (cast.hub(), ["contact", "story"], "agreed", "consent")
    assert (entry.decision_id, entry.categories, entry.purpose, entry.basis) == (decided.id, kept.categories, "support", "consent")
    events = owned(AuditEvent).filter(user_id=cast.hub_worker().id, subject_id=person).values_list("event", "fields")
    assert set(map(repr, events)) == {repr(("sharing.decided", ["contact", "story"])), repr(("circle.extended", ["contact", "story"]))}


def test_not_to_share_is_kept_too_and_opens_nothing(db: None) -> None:
    made, person = somebody()
    shared(made, person, cast.charity(), replace(SEVEN, decision=Decision.NOT_SHARE, informed=Informed.REFUSED))
    assert owned(SharingDecision).get().decision == "not_share"
    assert not owned(CircleEntry).filter(agency=cast.charity()).exists()
    assert not opens(cast.support_worker(), person)


def test_words_of_a_decision_are_sealed(db: None) -> None:
    made, person = somebody()
    shared(made, person, cast.charity())
    kept = owned(SharingDecision).get()
    assert not any(b"sleep" in bytes(getattr(kept, name)) or b"Rowan" in bytes(getattr(kept, name)) for name in ("why", "views"))


@pytest.mark.parametrize(
    "things",
    [
        replace(SEVEN, why=" "),
        replace(SEVEN, views=""),
        replace(SEVEN, necessity=""),
        replace(SEVEN, categories=()),
        replace(SEVEN, informed=Informed.TOLD),
        replace(SEVEN, informed=Informed.REFUSED),
        replace(SEVEN, basis=Basis.PUBLIC_TASK),
        replace(PROTECT, not_told_why=""),
        replace(SEVEN, not_told_why="x"),
        replace(SEVEN, categories=(Category.HEALTH,)),
        replace(SEVEN, beats_block=True),
    ],
)
def test_a_decision_that_lacks_one_of_them_is_not_made(db: None, things: SevenThings) -> None:
    made, person = somebody()
    with pytest.raises(CannotBeDecided) as refused:
        shared(made, person, cast.charity(), things)
    assert refused.value.troubles
    assert not owned(SharingDecision).exists()


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"why": b"x" * 29}, "decision_says_why"),
        ({"views": b""}, "decision_says_whose_views"),
        ({"necessity": b"x" * 29}, "decision_says_why_needed"),
        ({"informed": "not_told", "basis": "public_task"}, "decision_says_why_not_told"),
        ({"informed": "told"}, "decision_consent_was_asked_for"),
        ({"basis": "public_task"}, "decision_consent_was_asked_for"),
        ({"categories": []}, "decision_says_what"),
        ({"categories": ["health"]}, "decision_says_why_special"),
        ({"is_emergency": True}, "decision_emergency_is_reviewed"),
        ({"beats_block": True}, "decision_beats_block_to_protect"),
        ({"reviewed_by": UUID(int=1)}, "decision_reviewed_by_somebody"),
        ({"review_words": b"x" * 30}, "decision_reviewed_in_words"),
        ({"reviewed_at": MOMENT, "reviewed_by": UUID(int=1), "review_outcome": "justified"}, "decision_reviewed_in_words"),
        (
            {"reviewed_at": MOMENT, "reviewed_by": UUID(int=1), "review_outcome": "justified", "review_words": b"x" * 29},
            "decision_reviewed_in_words",
        ),
    ],
)
def test_the_database_refuses_a_decision_without_the_seven_things(db: None, fields: dict[str, Any], name: str) -> None:
    made, person = somebody()
    shared(made, person, cast.charity())
    with pytest.raises(IntegrityError, match=name):
        owned(SharingDecision).update(**fields)


def test_the_database_refuses_a_share_without_a_decision(db: None) -> None:
    made, person = somebody()
    worker = cast.hub_worker()
    with pytest.raises(ProgrammingError, match="row-level security"), cast.opened(worker, made) as now:
        add_to_circle(
            person, cast.charity(), by=worker.id, purpose=Purpose.SUPPORT, categories=[Category.STORY], basis=Basis.CONSENT, now=now
        )


def test_the_database_refuses_a_share_without_a_decision_whoever_writes_it(db: None) -> None:
    made, person = somebody()
    shared(made, person, cast.charity())
    with pytest.raises(IntegrityError, match="circle_rests_on_a_decision"):
        owned(CircleEntry).filter(agency=cast.charity()).update(decision=None)


@pytest.mark.parametrize("slug", ["hill-and-glen", "family-hub"])
def test_only_the_requests_own_sending_puts_a_front_door_into_a_circle(db: None, slug: str) -> None:
    made, person = somebody()
    cast.other_charity()
    agency, worker = Agency.objects.get(slug=slug), cast.hub_worker()
    with pytest.raises(ProgrammingError, match="row-level security"), cast.opened(worker, made) as now:
        at_the_door(person, agency, by=worker.id, now=now)
    with pytest.raises(ProgrammingError, match="row-level security"), cast.as_family(made) as now:
        at_the_door(person, agency, by=made.id, now=now)


def at_the_door(person: UUID, agency: Agency, *, by: UUID, now: datetime) -> CircleEntry:
    return add_to_circle(person, agency, by=by, purpose=Purpose.FRONT_DOOR, categories=[Category.STORY], basis=Basis.PUBLIC_TASK, now=now)


@pytest.mark.parametrize(
    "otherwise",
    [
        {"agency": "hill-and-glen"},
        {"purpose": Purpose.PROTECTION},
        {"categories": [Category.STORY, Category.PLAN]},
        {"basis": Basis.PUBLIC_TASK},
        {"person": "another"},
    ],
)
def test_an_entry_says_what_its_decision_says(db: None, monkeypatch: pytest.MonkeyPatch, otherwise: dict[str, Any]) -> None:
    made = cast.family_request()
    rows = owned(RequestPerson).filter(request_for_assistance=made).select_related("alias").order_by("place")
    person, another = (row.alias.person_id for row in rows)
    cast.other_charity()
    monkeypatch.setattr(actions, "add_to_circle", lambda *_told, **_how: None)
    decided = shared(made, person, cast.charity())
    entry: dict[str, Any] = {"purpose": Purpose.SUPPORT, "categories": SEVEN.categories, "basis": Basis.CONSENT}
    worker = cast.hub_worker()

    def enter(who: UUID, slug: str, by: Account = worker, **told: Any) -> None:
        with cast.opened(by, made) as now:
            add_to_circle(who, Agency.objects.get(slug=slug), by=by.id, decision=decided, now=now, until=now + timedelta(days=9), **told)

    wrong = {name: value for name, value in otherwise.items() if name in entry}
    with pytest.raises(ProgrammingError, match="row-level security"):
        enter(another if "person" in otherwise else person, otherwise.get("agency", cast.charity().slug), **entry | wrong)
    with pytest.raises(ProgrammingError, match="row-level security"):
        enter(person, cast.charity().slug, by=cast.second_hub_worker(), **entry)
    enter(person, cast.charity().slug, **entry)
    owned(CircleEntry).filter(decision=decided).update(ended_at=moment(), ended_by=made.id)
    with pytest.raises(ProgrammingError, match="row-level security"):
        enter(person, cast.charity().slug, **entry)


def test_a_charity_cannot_presume_a_public_task(db: None) -> None:
    made, person = somebody()
    shared(made, person, cast.charity())
    support = cast.support_worker()
    opening = open_record(support.actor(), "person", person, purpose="support")
    things = replace(SEVEN, informed=Informed.TOLD, basis=Basis.PUBLIC_TASK)
    with pytest.raises(CannotBeDecided) as refused, acting(support.actor(), opening=opening) as now:
        decide_sharing(person, cast.other_charity(), things, by=support, now=now)
    assert refused.value.troubles == {"basis": "not_this_basis"}


# What an entry opens


def test_an_entry_opens_for_its_purpose_and_no_other(db: None) -> None:
    made, person = somebody()
    assert not opens(cast.support_worker(), person)
    shared(made, person, cast.charity())
    assert opens(cast.support_worker(), person, "support")
    assert not opens(cast.support_worker(), person, "front_door")
    assert not opens(cast.support_worker(), person, "protection")
    assert not opens(cast.support_worker(), person, "curiosity")


def test_an_entry_opens_its_categories_and_no_other(db: None) -> None:
    made, person = somebody()
    shared(made, person, cast.charity(), replace(SEVEN, categories=(Category.STORY,)))
    support = cast.support_worker()
    opening = open_record(support.actor(), "person", person, purpose="support")
    with acting(support.actor(), opening=opening, read_only=True):
        assert not PersonDetails.objects.exists()
    shared(made, person, cast.charity(), replace(SEVEN, categories=(Category.CONTACT,)))
    opening = open_record(support.actor(), "person", person, purpose="support")
    with acting(support.actor(), opening=opening, read_only=True):
        assert PersonDetails.objects.get().person_id == person
        assert not StoryTold.objects.exists()
        assert not SafetyTold.objects.exists()


def test_an_entry_for_one_practitioner_opens_for_nobody_else_of_the_agency(db: None) -> None:
    made, person = somebody()
    support = cast.support_worker()
    colleague = cast.account(Role.SUPPORT_WORKER, cast.charity(), "Una Reid")
    shared(made, person, cast.charity(), account=support)
    assert opens(support, person)
    assert not opens(colleague, person)


@pytest.mark.parametrize(("until", "is_open"), [(timedelta(days=1), True), (timedelta(seconds=1), False), (None, True)])
def test_an_entry_ends_by_the_clock(db: None, time_is: Callable[..., None], until: timedelta | None, is_open: bool) -> None:
    made, person = somebody()
    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        decide_sharing(person, cast.charity(), SEVEN, by=worker, now=now, until=None if until is None else now + until)
    time_is(now + timedelta(minutes=1))
    assert opens(cast.support_worker(), person) is is_open


def test_of_what_several_told_together_only_that_is_open_which_each_of_their_circles_lets_be_seen(db: None) -> None:
    made = cast.family_request()
    one, other = sorted(row.alias.person_id for row in owned(RequestPerson).select_related("alias").filter(request_for_assistance=made))
    owned(CircleEntry).filter(person_id=other).update(categories=["contact", "plan"])
    with cast.opened(cast.hub_worker(), made, read_only=True):
        assert {row.person_id for row in PersonDetails.objects.all()} == {one, other}
        assert not StoryTold.objects.exists()
    owned(CircleEntry).filter(person_id=other).update(categories=["plan"])
    with cast.opened(cast.hub_worker(), made, read_only=True):
        assert {row.person_id for row in PersonDetails.objects.all()} == {one}


def test_nobody_decides_about_somebody_who_is_not_open_to_them_or_without_the_part_for_it(db: None) -> None:
    _made, person = somebody()
    for worker in (cast.stranger(), cast.teacher(), cast.hub_worker()):
        with pytest.raises((CannotBeDecided, ProgrammingError), match=r"categories|row-level security"), acting(worker.actor()) as now:
            decide_sharing(person, cast.charity(), SEVEN, by=worker, now=now)
    desk = cast.desk_worker()
    with pytest.raises(PermissionDenied), acting(desk.actor()) as now:
        decide_sharing(person, cast.charity(), SEVEN, by=desk, now=now)


# Ending


def test_ending_acts_at_once_and_only_for_that_agency_and_purpose(db: None) -> None:
    made, person = somebody()
    shared(made, person, cast.charity())
    shared(made, person, cast.charity(), PROTECT)
    shared(made, person, cast.school())
    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        assert end_sharing([person], cast.charity().id, purpose=Purpose.SUPPORT, by=worker.id, now=now) == 1
        assert end_sharing([person], cast.charity().id, purpose=Purpose.SUPPORT, by=worker.id, now=now) == 0
    live = owned(CircleEntry).filter(ended_at=None).exclude(agency=cast.hub())
    assert {(entry.agency.slug, entry.purpose) for entry in live} == {(cast.charity().slug, "protection"), (cast.school().slug, "support")}
    assert owned(CircleEntry).exclude(ended_at=None).get().ended_by == worker.id
    assert not opens(cast.support_worker(), person)


def own_page(made: RequestForAssistance) -> Any:
    """Whoever asked has opened their own page."""
    actor = Actor.family(made.id)
    return acting(actor, opening=open_record(actor, "own_person", made.id, purpose="own_page"))


def test_a_person_sees_their_own_circle_and_ends_what_they_agreed_to(db: None) -> None:
    made, person = somebody()
    shared(made, person, cast.charity())
    with own_page(made) as now:
        seen = {entry.agency.slug: entry for entry in CircleEntry.objects.select_related("agency")}
        assert set(seen) == {cast.hub().slug, cast.charity().slug}
        end_own_share(seen[cast.charity().slug].id, by=made.id, now=now)
        with pytest.raises(CannotBeEnded):
            end_own_share(seen[cast.hub().slug].id, by=made.id, now=now)
    assert not opens(cast.support_worker(), person)
    assert cast.may_open(cast.hub_worker(), "request", made.id)


def test_a_person_does_not_see_what_they_were_not_told_of_lest_it_warns_somebody(db: None) -> None:
    made, person = somebody()
    shared(made, person, cast.social_work(), PROTECT)
    with own_page(made):
        assert {entry.agency.slug for entry in CircleEntry.objects.select_related("agency")} == {cast.hub().slug}
        assert not SharingDecision.objects.exists()


def test_a_person_sees_nothing_of_the_others_in_their_request_and_ends_nothing_of_theirs(db: None) -> None:
    made = cast.family_request()
    rows = list(owned(RequestPerson).filter(request_for_assistance=made).select_related("alias").order_by("place"))
    own, child = rows[0].alias.person_id, rows[1].alias.person_id
    shared(made, own, cast.charity())
    shared(made, child, cast.charity())
    of_child = owned(CircleEntry).get(person_id=child, agency=cast.charity())
    with own_page(made) as now:
        assert {entry.person_id for entry in CircleEntry.objects.all()} == {own}
        with pytest.raises(CircleEntry.DoesNotExist):
            end_own_share(of_child.id, by=made.id, now=now)
    with cast.as_family(made):
        assert not CircleEntry.objects.exists()


def test_a_page_of_ones_own_is_for_who_asked_for_themselves(db: None) -> None:
    by_teacher = cast.practitioner_request()
    assert not cast.may_open(Actor.family(by_teacher.id), "own_person", by_teacher.id)
    one, other = cast.family_request(), cast.family_request(your_name="Dean")
    assert not cast.may_open(Actor.family(one.id), "own_person", other.id)
    assert not cast.may_open(cast.hub_worker(), "own_person", one.id)


# Blocks


def test_a_block_beats_every_entry(db: None) -> None:
    made, person = somebody()
    shared(made, person, cast.charity())
    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        blocked = block(person, cast.charity(), by=worker.id, now=now)
    assert not opens(cast.support_worker(), person)
    with pytest.raises(IsBlocked):
        shared(made, person, cast.charity())
    with cast.opened(worker, made) as now:
        lift_block(blocked.id, by=worker.id, now=now)
    assert opens(cast.support_worker(), person)


def test_only_a_decision_to_protect_is_above_a_block_and_it_waits_for_its_review(db: None) -> None:
    made, person = somebody()
    with cast.opened(cast.hub_worker(), made) as now:
        block(person, cast.social_work(), by=cast.hub_worker().id, now=now)
    assert not opens(cast.duty_worker(), person, "protection")
    things = replace(
        PROTECT, beats_block=True, categories=(Category.CONTACT, Category.SAFETY), special_condition=SpecialCondition.SAFEGUARDING
    )
    shared(made, person, cast.social_work(), things, role=CircleRole.DUTY_DESK)
    assert opens(cast.duty_worker(), person, "protection")
    kept = owned(SharingDecision).get()
    assert kept.review_due_at == kept.decided_at + timedelta(days=3)
    assert owned(AuditEvent).filter(event="block.overruled", subject_id=person).count() == 1


def test_a_block_in_force_is_said_once_and_can_be_said_again_after_it_was_lifted(db: None) -> None:
    made, person = somebody()
    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        first = block(person, cast.charity(), by=worker.id, now=now)
        assert Block.objects.against([person], cast.charity().id).count() == 1
        assert not Block.objects.against([person], cast.school().id).exists()
    with pytest.raises(IntegrityError, match="block_said_once"), cast.opened(worker, made) as now:
        block(person, cast.charity(), by=worker.id, now=now)
    with cast.opened(worker, made) as now:
        lift_block(first.id, by=worker.id, now=now)
        lift_block(first.id, by=worker.id, now=now)
        assert not Block.objects.against([person], cast.charity().id).exists()
        block(person, cast.charity(), by=worker.id, now=now)
    assert owned(Block).count() == 2
    assert owned(AuditEvent).filter(event="block.lifted").count() == 1


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"purpose": "curiosity", "until": cast.moment(2030, 1, 1)}, "circle_purpose_known"),
        ({"basis": "child_protection"}, "circle_basis_known"),
        ({"categories": ["everything"]}, "circle_categories_known"),
        ({"role": "neighbour"}, "circle_role_known"),
        ({"ended_by": UUID(int=1)}, "circle_ended_by_somebody"),
    ],
)
def test_the_database_refuses_a_share_without_a_known_purpose_basis_and_kind(db: None, fields: dict[str, Any], name: str) -> None:
    somebody()
    with pytest.raises(IntegrityError, match=name):
        owned(CircleEntry).update(**fields)


def test_a_purpose_is_not_a_lawful_basis() -> None:
    assert not set(Purpose.values) & set(Basis.values)
