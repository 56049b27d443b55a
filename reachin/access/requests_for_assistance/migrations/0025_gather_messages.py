from typing import ClassVar

from django.db import migrations

TOLD_OF = "not is_for_staff and about_id = any ((select reachin.requests_gathered('story'))::uuid[])"


class Migration(migrations.Migration):
    """A copy tells of messages too: when, by which way and whether they went; what they said is the same for everybody."""

    dependencies: ClassVar = [("requests_for_assistance", "0024_family_changes_door"), ("notices", "0002_guard")]
    operations: ClassVar = [
        migrations.RunSQL(
            f"create policy app_gathers_everywhere on notices_message for select to reachin_app using ({TOLD_OF})",
            "drop policy app_gathers_everywhere on notices_message",
        )
    ]
