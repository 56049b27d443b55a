from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

LISTS = """
create function reachin.shared_with_us()
  returns table (person_id uuid, purpose text, role text, categories text[], starts_at timestamptz, until timestamptz, from_agency uuid)
  language sql stable security definer set search_path = pg_catalog, reachin, pg_temp as
  $$ select e.person_id, e.purpose, e.role, e.categories::text[], e.starts_at, e.until, d.controller_id
     from public.information_sharing_circleentry e join public.information_sharing_sharingdecision d on d.id = e.decision_id
     where e.agency_id = reachin.acting_agency() and reachin.acting_kind() = 'staff'
       and reachin.acting_role() in ('practitioner', 'support_worker', 'duty_worker', 'hub_worker')
       and (e.account_id is null or e.account_id = reachin.acting_user())
       and e.ended_at is null and e.starts_at <= reachin.clock() and (e.until is null or e.until > reachin.clock())
       and (d.beats_block or not reachin.shut_out(array[e.person_id], e.agency_id)) $$;
comment on function reachin.shared_with_us() is
  'Whom other agencies shared with an agency, for its practitioners: for what and since when, no name and no word. Who it is, only by opening.';
create function reachin.shares_of_agency()
  returns table (entry_id uuid, agency_id uuid, purpose text, basis text, starts_at timestamptz, until timestamptz, recorded_by uuid,
    above_a_block boolean)
  language sql stable security definer set search_path = pg_catalog, reachin, pg_temp as
  $$ select * from (
       select e.id, e.agency_id, e.purpose, e.basis, e.starts_at, e.until, e.recorded_by,
         d.beats_block and reachin.shut_out(array[e.person_id], e.agency_id) as above_a_block
       from public.information_sharing_circleentry e join public.information_sharing_sharingdecision d on d.id = e.decision_id
       where d.controller_id = reachin.acting_agency() and e.ended_at is null
         and reachin.acting_kind() = 'staff' and reachin.acting_role() = 'information_guardian') shares
     where until is null or until <= reachin.clock() or above_a_block $$;
comment on function reachin.shares_of_agency() is
  'What an agency shared and its information guardian has to look at: without an end, past its day, or above a block. Not about whom.';
revoke execute on function reachin.shared_with_us(), reachin.shares_of_agency() from public;
grant execute on function reachin.shared_with_us(), reachin.shares_of_agency() to reachin_app
"""


class Migration(migrations.Migration):
    """Lists that name nobody: what was shared with an agency, for its practitioners; what to look at, for its information guardian."""

    dependencies: ClassVar = [("information_sharing", "0004_guard_decisions")]
    operations: ClassVar = [GuardFunctions(LISTS, "drop function reachin.shares_of_agency(); drop function reachin.shared_with_us()")]
