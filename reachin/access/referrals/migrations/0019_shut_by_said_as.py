from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

before = import_module("reachin.access.referrals.migrations.0015_shut_out_of_cards")
ACROSS = import_module("reachin.families.record_linkage.migrations.0004_guard_said_as").ACROSS
COUNTS = "b.lifted_at is null"
REPLACES = before.SHUT.replace("create function", "create or replace function")
SHUT = REPLACES.replace(COUNTS, f"{COUNTS} and (same.person_id = b.person_id or {ACROSS})")
assert SHUT != REPLACES


class Migration(migrations.Migration):
    """A card of the inbox goes by the same blocks as the record behind it."""

    dependencies: ClassVar = [("referrals", "0018_guard_who_left"), ("record_linkage", "0004_guard_said_as")]
    operations: ClassVar = [GuardFunctions(SHUT, REPLACES)]
