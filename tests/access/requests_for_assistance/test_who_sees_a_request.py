"""Who sees what of a request, held by the database: tried as an attacker would, with the application's own role and a signed context."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.utils import IntegrityError, ProgrammingError

from reachin.access.requests_for_assistance import actions
from reachin.access.requests_for_assistance.enums import ContactOutcome, NoteKind, Stage
from reachin.access.requests_for_assistance.models import (
    ContactAttempt,
    DangerAlert,
    DraftRequest,
    PlaceTold,
    PlanTold,
    RequestForAssistance,
    RequestMove,
    RequestNote,
    RequestPerson,
    SafetyTold,
    StoryTold,
    Telling,
    WayIn,
)
from reachin.families.information_sharing.actions import add_to_circle, block
from reachin.families.information_sharing.enums import Basis, Category, Purpose
from reachin.families.information_sharing.models import Block, CircleEntry
from reachin.families.people.actions import tell_contact
from reachin.families.people.models import ContactInstruction, Person, PersonAlias, PersonDetails
from reachin.groundwork.audited_access.context import Actor, acting, handing_over
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency
from tests import cast
from workshop.servers import Connection

EVERYTHING: tuple[Any, ...] = (
    RequestForAssistance, RequestPerson, StoryTold, PlanTold, SafetyTold, PlaceTold, RequestMove, RequestNote, ContactAttempt, DangerAlert,
    DraftRequest, WayIn, Person, PersonAlias, PersonDetails, ContactInstruction, CircleEntry, Block,
)  # fmt: skip
CARD = {RequestForAssistance, RequestMove}


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def seen_by(actor: Actor) -> set[Any]:
    """The kinds of rows of which this actor sees any, without an opening."""
    with acting(actor, read_only=True):
        return {model for model in EVERYTHING if model.objects.exists()}


def person_ids() -> list[UUID]:
    return list(owned(Person).values_list("id", flat=True))


@pytest.fixture
def told(db: None) -> RequestForAssistance:
    """A family's request with everything there can be to it: danger, a block, a question, a note, an attempt to be in touch."""
    made, worker = cast.danger_request(blocked_agencies=[str(cast.charity().id)]), cast.hub_worker()
    with cast.opened(worker, made) as now:
        actions.ask_family(made, by=worker, question="Which school?", now=now)
        actions.record_contact(made, by=worker, outcome=ContactOutcome.NOT_SAFE, words="He answered.", now=now)
    cast.draft(**cast.FAMILY_ANSWERS)
    cast.practitioner_request(cast.health_visitor(), childs_plan="yes")
    return made


STRANGERS: dict[str, Callable[[], Actor]] = {
    "a visitor": Actor.visitor,
    "another family": lambda: Actor.family(uuid4()),
    "a stranger": lambda: cast.stranger().actor(),
    "a practitioner at the hub": lambda: cast.account(Role.PRACTITIONER, cast.hub(), "Una Orr").actor(),
    "the hub's manager": lambda: cast.account(Role.SERVICE_MANAGER, cast.hub(), "Olive Ray").actor(),
    "the hub's administrator": lambda: cast.account(Role.ADMINISTRATOR, cast.hub(), "Al Munro").actor(),
    "the hub's information guardian": lambda: cast.account(Role.INFORMATION_GUARDIAN, cast.hub(), "Ivy Lyle").actor(),
    "a hub worker elsewhere": lambda: cast.account(Role.HUB_WORKER, cast.other_charity(), "Ina Moss").actor(),
    "a desk worker where the duty desk is": lambda: cast.account(Role.DESK_WORKER, cast.social_work(), "Deb Nish").actor(),
    "an agency that the family keeps out": lambda: cast.support_worker().actor(),
    "a teacher who did not send it": lambda: cast.teacher().actor(),
    "the outbox": lambda: Actor.system("delivery"),
    "an import": lambda: Actor.system("import_services"),
}


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.asvs("8.2.2")
def test_whom_it_does_not_concern_sees_no_row_of_any_kind(told: RequestForAssistance, stranger: str) -> None:
    actor = STRANGERS[stranger]()
    assert seen_by(actor) == set()
    assert not cast.may_open(actor, "request", told.id)


