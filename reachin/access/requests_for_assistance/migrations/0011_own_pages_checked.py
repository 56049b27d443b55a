from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

TABLE = "own_accounts_ownaccount"
ASKED = """
create function reachin.asked_themselves(who uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select coalesce(who = any (reachin.opened_people('contact')), false) and exists (
       select 1 from public.requests_for_assistance_requestperson p
         join public.people_personalias a on a.id = p.alias_id
         join public.requests_for_assistance_requestforassistance r on r.id = p.request_for_assistance_id
         where a.person_id = who and p.is_contact and r.asked_by <> 'practitioner') $$;
comment on function reachin.asked_themselves(uuid) is
  'Whether somebody who is open was recorded because they asked for help themselves, and not because somebody else named them.';
revoke execute on function reachin.asked_themselves(uuid) from public;
grant execute on function reachin.asked_themselves(uuid) to reachin_app
"""


class Migration(migrations.Migration):
    """A page of one's own on a record that somebody else's asking made: only where a worker said how they made sure."""

    dependencies: ClassVar = [
        ("requests_for_assistance", "0010_blocked_desks_stay_out"),
        ("own_accounts", "0004_guard_confirmed"),
    ]
    operations: ClassVar = [
        GuardFunctions(ASKED, "drop function reachin.asked_themselves(uuid)"),
        migrations.RunSQL(
            f"create policy app_checks on {TABLE} as restrictive for insert to reachin_app"
            " with check (checked is not null or reachin.asked_themselves(person_id))",
            f"drop policy app_checks on {TABLE}",
        ),
    ]
