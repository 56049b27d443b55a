from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

before = import_module("reachin.access.referrals.migrations.0019_shut_by_said_as")
SHUT = """
create or replace function reachin.referrals_shut() returns uuid[] language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select coalesce(array_agg(distinct p.referral_id), '{}')
     from public.referrals_referralperson p
       cross join lateral (select r.receiver_agency_id from public.referrals_referral r where r.id = p.referral_id offset 0) r
     where r.receiver_agency_id = (select reachin.acting_agency()) and p.alias_id = any (array(
       select a.id from public.people_personalias a where a.person_id = any ((select reachin.shut_from(reachin.acting_agency()))::uuid[]))) $$
"""


class Migration(migrations.Migration):
    """What was shut out of an agency's lists is found from the few who shut it out, and no longer by reading everybody's aliases."""

    dependencies: ClassVar = [("referrals", "0019_shut_by_said_as"), ("information_sharing", "0017_guard_lists_at_size")]
    operations: ClassVar = [
        GuardFunctions(SHUT, before.SHUT[: before.SHUT.index("comment on")].rstrip("; \n")),
    ]
