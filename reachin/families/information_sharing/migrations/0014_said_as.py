from typing import ClassVar

from django.db import migrations, models

BACKFILL = """
update information_sharing_block b set said_as = case
  when exists (select 1 from accounts_account a where a.id = b.said_by) then 'worker'
  when exists (select 1 from people_person p where p.id = b.person_id and p.recorded_by <> b.said_by) then 'self'
  else 'other' end
"""
"""Whose own request it was is known two floors up, and is filled in there; until then what a family said is as of somebody else."""


class Migration(migrations.Migration):
    """A block says as what it was said; two people may say the same, and each takes back their own."""

    dependencies: ClassVar = [
        ("information_sharing", "0013_guard_what_changes"),
        ("accounts", "0005_known_device"),
        ("people", "0006_guard_homes"),
    ]
    operations: ClassVar = [
        migrations.AddField("block", "said_as", models.CharField(max_length=10, null=True)),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
        migrations.AlterField(
            "block",
            "said_as",
            models.CharField(
                choices=[
                    ("self", "For themselves"),
                    ("parent", "For their child"),
                    ("worker", "A worker, to keep somebody safe"),
                    ("other", "For somebody else"),
                ],
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint("block", "block_once"),
        migrations.AddConstraint(
            "block",
            models.UniqueConstraint(
                condition=models.Q(("lifted_at", None)), fields=("person", "agency", "said_by"), name="block_said_once"
            ),
        ),
        migrations.AddConstraint(
            "block",
            models.CheckConstraint(condition=models.Q(("said_as__in", ["self", "parent", "worker", "other"])), name="block_said_as_known"),
        ),
    ]
