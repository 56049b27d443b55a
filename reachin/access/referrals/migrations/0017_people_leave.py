from typing import ClassVar

from django.db import migrations, models

NAMELESS = """
update referrals_referral set display_name = '–' where state in ('withdrawn_by_family', 'withdrawn_by_sender') and display_name not in ('', '–')
"""


class Migration(migrations.Migration):
    """Whoever ended their share leaves what was asked for them; and of what was taken back nobody's name stays in a list."""

    dependencies: ClassVar = [("referrals", "0016_gather_more")]
    operations: ClassVar = [
        migrations.AddField("referralperson", "left_at", models.DateTimeField(null=True)),
        migrations.AddField("referralperson", "left_by", models.UUIDField(null=True)),
        migrations.AddConstraint(
            "referralperson",
            models.CheckConstraint(
                condition=models.Q(("left_at", None), ("left_by", None)) | models.Q(("left_at__isnull", False), ("left_by__isnull", False)),
                name="referralperson_left_by_somebody",
            ),
        ),
        migrations.RunSQL(NAMELESS, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "referral",
            models.CheckConstraint(
                condition=models.Q(("state__in", ["withdrawn_by_family", "withdrawn_by_sender"]), _negated=True)
                | models.Q(("display_name__in", ["", "–"])),
                name="referral_taken_back_names_nobody",
            ),
        ),
    ]
