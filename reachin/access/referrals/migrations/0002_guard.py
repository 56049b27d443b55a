from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions, GuardTable

AGENCY = "(select reachin.acting_agency())"
USER = "(select reachin.acting_user())"
SIGNER = "(select reachin.signer())"
OF_FAMILY = "(select reachin.family_scope())"
SYSTEM = "(select reachin.acting_kind()) = 'system' and (select reachin.acting_role()) = 'closed_loop'"
AT_THE_HUB = "(select reachin.acting_role() in ('hub_worker', 'duty_worker'))"
ANSWERS = "(select reachin.acting_role()) in ('practitioner', 'support_worker', 'duty_worker', 'service_manager')"
OWN = f"sender_agency_id = {AGENCY} and {AT_THE_HUB}"
OF_OPEN_REQUEST = "request_for_assistance_id = (select reachin.opened('request', 'story'))"
CARD = (
    f"(receiver_agency_id = {AGENCY} and {ANSWERS}) or ({OWN}) or ({OF_OPEN_REQUEST} and {AT_THE_HUB})"
    f" or (request_sender_id = {USER} and request_sender_agency_id = {AGENCY}) or request_for_assistance_id = {OF_FAMILY} or {SYSTEM}"
)
CHANGEABLE = ("state", "state_since", "is_live", "version", "decline_reason", "outcome", "helped", "rated_at", "rated_by")
"""What may change on a card. Who was asked, by whom and for whom: never."""
OF_A_CARD = "exists (select 1 from referrals_referral card where card.id = referral_id)"
AS_ITS_CARD_SAYS = (
    "exists (select 1 from referrals_referral card where card.id = referral_id and card.version = number"
    " and card.state = referrals_referralmove.state)"
)
OF_OWN_CARD = (
    f"exists (select 1 from referrals_referral card where card.id = referral_id and card.sender_agency_id = {AGENCY}) and {AT_THE_HUB}"
)
OPENED = "referral_id = (select reachin.opened('referral', 'story'))"
WITH_OPEN_REQUEST = (
    f"{AT_THE_HUB} and exists (select 1 from referrals_referral card where card.id = referral_id and card.{OF_OPEN_REQUEST})"
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
  if reachin.family_scope() = card.request_for_assistance_id then
    if exists (select 1 from public.requests_for_assistance_requestforassistance r
        where r.id = card.request_for_assistance_id and r.asked_by = 'practitioner') then
      return null;
    end if;
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
        GuardTable(
            "referrals_referral", see=CARD, add=f"{OWN} and {OF_OPEN_REQUEST} and sent_by_id = {USER}", change=CARD, changeable=CHANGEABLE
        ),
        GuardTable(
            "referrals_referralperson", see=f"{SYSTEM} or {WITH_OPEN_REQUEST}", add=f"{OF_OWN_CARD} and reachin.may_point_at(alias_id)"
        ),
        GuardTable("referrals_snapshot", see=OPENED, add=f"{OF_OWN_CARD} and taken_by = {SIGNER}"),
        GuardTable("referrals_referralmove", see=OF_A_CARD, add=f"{AS_ITS_CARD_SAYS} and moved_by = coalesce({SIGNER}, moved_by)"),
        GuardTable(
            "referrals_referralnote",
            see=f"{OPENED} or {WITH_OPEN_REQUEST}",
            add=f"{OF_A_CARD} and written_by = {SIGNER} and from_family = ({OF_FAMILY} is not null)",
        ),
        GuardFunctions(
            QUESTION, "delete from reachin.openable where kind = 'referral'; drop function reachin.may_open_referral(uuid, text)"
        ),
    ]
