"""Orderly families of rows, and those with one thing otherwise, for the proof of the guards."""

import random
from uuid import UUID

import pytest

from workshop.proofs.guards_near import Recipe, recipes, unlike
from workshop.proofs.guards_reach import Reach
from workshop.proofs.guards_rows import Column
from workshop.proofs.guards_scenes import ORDERLY, Scenes

CARD, NOTE = "people_person", "room_note"


def column(name: str, kind: str, *, points_at: str | None = None, words: tuple[str, ...] = (), may_be_empty: bool = False) -> Column:
    return Column(name, kind, may_be_empty, False, 100, points_at, words, True)


FOUND = {
    CARD: [column("id", "uuid"), column("state", "varchar", words=("open", "shut")), column("ended_at", "timestamptz", may_be_empty=True)],
    NOTE: [column("id", "uuid"), column("card_id", "uuid", points_at=CARD), column("is_ours", "bool"), column("is_open", "bool")],
}


@pytest.fixture
def scenes() -> Scenes:
    asked = {table: {column.name for column in columns} for table, columns in FOUND.items()}
    luck = random.Random(1)  # noqa: S311 for the same ids each time
    made = Scenes(FOUND, asked, {CARD: {CARD, NOTE}, NOTE: {NOTE}}, ["contact"], "2026-01-01", luck)
    made.make([(UUID(int=number), UUID(int=number + 10)) for number in range(ORDERLY // 2)])
    return made


def test_in_an_orderly_family_keys_point_at_its_own_rows(scenes: Scenes) -> None:
    assert len(scenes.orderly) == ORDERLY
    assert all(scene.values[NOTE]["card_id"] == scene.values[CARD]["id"] for scene in scenes.orderly)
    assert len({scene.values[CARD]["id"] for scene in (*scenes.orderly, *scenes.nearly)}) > len(scenes.nearly)


def test_beside_it_one_thing_is_otherwise_or_the_flags_of_one_row(scenes: Scenes) -> None:
    for scene in scenes.nearly:
        orderly = scenes.orderly[scene.number]
        for table, row in scene.values.items():
            apart = {name for name, value in row.items() if not isinstance(value, UUID) and value != orderly.values[table][name]}
            told = set(scene.column.split())
            assert apart <= told if table == scene.apart else not apart
    assert {(scene.apart, scene.column) for scene in scenes.nearly} >= {
        (CARD, "state"),
        (CARD, "ended_at"),
        (NOTE, "card_id"),
        (NOTE, "is_ours"),
        (NOTE, "is_ours is_open"),
    }


def test_only_the_rows_that_have_to_do_with_it_are_planted_beside_it(scenes: Scenes) -> None:
    rows = scenes.rows()
    missing = [scene for scene in scenes.nearly if scene.is_missing]
    assert {scene.apart for scene in missing} == {CARD, NOTE}
    assert len(rows[NOTE]) == ORDERLY + len(scenes.nearly) - sum(scene.apart == NOTE for scene in missing)
    assert len(rows[CARD]) == ORDERLY + sum(scene.apart == CARD and not scene.is_missing for scene in scenes.nearly)


def test_everybody_comes_as_what_is_right_and_as_what_is_not() -> None:
    found = recipes(["hub_worker"], ["closed_loop"], ["request"])
    assert {Recipe("staff", "hub_worker"), Recipe("system", "closed_loop"), Recipe("staff", "closed_loop")} <= set(found)
    assert Recipe("staff", "hub_worker", "request") in found
    assert Recipe("system", "hub_worker", "request") in found, "right but for the kind of actor"
    assert Recipe("staff", "hub_worker", "request", is_thin=True) in found, "right but for the category"


def test_those_who_are_chosen_are_unlike_each_other() -> None:
    found = [Recipe("staff", "hub_worker"), Recipe("staff", "hub_worker", is_bearer=True), Recipe("family", "", "request")]
    assert unlike(found, 2) == [found[0], found[2]]


def test_what_has_a_part_is_found_through_whatever_asks_it() -> None:
    said = {"may_see": "select reachin.in_circle(who)", "in_circle": "select from public.room_note n where n.is_ours and 'hub' = role"}
    reach = Reach([CARD, NOTE], said | {CARD: "reachin.may_see(id)"}, {"card": "may_see"})
    assert reach.parts(CARD) == {CARD, NOTE}
    assert reach.parts("card") == {NOTE}
    assert "hub" in reach.words(CARD)
    assert reach.together(NOTE) == {CARD, NOTE}
    assert reach.asked(NOTE, ["is_ours", "is_open"]) == {"is_ours"}
