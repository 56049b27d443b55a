from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

QUESTION = """
create or replace function reachin.may_open_referral(subject uuid, for_purpose text) returns reachin.permitted language plpgsql stable
  security definer set search_path = pg_catalog, reachin, pg_temp as $$
declare
  card public.referrals_referral;
  everybody uuid[];
begin
  select * into card from public.referrals_referral where id = subject;
  if not found then return null; end if;
  select coalesce(array_agg(a.person_id), '{}') into everybody
    from public.referrals_referralperson p join public.people_personalias a on a.id = p.alias_id where p.referral_id = subject;
  if reachin.family_scope() = card.request_for_assistance_id then
    if exists (select 1 from public.requests_for_assistance_requestforassistance r
        where r.id = card.request_for_assistance_id and r.asked_by = 'practitioner') then
      return null;
    end if;
    return (array['story'], '{}'::uuid[])::reachin.permitted;
  end if;
  if reachin.acting_kind() <> 'staff' then return null; end if;
  if not (reachin.acting_agency() = card.receiver_agency_id and (card.is_live or card.state = 'completed')
      and reachin.acting_role() in ('practitioner', 'support_worker', 'duty_worker', 'service_manager')
    or reachin.acting_agency() = card.sender_agency_id and reachin.acting_role() in ('hub_worker', 'duty_worker')) then
    return null;
  end if;
  if (reachin.in_circle(everybody, reachin.acting_agency(), for_purpose)).categories is null then return null; end if;
  return (array['story'], '{}'::uuid[])::reachin.permitted;
end $$;
drop function reachin.in_circle(uuid[], uuid)
"""


class Migration(migrations.Migration):
    """A referral opens for the purpose of whoever opens it; nothing asks the circle without a purpose any more."""

    dependencies: ClassVar = [("referrals", "0002_guard"), ("requests_for_assistance", "0003_guard_by_purpose")]
    operations: ClassVar = [GuardFunctions(QUESTION, "select 1")]
