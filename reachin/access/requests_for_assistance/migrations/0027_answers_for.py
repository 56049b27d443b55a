from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

sharing = import_module("reachin.families.information_sharing.migrations.0019_guard_emergencies")
OF_A_PERSON = sharing.ANSWERS[: sharing.ANSWERS.index("comment on")].replace("create function", "create or replace function", 1)
OF_A_REQUEST = OF_A_PERSON.replace(
    "reachin.acting_kind() = 'staff' $$",
    "reachin.acting_kind() = 'staff'\n"
    "     union all select r.holder_agency_id from public.requests_for_assistance_requestforassistance r\n"
    "       where of_kind = 'request' and r.id = subject and reachin.acting_kind() = 'staff' $$",
)
assert OF_A_REQUEST != OF_A_PERSON
BEGUN = """
update information_sharing_emergencyaccess e set controller_id = r.holder_agency_id
  from requests_for_assistance_requestforassistance r where e.kind = 'request' and r.id = e.subject_id and e.controller_id is null
"""


class Migration(migrations.Migration):
    """For a request answers the agency that holds it; so it is kept of what was begun before, too."""

    dependencies: ClassVar = [
        ("requests_for_assistance", "0026_named_by_one_plan"),
        ("information_sharing", "0019_guard_emergencies"),
    ]
    operations: ClassVar = [
        GuardFunctions(OF_A_REQUEST, OF_A_PERSON),
        migrations.RunSQL(BEGUN, migrations.RunSQL.noop),
    ]
