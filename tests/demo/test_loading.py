"""The demo partnership loads by the real actions, true in its history, and once."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from demo.families import STORIES
from demo.loading import load_demo
from demo.partnership import told, ways_back
from reachin.access.directory.models import Service
from reachin.access.referrals.enums import ReferralState
from reachin.access.requests_for_assistance import drafts
from reachin.access.requests_for_assistance.enums import Outcome, Stage, Urgency
from reachin.groundwork.clock import now
from reachin.groundwork.ids import read_reference
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency
from workshop.servers import Connection

REQUESTS = "requests_for_assistance_requestforassistance"


@pytest.fixture
def present(db: None) -> datetime:
    return now()


@pytest.fixture
def loaded(present: datetime) -> datetime:
    load_demo(now=present)
    return present


def rows(admin: Connection, statement: str) -> list[Any]:
    return admin.execute(statement.encode()).fetchall()


def stages(admin: Connection) -> Mapping[str, str]:
    """The stage of each invented request by its key."""
    keys = {way.reference: key for key, way in ways_back().items()}
    return {keys[reference]: stage for reference, stage in rows(admin, f"select reference, stage from {REQUESTS}")}


def test_each_family_is_where_its_story_leaves_it(loaded: datetime, admin: Connection) -> None:
    assert stages(admin) == {
        "isla": Stage.MATCHED,
        "rowan": Stage.MATCHED,
        "craig": Stage.CLOSED,
        "jean": Stage.TO_BE_CONTACTED,
        "skye": Stage.IN_DISCUSSION,
        "blessing": Stage.IN_DISCUSSION,
        "mcallans": Stage.MATCHED,
        "peigi": Stage.READY_FOR_TRIAGE,
        "chloe": Stage.MATCHED,
        "dean_before": Stage.WITHDRAWN,
        "kirsty": Stage.RETURNED,
        "nameless": Stage.TO_BE_CONTACTED,
    }
    [(reference, channel)] = rows(admin, "select reference, channel from requests_for_assistance_draftrequest")
    assert (reference, channel) == (ways_back()["dean"].reference, "online")


def test_referrals_are_where_the_stories_leave_them(loaded: datetime, admin: Connection) -> None:
    found = {
        name: (state, reason, helped)
        for name, state, reason, helped in rows(admin, "select service_name, state, decline_reason, helped from referrals_referral")
    }
    assert found == {
        "Harbour Families home visits": (ReferralState.ACCEPTED, "", ""),
        "Dunmarrow Family Centre": (ReferralState.DECLINED, "out_of_area", ""),
        "Women's Aid: somebody to talk to": (ReferralState.IN_PROGRESS, "", "yes"),
        "Children's worker at Women's Aid": (ReferralState.WAITING, "", ""),
        "Homes and housing advice": (ReferralState.DECLINED, "not_eligible", ""),
        "Nursery places for two-year-olds": (ReferralState.DECLINED, "full", ""),
        "The Open Road": (ReferralState.WAITING, "", ""),
        "Family nurse": (ReferralState.COMPLETED, "", "yes"),
    }
    without_reasons = {name for name, reasons in rows(admin, "select service_name, match_reasons from referrals_referral") if not reasons}
    assert without_reasons == {"Dunmarrow Family Centre"}, "a worker's own idea: it lies outside the area"
    assert {masked for name, masked in rows(admin, "select service_name, is_masked from referrals_referral") if "Women" in name} == {True}


def test_one_alert_is_open_and_one_was_taken(loaded: datetime, admin: Connection) -> None:
    taken = rows(
        admin,
        "select reference, taken_at is not null from requests_for_assistance_dangeralert alert"
        f" join {REQUESTS} request on request.id = alert.request_for_assistance_id",
    )
    assert dict(taken) == {ways_back()["rowan"].reference: True, ways_back()["nameless"].reference: False}
    urgent = rows(admin, f"select count(*) from {REQUESTS} where urgency = {Urgency.DANGER.value}")
    assert urgent == [(2,)]


def test_history_is_in_order_and_over(loaded: datetime, admin: Connection) -> None:
    """Every table tells of the past, in the order of its moves, and audit rows carry the moments of what they tell."""
    for moves, of in (("requests_for_assistance_requestmove", "request_for_assistance_id"), ("referrals_referralmove", "referral_id")):
        assert not rows(admin, f"select 1 from {moves} a join {moves} b using ({of}) where a.number < b.number and a.moved_at > b.moved_at")
    [(last,)] = rows(admin, "select max(happened_at) from audited_access_auditevent where subject_kind in ('request', 'referral', 'draft')")
    [(first,)] = rows(admin, "select min(happened_at) from audited_access_auditevent where subject_kind = 'request'")
    assert loaded - timedelta(minutes=39) <= last <= loaded
    assert first < loaded - timedelta(days=150)
    [(sent,)] = rows(admin, f"select count(*) from {REQUESTS} r join audited_access_auditevent a on a.subject_id = r.id"
                            " and a.event = 'request.sent' and a.happened_at = r.received_at")  # fmt: skip
    assert sent == 12


def test_the_family_waits_as_long_as_the_story_says(loaded: datetime, admin: Connection) -> None:
    [(received, due, started)] = rows(
        admin, f"select received_at, contact_due_at, help_started_at from {REQUESTS} where reference = '{ways_back()['rowan'].reference}'"
    )
    assert due is None
    assert received < started < received + timedelta(days=8)
    [(outcome, closed)] = rows(admin, f"select outcome, closed_at from {REQUESTS} where reference = '{ways_back()['craig'].reference}'")
    assert outcome == Outcome.ADVICE_GIVEN
    assert closed < loaded


def test_a_second_run_changes_nothing(loaded: datetime, admin: Connection) -> None:
    before = census(admin)
    again = load_demo(now=loaded)
    assert (again.told, again.there) == (0, 13)
    after = census(admin)
    assert {table: (before[table], after[table]) for table in before if before[table] != after[table]}.keys() <= {
        "audited_access_auditevent",
        "directory_importrun",
        "directory_source",
    }


def census(admin: Connection) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a digest of them all."""
    names = [name for (name,) in rows(admin, "select tablename from pg_tables where schemaname = 'public'")]
    return {name: rows(admin, f"select count(*), md5(string_agg(t::text, '|' order by t::text)) from {name} t")[0] for name in names}


