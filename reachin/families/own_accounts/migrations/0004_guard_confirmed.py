from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

TABLE = "own_accounts_ownaccount"
SIGNER = "(select reachin.signer())"
OF_ITS_PERSON = "id = (select reachin.family_scope())"
OF_OWN_PAGE = "person_id = (select reachin.opened_own())"
OPEN_TO_STAFF = "(select reachin.acting_kind()) = 'staff' and person_id = any ((select reachin.opened_people('contact'))::uuid[])"
OPENS_WHEN_CONFIRMED = """
create or replace function reachin.own_way_in(digest bytea, out id uuid, out phrase_hash text) language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select a.id, a.phrase_hash from public.own_accounts_ownaccount a
     where a.reference_digest = digest and a.ended_at is null and a.confirmed_at is not null $$;
create or replace function reachin.person_of_own_account(scope uuid) returns uuid language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select a.person_id from public.own_accounts_ownaccount a
     where a.id = scope and a.begun_at is not null and a.ended_at is null and a.confirmed_at is not null $$
"""
POLICIES = f"""
grant update (confirmed_at, confirmed_by) on {TABLE} to reachin_app;
create policy app_sees_own_ways_in on {TABLE} for select to reachin_app using ({OF_OWN_PAGE});
create policy app_ends_own_ways_in on {TABLE} for update to reachin_app
  using ({OF_OWN_PAGE} and ended_at is null) with check ({OF_OWN_PAGE} and ended_at is not null);
create policy app_confirms on {TABLE} for update to reachin_app
  using ({OPEN_TO_STAFF} and ended_at is null and invited_by <> {SIGNER})
  with check ({OPEN_TO_STAFF} and ended_at is null and invited_by <> {SIGNER} and confirmed_by = {SIGNER});
drop policy app_ends on {TABLE};
create policy app_ends on {TABLE} for update to reachin_app
  using ({OPEN_TO_STAFF} and ended_at is null) with check ({OPEN_TO_STAFF} and ended_at is not null);
drop policy app_changes on {TABLE};
create policy app_changes on {TABLE} for update to reachin_app using ({OF_ITS_PERSON} and ended_at is null)
  with check ({OF_ITS_PERSON})
"""


class Migration(migrations.Migration):
    """An account opens nothing before a second worker made sure of it; its person sees and ends every way in to their page."""

    dependencies: ClassVar = [("own_accounts", "0003_confirmed")]
    operations: ClassVar = [
        GuardFunctions(OPENS_WHEN_CONFIRMED, "select 1"),
        migrations.RunSQL(POLICIES, migrations.RunSQL.noop),
    ]
