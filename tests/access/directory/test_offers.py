"""What the directory offers near somebody, and that it is found by index among 50,000 services."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from reachin.access.directory.actions import load_services
from reachin.access.directory.enums import Need
from reachin.access.directory.models import Service
from reachin.access.directory.offers import MOST_OFFERS, offers_near, offers_of
from reachin.access.matching.rules import Asked
from reachin.access.matching.suggesting import suggestions_for
from reachin.groundwork.audited_access.context import Actor
from reachin.partnership.places.actions import load_places
from reachin.partnership.places.lookup import Place, place_of
from workshop.servers import Connection

BY = Actor.system("test")
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
DEMO = Path(__file__).parents[3] / "demo"

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def strathlennan(db: None) -> None:
    load_places(DEMO / "places.json", by=BY)
    load_services(str(DEMO / "services.json"), source_name="Strathlennan", by=BY, now=NOW, is_invented=True)


def place(text: str) -> Place:
    found = place_of(text)
    assert found is not None
    return found


def names(asked: Asked) -> list[str]:
    return [one.name for one in suggestions_for(asked).suggestions]


def asked(text: str = "", **facts: Any) -> Asked:
    where = place(text) if text else None
    known: dict[str, Any] = {name: frozenset(told) if isinstance(told, set) else told for name, told in facts.items()}
    if where:
        known |= {"area_codes": where.area_codes, "points": (where.point,) if where.point else ()}
    return Asked(today=NOW.date(), **known)


@pytest.mark.usefixtures("strathlennan")
class TestTheCast:
    """The families of the demonstration, each with something that would be easy to get wrong."""

    def test_a_young_carer_who_asks_alone(self) -> None:
        found = names(asked("Portlennan", needs={"caring", "school"}, ages={13}, with_adults=False, belongs_to={"young_carers"}))
        assert found[0] == "Young carers"
        assert "Parent carers" in found  # for families with a disabled child: perhaps, ask

    def test_a_mother_who_fled_is_shown_help_for_adults_too(self) -> None:
        found = names(asked("Portlennan", needs={"safety_at_home", "housing"}, ages={6}))
        assert {"Women's Aid: somebody to talk to", "A safe place to stay", "Children's worker at Women's Aid"} <= set(found)

    def test_without_a_postcode_nothing_is_lost(self) -> None:
        found = names(asked(needs={"school", "health"}, ages={7}, belongs_to={"gypsy_travellers"}))
        assert "The Open Road" in found[:5]

    def test_gaelic_on_an_island(self) -> None:
        found = names(asked("Sunnay", needs={"feelings", "relationships"}, ages={4}, languages_liked={"gd"}))
        assert found[0] == "Family help in Gaelic"

    def test_a_family_that_signs(self) -> None:
        ranking = suggestions_for(asked("PA34 4AG", needs={"relationships", "baby"}, ages={1}, languages_needed={"bfi"}))
        first = ranking.suggestions[0]
        assert first.name == "Hands Together"
        assert "They can help in British Sign Language." in [str(reason) for reason in first.reasons]

    def test_an_expected_baby(self) -> None:
        found = names(asked("Balnashee", needs={"baby"}, ages={0, 19}, belongs_to={"expecting"}))
        assert {"Family nurse", "Health visitors", "Babies and biscuits"} <= set(found)

    def test_neighbours_services_are_for_neighbours(self) -> None:
        assert "Dunmarrow Family Centre" not in names(asked("Portlennan", needs={"behaviour", "company"}, ages={3}))
        assert "Dunmarrow Family Centre" in names(asked("Dunmarrow", needs={"behaviour", "company"}, ages={3}))

    def test_closed_paused_and_unasked_services_are_not_suggested(self) -> None:
        found = names(asked("Sunnay", needs={"company", "baby"}, ages={3}))
        assert not {"Sunnay playgroup", "Toy library", "The Kindness Coffee Van"} & set(found)

    def test_an_unknown_area_ranks_below_the_same_help_with_a_known_one(self) -> None:
        ranking = suggestions_for(asked("Balnashee", needs={"company", "food"}))
        told = {one.name: [reason.kind for reason in one.reasons] for one in ranking.suggestions}
        assert "area.unknown" in told["Soup and blether"]
        assert "area.fits" in told["The Boathouse youth club"]

    def test_an_organisation_that_must_not_see_is_left_out(self) -> None:
        harbour = Service.objects.get(name="Harbour Families home visits").organisation_id
        found = names(asked("Portlennan", needs={"feelings"}, ages={9}, not_wanted={harbour}))
        assert not [name for name in found if name.startswith("Harbour")]

    def test_every_need_has_something_in_strathlennan(self) -> None:
        lacking = [need for need in Need.values if not names(asked("Portlennan", needs={need}))]
        assert lacking == []


@pytest.mark.usefixtures("strathlennan")
def test_an_offer_carries_every_fact() -> None:
    service = Service.objects.get(name="Lennan Dads")
    [offer] = offers_of([service.id])
    assert (offer.service_id, offer.only_for, offer.min_age, offer.area_codes) == (
        service.id,
        frozenset({"fathers"}),
        16,
        frozenset({"S12000035"}),
    )
    assert len(offer.points) == 1
    assert offer.is_open


@pytest.mark.usefixtures("strathlennan")
def test_of_many_candidates_those_are_kept_that_meet_most_needs_then_the_surest_and_nearest() -> None:
    where = place("Portlennan")
    assert where.point is not None
    few = offers_near(needs={"company", "food"}, area_codes=where.area_codes, points=[where.point], limit=3)
    assert [len(offer.needs & {"company", "food"}) for offer in few] == [2, 2, 2]
    nearest = offers_near(needs={"company"}, area_codes=where.area_codes, points=[where.point], limit=1)
    assert nearest[0].area_codes
    assert nearest[0].points


def test_among_fifty_thousand_services_candidates_are_found_by_index(admin: Connection) -> None:
    _fill(admin, 50_000)
    candidates = Service.objects.candidates_for(needs={"food"}, area_codes={"S12000017"}, ages={9})
    sql, params = candidates.values("id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"explain {sql}", params)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "service_by_need" in plan, plan
    assert "Seq Scan" not in plan, plan
    assert len(offers_near(needs={"food"}, area_codes={"S12000017"}, ages={9})) == MOST_OFFERS


def _fill(admin: Connection, many: int) -> None:
    admin.execute("insert into directory_source (id, name, address, licence, is_invented) values (uuidv7(), 'many', '', '', true)")
    admin.execute(
        "insert into directory_organisation (id, source_id, source_key, name, description, website, email, phone, digest)"
        " select uuidv7(), id, 'o', 'Many', '', '', '', '', '' from directory_source"
    )
    admin.execute(
        """
        insert into directory_service (id, organisation_id, source_id, source_key, digest, name, public_name, sort_key, description,
          eligibility, how_to_apply, opening, fees, phone, email, website, needs, only_for, languages, access_met, access_unmet, delivery,
          area_codes, area_words, status, takes_requests, is_masked, wait_words)
        select uuidv7(), o.id, o.source_id, n::text, '', 'Service ' || n, '{}', 'service ' || n, repeat('words ', 50),
          '', '', '', '', '', '', '',
          array[(array['money','housing','food','feelings','behaviour','school','baby','company','work','health'])[1 + n %% 10]],
          '{}', '{}', '{}', '{}', '{place}', array['S120000' || lpad((5 + n %% 40)::text, 2, '0')], '', 'open', true, false, ''
        from directory_organisation o, generate_series(1, %s) n
        """,
        [many],
    )
    admin.execute("analyze directory_service")
