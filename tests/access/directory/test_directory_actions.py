"""Reading sources into the directory: twice without doubling, changes under the same id, closing instead of deleting."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.models import Model

from reachin.access.directory import actions
from reachin.access.directory.actions import ImportIsRunning, load_services
from reachin.access.directory.fetching import CannotFetch
from reachin.access.directory.models import (
    ImportProblem,
    ImportRun,
    Location,
    Organisation,
    Service,
    ServiceAtLocation,
    ServiceTerm,
    Source,
)
from reachin.access.directory.reading.open_referral import read_document
from reachin.access.directory.reading.shapes import Document, Problem
from reachin.groundwork.audited_access.context import Actor, acting
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.enums import AgencyKind
from reachin.partnership.agencies.models import Agency
from reachin.partnership.places.actions import load_places
from workshop.servers import Connection

BY = Actor.system("test")
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
DEMO = Path(__file__).parents[3] / "demo"

pytestmark = pytest.mark.usefixtures("db")


def entry(number: int, **more: Any) -> dict[str, Any]:
    return {"id": str(number), "name": f"Service {number}", "status": "active", **more}


def at(place: str, **more: Any) -> dict[str, Any]:
    return {"location": {"id": place, "name": place, **more}}


class Feed:
    """A file that is read again and again."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "feed.json"

    def read(self, *entries: object, text: str = "", **options: Any) -> ImportRun:
        self.path.write_text(text or json.dumps(entries), "utf-8")
        return load_services(str(self.path), source_name="Feed", by=BY, now=NOW, **options)


@pytest.fixture
def feed(tmp_path: Path) -> Feed:
    return Feed(tmp_path)


def counts(run: ImportRun) -> tuple[int, int, int, int, int]:
    return run.added, run.changed, run.unchanged, run.refused, run.closed


def everything() -> list[Any]:
    kept: tuple[type[Model], ...] = (Service, Organisation, Location, ServiceAtLocation, ServiceTerm)
    return [row for model in kept for row in model._default_manager.order_by("id").values()]


def audited(admin: Connection) -> list[tuple[str, list[str], str]]:
    """What was recorded about services: event, fields, kind of actor."""
    rows = admin.execute("select event, fields, actor_kind from audited_access_auditevent where subject_kind = 'service' order by id")
    return [(event, fields, kind) for event, fields, kind in rows.fetchall()]


def test_a_second_run_changes_and_doubles_nothing(feed: Feed, admin: Connection) -> None:
    entries = [entry(number, service_at_locations=[at("hall")], organization={"id": "o", "name": "O"}) for number in range(5)]
    assert counts(feed.read(*entries)) == (5, 0, 0, 0, 0)
    before = everything()
    assert counts(feed.read(*entries)) == (0, 0, 5, 0, 0)
    assert everything() == before
    assert audited(admin) == [("service.added", [], "system")] * 5


def test_a_changed_text_is_updated_under_the_same_id_and_recorded_by_field(feed: Feed, admin: Connection) -> None:
    feed.read(entry(1, description="Before", fees="Free"))
    before = Service.objects.get()
    assert counts(feed.read(entry(1, description="After", fees="Free"))) == (0, 1, 0, 0, 0)
    after = Service.objects.get()
    assert (after.id, after.description, after.fees) == (before.id, "After", "Free")
    assert audited(admin)[1:] == [("service.changed", ["description"], "system")]


def test_what_is_no_longer_listed_is_closed_and_opens_again_when_it_is_back(feed: Feed) -> None:
    feed.read(entry(1), entry(2), entry(3))
    assert counts(feed.read(entry(1), entry(2))) == (0, 0, 2, 0, 1)
    gone = Service.objects.get(source_key="3")
    assert (gone.status, gone.closed_on) == ("closed", NOW.date())
    assert Service.objects.open().count() == 2
    assert counts(feed.read(entry(1), entry(2), entry(3))) == (0, 1, 2, 0, 0)
    back = Service.objects.get(source_key="3")
    assert (back.id, back.status, back.closed_on) == (gone.id, "open", None)


def test_a_source_that_shrinks_to_less_than_half_closes_nothing_until_somebody_says_so(feed: Feed) -> None:
    feed.read(*map(entry, range(5)))
    assert feed.read(entry(1)).closed == 0
    assert "somebody should look first" in ImportProblem.objects.get().reason
    assert feed.read(entry(1), close_missing=True).closed == 4


def test_a_broken_feed_keeps_what_was_read_and_closes_nothing(feed: Feed) -> None:
    feed.read(entry(1), entry(2))
    run = feed.read(text=json.dumps([entry(1, fees="£1")])[:-1] + ', {"id": ')
    assert counts(run) == (0, 1, 0, 1, 0)
    assert ImportProblem.objects.get(run=run).line == 1


