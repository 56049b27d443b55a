from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions, GuardTable

TABLE = "one_time_links_onetimelink"
SIGNER, AGENCY = "(select reachin.signer())", "(select reachin.acting_agency())"
OF_A_TASK = "(select reachin.acting_kind()) = 'system' and (select reachin.acting_role()) = '{}'"
THE_LINKS, CLEARING = OF_A_TASK.format("one_time_links"), OF_A_TASK.format("clearing")
LINKS = """
create function reachin.try_link(digest bytea, of_purpose text, most int) returns text language sql volatile security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
  update public.one_time_links_onetimelink l set tries = l.tries + 1
    where l.token_digest = digest and l.purpose = of_purpose and l.used_at is null and l.ended_at is null
      and l.expires_at > reachin.clock() and l.tries < most
    returning nullif(l.phrase_hash, '') $$;
comment on function reachin.try_link(bytea, text, int) is
  'Counts a try of a link and gives the hash of its phrase; nothing for one that is unknown, over, for something else or tried too often.';
create function reachin.use_link(digest bytea, of_purpose text, knows_phrase boolean, check_good_for interval, out id uuid, out subject_id uuid)
  returns setof record language sql volatile security definer set search_path = pg_catalog, reachin, pg_temp as $$
  update public.one_time_links_onetimelink l set used_at = reachin.clock()
    where l.token_digest = digest and l.purpose = of_purpose and l.used_at is null and l.ended_at is null
      and l.expires_at > reachin.clock() and l.tries > 0
      and case l.factor when 'phrase' then knows_phrase else l.confirmed_at > reachin.clock() - check_good_for end
    returning l.id, l.subject_id $$;
comment on function reachin.use_link(bytea, text, boolean, interval) is
  'Uses a link up: one update, so that of many at once one finds it unused.';
revoke execute on function reachin.try_link(bytea, text, int), reachin.use_link(bytea, text, boolean, interval) from public;
grant execute on function reachin.try_link(bytea, text, int), reachin.use_link(bytea, text, boolean, interval) to reachin_app
"""


class Migration(migrations.Migration):
    """Whoever made a link sees that it is there, and so does its agency; nobody but the guard uses one up."""

    dependencies: ClassVar = [("one_time_links", "0001_initial"), ("audited_access", "0007_guard_brakes")]
    operations: ClassVar = [
        GuardTable(
            TABLE,
            see=f"made_by = {SIGNER} or agency_id = {AGENCY} or ({THE_LINKS}) or ({CLEARING})",
            add=f"made_by is not distinct from {SIGNER} and (agency_id is null or {AGENCY} is null or agency_id = {AGENCY})"
            " and (select reachin.acting_kind()) <> 'visitor'",
            change=f"agency_id = {AGENCY} or ({THE_LINKS})",
            remove=CLEARING,
            changeable=("confirmed_at", "confirmed_by", "ended_at", "ended_by"),
        ),
        migrations.RunSQL(
            sql=f"create policy guard_uses on {TABLE} for update to reachin_guard using (true) with check (true);"
            f"grant update (tries, used_at) on {TABLE} to reachin_guard",
            reverse_sql=f"drop policy guard_uses on {TABLE}; revoke update on {TABLE} from reachin_guard",
        ),
        GuardFunctions(
            LINKS, "drop function reachin.try_link(bytea, text, int); drop function reachin.use_link(bytea, text, boolean, interval)"
        ),
    ]
