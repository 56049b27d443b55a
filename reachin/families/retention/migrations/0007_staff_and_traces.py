from typing import ClassVar

from django.db import migrations

from reachin.families.retention.functions import RetentionFunctions, retention_reads, retention_removes
from reachin.groundwork.audited_access.guarding import GuardFunctions

AUDIT, ACCOUNT, REVIEW, LINKS = (
    "audited_access_auditevent", "accounts_account", "retention_destructionreview", "one_time_links_onetimelink"
)  # fmt: skip
OF_ACCOUNT = tuple(
    f"accounts_{name}" for name in ("passkey", "authenticatorapp", "recoverycode", "factortry", "staffsession", "providersubject")
)
TRIED = {
    "accounts_factortry": "tried_at",
    "audited_access_try": "tried_at",
    "axes_accessfailurelog": "attempt_time",
    "axes_accesslog": "attempt_time",
    "django_session": "expire_date",
    LINKS: "expires_at",
}
OPEN_TO_ALL = tuple(table for table in ("axes_accessattempt", "axes_accessattemptexpiration", *OF_ACCOUNT, *TRIED) if table != LINKS)
RETURNS = "returns table (subject uuid, controller uuid, class_code text, ended timestamptz) language sql stable security definer"
PATH = "set search_path = pg_catalog, reachin, pg_temp as"
COUNTED = "get diagnostics more = row_count; gone := gone + more;"
ACCOUNTS = f"""
create function reachin.accounts_that_ended(before timestamptz, only_this uuid) {RETURNS} {PATH} $$
  select a.id, a.agency_id, 'account', a.ended_at from public.{ACCOUNT} a
    where a.ended_at <= before and not a.is_active and a.name <> '' and (only_this is null or a.id = only_this) $$;
create function reachin.people_of_account(which uuid) returns uuid[] language sql immutable {PATH} $$ select '{{}}'::uuid[] $$;
create function reachin.empty_account(which uuid) returns int language plpgsql volatile security definer {PATH} $$
declare
  gone int := 0;
  more int;
begin
{"".join(f"  delete from public.{table} where account_id = which; {COUNTED}" for table in OF_ACCOUNT)}
  update public.{ACCOUNT} set name = '', email = id || '@ended.invalid', job_title = '', password = '!' where id = which;
  {COUNTED}
  return gone;
end $$;
comment on function reachin.empty_account(uuid) is 'That there was an account stays, as what was done in it does; who it was goes.';
revoke execute on function reachin.accounts_that_ended(timestamptz, uuid), reachin.people_of_account(uuid), reachin.empty_account(uuid) from public;
insert into reachin.destroyable (kind, found, people, emptied) values
  ('account', 'reachin.accounts_that_ended(timestamptz, uuid)', 'reachin.people_of_account(uuid)', 'reachin.empty_account(uuid)');
insert into reachin.destruction_years values ('account', 'account', 7)
"""
NO_ACCOUNTS = """
delete from reachin.destruction_years where kind = 'account'; delete from reachin.destroyable where kind = 'account';
drop function reachin.empty_account(uuid); drop function reachin.people_of_account(uuid); drop function reachin.accounts_that_ended(timestamptz, uuid)
"""
TRACES = f"""
create function reachin.traces_that_ended(before timestamptz, only_this uuid) {RETURNS} {PATH} $$
  select * from (
    select r.subject_id, (array_agg(r.controller_id order by r.destroyed_at desc))[1], 'traces', max(r.destroyed_at) as ended
      from public.{REVIEW} r
      where r.destroyed_at is not null and r.kind <> 'traces' and (only_this is null or r.subject_id = only_this)
        and (exists (select from public.{AUDIT} a where a.subject_id = r.subject_id and a.event <> 'traces.destroyed')
          or exists (select from reachin.opening o where o.subject_id = r.subject_id))
      group by r.subject_id) found
  where found.ended <= before $$;
comment on function reachin.traces_that_ended(timestamptz, uuid) is 'What was done to a record and who looked at it, counted from when the record itself was destroyed.';
create function reachin.people_of_traces(which uuid) returns uuid[] language sql immutable {PATH} $$ select array[which] $$;
create function reachin.empty_traces(which uuid) returns int language plpgsql volatile security definer {PATH} $$
declare
  gone uuid[];
  more uuid[];
begin
  with removed as (
    delete from public.{AUDIT} a using reachin.link l
      where a.subject_id = which and a.event <> 'traces.destroyed' and l.kind = 'change' and l.row_id = a.id returning a.id)
  select coalesce(array_agg(id order by id), '{{}}') into gone from removed;
  with removed as (
    delete from reachin.opening o using reachin.link l
      where o.subject_id = which and l.kind = 'opening' and l.row_id = o.nonce returning o.nonce)
  select coalesce(array_agg(nonce order by nonce), '{{}}') into more from removed;
  insert into public.{AUDIT} (id, happened_at, event, subject_kind, subject_id, fields, actor_kind, role)
    values (gen_random_uuid(), reachin.clock(), 'traces.destroyed', 'traces', which, (gone || more)::text[], 'system', 'retention');
  return cardinality(gone || more);
end $$;
comment on function reachin.empty_traces(uuid) is
  'Only what the chain has linked goes, and a row says which rows went: the chain shows them as lawfully destroyed, and any other as removed.';
revoke execute on function reachin.traces_that_ended(timestamptz, uuid), reachin.people_of_traces(uuid), reachin.empty_traces(uuid) from public;
insert into reachin.destroyable (kind, found, people, emptied) values
  ('traces', 'reachin.traces_that_ended(timestamptz, uuid)', 'reachin.people_of_traces(uuid)', 'reachin.empty_traces(uuid)');
insert into reachin.destruction_years values ('traces', 'traces', 6)
"""
NO_TRACES = """
delete from reachin.destruction_years where kind = 'traces'; delete from reachin.destroyable where kind = 'traces';
drop function reachin.empty_traces(uuid); drop function reachin.people_of_traces(uuid); drop function reachin.traces_that_ended(timestamptz, uuid)
"""
TRIES = f"""
create function reachin.sweep_tries(before timestamptz) returns int language plpgsql volatile security definer {PATH} $$
declare
  gone int := 0;
  more int;
begin
  delete from public.axes_accessattemptexpiration e using public.axes_accessattempt a where a.id = e.access_attempt_id and a.attempt_time < before;
  delete from public.axes_accessattempt where attempt_time < before; {COUNTED}
{"".join(f"  delete from public.{table} where {column} < before; {COUNTED}" for table, column in TRIED.items())}
  return gone;
end $$;
revoke execute on function reachin.sweep_tries(timestamptz) from public;
insert into reachin.sweepable values ('tries', 0.1, 'reachin.sweep_tries(timestamptz)')
"""
NO_TRIES = "delete from reachin.sweepable where class_code = 'tries'; drop function reachin.sweep_tries(timestamptz)"
IN_THEIR_OWN_NAME = (
    "actor_kind = (select reachin.acting_kind()) and user_id is not distinct from (select reachin.acting_user())"
    " and agency_id is not distinct from (select reachin.acting_agency())"
    " and scope_id is not distinct from (select reachin.acting_scope()) and role = coalesce((select reachin.acting_role()), '')"
)
ROWS = f"""
{retention_reads(AUDIT, LINKS)};
{retention_removes(AUDIT, LINKS)};
grant insert on {AUDIT} to reachin_retention;
create policy retention_notes on {AUDIT} for insert to reachin_retention with check (event = 'traces.destroyed');
drop policy app_adds on {AUDIT};
create policy app_adds on {AUDIT} for insert to reachin_app with check (event <> 'traces.destroyed' and {IN_THEIR_OWN_NAME});
grant select, delete on {", ".join(OPEN_TO_ALL)} to reachin_retention;
grant select, update (name, email, job_title, password) on {ACCOUNT} to reachin_retention
"""
NO_ROWS = f"""
drop policy app_adds on {AUDIT};
create policy app_adds on {AUDIT} for insert to reachin_app with check ({IN_THEIR_OWN_NAME});
drop policy retention_notes on {AUDIT};
revoke insert on {AUDIT} from reachin_retention;
{";".join(f"drop policy {name} on {table}" for table in (AUDIT, LINKS) for name in ("retention_reads", "retention_removes"))};
revoke select, delete on {", ".join((AUDIT, LINKS, *OPEN_TO_ALL))} from reachin_retention;
revoke select, update (name, email, job_title, password) on {ACCOUNT} from reachin_retention
"""
OF_THE_GUARD = "grant select, delete on reachin.opening to reachin_retention; grant select on reachin.link to reachin_retention"
NOT_OF_THE_GUARD = "revoke select, delete on reachin.opening from reachin_retention; revoke select on reachin.link from reachin_retention"


class Migration(migrations.Migration):
    """Staff whose account ended long ago, traces of what was destroyed long ago, and digests of what was tried.

    Only the retention role can say in the audit that traces were destroyed: by that a verifier tells it from a removal.
    """

    dependencies: ClassVar = [
        ("retention", "0006_kinds"),
        ("accounts", "0003_what_may_go"),
        ("audited_access", "0009_chain_by_keys"),
        ("one_time_links", "0002_guard"),
        ("axes", "0010_accessattemptexpiration"),
        ("sessions", "0001_initial"),
    ]
    operations: ClassVar = [
        migrations.RunSQL(ROWS, NO_ROWS),
        GuardFunctions(OF_THE_GUARD, NOT_OF_THE_GUARD),
        RetentionFunctions(ACCOUNTS, NO_ACCOUNTS),
        RetentionFunctions(TRACES, NO_TRACES),
        RetentionFunctions(TRIES, NO_TRIES),
    ]
