from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

KEPT_FROM = """
create function reachin.kept_from(who uuid[]) returns setof uuid language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
  select distinct b.agency_id from public.information_sharing_block b
    where b.lifted_at is null and b.person_id = any (reachin.joined(array(
      select w from unnest(who) w where w = any (coalesce(reachin.opened_people('contact'), '{}'))
        or (reachin.acting_kind() = 'system' and reachin.acting_role() = 'closed_loop')))) $$;
comment on function reachin.kept_from(uuid[]) is
  'Which agencies must not see one of these people, of those who are open to whoever asks: by a block on any record of the same person.'
  ' Not who said so, and not where.';
revoke execute on function reachin.kept_from(uuid[]) from public;
grant execute on function reachin.kept_from(uuid[]) to reachin_app
"""


class Migration(migrations.Migration):
    """Whoever offers help or adds somebody learns which agencies to leave out, those that another record of the person keeps out included."""

    dependencies: ClassVar = [("record_linkage", "0002_guard")]
    operations: ClassVar = [GuardFunctions(KEPT_FROM, "drop function reachin.kept_from(uuid[])")]
