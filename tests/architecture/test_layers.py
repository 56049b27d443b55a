"""Imports run down only, held by import-linter; and every room is in its lists."""

import subprocess
import sys
from pathlib import Path

from tests.architecture import house
from workshop import places


def test_the_import_contracts_hold() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"], cwd=places.ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_floor_has_its_order() -> None:
    for floor in house.floors():
        listed = set().union(*house.layers_of(f"reachin.{floor.name}"))
        assert listed == {room.name for room in house.rooms() if room.parent == floor}, floor.name


def test_the_order_inside_a_room_is_held_in_every_room() -> None:
    inside = next(contract for contract in house.contracts() if contract["name"].startswith("Inside a room"))
    assert [layer.strip("()") for layer in inside["layers"]] == list(house.ORDER_INSIDE_A_ROOM)
    rooms = {
        f"reachin.{room.parent.name}.{room.name}"
        for room in house.rooms()
        if any((room / f"{name}.py").exists() or (room / name).is_dir() for name in house.ORDER_INSIDE_A_ROOM)
    }
    assert set(inside["containers"]) == rooms


def test_every_room_says_what_it_knows() -> None:
    for room in house.rooms():
        assert (room / "__init__.py").read_text().lstrip().startswith('"""'), f"{room} has no docstring"


def test_no_room_is_called_by_a_name_that_says_nothing() -> None:
    assert not {room.name for room in house.rooms()} & {"core", "common", "utils", "main", "api"}
