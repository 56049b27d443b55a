from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

before = import_module("reachin.families.information_sharing.migrations.0005_guard_lists")
protected_before = import_module("reachin.families.information_sharing.migrations.0008_protected_homes")
ONE_PLAN = ("shut_out(uuid[], uuid)", "in_circle(uuid[], uuid, text)")
"""Asked at every opening: planning them anew each time took longer than answering."""
SHUT_FROM = """
create function reachin.shut_from(whose_agency uuid) returns uuid[] language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ with said as (
       select b.person_id, b.said_as in ('self', 'worker') as reaches_all from public.information_sharing_block b
         where b.agency_id = whose_agency and b.lifted_at is null)
     select array(select s.person_id from said s)
       || coalesce(reachin.joined(array(select s.person_id from said s where s.reaches_all)), '{}') $$;
comment on function reachin.shut_from(uuid) is
  'Every record that an agency must not see: those of blocks, and those joined with them where a block reaches every record of the person.'
  ' For lists; shut_out asks of a few.';
revoke execute on function reachin.shut_from(uuid) from public
"""
LISTS = """
create or replace function reachin.shared_with_us()
  returns table (person_id uuid, purpose text, role text, categories text[], starts_at timestamptz, until timestamptz, from_agency uuid)
  language sql stable security definer set search_path = pg_catalog, reachin, pg_temp as
  $$ select e.person_id, e.purpose, e.role, e.categories::text[], e.starts_at, e.until, d.controller_id
     from public.information_sharing_circleentry e
       cross join lateral (
         select s.controller_id, s.beats_block from public.information_sharing_sharingdecision s where s.id = e.decision_id offset 0) d
     where e.agency_id = (select reachin.acting_agency()) and e.decision_id is not null and (select reachin.acting_kind()) = 'staff'
       and (select reachin.acting_role()) in ('practitioner', 'support_worker', 'duty_worker', 'hub_worker')
       and (e.account_id is null or e.account_id = (select reachin.acting_user()))
       and e.ended_at is null and e.starts_at <= (select reachin.clock()) and (e.until is null or e.until > (select reachin.clock()))
       and (d.beats_block or e.person_id <> all ((select reachin.shut_from(reachin.acting_agency()))::uuid[])) $$;
create or replace function reachin.shared_with_us_and_protected() returns setof uuid language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select s.person_id from reachin.shared_with_us() s
     where not 'protected_address' = any (s.categories) and s.person_id = any ((select reachin.joined(array(
       select h.person_id from unnest(reachin.joined(array(select o.person_id from reachin.shared_with_us() o))) record(person_id)
         join public.people_protectedhome h using (person_id) where h.lifted_at is null)))::uuid[]) $$;
create or replace function reachin.shares_of_agency()
  returns table (entry_id uuid, agency_id uuid, purpose text, basis text, starts_at timestamptz, until timestamptz, recorded_by uuid,
    above_a_block boolean)
  language sql stable security definer set search_path = pg_catalog, reachin, pg_temp as
  $$ select s.entry_id, s.agency_id, s.purpose, s.basis, s.starts_at, s.until, s.recorded_by, s.above_a_block from (
       select e.id as entry_id, e.agency_id, e.purpose, e.basis, e.starts_at, e.until, e.recorded_by, d.controller_id,
         d.beats_block and reachin.shut_out(array[e.person_id], e.agency_id) as above_a_block
       from public.information_sharing_circleentry e
         cross join lateral (
           select d.controller_id, d.beats_block from public.information_sharing_sharingdecision d where d.id = e.decision_id offset 0) d
       where e.ended_at is null and e.decision_id is not null
         and (e.until is null or e.until between '-infinity' and (select reachin.clock()))
       union
       select e.id, e.agency_id, e.purpose, e.basis, e.starts_at, e.until, e.recorded_by, d.controller_id, true
       from public.information_sharing_sharingdecision d
         cross join lateral (select e.* from public.information_sharing_circleentry e where e.decision_id = d.id offset 0) e
       where d.beats_block and e.ended_at is null and reachin.shut_out(array[e.person_id], e.agency_id)) s
     where s.controller_id = (select reachin.acting_agency())
       and (select reachin.acting_kind()) = 'staff' and (select reachin.acting_role()) = 'information_guardian' $$
"""


def planned(word: str) -> str:
    return ";".join(f"alter function reachin.{name} {word}" for name in ONE_PLAN)


def as_before() -> str:
    lists = before.LISTS[: before.LISTS.index("revoke")].replace("create function", "create or replace function")
    protected = protected_before.PROTECTED[: protected_before.PROTECTED.index("comment")].replace(
        "create function", "create or replace function"
    )
    return f"{lists};{protected}"


class Migration(migrations.Migration):
    """Lists of shares read what is the agency's by its own indexes, not every decision and every block; what an opening asks keeps its plan."""

    dependencies: ClassVar = [
        ("information_sharing", "0016_lists_at_size"),
        ("people", "0008_joined_by_one_plan"),
        ("record_linkage", "0004_guard_said_as"),
    ]
    operations: ClassVar = [
        GuardFunctions(planned("set plan_cache_mode = force_generic_plan"), planned("reset plan_cache_mode")),
        GuardFunctions(SHUT_FROM, "drop function reachin.shut_from(uuid)"),
        GuardFunctions(LISTS, as_before()),
    ]
