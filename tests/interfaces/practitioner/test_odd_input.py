"""Whatever is typed into any field of these pages: a clear answer, never a crash."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reachin.access.requests_for_assistance.enums import AskedBy
from reachin.access.requests_for_assistance.questions import NEWEST_VERSION, questions_for, sections_for
from reachin.groundwork.ids import new_id
from tests import cast

from .pages import WRONG, go, post
from .test_writing import begun

HOSTILE = [
    "x" * 100_000,
    "\x00zero\x00",
    "👩‍👩‍👧‍👦 family",
    "שלום مرحبا",
    "\u202e backwards",
    "<script>alert(1)</script>",
    "'; drop table people_person; --",
    "{{ 7 * 7 }}",
    "1066-01-01",
    "\r\n\r\n",
    "-1",
    "٣",
]
ANSWERED = (200, 302, 409, WRONG)
PERSON = ("known_as", "relation", "age_years", "due_on_day", "due_on_month", "due_on_year")


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_every_field_of_every_form_takes_anything(db: None, hostile: str) -> None:
    client = cast.signed_in(cast.teacher())
    draft_id = begun(client)
    person = {f"person-1-{name}": hostile for name in PERSON} | {"people-rows": "1"}
    for section, questions in sections_for(NEWEST_VERSION, AskedBy.PRACTITIONER).items():
        data = {question.code: hostile for question in questions} | person
        assert post(client, "section", draft_id, section, data=data).status_code in ANSWERED
        assert go(client, "section", draft_id, section).status_code == 200
    assert go(client, "check", draft_id).status_code == 200
    assert post(client, "check", draft_id).status_code in ANSWERED
    everything = dict.fromkeys(questions_for(NEWEST_VERSION, AskedBy.PARENT_OR_CARER), hostile)
    keyed = everything | person | {"channel": "paper", "asked_by": "relative", "key": hostile, "phrase": hostile}
    assert post(client, "key_in", data=keyed).status_code in ANSWERED
    returned = cast.returned_request()
    assert post(client, "complete", returned.id, data={"contact_way": hostile, "phone": hostile, "email": hostile}).status_code in ANSWERED
    assert post(client, "withdraw", returned.id, data={"reason": hostile}).status_code in ANSWERED
    assert post(client, "sign_in", data={"email": hostile, "password": hostile, "next": hostile}).status_code in ANSWERED
    referral = cast.sent_referral()
    data = {"to": hostile, "version": hostile, "words": hostile, "decline_reason": hostile, "outcome": hostile}
    assert post(cast.signed_in(cast.support_worker()), "answer", referral.id, data=data).status_code in ANSWERED
    for name in ("start", "requests", "inbox", "key_in"):
        assert go(client, name, page=hostile, show=hostile, done=hostile, channel=hostile, next=hostile).status_code in (200, 400)


def test_the_big_list_of_naughty_strings_in_the_story_and_the_names(db: None, outside_data: Callable[[str], Path]) -> None:
    client = cast.signed_in(cast.desk_worker())
    cast.hub(), cast.social_work()
    strings: list[str] = json.loads(outside_data("data/security/blns/blns.json").read_text())
    for text in strings:
        person = {"people-rows": "1", "person-1-known_as": text, "person-1-relation": "child"}
        data = {"channel": "paper", "asked_by": "relative", "key": str(new_id()), "story": f"Tired. {text}", "your_name": text, **person}
        assert post(client, "key_in", data=data).status_code in (302, WRONG), text
