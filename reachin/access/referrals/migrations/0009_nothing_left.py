from typing import ClassVar

from django.db import migrations

from reachin.families.retention.functions import RetentionFunctions

EMPTY_REQUEST = """
create or replace function reachin.empty_request(asked uuid) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
declare
  gone int := 0;
  more int;
  somebody uuid;
begin
  delete from public.requests_for_assistance_storytold where request_for_assistance_id = asked;
  get diagnostics more = row_count; gone := gone + more;
  delete from public.requests_for_assistance_plantold where request_for_assistance_id = asked;
  get diagnostics more = row_count; gone := gone + more;
  delete from public.requests_for_assistance_safetytold where request_for_assistance_id = asked;
  get diagnostics more = row_count; gone := gone + more;
  delete from public.requests_for_assistance_placetold where request_for_assistance_id = asked;
  get diagnostics more = row_count; gone := gone + more;
  delete from public.requests_for_assistance_requestnote where request_for_assistance_id = asked;
  get diagnostics more = row_count; gone := gone + more;
  delete from public.referrals_referralnote n using public.referrals_referral l
    where n.referral_id = l.id and l.request_for_assistance_id = asked;
  get diagnostics more = row_count; gone := gone + more;
  delete from public.referrals_snapshot s using public.referrals_referral l where s.referral_id = l.id and l.request_for_assistance_id = asked;
  get diagnostics more = row_count; gone := gone + more;
  delete from public.notices_message m
    where m.about_id = asked or m.about_id in (select l.id from public.referrals_referral l where l.request_for_assistance_id = asked);
  get diagnostics more = row_count; gone := gone + more;
  delete from public.requests_for_assistance_wayin w
    where w.id = asked and not reachin.answer_is_fresh(asked, reachin.clock() - interval '90 days');
  get diagnostics more = row_count; gone := gone + more;
  delete from public.information_requests_copyentry c using public.information_requests_informationrequest i
    where i.id = c.information_request_id and i.state in ('released', 'refused') and i.person_id = any (reachin.people_of_request(asked));
  get diagnostics more = row_count; gone := gone + more;
  update public.referrals_referral set display_name = '' where request_for_assistance_id = asked;
  update public.requests_for_assistance_requestforassistance set display_name = '', area_code = '' where id = asked;
  for somebody in
    select distinct a.person_id from public.requests_for_assistance_requestperson p join public.people_personalias a on a.id = p.alias_id
      where p.request_for_assistance_id = asked and not exists (
        select from public.requests_for_assistance_requestperson o
          join public.people_personalias b on b.id = o.alias_id
          join public.requests_for_assistance_requestforassistance r on r.id = o.request_for_assistance_id
          where b.person_id = a.person_id and r.id <> asked and r.display_name <> '')
  loop
    gone := gone + reachin.empty_person(somebody);
  end loop;
  return gone;
end $$
"""
FRESH = """
create function reachin.answer_is_fresh(asked uuid, since timestamptz) returns boolean language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
  select exists (select from public.information_requests_informationrequest i
    where i.person_id = any (reachin.people_of_request(asked)) and (i.reviewed_at is null or i.reviewed_at > since)) $$;
comment on function reachin.answer_is_fresh(uuid, timestamptz) is
  'Whether somebody of a request still has to be able to come in and read what became of what they asked about it.';
revoke execute on function reachin.answer_is_fresh(uuid, timestamptz) from public;

create or replace function reachin.sweep_drafts(before timestamptz) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
declare
  gone int;
begin
  delete from public.requests_for_assistance_wayin w using public.requests_for_assistance_draftrequest d
    where w.id = d.id and d.changed_at < before;
  delete from public.requests_for_assistance_wayin w using public.requests_for_assistance_requestforassistance r
    where w.id = r.id and r.display_name = '' and not reachin.answer_is_fresh(r.id, before);
  delete from public.requests_for_assistance_draftrequest d where d.changed_at < before;
  get diagnostics gone = row_count;
  return gone;
end $$;

create or replace function reachin.sweep_messages(before timestamptz) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
declare
  gone int;
begin
  delete from public.notices_message m
    where (m.settled_at < before or m.settled_at < reachin.clock() - interval '7 days'
        and exists (select from public.requests_for_assistance_requestforassistance r where r.id = m.about_id and r.display_name = ''))
      and not exists (select from public.retention_legalhold h where h.lifted_at is null and h.subject_id = m.about_id);
  get diagnostics gone = row_count;
  return gone;
end $$
"""
SWEPT_BEFORE = "drop function reachin.answer_is_fresh(uuid, timestamptz)"
CARRIES = "update reachin.destroyable set carries = array['referral', 'person'] where kind = 'request'"
TRIED = "requests_for_assistance_wayintry"
TRIES = """
create function reachin.sweep_ways_in(before timestamptz) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
declare
  gone int;
begin
  delete from public.requests_for_assistance_wayintry where tried_at < before;
  get diagnostics gone = row_count;
  return gone;
end $$;
revoke execute on function reachin.sweep_ways_in(timestamptz) from public;
alter table reachin.sweepable drop constraint sweepable_pkey;
alter table reachin.sweepable add primary key (class_code, swept);
insert into reachin.sweepable values ('tries', 0.1, 'reachin.sweep_ways_in(timestamptz)')
"""
NO_TRIES = """
delete from reachin.sweepable where swept = 'reachin.sweep_ways_in(timestamptz)'::regprocedure;
alter table reachin.sweepable drop constraint sweepable_pkey;
alter table reachin.sweepable add primary key (class_code);
drop function reachin.sweep_ways_in(timestamptz)
"""


class Migration(migrations.Migration):
    """With a request goes the way back to it, and the copies of it that were given; and each try to come in is forgotten in days."""

    dependencies: ClassVar = [("referrals", "0008_guard_looking"), ("retention", "0007_staff_and_traces")]
    operations: ClassVar = [
        migrations.RunSQL(
            f"grant select, delete on {TRIED} to reachin_retention", f"revoke select, delete on {TRIED} from reachin_retention"
        ),
        RetentionFunctions(FRESH, SWEPT_BEFORE),
        RetentionFunctions(EMPTY_REQUEST, migrations.RunSQL.noop),
        RetentionFunctions(CARRIES, "update reachin.destroyable set carries = '{}' where kind = 'request'"),
        RetentionFunctions(TRIES, NO_TRIES),
    ]
