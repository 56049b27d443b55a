from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardTable

IN_SYSTEM = "(select reachin.acting_kind()) = 'system' and (select reachin.acting_role()) in ('delivery', 'closed_loop')"
IN_DEMO = (
    "(select reachin.acting_kind()) = 'system' and (select reachin.acting_role()) = 'demonstration'"
    " and exists (select 1 from audited_access_databasemark mark where mark.name = 'demo')"
)
SOMEBODY = "(select reachin.acting_kind()) in ('family', 'staff', 'system')"
AT_THE_HUB = "(select reachin.acting_role()) in ('hub_worker', 'duty_worker')"
ABOUT_OPEN = f"about_id = (select reachin.opened('request', 'contact')) and {AT_THE_HUB} and not is_for_staff"


class Migration(migrations.Migration):
    """Messages are queued by whoever acts, in their own name, and read by the outbox alone; the hub sees those about an open record."""

    dependencies: ClassVar = [("notices", "0001_initial"), ("audited_access", "0003_guard_audit")]
    operations: ClassVar = [
        GuardTable(
            "notices_message",
            see=f"{IN_SYSTEM} or {ABOUT_OPEN} or {IN_DEMO}",
            add=f"{SOMEBODY} and queued_by is not distinct from (select reachin.signer())",
            change=f"{IN_SYSTEM} or {ABOUT_OPEN}",
            changeable=("state", "attempts", "not_before", "settled_at", "settled_by"),
        )
    ]