def test_the_hub_sees_the_card_and_only_after_opening_what_was_told(told: RequestForAssistance) -> None:
    worker = cast.hub_worker()
    assert seen_by(worker.actor()) == CARD | {ContactAttempt}
    with cast.opened(worker, told, read_only=True):
        assert {model for model in EVERYTHING if model.objects.exists()} == set(EVERYTHING) - {DraftRequest, WayIn, PlanTold}


def test_the_duty_desk_sees_the_card_and_the_alert(told: RequestForAssistance) -> None:
    assert seen_by(cast.duty_worker().actor()) == CARD | {DangerAlert, ContactAttempt}


def test_a_family_sees_its_card_and_its_way_in_and_only_after_opening_its_own_words(told: RequestForAssistance) -> None:
    assert seen_by(Actor.family(told.id)) == CARD | {WayIn}
    with cast.as_family(told, read_only=True):
        assert actions.told_so_far(told)["story"] == cast.FAMILY_ANSWERS["story"]
        assert not ContactAttempt.objects.exists()


def test_a_family_reads_what_it_is_asked_and_not_what_workers_write_among_themselves(told: RequestForAssistance) -> None:
    cast.decide(told, Stage.IN_DISCUSSION, reason="We think that he lives there again.")
    with cast.as_family(told, read_only=True):
        assert [note.kind for note in RequestNote.objects.all()] == [NoteKind.QUESTION]


def test_a_sender_reads_what_is_missing_and_not_what_passes_between_hub_and_family(db: None) -> None:
    made, worker = cast.practitioner_request(), cast.hub_worker()
    with cast.opened(worker, made) as now:
        question = actions.ask_family(made, by=worker, question="Is the school a help?", now=now)
        actions.record_contact(made, by=worker, outcome=ContactOutcome.SPOKE, words="She does not trust the school.", now=now)
    with cast.as_family(made) as now:
        actions.answer_question(question, by=made.id, words="No, they shout at me.", now=now)
    with cast.opened(worker, made) as now:
        actions.return_to_sender(made, by=worker, note="Which class?", questions=["story"], now=now)
    with cast.opened(cast.teacher(), made, purpose="own_request", read_only=True):
        assert [(note.kind, note.words()) for note in RequestNote.objects.all()] == [(NoteKind.WHAT_IS_MISSING, "Which class?")]
        assert not ContactAttempt.objects.exists()


def test_whoever_bears_a_practitioners_request_sees_its_steps_and_not_what_the_practitioner_told(db: None) -> None:
    made = cast.practitioner_request(must_not_know="Her father")
    with cast.as_family(made, read_only=True):
        assert RequestForAssistance.objects.get().stage == Stage.READY_FOR_TRIAGE
        for model in (StoryTold, SafetyTold, PlaceTold, RequestPerson, PersonDetails, ContactInstruction, RequestNote, CircleEntry):
            assert not model.objects.exists(), model


# A scope that somebody chose


@pytest.mark.parametrize("who", [cast.hub_worker, cast.teacher, cast.stranger, cast.desk_worker])
@pytest.mark.asvs("8.3.3")
def test_a_member_of_staff_who_names_a_familys_request_as_their_scope_gains_nothing(
    told: RequestForAssistance, who: Callable[[], Account]
) -> None:
    worker = who()
    before = seen_by(worker.actor())
    chosen = Actor.staff(user=worker.id, agency=worker.agency_id, role=worker.role, scope=told.id)
    assert seen_by(chosen) == before
    assert WayIn not in before


@pytest.mark.asvs("8.3.3")
def test_the_system_that_names_a_scope_gains_nothing(told: RequestForAssistance) -> None:
    assert seen_by(Actor("system", scope=told.id, role="delivery")) == set()
    assert seen_by(Actor("visitor", scope=told.id)) == set()


