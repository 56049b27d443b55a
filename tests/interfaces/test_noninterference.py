"""Two worlds that differ only in where protected people live look the same, byte for byte, to everybody without the category.

Both are built by the product's own actions at the same moment of its clock; ids, references and tokens are put in order of appearance.
What is looked at: pages, prints, lists by area, suggestions with their distances, a copy of what is held, messages, the audit, log lines,
and what cards keep unsealed. Whoever has the category (the hub) reads the home on its page: there the worlds have to differ.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reachin.access.referrals.models import Referral
from reachin.access.requests_for_assistance import safety
from reachin.access.requests_for_assistance.models import PlaceTold, RequestForAssistance, RequestPerson
from reachin.families.information_requests.models import CopyEntry
from reachin.families.information_sharing.actions import look_first
from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.notices.models import Message
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.places.models import Area, Postcode
from tests import cast
from tests.families.information_requests import asking
from tests.families.record_linkage.two_records import merged, record_of
from workshop import databases
from workshop.servers import Connection

BEGINS = cast.moment(2026, 11, 18, 10)
POSTCODES = {"PA34 4AA": ("S12000035", 56.41, -5.47), "AB10 1AB": ("S12000033", 57.15, -2.10), "ZE1 0LL": ("S12000027", 60.15, -1.15)}
NAMES = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b(?:[A-Z2-9]{4}-){2}[A-Z2-9]{4}\b")
TOKENS = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"')


@dataclass(frozen=True, slots=True)
class Home:
    """Where they live, as it is told."""

    street: str
    postcode: str

    def answers(self) -> dict[str, Any]:
        """By letter, so that an address is told as well."""
        words = f"{self.street}, {self.postcode}"
        return {"place": words, "contact_way": "letter", "address": words, "phone": None}


WORDS = st.text("abcdefghij ", min_size=3, max_size=12)
STREETS = st.builds("{} {} {}".format, st.integers(1, 300), WORDS, st.sampled_from(["Row", "Court"]))
HOMES = st.builds(Home, STREETS, st.sampled_from(sorted(POSTCODES)))


@dataclass(slots=True)
class Seen:
    """What was seen, by where; `with_category` what the hub reads on its page."""

    by_place: dict[str, str] = field(default_factory=dict)
    with_category: str = ""

    def add(self, place: str, words: str) -> None:
        """Words in which every id and reference is the number of its first appearance there."""
        order: dict[str, str] = {}
        self.by_place[place] = NAMES.sub(lambda found: order.setdefault(found[0], f"#{len(order)}"), TOKENS.sub("", words))

    def page(self, client: Client, name: str, *ids: Any, query: str = "") -> str:
        answer = client.get(reverse(name, args=ids) + query)
        words = f"{answer.status_code} {sorted(answer.headers.items())}\n{answer.content.decode()}"
        self.add(f"{name} {query}", words)
        return words


def make_places() -> None:
    for code, (council, latitude, longitude) in POSTCODES.items():
        Area.objects.using("owner").get_or_create(code=council, defaults={"name": council, "name_key": council.lower(), "kind": "council"})
        Postcode.objects.using("owner").get_or_create(
            code=code, defaults={"outward": code.split()[0], "latitude": latitude, "longitude": longitude, "council_code": council}
        )


def asked_by(home: Home) -> list[RequestForAssistance]:
    """A protected family; one that said so later; one whose record was joined to a protected one; a school's, protected by the hub."""
    protected = cast.family_request(home_is_secret="yes", **home.answers())
    later = cast.family_request(**home.answers())
    cast.sent_referral(later, words="Before.")
    with cast.as_family(later) as now:
        safety.keep_home_secret(later, is_secret=True, by=later.id, now=now)
    joined = cast.family_request(**home.answers())
    cast.sent_referral(joined, words="Before they were joined.")
    merged(record_of(joined), record_of(protected))
    schools = cast.practitioner_request(**home.answers())
    with cast.opened(cast.hub_worker(), schools) as now:
        safety.protect_home_of(schools, by=cast.hub_worker(), now=now)
    return [protected, later, joined, schools]


def refer_by_page(client: Client, made: RequestForAssistance, service: Any) -> None:
    """As a worker does: with the reasons that matching gives."""
    found = re.search(rb'name="key"[^>]*value="([^"]+)"', client.get(reverse("hub:refer", args=[made.id])).content)
    assert found is not None
    people = RequestPerson.objects.using("owner").filter(request_for_assistance=made).values_list("alias_id", flat=True)
    card = RequestForAssistance.objects.using("owner").get(id=made.id)
    told = {"key": found[1].decode(), "version": card.version, "services": [str(service.id)], "people": [str(one) for one in people]}
    told |= {f"said_{one}": "agreed" for one in people}
    answer = client.post(reverse("hub:refer", args=[made.id]), {**told, "shares": ["story", "contact", "caution"], "words": "x"})
    assert answer.status_code == 302, answer.content.decode()


def seen_in_a_world(home: Home) -> Seen:
    make_places()
    seen = Seen()
    ear = cast.service(cast.charity(), "A friendly ear")
    walk = cast.service(cast.health(), "A walk", area_codes=["S12000035"])
    requests, hub = asked_by(home), cast.signed_in(cast.hub_worker())
    for made in requests[:1] + requests[3:]:
        refer_by_page(hub, made, ear)
    refer_by_page(hub, requests[1], walk)
    for place, area in enumerate(("", *sorted({council for council, _, _ in POSTCODES.values()}), "none")):
        seen.page(hub, "hub:queue", query=f"?filter=1&area={area}&n={place}")
        seen.page(hub, "hub:queue", query=f"?turn=agencies&area={area}&n={place}")
    for made in requests:
        seen.page(hub, "hub:print", made.id)
        seen.by_place[f"print {requests.index(made)}"] = seen.by_place["hub:print "]
    look_around(seen, requests)
    tell_of_the_rest(seen, requests)
    seen.with_category = hub.get(reverse("hub:request", args=[requests[0].id])).content.decode()
    return seen


