from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A way of contact says when it was last checked and by whom; whoever has the person open checks it."""

    dependencies: ClassVar = [("people", "0006_guard_homes")]
    operations: ClassVar = [
        migrations.AddField(model_name="contactinstruction", name="checked_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="contactinstruction", name="checked_by", field=models.UUIDField(null=True)),
        migrations.AddConstraint(
            model_name="contactinstruction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("checked_at", None), ("checked_by", None)),
                    models.Q(("checked_at__isnull", False), ("checked_by__isnull", False)),
                    _connector="OR",
                ),
                name="contact_checked_by_somebody",
            ),
        ),
        migrations.RunSQL(
            sql="grant update (checked_at, checked_by) on people_contactinstruction to reachin_app",
            reverse_sql="revoke update (checked_at, checked_by) on people_contactinstruction from reachin_app",
        ),
    ]
