"""Somebody asks to have it deleted: two guardians, the law record by record, and the database that looks again at the last moment."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db.utils import DatabaseError, ProgrammingError

from reachin.access.requests_for_assistance.enums import Outcome, Stage
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.information_requests import actions
from reachin.families.information_requests.actions import NoSuchMove
from reachin.families.information_requests.enums import AskedFor, KeptBecause
from reachin.families.information_requests.models import ErasureEntry, InformationRequest
from reachin.families.information_sharing.actions import decide_sharing
from reachin.families.information_sharing.enums import Basis, Category, Decision, Informed, Purpose
from reachin.families.information_sharing.models import CircleEntry
from reachin.families.information_sharing.rules import SevenThings
from reachin.families.own_accounts.enums import Ground
from reachin.families.people.models import PersonDetails
from reachin.families.retention import erasures
from reachin.families.retention.actions import hold
from reachin.families.retention.models import DestructionReview
from reachin.groundwork.audited_access.context import acting, ask
from reachin.partnership.accounts.models import Account
from tests import cast
from tests.families.information_requests.asking import asked_by, asker, guardian, opened, own_page, second_guardian
from workshop.servers import Connection

from .left_over import left_of

Clock = Callable[[datetime], None]
WORD = "heron"


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def closed(**told: Any) -> RequestForAssistance:
    return cast.closed_request(**({"story": f"The {WORD} flies."} | told))


def asked_to_delete(made: RequestForAssistance) -> InformationRequest:
    return asked_by(made, AskedFor.ERASURE, words="Delete all of it.")


def looked_up(asked: InformationRequest, by: Account | None = None) -> list[ErasureEntry]:
    who = by or guardian()
    with opened(who, asked) as now:
        return erasures.look_up(asked, by=who, now=now)


def prepared(asked: InformationRequest) -> None:
    who = guardian()
    with opened(who, asked) as now:
        actions.prepare(asked, by=who, answer="We delete what the law lets us.", now=now)


def carried_out(asked: InformationRequest) -> list[ErasureEntry]:
    who = second_guardian()
    with opened(who, asked) as now:
        actions.release(asked, by=who, now=now)
        return erasures.carry_out(asked, by=who, now=now)


def reasons(entries: list[ErasureEntry]) -> list[tuple[str, str]]:
    return [(one.kind, one.kept_because) for one in entries]


def test_what_may_go_is_gone_everywhere_and_the_answer_can_still_be_read(db: None, admin: Connection) -> None:
    made = closed(your_name=f"Rowan {WORD}")
    asked = asked_to_delete(made)
    assert reasons(looked_up(asked)) == [("request", "")]
    prepared(asked)
    assert [one.subject_id for one in carried_out(asked)] == [made.id]
    assert left_of(admin, WORD) == set()
    assert not owned(PersonDetails).exists()
    review = owned(DestructionReview).get()
    assert (review.decided_by, review.confirmed_by, review.asked_id) == (guardian().id, second_guardian().id, asked.id)
    assert review.destroyed_at is not None
    with own_page(made, read_only=True):
        assert InformationRequest.objects.get().state == "released"
        assert [one.done_at is not None for one in ErasureEntry.objects.all()] == [True]


def in_danger() -> RequestForAssistance:
    return cast.decide(cast.danger_request(), Stage.CLOSED, outcome=Outcome.ADVICE_GIVEN)


def held() -> RequestForAssistance:
    made = closed()
    with acting(guardian().actor()) as now:
        hold(by=guardian(), reason="A court asked.", subject_id=made.id, now=now)
    return made


def with_another_question() -> RequestForAssistance:
    made = closed()
    asked_by(made, AskedFor.OBJECTION, words="Stop.")
    return made


def with_a_child_who_has_a_say() -> RequestForAssistance:
    made = cast.family_request()
    child = owned(RequestPerson).select_related("alias").get(request_for_assistance=made, is_contact=False)
    cast.own_account(made, child.alias.person_id, Ground.UNDERSTANDS, why="Knows.")
    cast.decide(made, Stage.CLOSED, outcome=Outcome.ADVICE_GIVEN)
    return made


def protected(informed: Informed, not_told_why: str = "") -> RequestForAssistance:
    made, worker = cast.family_request(), cast.hub_worker()
    things = SevenThings(
        decision=Decision.SHARE, purpose=Purpose.PROTECTION, categories=(Category.CONTACT,), why="A bruise.", views="None.",
        necessity="A name.", informed=informed, not_told_why=not_told_why, basis=Basis.LEGAL_OBLIGATION,
    )  # fmt: skip
    with cast.opened(worker, made) as now:
        decide_sharing(asker(made).id, cast.social_work(), things, by=worker, now=now)
    cast.decide(made, Stage.CLOSED, outcome=Outcome.ADVICE_GIVEN)
    return made


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (cast.family_request, KeptBecause.STILL_OPEN),
        (in_danger, KeptBecause.DANGER),
        (held, KeptBecause.HELD),
        (with_another_question, KeptBecause.ASKED),
        (with_a_child_who_has_a_say, KeptBecause.OTHERS),
        (lambda: protected(Informed.TOLD), KeptBecause.DANGER),
        (lambda: protected(Informed.NOT_TOLD, "It would warn him."), KeptBecause.BY_LAW),
    ],
    ids=["open", "danger", "held", "asked", "a child's say", "protection", "protection that nobody was told of"],
)
def test_what_the_law_keeps_is_kept_and_says_why(db: None, make: Callable[[], RequestForAssistance], why: KeptBecause) -> None:
    made = make()
    asked = asked_to_delete(made)
    [entry] = [one for one in looked_up(asked) if one.kind == "request"]
    assert entry.kept_because == why
    with opened(guardian(), asked) as now, pytest.raises(NoSuchMove):
        erasures.decide_entry(entry, None, by=guardian(), now=now)
    prepared(asked)
    assert [one for one in carried_out(asked) if one.kind == "request"] == []
    assert not owned(DestructionReview).exists()


def test_a_hold_that_came_meanwhile_stops_it_and_the_answer_is_not_given(db: None, admin: Connection) -> None:
    made = closed()
    asked = asked_to_delete(made)
    looked_up(asked)
    prepared(asked)
    with acting(guardian().actor()) as now:
        hold(by=guardian(), reason="A court asked.", subject_id=made.id, now=now)
    with pytest.raises(erasures.CannotBeErased, match="it is kept: held"):
        carried_out(asked)
    assert owned(InformationRequest).get(id=asked.id).state == "prepared"
    assert "requests_for_assistance_storytold" in left_of(admin, WORD)


def test_a_guardian_keeps_a_record_for_a_reason_in_law_and_only_for_one(db: None, admin: Connection) -> None:
    made = closed()
    asked = asked_to_delete(made)
    [entry] = looked_up(asked)
    with opened(guardian(), asked) as now:
        with pytest.raises(NoSuchMove):
            erasures.decide_entry(entry, KeptBecause.WAY_IN, by=guardian(), now=now)
        erasures.decide_entry(entry, KeptBecause.CLAIMS, by=guardian(), now=now)
    prepared(asked)
    assert carried_out(asked) == []
    assert "requests_for_assistance_storytold" in left_of(admin, WORD)


def test_one_guardian_alone_deletes_nothing(db: None, admin: Connection) -> None:
    made = closed()
    asked = asked_to_delete(made)
    [entry] = looked_up(asked)
    with opened(guardian(), asked) as now, pytest.raises(NoSuchMove):
        erasures.carry_out(asked, by=guardian(), now=now)
    prepared(asked)
    for who in (guardian(), second_guardian()):
        with pytest.raises(DatabaseError, match="word of two people"), opened(who, asked):
            ask("select reachin.erase(%s::uuid, gen_random_uuid(), %s)", entry.id, b"x")
    with pytest.raises(DatabaseError, match="it is not open"), acting(second_guardian().actor()):
        ask("select reachin.erase(%s::uuid, gen_random_uuid(), %s)", entry.id, b"x")
    assert "requests_for_assistance_storytold" in left_of(admin, WORD)


def test_what_somebody_else_asked_for_them_is_not_theirs_to_delete(db: None) -> None:
    other, made = closed(your_name="Dean"), closed()
    asked = asked_to_delete(made)
    looked_up(asked)
    assert {one.subject_id for one in owned(ErasureEntry).all()} == {made.id}
    forged = ErasureEntry(
        information_request=asked, place=9, kind="request", subject_id=other.id, class_code="request", gathered_by=guardian().id
    )
    with opened(guardian(), asked) as now:
        forged.gathered_at = now
        forged.save(force_insert=True)
    prepared(asked)
    with pytest.raises(erasures.CannotBeErased, match="it is not theirs"):
        carried_out(asked)


def test_what_they_had_agreed_to_share_ends_with_it(db: None) -> None:
    made, worker = cast.family_request(), cast.hub_worker()
    things = SevenThings(
        decision=Decision.SHARE, purpose=Purpose.SUPPORT, categories=(Category.CONTACT,), why="x.", views="x.", necessity="x.",
        informed=Informed.AGREED, basis=Basis.CONSENT,
    )  # fmt: skip
    with cast.opened(worker, made) as now:
        decide_sharing(asker(made).id, cast.school(), things, by=worker, now=now)
    asked = asked_to_delete(made)
    looked_up(asked)
    prepared(asked)
    carried_out(asked)
    assert owned(CircleEntry).get(agency=cast.school()).ended_by == second_guardian().id


def test_nobody_but_a_guardian_with_it_open_reads_what_may_go(db: None) -> None:
    asked = asked_to_delete(closed())
    looked_up(asked)
    with acting(guardian().actor(), read_only=True):
        assert ask("select count(*) from reachin.erasure_of(%s::uuid)", asked.id) == 0
        assert not ErasureEntry.objects.exists()
    for who in (cast.hub_worker(), cast.stranger()):
        with acting(who.actor(), read_only=True):
            assert ask("select count(*) from reachin.erasure_of(%s::uuid)", asked.id) == 0


def test_an_entry_is_written_in_ones_own_name(db: None) -> None:
    asked = asked_to_delete(closed())
    forged = ErasureEntry(
        information_request=asked, place=1, kind="x", subject_id=asked.id, class_code="x", gathered_by=cast.teacher().id,
        gathered_at=asked.asked_at,
    )  # fmt: skip
    with pytest.raises(ProgrammingError, match="row-level security"), opened(guardian(), asked):
        forged.save(force_insert=True)
