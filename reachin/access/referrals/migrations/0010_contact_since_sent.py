from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

TOLD_ANEW = """
create function reachin.contact_told_since_sent() returns timestamptz language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select max(i.told_at) from public.referrals_referral r
       join public.referrals_snapshot s on s.referral_id = r.id
       join public.requests_for_assistance_requestperson p on p.request_for_assistance_id = r.request_for_assistance_id and p.is_contact
       join public.people_personalias a on a.id = p.alias_id
       join public.people_contactinstruction i on i.person_id = a.person_id and i.told_at > s.taken_at
     where r.id = reachin.opened('referral', 'story') $$;
comment on function reachin.contact_told_since_sent() is
  'Since when the way of contact that was shared with an open referral holds no more, because they told another; not which. Null while it holds.';
revoke execute on function reachin.contact_told_since_sent() from public;
grant execute on function reachin.contact_told_since_sent() to reachin_app
"""


class Migration(migrations.Migration):
    """What was shared is a copy of its day. That one way to reach somebody is safe no longer has to be known all the same, and at once."""

    dependencies: ClassVar = [("referrals", "0009_nothing_left"), ("requests_for_assistance", "0010_blocked_desks_stay_out")]
    operations: ClassVar = [GuardFunctions(TOLD_ANEW, "drop function reachin.contact_told_since_sent()")]
