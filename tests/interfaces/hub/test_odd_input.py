"""Whatever is typed into any field of the hub's pages: a clear answer, never a crash."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reachin.access.referrals import actions as referrals
from reachin.access.referrals.actions import Sending
from reachin.access.referrals.enums import Shared
from reachin.groundwork.ids import new_id

from .partnership import Partnership, card, family_asks, make_service, opened, signed_in

HOSTILE = [
    "x" * 100_000,
    "\x00zero\x00",
    "👩‍👩‍👧‍👦",
    "שלום",
    "\u202e backwards",
    "<script>alert(1)</script>",
    "' or 1=1 --",
    "{{ 7*7 }}",
    "-1",
    "٣",
]
ANSWERED = (200, 302, 409, 422)
STEPS = ("contact", "ask-family", "return", "call-list", "discuss", "close", "reopen", "error", "move", "refer", "take-on", "told")
FIELDS = (
    "version",
    "reason",
    "outcome",
    "words",
    "question",
    "questions",
    "note",
    "door",
    "message",
    "key",
    "services",
    "people",
    "shares",
)
FILTERS = ("turn", "q", "stage", "urgency", "channel", "asked_by", "area", "overdue", "after", "before", "done")


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_every_field_takes_anything(partnership: Partnership, hostile: str) -> None:
    sent, other = family_asks(), family_asks()
    client = signed_in(partnership.worker)
    for step in STEPS:
        address = f"/hub/requests/{sent.id}/{step}/"
        assert client.post(address, dict.fromkeys(FIELDS, hostile)).status_code in ANSWERED
        assert client.post(address, {**dict.fromkeys(FIELDS, hostile), "version": card(sent.id).version}).status_code in ANSWERED
    for name in FILTERS:
        for address in ("/hub/", f"/hub/requests/{sent.id}/", f"/hub/requests/{other.id}/refer/"):
            assert client.get(address, {name: hostile}).status_code in (200, 400)
        assert client.post("/hub/search/", {"q": "Isla", name: hostile}).status_code in ANSWERED
    assert client.get("/hub/", {"looked": hostile}).status_code in (200, 400)


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_every_field_about_a_referral_takes_anything(partnership: Partnership, hostile: str) -> None:
    sent = family_asks()
    service = make_service("School counselling")
    with opened(partnership.worker, sent.id) as now:
        agency = referrals.agency_for(service.organisation, by=partnership.worker, now=now)
        sending = Sending(
            key=new_id(), service=service, receiver=agency, shares=frozenset({Shared.STORY}), words=hostile.replace("\x00", "")
        )
        [referral] = referrals.send(sent, [sending], by=partnership.worker, now=now)
    client = signed_in(partnership.worker)
    data = dict.fromkeys(("version", "to", "words", "decline_reason", "outcome", "reason"), hostile)
    for step in ("answer", "take-back"):
        assert client.post(f"/hub/referrals/{referral.id}/{step}/", data).status_code in ANSWERED
    assert client.post(f"/hub/referrals/{referral.id}/take-back/", {**data, "version": referral.version}).status_code in ANSWERED
    assert client.get(f"/hub/requests/{sent.id}/").status_code == 200


def test_the_big_list_of_naughty_strings_is_searched_for_and_written_down(
    partnership: Partnership, outside_data: Callable[[str], Path]
) -> None:
    sent = family_asks()
    client = signed_in(partnership.worker)
    strings: list[str] = json.loads(outside_data("data/security/blns/blns.json").read_text())
    for start in range(0, len(strings), 8):
        texts = strings[start : start + 8]
        assert client.post("/hub/search/", {"q": texts[0][:200], "opening_reason": "other"}).status_code in ANSWERED, texts[0]
        data = {"version": card(sent.id).version, "outcome": "no_answer", "words": "\n".join(texts)}
        assert client.post(f"/hub/requests/{sent.id}/contact/", data).status_code in ANSWERED, texts
    assert client.get(f"/hub/requests/{sent.id}/").status_code == 200
    assert client.get(f"/hub/requests/{sent.id}/print/").status_code == 200
