from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions, GuardTable

AGENCY, USER = "(select reachin.acting_agency())", "(select reachin.acting_user())"
GUARDIAN = f"agency_id = {AGENCY} and (select reachin.acting_role()) = 'information_guardian'"
OPENED_LATELY = """
create index opening_agency on reachin.opening (agency_id, opened_at);
create function reachin.opened_lately(context text, subject uuid, enough int, most int, of_agency int,
    out records int, out agency_is_over boolean)
  language plpgsql volatile security definer set search_path = pg_catalog, reachin, pg_temp as $$
declare
  who uuid;
  since timestamptz := reachin.clock() - interval '1 hour';
begin
  perform set_config('reachin.context', context, true);
  who := reachin.context(2)::uuid;
  records := 0;
  agency_is_over := false;
  if who is null or exists (
      select 1 from reachin.opening o where o.subject_id = subject and o.user_id = who and o.opened_at > since) then
    return;
  end if;
  if exists (select 1 from (select o.opened_at from reachin.opening o where o.user_id = who
      order by o.opened_at desc offset enough - 1 limit 1) nth where nth.opened_at > since) then
    select count(distinct lately.subject_id) into records from (select o.subject_id from reachin.opening o
      where o.user_id = who and o.opened_at > since order by o.opened_at desc limit most) lately;
  end if;
  if of_agency is not null then
    agency_is_over := exists (select 1 from (select o.opened_at from reachin.opening o where o.agency_id = reachin.context(3)::uuid
      order by o.opened_at desc offset of_agency - 1 limit 1) nth where nth.opened_at > since);
  end if;
end $$;
comment on function reachin.opened_lately(text, uuid, int, int, int) is
  'How many other records an account opened within the hour (0 below "enough" openings: then nobody counts further), and whether its agency did too many.';
revoke execute on function reachin.opened_lately(text, uuid, int, int, int) from public;
grant execute on function reachin.opened_lately(text, uuid, int, int, int) to reachin_app
"""


class Migration(migrations.Migration):
    """Counting what an account opened; the marks that an information guardian sees; knocks at doors, counted and forgotten."""

    dependencies: ClassVar = [("audited_access", "0006_brakes")]
    operations: ClassVar = [
        GuardFunctions(OPENED_LATELY, "drop function reachin.opened_lately(text, uuid, int, int, int); drop index reachin.opening_agency"),
        GuardTable(
            "audited_access_openingbrake",
            see=f"user_id = {USER} or {GUARDIAN}",
            add=f"user_id = {USER} and agency_id = {AGENCY} and role = coalesce((select reachin.acting_role()), '')",
            change=GUARDIAN,
            changeable=("seen_at", "seen_by"),
        ),
        migrations.RunSQL(
            sql="revoke update on audited_access_try from reachin_app; grant delete on audited_access_try to reachin_app",
            reverse_sql="grant update on audited_access_try to reachin_app; revoke delete on audited_access_try from reachin_app",
        ),
    ]
