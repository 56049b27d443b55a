from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

before = import_module("reachin.access.requests_for_assistance.migrations.0003_guard_by_purpose")
LOOKING = """
drop function reachin.looking(timestamptz);
create function reachin.looking(since timestamptz)
  returns table (user_id uuid, kind text, subject_id uuid, purpose text, opened_at timestamptz, same_name boolean, acted boolean,
    was_closed boolean, alerted boolean)
  language sql stable security definer set search_path = pg_catalog, reachin, pg_temp as
  $$ select o.user_id, o.kind, o.subject_id, o.purpose, o.opened_at,
       coalesce(lower(regexp_replace(a.name, '^.*\\s', '')) = any (regexp_split_to_array(lower(r.display_name), '[^[:alpha:]]+')), false),
       exists (select 1 from public.audited_access_auditevent e
         where e.subject_id = o.subject_id and e.user_id = o.user_id and e.happened_at between o.opened_at and o.opened_at + interval '7 days'),
       coalesce(r.closed_at < o.opened_at, false),
       exists (select 1 from public.requests_for_assistance_dangeralert d
         where d.request_for_assistance_id = o.subject_id and d.raised_at <= o.opened_at)
     from reachin.opening o
       left join public.accounts_account a on a.id = o.user_id
       left join public.requests_for_assistance_requestforassistance r on r.id = o.subject_id and o.kind = 'request'
     where o.actor_kind = 'staff' and o.opened_at >= since and o.agency_id = reachin.acting_agency()
       and reachin.acting_kind() = 'staff' and reachin.acting_role() = 'information_guardian' $$;
comment on function reachin.looking(timestamptz) is
  'What people of an agency opened, for its information guardian: whether the name is like their own, whether anything followed within a week, whether it was closed by then, and whether danger was told of.';
revoke execute on function reachin.looking(timestamptz) from public;
grant execute on function reachin.looking(timestamptz) to reachin_app
"""
AS_BEFORE = (
    "drop function reachin.looking(timestamptz);\n"
    + before.QUESTION[before.QUESTION.index("create function reachin.looking") : before.QUESTION.index("revoke execute")]
    + "revoke execute on function reachin.looking(timestamptz) from public; grant execute on function reachin.looking(timestamptz) to reachin_app"
)


class Migration(migrations.Migration):
    """An information guardian also learns whether what was looked at was closed by then, or told of danger."""

    dependencies: ClassVar = [("requests_for_assistance", "0005_guard_quarantine")]
    operations: ClassVar = [GuardFunctions(LOOKING, AS_BEFORE)]
