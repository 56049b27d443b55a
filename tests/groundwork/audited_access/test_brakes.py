"""Who opens far more records than their role needs is asked why, noticed, and in the end refused; danger is never held up."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections
from django.test import Client

from reachin.families.information_sharing.actions import look_first
from reachin.groundwork.audited_access import brakes, rules
from reachin.groundwork.audited_access.brakes import look_at_brake, open_within_rates
from reachin.groundwork.audited_access.context import Actor, acting
from reachin.groundwork.audited_access.enums import BrakeStep, OpeningReason
from reachin.groundwork.audited_access.models import AuditEvent, OpeningBrake
from reachin.groundwork.audited_access.rules import COUNTED_ANEW, OF_AN_AGENCY, OTHERWISE, RATES, Rate, brake, rate_of
from reachin.groundwork.notices.models import Message
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from tests import cast
from workshop.servers import Connection

FEW = Rate(3, 6)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three records are many here, and six far too many; nothing is known of agencies from before."""
    monkeypatch.setattr(brakes, "rate_of", lambda role: FEW)
    monkeypatch.setattr(brakes, "_agencies", {})


def opened_before(admin: Connection, who: Account, records: int, *, minutes_ago: int = 5, times: int = 1) -> list[UUID]:
    """Records that were opened by this account, as the guard keeps them."""
    made = [uuid4() for _ in range(records)]
    for subject in made * times:
        admin.execute(
            "insert into reachin.opening (kind, subject_id, actor_kind, user_id, agency_id, role, purpose, categories, people, opened_at)"
            " values ('request', %s, 'staff', %s, %s, %s, 'front_door', '{}', '{}', reachin.clock() - make_interval(mins => %s))",
            [subject, who.id, who.agency_id, who.role, minutes_ago],
        )
    return made


def marks() -> list[OpeningBrake]:
    return list(OpeningBrake.objects.using("owner").order_by("braked_at"))


def reasons(admin: Connection) -> list[str]:
    return [reason for (reason,) in admin.execute("select reason from reachin.opening where reason <> ''")]


# The rule


@pytest.mark.parametrize(
    ("records", "by_agency", "purpose", "step"),
    [
        (0, 0, "front_door", None),
        (2, 9, "front_door", None),
        (3, 0, "front_door", BrakeStep.ASKED),
        (5, 19, "front_door", BrakeStep.ASKED),
        (6, 0, "front_door", BrakeStep.REFUSED),
        (0, 10, "front_door", BrakeStep.ASKED),
        (0, 19, "front_door", BrakeStep.ASKED),
        (0, 20, "front_door", BrakeStep.REFUSED),
        (6, 10, "front_door", BrakeStep.REFUSED),
        (3, 0, "protection", BrakeStep.ASKED),
        (6, 0, "protection", BrakeStep.REFUSED),
        (0, 20, "protection", BrakeStep.ASKED),
        (3, 0, "emergency", BrakeStep.WARNED),
        (600, 2000, "emergency", BrakeStep.WARNED),
        (2, 0, "protection", None),
    ],
)
def test_more_than_usual_is_asked_far_more_is_refused_and_an_emergency_only_noticed(
    records: int, by_agency: int, purpose: str, step: BrakeStep | None
) -> None:
    assert brake(records, by_agency=by_agency, rate=FEW, of_agency=Rate(10, 20), purpose=purpose) == step


def test_an_agency_is_refused_beyond_twice_what_makes_it_asked() -> None:
    assert OF_AN_AGENCY.refused_from == 2 * OF_AN_AGENCY.asked_from


@pytest.mark.parametrize("role", [*Role, "a role that is still to come"])
def test_every_role_has_a_rate_and_is_asked_before_it_is_refused(role: str) -> None:
    assert 0 < rate_of(role).asked_from < rate_of(role).refused_from
    assert rate_of(role) == RATES.get(role, OTHERWISE)


# Opening


def test_within_the_rate_a_record_is_opened_and_nothing_noticed(db: None, admin: Connection) -> None:
    request_for_assistance, who = cast.family_request(), cast.hub_worker()
    opened_before(admin, who, FEW.asked_from - 1)
    assert open_within_rates(who.actor(), "request", request_for_assistance.id, purpose="front_door").nonce is not None
    assert marks() == []


