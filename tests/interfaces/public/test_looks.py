"""A form that looks automatic is received like any other: the same pages, and a mark that only the hub sees."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core import signing
from django.test import Client

from reachin.access.requests_for_assistance.enums import Suspicion, WaitingFor
from reachin.access.requests_for_assistance.models import DangerAlert, DraftRequest, Quarantine, RequestForAssistance
from reachin.access.requests_for_assistance.quarantine import MOST_OF_A_NETWORK
from reachin.groundwork.ids import new_id
from reachin.interfaces.family.who import OWN_SCOPE
from reachin.interfaces.public.looks import MOMENT_SALT
from tests import cast
from workshop.servers import Connection

STORY = "I am worn out since the twins came."
PHRASE = "a heron on the wall"
REFERENCE = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}")
TOKEN = re.compile(r'name="(csrfmiddlewaretoken|moment)" value="[^"]+"')


def value_of(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]+)"', page.content.decode())
    assert found is not None, name
    return found[1]


class Asker:
    """Somebody at a browser who asks for help; a robot where the test says so."""

    def __init__(self, admin: Connection, *, network: str = "203.0.113.9", phone: str = "") -> None:
        cast.hub(), cast.social_work()
        self.admin, self.phone = admin, phone
        self.client = Client(REMOTE_ADDR=network)
        self.pages: list[Any] = []

    def begins(self, **more: str) -> "Asker":
        key = value_of(self.client.get("/ask/"), "key")
        self.client.post("/ask/", {"asked_by": "parent_or_carer", "key": key, "website": "", **more})
        return self

    def writes(self, story: str = STORY) -> "Asker":
        self.client.post("/ask/story/", {"story": story})
        if self.phone:
            self.client.post("/ask/contact/", {"contact_way": "text", "phone": self.phone})
        return self

    def takes(self, **time: float) -> "Asker":
        """So much time has passed since they began."""
        self.admin.execute(
            "update requests_for_assistance_draftrequest set started_at = started_at - %s where id = %s", [timedelta(**time), self.scope]
        )
        return self

    def sends(self, **on_last_page: str) -> "Asker":
        check = self.client.get("/ask/check/")
        led = self.client.post("/ask/check/", {"moment": value_of(check, "moment"), "website": ""})
        assert led.headers["Location"] == "/ask/leave/?send"
        leave = self.client.get("/ask/leave/?send")
        told = {"phrase": PHRASE, "moment": value_of(leave, "moment"), "website": "", **on_last_page}
        self.pages = [self.client.post("/ask/leave/?send", told), self.client.get("/ask/sent/"), self.client.get("/my-request/")]
        return self

    @property
    def scope(self) -> UUID:
        return UUID(self.client.session[OWN_SCOPE])

    @property
    def request(self) -> RequestForAssistance:
        return RequestForAssistance.objects.using("owner").get(id=self.scope)

    @property
    def suspicions(self) -> list[str]:
        marked = Quarantine.objects.using("owner").filter(request_for_assistance_id=self.scope).first()
        return [] if marked is None else list(marked.suspicions)

    def seen(self) -> list[tuple[int, str]]:
        """The pages after sending, but for the code and the tokens that each form carries."""
        return [(page.status_code, TOKEN.sub("", REFERENCE.sub("CODE", page.content.decode()))) for page in self.pages]


def family(admin: Connection, **about: str) -> Asker:
    """Somebody who takes their time."""
    return Asker(admin, **about).begins().writes().takes(minutes=3).sends()


def test_a_family_is_not_marked(db: None, admin: Connection) -> None:
    asked = family(admin)
    assert asked.suspicions == []
    assert asked.request.waiting_for == WaitingFor.HUB


def test_a_robot_that_fills_in_every_field_at_once_is_marked_for_both(db: None, admin: Connection) -> None:
    robot = Asker(admin).begins().writes().sends(website="https://buy.example")
    assert robot.suspicions == ["filled_trap", "too_fast"]
    assert robot.request.waiting_for == WaitingFor.CHECK


def test_what_was_noticed_on_the_first_page_is_remembered_until_it_is_sent(db: None, admin: Connection) -> None:
    robot = Asker(admin).begins(website="https://buy.example").writes().takes(minutes=3).sends()
    assert robot.suspicions == ["filled_trap"]


@pytest.mark.parametrize(
    ("moment", "suspicion"),
    [
        ("", Suspicion.NOT_OUR_FORM),
        ("never:ours", Suspicion.NOT_OUR_FORM),
        (signing.dumps(str(new_id()), salt=MOMENT_SALT), Suspicion.NOT_OUR_FORM),
        (signing.dumps("x", salt="public.ask"), Suspicion.NOT_OUR_FORM),
    ],
    ids=["no moment at all", "a moment that nobody signed", "another form's moment", "signed for another page"],
)
def test_a_form_that_never_was_ours_is_received_and_marked(db: None, admin: Connection, moment: str, suspicion: Suspicion) -> None:
    robot = Asker(admin).begins().writes().takes(minutes=3).sends(moment=moment)
    assert robot.suspicions == [suspicion]


def test_a_form_from_a_page_of_the_day_before_is_received_and_marked(db: None, admin: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    asker = Asker(admin).begins().writes().takes(minutes=3)
    monkeypatch.setattr("reachin.interfaces.public.looks.MOMENT_GOOD_FOR_SECONDS", -1)
    assert asker.sends().suspicions == ["old_form"]


def test_a_forged_first_page_begins_a_draft_of_its_own_and_is_marked(db: None, admin: Connection) -> None:
    robot = Asker(admin).begins(key="forged").writes().takes(minutes=3).sends()
    assert robot.suspicions == ["not_our_form"]


def test_a_first_page_that_stayed_open_for_days_marks_nobody(db: None, admin: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reachin.interfaces.public.asking.KEY_GOOD_FOR_SECONDS", -1)
    assert family(admin).suspicions == []


def test_the_sender_sees_the_very_same_pages(db: None, admin: Connection) -> None:
    robot = Asker(admin, network="198.51.100.4").begins().writes().sends(website="x")
    person = family(admin)
    assert (person.suspicions, robot.suspicions) == ([], ["filled_trap", "too_fast"])
    assert robot.seen() == person.seen()
    assert [headers_of(page) for page in robot.pages] == [headers_of(page) for page in person.pages]


def headers_of(page: Any) -> dict[str, str]:
    return dict(page.headers)


def test_a_school_full_of_families_is_received_to_the_last_one(db: None, admin: Connection) -> None:
    asked = [family(admin, network=f"203.0.113.{place}") for place in range(1, MOST_OF_A_NETWORK + 3)]
    assert all(one.pages[1].status_code == 200 and one.request for one in asked)
    assert [one.suspicions for one in asked] == [[]] * MOST_OF_A_NETWORK + [["many_from_network"]] * 2


def test_many_requests_that_name_one_number_are_marked_from_whichever_network(db: None, admin: Connection) -> None:
    asked = [family(admin, network=f"203.0.{place}.9", phone="07700 900 123") for place in range(4)]
    assert [one.suspicions for one in asked] == [[], [], [], ["many_to_target"]]


def test_the_same_form_posted_again_counts_once(db: None, admin: Connection) -> None:
    asker = family(admin, phone="07700 900 123")
    for _ in range(6):
        asker.client.post("/ask/leave/?send", {"phrase": PHRASE})
        asker.client.post("/ask/check/")
    assert asker.suspicions == []
    assert family(admin, phone="07700 900 123").suspicions == []


def test_danger_is_alerted_even_where_it_looks_automatic(db: None, admin: Connection) -> None:
    robot = Asker(admin).begins().writes("He hits me and I want to die").sends(website="x")
    assert robot.suspicions
    assert DangerAlert.objects.using("owner").filter(request_for_assistance_id=robot.scope).count() == 1


def test_no_mark_goes_over_to_the_next_request(db: None, admin: Connection) -> None:
    robot = Asker(admin).begins(website="x").writes().sends()
    robot.client.post("/my-request/leave/")
    robot.begins().writes().takes(minutes=3).sends()
    assert robot.suspicions == []


def test_nothing_of_the_network_is_kept_with_the_request(db: None, admin: Connection) -> None:
    asker = family(admin)
    row = admin.execute("select row(r.*)::text from requests_for_assistance_requestforassistance r where id = %s", [asker.scope]).fetchone()
    assert row is not None
    assert "203.0.113" not in row[0]


def test_a_draft_is_never_marked(db: None, admin: Connection) -> None:
    Asker(admin).begins(website="x").writes()
    assert DraftRequest.objects.using("owner").count() == 1
    assert not Quarantine.objects.using("owner").exists()
