from typing import ClassVar

from django.db import migrations

MAY_GO = ("passkey", "authenticatorapp", "recoverycode", "factortry", "staffsession", "providersubject")


class Migration(migrations.Migration):
    """Rows that are forgotten when they have served: factors that were removed, wrong codes, sessions that are over."""

    dependencies: ClassVar = [("accounts", "0002_signing_in")]
    operations: ClassVar = [
        migrations.RunSQL(
            sql=f"grant delete on accounts_{table} to reachin_app", reverse_sql=f"revoke delete on accounts_{table} from reachin_app"
        )
        for table in MAY_GO
    ]
