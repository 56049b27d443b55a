from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

first = import_module("reachin.families.information_sharing.migrations.0004_guard_decisions")
looks = import_module("reachin.families.information_sharing.migrations.0007_guard_looks_to_protect")
above = import_module("reachin.families.information_sharing.migrations.0010_guard_above_blocks")
PATH = "set search_path = pg_catalog, reachin, pg_temp"
ACCESS, DECISION, ENTRY = "information_sharing_emergencyaccess", above.DECISION, first.ENTRY
ANSWERS = f"""
create function reachin.answers_for(of_kind text, subject uuid) returns uuid language sql stable security definer {PATH} as
  $$ select p.controller_id from public.people_person p where of_kind = 'person' and p.id = subject and reachin.acting_kind() = 'staff' $$;
comment on function reachin.answers_for(text, uuid) is
  'Which agency answers for a record that somebody has to look at first: its guardians hear of it. The rooms above say it of their own kinds.';
create function reachin.reviews(answering uuid[]) returns boolean language sql stable security definer {PATH} as
  $$ select reachin.acting_kind() = 'staff' and reachin.acting_role() = 'information_guardian'
       and (reachin.acting_agency() = any (answering)
         or (exists (select 1 from public.agencies_agency a where a.id = reachin.acting_agency() and a.kind = 'hub' and a.closed_at is null)
           and not exists (select 1 from public.accounts_account g
             where g.agency_id = any (answering) and g.role = 'information_guardian' and g.ended_at is null))) $$;
comment on function reachin.reviews(uuid[]) is
  'Whether whoever acts reviews what one of these agencies did or answers for: its own guardians, or the hub''s where none of them has any.';
create function reachin.reviews_emergency(whose uuid, answering uuid) returns boolean language sql stable security definer {PATH} as
  $$ select reachin.reviews(array_remove(array[whose, answering], null)) or (answering is null and reachin.reviews('{{}}')) $$;
create function reachin.reviews_decision(whose uuid, who uuid) returns boolean language sql stable security definer {PATH} as
  $$ select reachin.reviews(array_append(array(select p.controller_id from public.people_person p where p.id = who), whose)) $$;
revoke execute on function reachin.answers_for(text, uuid), reachin.reviews(uuid[]), reachin.reviews_emergency(uuid, uuid),
  reachin.reviews_decision(uuid, uuid) from public;
grant execute on function reachin.answers_for(text, uuid), reachin.reviews_emergency(uuid, uuid), reachin.reviews_decision(uuid, uuid)
  to reachin_app
"""
NO_ANSWERS = """
drop function reachin.reviews_decision(uuid, uuid); drop function reachin.reviews_emergency(uuid, uuid);
drop function reachin.reviews(uuid[]); drop function reachin.answers_for(text, uuid)
"""
IN_EMERGENCY = looks.made_before("in_emergency", "comment on function reachin.in_emergency")
ENDS = IN_EMERGENCY.replace("e.until > reachin.clock())", "e.until > reachin.clock() and e.ended_at is null)")
assert ENDS != IN_EMERGENCY
LATELY = "reachin.clock() - interval '3 days'"
RECEIPTS = f"""
drop function reachin.receipts();
create function reachin.receipts() returns table (looked_on date, agency_id uuid, role text, purpose text, outcome text, looks bigint)
  language sql stable security definer {PATH} as
  $$ select (o.opened_at at time zone 'Europe/London')::date, o.agency_id, o.role, o.purpose, coalesce(reviewed.outcome, ''), count(*)
     from reachin.opening o
       left join lateral (select e.review_outcome as outcome from public.{ACCESS} e
         where o.purpose = 'emergency' and e.kind = o.kind and e.subject_id = o.subject_id and e.account_id = o.user_id
           and e.starts_at <= o.opened_at and e.until > o.opened_at and e.reviewed_at < {LATELY} and e.kept_back_why is null
         order by e.starts_at desc limit 1) reviewed on true
     where o.people @> array[reachin.opened_own()] and o.actor_kind = 'staff' and o.opened_at < {LATELY}
       and (o.purpose <> 'emergency' or reviewed.outcome is not null)
       and (o.purpose <> 'protection' or o.opened_at < reachin.clock() - interval '90 days' and not exists (
         select 1 from public.{DECISION} d
           where d.person_id = any (reachin.joined(array[reachin.opened_own()])) and d.agency_id = o.agency_id
             and (d.informed = 'not_told' or d.kept_back_why is not null
               or d.review_due_at is not null and coalesce(d.reviewed_at >= {LATELY}, true))))
     group by 1, 2, 3, 4, 5 order by 1 desc, 2, 3, 4, 5 $$;
comment on function reachin.receipts() is
  'Who looked at the person whose own page is open, by day; three days late. Looks in an emergency come three days after their review, right or not; to protect somebody three months late, and after the review where there is one. What a reviewer keeps back, and what the person was not told of, never shows.';
revoke execute on function reachin.receipts() from public;
grant execute on function reachin.receipts() to reachin_app
"""
BEFORE = (
    looks.RECEIPTS.replace("create or replace", "drop function reachin.receipts(); create", 1).rstrip()
    + "; revoke execute on function reachin.receipts() from public; grant execute on function reachin.receipts() to reachin_app"
)
ENDED = f"""
create function reachin.unjustified_share_has_ended() returns trigger language plpgsql security definer {PATH} as $$
begin
  if new.review_outcome = 'not_justified'
    and exists (select from public.{ENTRY} e where e.decision_id = new.id and e.ended_at is null) then
    raise exception 'a share that was not right ends with its review';
  end if;
  return null;
end $$;
comment on function reachin.unjustified_share_has_ended() is 'A review that finds a share not right is kept only together with the end of the share.';
revoke execute on function reachin.unjustified_share_has_ended() from public
"""
REVIEWS = (
    f"{first.IS_GUARDIAN} and (agency_id = {first.AGENCY} or controller_id = {first.AGENCY}"
    " or reachin.reviews_emergency(agency_id, controller_id))"
)
BEGUN = (
    f"{first.LOOKS_FIRST} and account_id = {first.USER} and agency_id = {first.AGENCY} and reviewed_at is null and ended_at is null"
    " and controller_id is not distinct from reachin.answers_for(kind, subject_id)"
)
ONCE = f"reviewed_at is not null and reviewed_by = {first.SIGNER}"
OF_ITS_RECORD = f"({above.OF_ITS_OWN} or reachin.reviews_decision(controller_id, person_id))"
SEES, CHANGES = (one.replace("{whose}", OF_ITS_RECORD) for one in (above.SEES, above.CHANGES))
POLICIES = f"""
alter policy app_sees on {ACCESS} using (account_id = {first.USER} or ({REVIEWS}));
alter policy app_adds on {ACCESS} with check ({BEGUN});
alter policy app_changes on {ACCESS} using ({REVIEWS} and account_id <> {first.USER} and reviewed_at is null) with check ({ONCE});
grant update (ended_at, ended_by, kept_back_why) on {ACCESS} to reachin_app;
alter policy app_sees on {DECISION} using ({SEES});
alter policy app_changes on {DECISION} using ({CHANGES} and reviewed_at is null) with check ({ONCE});
grant update (kept_back_why) on {DECISION} to reachin_app;
create constraint trigger unjustified_share_has_ended after update of review_outcome on {DECISION}
  deferrable initially deferred for each row execute function reachin.unjustified_share_has_ended()
"""
SAW = f"account_id = {first.USER} or ({first.IS_GUARDIAN} and agency_id = {first.AGENCY})"
CHANGED = f"{first.IS_GUARDIAN} and agency_id = {first.AGENCY} and account_id <> {first.USER}"
NO_POLICIES = f"""
drop trigger unjustified_share_has_ended on {DECISION};
alter policy app_sees on {ACCESS} using ({SAW});
alter policy app_adds on {ACCESS}
  with check ({first.LOOKS_FIRST} and account_id = {first.USER} and agency_id = {first.AGENCY} and reviewed_at is null);
alter policy app_changes on {ACCESS} using ({CHANGED}) with check ({CHANGED});
revoke update (ended_at, ended_by, kept_back_why) on {ACCESS} from reachin_app;
{above.for_guardians(above.OR_OF_ITS_RECORD)};
revoke update (kept_back_why) on {DECISION} from reachin_app
"""


class Migration(migrations.Migration):
    """Whoever answers for a record hears of an emergency, sees and reviews it; what was not right ends with its review; the person reads of it."""

    dependencies: ClassVar = [("information_sharing", "0018_emergencies_end"), ("accounts", "0001_initial"), ("people", "0003_stands_for")]
    operations: ClassVar = [
        GuardFunctions(ANSWERS, NO_ANSWERS),
        GuardFunctions(ENDS, IN_EMERGENCY),
        GuardFunctions(RECEIPTS, BEFORE),
        GuardFunctions(ENDED, "drop function reachin.unjustified_share_has_ended()"),
        migrations.RunSQL(POLICIES, NO_POLICIES),
    ]
