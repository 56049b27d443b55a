from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

first = import_module("reachin.access.referrals.migrations.0002_guard")
people = import_module("reachin.access.referrals.migrations.0005_guard_people")
homes = import_module("reachin.access.referrals.migrations.0014_protected_homes")
CARD, PERSON, ENTRY = "referrals_referral", "referrals_referralperson", "information_sharing_circleentry"

ASKED = homes.QUESTION[
    homes.QUESTION.index("create or replace function reachin.may_open_referral") : homes.QUESTION.index(
        "create function reachin.home_of_referral"
    )
]
WHOLE = "  if seen is null then return null; end if;"
REST = f"""  if seen is null and reachin.acting_agency() = card.receiver_agency_id then
    select coalesce(array_agg(a.person_id), '{{}}') into others
      from public.{PERSON} p join public.people_personalias a on a.id = p.alias_id where p.referral_id = subject and p.left_at is null;
    if cardinality(others) between 1 and cardinality(reachin.named_in_referral(subject)) - 1
      and (reachin.in_circle(others, reachin.acting_agency(), for_purpose)).categories is not null then
      return (array['rest'], '{{}}'::uuid[])::reachin.permitted;
    end if;
  end if;
{WHOLE}"""
QUESTION = ASKED.replace("  seen text[];", "  seen text[];\n  others uuid[];").replace(WHOLE, REST)
assert QUESTION.count("others") > 3
PEOPLE = (
    people.PEOPLE[: people.PEOPLE.index("revoke execute")]
    .replace("create function", "create or replace function", 1)
    .replace(
        "r.id = reachin.opened('referral', 'story')",
        "r.id = coalesce(reachin.opened('referral', 'story'), reachin.opened('referral', 'rest')) and p.left_at is null",
    )
)
assert "left_at" in PEOPLE
NO_PEOPLE = people.PEOPLE[: people.PEOPLE.index("revoke execute")].replace("create function", "create or replace function", 1)
REACHES = f"""
create function reachin.ending_reaches_referrals() returns trigger language plpgsql security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
begin
  if new.purpose = 'support' and new.ended_at is not null
    and not exists (select from public.{ENTRY} e where e.person_id = new.person_id and e.agency_id = new.agency_id
      and e.purpose = 'support' and e.ended_at is null and e.starts_at <= reachin.clock() and (e.until is null or e.until > reachin.clock()))
    and exists (select from public.people_personalias a join public.{PERSON} p on p.alias_id = a.id
      join public.{CARD} r on r.id = p.referral_id
      where a.person_id = new.person_id and p.left_at is null and r.receiver_agency_id = new.agency_id and r.is_live) then
    raise exception 'a share ends with what was asked of that agency for this person';
  end if;
  return null;
end $$;
comment on function reachin.ending_reaches_referrals() is
  'No share is ended that leaves a live referral behind it: whoever ends it takes the person out of what was asked, in the same transaction.';
revoke execute on function reachin.ending_reaches_referrals() from public
"""
LEAVES = f"""
create constraint trigger ending_reaches_referrals after update of ended_at on {ENTRY}
  deferrable initially deferred for each row execute function reachin.ending_reaches_referrals();
grant update (left_at, left_by) on {PERSON} to reachin_app;
create policy app_leaves on {PERSON} for update to reachin_app using (({first.SYSTEM}) and left_at is null)
  with check (left_at is not null and left_by = {first.SIGNER});
grant update (display_name) on {CARD} to reachin_app
"""
STAYS = f"""
drop trigger ending_reaches_referrals on {ENTRY};
drop policy app_leaves on {PERSON};
revoke update (left_at, left_by) on {PERSON} from reachin_app;
revoke update (display_name) on {CARD} from reachin_app
"""


class Migration(migrations.Migration):
    """What was asked for somebody ends when their last share with that agency does. For the others it goes on without the common words."""

    dependencies: ClassVar = [("referrals", "0017_people_leave"), ("information_sharing", "0013_guard_what_changes")]
    operations: ClassVar = [
        GuardFunctions(QUESTION, ASKED),
        GuardFunctions(PEOPLE, NO_PEOPLE),
        GuardFunctions(REACHES, "drop function reachin.ending_reaches_referrals()"),
        migrations.RunSQL(LEAVES, STAYS),
    ]
