"""Row security as migration operations, so that a table about people is guarded by the migration that makes it."""

from collections.abc import Sequence
from typing import Any

from django.db.migrations import RunSQL


class GuardTable(RunSQL):
    """Row security on and forced for one table, with what the application's role may see, add, change and remove.

    Each argument is an SQL condition over the table's columns, or None for "never". Policies call the guard's functions only as
    `(select f())`, which PostgreSQL asks once a statement. The owner sees all rows (migrations, dumps); the guard may read them.
    `changeable` names the columns that a change may touch, where the rest of a row is history; without it, all of them.
    """

    def __init__(
        self,
        table: str,
        *,
        see: str,
        add: str | None = None,
        change: str | None = None,
        remove: str | None = None,
        changeable: Sequence[str] = (),
    ) -> None:
        self._arguments: dict[str, Any] = {"see": see, "add": add, "change": change, "remove": remove, "changeable": tuple(changeable)}
        super().__init__(sql=guard_sql(table, **self._arguments), reverse_sql=unguard_sql(table))
        self._table = table

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__qualname__, [self._table], self._arguments


def guard_sql(table: str, *, see: str, add: str | None, change: str | None, remove: str | None, changeable: Sequence[str]) -> str:
    lines = [
        f"alter table {table} enable row level security",
        f"alter table {table} force row level security",
        f"create policy owner_all on {table} to reachin_owner using (true) with check (true)",
        f"create policy guard_reads on {table} for select to reachin_guard using (true)",
        f"grant select on {table} to reachin_guard",
        f"create policy app_sees on {table} for select to reachin_app using ({see})",
    ]
    if add is not None:
        lines.append(f"create policy app_adds on {table} for insert to reachin_app with check ({add})")
    else:
        lines.append(f"revoke insert on {table} from reachin_app")
    if change is not None:
        lines.append(f"create policy app_changes on {table} for update to reachin_app using ({change}) with check ({change})")
    if change is None or changeable:
        lines.append(f"revoke update on {table} from reachin_app")
    if changeable:
        lines.append(f"grant update ({', '.join(changeable)}) on {table} to reachin_app")
    if remove is not None:
        lines.append(f"grant delete on {table} to reachin_app")
        lines.append(f"create policy app_removes on {table} for delete to reachin_app using ({remove})")
    return ";\n".join(lines)


def unguard_sql(table: str) -> str:
    policies = ("owner_all", "guard_reads", "app_sees", "app_adds", "app_changes", "app_removes")
    return ";\n".join(
        [f"drop policy if exists {name} on {table}" for name in policies] + [f"alter table {table} disable row level security"]
    )


class GuardFunctions(RunSQL):
    """Functions made as the guard's own role; the SQL grants what the application may call."""

    def __init__(self, sql: str, reverse_sql: str) -> None:
        super().__init__(sql=_as_guard(sql), reverse_sql=_as_guard(reverse_sql))
        self._given = (sql, reverse_sql)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__qualname__, list(self._given), {}


def _as_guard(sql: str) -> str:
    return f"set local role reachin_guard;\n{sql};\nreset role"
