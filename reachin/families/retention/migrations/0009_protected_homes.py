from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.families.retention.functions import RetentionFunctions, retention_reads, retention_removes

before = import_module("reachin.families.retention.migrations.0008_erasures")
HOMES = "people_protectedhome"
EMPTY_BEFORE = (
    before.GOES_TOO[: before.GOES_TOO.index("create or replace function reachin.empty_information_request")].rstrip().removesuffix(";")
)
LAST = "  get diagnostics more = row_count;\n  return"
EMPTY = EMPTY_BEFORE.replace(
    LAST,
    f"  get diagnostics more = row_count; gone := gone + more;\n  delete from public.{HOMES} where person_id = who;\n{LAST}",
)
assert EMPTY != EMPTY_BEFORE
NO_RIGHTS = f"drop policy retention_reads on {HOMES}; drop policy retention_removes on {HOMES}; revoke select, delete on {HOMES} from reachin_retention"


class Migration(migrations.Migration):
    """With what is known of somebody goes that their home was a secret."""

    dependencies: ClassVar = [("retention", "0008_erasures"), ("people", "0006_guard_homes")]
    operations: ClassVar = [
        migrations.RunSQL(f"{retention_reads(HOMES)};\n{retention_removes(HOMES)}", NO_RIGHTS),
        RetentionFunctions(EMPTY, EMPTY_BEFORE),
    ]
