from typing import ClassVar

from django.db import migrations

FORGOTTEN = ("django_session", "axes_accessattempt", "axes_accessattemptexpiration", "axes_accessfailurelog", "axes_accesslog")


class Migration(migrations.Migration):
    """Rows that are forgotten when they have served: sessions and sign-in attempts. Django's lists of models are nobody's to change."""

    dependencies: ClassVar = [
        ("audited_access", "0003_guard_audit"),
        ("sessions", "0001_initial"),
        ("axes", "0010_accessattemptexpiration"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations: ClassVar = [
        *[
            migrations.RunSQL(sql=f"grant delete on {table} to reachin_app", reverse_sql=f"revoke delete on {table} from reachin_app")
            for table in FORGOTTEN
        ],
        migrations.RunSQL(
            sql="revoke insert, update on django_migrations, django_content_type from reachin_app",
            reverse_sql="grant insert, update on django_migrations, django_content_type to reachin_app",
        ),
    ]
