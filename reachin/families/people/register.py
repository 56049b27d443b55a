"""The register of every place that points at a person: what becomes of it when two records are joined, for a copy, and for erasure.

Each room fills it with a module `person_keys` that holds `KEYS`; nothing has to be called, and a room below learns nothing of a room above.
A foreign key to a person or to an alias that is not here fails a test, and so does a column in which a person's id turns up.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib import import_module
from uuid import UUID

from django.apps import apps
from django.db import models
from django.utils.module_loading import module_has_submodule

MODULE = "person_keys"


class OnMerge(StrEnum):
    """What a row does when the record that it points at is joined to another record of the same person."""

    STAYS = "stays"
    """It stays with the record that it was written in, and is seen by whoever saw it there. Who this is now is asked when it matters."""
    BY_ALIAS = "by_alias"
    """It points at an alias, which knows both the record and who that is now."""
    MOVES = "moves"
    """It points at who this is now; it is moved with a journal, and comes back when the records are parted. Needs `MovingKey` as well."""


class OnErasure(StrEnum):
    """What the erasure of a person does with a row, where the law allows the erasure."""

    EMPTIED = "emptied"
    """Its words are replaced by nothing; that there was a row remains."""
    REMOVED = "removed"
    KEPT = "kept"
    """It holds no words, and what was shared with whom has to stay accountable for as long as its schedule says."""


@dataclass(frozen=True, slots=True)
class HeldEntry:
    """One thing that is held about a person, as a copy for them tells it.

    `at` is an aware moment, `words` plain words in the reader's language, `controller` the agency that answers for it, `category` a kind
    of words (information_sharing's Category). Others' words and a child's confidence are looked at by a second person before release.
    """

    at: datetime
    words: str
    controller: UUID
    category: str
    others_words: bool = False
    childs_confidence: bool = False


Gather = Callable[[Collection[UUID]], Iterable[HeldEntry]]


def nothing(records: Collection[UUID]) -> Iterable[HeldEntry]:
    """For rows that only point: what they point at tells of itself."""
    return ()


@dataclass(frozen=True, slots=True)
class PersonKey:
    """One column that points at persons or aliases, with what happens to its rows and why.

    `gather` is given the ids of records (`Person`) and gives what is held of them there, as far as whoever asks has it open.
    """

    table: str
    column: str
    on_merge: OnMerge
    on_erasure: OnErasure
    because: str
    gather: Gather = nothing

    @property
    def name(self) -> str:
        """`table.column`, as journals and the database's own list have it."""
        return f"{self.table}.{self.column}"

    @classmethod
    def of(
        cls, model: type[models.Model], field: str, *, on_merge: OnMerge, on_erasure: OnErasure, because: str, gather: Gather = nothing
    ) -> "PersonKey":
        """The key of a model's field, by the field's name."""
        column = str(next(found.column for found in model._meta.concrete_fields if found.name == field))
        return cls(model._meta.db_table, column, on_merge, on_erasure, because, gather)


@cache
def all_keys() -> tuple[PersonKey, ...]:
    """Every registered key, by name. Raises ValueError when two rooms registered the same one."""
    found: dict[str, PersonKey] = {}
    for config in apps.get_app_configs():
        if not config.name.startswith("reachin.") or not module_has_submodule(config.module, MODULE):
            continue
        for key in import_module(f"{config.name}.{MODULE}").KEYS:
            if key.name in found:
                raise ValueError(f"{key.name} is registered twice")
            found[key.name] = key
    return tuple(found[name] for name in sorted(found))


def keys_that(on_merge: OnMerge) -> list[PersonKey]:
    """The keys whose rows do this when records are joined."""
    return [key for key in all_keys() if key.on_merge == on_merge]


def held_about(records: Collection[UUID]) -> list[HeldEntry]:
    """Everything that is held about these records of one person and is open to whoever asks, oldest first."""
    entries = [entry for key in all_keys() for entry in key.gather(records)]
    return sorted(entries, key=lambda entry: (entry.at, entry.words))