def look_around(seen: Seen, requests: list[RequestForAssistance]) -> None:
    """Everybody without the category, on all that they can open."""
    for who in (cast.support_worker(), cast.health_visitor()):
        client = cast.signed_in(who)
        seen.page(client, "practitioner:inbox", query=f"?{who.name}")
        for number, row in enumerate(Referral.objects.using("owner").filter(receiver_agency=who.agency).order_by("sent_at", "id")):
            for name in ("practitioner:referral", "practitioner:referral_print"):
                seen.page(client, name, row.id, query=f"?{number}{who.agency.slug}")
        for number, person in enumerate(RequestPerson.objects.using("owner").order_by("request_for_assistance_id", "place")):
            seen.page(client, "practitioner:person", person.alias.person_id, query=f"?{number}{who.agency.slug}")
        seen.page(client, "practitioner:people", query=f"?{who.agency.slug}")
    teacher, stranger = cast.signed_in(cast.teacher()), cast.stranger()
    seen.page(teacher, "practitioner:request", requests[3].id)
    for number, made in enumerate(requests):
        with acting(stranger.actor()) as now:
            look_first("request", made.id, by=stranger, reason="A child is crying.", now=now)
        seen.page(cast.signed_in(stranger), "practitioner:in_emergency", made.id, query=f"?{number}")
    guardian = cast.signed_in(cast.account(Role.INFORMATION_GUARDIAN, cast.hub()))
    for name in ("guardian:start", "guardian:looking", "guardian:shares", "guardian:reviews"):
        seen.page(guardian, name)


def tell_of_the_rest(seen: Seen, requests: list[RequestForAssistance]) -> None:
    """A copy, messages, the audit, and what cards keep unsealed.

    Letters that were written before it became a secret stay as they were written; what a card kept of a home that is protected only by
    another record stays too, and no list tells of it.
    """
    asking.prepared(requests[0])
    entries = CopyEntry.objects.using("owner").order_by("place")
    seen.add("copy", "\n".join(one.said() for one in entries if not one.is_withheld))
    messages = Message.objects.using("owner").exclude(about_id__in=[requests[1].id, requests[2].id], way="letter")
    seen.add("messages", "\n".join(sorted(f"{one.event} {one.way} {one.state} {one.unsealed()}" for one in messages)))
    audit = AuditEvent.objects.using("owner")
    seen.add("audit", "\n".join(sorted(f"{one.event} {one.subject_kind} {one.fields} {one.role}" for one in audit)))
    cards = RequestForAssistance.objects.using("owner").filter(id__in=[made.id for made in (requests[0], requests[1], requests[3])])
    seen.add("areas", str(list(cards.order_by("received_at").values_list("area_code", "urgency", "display_name"))))
    streets = PlaceTold.objects.using("owner").exclude(request_for_assistance_id=requests[2].id).values_list("postcode_digest", flat=True)
    seen.add("streets", str([street and bytes(street).hex() for street in streets]))
    reasons = Referral.objects.using("owner").exclude(match_reasons=[]).order_by("sent_at", "id").values_list("match_reasons", flat=True)
    seen.add("reasons", str(list(reasons)))


@pytest.fixture
def world_of(db: None, admin: Connection, time_is: Callable[[datetime], None], caplog: pytest.LogCaptureFixture) -> Callable[[Home], Seen]:
    def build(home: Home) -> Seen:
        databases.wipe(admin)
        time_is(BEGINS)
        caplog.clear()
        with caplog.at_level(logging.DEBUG):
            seen = seen_in_a_world(home)
        seen.add("log", "\n".join(line for line in caplog.messages if home.street in line or home.postcode in line))
        return seen

    return build


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], database=None)
@example(one=Home("4 Shore Row", "PA34 4AA"), other=Home("19 Granite Court", "AB10 1AB"))
@given(one=HOMES, other=HOMES)
def test_nobody_without_the_category_can_tell_where_protected_people_live(world_of: Callable[[Home], Seen], one: Home, other: Home) -> None:
    here, there = world_of(one), world_of(other)
    assert here.by_place.keys() == there.by_place.keys()
    for place in here.by_place:
        assert here.by_place[place] == there.by_place[place], place
    if one != other:
        assert here.with_category != there.with_category, "the hub reads it: the worlds do differ"


def test_a_home_that_is_no_secret_makes_a_difference(world_of: Callable[[Home], Seen], monkeypatch: pytest.MonkeyPatch) -> None:
    """The property can fail: without protection the same worlds are told apart, on lists, in distances and on paper."""
    monkeypatch.setattr(safety, "protect_home", lambda *_args, **_also: None)
    monkeypatch.setattr("reachin.access.requests_for_assistance.actions.protect_home", lambda *_args, **_also: None)
    monkeypatch.setattr("reachin.access.requests_for_assistance.safety._say_of_home", lambda *_args, **_also: False)
    here, there = world_of(Home("4 Shore Row", "PA34 4AA")), world_of(Home("19 Granite Court", "AB10 1AB"))
    differ = {place.split()[0] for place in here.by_place if here.by_place[place] != there.by_place.get(place)}
    assert {
        "hub:queue",
        "hub:print",
        "practitioner:referral",
        "practitioner:referral_print",
        "practitioner:in_emergency",
        "areas",
        "streets",
    } <= differ
