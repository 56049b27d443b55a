from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions, GuardTable

AGENCY = "(select reachin.acting_agency())"
SYSTEM = "(select reachin.acting_kind()) = 'system'"
AT_THE_HUB = "(select reachin.acting_role() in ('hub_worker', 'duty_worker'))"
ANSWERS = "(select reachin.acting_role()) in ('practitioner', 'support_worker', 'duty_worker', 'service_manager')"
OWN = f"sender_agency_id = {AGENCY} and {AT_THE_HUB}"
CARD = (
    f"(receiver_agency_id = {AGENCY} and {ANSWERS}) or ({OWN}) or request_sender_id = (select reachin.acting_user())"
    f" or request_for_assistance_id = (select reachin.acting_scope()) or {SYSTEM}"
)
OF_A_CARD = "exists (select 1 from referrals_referral card where card.id = referral_id)"
OPENED = "referral_id = (select reachin.opened('referral', 'story'))"
OF_OPEN_REQUEST = (
    "exists (select 1 from referrals_referral card where card.id = referral_id"
    " and card.request_for_assistance_id = (select reachin.opened('request', 'story')))"
)
QUESTION = """
create function reachin.may_open_referral(subject uuid, for_purpose text) returns reachin.permitted language plpgsql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
declare
  card public.referrals_referral;
  everybody uuid[];
  answer reachin.permitted;
begin
  select * into card from public.referrals_referral where id = subject;
  if not found then return null; end if;
  select coalesce(array_agg(a.person_id), '{}') into everybody
    from public.referrals_referralperson p join public.people_personalias a on a.id = p.alias_id where p.referral_id = subject;
  if reachin.acting_kind() = 'family' and reachin.acting_scope() = card.request_for_assistance_id then
    return (array['story'], '{}'::uuid[])::reachin.permitted;
  end if;
  if reachin.acting_kind() = 'staff' and reachin.acting_agency() = card.receiver_agency_id and (card.is_live or card.state = 'completed')
    and reachin.acting_role() in ('practitioner', 'support_worker', 'duty_worker', 'service_manager') then
    answer := reachin.in_circle(everybody, reachin.acting_agency());
    if answer.categories is null then return null; end if;
    return (array['story'], '{}'::uuid[])::reachin.permitted;
  end if;
  if reachin.acting_kind() = 'staff' and reachin.acting_agency() = card.sender_agency_id
    and reachin.acting_role() in ('hub_worker', 'duty_worker') then
    answer := reachin.in_circle(everybody, reachin.acting_agency());
    if answer.categories is null then return null; end if;
    return (array['story'], '{}'::uuid[])::reachin.permitted;
  end if;
  return null;
end $$;
revoke execute on function reachin.may_open_referral(uuid, text) from public;
insert into reachin.openable values ('referral', 'reachin.may_open_referral(uuid, text)')
"""


class Migration(migrations.Migration):
    """A receiver sees the card in its inbox, and the snapshot only by opening it while it is theirs; the living record, never."""

    dependencies: ClassVar = [("referrals", "0001_initial"), ("requests_for_assistance", "0002_guard")]
    operations: ClassVar = [
        GuardTable("referrals_referral", see=CARD, add=OWN, change=CARD),
        GuardTable("referrals_referralperson", see=f"{OPENED} or {SYSTEM} or {OF_OPEN_REQUEST}", add=OF_A_CARD),
        GuardTable("referrals_snapshot", see=OPENED, add=OF_A_CARD),
        GuardTable("referrals_referralmove", see=OF_A_CARD, add=OF_A_CARD),
        GuardTable("referrals_referralnote", see=f"{OPENED} or {OF_OPEN_REQUEST}", add=OF_A_CARD),
        GuardFunctions(
            QUESTION, "delete from reachin.openable where kind = 'referral'; drop function reachin.may_open_referral(uuid, text)"
        ),
    ]
