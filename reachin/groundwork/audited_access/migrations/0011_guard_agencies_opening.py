from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

OPENED_WITHIN_THE_HOUR = """
create function reachin.opened_within_the_hour(context text, subject uuid, enough int, most int, agency_enough int, agency_most int, known int,
    out records int, out by_agency int)
  language plpgsql volatile security definer set search_path = pg_catalog, reachin, pg_temp as $$
declare
  who uuid;
  since timestamptz := reachin.clock() - interval '1 hour';
begin
  perform set_config('reachin.context', context, true);
  who := reachin.context(2)::uuid;
  records := 0;
  if who is null or exists (
      select 1 from reachin.opening o where o.subject_id = subject and o.user_id = who and o.opened_at > since) then
    return;
  end if;
  if exists (select 1 from (select o.opened_at from reachin.opening o where o.user_id = who
      order by o.opened_at desc offset enough - 1 limit 1) nth where nth.opened_at > since) then
    select count(distinct lately.subject_id) into records from (select o.subject_id from reachin.opening o
      where o.user_id = who and o.opened_at > since order by o.opened_at desc limit most) lately;
  end if;
  by_agency := known;
  if by_agency is null then
    by_agency := 0;
    if exists (select 1 from reachin.opening o where o.agency_id = reachin.context(3)::uuid and o.opened_at > since
        order by o.opened_at desc offset agency_enough - 1 limit 1) then
      select count(distinct (lately.user_id, lately.subject_id)) into by_agency from (select o.user_id, o.subject_id from reachin.opening o
        where o.agency_id = reachin.context(3)::uuid and o.opened_at > since order by o.opened_at desc limit agency_most) lately;
    end if;
  end if;
end $$;
comment on function reachin.opened_within_the_hour(text, uuid, int, int, int, int, int) is
  'How many other records an account opened within the hour, and how many its agency (each 0 below "enough" openings: then nobody counts
further; the agency''s is "known" where that is given, and null where the account opened this very record within the hour).';
revoke execute on function reachin.opened_within_the_hour(text, uuid, int, int, int, int, int) from public;
grant execute on function reachin.opened_within_the_hour(text, uuid, int, int, int, int, int) to reachin_app
"""


class Migration(migrations.Migration):
    """An agency is counted, not drawn by lot. `opened_lately` stays for processes that still run; nothing newer calls it."""

    dependencies: ClassVar = [("audited_access", "0010_agencies_opening")]
    operations: ClassVar = [
        GuardFunctions(OPENED_WITHIN_THE_HOUR, "drop function reachin.opened_within_the_hour(text, uuid, int, int, int, int, int)")
    ]
