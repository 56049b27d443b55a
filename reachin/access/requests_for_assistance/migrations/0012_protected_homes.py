from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

before = import_module("reachin.access.requests_for_assistance.migrations.0010_blocked_desks_stay_out")
QUESTION = """
create function reachin.named_in_request(subject uuid) returns uuid[] language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select coalesce(array_agg(a.person_id), '{}')
     from public.requests_for_assistance_requestperson p join public.people_personalias a on a.id = p.alias_id
     where p.request_for_assistance_id = subject $$;
create function reachin.but_for_the_home(words text[], everybody uuid[]) returns text[] language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
  select case
    when reachin.protected(everybody) and not exists (
      select 1 from unnest(array['front_door', 'protection', 'support']) entered_for
        where 'protected_address' = any (coalesce((reachin.in_circle(everybody, reachin.acting_agency(), entered_for)).categories, '{}')))
    then array_remove(words, 'protected_address') else words end $$;
comment on function reachin.but_for_the_home(text[], uuid[]) is
  'These categories without that of protected addresses, where a home is protected and no entry of every circle gives it: neither having sent a request nor an emergency does.';
create or replace function reachin.may_open_request(subject uuid, for_purpose text) returns reachin.permitted language plpgsql stable
  security definer set search_path = pg_catalog, reachin, pg_temp as $$
declare
  card public.requests_for_assistance_requestforassistance;
  everybody uuid[];
  own_words constant text[] := array['contact', 'story', 'plan', 'safety', 'protected_address'];
begin
  select * into card from public.requests_for_assistance_requestforassistance where id = subject;
  if not found then return null; end if;
  everybody := reachin.named_in_request(subject);
  if reachin.family_scope() = subject then
    if card.asked_by = 'practitioner' then return (array['own'], '{}'::uuid[])::reachin.permitted; end if;
    return (array_append(own_words, 'own'), everybody)::reachin.permitted;
  end if;
  if reachin.acting_kind() <> 'staff' then return null; end if;
  if for_purpose = 'emergency' then
    if reachin.in_emergency('request', subject)
      and not reachin.shut_out(everybody, reachin.acting_agency()) then
      return (reachin.but_for_the_home(own_words, everybody), everybody)::reachin.permitted;
    end if;
    return null;
  end if;
  if card.sender_id = reachin.acting_user() and card.sender_agency_id = reachin.acting_agency()
    and not reachin.shut_out(everybody, reachin.acting_agency()) then
    return (reachin.but_for_the_home(own_words, everybody), everybody)::reachin.permitted;
  end if;
  if reachin.acting_role() in ('hub_worker', 'duty_worker') and for_purpose <> 'own_request'
    and reachin.acting_agency() in (card.holder_agency_id, card.duty_agency_id) then
    return reachin.in_circle(everybody, reachin.acting_agency(), for_purpose);
  end if;
  return null;
end $$;
create function reachin.home_of_request(subject uuid, said boolean) returns text language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
  select case when exists (select 1 from reachin.current_opening() o where o.kind = 'request' and o.subject_id = subject)
      or subject = any (coalesce(reachin.requests_for_copy('story'), '{}')) or subject = reachin.own_scope()
      or (reachin.acting_kind() = 'system' and reachin.acting_role() = 'closed_loop')
    then reachin.home_standing(reachin.named_in_request(subject), said) else 'shut' end $$;
comment on function reachin.home_of_request(uuid, boolean) is
  'How the home that a request tells of stands towards whoever has it open: any of its people being protected protects it.';
create function reachin.held_cards_with_protected_home() returns uuid[] language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
  select coalesce(array_agg(distinct r.id), '{}')
  from public.people_protectedhome h
    join public.people_personalias said on said.person_id = h.person_id
    join public.people_personalias same on same.stands_for_id = said.stands_for_id
    join public.requests_for_assistance_requestperson p on p.alias_id = same.id
    join public.requests_for_assistance_requestforassistance r on r.id = p.request_for_assistance_id
  where h.lifted_at is null and r.holder_agency_id = reachin.acting_agency() and reachin.acting_kind() = 'staff'
    and reachin.acting_role() in ('hub_worker', 'duty_worker') $$;
comment on function reachin.held_cards_with_protected_home() is
  'The requests in the hands of whoever acts of which a list must not tell where anybody lives: no area, no school.';
revoke execute on function reachin.named_in_request(uuid), reachin.but_for_the_home(text[], uuid[]), reachin.home_of_request(uuid, boolean),
  reachin.held_cards_with_protected_home() from public;
grant execute on function reachin.home_of_request(uuid, boolean), reachin.held_cards_with_protected_home() to reachin_app
"""
BEFORE = (
    f"{before.QUESTION};drop function reachin.held_cards_with_protected_home(); drop function reachin.home_of_request(uuid, boolean);"
    "drop function reachin.but_for_the_home(text[], uuid[]); drop function reachin.named_in_request(uuid)"
)


class Migration(migrations.Migration):
    """A protected home is opened by the category of a circle entry and by nothing else; lists ask which cards to say nothing of."""

    dependencies: ClassVar = [("requests_for_assistance", "0011_own_pages_checked"), ("people", "0006_guard_homes")]
    operations: ClassVar = [GuardFunctions(QUESTION, BEFORE)]
