from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

WAY_IN = "requests_for_assistance_wayin"
RENEWED = """
create function reachin.way_in_renewed_at(scope uuid) returns timestamptz language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select max(at) from (
       select w.renewed_at as at from public.requests_for_assistance_wayin w where w.id = scope
       union all
       select greatest(a.renewed_at, a.ended_at) from public.own_accounts_ownaccount a where a.id = scope) found $$;
comment on function reachin.way_in_renewed_at(uuid) is
  'Since when somebody has to have come in to bear this: whoever came in before another phrase was chosen, or before an end, is out.';
create function reachin.shut_way_in(subject uuid) returns boolean language plpgsql volatile security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
begin
  if reachin.acting_kind() <> 'staff' or reachin.acting_role() is distinct from 'hub_worker'
    or subject is distinct from reachin.opened('request', 'contact') then
    return false;
  end if;
  update public.requests_for_assistance_wayin w set phrase_hash = '', renewed_at = reachin.clock() where w.id = subject and w.phrase_hash <> '';
  return found;
end $$;
comment on function reachin.shut_way_in(uuid) is
  'A hub worker who has a request open shuts its code and phrase; they neither read nor choose them.';
revoke execute on function reachin.way_in_renewed_at(uuid), reachin.shut_way_in(uuid) from public;
grant execute on function reachin.way_in_renewed_at(uuid), reachin.shut_way_in(uuid) to reachin_app
"""


class Migration(migrations.Migration):
    """A way in is renewed by its bearer and shut by a hub worker; whoever came in before is out."""

    dependencies: ClassVar = [("requests_for_assistance", "0013_renewed"), ("own_accounts", "0005_renewed")]
    operations: ClassVar = [
        migrations.RunSQL(
            f"create policy guard_shuts on {WAY_IN} for update to reachin_guard using (true) with check (phrase_hash = '');"
            f"grant update (phrase_hash, renewed_at) on {WAY_IN} to reachin_guard;"
            "grant update (renewed_at) on own_accounts_ownaccount to reachin_app",
            f"drop policy guard_shuts on {WAY_IN}",
        ),
        GuardFunctions(RENEWED, "drop function reachin.shut_way_in(uuid); drop function reachin.way_in_renewed_at(uuid)"),
    ]
