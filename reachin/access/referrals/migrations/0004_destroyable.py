from typing import ClassVar

from django.db import migrations

from reachin.families.retention.functions import RetentionFunctions, retention_empties, retention_reads, retention_removes

TELLINGS = tuple(f"requests_for_assistance_{place}told" for place in ("story", "plan", "safety", "place"))
WORDS = (*TELLINGS, "requests_for_assistance_requestnote", "referrals_referralnote", "referrals_snapshot", "notices_message")
CARDS = ("requests_for_assistance_requestforassistance", "referrals_referral")
READ = ("requests_for_assistance_requestperson", "requests_for_assistance_dangeralert", *CARDS, *WORDS)
KIND = """
create function reachin.requests_that_ended(before timestamptz, only_this uuid)
  returns table (subject uuid, controller uuid, class_code text, ended timestamptz) language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
  select r.id, r.holder_agency_id,
      case when r.urgency = 0
        or exists (select from public.requests_for_assistance_dangeralert a where a.request_for_assistance_id = r.id)
        then 'request_in_danger' else 'request' end,
      r.closed_at
    from public.requests_for_assistance_requestforassistance r
    where r.closed_at <= before and (only_this is null or r.id = only_this)
      and not exists (select from public.referrals_referral l where l.request_for_assistance_id = r.id and l.is_live) $$;

create function reachin.people_of_request(asked uuid) returns uuid[] language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
  select coalesce(array_agg(distinct who), '{}') from (
    select unnest(array[a.person_id, a.stands_for_id]) as who
      from public.requests_for_assistance_requestperson p join public.people_personalias a on a.id = p.alias_id
      where p.request_for_assistance_id = asked) w $$;

create function reachin.empty_request(asked uuid) returns int language plpgsql volatile security definer
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
end $$;
revoke execute on function reachin.requests_that_ended(timestamptz, uuid), reachin.people_of_request(uuid), reachin.empty_request(uuid) from public;
insert into reachin.destroyable values ('request', 'reachin.requests_that_ended(timestamptz, uuid)', 'reachin.people_of_request(uuid)',
  'reachin.empty_request(uuid)');
insert into reachin.destruction_years values ('request', 'request', 25), ('request', 'request_in_danger', 100)
"""
NO_KIND = """
delete from reachin.destruction_years where kind = 'request'; delete from reachin.destroyable where kind = 'request';
drop function reachin.empty_request(uuid); drop function reachin.people_of_request(uuid); drop function reachin.requests_that_ended(timestamptz, uuid)
"""
EMPTIES = retention_empties("referrals_referral", "display_name")
EMPTIES += f";\n{retention_empties('requests_for_assistance_requestforassistance', 'display_name', 'area_code')}"
NO_RIGHTS = ";\n".join(
    [
        *(f"drop policy retention_reads on {table}; revoke select on {table} from reachin_retention" for table in READ),
        *(f"drop policy retention_removes on {table}; revoke delete on {table} from reachin_retention" for table in WORDS),
        *(f"drop policy retention_empties on {table}; revoke update on {table} from reachin_retention" for table in CARDS),
    ]
)


class Migration(migrations.Migration):
    """A request can be emptied with its referrals: what was told goes, and the names; that there was one, when and where it went, stays."""

    dependencies: ClassVar = [
        ("referrals", "0003_guard_by_purpose"),
        ("requests_for_assistance", "0005_guard_quarantine"),
        ("notices", "0002_guard"),
        ("retention", "0002_guard"),
    ]
    operations: ClassVar = [
        migrations.RunSQL(f"{retention_reads(*READ)};\n{retention_removes(*WORDS)};\n{EMPTIES}", NO_RIGHTS),
        RetentionFunctions(KIND, NO_KIND),
    ]
