from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.families.retention.functions import RetentionFunctions, retention_reads, retention_removes
from reachin.groundwork.audited_access.guarding import GuardFunctions

before = import_module("reachin.families.retention.migrations.0007_staff_and_traces")
CARD, WORDS, COPY, ERASURE, CORRECTION, NOTICE = (
    f"information_requests_{name}"
    for name in ("informationrequest", "informationwords", "copyentry", "erasureentry", "correction", "partnernotice")
)
REVIEW, OWN = "retention_destructionreview", "own_accounts_ownaccount"
PATH = "set search_path = pg_catalog, reachin, pg_temp as"
HOMES = "accounts_staffhome"
MAY_ASK = "grant execute on function reachin.current_opening(), reachin.acting_agency() to reachin_retention"
MAY_NOT_ASK = "revoke execute on function reachin.current_opening(), reachin.acting_agency() from reachin_retention"
ERASES = f"""
alter table reachin.destroyable add column belonging regprocedure, add column spared regprocedure;
comment on column reachin.destroyable.belonging is 'For kinds that a person may ask to have deleted. belonging(people): subject, class_code, since.';
comment on column reachin.destroyable.spared is 'spared(subject, people): in a word why the law keeps it all the same; null where it may go.';

create function reachin.people_of_erasure(asked uuid) returns uuid[] language sql stable security definer {PATH} $$
  select o.people from reachin.current_opening() o join public.{CARD} i on i.id = o.subject_id
    where o.kind = 'information_request' and i.id = asked and i.kind = 'erasure' and i.controller_id = reachin.acting_agency()
      and reachin.acting_kind() = 'staff' and reachin.acting_role() = 'information_guardian' $$;
comment on function reachin.people_of_erasure(uuid) is 'Whose records an erasure is about, for the guardian who has it open; null for everybody else.';

create function reachin.erasure_of(asked uuid) returns table (kind text, subject_id uuid, class_code text, since timestamptz, kept_because text)
  language plpgsql stable security definer {PATH} $$
declare
  everybody uuid[] := reachin.people_of_erasure(asked);
  one reachin.destroyable;
begin
  if everybody is null then return; end if;
  for one in select * from reachin.destroyable d where d.belonging is not null order by d.kind loop
    return query execute format(
      'select $1, b.subject, b.class_code, b.since, coalesce(%s(b.subject, $2), reachin.held_because($1, b.subject, b.class_code, $3), '''')'
      ' from %s($2) b order by b.since nulls last, b.subject', one.spared::oid::regproc, one.belonging::oid::regproc)
      using one.kind, everybody, asked;
  end loop;
end $$;
comment on function reachin.erasure_of(uuid) is 'What is held of whoever asked for erasure that could go, each with why it may not; empty where it may.';

create function reachin.erase(entry uuid, review uuid, reason bytea) returns int language plpgsql volatile security definer {PATH} $$
declare
  wanted public.{ERASURE};
  asked public.{CARD};
  kind_of reachin.destroyable;
  told record;
  emptied int;
begin
  select * into wanted from public.{ERASURE} e where e.id = entry;
  select * into asked from public.{CARD} i where i.id = wanted.information_request_id;
  if asked.id is null or reachin.people_of_erasure(asked.id) is null then
    raise exception 'it is not open' using errcode = 'insufficient_privilege';
  end if;
  if asked.state <> 'released' or asked.reviewed_by is distinct from reachin.acting_user() or asked.prepared_by = asked.reviewed_by
    or wanted.kept_because <> '' or wanted.done_at is not null then
    raise exception 'nothing is destroyed without the word of two people' using errcode = 'insufficient_privilege';
  end if;
  select * into told from reachin.erasure_of(asked.id) f where f.kind = wanted.kind and f.subject_id = wanted.subject_id;
  if not found then
    raise exception 'it is not theirs' using errcode = 'insufficient_privilege';
  end if;
  if told.kept_because <> '' then
    raise exception 'it is kept: %', told.kept_because using errcode = 'insufficient_privilege';
  end if;
  select * into kind_of from reachin.destroyable d where d.kind = wanted.kind;
  execute format('select %s($1)', kind_of.emptied::oid::regproc) into emptied using wanted.subject_id;
  insert into public.{REVIEW} (id, kind, subject_id, class_code, controller_id, counted_from, due_from, decision, reason, decided_at, decided_by,
      confirmed_at, confirmed_by, destroyed_at, destroyed_by, asked_id)
    values (review, wanted.kind, wanted.subject_id, told.class_code, asked.controller_id, coalesce(told.since, asked.asked_at), asked.asked_at,
      'destroy', reason, asked.prepared_at, asked.prepared_by, asked.reviewed_at, asked.reviewed_by, reachin.clock(), asked.reviewed_by, asked.id);
  return emptied;
end $$;
comment on function reachin.erase(uuid, uuid, bytea) is
  'Destroys one record because its person asked: only in the hands of the second guardian, and only what the law still allows at this moment.';

create function reachin.own_accounts_of(people uuid[]) returns table (subject uuid, class_code text, since timestamptz) language sql stable
  security definer {PATH} $$ select o.id, 'person', o.ended_at from public.{OWN} o where o.person_id = any (people) $$;
create function reachin.own_account_spared(which uuid, people uuid[]) returns text language sql stable security definer {PATH} $$
  select case when o.ended_at is null then 'way_in' end from public.{OWN} o where o.id = which $$;
revoke execute on function reachin.people_of_erasure(uuid), reachin.erasure_of(uuid), reachin.erase(uuid, uuid, bytea),
  reachin.own_accounts_of(uuid[]), reachin.own_account_spared(uuid, uuid[]) from public;
grant execute on function reachin.erasure_of(uuid), reachin.erase(uuid, uuid, bytea) to reachin_app;
update reachin.destroyable set belonging = 'reachin.own_accounts_of(uuid[])', spared = 'reachin.own_account_spared(uuid, uuid[])'
  where kind = 'own_account'
"""
NO_ERASING = """
drop function reachin.erase(uuid, uuid, bytea); drop function reachin.erasure_of(uuid); drop function reachin.people_of_erasure(uuid);
drop function reachin.own_account_spared(uuid, uuid[]); drop function reachin.own_accounts_of(uuid[]);
alter table reachin.destroyable drop column belonging, drop column spared
"""
AT, TO = (before.ACCOUNTS.index(f"{words} function reachin.empty_account") for words in ("create", "comment on"))
EMPTY_ACCOUNT = (
    before.ACCOUNTS[AT:TO]
    .replace("create", "create or replace", 1)
    .replace("begin\n", f"begin\n  delete from public.{HOMES} where account_id = which;\n")
)
GOES_TOO = f"""
create or replace function reachin.empty_person(who uuid) returns int language plpgsql volatile security definer {PATH} $$
declare
  gone int;
  more int;
begin
  delete from public.people_persondetails where person_id = who;
  get diagnostics gone = row_count;
  delete from public.people_contactinstruction where person_id = who;
  get diagnostics more = row_count; gone := gone + more;
  delete from public.{CORRECTION} where subject_id = who;
  get diagnostics more = row_count;
  return gone + more;
end $$;
create or replace function reachin.empty_information_request(which uuid) returns int language plpgsql volatile security definer {PATH} $$
declare
  gone int := 0;
  more int;
begin
{
    "".join(
        f"  delete from public.{table} where information_request_id = which; get diagnostics more = row_count; gone := gone + more;"
        for table in (COPY, WORDS, ERASURE, CORRECTION, NOTICE)
    )
}
  delete from public.{CARD} where id = which;
  get diagnostics more = row_count;
  return gone + more;
end $$;
{EMPTY_ACCOUNT}
"""
ROWS = f"""
{retention_reads(ERASURE, CORRECTION, NOTICE)};
{retention_removes(ERASURE, CORRECTION, NOTICE)};
grant select, delete on {HOMES} to reachin_retention;
grant insert on {REVIEW} to reachin_retention;
create policy retention_writes_down on {REVIEW} for insert to reachin_retention with check (asked_id is not null and destroyed_at is not null)
"""
NO_ROWS = f"""
drop policy retention_writes_down on {REVIEW}; revoke insert on {REVIEW} from reachin_retention;
revoke select, delete on {HOMES} from reachin_retention;
{";".join(f"drop policy {name} on {table}" for table in (ERASURE, CORRECTION, NOTICE) for name in ("retention_reads", "retention_removes"))};
revoke select, delete on {ERASURE}, {CORRECTION}, {NOTICE} from reachin_retention
"""


class Migration(migrations.Migration):
    """An accepted erasure is carried out by the retention role, in the second guardian's hands, as far as the law allows at that moment."""

    dependencies: ClassVar = [
        ("retention", "0007_staff_and_traces"),
        ("information_requests", "0004_guard_carried_out"),
        ("accounts", "0004_staffhome"),
    ]
    operations: ClassVar = [
        migrations.RunSQL(ROWS, NO_ROWS),
        GuardFunctions(MAY_ASK, MAY_NOT_ASK),
        RetentionFunctions(ERASES, NO_ERASING),
        RetentionFunctions(GOES_TOO, migrations.RunSQL.noop),
    ]
