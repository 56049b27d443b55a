from typing import ClassVar

from django.db import migrations

from reachin.families.retention.functions import RetentionFunctions, retention_reads
from reachin.groundwork.audited_access.guarding import GuardFunctions

REVIEW, HOLD = "retention_destructionreview", "retention_legalhold"
KEEPS_ITS_WORD = """
create or replace function reachin.review_keeps_its_word() returns trigger language plpgsql set search_path = pg_catalog, reachin, pg_temp as $$
begin
  if old.decided_at is not null and (new.decision, new.reason, new.decided_at, new.decided_by, new.keep_until)
      is distinct from (old.decision, old.reason, old.decided_at, old.decided_by, old.keep_until) then
    raise exception 'what one person decided is not changed' using errcode = 'insufficient_privilege';
  end if;
  if (old.confirmed_at is not null or old.disagreed_at is not null)
      and (new.confirmed_at, new.confirmed_by, new.disagreed_at, new.disagreed_by, new.disagreement)
      is distinct from (old.confirmed_at, old.confirmed_by, old.disagreed_at, old.disagreed_by, old.disagreement) then
    raise exception 'what a second person confirmed is not changed' using errcode = 'insufficient_privilege';
  end if;
  if (new.decided_by is distinct from old.decided_by and new.decided_by is distinct from reachin.acting_user())
      or (new.confirmed_by is distinct from old.confirmed_by and new.confirmed_by is distinct from reachin.acting_user())
      or (new.disagreed_by is distinct from old.disagreed_by and new.disagreed_by is distinct from reachin.acting_user()) then
    raise exception 'nobody decides in another name' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$
"""
HELD = """
alter table reachin.destroyable add column carries text[] not null default '{}';
comment on column reachin.destroyable.carries is 'Classes of what goes with it: a hold on one of them holds it too.';

create function reachin.held_because(of_kind text, subject uuid, of_class text, but uuid) returns text language plpgsql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
declare
  kind_of reachin.destroyable;
  everybody uuid[];
begin
  select * into kind_of from reachin.destroyable d where d.kind = of_kind;
  execute format('select %s($1)', kind_of.people::oid::regproc) into everybody using subject;
  if exists (
    select from public.retention_legalhold h left join public.people_personalias a on a.id = h.alias_id
      where h.lifted_at is null
        and (h.class_code = of_class or h.class_code = any (kind_of.carries) or h.subject_id = subject or h.subject_id = any (everybody)
          or a.person_id = any (everybody) or a.stands_for_id = any (everybody))) then
    return 'held';
  end if;
  if exists (
    select from public.information_requests_informationrequest i
      where i.person_id = any (everybody) and i.state not in ('released', 'refused') and i.id is distinct from but) then
    return 'asked';
  end if;
  return null;
end $$;
comment on function reachin.held_because(text, uuid, text, uuid) is
  'Why a record may not be destroyed now: somebody holds it, or one of its people waits for an answer about what is held of them.';
revoke execute on function reachin.held_because(text, uuid, text, uuid) from public;
create or replace function reachin.is_held(of_kind text, subject uuid, of_class text) returns boolean language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$ select reachin.held_because(of_kind, subject, of_class, null) is not null $$;

create or replace function reachin.due_for_destruction(of_kind text, of_class text, before timestamptz, again interval, most int)
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
    '  and (r.decided_at is null or (r.decision = ''destroy'' and r.disagreed_at is null)'
    '   or (r.decision = ''keep'' and coalesce(r.keep_until > reachin.clock()::date, r.decided_at > reachin.clock() - $4))'
    '   or (r.decision = ''hold'' and reachin.is_held($3, f.subject, $2)))) order by f.ended limit $5', asked::oid::regproc)
    using before, of_class, of_kind, again, most;
end $$
"""
NOT_HELD = """
alter table reachin.destroyable drop column carries; drop function reachin.held_because(text, uuid, text, uuid)
"""
ROWS = f"""
grant update (keep_until, disagreed_at, disagreed_by, disagreement) on {REVIEW} to reachin_app;
grant update (lift_reason) on {HOLD} to reachin_app;
{retention_reads("information_requests_informationrequest")}
"""
NO_ROWS = f"""
revoke update (keep_until, disagreed_at, disagreed_by, disagreement) on {REVIEW} from reachin_app;
revoke update (lift_reason) on {HOLD} from reachin_app;
drop policy retention_reads on information_requests_informationrequest;
revoke select on information_requests_informationrequest from reachin_retention
"""


class Migration(migrations.Migration):
    """Kept until a day, or not confirmed by the second person; and nothing goes while somebody waits to hear what is held of them."""

    dependencies: ClassVar = [("retention", "0004_every_class"), ("information_requests", "0002_guard")]
    operations: ClassVar = [
        GuardFunctions(KEEPS_ITS_WORD, migrations.RunSQL.noop),
        migrations.RunSQL(ROWS, NO_ROWS),
        RetentionFunctions(HELD, NOT_HELD),
    ]
