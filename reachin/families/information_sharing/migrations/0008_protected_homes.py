from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

PROTECTED = """
create function reachin.shared_with_us_and_protected() returns setof uuid language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select s.person_id from reachin.shared_with_us() s
     where reachin.protected(array[s.person_id]) and not 'protected_address' = any (s.categories) $$;
comment on function reachin.shared_with_us_and_protected() is
  'Of whom among those that were shared with an agency its lists must not tell where they are: no school by name.';
revoke execute on function reachin.shared_with_us_and_protected() from public;
grant execute on function reachin.shared_with_us_and_protected() to reachin_app
"""


class Migration(migrations.Migration):
    """The list of those who were shared with an agency does not name the school of somebody whose home is protected."""

    dependencies: ClassVar = [("information_sharing", "0007_guard_looks_to_protect"), ("people", "0006_guard_homes")]
    operations: ClassVar = [GuardFunctions(PROTECTED, "drop function reachin.shared_with_us_and_protected()")]