def test_beyond_the_rate_a_record_needs_a_reason_which_its_trace_keeps(db: None, admin: Connection) -> None:
    request_for_assistance, who = cast.family_request(), cast.hub_worker()
    opened_before(admin, who, FEW.asked_from)
    asked = open_within_rates(who.actor(), "request", request_for_assistance.id, purpose="front_door")
    assert (asked.nonce, asked.brake, reasons(admin)) == (None, BrakeStep.ASKED, [])
    told = open_within_rates(who.actor(), "request", request_for_assistance.id, purpose="front_door", reason=OpeningReason.COVERING)
    assert told.nonce is not None
    assert reasons(admin) == ["covering"]


@pytest.mark.asvs("2.4.1", "2.3.2")
def test_far_beyond_it_is_refused_whatever_the_reason(db: None, admin: Connection) -> None:
    request_for_assistance, who = cast.family_request(), cast.hub_worker()
    opened_before(admin, who, FEW.refused_from)
    told = open_within_rates(who.actor(), "request", request_for_assistance.id, purpose="front_door", reason=OpeningReason.WORRIED)
    assert (told.nonce, told.brake) == (None, BrakeStep.REFUSED)


def test_what_was_opened_within_the_hour_stays_open_even_beyond_every_rate(db: None, admin: Connection) -> None:
    request_for_assistance, who = cast.family_request(), cast.hub_worker()
    assert open_within_rates(who.actor(), "request", request_for_assistance.id, purpose="front_door").nonce is not None
    opened_before(admin, who, FEW.refused_from)
    assert open_within_rates(who.actor(), "request", request_for_assistance.id, purpose="front_door").nonce is not None
    assert marks() == []


def test_the_same_record_many_times_is_one_record(db: None, admin: Connection) -> None:
    request_for_assistance, who = cast.family_request(), cast.hub_worker()
    opened_before(admin, who, 2, times=10)
    assert open_within_rates(who.actor(), "request", request_for_assistance.id, purpose="front_door").nonce is not None


def test_what_was_opened_more_than_an_hour_ago_does_not_count(db: None, admin: Connection) -> None:
    request_for_assistance, who = cast.family_request(), cast.hub_worker()
    opened_before(admin, who, FEW.refused_from, minutes_ago=61)
    assert open_within_rates(who.actor(), "request", request_for_assistance.id, purpose="front_door").nonce is not None


def test_an_hour_of_little_after_an_hour_of_much_is_an_hour_of_little(db: None, admin: Connection) -> None:
    request_for_assistance, who = cast.family_request(), cast.hub_worker()
    opened_before(admin, who, FEW.refused_from, minutes_ago=61)
    opened_before(admin, who, 1, times=FEW.asked_from)
    assert open_within_rates(who.actor(), "request", request_for_assistance.id, purpose="front_door").nonce is not None


def test_what_others_opened_does_not_count(db: None, admin: Connection) -> None:
    request_for_assistance, who = cast.family_request(), cast.hub_worker()
    opened_before(admin, cast.second_hub_worker(), FEW.refused_from)
    assert open_within_rates(who.actor(), "request", request_for_assistance.id, purpose="front_door").nonce is not None


def test_an_emergency_is_opened_beyond_every_rate_and_noticed(db: None, admin: Connection) -> None:
    request_for_assistance, who = cast.danger_request(), cast.duty_worker()
    opened_before(admin, who, FEW.refused_from * 2)
    assert open_within_rates(who.actor(), "request", request_for_assistance.id, purpose="protection").brake == BrakeStep.REFUSED
    with acting(who.actor()) as now:
        look_first("request", request_for_assistance.id, by=who, reason="He is at the door.", now=now)
    assert open_within_rates(who.actor(), "request", request_for_assistance.id, purpose="emergency").nonce is not None
    assert {mark.step for mark in marks()} == {BrakeStep.REFUSED, BrakeStep.WARNED}


def test_to_protect_somebody_asks_for_a_reason_like_everything_else(db: None, admin: Connection) -> None:
    request_for_assistance, who = cast.danger_request(), cast.duty_worker()
    opened_before(admin, who, FEW.asked_from)
    assert open_within_rates(who.actor(), "request", request_for_assistance.id, purpose="protection").brake == BrakeStep.ASKED
    told = open_within_rates(who.actor(), "request", request_for_assistance.id, purpose="protection", reason=OpeningReason.WORRIED)
    assert told.nonce is not None


def test_a_family_is_never_braked(db: None, admin: Connection) -> None:
    request_for_assistance = cast.family_request()
    for _ in range(FEW.refused_from * 2):
        opened = open_within_rates(Actor.family(request_for_assistance.id), "request", request_for_assistance.id, purpose="own_request")
        assert opened.nonce is not None


