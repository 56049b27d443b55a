"""The guardian's side of what people ask about their own information."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from reachin.families.information_requests.enums import AskedFor, Face
from reachin.families.information_requests.models import CopyEntry, InformationRequest
from reachin.groundwork.notices.models import Message
from reachin.groundwork.permissions.enums import Role
from tests import cast
from tests.families.information_requests.asking import asked_by, guardian, guardian_elsewhere, prepared, released, second_guardian


def owned(model: Any) -> Any:
    return model.objects.using("owner")


def address(name: str, *args: Any) -> str:
    return reverse(f"guardian:{name}", args=args)


def page(client: Client, name: str, *args: Any) -> str:
    answer = client.get(address(name, *args))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_what_waits_is_listed_due_first_and_what_is_late_says_so(db: None, time_is: Any) -> None:
    made = cast.family_request()
    asked = asked_by(made, AskedFor.ERASURE, words="Delete it.")
    time_is(asked.asked_at + timedelta(days=40))
    asked_by(made, AskedFor.COMPLAINT, face=Face.SAD)
    shown = page(cast.signed_in(guardian()), "information_requests")
    assert shown.index("Delete what is held about me") < shown.index("Something was not right")
    assert shown.count("Late") == 1
    assert "Delete it." not in shown


def test_a_copy_goes_from_gathering_to_the_person_through_two_guardians(db: None) -> None:
    made = cast.family_request()
    cast.sent_referral(made)
    asked = asked_by(made)
    ruth, iain = cast.signed_in(guardian()), cast.signed_in(second_guardian())
    before = owned(Message).count()
    assert ruth.post(address("acknowledge", asked.id)).status_code == 302
    assert ruth.post(address("gather", asked.id)).status_code == 302
    shown = page(ruth, "information_request", asked.id)
    assert "Tam will not sleep" in shown
    assert "Others’ words" in shown
    left_out = owned(CopyEntry).filter(is_withheld=True).first()
    assert ruth.post(address("copy_entry", asked.id, left_out.id), {"step": "put_in"}).status_code == 409
    own = owned(CopyEntry).filter(is_withheld=False).first()
    assert ruth.post(address("copy_entry", asked.id, own.id), {"step": "leave_out"}).status_code == 302
    assert owned(CopyEntry).get(id=own.id).is_withheld
    assert ruth.post(address("prepare", asked.id), {"answer": ""}).status_code == 422
    assert ruth.post(address("prepare", asked.id), {"answer": "Here it is."}).status_code == 302
    assert "You prepared this" in page(ruth, "information_request", asked.id)
    assert ruth.post(address("decide", asked.id), {"step": "release"}).status_code == 409
    assert iain.post(address("copy_entry", asked.id, left_out.id), {"step": "put_in"}).status_code == 302
    assert iain.post(address("decide", asked.id), {"step": "refuse"}).status_code == 422
    assert "Here it is." in page(iain, "decide", asked.id)
    assert iain.post(address("decide", asked.id), {"step": "release"}).status_code == 302
    assert owned(InformationRequest).get().state == "released"
    assert owned(Message).count() == before + 2, "told that it is worked on, and that it is answered"


@pytest.mark.parametrize(("step", "state"), [("refuse", "refused"), ("hand_back", "acknowledged")])
def test_the_second_guardian_refuses_or_hands_back_with_a_reason(db: None, step: str, state: str) -> None:
    asked = prepared(cast.family_request())
    answer = cast.signed_in(second_guardian()).post(address("decide", asked.id), {"step": step, "reason": "Her brother is named."})
    assert answer.status_code == 302
    assert owned(InformationRequest).get().state == state


def test_a_complaint_shows_the_face_and_no_more_than_who_it_is(db: None) -> None:
    made = cast.young_persons_request(story="The word heron.")
    asked = asked_by(made, AskedFor.COMPLAINT, face=Face.SCARED)
    shown = page(cast.signed_in(guardian()), "information_request", asked.id)
    assert "Scared" in shown
    assert "Skye" in shown
    assert "heron" not in shown
    assert "Gather what is held" not in shown


def test_what_is_answered_shows_no_name_any_more_and_cannot_be_changed(db: None) -> None:
    asked = released(cast.family_request())
    entry = owned(CopyEntry).first()
    client = cast.signed_in(guardian())
    assert "Rowan</bdi>" not in page(client, "information_request", asked.id)
    for name, told in (("acknowledge", {}), ("gather", {}), ("prepare", {"answer": "Again."}), ("decide", {"step": "release"})):
        assert client.post(address(name, asked.id), told).status_code == 409
    assert client.post(address("copy_entry", asked.id, entry.id), {"step": "leave_out"}).status_code == 409


@pytest.mark.parametrize("name", ["information_request", "prepare", "decide"])
def test_a_guardian_of_another_agency_finds_nothing(db: None, name: str) -> None:
    asked = asked_by(cast.family_request())
    client = cast.signed_in(guardian_elsewhere())
    foreign, missing = client.get(address(name, asked.id)), client.get(address(name, UUID(int=7)))
    assert (foreign.status_code, foreign.content) == (404, missing.content)
    assert "A copy" not in page(client, "information_requests")


@pytest.mark.parametrize("role", [role for role in Role if role != Role.INFORMATION_GUARDIAN])
def test_no_other_part_works_on_it(db: None, role: Role) -> None:
    asked = asked_by(cast.family_request())
    client = cast.signed_in(cast.account(role, cast.hub()))
    assert client.get(address("information_requests")).status_code == 404
    assert client.get(address("information_request", asked.id)).status_code == 404
    assert client.post(address("gather", asked.id)).status_code == 404


def test_an_entry_of_another_copy_is_missing(db: None) -> None:
    one, other = prepared(cast.family_request()), prepared(cast.family_request(your_name="Dean"))
    entry = owned(CopyEntry).filter(information_request=other).first()
    assert cast.signed_in(second_guardian()).post(address("copy_entry", one.id, entry.id)).status_code == 404
