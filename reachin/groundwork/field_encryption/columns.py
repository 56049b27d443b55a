"""Which columns are sealed, found from the models themselves, so that a change of keys forgets none.

A binary column is sealed unless its name is `digest` or ends in `_digest` (a blind index), or its model says in `UNSEALED` why it is not.
Its model names the field code: in `SEALED` by column, or else in `FIELD`, that code itself or `FIELD.column`. A value is bound to its row's
primary key, a UUID, and opens under one code only, so that a guess cannot be wrong.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.apps import apps
from django.db.models import BinaryField, Model

Binary: TypeAlias = "BinaryField[Any, Any]"


class NobodyKnowsHowItIsSealed(TypeError):
    """A binary column whose model does not say under which field code it is sealed, or that it is not."""


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """One sealed column: its table, the table's primary key (both as the database calls them), and the field codes it may be under."""

    table: str
    key: str
    column: str
    codes: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"


def sealed_columns() -> list[SealedColumn]:
    """All of them, by table and column. Raises NobodyKnowsHowItIsSealed."""
    found = [_sealed_column(model, field) for model in apps.get_models() for field in _binary(model) if not _is_open(model, field)]
    return sorted(found, key=str)


def _binary(model: type[Model]) -> list[Binary]:
    return [field for field in model._meta.local_concrete_fields if isinstance(field, BinaryField)]


def _is_open(model: type[Model], field: Binary) -> bool:
    unsealed: Mapping[str, str] = getattr(model, "UNSEALED", {})
    return field.name == "digest" or field.name.endswith("_digest") or field.name in unsealed


def _sealed_column(model: type[Model], field: Binary) -> SealedColumn:
    codes, key = _field_codes(model, field.name), model._meta.pk
    if not codes or key.column is None or field.column is None:
        raise NobodyKnowsHowItIsSealed(
            f"{model._meta.label}.{field.name}: name its field code in SEALED or FIELD, or say in UNSEALED why it is not sealed"
        )
    return SealedColumn(model._meta.db_table, key.column, field.column, codes)


def _field_codes(model: type[Model], name: str) -> tuple[str, ...]:
    by_column: Mapping[str, str] = getattr(model, "SEALED", {})
    code: str | None = getattr(model, "FIELD", None)
    if name in by_column:
        return (by_column[name],)
    return () if code is None else (code, f"{code}.{name}")
