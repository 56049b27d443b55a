from typing import ClassVar

from django.db import migrations

from reachin.families.retention.functions import RetentionFunctions, retention_empties, retention_reads, retention_removes
from reachin.groundwork.audited_access.guarding import GuardFunctions, GuardTable

AGENCY = "(select reachin.acting_agency())"
USER = "(select reachin.acting_user())"
STAFF = "(select reachin.acting_kind()) = 'staff'"
GUARDIAN = f"{STAFF} and (select reachin.acting_role()) = 'information_guardian'"
SYSTEM = "(select reachin.acting_kind()) = 'system' and (select reachin.acting_role()) = 'retention'"

MAKES_ROOM = """
grant usage, create on schema reachin to reachin_retention;
grant execute on function reachin.context(int), reachin.acting_kind(), reachin.acting_role(), reachin.acting_user(), reachin.clock()
  to reachin_retention;
create function reachin.review_keeps_its_word() returns trigger language plpgsql set search_path = pg_catalog, reachin, pg_temp as $$
begin
  if old.decided_at is not null and (new.decision, new.reason, new.decided_at, new.decided_by)
      is distinct from (old.decision, old.reason, old.decided_at, old.decided_by) then
    raise exception 'what one person decided is not changed' using errcode = 'insufficient_privilege';
  end if;
  if old.confirmed_at is not null and (new.confirmed_at, new.confirmed_by) is distinct from (old.confirmed_at, old.confirmed_by) then
    raise exception 'what a second person confirmed is not changed' using errcode = 'insufficient_privilege';
  end if;
  if (new.decided_by is distinct from old.decided_by and new.decided_by is distinct from reachin.acting_user())
      or (new.confirmed_by is distinct from old.confirmed_by and new.confirmed_by is distinct from reachin.acting_user()) then
    raise exception 'nobody decides in another name' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
revoke execute on function reachin.review_keeps_its_word() from public
"""
TAKES_ROOM = """
drop function reachin.review_keeps_its_word();
revoke usage, create on schema reachin from reachin_retention
"""
DESTROYS = """
create table reachin.destroyable (
  kind text primary key,
  found regprocedure not null,
  people regprocedure not null,
  emptied regprocedure not null
);
create table reachin.destruction_years (kind text references reachin.destroyable, class_code text, years numeric not null, primary key (kind, class_code));
comment on table reachin.destroyable is
  'Kinds of record that can be emptied. found(before, only): subject, controller, class_code, ended; people(subject): their records; emptied(subject): rows.';

create function reachin.only_retention() returns void language plpgsql stable set search_path = pg_catalog, reachin, pg_temp as $$
begin
  if not (reachin.acting_kind() = 'system' and reachin.acting_role() = 'retention') then
    raise exception 'only the retention part of the system does this' using errcode = 'insufficient_privilege';
  end if;
end $$;
revoke execute on function reachin.only_retention() from public;

create function reachin.destruction_schedule(out kind text, out class_code text) returns setof record language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select y.kind, y.class_code from reachin.destruction_years y $$;

create function reachin.is_held(of_kind text, subject uuid, of_class text) returns boolean language plpgsql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
declare
  asked regprocedure;
  everybody uuid[];
begin
  select d.people into asked from reachin.destroyable d where d.kind = of_kind;
  execute format('select %s($1)', asked::oid::regproc) into everybody using subject;
  return exists (
    select from public.retention_legalhold h left join public.people_personalias a on a.id = h.alias_id
      where h.lifted_at is null
        and (h.class_code = of_class or h.subject_id = subject or a.person_id = any (everybody) or a.stands_for_id = any (everybody)));
end $$;
revoke execute on function reachin.is_held(text, uuid, text) from public;

create function reachin.due_for_destruction(of_kind text, of_class text, before timestamptz, again interval, most int)
  returns table (subject_id uuid, controller_id uuid, ended_at timestamptz) language plpgsql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
declare
  asked regprocedure;
begin
  perform reachin.only_retention();
  select d.found into asked from reachin.destroyable d where d.kind = of_kind;
  return query execute format(
    'select f.subject, f.controller, f.ended from %s($1, null) f where f.class_code = $2 and not exists ('
    ' select from public.retention_destructionreview r where r.kind = $3 and r.subject_id = f.subject'
    '  and (r.decided_at is null or r.decision = ''destroy'' or (r.decision = ''keep'' and r.decided_at > reachin.clock() - $4)'
    '   or (r.decision = ''hold'' and reachin.is_held($3, f.subject, $2)))) order by f.ended limit $5', asked::oid::regproc)
    using before, of_class, of_kind, again, most;
end $$;

create function reachin.destroy(review uuid) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
declare
  told public.retention_destructionreview;
  kind_of reachin.destroyable;
  since timestamptz;
  kept_for interval;
  emptied int;
begin
  perform reachin.only_retention();
  select * into told from public.retention_destructionreview r where r.id = review for update;
  if not found or told.destroyed_at is not null or told.decision is distinct from 'destroy'
    or told.decided_by is null or told.confirmed_by is null or told.decided_by = told.confirmed_by then
    raise exception 'nothing is destroyed without the word of two people' using errcode = 'insufficient_privilege';
  end if;
  select * into kind_of from reachin.destroyable d where d.kind = told.kind;
  select make_interval(days => round(y.years * 365.25)::int) into kept_for
    from reachin.destruction_years y where y.kind = told.kind and y.class_code = told.class_code;
  execute format('select f.ended from %s(reachin.clock(), $1) f where f.class_code = $2', kind_of.found::oid::regproc)
    into since using told.subject_id, told.class_code;
  if since is null or kept_for is null or since + kept_for > reachin.clock() then
    raise exception 'its time is not over' using errcode = 'insufficient_privilege';
  end if;
  if reachin.is_held(told.kind, told.subject_id, told.class_code) then
    raise exception 'it is held' using errcode = 'insufficient_privilege';
  end if;
  execute format('select %s($1)', kind_of.emptied::oid::regproc) into emptied using told.subject_id;
  update public.retention_destructionreview set destroyed_at = reachin.clock(), destroyed_by = told.confirmed_by where id = review;
  return emptied;
end $$;

create function reachin.empty_person(who uuid) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
declare
  gone int;
  more int;
begin
  delete from public.people_persondetails where person_id = who;
  get diagnostics gone = row_count;
  delete from public.people_contactinstruction where person_id = who;
  get diagnostics more = row_count;
  return gone + more;
end $$;
revoke execute on function reachin.empty_person(uuid), reachin.destruction_schedule(), reachin.destroy(uuid),
  reachin.due_for_destruction(text, text, timestamptz, interval, int) from public;
grant execute on function reachin.destruction_schedule(), reachin.destroy(uuid),
  reachin.due_for_destruction(text, text, timestamptz, interval, int) to reachin_app
"""
LEAVES_IT = """
drop function reachin.empty_person(uuid); drop function reachin.destroy(uuid);
drop function reachin.due_for_destruction(text, text, timestamptz, interval, int); drop function reachin.is_held(text, uuid, text);
drop function reachin.destruction_schedule(); drop function reachin.only_retention();
drop table reachin.destruction_years; drop table reachin.destroyable
"""
WORD_IS_KEPT = (
    "create trigger review_keeps_its_word before update on retention_destructionreview"
    " for each row execute function reachin.review_keeps_its_word()"
)
ROWS = ";\n".join(
    [
        retention_reads(
            "retention_destructionreview", "retention_legalhold", "people_personalias", "people_persondetails", "people_contactinstruction"
        ),
        retention_empties("retention_destructionreview", "destroyed_at", "destroyed_by"),
        retention_removes("people_persondetails", "people_contactinstruction"),
        WORD_IS_KEPT,
    ]
)
NO_ROWS = "drop trigger review_keeps_its_word on retention_destructionreview; drop owned by reachin_retention"


