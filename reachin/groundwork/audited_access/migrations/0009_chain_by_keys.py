from pathlib import Path
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

SQL = Path(__file__).parent.parent / "sql"
BEFORE = (SQL / "chain.sql").read_text()
BEFORE = BEFORE[BEFORE.index("create function reachin.link_committed") : BEFORE.index("revoke execute on function reachin.framed")]


class Migration(migrations.Migration):
    """Linking what waited long takes time in proportion to it, and is planned for the rows that are new, not for all there are."""

    dependencies: ClassVar = [("audited_access", "0008_context_keys")]
    operations: ClassVar = [
        GuardFunctions(
            sql=(SQL / "chain_by_keys.sql").read_text(),
            reverse_sql=BEFORE.replace("create function", "create or replace function"),
        ),
    ]
