from importlib import import_module
from typing import ClassVar

from django.db import migrations

just_before = import_module("reachin.families.information_sharing.migrations.0011_guard_set_once")
ENTRY, BLOCK, SIGNER = just_before.ENTRY, just_before.BLOCK, just_before.before.SIGNER
COUNTS, STANDS = f"{just_before.WHOSE} and ended_at is null", f"{just_before.LIFTS} and lifted_at is null"
LIFTED = f"lifted_at is not null and lifted_by = {SIGNER}"


class Migration(migrations.Migration):
    """Whose it is was asked of the row as it stood, and a change touches only the end: of the changed row no more is asked than that."""

    dependencies: ClassVar = [("information_sharing", "0012_circles_end")]
    operations: ClassVar = [
        migrations.RunSQL(
            just_before.changing(ENTRY, COUNTS, f"ended_at is not null and ended_by = {SIGNER}"),
            just_before.changing(ENTRY, COUNTS, just_before.ENDS),
        ),
        migrations.RunSQL(
            just_before.changing(BLOCK, STANDS, LIFTED), just_before.changing(BLOCK, STANDS, f"{just_before.LIFTS} and {LIFTED}")
        ),
    ]
