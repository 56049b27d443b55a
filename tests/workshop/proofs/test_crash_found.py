"""The crash proof's own eyes: they see what the product's actions wrote, and what is there twice."""

import pytest

from reachin.access.requests_for_assistance.enums import Stage
from tests import cast
from workshop.proofs.crash_found import look
from workshop.proofs.crash_ledger import Ledger, doubled, lost, new_mark

pytestmark = pytest.mark.usefixtures("db")


def sent_by_a_family(ledger: Ledger, mark: str) -> None:
    """What a browser would have sent for the request of `asks`, all of it acknowledged."""
    for step, fields in (
        ("who asks: save", [("asked_by", "parent_or_carer")]),
        ("question: save", [("story", f"It is hard. {mark}")]),
        ("question: save", [("help_with", "school"), ("help_with", "food")]),
        ("question: save", [("in_danger", "no")]),
        ("question: save", [("contact_way", "text"), ("phone", "07700 900555")]),
        ("question: save", [("place", "Portlennan"), ("home_is_secret", "no")]),
        ("person: save", [("known_as", f"Tam {mark}"), ("relation", "child")]),
        ("phrase: save and send", [("phrase", "three slow herons")]),
    ):
        ledger.note(step, mark, fields).is_acknowledged = True


def asks(mark: str) -> None:
    cast.family_request(
        story=f"It is hard. {mark}",
        help_with=["school", "food"],
        in_danger="no",
        contact_way="text",
        phone="07700 900555",
        place="Portlennan",
        home_is_secret="no",
        people=[{"known_as": f"Tam {mark}", "age_years": 6, "relation": "child"}],
    )


def test_everything_that_a_family_sent_is_seen_once() -> None:
    ledger, mark = Ledger(), new_mark()
    sent_by_a_family(ledger, mark)
    asks(mark)
    found = look("owner")
    assert (lost(ledger.told, found), doubled(ledger.told, found)) == ([], [])


def test_a_family_that_sent_twice_is_seen() -> None:
    ledger, mark = Ledger(), new_mark()
    sent_by_a_family(ledger, mark)
    asks(mark)
    cast.draft(story=f"It is hard. {mark}")
    assert doubled(ledger.told, look("owner")) == [mark]


def test_what_is_not_there_is_lost() -> None:
    ledger, mark = Ledger(), new_mark()
    sent_by_a_family(ledger, mark)
    assert len(lost(ledger.told, look("owner"))) == len(ledger.told)


def test_words_of_the_hub_are_seen_where_they_were_written() -> None:
    ledger, mark = Ledger(), new_mark()
    ledger.note("discuss: save", "", [("reason", mark)]).is_acknowledged = True
    assert len(lost(ledger.told, look("owner"))) == 1
    cast.decide(cast.call_list_request(), Stage.IN_DISCUSSION, reason=mark)
    found = look("owner")
    assert (lost(ledger.told, found), doubled(ledger.told, found)) == ([], [])