def test_a_bad_entry_never_stops_the_good_ones(feed: Feed) -> None:
    run = feed.read(entry(1), {"id": "2"}, "what", entry(1, name="Again"), entry(3, minimum_age=9, maximum_age=2))
    assert counts(run) == (2, 0, 0, 3, 0)
    problems = ImportProblem.objects.filter(run=run).order_by("id").values_list("reason", "is_refused")
    assert set(problems) == {
        ("service 2 has no name", True),
        ("this is not a service", True),
        ("Again: id 1 was already on line 1", True),
        ("Service 3: the youngest age 9 is above the oldest 2", False),
    }


def test_a_location_or_term_that_a_service_no_longer_has_is_unlinked(feed: Feed) -> None:
    term = {"taxonomy_term": {"id": "t", "name": "Food"}}
    feed.read(entry(1, service_at_locations=[at("hall"), at("pier")], attributes=[term]))
    feed.read(entry(1, service_at_locations=[at("pier")]))
    assert [link.location.source_key for link in ServiceAtLocation.objects.select_related("location")] == ["pier"]
    assert not ServiceTerm.objects.exists()
    assert Location.objects.count() == 2


def test_what_somebody_here_stated_is_not_wiped_out_by_a_source_that_says_nothing(feed: Feed) -> None:
    feed.read(entry(1))
    Service.objects.update(wait_days=14, places_free=2)
    Organisation.objects.update(agency=Agency.objects.create(slug="harbour", name="Harbour", kind=AgencyKind.CHARITY))
    feed.read(entry(1, description="New words", organization={"id": "of 1", "name": "Renamed"}))
    service = Service.objects.select_related("organisation").get()
    assert (service.description, service.wait_days, service.places_free) == ("New words", 14, 2)
    assert (service.organisation.name, service.organisation.agency_id is None) == ("Renamed", False)


def test_a_postcode_puts_a_place_on_the_map_also_when_it_is_loaded_later(feed: Feed) -> None:
    one = entry(1, service_at_locations=[at("hall", addresses=[{"postal_code": "pa344ag"}])])
    feed.read(one)
    load_places(DEMO / "places.json", by=BY)
    feed.read(one)
    place = Location.objects.get()
    assert place.postcode == "PA34 4AG"
    assert place.latitude == pytest.approx(56.41, abs=0.01)


def test_areas_are_found_by_code_and_by_name_and_others_stay_words(feed: Feed) -> None:
    load_places(DEMO / "places.json", by=BY)
    uri = "http://statistics.data.gov.uk/id/statistical-geography/S12000017"
    feed.read(entry(1, service_areas=[{"uri": uri}, {"name": "strathlennan"}, {"name": "The glen"}]), entry(2))
    first, second = Service.objects.order_by("source_key")
    assert (first.area_codes, first.area_words) == (["S12000017", "S12000035"], "The glen")
    assert (second.area_codes, second.area_words) == ([], "")


def test_two_at_once_do_not_read_the_same_source(feed: Feed) -> None:
    feed.read(entry(1))
    source = Source.objects.get()
    with connections["owner"].cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s, %s)", [actions.LOCK_SPACE, source.id.int % 2**31])
        with pytest.raises(ImportIsRunning):
            feed.read(entry(1))
        cursor.execute("select pg_advisory_unlock_all()")
    assert feed.read(entry(1)).unchanged == 1


def test_only_administrators_and_the_system_import(feed: Feed) -> None:
    agency = Agency.objects.create(slug="hub", name="Hub", kind=AgencyKind.HUB)
    for role, may in ((Role.ADMINISTRATOR, True), (Role.HUB_WORKER, False)):
        by = Actor.staff(user=agency.id, agency=agency.id, role=role)
        feed.path.write_text("[]")
        if may:
            load_services(str(feed.path), by=by, now=NOW)
        else:
            with pytest.raises(PermissionDenied):
                load_services(str(feed.path), by=by, now=NOW)


def test_a_run_broken_off_by_a_crash_is_completed_by_the_next(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "BATCH", 2)
    entries = [entry(number) for number in range(5)]
    with pytest.raises(KeyboardInterrupt):
        feed.read(*entries, progress=_interrupt)
    assert Service.objects.count() == 2
    assert ImportRun.objects.get().ended_at is None
    assert counts(feed.read(*entries)) == (3, 0, 2, 0, 0)


def _interrupt(entries: int) -> None:
    raise KeyboardInterrupt


def test_the_source_keeps_where_it_was_read(feed: Feed) -> None:
    run = feed.read(entry(1))
    source = Source.objects.get()
    assert (source.name, source.address, source.is_invented) == ("Feed", str(feed.path), False)
    assert (run.began_by, run.ended_by, run.ended_at) == ("system test", "system test", NOW)


