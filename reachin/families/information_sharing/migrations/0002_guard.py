from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions, GuardTable

OPEN = "person_id = any ((select reachin.opened_people('contact'))::uuid[])"
THE_LOOP = "(select reachin.acting_kind()) = 'system' and (select reachin.acting_role()) = 'closed_loop'"
SOMEBODY = "(select reachin.acting_kind()) in ('family', 'staff')"
WRITES = f"{SOMEBODY} and reachin.may_write_about(person_id)"
SIGNER = "(select reachin.signer())"
CIRCLE = """
create function reachin.shut_out(who uuid[], whose_agency uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select exists (select 1 from public.information_sharing_block b
       where b.person_id = any (who) and b.agency_id = whose_agency and b.lifted_at is null) $$;
revoke execute on function reachin.shut_out(uuid[], uuid) from public;
create function reachin.in_circle(who uuid[], whose_agency uuid) returns reachin.permitted language plpgsql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
declare found_entries reachin.permitted;
begin
  select array_agg(distinct category), array_agg(distinct e.person_id) filter (where category = 'contact')
    into found_entries.categories, found_entries.people
    from public.information_sharing_circleentry e cross join unnest(e.categories) category
    where e.person_id = any (who) and e.agency_id = whose_agency and e.ended_at is null
      and e.starts_at <= reachin.clock() and (e.until is null or e.until > reachin.clock())
      and not (select reachin.shut_out(who, whose_agency));
  return found_entries;
end $$;
comment on function reachin.in_circle(uuid[], uuid) is
  'Which categories an agency may see now, and of which of these people the names. A block on any of them shuts the agency out.';
revoke execute on function reachin.in_circle(uuid[], uuid) from public
"""


class Migration(migrations.Migration):
    """The circle answers by the clock. Only the guard may ask it: the application learns the answer by being allowed to open, or not."""

    dependencies: ClassVar = [("information_sharing", "0001_initial"), ("people", "0002_guard")]
    operations: ClassVar = [
        GuardTable(
            "information_sharing_circleentry",
            see=f"{OPEN} or {THE_LOOP}",
            add=f"({WRITES} or {THE_LOOP}) and recorded_by = {SIGNER}",
            change=f"{OPEN} or {THE_LOOP}",
            changeable=("ended_at", "ended_by"),
        ),
        GuardTable(
            "information_sharing_block",
            see=f"{OPEN} or {THE_LOOP}",
            add=f"{WRITES} and said_by = {SIGNER}",
            change=OPEN,
            changeable=("lifted_at", "lifted_by"),
        ),
        GuardFunctions(CIRCLE, "drop function reachin.in_circle(uuid[], uuid); drop function reachin.shut_out(uuid[], uuid)"),
    ]
