"""Offering a page of their own: whoever only was named by somebody else gets none that could put that somebody at risk."""

from typing import Any
from uuid import UUID

import pytest

from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.access.requests_for_assistance.own_pages import offer_own_page
from reachin.families.own_accounts.actions import DoesNotFit
from reachin.families.own_accounts.enums import Ground
from reachin.families.own_accounts.models import OwnAccount
from tests import cast

DEAN = {"people": [{"known_as": "Dean", "age_years": 40, "relation": "partner"}]}
SKYE = {"people": [{"known_as": "Skye", "age_years": 13, "relation": "child"}]}
NEVER = {"must_not_know": "Dean must never know that we asked."}
CHECKED = "I asked Rowan, alone: it is safe."


def people_of(made: RequestForAssistance) -> list[UUID]:
    rows = RequestPerson.objects.using("owner").filter(request_for_assistance=made).select_related("alias").order_by("place")
    return [row.alias.person_id for row in rows]


def offer(made: RequestForAssistance, who: int, ground: Ground = Ground.GROWN_UP, checked: str = "") -> None:
    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        offer_own_page(made, people_of(made)[who], by=worker, ground=ground, why="", checked=checked, phrase="two red mugs", now=now)


@pytest.mark.parametrize(
    ("told", "who", "ground", "checked", "code"),
    [
        ({**DEAN, **NEVER}, 1, Ground.GROWN_UP, CHECKED, "must_not_know"),
        ({**DEAN, **NEVER}, 1, Ground.GROWN_UP, "", "must_not_know"),
        (DEAN, 1, Ground.GROWN_UP, " ", "not_checked"),
        ({**SKYE, **NEVER}, 1, Ground.TWELVE, "", "not_checked"),
    ],
)
def test_somebody_who_only_was_named_gets_no_page_unless_it_was_made_sure_that_it_is_safe(
    db: None, told: dict[str, Any], who: int, ground: Ground, checked: str, code: str
) -> None:
    with pytest.raises(DoesNotFit) as refused:
        offer(cast.family_request(**told), who, ground, checked)
    assert refused.value.code == code
    assert not OwnAccount.objects.using("owner").exists()


@pytest.mark.parametrize(
    ("told", "who", "ground", "checked"),
    [(NEVER, 0, Ground.GROWN_UP, ""), (DEAN, 1, Ground.GROWN_UP, CHECKED), ({**SKYE, **NEVER}, 1, Ground.TWELVE, CHECKED)],
)
def test_who_asked_has_one_and_others_where_it_was_made_sure(
    db: None, told: dict[str, Any], who: int, ground: Ground, checked: str
) -> None:
    made = cast.family_request(**told)
    offer(made, who, ground, checked)
    assert OwnAccount.objects.using("owner").get().person_id == people_of(made)[who]


def test_whoever_a_practitioner_wrote_about_gets_one_only_where_it_was_made_sure(db: None) -> None:
    with pytest.raises(DoesNotFit) as refused:
        offer(cast.practitioner_request(must_not_know=NEVER["must_not_know"]), 0, Ground.TWELVE)
    assert refused.value.code == "not_checked"
