"""A draft becomes a request: once, whole, sorted at once, with a circle and blocks for each person."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from reachin.access.requests_for_assistance import actions, drafts, notices
from reachin.access.requests_for_assistance.enums import AskedBy, Channel, Mover, Stage, Urgency
from reachin.access.requests_for_assistance.models import (
    DangerAlert,
    DraftRequest,
    PlaceTold,
    RequestForAssistance,
    RequestMove,
    RequestNote,
    RequestPerson,
    SafetyTold,
    StoryTold,
    WayIn,
)
from reachin.families.information_sharing.models import Block, CircleEntry
from reachin.families.people.models import ContactInstruction, Person, PersonDetails
from reachin.groundwork.audited_access.context import Actor, acting
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.ids import new_id
from reachin.groundwork.notices.models import Message
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.agencies.enums import AgencyKind
from tests import cast

PARENT = AskedBy.PARENT_OR_CARER


def owned(model: Any) -> Any:
    """All rows, whoever may see them."""
    return model.objects.using("owner")


def events(subject: UUID) -> list[str]:
    return list(AuditEvent.objects.using("owner").filter(subject_id=subject).order_by("id").values_list("event", flat=True))


def test_sending_makes_the_request_and_the_draft_is_gone(db: None) -> None:
    draft = cast.draft(**cast.FAMILY_ANSWERS)
    made = cast.send(draft)
    assert (made.id, made.reference, made.asked_by, made.channel) == (draft.id, draft.reference, "parent_or_carer", "online")
    assert (made.holder_agency, made.sender, made.sender_agency, made.received_by) == (cast.hub(), None, None, made.id)
    assert not owned(DraftRequest).exists()


@pytest.mark.asvs("14.2.4")
def test_what_was_told_is_kept_apart_and_sealed(db: None) -> None:
    made = cast.family_request(home_is_secret="yes", must_not_know="His sister")
    with cast.opened(cast.hub_worker(), made, read_only=True):
        assert StoryTold.objects.get().answers()["story"] == cast.FAMILY_ANSWERS["story"]
        assert SafetyTold.objects.get().answers() == {"in_danger": "no", "home_is_secret": "yes", "must_not_know": "His sister"}
        assert PlaceTold.objects.get().answers() == {"place": "PA34 4AA"}
        assert ContactInstruction.objects.get().told()["phone"] == "07700 900123"
    for model in (StoryTold, SafetyTold, PlaceTold, ContactInstruction, PersonDetails):
        for row in owned(model):
            assert not any(word in bytes(row.sealed) for word in (b"tired", b"PA34", b"07700", b"Tam", b"Rowan", b"sister"))


def test_a_secret_home_leaves_no_area_on_the_card(db: None) -> None:
    assert cast.family_request(home_is_secret="yes").area_code == ""


def test_everybody_gets_their_own_record_circle_and_alias_and_the_one_who_asks_the_contact(db: None) -> None:
    made = cast.family_request(people=[{"known_as": "Tam", "age_years": 6, "relation": "child"}, {"known_as": "Rowan", "relation": "self"}])
    with cast.opened(cast.hub_worker(), made, read_only=True):
        rows = list(RequestPerson.objects.select_related("alias__person__details").order_by("place"))
        assert [(row.alias.person.details.facts().known_as, row.relation, row.is_contact) for row in rows] == [
            ("Rowan", "self", True),
            ("Tam", "child", False),
        ]
        assert ContactInstruction.objects.get().person_id == rows[0].alias.person_id
        assert {entry.person_id for entry in CircleEntry.objects.filter(agency=cast.hub())} == {row.alias.person_id for row in rows}
    assert owned(Person).count() == 2


@pytest.mark.asvs("2.3.3")
def test_all_or_nothing_is_kept(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = cast.draft(**cast.FAMILY_ANSWERS)
    monkeypatch.setattr(notices, "tell_family", None)
    with pytest.raises(TypeError):
        cast.send(draft)
    assert not owned(RequestForAssistance).exists()
    assert not owned(Person).exists()
    assert owned(DraftRequest).count() == 1


def test_a_draft_that_says_nothing_is_not_sent(db: None) -> None:
    with pytest.raises(actions.NothingToSend):
        cast.send(cast.draft(your_name="Rowan"))


def test_the_same_draft_sent_again_gives_the_request_that_it_became(db: None) -> None:
    draft = cast.draft(**cast.FAMILY_ANSWERS)
    first, again = cast.send(draft), cast.send(draft)
    assert again.id == first.id
    assert events(first.id).count("request.sent") == 1


@pytest.mark.asvs("2.3.4")
def test_sent_from_twenty_threads_at_once_it_is_one_request(db: None) -> None:
    draft = cast.draft(**cast.FAMILY_ANSWERS)
    cast.hub(), cast.social_work()

    def send(_: int) -> UUID:
        try:
            with acting(Actor.family(draft.id)) as now:
                return actions.send(draft.id, by=None, now=now).id
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(send, range(20))) == {draft.id}
    assert owned(RequestForAssistance).count() == 1
    assert owned(Person).count() == 2
    assert owned(Message).count() == 1
    assert [move.stage for move in owned(RequestMove).order_by("number")] == ["received", "ready_for_triage"]


def test_begun_from_twenty_threads_at_once_it_is_one_draft(db: None) -> None:
    scope = new_id()

    def begin(_: int) -> str:
        try:
            with acting(Actor.family(scope)) as now:
                return drafts.start_draft(scope, by=None, asked_by=PARENT, channel=Channel.ONLINE, now=now).reference
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(begin, range(20)))) == 1
    assert owned(DraftRequest).count() == 1


def test_a_draft_is_not_begun_under_the_id_of_a_request(db: None) -> None:
    made = cast.family_request()
    with acting(Actor.family(made.id)) as now, pytest.raises(DraftRequest.DoesNotExist):
        drafts.start_draft(made.id, by=None, asked_by=PARENT, channel=Channel.ONLINE, now=now)


# Sorted at once


def test_a_complete_request_is_ready_for_triage_with_its_moves_noted(db: None) -> None:
    made = cast.family_request()
    moves = [(move.number, move.stage, move.mover, move.moved_by) for move in owned(RequestMove).order_by("number")]
    assert moves == [(1, Stage.RECEIVED, Mover.FAMILY, made.id), (2, Stage.READY_FOR_TRIAGE, Mover.PRE_TRIAGE, made.id)]
    assert (made.stage, made.version, made.waiting_for) == ("ready_for_triage", 2, "hub")


def test_an_incomplete_family_is_put_on_the_call_list_and_says_what_is_missing(db: None) -> None:
    made = cast.call_list_request()
    assert (made.stage, made.waiting_for) == ("to_be_contacted", "hub")
    assert made.contact_due_at is not None
    assert owned(RequestNote).get().questions == ["story"]


def test_an_incomplete_practitioner_gets_it_back_and_is_told(db: None) -> None:
    made = cast.returned_request()
    assert (made.stage, made.waiting_for, made.sender, made.sender_agency) == ("returned", "sender", cast.teacher(), cast.school())
    assert owned(RequestNote).get().questions == ["contact_way"]
    message = owned(Message).get()
    assert (message.event, message.is_for_staff, message.unsealed()["address"]) == ("request.returned", True, cast.teacher().email)


def test_a_familys_draft_may_not_pass_for_a_practitioners(db: None) -> None:
    draft = cast.draft(**cast.FAMILY_ANSWERS)
    with acting(Actor.family(draft.id)) as now:
        drafts.change_asker(draft.id, AskedBy.PRACTITIONER, by=None, now=now)
    with pytest.raises(PermissionDenied):
        cast.send(draft)


@pytest.mark.parametrize(("role", "may"), [(Role.PRACTITIONER, True), (Role.DESK_WORKER, False), (Role.DATA_OFFICER, False)])
def test_only_who_may_ask_sends_a_practitioners_request(db: None, role: Role, may: bool) -> None:
    by = cast.account(role, cast.school())
    if may:
        assert cast.practitioner_request(by).sender == by
    else:
        with pytest.raises(PermissionDenied):
            cast.practitioner_request(by)


@pytest.mark.parametrize(("role", "may"), [(Role.DESK_WORKER, True), (Role.HUB_WORKER, True), (Role.STRATEGIC_LEAD, False)])
def test_only_who_may_key_in_sends_for_a_family(db: None, role: Role, may: bool) -> None:
    by = cast.account(role, cast.school())
    draft = cast.draft(by=by, phrase="", **cast.FAMILY_ANSWERS)
    if may:
        assert cast.send(draft, by=by).sender is None
    else:
        with pytest.raises(PermissionDenied):
            cast.send(draft, by=by)


def test_a_form_that_a_desk_keyed_in_is_the_familys_and_the_desk_keeps_no_hold_of_it(db: None) -> None:
    made = cast.keyed_request()
    assert (made.sender, made.channel, made.received_by) == (None, "paper", cast.desk_worker().id)
    assert not cast.may_open(cast.desk_worker(), "request", made.id)
    for actor in (cast.desk_worker().actor(), cast.bearer(made.id, cast.desk_worker())):
        with acting(actor, read_only=True):
            assert not RequestForAssistance.objects.exists()
            assert not WayIn.objects.exists()
    assert drafts.come_in(made.reference, cast.PHRASE, network="x").scope == made.id


def test_keying_in_the_same_form_twice_gives_the_same_slip(db: None) -> None:
    scope, by = new_id(), cast.desk_worker()
    cast.hub()
    with acting(by.actor()) as now:
        first = actions.key_in(scope, cast.FAMILY_ANSWERS, by=by, asked_by=PARENT, channel=Channel.PAPER, now=now)
    with acting(by.actor()) as now:
        assert actions.key_in(scope, cast.FAMILY_ANSWERS, by=by, asked_by=PARENT, channel=Channel.PAPER, now=now) == first
    with acting(cast.teacher().actor()) as now, pytest.raises(DraftRequest.DoesNotExist):
        actions.key_in(scope, cast.FAMILY_ANSWERS, by=cast.teacher(), asked_by=PARENT, channel=Channel.PAPER, now=now)


# Danger


def test_danger_on_sending_alerts_the_duty_desk_and_lets_it_see(db: None) -> None:
    made = cast.danger_request()
    assert (made.urgency, made.duty_agency) == (Urgency.DANGER, cast.social_work())
    alert = owned(DangerAlert).get()
    assert (alert.request_for_assistance_id, alert.duty_agency, alert.taken_at) == (made.id, cast.social_work(), None)
    told = owned(Message).get(event="danger.alerted")
    assert (told.is_for_staff, told.unsealed()["address"]) == (True, "duty@social-work.example")
    assert cast.may_open(cast.duty_worker(), "request", made.id)


def test_danger_in_a_draft_alerts_nobody(db: None) -> None:
    cast.social_work()
    draft = cast.draft(story="he hits me")
    assert draft.saw_danger_at is not None
    assert not owned(DangerAlert).exists()
    assert not owned(Message).exists()


def test_without_danger_the_duty_desk_sees_nothing(db: None) -> None:
    made = cast.family_request()
    assert made.duty_agency is None
    assert not cast.may_open(cast.duty_worker(), "request", made.id)


def test_an_incomplete_practitioners_request_that_tells_of_danger_is_never_bounced(db: None) -> None:
    made = cast.returned_request(in_danger="yes")
    assert (made.stage, made.urgency) == ("ready_for_triage", Urgency.DANGER)


def test_a_desk_that_the_family_keeps_out_is_not_alerted(db: None) -> None:
    police = cast.agency("zz-police", kind=AgencyKind.POLICE, has_duty_desk=True, email="duty@police.example")
    made = cast.danger_request(blocked_agencies=[str(cast.social_work().id)])
    assert made.duty_agency == police
    assert owned(DangerAlert).get().duty_agency == police
    assert not cast.may_open(cast.duty_worker(), "request", made.id)
    assert {message.unsealed()["address"] for message in owned(Message).filter(is_for_staff=True)} == {"duty@police.example"}


def test_where_every_desk_is_kept_out_the_hub_is_alerted_and_never_nobody(db: None) -> None:
    made = cast.danger_request(blocked_agencies=[str(cast.social_work().id)])
    assert made.duty_agency is None
    alert = owned(DangerAlert).get()
    assert alert.duty_agency == cast.hub()
    worker = cast.hub_worker()
    with acting(worker.actor()) as now:
        assert actions.take_alert(alert, by=worker, now=now).taken_by == worker


# Blocks


def test_whom_the_family_keeps_out_is_kept_out_for_everybody_in_the_request(db: None) -> None:
    cast.family_request(blocked_agencies=[str(cast.charity().id)])
    assert owned(Block).filter(agency=cast.charity()).count() == 2


def test_the_door_itself_cannot_be_kept_out(db: None) -> None:
    made = cast.family_request(blocked_agencies=[str(cast.hub().id)])
    assert not owned(Block).exists()
    assert cast.may_open(cast.hub_worker(), "request", made.id)
