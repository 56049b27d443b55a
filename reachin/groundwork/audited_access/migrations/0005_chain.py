from pathlib import Path
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

CHAIN = (Path(__file__).parent.parent / "sql" / "chain.sql").read_text()
TABLE = "audited_access_auditevent"


class Migration(migrations.Migration):
    """Committed rows are linked by hash. The database itself notes by which transaction a row was written: by that the sealer finds new ones."""

    dependencies: ClassVar = [("audited_access", "0004_sessions_may_go")]
    operations: ClassVar = [
        migrations.RunSQL(
            sql=f"alter table {TABLE} add column transaction xid8 not null default pg_current_xact_id();"
            f"create index audit_by_transaction on {TABLE} (transaction)",
            reverse_sql=f"alter table {TABLE} drop column transaction",
        ),
        GuardFunctions(
            sql=CHAIN,
            reverse_sql="drop function reachin.link_committed; drop function reachin.framed; drop function reachin.moment;"
            "drop table reachin.link; drop table reachin.chain_position; drop index reachin.opening_transaction",
        ),
    ]
