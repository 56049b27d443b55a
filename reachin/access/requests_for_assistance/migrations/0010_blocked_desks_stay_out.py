from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

before = import_module("reachin.access.requests_for_assistance.migrations.0003_guard_by_purpose")
AS_BEFORE = before.QUESTION[: before.QUESTION.index("create function reachin.may_open_own_person")].rstrip().removesuffix(";")
KEPT_OUT = "not reachin.shut_out(everybody, reachin.acting_agency())"
QUESTION = AS_BEFORE.replace(f"(reachin.acting_role() = 'duty_worker' or {KEPT_OUT})", KEPT_OUT)
assert QUESTION != AS_BEFORE


class Migration(migrations.Migration):
    """Whom the family keeps out stays out in an emergency, the duty desk too: only somebody else's decision to protect goes above a block."""

    dependencies: ClassVar = [("requests_for_assistance", "0009_placetold_postcode_digest")]
    operations: ClassVar = [GuardFunctions(QUESTION, AS_BEFORE)]
