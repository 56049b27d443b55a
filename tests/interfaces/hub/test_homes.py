"""Pages on which a home becomes a secret or stops being it; and the school, which tells where a child is."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from reachin.access.requests_for_assistance import safety
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.information_sharing.actions import decide_sharing
from reachin.families.information_sharing.enums import Basis, Category, Decision, Informed, Purpose
from reachin.families.information_sharing.rules import SevenThings
from reachin.families.people.models import ProtectedHome
from tests import cast

SCHOOL = "Portlennan Primary"


def page(client: Client, name: str, *ids: UUID) -> str:
    answer = client.get(reverse(name, args=ids))
    assert answer.status_code == 200
    return answer.content.decode()


def in_force() -> int:
    return ProtectedHome.objects.using("owner").filter(lifted_at=None).count()


def child_of(made: RequestForAssistance) -> UUID:
    """Whoever was named first."""
    rows = RequestPerson.objects.using("owner").select_related("alias").filter(request_for_assistance=made)
    return rows.order_by("place")[0].alias.person_id


def protected_by_the_hub(made: RequestForAssistance) -> RequestForAssistance:
    with cast.opened(cast.hub_worker(), made) as now:
        safety.protect_home_of(made, by=cast.hub_worker(), now=now)
    return made


def test_the_hub_keeps_it_secret_and_lifts_it_only_with_a_reason(db: None) -> None:
    made, client = cast.family_request(), cast.signed_in(cast.hub_worker())
    address = reverse("hub:home", args=[made.id])
    assert "Keep it secret" in page(client, "hub:home", made.id)
    assert client.post(address, {"do": "protect"}).status_code == 302
    assert in_force() == 2
    assert client.post(address, {"do": "lift", "why": " "}).status_code == 422
    assert in_force() == 2
    shown = page(client, "hub:home", made.id)
    assert "Where they live is kept secret." in shown
    assert "Morag Keir" in shown
    assert client.post(address, {"do": "lift", "why": "He moved to Canada; she told us."})["Location"].endswith("done=unprotected")
    assert in_force() == 0
    assert "He moved to Canada; she told us." in page(client, "hub:home", made.id)


def test_a_family_says_no_only_when_it_is_sure(db: None) -> None:
    made = cast.family_request(home_is_secret="yes")
    client, address = cast.came_in(made), reverse("family:home")
    assert client.post(address, {"is_hidden": "no"}).status_code == 422
    assert in_force() == 2
    assert client.post(address, {"is_hidden": "no", "is_sure": "on"}).status_code == 302
    assert in_force() == 0


def test_a_family_reads_that_it_stays_secret_where_a_worker_asked_for_it_too(db: None) -> None:
    made = protected_by_the_hub(cast.family_request(home_is_secret="yes"))
    answer = cast.came_in(made).post(reverse("family:home"), {"is_hidden": "no", "is_sure": "on"}, follow=True)
    assert "it stays secret" in answer.content.decode()
    assert in_force() == 2


def test_whoever_helps_keeps_it_secret_on_the_persons_page(db: None) -> None:
    made = cast.family_request()
    cast.sent_referral(made)
    client, who = cast.signed_in(cast.support_worker()), child_of(made)
    assert "Keep it secret where they live" in page(client, "practitioner:person", who)
    assert client.post(reverse("practitioner:person_protect", args=[who])).status_code == 302
    assert in_force() == 1
    shown = page(client, "practitioner:person", who)
    assert "Where they live is kept secret." in shown
    assert "Keep it secret where they live" not in shown


@pytest.mark.parametrize("is_protected", [True, False])
def test_a_school_is_named_in_no_list_and_on_no_paper_where_the_home_is_a_secret(db: None, is_protected: bool) -> None:
    made, client = cast.practitioner_request(), cast.signed_in(cast.hub_worker())
    if is_protected:
        protected_by_the_hub(made)
    queue, printed = page(client, "hub:queue"), page(client, "hub:print", made.id)
    assert (SCHOOL in queue, SCHOOL in printed) == (not is_protected, not is_protected)
    assert SCHOOL in page(client, "hub:request", made.id), "the hub has the category, and reads it on its page"


def shared_with_the_charity(made: RequestForAssistance, *kinds: Category) -> UUID:
    """A school is in the child's circle, and the charity is added with these kinds of words."""
    child, things = child_of(made), SevenThings(
        decision=Decision.SHARE, purpose=Purpose.SUPPORT, categories=[Category.CONTACT, *kinds], why="To help.", views="She agrees.",
        necessity="No more than that.", informed=Informed.TOLD, basis=Basis.PUBLIC_TASK,
    )  # fmt: skip
    for agency in (cast.school(), cast.charity()):
        with cast.opened(cast.hub_worker(), made) as now:
            decide_sharing(child, agency, things, by=cast.hub_worker(), now=now)
    return child


@pytest.mark.parametrize(
    ("kinds", "is_protected", "is_named"), [((), False, True), ((), True, False), ((Category.PROTECTED_ADDRESS,), True, True)]
)
def test_a_circle_names_the_school_only_to_whom_the_home_is_open(db: None, kinds: Any, is_protected: bool, is_named: bool) -> None:
    made = cast.family_request()
    child = shared_with_the_charity(made, *kinds)
    if is_protected:
        protected_by_the_hub(made)
    shown = page(cast.signed_in(cast.support_worker()), "practitioner:person", child)
    assert (SCHOOL in shown, "A school" in shown) == (is_named, not is_named)
