from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions


class Migration(migrations.Migration):
    """Who is joined is asked by one kept plan: it was planned anew for each number of people, and for many of them read every alias."""

    dependencies: ClassVar = [("people", "0007_contact_checked")]
    operations: ClassVar = [
        GuardFunctions(
            "alter function reachin.joined(uuid[]) set plan_cache_mode = force_generic_plan",
            "alter function reachin.joined(uuid[]) reset plan_cache_mode",
        )
    ]
