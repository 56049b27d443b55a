from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Lists of one agency's shares, blocks and decisions above a block are found among those of a whole partnership."""

    dependencies: ClassVar = [("information_sharing", "0015_guard_said_as")]
    operations: ClassVar = [
        migrations.AddIndex(
            "CircleEntry",
            models.Index(fields=["agency"], condition=models.Q(ended_at=None, decision__isnull=False), name="circle_shared_with"),
        ),
        migrations.AddIndex(
            "CircleEntry",
            models.Index(fields=["until"], condition=models.Q(ended_at=None, decision__isnull=False), name="circle_by_last_day"),
        ),
        migrations.AddIndex("Block", models.Index(fields=["agency", "person"], condition=models.Q(lifted_at=None), name="block_by_agency")),
        migrations.AddIndex("Block", models.Index(fields=["said_by"], condition=models.Q(lifted_at=None), name="block_by_whom")),
        migrations.AddIndex(
            "SharingDecision", models.Index(fields=["controller"], condition=models.Q(beats_block=True), name="decision_above_block")
        ),
    ]
