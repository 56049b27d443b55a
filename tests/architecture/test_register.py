"""Every place that points at a person is in the register: what joining, a copy for them and erasure do there is decided, not forgotten."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from psycopg import sql

from reachin.families.people.models import Person, PersonAlias
from reachin.families.people.register import OnMerge, all_keys, keys_that
from tests import cast
from workshop.servers import Connection

THEMSELVES = {"people_person.id", "people_personalias.id"}


def pointing() -> set[str]:
    """Every column of every model that points at a person or at an alias, as `table.column`."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            target = field.remote_field.model if field.remote_field else None
            if target in (Person, PersonAlias):
                found.add(f"{model._meta.db_table}.{getattr(field, 'column', field.name)}")
    return found


def without_handler(registered: Iterable[str]) -> list[str]:
    return sorted(pointing() - set(registered))


def test_every_key_to_a_person_has_a_handler() -> None:
    assert without_handler(key.name for key in all_keys()) == []


def test_a_key_without_a_handler_is_found() -> None:
    for forgotten in pointing():
        assert without_handler(key.name for key in all_keys() if key.name != forgotten) == [forgotten]


def test_every_handler_says_why() -> None:
    assert [key.name for key in all_keys() if not key.because.strip()] == []


def test_what_is_registered_is_there(admin: Connection) -> None:
    for key in all_keys():
        row = admin.execute("select 1 from pg_attribute where attrelid = %s::regclass and attname = %s", [key.table, key.column]).fetchone()
        assert row, f"{key.name} does not exist"


def test_the_database_moves_what_the_register_says_and_nothing_else(admin: Connection) -> None:
    moved = {name for (name,) in admin.execute("select name from reachin.moving_key")}
    assert moved == {key.name for key in keys_that(OnMerge.MOVES)} != set()


def test_no_other_column_holds_the_id_of_a_person(db: None, admin: Connection) -> None:
    """Looked for in every row that a family's way through the house leaves: a column without a foreign key may hold one too."""
    cast.completed_referral(request_for_assistance=cast.danger_request(blocked_agencies=[str(cast.health().id)]))
    people = {str(found) for (found,) in admin.execute("select id from people_person union select id from people_personalias")}
    assert len(people) == 4
    holding = columns_holding(admin, people)
    assert "reachin.opening.people" in holding, "this looks at nothing"
    assert holding - THEMSELVES - {key.name for key in all_keys()} == set()


def columns_holding(admin: Connection, ids: set[str]) -> set[str]:
    """Every `table.column` in which one of these ids turns up."""
    tables = admin.execute(
        "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where c.relkind = 'r' and n.nspname in ('public', 'reachin')"
    ).fetchall()
    found = set()
    for place, table in tables:
        rows = admin.execute(sql.SQL("select to_jsonb(t) from {}.{} t").format(sql.Identifier(place), sql.Identifier(table)))
        name = table if place == "public" else f"{place}.{table}"
        found |= {f"{name}.{column}" for (row,) in rows for column, value in row.items() if _holds(value, ids)}
    return found


def _holds(value: Any, ids: set[str]) -> bool:
    return any(one in str(value) for one in ids) if isinstance(value, str | list | dict) else False
