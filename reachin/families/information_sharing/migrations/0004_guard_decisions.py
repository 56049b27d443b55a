from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions, GuardTable

AGENCY = "(select reachin.acting_agency())"
USER = "(select reachin.acting_user())"
SIGNER = "(select reachin.signer())"
IS_STAFF = "(select reachin.acting_kind()) = 'staff'"
IS_GUARDIAN = "(select reachin.acting_role()) = 'information_guardian'"
LOOKS_FIRST = "(select reachin.acting_role()) in ('practitioner', 'support_worker', 'duty_worker', 'hub_worker')"
OPEN = "person_id = any ((select reachin.opened_people('contact'))::uuid[])"
OWN = "person_id = (select reachin.opened_own())"
THE_LOOP = "(select reachin.acting_kind()) = 'system' and (select reachin.acting_role()) = 'closed_loop'"
SOMEBODY = "(select reachin.acting_kind()) in ('family', 'staff')"
WRITES = f"{SOMEBODY} and reachin.may_write_about(person_id)"
TOLD = (
    "(decision_id is null or exists (select 1 from information_sharing_sharingdecision d"
    " where d.id = decision_id and d.informed <> 'not_told'))"
)
"""What the person is not to know of yet, such as an inquiry, does not show on their own page."""
CIRCLE = """
create function reachin.opened_own() returns uuid language sql stable set search_path = pg_catalog, pg_temp as
  $$ select o.people[1] from reachin.current_opening() o where o.kind = 'own_person' $$;
comment on function reachin.opened_own() is 'The person who has opened their own page.';
create function reachin.serves(entered_for text, opened_for text) returns boolean language sql immutable set search_path = pg_catalog, pg_temp as
  $$ select entered_for = opened_for or (entered_for in ('front_door', 'protection') and opened_for in ('front_door', 'protection')) $$;
comment on function reachin.serves(text, text) is
  'Whether an entry for one purpose lets somebody open for another: whoever receives a request also keeps people safe, and the other way.';
create function reachin.in_circle(who uuid[], whose_agency uuid, for_purpose text) returns reachin.permitted language plpgsql stable
  security definer set search_path = pg_catalog, reachin, pg_temp as $$
declare
  found_entries reachin.permitted;
  everybody int := (select count(distinct w) from unnest(who) w);
  blocked boolean := reachin.shut_out(who, whose_agency);
begin
  with live as (
    select e.person_id, c.category from public.information_sharing_circleentry e
      cross join unnest(e.categories) c(category)
      left join public.information_sharing_sharingdecision d on d.id = e.decision_id
      where e.person_id = any (who) and e.agency_id = whose_agency and (e.account_id is null or e.account_id = reachin.acting_user())
        and e.ended_at is null and e.starts_at <= reachin.clock() and (e.until is null or e.until > reachin.clock())
        and reachin.serves(e.purpose, for_purpose) and (not blocked or coalesce(d.beats_block, false)))
  select array_agg(category), (select array_agg(distinct person_id) from live where category = 'contact')
    into found_entries.categories, found_entries.people
    from (select category from live group by category having count(distinct person_id) = everybody) shared;
  return found_entries;
end $$;
comment on function reachin.in_circle(uuid[], uuid, text) is
  'Which categories an agency may see now, for one purpose, of what these people told together: only what every one of their circles lets it see; and of whom the names. A block on any of them shuts the agency out, but for a decision to protect somebody.';
create function reachin.may_open_person(subject uuid, for_purpose text) returns reachin.permitted language plpgsql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
begin
  if reachin.acting_kind() <> 'staff' then return null; end if;
  return reachin.in_circle(array[subject], reachin.acting_agency(), for_purpose);
end $$;
create function reachin.in_emergency(of_kind text, subject uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select reachin.acting_kind() = 'staff' and exists (select 1 from public.information_sharing_emergencyaccess e
       where e.kind = of_kind and e.subject_id = subject and e.account_id = reachin.acting_user() and e.agency_id = reachin.acting_agency()
         and e.starts_at <= reachin.clock() and e.until > reachin.clock()) $$;
comment on function reachin.in_emergency(text, uuid) is 'Whether whoever acts said, some hours ago at most, why they have to look at this first.';
create or replace function reachin.opened_people(category text) returns uuid[] language sql stable set search_path = pg_catalog, pg_temp as
  $$ select o.people from reachin.current_opening() o where category = 'contact' $$;
comment on function reachin.opened_people(text) is 'The people whose names and contact are open: each by their own circle, whatever they told together.';
create index opening_people on reachin.opening using gin (people);
create function reachin.receipts() returns table (looked_on date, agency_id uuid, role text, purpose text, looks bigint) language sql stable
  security definer set search_path = pg_catalog, reachin, pg_temp as
  $$ select (o.opened_at at time zone 'Europe/London')::date, o.agency_id, o.role, o.purpose, count(*)
     from reachin.opening o
     where o.people @> array[reachin.opened_own()] and o.actor_kind = 'staff' and o.purpose not in ('protection', 'emergency')
       and o.opened_at < reachin.clock() - interval '3 days'
     group by 1, 2, 3, 4 order by 1 desc, 2, 3, 4 $$;
comment on function reachin.receipts() is
  'Who looked at the person whose own page is open, by day; three days late, and without what was done to protect somebody: it never warns anybody.';
revoke execute on function reachin.opened_own(), reachin.serves(text, text), reachin.in_circle(uuid[], uuid, text),
  reachin.may_open_person(uuid, text), reachin.in_emergency(text, uuid), reachin.receipts() from public;
grant execute on function reachin.opened_own(), reachin.receipts() to reachin_app;
insert into reachin.openable values ('person', 'reachin.may_open_person(uuid, text)')
"""
NO_CIRCLE = """
delete from reachin.openable where kind = 'person'; drop function reachin.receipts(); drop index reachin.opening_people;
drop function reachin.in_emergency(text, uuid); drop function reachin.may_open_person(uuid, text);
drop function reachin.in_circle(uuid[], uuid, text); drop function reachin.serves(text, text); drop function reachin.opened_own()
"""
ENTRY, BLOCK = "information_sharing_circleentry", "information_sharing_block"
OF_THE_CIRCLE = f"""
drop policy app_sees on {ENTRY};
create policy app_sees on {ENTRY} for select to reachin_app using (({IS_STAFF} and {OPEN}) or ({OWN} and {TOLD}) or ({THE_LOOP}));
drop policy app_changes on {ENTRY};
create policy app_changes on {ENTRY} for update to reachin_app
  using (({IS_STAFF} and {OPEN}) or ({OWN} and basis = 'consent') or ({THE_LOOP}))
  with check (({IS_STAFF} and {OPEN}) or ({OWN} and basis = 'consent') or ({THE_LOOP}))
"""


