from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions, GuardTable

SIGNER = "(select reachin.signer())"
OPEN = "person_id = any ((select reachin.opened_people('contact'))::uuid[])"
THE_LOOP = "(select reachin.acting_kind()) = 'system' and (select reachin.acting_role()) = 'closed_loop'"
SOMEBODY = "(select reachin.acting_kind()) in ('family', 'staff')"
DECIDES = "(select reachin.acting_role()) in ('hub_worker', 'duty_worker')"
TOLD_FOR_THEM = "(select reachin.acting_kind()) = 'family' and exists (select 1 from people_person p where p.id = person_id and p.recorded_by = said_by)"
"""What was said with the request itself by whoever wrote it down for the family, is the family's own to take back."""
HOMES = """
create function reachin.protected(who uuid[]) returns boolean language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select exists (select 1 from public.people_protectedhome h where h.lifted_at is null and h.person_id = any (reachin.joined(who))) $$;
comment on function reachin.protected(uuid[]) is
  'Whether it has to stay secret where any of these people lives, by a mark on their record or on another record of the same person.';
create function reachin.home_standing(who uuid[], said boolean) returns text language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
  select case
    when not (coalesce(said, false) or reachin.protected(who)) then 'unprotected'
    when 'protected_address' = any (coalesce((select o.categories from reachin.current_opening() o), '{}')) then 'shown'
    else 'shut' end $$;
create function reachin.are_known(who uuid[]) returns boolean language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
  select cardinality(who) > 0 and (who <@ coalesce((select case when o.kind = 'person' then array_append(o.people, o.subject_id) else o.people end
      from reachin.current_opening() o), '{}')
    or (reachin.acting_kind() = 'system' and reachin.acting_role() = 'closed_loop')
    or (reachin.signer() is not null and not exists (
      select 1 from unnest(who) w where not exists (
        select 1 from public.people_person p where p.id = w and p.recorded_by = reachin.signer())))) $$;
create function reachin.home_of(who uuid[], said boolean) returns text language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select case when reachin.are_known(who) then reachin.home_standing(who, said) else 'shut' end $$;
comment on function reachin.home_of(uuid[], boolean) is
  'How the home of these people stands towards whoever acts: unprotected; shown, because the category of protected addresses is open; or shut. Of people who are not open it is shut.';
create function reachin.told_later_elsewhere(who uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
  select not reachin.are_known(array[who]) or exists (
    select 1 from public.people_contactinstruction own
      join public.people_contactinstruction other on other.person_id <> own.person_id and other.ended_at is null and other.told_at > own.told_at
    where own.person_id = who and own.ended_at is null and other.person_id = any (reachin.joined(array[who]))) $$;
comment on function reachin.told_later_elsewhere(uuid) is
  'Whether another record of the same person was told of a newer way to reach them: then no machine sends by the older one. Not which record.';
revoke execute on function reachin.protected(uuid[]), reachin.home_standing(uuid[], boolean), reachin.are_known(uuid[]),
  reachin.home_of(uuid[], boolean), reachin.told_later_elsewhere(uuid) from public;
grant execute on function reachin.home_of(uuid[], boolean), reachin.told_later_elsewhere(uuid) to reachin_app
"""
NO_HOMES = """
drop function reachin.told_later_elsewhere(uuid); drop function reachin.home_of(uuid[], boolean); drop function reachin.are_known(uuid[]);
drop function reachin.home_standing(uuid[], boolean); drop function reachin.protected(uuid[])
"""


class Migration(migrations.Migration):
    """That a home is protected is said by whoever has the person open, holds for every record of them, and is lifted by whoever said it,
    or by a decision at the front door. How a home stands is asked of one function."""

    dependencies: ClassVar = [("people", "0005_protectedhome")]
    operations: ClassVar = [
        GuardTable(
            "people_protectedhome",
            see=f"{OPEN} or {THE_LOOP}",
            add=f"{SOMEBODY} and said_by = {SIGNER} and lifted_at is null and reachin.may_write_about(person_id)",
            change=f"{OPEN} and (said_by = {SIGNER} or {DECIDES} or {TOLD_FOR_THEM}) and (lifted_by is null or lifted_by = {SIGNER})",
            changeable=("lifted_at", "lifted_by", "lifted_why"),
        ),
        GuardFunctions(HOMES, NO_HOMES),
    ]
