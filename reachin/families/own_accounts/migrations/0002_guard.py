from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions, GuardTable

TABLE = "own_accounts_ownaccount"
SIGNER = "(select reachin.signer())"
OF_ITS_PERSON = "id = (select reachin.family_scope())"
OPEN_TO_STAFF = "(select reachin.acting_kind()) = 'staff' and person_id = any ((select reachin.opened_people('contact'))::uuid[])"
WAY_IN = """
create function reachin.own_way_in(digest bytea, out id uuid, out phrase_hash text) language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select a.id, a.phrase_hash from public.own_accounts_ownaccount a where a.reference_digest = digest and a.ended_at is null $$;
comment on function reachin.own_way_in(bytea) is 'What the typed code of an own account leads to; only by its exact digest, and useless without the phrase.';
create function reachin.person_of_own_account(scope uuid) returns uuid language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select a.person_id from public.own_accounts_ownaccount a where a.id = scope and a.begun_at is not null and a.ended_at is null $$;
revoke execute on function reachin.own_way_in(bytea), reachin.person_of_own_account(uuid) from public;
grant execute on function reachin.own_way_in(bytea) to reachin_app
"""
NO_WAY_IN = "drop function reachin.person_of_own_account(uuid); drop function reachin.own_way_in(bytea)"


class Migration(migrations.Migration):
    """Whoever has a person open may offer them an account and end it; only the person themselves chooses the code and phrase."""

    dependencies: ClassVar = [("own_accounts", "0001_initial"), ("information_sharing", "0004_guard_decisions")]
    operations: ClassVar = [
        GuardTable(
            TABLE,
            see=f"{OF_ITS_PERSON} or ({OPEN_TO_STAFF})",
            add=f"{OPEN_TO_STAFF} and invited_by = {SIGNER} and begun_at is null and ended_at is null",
            change=OF_ITS_PERSON,
            changeable=("reference_digest", "phrase_hash", "begun_at", "begun_by", "ended_at", "ended_by"),
        ),
        migrations.RunSQL(
            sql=f"create policy app_ends on {TABLE} for update to reachin_app using ({OPEN_TO_STAFF})"
            f" with check ({OPEN_TO_STAFF} and ended_at is not null)",
            reverse_sql=f"drop policy app_ends on {TABLE}",
        ),
        GuardFunctions(WAY_IN, NO_WAY_IN),
    ]
