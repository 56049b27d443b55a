from typing import ClassVar

from django.db import migrations

from reachin.families.retention.functions import RetentionFunctions, retention_reads, retention_removes

ENTRY, DECISION, BLOCK, EMERGENCY, AGREEMENT, PARTY = (
    f"information_sharing_{name}"
    for name in ("circleentry", "sharingdecision", "block", "emergencyaccess", "sharingagreement", "agreementparty")
)
CARD, WORDS, COPY = (f"information_requests_{name}" for name in ("informationrequest", "informationwords", "copyentry"))
PAIR, MERGE, MOVED = (f"record_linkage_{name}" for name in ("pair", "merge", "moved"))
OWN = "own_accounts_ownaccount"
REMOVED = (ENTRY, DECISION, BLOCK, EMERGENCY, AGREEMENT, PARTY, CARD, WORDS, COPY, PAIR, MERGE, MOVED, OWN)
READ = ("people_person", *(table for table in REMOVED if table != CARD))
RETURNS = "returns table (subject uuid, controller uuid, class_code text, ended timestamptz) language sql stable security definer"
PATH = "set search_path = pg_catalog, reachin, pg_temp as"
EMPTIED = "not exists (select from public.people_persondetails d where d.person_id = {})"
"""Circles and joins are how the partnership answers for a record: they outlive it, and never go before its words."""


def emptying(name: str, *steps: str) -> str:
    """A function that removes rows, step by step, and says how many there were."""
    counted = "\n".join(f"  {step};\n  get diagnostics more = row_count; gone := gone + more;" for step in steps)
    return f"""
create function reachin.empty_{name}(which uuid) returns int language plpgsql volatile security definer {PATH} $$
declare
  gone int := 0;
  more int;
begin
{counted}
  return gone;
end $$;
revoke execute on function reachin.empty_{name}(uuid) from public;
"""


def kind(name: str, code: str, years: float) -> str:
    """Registers a kind of record with its functions, its class and that class's years."""
    return f"""
revoke execute on function reachin.{name}s_that_ended(timestamptz, uuid), reachin.people_of_{name}(uuid) from public;
insert into reachin.destroyable (kind, found, people, emptied) values
  ('{name}', 'reachin.{name}s_that_ended(timestamptz, uuid)', 'reachin.people_of_{name}(uuid)', 'reachin.empty_{name}(uuid)');
insert into reachin.destruction_years values ('{name}', '{code}', {years})
"""


def people_of(name: str, said: str) -> str:
    return f"create function reachin.people_of_{name}(which uuid) returns uuid[] language sql stable security definer {PATH} $$ {said} $$;"


def no_kind(name: str) -> str:
    return f"""
delete from reachin.destruction_years where kind = '{name}'; delete from reachin.destroyable where kind = '{name}';
drop function reachin.empty_{name}(uuid); drop function reachin.people_of_{name}(uuid); drop function reachin.{name}s_that_ended(timestamptz, uuid)
"""


