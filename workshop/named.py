"""Proofs and benches by name: each is a module in its folder. Standard library only: their one-line help is read, not imported."""

import ast
from pathlib import Path

from workshop import places


def available(kind: str) -> dict[str, str]:
    """The names (with hyphens) and help texts of what is in the folder `proofs` or `benches`, by name."""
    folder = places.ROOT / "workshop" / kind
    return {_name(path): _help(path) for path in sorted(folder.glob("*.py")) if _has_main(path)}


def module(kind: str, name: str) -> str:
    """The module that a name stands for."""
    return f"workshop.{kind}.{name.replace('-', '_')}"


def _name(path: Path) -> str:
    return path.stem.replace("_", "-")


def _has_main(path: Path) -> bool:
    return any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in ast.parse(path.read_text()).body)


def _help(path: Path) -> str:
    for node in ast.parse(path.read_text()).body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        if any(isinstance(target, ast.Name) and target.id == "HELP" for target in targets):
            value = getattr(node, "value", None)
            return str(value.value) if isinstance(value, ast.Constant) else ""
    return ""
