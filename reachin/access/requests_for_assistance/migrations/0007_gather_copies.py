from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

GATHERED = """
create function reachin.requests_for_copy(category text) returns uuid[] language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select coalesce(array_agg(distinct p.request_for_assistance_id), '{}')
     from reachin.current_opening() o
       join public.people_personalias a on a.person_id = any (o.people)
       join public.requests_for_assistance_requestperson p on p.alias_id = a.id
       join public.requests_for_assistance_requestforassistance r on r.id = p.request_for_assistance_id
     where o.kind = 'information_request' and category = any (o.categories) and category <> 'contact' and r.holder_agency_id = reachin.acting_agency() $$;
comment on function reachin.requests_for_copy(text) is
  'The requests that tell of the person whose information request is open, where the agency of the guardian who opened it holds them. A complaint opens none.';
revoke execute on function reachin.requests_for_copy(text) from public;
grant execute on function reachin.requests_for_copy(text) to reachin_app
"""
OF = {
    "requestforassistance": ("id", "story"),
    "requestperson": ("request_for_assistance_id", "story"),
    "storytold": ("request_for_assistance_id", "story"),
    "plantold": ("request_for_assistance_id", "plan"),
    "safetytold": ("request_for_assistance_id", "safety"),
    "placetold": ("request_for_assistance_id", "protected_address"),
    "requestnote": ("request_for_assistance_id", "story"),
}


def gathers(table: str, column: str, category: str) -> migrations.RunSQL:
    name = f"requests_for_assistance_{table}"
    return migrations.RunSQL(
        f"create policy app_gathers on {name} for select to reachin_app"
        f" using ({column} = any ((select reachin.requests_for_copy('{category}'))::uuid[]))",
        f"drop policy app_gathers on {name}",
    )


class Migration(migrations.Migration):
    """A guardian who answers a person reads what is held of them, for their copy, while that is open."""

    dependencies: ClassVar = [("requests_for_assistance", "0006_guard_looking"), ("information_requests", "0002_guard")]
    operations: ClassVar = [
        GuardFunctions(GATHERED, "drop function reachin.requests_for_copy(text)"),
        *(gathers(table, column, category) for table, (column, category) in OF.items()),
    ]
