"""Proofs and benches by name: each is a module in its folder that has a HELP. Standard library only: the line is read, not imported."""

import re
from pathlib import Path

from workshop import places

HELP = re.compile(r'^HELP = "(.+)"$', re.MULTILINE)
"""Read and not parsed: one that is broken does not stop all the others."""


def available(kind: str) -> dict[str, str]:
    """The names (with hyphens) and help texts of what is in the folder `proofs` or `benches`, by name."""
    folder = places.ROOT / "workshop" / kind
    helps = {path: _help(path) for path in sorted(folder.glob("*.py"))}
    return {_name(path): line for path, line in helps.items() if line}


def module(kind: str, name: str) -> str:
    """The module that a name stands for."""
    return f"workshop.{kind}.{name.replace('-', '_')}"


def _name(path: Path) -> str:
    return path.stem.replace("_", "-")


def _help(path: Path) -> str:
    found = HELP.search(path.read_text())
    return found[1] if found else ""