def test_a_member_of_staff_cannot_read_or_take_over_a_familys_draft(db: None) -> None:
    draft, worker = cast.draft(**cast.FAMILY_ANSWERS), cast.hub_worker()
    chosen = cast.bearer(draft.id, worker)
    assert seen_by(chosen) == set()
    with acting(chosen) as now:
        with pytest.raises(RequestForAssistance.DoesNotExist):
            actions.send(draft.id, by=worker, now=now)
        assert RequestForAssistance.objects.filter(id=draft.id).update(stage=Stage.CLOSED) == 0
        assert DraftRequest.objects.all().delete()[0] == 0


@pytest.mark.parametrize("who", [cast.hub_worker, cast.stranger, cast.desk_worker])
def test_nobody_but_the_family_sets_the_phrase_of_its_request(told: RequestForAssistance, who: Callable[[], Account]) -> None:
    worker, without_phrase = who(), cast.family_request(phrase="")
    with acting(cast.bearer(told.id, worker)):
        assert WayIn.objects.update(phrase_hash="x") == 0
    for actor in (cast.bearer(without_phrase.id, worker), worker.actor(), Actor.family(told.id), Actor.visitor()):
        with pytest.raises(ProgrammingError, match="row-level security"), acting(actor) as now:
            WayIn.objects.create(id=without_phrase.id, reference_digest=b"x", phrase_hash="x", chosen_at=now)


def test_nobody_begins_a_draft_in_anothers_name_or_under_anothers_id(told: RequestForAssistance) -> None:
    draft, worker = cast.draft(), cast.teacher()
    tries: list[tuple[Actor, UUID, Account | None]] = [
        (worker.actor(), uuid4(), cast.hub_worker()),
        (worker.actor(), uuid4(), None),
        (worker.actor(), told.id, worker),
        (cast.bearer(told.id, worker), told.id, worker),
        (worker.actor(), draft.id, worker),
        (Actor.family(uuid4()), told.id, None),
        (Actor.visitor(), uuid4(), None),
    ]
    for actor, scope, by in tries:
        row = DraftRequest(
            id=scope, reference="X", form_version=1, asked_by="parent_or_carer", channel="online", started_by=by, sealed=b"x"
        )
        row.started_at = row.changed_at = told.received_at
        with pytest.raises(ProgrammingError, match="row-level security"), acting(actor):
            row.save(force_insert=True)


@pytest.mark.parametrize("kind", [StoryTold, PlanTold, SafetyTold, PlaceTold])
def test_nobody_adds_words_to_a_request_that_is_not_theirs(told: RequestForAssistance, kind: type[Telling]) -> None:
    other, teacher = cast.family_request(place=None), cast.teacher()
    for actor in (cast.bearer(other.id, teacher), teacher.actor(), Actor.family(told.id), Actor.visitor(), cast.hub_worker().actor()):
        words = kind(request_for_assistance_id=other.id)
        words.keep({"place": "12 Made-up Street"})
        with pytest.raises(ProgrammingError, match="row-level security"), acting(actor):
            words.save(force_insert=True)


def test_nobody_says_that_they_were_in_touch_without_having_opened_the_request_or_in_anothers_name(told: RequestForAssistance) -> None:
    worker, other = cast.hub_worker(), cast.second_hub_worker()
    fields = {"request_for_assistance": told, "outcome": ContactOutcome.SPOKE}
    with pytest.raises(ProgrammingError, match="row-level security"), acting(worker.actor()) as now:
        ContactAttempt.objects.create(**fields, tried_by=worker, tried_at=now)
    with pytest.raises(ProgrammingError, match="row-level security"), cast.opened(worker, told) as now:
        ContactAttempt.objects.create(**fields, tried_by=other, tried_at=now)


# Left, closed, moved


def test_whoever_leaves_the_agency_leaves_what_they_sent_for_it(db: None) -> None:
    made, teacher = cast.practitioner_request(), cast.teacher()
    assert cast.may_open(teacher, "request", made.id, purpose="own_request")
    teacher.agency = cast.other_charity()
    teacher.save()
    assert not cast.may_open(teacher, "request", made.id, purpose="own_request")
    assert seen_by(teacher.actor()) == set()


