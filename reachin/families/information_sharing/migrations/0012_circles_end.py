from typing import ClassVar

from django.db import migrations, models

UNTIL = """
update information_sharing_circleentry set until = greatest(starts_at + interval '1 year', now() + interval '90 days')
  where until is null and (purpose <> 'front_door' or account_id is not null)
"""


class Migration(migrations.Migration):
    """Every share has its last day, but for the door that holds a request: what has none yet gets a year, and time to be decided anew."""

    dependencies: ClassVar = [("information_sharing", "0011_guard_set_once")]
    operations: ClassVar = [
        migrations.RunSQL(UNTIL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="circleentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("account", None), ("purpose", "front_door")) | models.Q(("until__isnull", False)),
                name="circle_has_an_end",
            ),
        ),
    ]
