from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

OWN_PERSON = """
create or replace function reachin.may_open_own_person(subject uuid, for_purpose text) returns reachin.permitted language plpgsql stable
  security definer set search_path = pg_catalog, reachin, pg_temp as $$
declare
  who uuid;
begin
  if reachin.family_scope() is distinct from subject then return null; end if;
  select coalesce(reachin.person_of_own_account(subject), (select a.person_id
    from public.requests_for_assistance_requestperson p join public.people_personalias a on a.id = p.alias_id
    join public.requests_for_assistance_requestforassistance r on r.id = p.request_for_assistance_id
    where p.request_for_assistance_id = subject and p.is_contact and r.asked_by <> 'practitioner')) into who;
  if who is null then return null; end if;
  return (array['own', 'contact', 'plan', 'health', 'adults_matters', 'safety', 'protected_address'], array[who])::reachin.permitted;
end $$;
create function reachin.own_requests() returns table (id uuid, reference text, stage text, received_at timestamptz) language sql stable
  security definer set search_path = pg_catalog, reachin, pg_temp as
  $$ select r.id, r.reference, r.stage, r.received_at
     from public.requests_for_assistance_requestforassistance r
     join public.requests_for_assistance_requestperson p on p.request_for_assistance_id = r.id and p.is_contact
     join public.people_personalias a on a.id = p.alias_id
     where a.person_id = reachin.opened_own() and r.asked_by <> 'practitioner' order by r.received_at desc $$;
comment on function reachin.own_requests() is 'The requests that the person whose own page is open sent themselves; not those in which others named them.';
revoke execute on function reachin.own_requests() from public;
grant execute on function reachin.own_requests() to reachin_app
"""


class Migration(migrations.Migration):
    """One's own page opens with an account of one's own too, and leads to the requests that one sent."""

    dependencies: ClassVar = [
        ("requests_for_assistance", "0007_gather_copies"),
        ("own_accounts", "0002_guard"),
    ]
    operations: ClassVar = [GuardFunctions(OWN_PERSON, "drop function reachin.own_requests()")]
