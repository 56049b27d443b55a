from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

before = import_module("reachin.access.referrals.migrations.0008_guard_looking")
ALERT = "exists (select 1 from public.requests_for_assistance_dangeralert d"
OF_THE_SUBJECT = f"{ALERT}\n         where d.request_for_assistance_id = o.subject_id and d.raised_at <= o.opened_at)"
OF_ANY = f"bool_or({ALERT}\n             where d.request_for_assistance_id = q.id and d.raised_at <= o.opened_at)) as alerted"
LOOKING = before.LOOKING.replace(OF_THE_SUBJECT, "coalesce(theirs.alerted, false)").replace(
    "as same_street\n", f"as same_street,\n           {OF_ANY}\n"
)
assert LOOKING.count("alerted") == before.LOOKING.count("alerted") + 2


class Migration(migrations.Migration):
    """A look at a person, or at a referral, comes after an alert too, where the request was alerted."""

    dependencies: ClassVar = [("referrals", "0011_may_be_erased")]
    operations: ClassVar = [GuardFunctions(LOOKING, before.LOOKING)]