@pytest.mark.parametrize("records", [0, FEW.asked_from, FEW.refused_from])
def test_a_brake_does_not_tell_whether_a_record_is_there(db: None, admin: Connection, records: int) -> None:
    who, real = cast.stranger(), cast.family_request()
    opened_before(admin, who, records)
    told = [open_within_rates(who.actor(), "request", subject, purpose="front_door") for subject in (real.id, uuid4())]
    assert told[0] == told[1]


def test_a_forged_context_is_refused_by_the_count_too(db: None) -> None:
    with connections["default"].cursor() as cursor, pytest.raises(Exception, match="context refused"):
        cursor.execute("select * from reachin.opened_within_the_hour('staff|||||||0', %s::uuid, 1, 1, 1, 1, null)", [uuid4()])


def test_the_rates_hold_where_many_open_at_once(db: None, admin: Connection) -> None:
    real, who = [cast.family_request() for _ in range(4)], cast.hub_worker()
    opened_before(admin, who, FEW.refused_from)

    def opens(subject: UUID) -> object:
        try:
            return open_within_rates(who.actor(), "request", subject, purpose="front_door").nonce
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as together:
        assert list(together.map(opens, [one.id for one in real])) == [None] * 4


# An agency


FEW_OF_AN_AGENCY = Rate(5, 10)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five records are many for an agency here, and ten far too many."""
    monkeypatch.setattr(brakes, "OF_AN_AGENCY", FEW_OF_AN_AGENCY)


def by_others_of_the_hub(admin: Connection, records: int) -> None:
    """So many by colleagues, none of whom opens too many."""
    for place in range(0, records, 2):
        opened_before(admin, cast.hub_worker(f"Kirsty Bain {place}"), min(2, records - place))


def opens(who: Account, *, name: str = "Isla", reason: OpeningReason | None = None, purpose: str = "front_door") -> brakes.Opening:
    return open_within_rates(who.actor(), "request", cast.family_request(your_name=name).id, purpose=purpose, reason=reason)


@pytest.mark.usefixtures("small")
def test_of_an_agency_that_opens_too_much_everybody_is_asked_each_time(db: None, admin: Connection) -> None:
    who = cast.hub_worker()
    by_others_of_the_hub(admin, FEW_OF_AN_AGENCY.asked_from)
    asked = [opens(who, name=name) for name in ("Isla", "Zofia", "Ailsa", "Mairi")]
    assert {(one.nonce, one.brake, one.of_agency) for one in asked} == {(None, BrakeStep.ASKED, True)}
    assert opens(who, reason=OpeningReason.BUSY).nonce is not None
    assert {mark.by_agency for mark in marks()} == {FEW_OF_AN_AGENCY.asked_from}
    elsewhere = cast.sent_referral(cast.family_request())
    assert open_within_rates(cast.support_worker().actor(), "referral", elsewhere.id, purpose="support").nonce is not None


@pytest.mark.usefixtures("small")
def test_beyond_twice_that_nobody_there_opens_a_new_record_whatever_the_reason(db: None, admin: Connection) -> None:
    who, before = cast.hub_worker(), cast.family_request()
    assert open_within_rates(who.actor(), "request", before.id, purpose="front_door").nonce is not None
    brakes._agencies.clear()
    by_others_of_the_hub(admin, FEW_OF_AN_AGENCY.refused_from)
    told = opens(who, reason=OpeningReason.WORRIED)
    assert (told.nonce, told.brake, told.of_agency) == (None, BrakeStep.REFUSED, True)
    assert open_within_rates(who.actor(), "request", before.id, purpose="front_door").nonce is not None, "what they have open stays"


@pytest.mark.usefixtures("small")
def test_one_short_of_it_is_not_too_many_for_an_agency(db: None, admin: Connection) -> None:
    by_others_of_the_hub(admin, FEW_OF_AN_AGENCY.asked_from - 1)
    assert opens(cast.hub_worker()).nonce is not None
    assert marks() == []


@pytest.mark.usefixtures("small")
def test_the_same_records_again_and_those_of_an_hour_ago_are_not_counted_for_an_agency(db: None, admin: Connection) -> None:
    opened_before(admin, cast.second_hub_worker(), 2, times=20)
    opened_before(admin, cast.hub_worker("Kirsty Bain"), FEW_OF_AN_AGENCY.refused_from, minutes_ago=61)
    assert opens(cast.hub_worker()).nonce is not None


@pytest.mark.usefixtures("small")
def test_danger_is_opened_whatever_an_agency_opened(db: None, admin: Connection) -> None:
    danger, who = cast.danger_request(), cast.duty_worker()
    for place in range(FEW_OF_AN_AGENCY.refused_from):
        opened_before(admin, cast.account(Role.DUTY_WORKER, who.agency, name=f"Duty {place}"), 1)
    assert open_within_rates(who.actor(), "request", danger.id, purpose="protection").brake == BrakeStep.ASKED
    with acting(who.actor()) as now:
        look_first("request", danger.id, by=who, reason="He is at the door.", now=now)
    assert open_within_rates(who.actor(), "request", danger.id, purpose="emergency").nonce is not None


@pytest.mark.usefixtures("small")
def test_what_was_counted_of_an_agency_holds_for_some_seconds_and_is_then_counted_anew(
    db: None, admin: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [1000.0]
    monkeypatch.setattr("reachin.groundwork.audited_access.brakes.time.monotonic", lambda: seconds[0])
    who = cast.hub_worker()
    assert opens(who, name="Isla").nonce is not None
    by_others_of_the_hub(admin, FEW_OF_AN_AGENCY.refused_from)
    seconds[0] += COUNTED_ANEW.total_seconds() - 1
    assert opens(who, name="Zofia").nonce is not None
    seconds[0] += 1
    assert opens(who, name="Ailsa").brake == BrakeStep.REFUSED


def told_guardians() -> list[Message]:
    return list(Message.objects.using("owner").filter(event="opening.refused"))


@pytest.mark.usefixtures("small")
def test_the_guardian_hears_once_that_the_agency_was_refused(db: None, admin: Connection) -> None:
    guardian = cast.account(Role.INFORMATION_GUARDIAN, cast.hub())
    by_others_of_the_hub(admin, FEW_OF_AN_AGENCY.refused_from)
    for who in (cast.hub_worker(), cast.second_hub_worker(), cast.hub_worker()):
        assert opens(who).brake == BrakeStep.REFUSED
    [message] = told_guardians()
    assert message.is_for_staff
    assert message.unsealed()["address"] == guardian.email
    page = cast.signed_in(guardian).get("/guardian/looking/").content.decode()
    assert f"{FEW_OF_AN_AGENCY.refused_from} by your whole organisation" in page


def test_the_guardian_hears_of_each_account_that_was_refused_and_not_of_one_that_was_asked(db: None, admin: Connection) -> None:
    cast.account(Role.INFORMATION_GUARDIAN, cast.hub())
    opened_before(admin, cast.second_hub_worker(), FEW.asked_from)
    opens(cast.second_hub_worker())
    assert told_guardians() == []
    opened_before(admin, cast.hub_worker(), FEW.refused_from)
    for name in ("Isla", "Zofia"):
        opens(cast.hub_worker(), name=name)
    assert len(told_guardians()) == 1


@pytest.mark.usefixtures("small")
def test_the_page_says_that_it_is_the_whole_organisation(db: None, admin: Connection) -> None:
    by_others_of_the_hub(admin, FEW_OF_AN_AGENCY.refused_from)
    page = cast.signed_in(cast.hub_worker()).get(f"/hub/requests/{cast.family_request().id}/")
    assert page.status_code == 429
    words = page.content.decode()
    assert "people of your organisation together opened far more records" in words
    assert "this account" not in words


# What is left behind


@pytest.mark.asvs("16.3.3")
def test_each_step_leaves_one_mark_and_one_audit_row_an_hour(db: None, admin: Connection, time_is: Any) -> None:
    who = cast.hub_worker()
    opened_before(admin, who, FEW.asked_from)
    for _ in range(3):
        open_within_rates(who.actor(), "request", uuid4(), purpose="front_door")
    [mark] = marks()
    assert (mark.user_id, mark.agency_id, mark.role, mark.records) == (who.id, who.agency_id, Role.HUB_WORKER, FEW.asked_from)
    rows = AuditEvent.objects.using("owner").filter(event="opening.braked")
    assert [(row.subject_id, row.fields) for row in rows] == [(who.id, ["asked"])]


def test_the_guardian_of_the_agency_sees_the_mark_and_nobody_elses(db: None, admin: Connection) -> None:
    who = cast.hub_worker()
    opened_before(admin, who, FEW.asked_from)
    open_within_rates(who.actor(), "request", uuid4(), purpose="front_door")
    guardian = cast.account(Role.INFORMATION_GUARDIAN, cast.hub())
    others = [cast.account(Role.INFORMATION_GUARDIAN, cast.charity()), cast.second_hub_worker(), cast.duty_worker()]
    with acting(guardian.actor()) as now:
        [seen] = OpeningBrake.objects.unseen()
        look_at_brake(seen, by=guardian.id, now=now)
        assert not OpeningBrake.objects.unseen().exists()
    for other in others:
        with acting(other.actor(), read_only=True):
            assert not OpeningBrake.objects.exists()


def test_nobody_but_the_guardian_takes_a_mark_away(db: None, admin: Connection) -> None:
    who = cast.hub_worker()
    opened_before(admin, who, FEW.asked_from)
    open_within_rates(who.actor(), "request", uuid4(), purpose="front_door")
    with acting(who.actor()) as now:
        assert OpeningBrake.objects.update(seen_at=now, seen_by=who.id) == 0
    assert marks()[0].seen_at is None


# The pages


def test_the_page_asks_why_and_leads_on_to_what_was_to_be_read(db: None, admin: Connection) -> None:
    request_for_assistance, who = cast.family_request(), cast.hub_worker()
    opened_before(admin, who, FEW.asked_from)
    client, address = cast.signed_in(who), f"/hub/requests/{request_for_assistance.id}/"
    page = client.get(address)
    assert page.status_code == 429
    assert "Why are you opening this one?" in page.content.decode()
    assert request_for_assistance.reference not in page.content.decode()
    again = client.post(address, {"opening_asked": "1"})
    assert (again.status_code, "Choose why" in again.content.decode()) == (429, True)
    led = client.post(address, {"opening_asked": "1", "opening_reason": "busy"})
    assert (led.status_code, led.headers["Location"]) == (302, address)
    assert client.get(address).status_code == 200
    assert reasons(admin) == ["busy"]


def test_what_was_being_posted_is_carried_through_the_question_why(db: None, admin: Connection) -> None:
    request_for_assistance, who = cast.family_request(), cast.hub_worker()
    opened_before(admin, who, FEW.asked_from)
    client, address = cast.signed_in(who), f"/hub/requests/{request_for_assistance.id}/discuss/"
    page = client.post(address, {"reason": 'She said "now"', "version": "2"})
    assert page.status_code == 429
    assert 'name="reason" value="She said &#34;now&#34;"' in page.content.decode()
    assert "opening_asked" not in page.content.decode()
    done = client.post(address, {"reason": 'She said "now"', "version": "2", "opening_reason": "busy"})
    assert done.status_code == 302, done.content.decode()
    assert "done=discuss" in done.headers["Location"]


def test_far_beyond_the_page_says_what_happened_and_whom_to_ring(db: None, admin: Connection) -> None:
    request_for_assistance, who = cast.family_request(), cast.hub_worker()
    opened_before(admin, who, FEW.refused_from)
    client, address = cast.signed_in(who), f"/hub/requests/{request_for_assistance.id}/"
    for page in (client.get(address), client.post(address, {"opening_asked": "1", "opening_reason": "busy"})):
        assert page.status_code == 429
        assert "information guardian" in page.content.decode()
        assert "Why are you opening" not in page.content.decode()


def test_braked_pages_are_the_same_for_what_is_there_and_what_is_not(db: None, admin: Connection) -> None:
    real, client = cast.family_request(), cast.signed_in(cast.hub_worker())
    opened_before(admin, cast.hub_worker(), FEW.asked_from)
    pages = [client.get(f"/hub/requests/{subject}/") for subject in (real.id, uuid4())]
    assert without_token(pages[0]) == without_token(pages[1])


def without_token(page: Any) -> tuple[int, str]:
    words = page.content.decode()
    return page.status_code, "".join(part.split('"', 1)[-1] for part in words.split('name="csrfmiddlewaretoken" value="'))


def test_a_posted_reason_opens_nothing_that_is_not_theirs(db: None) -> None:
    real = cast.family_request()
    client: Client = cast.signed_in(cast.account(Role.HUB_WORKER, cast.charity()))
    page = client.post(f"/hub/requests/{real.id}/", {"opening_asked": "1", "opening_reason": "busy"})
    assert page.status_code == 404


def test_marks_are_told_again_after_an_hour(db: None, admin: Connection, time_is: Any) -> None:
    who = cast.hub_worker()
    opened_before(admin, who, FEW.asked_from)
    open_within_rates(who.actor(), "request", uuid4(), purpose="front_door")
    [mark] = marks()
    time_is(mark.braked_at + rules.WITHIN + timedelta(seconds=1))
    opened_before(admin, who, FEW.asked_from)
    open_within_rates(who.actor(), "request", uuid4(), purpose="front_door")
    assert len(marks()) == 2
