from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

before = import_module("reachin.families.information_sharing.migrations.0004_guard_decisions")
DECISION = "information_sharing_sharingdecision"
OWN_CATEGORIES = """
create function reachin.own_categories(who uuid) returns text[] language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select coalesce(array_agg(distinct c.category::text), '{}')
     from public.information_sharing_circleentry e cross join unnest(e.categories) c(category)
     where e.person_id = who and e.agency_id = reachin.acting_agency() and reachin.acting_kind() = 'staff'
       and (e.account_id is null or e.account_id = reachin.acting_user())
       and e.ended_at is null and e.starts_at <= reachin.clock() and (e.until is null or e.until > reachin.clock()) $$;
comment on function reachin.own_categories(uuid) is
  'Which kinds of words of a person the agency of whoever acts may see now, for any purpose: what it can pass on, and nothing of anybody else''s.';
revoke execute on function reachin.own_categories(uuid) from public;
grant execute on function reachin.own_categories(uuid) to reachin_app
"""
OF_OWN = (
    "(decision <> 'share' or categories::text[] <@ reachin.own_categories(person_id)"
    " or (purpose = 'protection' and reachin.recorded_by_signer(person_id)))"
)
"""Nobody passes on what they never had. Whoever sends a request tells the duty desk what they say themselves."""


def adding(condition: str) -> str:
    return f"drop policy app_adds on {DECISION}; create policy app_adds on {DECISION} for insert to reachin_app with check ({condition})"


def decided(conditions: str) -> str:
    """Whoever may write about the person, under these conditions; and the closed loop."""
    return f"(({before.WRITES} and {conditions}) or ({before.THE_LOOP})) and decided_by = {before.SIGNER}"


class Migration(migrations.Migration):
    """An agency shares onward only those kinds of words that it may see itself."""

    dependencies: ClassVar = [("information_sharing", "0008_protected_homes")]
    operations: ClassVar = [
        GuardFunctions(OWN_CATEGORIES, "drop function reachin.own_categories(uuid)"),
        migrations.RunSQL(adding(decided(OF_OWN)), adding(f"({before.WRITES} or {before.THE_LOOP}) and decided_by = {before.SIGNER}")),
    ]