def test_everybody_comes_back_by_code_and_phrase(loaded: datetime) -> None:
    for way in ways_back().values():
        if way.phrase:
            assert drafts.come_in(way.reference, way.phrase, network=way.reference).scope == way.request_id


def test_every_role_can_be_signed_in_as_and_every_story_has_its_way_back(loaded: datetime) -> None:
    assert set(Account.objects.values_list("role", flat=True)) == set(Role.values)
    assert STORIES.keys() == ways_back().keys()
    assert all(read_reference(way.reference) == way.reference for way in ways_back().values())
    assert Account.objects.get(name="Morag Keir").check_password(told("staff.json")["password"])


def test_services_belong_to_the_agencies_that_run_them(loaded: datetime) -> None:
    asked = {one["organization"]["reach_in"]["agency"] for one in told("services.json")["contents"] if one["organization"].get("reach_in")}
    assert asked <= set(Agency.objects.values_list("slug", flat=True))
    assert Service.objects.get(name="Harbour Families home visits").organisation.agency == Agency.objects.get(slug="harbour-families")


@pytest.mark.parametrize(
    "moment",
    [datetime(2027, 1, 5, 0, 5, tzinfo=UTC), datetime(2027, 3, 28, 1, 30, tzinfo=UTC), datetime(2027, 6, 30, 23, 30, tzinfo=UTC)],
    ids=["just after New Year", "when the clocks change", "late in summer"],
)
def test_it_can_be_told_at_any_moment(db: None, time_is: Callable[[datetime], None], admin: Connection, moment: datetime) -> None:
    time_is(moment)
    assert load_demo(now=now()).told == 13
    [(last,)] = rows(admin, f"select max(stage_since) from {REQUESTS}")
    assert last <= now()


def test_it_refuses_a_database_that_is_no_demo(db: None, settings: Any) -> None:
    settings.MODE = "production"
    with pytest.raises(CommandError):
        call_command("load_demo")
    assert not Agency.objects.exists()


def test_everybody_is_invented(loaded: datetime, admin: Connection) -> None:
    """Addresses end in .example and numbers are those kept for drama."""
    assert not Account.objects.exclude(email__endswith=".example").exists()
    assert all(
        agency.phone.startswith("01632 960") and agency.email.endswith(".example") for agency in Agency.objects.filter(slug__in=slugs())
    )


def slugs() -> list[str]:
    return [one["slug"] for one in told("agencies.json")["agencies"]]
