from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

before = import_module("reachin.access.referrals.migrations.0002_guard")
SHUT = """
create function reachin.referrals_shut() returns uuid[] language sql stable security definer set search_path = pg_catalog, reachin, pg_temp as
  $$ select coalesce(array_agg(distinct p.referral_id), '{}')
     from public.information_sharing_block b
       join public.people_personalias said on said.person_id = b.person_id
       join public.people_personalias same on same.stands_for_id = said.stands_for_id
       join public.referrals_referralperson p on p.alias_id = same.id
       join public.referrals_referral r on r.id = p.referral_id and r.receiver_agency_id = b.agency_id
     where b.agency_id = reachin.acting_agency() and b.lifted_at is null $$;
comment on function reachin.referrals_shut() is
  'The referrals that were sent to the agency of whoever acts before somebody in them said that it must not see: not even a name stays in its lists.';
revoke execute on function reachin.referrals_shut() from public;
grant execute on function reachin.referrals_shut() to reachin_app
"""
RECEIVED = f"receiver_agency_id = {before.AGENCY} and {before.ANSWERS}"
CARD = before.CARD.replace(RECEIVED, f"{RECEIVED} and id <> all ((select reachin.referrals_shut())::uuid[])")
assert CARD != before.CARD


def cards(using: str) -> str:
    return (
        f"alter policy app_sees on referrals_referral using ({using});"
        f"alter policy app_changes on referrals_referral using ({using}) with check ({using})"
    )


class Migration(migrations.Migration):
    """Whom the family shuts out after asking it keeps no card of them either."""

    dependencies: ClassVar = [
        ("referrals", "0014_protected_homes"),
        ("information_sharing", "0005_guard_lists"),
        ("people", "0004_aliases_move"),
    ]
    operations: ClassVar = [
        GuardFunctions(SHUT, "drop function reachin.referrals_shut()"),
        migrations.RunSQL(cards(CARD), cards(before.CARD)),
    ]
