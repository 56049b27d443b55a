from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from reachin.groundwork.audited_access.pages import Opens
from tests.access_matrix import Row
from workshop.proofs.matrix import Case
from workshop.proofs.openings import Trace, Walk, _reconcile, is_shown, trace_of
from workshop.proofs.world import Actor

FAMILY, REQUEST = UUID(int=1), UUID(int=2)
OWN, AT_THE_HUB = Opens("request", "own_request"), Opens("request", "front_door", by="request_id")
STATUS = Case("family:status", Row("family"), "/your-request/", "", "")
PAGE = Case("hub:request", Row("staff"), f"/hub/requests/{REQUEST}/", "", "")
ROW = Trace("request", FAMILY, ("family", None, None, FAMILY, ""), "own_request")


def answered(status: int, leads_to: str = "") -> Any:
    return SimpleNamespace(status_code=status, headers={"Location": leads_to} if leads_to else {})


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (answered(200), True),
        (answered(409), True),
        (answered(422), True),
        (answered(302, "/hub/"), True),
        (answered(302, "/work/sign-in/?next=/hub/"), False),
        (answered(302, "/come-back/"), False),
        (answered(404), False),
        (answered(405), False),
        (answered(429), False),
        (answered(500), False),
    ],
)
def test_a_page_is_shown_unless_it_is_missing_or_a_door(answer: Any, shown: bool) -> None:
    assert is_shown(answer) == shown


def test_a_trace_names_the_familys_own_request_or_the_one_in_the_address() -> None:
    account: Any = SimpleNamespace(id=UUID(int=3), agency_id=UUID(int=4), role="hub_worker")
    assert trace_of(Actor("her", scope=FAMILY), STATUS, OWN) == ROW
    expected = Trace("request", REQUEST, ("staff", account.id, account.agency_id, None, "hub_worker"), "front_door")
    assert trace_of(Actor("a hub worker", account), PAGE, AT_THE_HUB) == expected


@pytest.mark.parametrize(
    ("opens", "status", "rows", "openings", "refused", "wrong"),
    [
        (OWN, 200, [ROW], 1, 0, 0),
        (OWN, 200, [], 1, 0, 1),
        (OWN, 200, [ROW, ROW], 1, 0, 1),
        (OWN, 200, [Trace("request", REQUEST, ROW.actor, "own_request")], 1, 0, 1),
        (OWN, 200, [Trace("request", FAMILY, ROW.actor, "support")], 1, 0, 1),
        (OWN, 404, [], 0, 0, 0),
        (OWN, 405, [ROW], 0, 1, 0),
        (None, 200, [], 0, 0, 0),
        (None, 200, [ROW], 0, 1, 1),
        (OWN, 500, [ROW], 0, 1, 2),
    ],
)
def test_each_page_has_its_row_and_each_row_its_page(
    opens: Opens | None, status: int, rows: list[Trace], openings: int, refused: int, wrong: int
) -> None:
    walk = Walk()
    _reconcile(walk, Actor("her", scope=FAMILY), STATUS, opens, answered(status), rows, "she went")
    assert (walk.openings, walk.refused, len(walk.wrong)) == (openings, refused, wrong)
