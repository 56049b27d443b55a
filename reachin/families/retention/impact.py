"""The data protection impact assessment, written from what the product really keeps: its models, their classes, its rooms, its schedule.

What people have to say themselves (whom they consulted, who signed) stands in impact_assessment.md as a question, and is never filled
in by a program.
"""

from pathlib import Path

from django.db.models import BinaryField, Field, Model

from .register import Room, kept_as, rooms
from .rules import CLASSES, TO_BE_CHECKED, RetentionClass

PAGE = (Path(__file__).parent / "impact_assessment.md").read_text()


def page() -> str:
    """The whole assessment, in English."""
    fields = [field for room in rooms() for model in room.models for field in model._meta.concrete_fields]
    classes = [_class_of(field) for field in fields]
    return PAGE.format(
        tables=len({field.model for field in fields}),
        columns=len(fields),
        identifies=classes.count("identifies"),
        sensitive=classes.count("sensitive"),
        sealed=len([field for field in fields if _is_sealed(field)]),
        inventory="\n\n".join(_room(room) for room in rooms()),
        schedule=_schedule(),
    )


def _room(room: Room) -> str:
    title = room.name.replace("_", " ").capitalize()
    head = f"### {title}\n\n*What for:* {room.purpose}. *Controller:* {room.controller}.\n\n"
    return head + "\n".join(
        ["| Table | Kept as | Identifies | Sensitive | Safe |", "|---|---|---|---|---|", *(_row(model) for model in room.models)]
    )


def _row(model: type[Model]) -> str:
    by_class = {
        name: ", ".join(_shown(field) for field in model._meta.concrete_fields if _class_of(field) == name) or "–"
        for name in ("identifies", "sensitive", "safe")
    }
    code = kept_as().get(model._meta.db_table, "**no class**")
    return f"| {model.__name__} | {code} | {by_class['identifies']} | {by_class['sensitive']} | {by_class['safe']} |"


def _shown(field: "Field[object, object]") -> str:
    return f"**{field.name}** (sealed)" if _is_sealed(field) else field.name


def _is_sealed(field: "Field[object, object]") -> bool:
    return isinstance(field, BinaryField) and _class_of(field) != "safe" and "digest" not in field.name


def _class_of(field: "Field[object, object]") -> str:
    privacy: dict[str, str] = getattr(field.model, "privacy", {})
    return privacy.get(field.name, "unclassed")


def _schedule() -> str:
    head = ["| Class | What | Years, from | Source | Looked at before |", "|---|---|---|---|---|"]
    return "\n".join([*head, *(_line(kept) for kept in CLASSES.values())])


def _line(kept: RetentionClass) -> str:
    years = "no end by schedule" if kept.years is None else f"{kept.years:g}, {kept.begins.label}"
    checked = kept.source if kept.is_checked else f"{kept.source} ({TO_BE_CHECKED})"
    return f"| `{kept.code}` | {kept.what} | {years} | {checked} | {'by two people' if kept.needs_review else 'no'} |"
