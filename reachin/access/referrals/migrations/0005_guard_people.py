from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

PEOPLE = """
create function reachin.people_of_open_referral() returns setof uuid language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select a.person_id from public.referrals_referralperson p join public.people_personalias a on a.id = p.alias_id
       join public.referrals_referral r on r.id = p.referral_id
     where r.id = reachin.opened('referral', 'story') and r.receiver_agency_id = reachin.acting_agency() and reachin.acting_kind() = 'staff'
     order by p.id $$;
comment on function reachin.people_of_open_referral() is
  'For whom the help of an open referral was asked, for its receiver: ids, by which each person is opened by their own circle or not.';
revoke execute on function reachin.people_of_open_referral() from public;
grant execute on function reachin.people_of_open_referral() to reachin_app
"""


class Migration(migrations.Migration):
    """From an open referral its receiver goes on to each person, who opens by their own circle."""

    dependencies: ClassVar = [("referrals", "0004_destroyable")]
    operations: ClassVar = [GuardFunctions(PEOPLE, "drop function reachin.people_of_open_referral()")]
