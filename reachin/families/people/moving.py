from typing import Any

from django.db.migrations import RunSQL


class MovingKey(RunSQL):
    """A migration's step: rows of this table move with their person when two records are joined, and come back when they are parted.

    `column` points at a person, `id` is the row's own key. Only the guard's function for joining and parting may move them; the
    application's role gains nothing. The table has its row security already (`GuardTable`). Register the key as OnMerge.MOVES too.
    """

    def __init__(self, table: str, column: str) -> None:
        super().__init__(sql=_moves(table, column), reverse_sql=_stays(table, column))
        self._key = (table, column)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__qualname__, list(self._key), {}


def _moves(table: str, column: str) -> str:
    return f"""
grant update ({column}) on {table} to reachin_guard;
create policy guard_moves on {table} for update to reachin_guard using (true) with check (true);
set local role reachin_guard;
insert into reachin.moving_key (name, place, pointing) values ('{table}.{column}', 'public.{table}', '{column}');
reset role"""


def _stays(table: str, column: str) -> str:
    return f"""
set local role reachin_guard;
delete from reachin.moving_key where name = '{table}.{column}';
reset role;
drop policy guard_moves on {table};
revoke update ({column}) on {table} from reachin_guard"""
