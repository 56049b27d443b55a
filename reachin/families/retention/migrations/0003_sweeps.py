from typing import ClassVar

from django.db import migrations

from reachin.families.retention.functions import RetentionFunctions

SWEEPS = """
create table reachin.sweepable (class_code text primary key, years numeric not null, swept regprocedure not null);
comment on table reachin.sweepable is 'Classes that go by the schedule alone, without a review. swept(before): rows that are gone.';

create function reachin.sweep(out class_code text, out gone int) returns setof record language plpgsql volatile security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
declare
  one reachin.sweepable;
begin
  perform reachin.only_retention();
  for one in select s.* from reachin.sweepable s order by s.class_code loop
    if exists (select from public.retention_legalhold h where h.lifted_at is null and h.class_code = one.class_code) then
      continue;
    end if;
    class_code := one.class_code;
    execute format('select %s($1)', one.swept::oid::regproc) into gone
      using reachin.clock() - make_interval(days => round(one.years * 365.25)::int);
    return next;
  end loop;
end $$;
revoke execute on function reachin.sweep() from public;
grant execute on function reachin.sweep() to reachin_app
"""


class Migration(migrations.Migration):
    """What needs no review goes when its years are over, unless its class or its record is held."""

    dependencies: ClassVar = [("retention", "0002_guard")]
    operations: ClassVar = [RetentionFunctions(SWEEPS, "drop function reachin.sweep(); drop table reachin.sweepable")]
