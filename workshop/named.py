"""Proofs and benches by name: each is a module in its folder that has a HELP. Standard library only: the line is read, not imported."""

import ast
from pathlib import Path

from workshop import places


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
    for node in ast.parse(path.read_text()).body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        if any(isinstance(target, ast.Name) and target.id == "HELP" for target in targets):
            value = getattr(node, "value", None)
            return str(value.value) if isinstance(value, ast.Constant) else ""
    return ""