class Migration(migrations.Migration):
    """A share rests on a decision, counts for one purpose and by the clock; the person sees their circle and ends what they agreed to."""

    dependencies: ClassVar = [("information_sharing", "0003_decisions")]
    operations: ClassVar = [
        GuardTable(
            "information_sharing_sharingagreement",
            see=f"{IS_STAFF} or {THE_LOOP}",
            add=f"{IS_GUARDIAN} and keeper_id = {AGENCY} and recorded_by = {SIGNER}",
            change=f"{IS_GUARDIAN} and keeper_id = {AGENCY}",
            changeable=("ended_at", "ended_by"),
        ),
        GuardTable(
            "information_sharing_agreementparty",
            see=f"{IS_STAFF} or {THE_LOOP}",
            add=f"{IS_GUARDIAN} and exists (select 1 from information_sharing_sharingagreement a where a.id = agreement_id"
            f" and a.keeper_id = {AGENCY} and a.recorded_by = {SIGNER} and a.ended_at is null)",
        ),
        # The function is made before the tables are guarded by it, and reads tables only when it is asked.
        GuardFunctions(CIRCLE, NO_CIRCLE),
        GuardTable(
            "information_sharing_sharingdecision",
            see=f"({IS_STAFF} and {OPEN}) or ({OWN} and informed <> 'not_told') or ({IS_GUARDIAN} and controller_id = {AGENCY} and review_due_at is not null) or {THE_LOOP}",
            add=f"({WRITES} or {THE_LOOP}) and decided_by = {SIGNER}",
            change=f"{IS_GUARDIAN} and controller_id = {AGENCY} and review_due_at is not null and decided_by <> {SIGNER}",
            changeable=("reviewed_at", "reviewed_by", "review_outcome"),
        ),
        GuardTable(
            "information_sharing_emergencyaccess",
            see=f"account_id = {USER} or ({IS_GUARDIAN} and agency_id = {AGENCY})",
            add=f"{LOOKS_FIRST} and account_id = {USER} and agency_id = {AGENCY} and reviewed_at is null",
            change=f"{IS_GUARDIAN} and agency_id = {AGENCY} and account_id <> {USER}",
            changeable=("reviewed_at", "reviewed_by", "review_outcome", "review_words"),
        ),
        migrations.RunSQL(sql=OF_THE_CIRCLE, reverse_sql=migrations.RunSQL.noop),
    ]