DECISIONS = f"""
create function reachin.decisions_that_ended(before timestamptz, only_this uuid) {RETURNS} {PATH} $$
  select * from (
    select d.id, d.controller_id, 'sharing', greatest(d.decided_at, d.reviewed_at,
        (select max(coalesce(e.ended_at, e.until, e.recorded_at)) from public.{ENTRY} e where e.decision_id = d.id)) as ended
      from public.{DECISION} d
      where (only_this is null or d.id = only_this) and {EMPTIED.format("d.person_id")}) found
  where found.ended <= before $$;
{people_of("decision", f"select coalesce(array_agg(d.person_id), '{{}}') from public.{DECISION} d where d.id = which")}
{emptying("decision", f"delete from public.{ENTRY} where decision_id = which", f"delete from public.{DECISION} where id = which")}
{kind("decision", "sharing", 100)}
"""
CIRCLES = f"""
create function reachin.circles_that_ended(before timestamptz, only_this uuid) {RETURNS} {PATH} $$
  select * from (
    select p.id, p.controller_id, 'sharing', greatest(
        (select max(coalesce(e.ended_at, e.until, e.recorded_at)) from public.{ENTRY} e where e.person_id = p.id and e.decision_id is null),
        (select max(coalesce(b.lifted_at, b.said_at)) from public.{BLOCK} b where b.person_id = p.id)) as ended
      from public.people_person p
      where (only_this is null or p.id = only_this) and {EMPTIED.format("p.id")}) found
  where found.ended <= before $$;
{people_of("circle", "select array[which]")}
{
    emptying(
        "circle",
        f"delete from public.{ENTRY} where person_id = which and decision_id is null",
        f"delete from public.{BLOCK} where person_id = which",
    )
}
{kind("circle", "sharing", 100)}
"""
EMERGENCIES = f"""
create function reachin.emergencys_that_ended(before timestamptz, only_this uuid) {RETURNS} {PATH} $$
  select e.id, e.agency_id, 'sharing', greatest(e.until, e.reviewed_at) from public.{EMERGENCY} e
    where e.reviewed_at is not null and greatest(e.until, e.reviewed_at) <= before and (only_this is null or e.id = only_this) $$;
create function reachin.people_of_emergency(which uuid) returns uuid[] language plpgsql stable security definer {PATH} $$
declare
  looked_at public.{EMERGENCY};
  asked regprocedure;
  everybody uuid[];
begin
  select * into looked_at from public.{EMERGENCY} e where e.id = which;
  select d.people into asked from reachin.destroyable d where d.kind = looked_at.kind;
  if asked is not null then
    execute format('select %s($1)', asked::oid::regproc) into everybody using looked_at.subject_id;
  end if;
  return coalesce(everybody, '{{}}') || looked_at.subject_id;
end $$;
{emptying("emergency", f"delete from public.{EMERGENCY} where id = which")}
{kind("emergency", "sharing", 100)}
"""
AGREEMENTS = f"""
create function reachin.agreements_that_ended(before timestamptz, only_this uuid) {RETURNS} {PATH} $$
  select a.id, a.keeper_id, 'sharing', least(a.ended_at, (a.expires_on + 1)::timestamptz) from public.{AGREEMENT} a
    where least(a.ended_at, (a.expires_on + 1)::timestamptz) <= before and (only_this is null or a.id = only_this)
      and not exists (select from public.{DECISION} d where d.agreement_id = a.id) $$;
comment on function reachin.agreements_that_ended(timestamptz, uuid) is 'An agreement goes after every decision that rests on it.';
{people_of("agreement", "select '{}'::uuid[]")}
{emptying("agreement", f"delete from public.{PARTY} where agreement_id = which", f"delete from public.{AGREEMENT} where id = which")}
{kind("agreement", "sharing", 100)}
"""
INFORMATION = f"""
create function reachin.information_requests_that_ended(before timestamptz, only_this uuid) {RETURNS} {PATH} $$
  select i.id, i.controller_id, 'information_request', i.reviewed_at from public.{CARD} i
    where i.reviewed_at <= before and (only_this is null or i.id = only_this) $$;
{people_of("information_request", f"select coalesce(array_agg(i.person_id), '{{}}') from public.{CARD} i where i.id = which")}
{
    emptying(
        "information_request",
        f"delete from public.{COPY} where information_request_id = which",
        f"delete from public.{WORDS} where information_request_id = which",
        f"delete from public.{CARD} where id = which",
    )
}
{kind("information_request", "information_request", 6)}
"""
PAIRS = f"""
create function reachin.pairs_that_ended(before timestamptz, only_this uuid) {RETURNS} {PATH} $$
  select * from (
    select p.id, p.agency_id, 'linkage', greatest(p.put_at,
        (select max(greatest(m.merged_at, m.unmerged_at)) from public.{MERGE} m where m.pair_id = p.id)) as ended
      from public.{PAIR} p
      where (only_this is null or p.id = only_this) and {EMPTIED.format("p.one_id")} and {EMPTIED.format("p.other_id")}) found
  where found.ended <= before $$;
{people_of("pair", f"select coalesce((select array[p.one_id, p.other_id] from public.{PAIR} p where p.id = which), '{{}}')")}
{
    emptying(
        "pair",
        f"delete from public.{MOVED} j using public.{MERGE} m where m.id = j.merge_id and m.pair_id = which",
        f"delete from public.{MERGE} where pair_id = which",
        f"delete from public.{PAIR} where id = which",
    )
}
{kind("pair", "linkage", 100)}
"""
OWN_ACCOUNTS = f"""
create function reachin.own_accounts_that_ended(before timestamptz, only_this uuid) {RETURNS} {PATH} $$
  select * from (
    select o.id, p.controller_id, 'person',
        coalesce(o.ended_at, case when {EMPTIED.format("o.person_id")} then greatest(o.invited_at, o.begun_at) end) as ended
      from public.{OWN} o join public.people_person p on p.id = o.person_id where only_this is null or o.id = only_this) found
  where found.ended <= before $$;
comment on function reachin.own_accounts_that_ended(timestamptz, uuid) is 'One that nobody ended counts from its beginning, once its person''s record is emptied.';
{people_of("own_account", f"select coalesce(array_agg(o.person_id), '{{}}') from public.{OWN} o where o.id = which")}
{emptying("own_account", f"delete from public.{OWN} where id = which")}
{kind("own_account", "person", 25)}
"""
KINDS = {
    "decision": DECISIONS,
    "circle": CIRCLES,
    "emergency": EMERGENCIES,
    "agreement": AGREEMENTS,
    "information_request": INFORMATION,
    "pair": PAIRS,
    "own_account": OWN_ACCOUNTS,
}
RIGHTS = f"{retention_reads(*READ)};\n{retention_removes(*REMOVED)}"
NO_RIGHTS = ";\n".join(
    [
        *(f"drop policy retention_reads on {table}; revoke select on {table} from reachin_retention" for table in READ),
        *(f"drop policy retention_removes on {table}; revoke delete on {table} from reachin_retention" for table in REMOVED),
    ]
)


class Migration(migrations.Migration):
    """Each class has its destruction: who could see what and why, what was asked about one's information, joins, own ways in."""

    dependencies: ClassVar = [
        ("retention", "0005_guard_decisions"),
        ("record_linkage", "0003_kept_from"),
        ("own_accounts", "0002_guard"),
        ("information_sharing", "0005_guard_lists"),
        ("information_requests", "0002_guard"),
    ]
    operations: ClassVar = [
        migrations.RunSQL(RIGHTS, NO_RIGHTS),
        *(RetentionFunctions(made, no_kind(name)) for name, made in KINDS.items()),
    ]
