from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions, GuardTable

PAIR, MERGE, MOVED = "record_linkage_pair", "record_linkage_merge", "record_linkage_moved"
AGENCY = "(select reachin.acting_agency())"
SIGNER = "(select reachin.signer())"
JOINS = "(select reachin.acting_kind()) = 'staff' and (select reachin.acting_role()) in ('information_guardian', 'data_officer')"
OPEN_PAIR = "(select reachin.opened('pair', 'contact'))"
MAY_PAIR = """
create function reachin.may_join() returns boolean language sql stable set search_path = pg_catalog, pg_temp as
  $$ select reachin.acting_kind() = 'staff' and coalesce(reachin.acting_role(), '') in ('information_guardian', 'data_officer') $$;
create function reachin.may_pair(one uuid, other uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select reachin.may_join() and not reachin.shut_out(array[one, other], reachin.acting_agency())
       and (select count(*) = 2 from public.people_person p where p.id in (one, other) and p.controller_id = reachin.acting_agency()) $$;
comment on function reachin.may_pair(uuid, uuid) is
  'Whether whoever acts may put these two records side by side: both are their own agency''s. Foreign and missing look alike.';
create function reachin.may_open_pair(subject uuid, for_purpose text) returns reachin.permitted language plpgsql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
declare
  pair public.record_linkage_pair;
begin
  select * into pair from public.record_linkage_pair where id = subject and agency_id = reachin.acting_agency();
  if not found or for_purpose <> 'record_linkage' or not reachin.may_pair(pair.one_id, pair.other_id) then return null; end if;
  return (array['contact'], array[pair.one_id, pair.other_id])::reachin.permitted;
end $$;
revoke execute on function reachin.may_join(), reachin.may_pair(uuid, uuid), reachin.may_open_pair(uuid, text) from public;
grant execute on function reachin.may_pair(uuid, uuid) to reachin_app;
insert into reachin.openable values ('pair', 'reachin.may_open_pair(uuid, text)')
"""
NO_PAIR = """
delete from reachin.openable where kind = 'pair'; drop function reachin.may_open_pair(uuid, text);
drop function reachin.may_pair(uuid, uuid); drop function reachin.may_join()
"""
JOINING = """
create function reachin.join_records(made uuid, with_both uuid, kept uuid, merged uuid, why bytea, at timestamptz) returns text
  language plpgsql volatile security definer set search_path = pg_catalog, reachin, pg_temp as $$
declare
  key reachin.moving_key;
begin
  if not reachin.may_join() or with_both is distinct from reachin.opened('pair', 'contact') or not exists (
      select 1 from public.record_linkage_pair p where p.id = with_both and p.one_id = least(kept, merged) and p.other_id = greatest(kept, merged)) then
    return 'not_open';
  end if;
  perform pg_advisory_xact_lock(72697771);
  if exists (select 1 from public.record_linkage_merge m where m.unmerged_at is null and m.merged_id in (kept, merged)) then
    return 'already_joined';
  end if;
  insert into public.record_linkage_merge (id, pair_id, kept_id, merged_id, reason, merged_at, merged_by)
    values (made, with_both, kept, merged, why, at, reachin.signer());
  for key in select * from reachin.moving_key loop
    execute format(
      'insert into public.record_linkage_moved (id, merge_id, key, row_id) select gen_random_uuid(), $1, $2, t.id from %1$s t where t.%2$I = $3'
      ' and not exists (select 1 from public.record_linkage_moved j join public.record_linkage_merge m on m.id = j.merge_id'
      ' where j.key = $2 and j.row_id = t.id and m.unmerged_at is null)', key.place, key.pointing) using made, key.name, merged;
    execute format('update %1$s set %2$I = $1 where %2$I = $2', key.place, key.pointing) using kept, merged;
  end loop;
  return 'joined';
end $$;
comment on function reachin.join_records(uuid, uuid, uuid, uuid, bytea, timestamptz) is
  'Joins one open record to the other: the one way in which what points at a person is moved. Each row is noted by the merge that moved it first.';
create function reachin.part_records(undone uuid, why bytea, at timestamptz) returns text
  language plpgsql volatile security definer set search_path = pg_catalog, reachin, pg_temp as $$
declare
  key reachin.moving_key;
  merge public.record_linkage_merge;
begin
  perform pg_advisory_xact_lock(72697771);
  select * into merge from public.record_linkage_merge m where m.id = undone and m.pair_id = reachin.opened('pair', 'contact');
  if not found or not reachin.may_join() then return 'not_open'; end if;
  if merge.unmerged_at is not null then return 'already_parted'; end if;
  for key in select * from reachin.moving_key loop
    execute format(
      'with recursive beneath(id, record) as (select $1, $2 union all'
      ' select m.id, m.merged_id from public.record_linkage_merge m join beneath b on m.kept_id = b.record where m.unmerged_at is null)'
      ' update %1$s set %2$I = $2 where id in (select j.row_id from public.record_linkage_moved j join beneath b on b.id = j.merge_id'
      ' where j.key = $3)', key.place, key.pointing) using undone, merge.merged_id, key.name;
  end loop;
  update public.record_linkage_merge set unmerge_reason = why, unmerged_at = at, unmerged_by = reachin.signer() where id = undone;
  return 'parted';
end $$;
comment on function reachin.part_records(uuid, bytea, timestamptz) is
  'Undoes one merge, whatever came before or after it: its rows come home, with those of records that are still joined beneath it.';
revoke execute on function reachin.join_records(uuid, uuid, uuid, uuid, bytea, timestamptz), reachin.part_records(uuid, bytea, timestamptz)
  from public;
grant execute on function reachin.join_records(uuid, uuid, uuid, uuid, bytea, timestamptz), reachin.part_records(uuid, bytea, timestamptz)
  to reachin_app
"""
NO_JOINING = """
drop function reachin.part_records(uuid, bytea, timestamptz);
drop function reachin.join_records(uuid, uuid, uuid, uuid, bytea, timestamptz)
"""
WRITTEN_BY_THE_GUARD = f"""
grant insert on {MERGE}, {MOVED} to reachin_guard;
grant update (unmerge_reason, unmerged_at, unmerged_by) on {MERGE} to reachin_guard;
create policy guard_adds on {MERGE} for insert to reachin_guard with check (true);
create policy guard_undoes on {MERGE} for update to reachin_guard using (true) with check (true);
create policy guard_adds on {MOVED} for insert to reachin_guard with check (true)
"""
NOT_WRITTEN = f"""
drop policy guard_adds on {MOVED}; drop policy guard_undoes on {MERGE}; drop policy guard_adds on {MERGE};
revoke insert, update on {MERGE}, {MOVED} from reachin_guard
"""
BLOCKED = """
create or replace function reachin.shut_out(who uuid[], whose_agency uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select exists (select 1 from public.information_sharing_block b
       where b.person_id = any (reachin.joined(who)) and b.agency_id = whose_agency and b.lifted_at is null) $$;
comment on function reachin.shut_out(uuid[], uuid) is
  'Whether a block on any of these records, or on another record of the same person, shuts an agency out.'
"""
NOT_BLOCKED = """
create or replace function reachin.shut_out(who uuid[], whose_agency uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select exists (select 1 from public.information_sharing_block b
       where b.person_id = any (who) and b.agency_id = whose_agency and b.lifted_at is null) $$
"""


class Migration(migrations.Migration):
    """Records are joined and parted only by two functions of the guard's, for a guardian of the controller who has both open.

    The application cannot write a merge or its journal, and cannot move an alias. A block holds for every record of one person.
    """

    dependencies: ClassVar = [("record_linkage", "0001_initial"), ("people", "0004_aliases_move"), ("information_sharing", "0002_guard")]
    operations: ClassVar = [
        GuardFunctions(BLOCKED, NOT_BLOCKED),
        GuardFunctions(MAY_PAIR, NO_PAIR),
        GuardTable(
            PAIR,
            see=f"agency_id = {AGENCY} and {JOINS}",
            add=f"agency_id = {AGENCY} and put_by = {SIGNER} and reachin.may_pair(one_id, other_id)",
        ),
        GuardTable(MERGE, see=f"pair_id = {OPEN_PAIR}"),
        GuardTable(MOVED, see=f"exists (select 1 from {MERGE} card where card.id = merge_id)"),
        migrations.RunSQL(sql=WRITTEN_BY_THE_GUARD, reverse_sql=NOT_WRITTEN),
        GuardFunctions(JOINING, NO_JOINING),
    ]