def test_a_block_shuts_out_the_sender_too(db: None) -> None:
    made = cast.practitioner_request(blocked_agencies=[str(cast.school().id)])
    assert not cast.may_open(cast.teacher(), "request", made.id, purpose="own_request")
    assert RequestForAssistance in seen_by(cast.teacher().actor())


def test_a_colleague_of_the_sender_sees_nothing(db: None) -> None:
    made = cast.practitioner_request()
    colleague = cast.account(Role.PRACTITIONER, cast.school(), "Isobel Gray")
    assert seen_by(colleague.actor()) == set()
    assert not cast.may_open(colleague, "request", made.id)


# Writing where one should not


def other_person() -> tuple[UUID, UUID]:
    """Somebody of another family: person and alias."""
    row = (
        owned(RequestPerson)
        .filter(request_for_assistance=cast.family_request(your_name="Nessa", people=None))
        .select_related("alias")
        .get()
    )
    return row.alias.person_id, row.alias_id


def test_nobody_puts_their_own_agency_into_a_strangers_circle(db: None) -> None:
    person, _ = other_person()
    for account in (cast.stranger(), cast.hub_worker(), cast.teacher()):
        with pytest.raises(ProgrammingError, match="row-level security"), acting(account.actor()) as now:
            add_to_circle(
                person, account.agency, by=account.id, purpose=Purpose.SUPPORT, categories=[Category.CONTACT], basis=Basis.CONSENT, now=now
            )


def test_nobody_keeps_an_agency_out_of_a_strangers_life_or_says_how_to_reach_them(db: None) -> None:
    person, _ = other_person()
    with pytest.raises(ProgrammingError, match="row-level security"), acting(cast.stranger().actor()) as now:
        block(person, cast.hub(), by=cast.stranger().id, now=now)
    with pytest.raises(ProgrammingError, match="row-level security"), acting(Actor.family(uuid4())) as now:
        tell_contact(person, {"contact_way": "phone"}, by=uuid4(), now=now)


def test_nobody_names_a_stranger_in_a_request_of_their_own_to_read_about_them(db: None) -> None:
    person, alias = other_person()
    mine, by = cast.practitioner_request(), cast.teacher()
    family = cast.family_request()
    with pytest.raises(ProgrammingError, match="row-level security"), cast.opened(by, mine, purpose="own_request"):
        RequestPerson.objects.create(request_for_assistance=mine, alias_id=alias, relation="other", place=7, is_contact=False)
    with pytest.raises(ProgrammingError, match="row-level security"), cast.as_family(family):
        RequestPerson.objects.create(request_for_assistance=family, alias_id=alias, relation="other", place=7, is_contact=False)
    for actor in (by.actor(), Actor.family(family.id), cast.hub_worker().actor()):
        with pytest.raises(ProgrammingError, match="row-level security"), acting(actor):
            PersonAlias.objects.create(person_id=person)


def test_nobody_writes_a_history_that_the_card_does_not_tell(db: None) -> None:
    made, worker = cast.family_request(), cast.hub_worker()
    for actor, by in ((worker.actor(), worker.id), (Actor.family(made.id), made.id)):
        for wrong in ({"number": made.version + 1, "stage": made.stage}, {"number": made.version, "stage": Stage.CLOSED}):
            with pytest.raises(ProgrammingError, match="row-level security"), acting(actor) as now:
                RequestMove.objects.create(request_for_assistance=made, mover="hub", moved_at=now, moved_by=by, **wrong)


def test_nobody_writes_down_who_a_stranger_is(db: None) -> None:
    person, _ = other_person()
    for actor in (cast.hub_worker().actor(), cast.stranger().actor(), Actor.family(uuid4()), Actor.visitor()):
        with pytest.raises(ProgrammingError, match="row-level security"), acting(actor):
            PersonDetails.objects.create(person_id=person, sealed=b"x")


