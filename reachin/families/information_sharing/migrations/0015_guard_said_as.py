from importlib import import_module
from typing import ClassVar

from django.db import migrations

before = import_module("reachin.families.information_sharing.migrations.0004_guard_decisions")
ADDS = f"{before.WRITES} and said_by = {before.SIGNER}"
AS_WHAT = f"said_as in ('self', 'parent') or (said_as = 'worker' and {before.IS_STAFF})"


def adding(check: str) -> str:
    return f"alter policy app_adds on {before.BLOCK} with check ({check})"


class Migration(migrations.Migration):
    """Only staff say a block as workers; nobody says one for another grown-up any more."""

    dependencies: ClassVar = [("information_sharing", "0014_said_as")]
    operations: ClassVar = [migrations.RunSQL(adding(f"{ADDS} and ({AS_WHAT})"), adding(ADDS))]
