from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

before = import_module("reachin.access.requests_for_assistance.migrations.0002_guard")
QUESTION = """
create or replace function reachin.may_open_request(subject uuid, for_purpose text) returns reachin.permitted language plpgsql stable
  security definer set search_path = pg_catalog, reachin, pg_temp as $$
declare
  card public.requests_for_assistance_requestforassistance;
  everybody uuid[];
  own_words constant text[] := array['contact', 'story', 'plan', 'safety', 'protected_address'];
begin
  select * into card from public.requests_for_assistance_requestforassistance where id = subject;
  if not found then return null; end if;
  select coalesce(array_agg(a.person_id), '{}') into everybody
    from public.requests_for_assistance_requestperson p join public.people_personalias a on a.id = p.alias_id
    where p.request_for_assistance_id = subject;
  if reachin.family_scope() = subject then
    if card.asked_by = 'practitioner' then return (array['own'], '{}'::uuid[])::reachin.permitted; end if;
    return (array_append(own_words, 'own'), everybody)::reachin.permitted;
  end if;
  if reachin.acting_kind() <> 'staff' then return null; end if;
  if for_purpose = 'emergency' then
    if reachin.in_emergency('request', subject)
      and (reachin.acting_role() = 'duty_worker' or not reachin.shut_out(everybody, reachin.acting_agency())) then
      return (own_words, everybody)::reachin.permitted;
    end if;
    return null;
  end if;
  if card.sender_id = reachin.acting_user() and card.sender_agency_id = reachin.acting_agency()
    and not reachin.shut_out(everybody, reachin.acting_agency()) then
    return (own_words, everybody)::reachin.permitted;
  end if;
  if reachin.acting_role() in ('hub_worker', 'duty_worker') and for_purpose <> 'own_request'
    and reachin.acting_agency() in (card.holder_agency_id, card.duty_agency_id) then
    return reachin.in_circle(everybody, reachin.acting_agency(), for_purpose);
  end if;
  return null;
end $$;
create function reachin.may_open_own_person(subject uuid, for_purpose text) returns reachin.permitted language plpgsql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
declare
  who uuid;
begin
  if reachin.family_scope() is distinct from subject then return null; end if;
  select a.person_id into who
    from public.requests_for_assistance_requestperson p join public.people_personalias a on a.id = p.alias_id
    join public.requests_for_assistance_requestforassistance r on r.id = p.request_for_assistance_id
    where p.request_for_assistance_id = subject and p.is_contact and r.asked_by <> 'practitioner';
  if who is null then return null; end if;
  return (array['own', 'contact', 'plan', 'health', 'adults_matters', 'safety', 'protected_address'], array[who])::reachin.permitted;
end $$;
comment on function reachin.may_open_own_person(uuid, text) is
  'Whoever asked for themselves opens their own page by what they bear: that one person, and nobody else who is named in the request.';
create function reachin.request_for_emergency(wanted text) returns uuid language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select r.id from public.requests_for_assistance_requestforassistance r
     where r.reference = wanted and reachin.acting_kind() = 'staff'
       and reachin.acting_role() in ('practitioner', 'support_worker', 'duty_worker', 'hub_worker') $$;
comment on function reachin.request_for_emergency(text) is
  'The request of an exact reference, for somebody who has to look first; what it leads to opens only once they have said why.';
create function reachin.looking(since timestamptz)
  returns table (user_id uuid, kind text, subject_id uuid, purpose text, opened_at timestamptz, same_name boolean, acted boolean)
  language sql stable security definer set search_path = pg_catalog, reachin, pg_temp as
  $$ select o.user_id, o.kind, o.subject_id, o.purpose, o.opened_at,
       coalesce(lower(regexp_replace(a.name, '^.*\\s', '')) = any (regexp_split_to_array(lower(r.display_name), '[^[:alpha:]]+')), false),
       exists (select 1 from public.audited_access_auditevent e
         where e.subject_id = o.subject_id and e.user_id = o.user_id and e.happened_at between o.opened_at and o.opened_at + interval '7 days')
     from reachin.opening o
       left join public.accounts_account a on a.id = o.user_id
       left join public.requests_for_assistance_requestforassistance r on r.id = o.subject_id and o.kind = 'request'
     where o.actor_kind = 'staff' and o.opened_at >= since and o.agency_id = reachin.acting_agency()
       and reachin.acting_kind() = 'staff' and reachin.acting_role() = 'information_guardian' $$;
comment on function reachin.looking(timestamptz) is
  'What people of an agency opened, for its information guardian: whether the name is like their own, and whether anything followed within a week.';
revoke execute on function reachin.may_open_own_person(uuid, text), reachin.request_for_emergency(text), reachin.looking(timestamptz) from public;
grant execute on function reachin.request_for_emergency(text), reachin.looking(timestamptz) to reachin_app;
insert into reachin.openable values ('own_person', 'reachin.may_open_own_person(uuid, text)')
"""
NO_QUESTION = """
delete from reachin.openable where kind = 'own_person'; drop function reachin.looking(timestamptz);
drop function reachin.request_for_emergency(text); drop function reachin.may_open_own_person(uuid, text)
"""
SEES_WHAT_IS_OPEN = f"""
drop policy app_sees on {before.REQUEST};
create policy app_sees on {before.REQUEST} for select to reachin_app
  using ({before.CARD} or id = (select reachin.opened('request', 'contact')))
"""


class Migration(migrations.Migration):
    """What may be opened depends on the purpose that is said; one's own page; and looking first in an emergency."""

    dependencies: ClassVar = [
        ("requests_for_assistance", "0002_guard"),
        ("information_sharing", "0004_guard_decisions"),
        ("accounts", "0001_initial"),
    ]
    operations: ClassVar = [
        migrations.RunSQL("grant select on accounts_account to reachin_guard", "revoke select on accounts_account from reachin_guard"),
        GuardFunctions(QUESTION, NO_QUESTION),
        migrations.RunSQL(sql=SEES_WHAT_IS_OPEN, reverse_sql=migrations.RunSQL.noop),
    ]