def test_nobody_records_a_person_in_anothers_name(db: None) -> None:
    worker, other, hub = cast.teacher(), cast.health_visitor(), cast.hub()
    for actor, by in (
        (worker.actor(), other.id),
        (Actor.family(uuid4()), uuid4()),
        (Actor.visitor(), uuid4()),
        (Actor.system("closed_loop"), uuid4()),
    ):
        with pytest.raises(ProgrammingError, match="row-level security"), acting(actor) as now:
            Person.objects.create(controller=hub, recorded_at=now, recorded_by=by)


def test_nobody_gives_a_person_a_second_alias_or_other_details(db: None) -> None:
    made = cast.practitioner_request()
    row = owned(RequestPerson).select_related("alias").get(request_for_assistance=made)
    with pytest.raises(ProgrammingError, match="row-level security"), acting(cast.teacher().actor()):
        PersonAlias.objects.create(person_id=row.alias.person_id)
    with acting(cast.teacher().actor()):
        assert PersonDetails.objects.update(sealed=b"x") == 0


@pytest.mark.parametrize("field", ["moved_by", "written_by", "recorded_by", "said_by"])
def test_nobody_writes_in_anothers_name(db: None, field: str) -> None:
    made, worker, other = cast.family_request(), cast.hub_worker(), cast.second_hub_worker()
    people = person_ids()
    writes: dict[str, Callable[[Any], object]] = {
        "moved_by": lambda now: RequestMove.objects.create(
            request_for_assistance=made, number=made.version, stage=made.stage, mover="hub", moved_at=now, moved_by=other.id
        ),
        "written_by": lambda now: RequestNote.saying(
            "x", request_for_assistance=made, kind=NoteKind.WORKING_NOTE, by=other.id, now=now
        ).save(force_insert=True),
        "recorded_by": lambda now: add_to_circle(
            people[0], cast.hub(), by=other.id, purpose=Purpose.SUPPORT, categories=[Category.STORY], basis=Basis.CONSENT, now=now
        ),
        "said_by": lambda now: block(people[0], cast.charity(), by=other.id, now=now),
    }
    cast.charity()
    with pytest.raises(ProgrammingError, match="row-level security"), cast.opened(worker, made) as now:
        writes[field](now)


def _bare_card(request_id: UUID, now: datetime, **fields: Any) -> RequestForAssistance:
    card = RequestForAssistance(id=request_id, reference="X", form_version=1, channel="online", display_name="x", people_count=1, urgency=2)
    card.asked_by, card.stage, card.waiting_for, card.received_at, card.stage_since = "practitioner", "received", "hub", now, now
    card.holder_agency = cast.hub()
    for name, value in fields.items():
        setattr(card, name, value)
    return card


def test_nobody_sends_a_request_in_anothers_name(db: None) -> None:
    by, other = cast.teacher(), cast.health_visitor()
    draft = cast.draft(by=by, phrase="", **cast.FAMILY_ANSWERS)
    cast.hub()
    for sender, agency, received_by in ((other, by.agency, by.id), (by, other.agency, by.id), (by, by.agency, other.id)):
        with pytest.raises(ProgrammingError, match="row-level security"), acting(cast.bearer(draft.id, by)) as now:
            _bare_card(draft.id, now, sender=sender, sender_agency=agency, received_by=received_by).save(force_insert=True)


def test_a_request_is_not_made_without_its_draft(db: None) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), acting(cast.bearer(uuid4(), cast.teacher())) as now:
        _bare_card(uuid4(), now, asked_by="parent_or_carer", received_by=cast.teacher().id).save(force_insert=True)


@pytest.mark.parametrize(
    "change",
    [{"sender_agency": None}, {"asked_by": "practitioner"}, {"reference": "X"}, {"received_by": uuid4()}, {"channel": "phone"}],
    ids=lambda change: next(iter(change)),
)
def test_what_was_said_on_sending_stays_whoever_changes_the_card(db: None, change: dict[str, Any]) -> None:
    made = cast.family_request()
    with pytest.raises(ProgrammingError, match="permission denied"), cast.opened(cast.hub_worker(), made):
        RequestForAssistance.objects.update(**change)


