from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

linkage = import_module("reachin.families.record_linkage.migrations.0002_guard")
kept = import_module("reachin.families.record_linkage.migrations.0003_kept_from")
ACROSS = "b.said_as in ('self', 'worker')"
"""What the person or a worker said reaches every record of the person; what a parent said of their child, only that record."""
SHUT_OUT = f"""
create or replace function reachin.shut_out(who uuid[], whose_agency uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select exists (select 1 from public.information_sharing_block b
       where b.person_id = any (reachin.joined(who)) and b.agency_id = whose_agency and b.lifted_at is null
         and (b.person_id = any (who) or {ACROSS})) $$;
comment on function reachin.shut_out(uuid[], uuid) is
  'Whether a block on any of these records shuts an agency out, or one that the person or a worker said on another record of the same person.'
"""
KEPT_FROM = f"""
create or replace function reachin.kept_from(who uuid[]) returns setof uuid language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
  with seen as (select w from unnest(who) w where w = any (coalesce(reachin.opened_people('contact'), '{{}}'))
    or (reachin.acting_kind() = 'system' and reachin.acting_role() = 'closed_loop'))
  select distinct b.agency_id from public.information_sharing_block b
    where b.lifted_at is null and b.person_id = any (reachin.joined(array(select w from seen)))
      and (b.person_id = any (array(select w from seen)) or {ACROSS}) $$
"""


class Migration(migrations.Migration):
    """Nobody shuts a service out of somebody else's own record: across joined records only what the person or a worker said counts."""

    dependencies: ClassVar = [("record_linkage", "0003_kept_from"), ("information_sharing", "0015_guard_said_as")]
    operations: ClassVar = [
        GuardFunctions(SHUT_OUT, linkage.BLOCKED),
        GuardFunctions(KEPT_FROM, kept.KEPT_FROM.replace("create function", "create or replace function")),
    ]
