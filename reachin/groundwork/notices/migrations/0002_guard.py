from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardTable

IN_SYSTEM = "(select reachin.acting_kind()) = 'system'"


class Migration(migrations.Migration):
    """Messages are queued by whoever acts and read by the outbox alone; the worker on an open record sees those about it."""

    dependencies: ClassVar = [("notices", "0001_initial"), ("audited_access", "0003_guard_audit")]
    operations: ClassVar = [
        GuardTable(
            "notices_message",
            see=f"{IN_SYSTEM} or about_id = (select reachin.opened('request', 'contact')) and not is_for_staff",
            add="queued_by is not distinct from coalesce((select reachin.acting_user()), (select reachin.acting_scope()))",
            change=f"{IN_SYSTEM} or about_id = (select reachin.opened('request', 'contact')) and not is_for_staff",
        )
    ]