def test_an_end_of_a_share_can_be_written_and_nothing_else_of_it(db: None) -> None:
    made = cast.family_request()
    with pytest.raises(ProgrammingError, match="permission denied"), cast.opened(cast.hub_worker(), made):
        CircleEntry.objects.update(agency=cast.other_charity())
    with pytest.raises(ProgrammingError, match="permission denied"), cast.opened(cast.hub_worker(), made):
        CircleEntry.objects.update(categories=[])
    with pytest.raises(ProgrammingError, match="permission denied"), cast.opened(cast.hub_worker(), made):
        CircleEntry.objects.all().delete()


def test_nobody_raises_or_takes_an_alert_but_the_desk_and_the_system(told: RequestForAssistance) -> None:
    with acting(cast.duty_worker().actor()) as now:
        assert DangerAlert.objects.update(taken_at=now, taken_by=cast.duty_worker()) == 1
    desk = cast.other_charity()
    with pytest.raises(ProgrammingError, match="row-level security"), cast.opened(cast.hub_worker(), told) as now:
        DangerAlert.objects.create(request_for_assistance=told, duty_agency=desk, raised_at=now)
    with cast.opened(cast.hub_worker(), told) as now:
        assert DangerAlert.objects.update(taken_at=None, taken_by=None) == 0


# What errors and hidden channels tell


def test_the_closed_loop_sees_how_to_tell_somebody_and_no_story_or_name(told: RequestForAssistance) -> None:
    with acting(cast.support_worker().actor(), read_only=True), handing_over(Actor.system("closed_loop")):
        seen = {model for model in EVERYTHING if model.objects.exists()}
    assert seen == {RequestForAssistance, RequestMove, RequestPerson, PersonAlias, ContactInstruction, CircleEntry, Block, DangerAlert}


@pytest.mark.asvs("1.2.4")
def test_a_division_by_a_hidden_row_is_never_made(told: RequestForAssistance) -> None:
    with acting(cast.stranger().actor(), read_only=True), connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from requests_for_assistance_requestforassistance where 1 / (case when stage <> '' then 0 else 1 end) = 1"
        )
        assert cursor.fetchone() == (0,)