def test_one_folder_is_one_source_however_it_is_written(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    feed.path.write_text(json.dumps([entry(1)]))
    load_services(str(feed.path), by=BY, now=NOW)
    monkeypatch.chdir(feed.path.parent)
    load_services(feed.path.name, by=BY, now=NOW)
    assert Source.objects.count() == Service.objects.count() == 1


def test_a_closed_service_keeps_the_day_on_which_it_closed(feed: Feed) -> None:
    feed.read(entry(1, status="defunct"))
    Service.objects.update(closed_on=date(2026, 1, 1))
    assert feed.read(entry(1, status="defunct", description="We have stopped.")).changed == 1
    assert Service.objects.get().closed_on == date(2026, 1, 1)


def account(agency: Agency, role: Role) -> Account:
    return Account.objects.create(email=f"{role}@{agency.slug}.example", name="Somebody", agency=agency, role=role)


def test_who_runs_a_service_keeps_its_entry_fresh_and_nobody_else(feed: Feed) -> None:
    feed.read(entry(1))
    ours, theirs = (Agency.objects.create(slug=slug, name=slug, kind=AgencyKind.CHARITY) for slug in ("ours", "theirs"))
    Organisation.objects.update(agency=ours)
    service, by = Service.objects.get(), account(ours, Role.SUPPORT_WORKER)
    with acting(by.actor()):
        actions.confirm_service(service, by=by, now=NOW)
        actions.set_wait(service, by=by, days=10, words="Ten days", now=NOW)
        actions.set_places_free(service, by=by, places_free=3, now=NOW)
    kept = Service.objects.get()
    assert (kept.confirmed_on, kept.wait_days, kept.wait_stated_on, kept.places_free) == (NOW.date(), 10, NOW.date(), 3)
    stranger = account(theirs, Role.SUPPORT_WORKER)
    with acting(stranger.actor()), pytest.raises(PermissionDenied):
        actions.close_service(service, by=stranger, now=NOW)
    administrator = account(theirs, Role.ADMINISTRATOR)
    with acting(administrator.actor()):
        assert actions.close_service(service, by=administrator, now=NOW).status == "closed"


def test_the_command_tells_what_it_did_and_what_it_left_out(feed: Feed, capsys: pytest.CaptureFixture[str]) -> None:
    feed.path.write_text(json.dumps([entry(1), {"id": "2"}]))
    call_command("import_services", str(feed.path), source="Feed")
    told = capsys.readouterr()
    assert "1 added, 0 changed, 0 as they were, 1 left out, 0 closed" in told.out
    assert "feed.json, line 1: service 2 has no name (left out)" in told.err
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_services", str(feed.path) + ".gone")


def test_nothing_is_begun_when_there_is_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(CannotFetch):
        load_services(str(tmp_path / "missing.json"), by=BY, now=NOW)
    assert not Source.objects.exists()


def test_the_demo_goes_through_the_same_door() -> None:
    Agency.objects.create(slug="harbour-families", name="Harbour Families", kind=AgencyKind.CHARITY)
    load_places(DEMO / "places.json", by=BY)
    run = load_services(str(DEMO / "services.json"), source_name="Strathlennan", by=BY, now=NOW, is_invented=True, days_later=10)
    assert (run.added, ImportProblem.objects.count()) == (69, 0)
    visits = Service.objects.select_related("organisation__agency").get(name="Harbour Families home visits")
    assert visits.organisation.agency is not None
    assert (visits.shown_name().gd, visits.wait_stated_on) == ("Cuairtean dachaigh Harbour Families", date(2026, 11, 12))
    assert not Location.objects.filter(latitude=None).exists()


def test_no_refuge_tells_where_it_is() -> None:
    readings = list(read_document(Document("demo", (DEMO / "services.json").read_text("utf-8"))))
    assert not [one for one in readings if isinstance(one, Problem)]
    hidden = [one for one in readings if not isinstance(one, Problem) and "safety_at_home" in one.needs and one.is_masked]
    assert len(hidden) >= 3
    assert not [place for one in hidden for place in one.locations]


def test_baltimore_is_loaded_twice_and_doubles_nothing(outside_data: Callable[[str], Path]) -> None:
    folder = str(outside_data("data/directories/baltimore_charmcare"))
    first = load_services(folder, source_name="Baltimore", by=BY, now=NOW)
    ids = list(Service.objects.order_by("id").values_list("id", flat=True))
    second = load_services(folder, source_name="Baltimore", by=BY, now=NOW)
    assert (counts(first), counts(second)) == ((1876, 0, 0, 0, 0), (0, 0, 1876, 0, 0))
    assert list(Service.objects.order_by("id").values_list("id", flat=True)) == ids
