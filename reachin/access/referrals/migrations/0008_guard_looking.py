from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

before = import_module("reachin.access.requests_for_assistance.migrations.0006_guard_looking")
LOOKING = """
drop function reachin.looking(timestamptz);
create function reachin.looking(since timestamptz)
  returns table (user_id uuid, kind text, subject_id uuid, purpose text, opened_at timestamptz, same_name boolean, same_street boolean,
    acted boolean, was_closed boolean, alerted boolean)
  language sql stable security definer set search_path = pg_catalog, reachin, pg_temp as
  $$ select o.user_id, o.kind, o.subject_id, o.purpose, o.opened_at, coalesce(theirs.same_name, false), coalesce(theirs.same_street, false),
       exists (select 1 from public.audited_access_auditevent e
         where e.subject_id = o.subject_id and e.user_id = o.user_id and e.happened_at between o.opened_at and o.opened_at + interval '7 days'),
       coalesce(r.closed_at < o.opened_at, false),
       exists (select 1 from public.requests_for_assistance_dangeralert d
         where d.request_for_assistance_id = o.subject_id and d.raised_at <= o.opened_at)
     from reachin.opening o
       left join public.accounts_account a on a.id = o.user_id
       left join public.accounts_staffhome h on h.account_id = o.user_id
       left join public.requests_for_assistance_requestforassistance r on r.id = o.subject_id and o.kind = 'request'
       left join lateral (
         select bool_or(lower(regexp_replace(a.name, '^.*\\s', '')) = any (regexp_split_to_array(lower(q.display_name), '[^[:alpha:]]+'))) as same_name,
           bool_or(p.postcode_digest = h.postcode_digest) as same_street
         from public.requests_for_assistance_requestforassistance q
           left join public.requests_for_assistance_placetold p on p.request_for_assistance_id = q.id
         where q.id in (
           select o.subject_id where o.kind = 'request'
           union all select f.request_for_assistance_id from public.referrals_referral f where o.kind = 'referral' and f.id = o.subject_id
           union all select n.request_for_assistance_id from public.requests_for_assistance_requestperson n
             join public.people_personalias i on i.id = n.alias_id where o.kind = 'person' and i.person_id = o.subject_id)
       ) theirs on true
     where o.actor_kind = 'staff' and o.opened_at >= since and o.agency_id = reachin.acting_agency()
       and reachin.acting_kind() = 'staff' and reachin.acting_role() = 'information_guardian' $$;
comment on function reachin.looking(timestamptz) is
  'What people of an agency opened (a request, a referral, a person), for its information guardian: whether the name is like their own, whether it tells of a home in their street (secret homes are not compared), whether anything followed within a week, whether it was closed by then, and whether danger was told of.';
revoke execute on function reachin.looking(timestamptz) from public;
grant execute on function reachin.looking(timestamptz) to reachin_app
"""


class Migration(migrations.Migration):
    """An information guardian learns of looking at a neighbour, and of a name like one's own in referrals and people too."""

    dependencies: ClassVar = [
        ("referrals", "0007_sweeps"),
        ("requests_for_assistance", "0009_placetold_postcode_digest"),
        ("accounts", "0004_staffhome"),
    ]
    operations: ClassVar = [GuardFunctions(LOOKING, before.LOOKING)]