def test_explain_and_statistics_show_no_value_of_a_hidden_row(told: RequestForAssistance, admin: Connection) -> None:
    admin.execute("analyze requests_for_assistance_requestforassistance")
    with acting(cast.stranger().actor(), read_only=True), connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_stats where tablename = 'requests_for_assistance_requestforassistance'")
        assert cursor.fetchone() == (0,)
        for table in ("pg_statistic", "pg_catalog.pg_authid"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                _refused(cursor, f"select * from {table}")


def _refused(cursor: Any, statement: str) -> None:
    cursor.execute("savepoint here")
    try:
        cursor.execute(statement)
    except ProgrammingError:
        cursor.execute("rollback to savepoint here")
        raise


def test_unique_keys_are_random_or_belong_to_whoever_may_see_the_row(admin: Connection) -> None:
    """A unique error tells that a row exists: so no unique key holds a name, a birthday, a number or an address."""
    rows = admin.execute(
        "select c.relname, pg_get_indexdef(i.indexrelid) from pg_index i join pg_class c on c.oid = i.indrelid"
        " where i.indisunique and not i.indisprimary and c.relrowsecurity order by 1, 2"
    ).fetchall()
    found = {(table, index.split(" USING btree ")[1].split(" WHERE ")[0]) for table, index in rows}
    assert found == {
        ("information_requests_copyentry", "(information_request_id, place)"),
        ("information_requests_correction", "(information_request_id, subject_id, code)"),
        ("information_requests_erasureentry", "(information_request_id, place)"),
        ("information_requests_partnernotice", "(information_request_id, agency_id, subject_id)"),
        ("information_sharing_agreementparty", "(agreement_id, agency_id)"),
        ("information_sharing_block", "(person_id, agency_id, said_by)"),
        ("one_time_links_onetimelink", "(token_digest)"),
        ("own_accounts_ownaccount", "(person_id)"),
        ("own_accounts_ownaccount", "(reference_digest)"),
        ("people_contactinstruction", "(person_id)"),
        ("people_protectedhome", "(person_id, said_by)"),
        ("record_linkage_merge", "(merged_id)"),
        ("record_linkage_moved", "(merge_id, key, row_id)"),
        ("record_linkage_pair", "(agency_id, one_id, other_id)"),
        ("referrals_referral", "(request_for_assistance_id, service_id)"),
        ("referrals_referral", "(sending_key)"),
        ("referrals_referralmove", "(referral_id, number)"),
        ("referrals_referralperson", "(referral_id, alias_id)"),
        ("requests_for_assistance_dangeralert", "(request_for_assistance_id, duty_agency_id)"),
        ("requests_for_assistance_draftrequest", "(reference)"),
        ("requests_for_assistance_requestforassistance", "(reference)"),
        ("requests_for_assistance_requestmove", "(request_for_assistance_id, number)"),
        ("requests_for_assistance_requestperson", "(request_for_assistance_id, place)"),
        ("requests_for_assistance_wayin", "(reference_digest)"),
        ("retention_destructionreview", "(kind, subject_id)"),
    }


def test_a_row_is_not_pointed_at_a_request_by_guessing_its_id(db: None) -> None:
    """Foreign keys are checked past row security: the policy refuses first, so that found and missing look the same."""
    made = cast.family_request()
    errors = set()
    for target in (made.id, uuid4()):
        with pytest.raises((ProgrammingError, IntegrityError)) as error, acting(cast.stranger().actor()) as now:
            RequestMove.objects.create(
                request_for_assistance_id=target, number=9, stage="closed", mover="hub", moved_at=now, moved_by=cast.stranger().id
            )
        errors.add((type(error.value), str(error.value).split("(")[0]))
    assert len(errors) == 1


def test_two_requests_of_one_agency_are_told_apart_by_their_holder(db: None, admin: Connection) -> None:
    cast.family_request()
    elsewhere: Agency = cast.other_charity()
    admin.execute("update requests_for_assistance_requestforassistance set holder_agency_id = %s", [elsewhere.id])
    assert seen_by(cast.hub_worker().actor()) == set()
    assert seen_by(cast.account(Role.HUB_WORKER, elsewhere, "Ina Moss").actor()) == CARD


def may_change(admin: Connection) -> list[tuple[str, str]]:
    """Every guarded table that the application may change, with one column that it may."""
    rows = admin.execute(
        "select c.table_name, min(c.column_name) from information_schema.columns c"
        " join pg_class t on t.oid = ('public.' || c.table_name)::regclass"
        " where c.table_schema = 'public' and t.relrowsecurity and has_column_privilege('reachin_app', t.oid, c.column_name, 'update')"
        " and c.column_name <> 'id' group by 1 order by 1"
    )
    return [(str(table), str(column)) for table, column in rows]


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.asvs("8.4.1")
def test_a_blind_change_of_everything_changes_nothing_that_one_does_not_see(
    told: RequestForAssistance, admin: Connection, stranger: str
) -> None:
    """A change that reads no column is not held by what one sees, only by what one may change."""
    cast.sent_referral(cast.family_request(), to=cast.service(cast.health(), "A nurse"), receiver=cast.health())
    actor = STRANGERS[stranger]()
    tables = may_change(admin)
    assert len(tables) > 12
    for table, column in tables:
        if (stranger, table) != ("the outbox", "notices_message"):
            with acting(actor), connection.cursor() as cursor:
                cursor.execute(f"update {table} set {column} = null")
                assert cursor.rowcount == 0, table


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_blind_removal_removes_nobodys_draft_or_way_in(told: RequestForAssistance, stranger: str) -> None:
    for table in ("requests_for_assistance_draftrequest", "requests_for_assistance_wayin"):
        with acting(STRANGERS[stranger]()), connection.cursor() as cursor:
            cursor.execute(f"delete from {table}")
            assert cursor.rowcount == 0
