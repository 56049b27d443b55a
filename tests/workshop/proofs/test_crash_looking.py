"""The crash proof's own eyes: it sees what is lost and what is there twice."""

from tests import cast
from workshop.proofs.crash_looking import look_up

SAVED = ["question: save"] * 5 + ["person: save"]


def family(words: str) -> None:
    cast.family_request(
        story=f"x {words}", wishes="y", in_danger="no", people=[{"known_as": f"Tam {words}", "age_years": 6, "relation": "child"}]
    )


def test_what_was_acknowledged_and_is_there_once_is_right(db: None) -> None:
    family("grebe0000001")
    found = look_up([{"words": "grebe0000001", "steps": SAVED, "sent": True}], using="owner")
    assert (found["lost"], found["doubled"]) == (0, 0), found["wrong"]


def test_a_request_that_is_not_there_is_lost(db: None) -> None:
    assert look_up([{"words": "grebe0000001", "steps": SAVED, "sent": True}], using="owner")["lost"] == 2


def test_a_person_that_is_not_there_is_lost_and_one_too_many_is_doubled(db: None) -> None:
    family("grebe0000001")
    fewer = [{"words": "grebe0000001", "steps": SAVED[:-1], "sent": True}]
    more = [{"words": "grebe0000001", "steps": [*SAVED, "person: save"], "sent": True}]
    assert look_up(fewer, using="owner")["doubled"] == 1
    assert look_up(more, using="owner")["lost"] == 1


def test_two_requests_of_one_family_are_doubled(db: None) -> None:
    family("grebe0000001")
    family("grebe0000001")
    assert look_up([{"words": "grebe0000001", "steps": SAVED, "sent": True}], using="owner")["doubled"] >= 1


def test_an_answer_that_is_not_there_is_lost(db: None) -> None:
    cast.draft(story="x grebe0000001")
    assert look_up([{"words": "grebe0000001", "steps": SAVED[:3], "sent": False}], using="owner")["lost"] == 1
