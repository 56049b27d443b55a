"""The house as it stands: its rooms on disk, and the order that pyproject.toml gives them."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workshop import places

PRODUCT = places.ROOT / "reachin"
ORDER_INSIDE_A_ROOM = ("actions", "notices", "models", "rules", "enums")


def contracts() -> list[dict[str, Any]]:
    """The import contracts, as import-linter reads them."""
    read: list[dict[str, Any]] = tomllib.loads((places.ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return read


def layers_of(container: str) -> list[set[str]]:
    """The layers of a floor or of the house, highest first; names in one set know nothing of each other."""
    found = next(contract for contract in contracts() if contract.get("containers") == [container])
    return [{name.strip() for name in layer.split("|")} for layer in found["layers"]]


def floors() -> list[Path]:
    """The folders of the floors."""
    names = set().union(*layers_of("reachin"))
    return [PRODUCT / name for name in sorted(names)]


def rooms() -> list[Path]:
    """The folders of all rooms."""
    return sorted(room for floor in floors() for room in floor.iterdir() if (room / "__init__.py").exists())


def sources(name: str) -> Iterator[Path]:
    """The files of every module or package of that name directly inside a room (rules, actions, ...)."""
    for room in rooms():
        yield from room.glob(f"{name}.py")
        yield from (room / name).rglob("*.py")


def may_know(knower: str, known: str) -> bool:
    """Whether the room `knower` may refer to the room `known` (both as `floor.room`): itself, and what lies below."""
    if knower == known:
        return True
    (upper_floor, upper), (lower_floor, lower) = knower.split("."), known.split(".")
    if upper_floor != lower_floor:
        return _height("reachin", upper_floor) < _height("reachin", lower_floor)
    return _height(f"reachin.{upper_floor}", upper) < _height(f"reachin.{upper_floor}", lower)


def _height(container: str, name: str) -> int:
    return next(place for place, names in enumerate(layers_of(container)) if name in names)
