from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions


class Migration(migrations.Migration):
    """Whom a request names is asked at every opening: by one kept plan."""

    dependencies: ClassVar = [("requests_for_assistance", "0025_gather_messages")]
    operations: ClassVar = [
        GuardFunctions(
            "alter function reachin.named_in_request(uuid) set plan_cache_mode = force_generic_plan",
            "alter function reachin.named_in_request(uuid) reset plan_cache_mode",
        )
    ]
