from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardTable


class Migration(migrations.Migration):
    """Audit rows are added by whoever acts, in their own name, and read by an agency's information guardian; never changed."""

    dependencies: ClassVar = [("audited_access", "0002_initial")]
    operations: ClassVar = [
        GuardTable(
            "audited_access_auditevent",
            see="agency_id = (select reachin.acting_agency()) and (select reachin.acting_role()) = 'information_guardian'",
            add="actor_kind = (select reachin.acting_kind()) and user_id is not distinct from (select reachin.acting_user())"
            " and agency_id is not distinct from (select reachin.acting_agency())"
            " and scope_id is not distinct from (select reachin.acting_scope()) and role = coalesce((select reachin.acting_role()), '')",
        ),
        migrations.RunSQL(
            sql="revoke insert, update on audited_access_databasemark from reachin_app",
            reverse_sql="grant insert, update on audited_access_databasemark to reachin_app",
        ),
    ]
