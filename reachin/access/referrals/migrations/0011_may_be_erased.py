from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.families.retention.functions import RetentionFunctions

before = import_module("reachin.access.referrals.migrations.0009_nothing_left")
PATH = "set search_path = pg_catalog, reachin, pg_temp as"
ERASABLE = f"""
create function reachin.requests_of(people uuid[]) returns table (subject uuid, class_code text, since timestamptz) language sql stable
  security definer {PATH} $$
  select r.id, case when r.urgency = 0
      or exists (select from public.requests_for_assistance_dangeralert a where a.request_for_assistance_id = r.id)
      then 'request_in_danger' else 'request' end, r.closed_at
    from public.requests_for_assistance_requestforassistance r
    where r.display_name <> '' and exists (
      select from public.requests_for_assistance_requestperson p join public.people_personalias a on a.id = p.alias_id
        where p.request_for_assistance_id = r.id and a.person_id = any (people)
          and (r.holder_agency_id = reachin.acting_agency() or p.is_contact and r.asked_by <> 'practitioner')) $$;
create function reachin.request_spared(which uuid, people uuid[]) returns text language sql stable security definer {PATH} $$
  with everybody as (select a.person_id, p.is_contact from public.requests_for_assistance_requestperson p
      join public.people_personalias a on a.id = p.alias_id where p.request_for_assistance_id = which),
    protected as (select d.informed from public.information_sharing_circleentry e
        left join public.information_sharing_sharingdecision d on d.id = e.decision_id
      where e.person_id in (select person_id from everybody) and e.purpose = 'protection' and e.ended_at is null
        and (e.until is null or e.until > reachin.clock()))
  select case
    when r.holder_agency_id <> reachin.acting_agency() then 'elsewhere'
    when r.closed_at is null or exists (select from public.referrals_referral l where l.request_for_assistance_id = r.id and l.is_live)
      then 'still_open'
    when exists (select from protected where informed = 'not_told') then 'by_law'
    when r.urgency = 0 or exists (select from public.requests_for_assistance_dangeralert a where a.request_for_assistance_id = r.id)
      or exists (select from protected) then 'danger'
    when r.asked_by = 'practitioner' or not exists (select from everybody where is_contact and person_id = any (people)) then 'others_words'
    when exists (select from public.information_sharing_emergencyaccess e where e.subject_id = r.id and e.reviewed_at is null) then 'review'
    when exists (select from public.own_accounts_ownaccount o where o.ended_at is null
      and o.person_id in (select person_id from everybody) and o.person_id <> all (people)) then 'others'
  end from public.requests_for_assistance_requestforassistance r where r.id = which $$;
comment on function reachin.request_spared(uuid, uuid[]) is
  'Why a request is not deleted although somebody in it asks: open, in danger, somebody else''s words or say. A protection that its people were not told of does not show as one.';
revoke execute on function reachin.requests_of(uuid[]), reachin.request_spared(uuid, uuid[]) from public;
update reachin.destroyable set belonging = 'reachin.requests_of(uuid[])', spared = 'reachin.request_spared(uuid, uuid[])' where kind = 'request'
"""
NOT_ERASABLE = """
update reachin.destroyable set belonging = null, spared = null where kind = 'request';
drop function reachin.request_spared(uuid, uuid[]); drop function reachin.requests_of(uuid[])
"""
CORRECTIONS = "  delete from public.information_requests_correction where subject_id = asked;\n  update public.referrals_referral"
EMPTY_REQUEST = before.EMPTY_REQUEST.replace("  update public.referrals_referral", CORRECTIONS)


class Migration(migrations.Migration):
    """Which requests whoever asks for deletion can have deleted, and why not the others; what was put right in a request goes with it."""

    dependencies: ClassVar = [("referrals", "0010_contact_since_sent"), ("retention", "0008_erasures")]
    operations: ClassVar = [
        RetentionFunctions(ERASABLE, NOT_ERASABLE),
        RetentionFunctions(EMPTY_REQUEST, before.EMPTY_REQUEST),
    ]
