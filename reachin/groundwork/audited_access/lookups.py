"""Look-ups that nearly every page makes, and single rows that nearly every form changes: their SQL is written once, not at each page.

The ORM works a statement out anew each time, which takes it longer than the database needs to answer it.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache, cached_property
from inspect import signature
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable, ValuesIterable, ValuesListIterable, get_related_populators

from reachin.groundwork.ids import new_id

R = TypeVar("R")
Rows = Sequence[tuple[Any, ...]]


class Lookup(Generic[R]):
    """A query of which only some ids change: `Lookup(lambda card: RequestNote.objects.filter(request_for_assistance_id=card))`.

    The function is asked once, with ids that are nobody's. It gives models (with what `select_related` joins), `values` or `values_list`.
    Everything else in it has to be the same each time: no moment, no language, nothing of who asks.
    """

    def __init__(self, asked: Callable[..., QuerySet[Any, R]]) -> None:
        self._asked = asked

    def __call__(self, *ids: UUID) -> list[R]:
        """All rows, read at once. Raises TypeError when it is given another number of ids."""
        statement, given, made_of = self._compiled
        if len(ids) != self._many:
            raise TypeError(f"{self._many} ids are looked up by, not {len(ids)}")
        with connection.cursor() as cursor:
            cursor.execute(statement, [one if place is None else ids[place] for one, place in given])
            return list(made_of(cursor.fetchall()))

    def first(self, *ids: UUID) -> R | None:
        """The first row, or None where there is none or the guards show none."""
        return next(iter(self(*ids)), None)

    @cached_property
    def _many(self) -> int:
        return len(signature(self._asked).parameters)

    @cached_property
    def _compiled(self) -> tuple[str, list[tuple[Any, int | None]], Callable[[Rows], Iterable[R]]]:
        """The SQL; its values, or whose place among the ids each takes; and what makes of rows what is asked for."""
        nobodys = [new_id() for _ in range(self._many)]
        queryset = self._asked(*nobodys)
        compiler = queryset.query.get_compiler(using=queryset.db)
        statement, values = compiler.as_sql()
        if set(nobodys) - {one for one in values if isinstance(one, UUID)}:
            raise TypeError(f"this is not looked up as it is: {statement}")
        given = [(one, nobodys.index(one) if isinstance(one, UUID) and one in nobodys else None) for one in values]
        of_row = _maker(queryset, compiler)
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        if not converters:
            return statement, given, lambda rows: map(of_row, rows)
        return statement, given, lambda rows: map(of_row, map(tuple, compiler.apply_converters(rows, converters)))


def _maker(queryset: QuerySet[Any, Any], compiler: Any) -> Callable[[tuple[Any, ...]], Any]:
    """What the ORM would make of a row of this query."""
    kind = queryset._iterable_class  # noqa: SLF001 nothing else says it
    if kind is ValuesListIterable:
        return tuple
    if kind is ValuesIterable:
        names = [*queryset.query.values_select, *queryset.query.annotation_select]
        return lambda row: dict(zip(names, row, strict=True))
    if kind is not ModelIterable or compiler.annotation_col_map:
        raise TypeError(f"{kind.__name__} is not made by a look-up")
    model, places = compiler.klass_info["model"], compiler.klass_info["select_fields"]
    names = [compiler.select[place][0].target.attname for place in places]
    related = get_related_populators(compiler.klass_info, compiler.select, queryset.db)  # type: ignore[call-arg]  # Django 5.2 has no fetch mode

    def made(row: tuple[Any, ...]) -> Any:
        found = model.from_db(queryset.db, names, row[: len(names)])
        for one in related:
            one.populate(row, found)
        return found

    return made


def keep_row(row: Model, fields: Sequence[str]) -> None:
    """Writes these fields of a row that is there. Raises ObjectDoesNotExist where it is gone or the guards do not let it be changed."""
    written = [row._meta.get_field(name) for name in fields]
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in written]  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        cursor.execute(_writing(type(row), tuple(fields)), [*values, row.pk])
        if cursor.rowcount != 1:
            raise ObjectDoesNotExist


@cache
def _writing(model: type[Model], names: tuple[str, ...]) -> str:
    quoted, key = connection.ops.quote_name, cast("Any", model._meta.pk)
    given = ", ".join(f"{quoted(model._meta.get_field(name).column)} = %s" for name in names)  # type: ignore[union-attr, arg-type]
    return f"update {quoted(model._meta.db_table)} set {given} where {quoted(key.column)} = %s"
