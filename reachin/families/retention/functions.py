"""Functions of the one role that may destroy: made as that role, which nobody signs in as."""

from typing import Any

from django.db.migrations import RunSQL


class RetentionFunctions(RunSQL):
    """SQL that is run as the retention role; what it makes belongs to that role, and says itself who may call it."""

    def __init__(self, sql: str, reverse_sql: str) -> None:
        super().__init__(sql=_as_retention(sql), reverse_sql=_as_retention(reverse_sql))
        self._given = (sql, reverse_sql)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__qualname__, list(self._given), {}


def _as_retention(sql: str) -> str:
    return f"set local role reachin_retention;\n{sql};\nreset role"


def retention_reads(*tables: str) -> str:
    """SQL by which the retention role sees every row of these tables, whatever guards them."""
    return ";\n".join(
        f"grant select on {table} to reachin_retention;"
        f" create policy retention_reads on {table} for select to reachin_retention using (true)"
        for table in tables
    )


def retention_removes(*tables: str) -> str:
    """SQL by which the retention role removes rows of these tables."""
    return ";\n".join(
        f"grant delete on {table} to reachin_retention;"
        f" create policy retention_removes on {table} for delete to reachin_retention using (true)"
        for table in tables
    )


def retention_empties(table: str, *columns: str) -> str:
    """SQL by which the retention role overwrites these columns of a table."""
    return (
        f"grant update ({', '.join(columns)}) on {table} to reachin_retention;"
        f" create policy retention_empties on {table} for update to reachin_retention using (true) with check (true)"
    )
