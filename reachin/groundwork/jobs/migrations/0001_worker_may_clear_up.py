from typing import ClassVar

from django.db import migrations

CLEARED_UP = ("procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers", "procrastinate_workers")


class Migration(migrations.Migration):
    """A worker clears up finished jobs and workers that died; jobs carry ids only, so nothing is lost with them."""

    dependencies: ClassVar = [("procrastinate", "0041_post_retry_failed_job"), ("audited_access", "0003_guard_audit")]
    operations: ClassVar = [
        migrations.RunSQL(
            sql=f"grant delete on {', '.join(CLEARED_UP)} to reachin_app",
            reverse_sql=f"revoke delete on {', '.join(CLEARED_UP)} from reachin_app",
        )
    ]
