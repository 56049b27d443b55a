from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

before = import_module("reachin.access.requests_for_assistance.migrations.0017_guard_the_sending")
BEGINS, ENDS = (
    before.RESTS_ON.index("create function reachin.is_of_the_sending"),
    before.RESTS_ON.index("comment on function reachin.is_of"),
)
OF_THE_SENDING = before.RESTS_ON[BEGINS:ENDS].replace("create function", "create or replace function")
NAMED, IN_ONE = "select reachin.recorded_by_signer(who)\n       and exists", "where a.person_id = who and (whose"
assert NAMED in OF_THE_SENDING
assert IN_ONE in OF_THE_SENDING
OR_OF_THE_FAMILY = OF_THE_SENDING.replace(NAMED, "select exists").replace(
    IN_ONE, "where a.person_id = who and (reachin.recorded_by_signer(who) or r.id = reachin.family_scope()) and (whose"
)


class Migration(migrations.Migration):
    """Whoever bears a request may give it to another door, also where a desk had keyed it in: its holder enters the circles once."""

    dependencies: ClassVar = [("requests_for_assistance", "0023_homes_brought_over")]
    operations: ClassVar = [GuardFunctions(OR_OF_THE_FAMILY, OF_THE_SENDING)]
