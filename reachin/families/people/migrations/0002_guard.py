from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardTable

OPEN = "any ((select reachin.opened_people('contact'))::uuid[])"
THE_LOOP = "(select reachin.acting_kind()) = 'system' and (select reachin.acting_role()) = 'closed_loop'"
SOMEBODY = "(select reachin.acting_kind()) in ('family', 'staff')"


class Migration(migrations.Migration):
    """People are seen only while they are open. The closed loop may find how somebody is to be told, and nothing else of them."""

    dependencies: ClassVar = [("people", "0001_initial"), ("audited_access", "0003_guard_audit")]
    operations: ClassVar = [
        GuardTable("people_person", see=f"id = {OPEN}", add=SOMEBODY),
        GuardTable("people_personalias", see=f"person_id = {OPEN} or {THE_LOOP}", add=SOMEBODY),
        GuardTable("people_persondetails", see=f"person_id = {OPEN}", add=SOMEBODY, change=f"person_id = {OPEN}"),
        GuardTable("people_contactinstruction", see=f"person_id = {OPEN} or {THE_LOOP}", add=SOMEBODY, change=f"person_id = {OPEN}"),
    ]
