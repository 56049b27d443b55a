"""Quick exit is on every page that somebody of a family can be on: all of the access matrix, what they print, and what goes wrong."""

from typing import Any
from uuid import UUID

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from reachin.access.referrals.enums import ReferralState
from reachin.access.requests_for_assistance import actions
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.information_sharing.models import Block, CircleEntry
from tests import cast
from tests.access_matrix import MATRIX
from tests.architecture.test_access_matrix import FOUND
from tests.families.information_requests.asking import released

PUBLIC_BUT_OF_STAFF = "practitioner:"
"""Signing in is for staff."""
ONLY_SENT = frozenset(
    {
        *("public:hide", "public:close_draft", "public:person_remove"),
        *("family:go", "family:go_to_request", "family:back_to_my_page"),
    }
)
"""They are forms that lead on to another page, and show none."""
HIDE = 'action="/hide/" method="post"'


@pytest.fixture
def world(db: None) -> dict[str, Any]:
    """Somebody with a draft, somebody who asked, and somebody with a page of their own, with one of everything that a page is about."""
    made = cast.family_request(blocked_agencies=[str(cast.health().id)])
    row = RequestPerson.objects.using("owner").select_related("alias").get(request_for_assistance=made, is_contact=True)
    referral = cast.answered(cast.sent_referral(made), ReferralState.ACCEPTED, ReferralState.IN_PROGRESS)
    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        question = actions.ask_family(made, by=worker, question="Is a morning better?", now=now)
    account, _ = cast.own_account(made, row.alias.person_id)
    own = cast.came_in(account)
    own.post(reverse("family:own_must_not_see"), {"agency": str(cast.school().id)})
    people = [{"known_as": "Tam", "age_years": 6, "relation": "child"}]
    draft = cast.draft(story="I am tired.", people=people, contact_way="text")
    blocks = Block.objects.using("owner").filter(person_id=row.alias.person_id)
    return {
        "clients": [cast.came_in(made), own, cast.came_in(draft), Client()],
        "question_id": question.id,
        "referral_id": referral.id,
        "way_in_id": account,
        "asked_id": released(made).id,
        "share_id": CircleEntry.objects.using("owner").filter(person_id=row.alias.person_id, agency=cast.charity())[0].id,
        "block_id": blocks.get(agency=cast.health()).id,
        "own_block_id": blocks.get(agency=cast.school()).id,
        "key": UUID(draft.answers()["people"][0]["key"]),
        "token": "x" * 22,
        "slug": "story",
        "request_id": made.id,
    }


def test_every_page_of_the_public_and_of_families_has_it(world: dict[str, Any]) -> None:
    names = [name for name, row in MATRIX.items() if row.audience in ("public", "family") and not name.startswith(PUBLIC_BUT_OF_STAFF)]
    without, unseen = [], []
    for name in sorted(set(names) - ONLY_SENT):
        given = {word: world[word] for word in FOUND[name].pattern.converters}
        answers = [client.get(reverse(name, kwargs=given)) for client in world["clients"]]
        pages = [one.content.decode() for one in answers if one.status_code == 200 and "html" in one.headers["Content-Type"]]
        if not pages:
            unseen.append((name, [one.status_code for one in answers]))
        without += [name for page in pages if HIDE not in page or "hide_page" not in page or "data-leads-to" not in page]
    assert not without
    assert not unseen


def test_what_shows_no_page_is_only_sent(world: dict[str, Any]) -> None:
    for name in ONLY_SENT:
        given = {word: world[word] for word in FOUND[name].pattern.converters}
        assert {client.get(reverse(name, kwargs=given)).status_code for client in world["clients"]} <= {302, 404, 405}


@pytest.mark.parametrize("status", [400, 403, "403_csrf", 404, 413, 429, 503])
def test_what_goes_wrong_has_it_too(status: Any) -> None:
    page = render_to_string(f"page_parts/errors/{status}.html")
    assert HIDE in page
    assert "data-leads-to" in page


def test_a_page_of_a_broken_service_has_the_form(db: None) -> None:
    assert HIDE in render_to_string("page_parts/errors/500.html")
    assert HIDE in Client().get("/nothing-here/").content.decode()


def test_a_printed_answer_is_left_at_once(db: None) -> None:
    made: RequestForAssistance = cast.family_request()
    done = released(made)
    assert HIDE in cast.came_in(made).get(reverse("family:asked_print", args=[done.id])).content.decode()
