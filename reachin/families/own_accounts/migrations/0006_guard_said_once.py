from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

TABLE = "own_accounts_ownaccount"
SIGNER = "(select reachin.signer())"
OF_ITS_PERSON = "id = (select reachin.family_scope())"
OF_OWN_PAGE = "person_id = (select reachin.opened_own())"
IS_STAFF = "(select reachin.acting_kind()) = 'staff'"
OPEN_TO_STAFF = f"{IS_STAFF} and person_id = any ((select reachin.opened_people('contact'))::uuid[])"
ENDED = f"ended_at is not null and ended_by = {SIGNER}"
CONFIRMER = """
create function reachin.confirmer_of(own_account uuid) returns uuid language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select a.confirmed_by from public.own_accounts_ownaccount a where a.id = own_account $$;
comment on function reachin.confirmer_of(uuid) is 'Who made sure of an own account, as it stood before the statement that asks.';
revoke execute on function reachin.confirmer_of(uuid) from public;
grant execute on function reachin.confirmer_of(uuid) to reachin_app
"""
POLICIES = f"""
drop policy app_changes on {TABLE};
create policy app_changes on {TABLE} for update to reachin_app using ({OF_ITS_PERSON} and ended_at is null)
  with check ({OF_ITS_PERSON} and not confirmed_by is distinct from reachin.confirmer_of(id));
drop policy app_confirms on {TABLE};
create policy app_confirms on {TABLE} for update to reachin_app using ({OPEN_TO_STAFF} and ended_at is null)
  with check ({IS_STAFF} and invited_by <> {SIGNER} and confirmed_by = {SIGNER});
drop policy app_ends on {TABLE};
create policy app_ends on {TABLE} for update to reachin_app using ({OPEN_TO_STAFF} and ended_at is null) with check ({ENDED});
drop policy app_ends_own_ways_in on {TABLE};
create policy app_ends_own_ways_in on {TABLE} for update to reachin_app using ({OF_OWN_PAGE} and ended_at is null) with check ({ENDED})
"""


class Migration(migrations.Migration):
    """Whose account it is is asked of the row as it stood, and of a change only what is new in it. Nobody confirms their own."""

    dependencies: ClassVar = [("own_accounts", "0005_renewed")]
    operations: ClassVar = [
        GuardFunctions(CONFIRMER, "drop function reachin.confirmer_of(uuid)"),
        migrations.RunSQL(POLICIES, migrations.RunSQL.noop),
    ]