class Migration(migrations.Migration):
    """Reviews are the guardian's of the agency that answers for the record; a decision stays as it was made, in its maker's own name.

    Words are destroyed by one function of a role of its own, which looks at everything again: two people, the schedule, every hold.
    """

    dependencies: ClassVar = [("retention", "0001_initial"), ("people", "0004_aliases_move"), ("audited_access", "0008_context_keys")]
    operations: ClassVar = [
        GuardFunctions(MAKES_ROOM, TAKES_ROOM),
        GuardTable(
            "retention_destructionreview",
            see=f"(controller_id = {AGENCY} and {GUARDIAN}) or ({SYSTEM})",
            add=f"{SYSTEM} and decided_at is null and confirmed_at is null and destroyed_at is null",
            change=f"controller_id = {AGENCY} and {GUARDIAN}",
            changeable=("decision", "reason", "decided_at", "decided_by", "confirmed_at", "confirmed_by"),
        ),
        GuardTable(
            "retention_legalhold",
            see=f"(agency_id = {AGENCY} and {STAFF}) or ({SYSTEM})",
            add=(
                f"{STAFF} and agency_id = {AGENCY} and held_by = {USER} and lifted_at is null"
                " and (alias_id is null or reachin.may_point_at(alias_id))"
            ),
            change=f"agency_id = {AGENCY} and {GUARDIAN}",
            changeable=("lifted_at", "lifted_by"),
        ),
        RetentionFunctions(DESTROYS, LEAVES_IT),
        migrations.RunSQL(ROWS, NO_ROWS),
    ]
