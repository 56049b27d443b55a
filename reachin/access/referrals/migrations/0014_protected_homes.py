from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

before = import_module("reachin.access.referrals.migrations.0003_guard_by_purpose")
QUESTION = """
create function reachin.named_in_referral(subject uuid) returns uuid[] language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select coalesce(array_agg(a.person_id), '{}')
     from public.referrals_referralperson p join public.people_personalias a on a.id = p.alias_id where p.referral_id = subject $$;
create or replace function reachin.may_open_referral(subject uuid, for_purpose text) returns reachin.permitted language plpgsql stable
  security definer set search_path = pg_catalog, reachin, pg_temp as $$
declare
  card public.referrals_referral;
  seen text[];
begin
  select * into card from public.referrals_referral where id = subject;
  if not found then return null; end if;
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
  seen := (reachin.in_circle(reachin.named_in_referral(subject), reachin.acting_agency(), for_purpose)).categories;
  if seen is null then return null; end if;
  if 'protected_address' = any (seen) then return (array['story', 'protected_address'], '{}'::uuid[])::reachin.permitted; end if;
  return (array['story'], '{}'::uuid[])::reachin.permitted;
end $$;
create function reachin.home_of_referral(subject uuid, said boolean) returns text language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
  select case when subject = reachin.opened('referral', 'story')
    then reachin.home_standing(reachin.named_in_referral(subject)
      || reachin.named_in_request((select r.request_for_assistance_id from public.referrals_referral r where r.id = subject)), said)
    else 'shut' end $$;
comment on function reachin.home_of_referral(uuid, boolean) is
  'How the home in what was shared with a referral stands towards whoever has it open, today: also where it was protected after that day.';
revoke execute on function reachin.named_in_referral(uuid), reachin.home_of_referral(uuid, boolean) from public;
grant execute on function reachin.home_of_referral(uuid, boolean) to reachin_app
"""
looking = import_module("reachin.access.referrals.migrations.0012_guard_looking_to_protect")
STREET = "bool_or(p.postcode_digest = h.postcode_digest)"
LOOKING = looking.LOOKING.replace(
    STREET, "bool_or(p.postcode_digest = h.postcode_digest and not reachin.protected(reachin.named_in_request(q.id)))"
)
"""A home that was protected after it was told is in nobody's street either."""
assert LOOKING != looking.LOOKING
BEFORE = (
    before.QUESTION[: before.QUESTION.index("drop function reachin.in_circle(uuid[], uuid)")]
    + "drop function reachin.home_of_referral(uuid, boolean); drop function reachin.named_in_referral(uuid)"
)


class Migration(migrations.Migration):
    """What was shared with a referral shows a home that is protected today only to a receiver whose circle entry names that category."""

    dependencies: ClassVar = [
        ("referrals", "0013_asker_sees_for_whom"),
        ("requests_for_assistance", "0012_protected_homes"),
    ]
    operations: ClassVar = [GuardFunctions(QUESTION, BEFORE), GuardFunctions(LOOKING, looking.LOOKING)]
