from importlib import import_module
from typing import ClassVar

from django.db import migrations

before = import_module("reachin.families.information_sharing.migrations.0004_guard_decisions")
ENTRY, BLOCK = before.ENTRY, before.BLOCK
WHOSE = f"(({before.IS_STAFF} and {before.OPEN}) or ({before.OWN} and basis = 'consent') or ({before.THE_LOOP}))"
ENDS = f"{WHOSE} and ended_at is not null and ended_by = {before.SIGNER}"
LIFTS = f"{before.OPEN} and said_by = {before.SIGNER}"


def changing(table: str, using: str, check: str) -> str:
    return (
        f"drop policy app_changes on {table};"
        f" create policy app_changes on {table} for update to reachin_app using ({using}) with check ({check})"
    )


class Migration(migrations.Migration):
    """What is ended stays ended, in the name of whoever ended it; a block is lifted once, by whoever said it."""

    dependencies: ClassVar = [("information_sharing", "0010_guard_above_blocks")]
    operations: ClassVar = [
        migrations.RunSQL(changing(ENTRY, f"{WHOSE} and ended_at is null", ENDS), changing(ENTRY, WHOSE, WHOSE)),
        migrations.RunSQL(
            changing(BLOCK, f"{LIFTS} and lifted_at is null", f"{LIFTS} and lifted_at is not null and lifted_by = {before.SIGNER}"),
            changing(BLOCK, before.OPEN, before.OPEN),
        ),
    ]
