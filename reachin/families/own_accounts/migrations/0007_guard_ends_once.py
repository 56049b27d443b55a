from typing import ClassVar

from django.db import migrations

TABLE = "own_accounts_ownaccount"
OF_OWN_PAGE = "person_id = (select reachin.opened_own())"
OPEN_TO_STAFF = "(select reachin.acting_kind()) = 'staff' and person_id = any ((select reachin.opened_people('contact'))::uuid[])"
ENDED = "ended_at is not null and ended_by = (select reachin.signer())"
POLICIES = f"""
drop policy app_ends_own_ways_in on {TABLE};
drop policy app_ends on {TABLE};
create policy app_ends on {TABLE} for update to reachin_app using (({OPEN_TO_STAFF} or {OF_OWN_PAGE}) and ended_at is null)
  with check ({ENDED})
"""


class Migration(migrations.Migration):
    """One policy for what ends an account, whoever does: two that asked the same of the change could each be lost unnoticed."""

    dependencies: ClassVar = [("own_accounts", "0006_guard_said_once")]
    operations: ClassVar = [migrations.RunSQL(POLICIES, migrations.RunSQL.noop)]
