from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

before = import_module("reachin.families.information_sharing.migrations.0004_guard_decisions")
just_before = import_module("reachin.families.information_sharing.migrations.0009_guard_own_categories")
DECISION = "information_sharing_sharingdecision"
PUBLIC_BODY = (
    f"exists (select 1 from agencies_agency a where a.id = {before.AGENCY}"
    " and a.kind in ('hub', 'council', 'social_work', 'school', 'health', 'police', 'housing'))"
)
GOES_ABOVE = (
    "(not beats_block or ((select reachin.acting_role()) in ('hub_worker', 'duty_worker')"
    f" and controller_id = {before.AGENCY} and agency_id <> {before.AGENCY} and {PUBLIC_BODY}))"
)
"""Above a block goes only a public body's hub or duty worker, and never to let their own agency in."""
CONTROLS = """
create function reachin.controls(who uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select exists (select 1 from public.people_person p where p.id = who and p.controller_id = reachin.acting_agency()) $$;
comment on function reachin.controls(uuid) is 'Whether the agency of whoever acts answers for the record of this person.';
revoke execute on function reachin.controls(uuid) from public;
grant execute on function reachin.controls(uuid) to reachin_app
"""
OF_ITS_OWN = f"controller_id = {before.AGENCY}"
OR_OF_ITS_RECORD = f"({OF_ITS_OWN} or (beats_block and reachin.controls(person_id)))"
SEES = (
    f"({before.IS_STAFF} and {before.OPEN}) or ({before.OWN} and informed <> 'not_told')"
    f" or ({before.IS_GUARDIAN} and {{whose}} and review_due_at is not null) or {before.THE_LOOP}"
)
CHANGES = f"{before.IS_GUARDIAN} and {{whose}} and review_due_at is not null and decided_by <> {before.SIGNER}"


def for_guardians(whose: str) -> str:
    """What an information guardian sees and reviews: decisions of these agencies."""
    sees, changes = SEES.format(whose=whose), CHANGES.format(whose=whose)
    return (
        f"drop policy app_sees on {DECISION}; create policy app_sees on {DECISION} for select to reachin_app using ({sees});"
        f" drop policy app_changes on {DECISION};"
        f" create policy app_changes on {DECISION} for update to reachin_app using ({changes}) with check ({changes})"
    )


class Migration(migrations.Migration):
    """Going above a block is for few, never for oneself, and the guardian of the agency that answers for the record sees and reviews it too."""

    dependencies: ClassVar = [("information_sharing", "0009_guard_own_categories")]
    operations: ClassVar = [
        GuardFunctions(CONTROLS, "drop function reachin.controls(uuid)"),
        migrations.RunSQL(
            just_before.adding(just_before.decided(f"{just_before.OF_OWN} and {GOES_ABOVE}")),
            just_before.adding(just_before.decided(just_before.OF_OWN)),
        ),
        migrations.RunSQL(for_guardians(OR_OF_ITS_RECORD), for_guardians(OF_ITS_OWN)),
    ]
