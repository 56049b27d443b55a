from collections import Counter
from dataclasses import replace

import pytest

from workshop.benches import front_door
from workshop.benches.crowds import kind_of, rank_of
from workshop.benches.front_door import misses, users_at
from workshop.benches.seeded import progress_bar
from workshop.crowd import Browser
from workshop.visitors import Colleagues, NotLetIn, ids_in, staff_of_the_demo

GOOD = {"p95_ms": 40.0, "failed_share": 0.0, "growth": 1.3, "users_at_200ms": 1400, "queue_vs_raw_sql": 0.4}


@pytest.mark.parametrize(
    ("measured", "missed"),
    [
        ({}, []),
        ({"p95_ms": 100.0}, ["p95_ms"]),
        ({"failed_share": 0.01}, ["failed_share"]),
        ({"growth": 1.31}, ["growth"]),
        ({"users_at_200ms": 999}, ["users_at_200ms"]),
        ({"users_at_200ms": None}, []),
        ({"queue_vs_raw_sql": 0.39, "p95_ms": 250.0}, ["p95_ms", "queue_vs_raw_sql"]),
    ],
)
def test_what_does_not_hold_is_named(measured: dict[str, float | None], missed: list[str]) -> None:
    assert misses(GOOD | measured) == missed


def test_the_limit_lies_between_the_last_step_below_and_the_first_above() -> None:
    assert users_at(200, [(600, 50.0), (800, 100.0), (1000, 300.0)], below=400) == 900
    assert users_at(200, [(600, 400.0)], below=400) == 500
    assert users_at(200, [(600, 50.0), (800, 100.0)], below=400) == 800, "it was not reached: the last step that was tried"
    assert users_at(200, [(600, 50.0), (800, float("inf"))], below=400) == 600, "too many failed"


def test_a_small_run_is_told_by_one_word() -> None:
    told = front_door._read(["--small", "--report"])
    assert (told.requests, told.users, told.no_climb, told.report) == (8_000, 40, True, True)
    told = front_door._read([])
    assert (told.requests, told.users, told.seconds, told.no_climb, told.report) == (200_000, 400, 60.0, False, False)


def test_of_twenty_people_fifteen_are_families_three_work_at_the_hub_and_two_at_agencies() -> None:
    assert Counter(map(kind_of, range(100))) == {"family": 75, "hub": 15, "receiver": 10}
    for kind in ("family", "hub", "receiver"):
        ranks = [rank_of(number) for number in range(100) if kind_of(number) == kind]
        assert ranks == list(range(len(ranks)))


def test_colleagues_part_a_page_among_themselves() -> None:
    ids = [f"request {number}" for number in range(50)]
    shares = [Colleagues(rank).own(ids) for rank in range(10)]
    assert sorted(one for share in shares for one in share) == sorted(ids)
    assert (Colleagues(9).page, Colleagues(10).page, Colleagues(25).page) == (0, 1, 2)


def test_ids_are_read_from_links_once_and_in_order() -> None:
    first, second = "0199c1a8-0000-7000-8000-000000000001", "0199c1a8-0000-7000-8000-000000000002"
    links = "".join(f'<a href="/hub/requests/{one}/">' for one in (second, first, second))
    assert ids_in(links + f'<a href="/work/requests/{first}/">', "/hub/requests/") == [second, first]


def test_the_staff_of_the_demo_can_take_part() -> None:
    staff = staff_of_the_demo()
    assert staff.hub_workers
    assert staff.receivers
    known = replace(staff, cookie="session", sessions={staff.receivers[0]: "a key"})
    browser = Browser(80)
    known.sit_down(browser, staff.receivers[0])
    assert browser.cookies == {"session": "a key"}
    assert "a key" not in repr(known)
    with pytest.raises(NotLetIn):
        known.sit_down(browser, staff.hub_workers[0])


def test_the_bar_tells_how_long_it_still_takes() -> None:
    assert progress_bar(5_000, 20_000, 10.0) == "  [#######.......................] 5,000 of 20,000, 30 s left   "
    assert progress_bar(0, 20_000, 1.0).startswith("  [..")
