from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

GATHERED = """
create function reachin.requests_gathered(category text) returns uuid[] language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select coalesce(array_agg(distinct p.request_for_assistance_id), '{}')
     from reachin.current_opening() o
       join public.people_person person on person.id = any (o.people) and person.controller_id = reachin.acting_agency()
       join public.people_personalias a on a.person_id = person.id
       join public.requests_for_assistance_requestperson p on p.alias_id = a.id
     where o.kind = 'information_request' and category = any (o.categories) and category <> 'contact' $$;
comment on function reachin.requests_gathered(text) is
  'The requests that tell of the person whose information request is open, whoever holds them now: the agency that recorded the person answers for what was told. Only to read.';
revoke execute on function reachin.requests_gathered(text) from public;
grant execute on function reachin.requests_gathered(text) to reachin_app
"""
OF = {
    "requestforassistance": ("id", "story"),
    "requestperson": ("request_for_assistance_id", "story"),
    "storytold": ("request_for_assistance_id", "story"),
    "plantold": ("request_for_assistance_id", "plan"),
    "safetytold": ("request_for_assistance_id", "safety"),
    "placetold": ("request_for_assistance_id", "protected_address"),
    "requestnote": ("request_for_assistance_id", "story"),
    "contactattempt": ("request_for_assistance_id", "story"),
    "dangeralert": ("request_for_assistance_id", "safety"),
}


def gathers(table: str, column: str, category: str) -> migrations.RunSQL:
    name = f"requests_for_assistance_{table}"
    return migrations.RunSQL(
        f"create policy app_gathers_everywhere on {name} for select to reachin_app"
        f" using ({column} = any ((select reachin.requests_gathered('{category}'))::uuid[]))",
        f"drop policy app_gathers_everywhere on {name}",
    )


class Migration(migrations.Migration):
    """A copy is whole after a request moved to another door, and tells of tries to be in touch and of alerts too."""

    dependencies: ClassVar = [("requests_for_assistance", "0015_put_right"), ("people", "0006_guard_homes")]
    operations: ClassVar = [
        GuardFunctions(GATHERED, "drop function reachin.requests_gathered(text)"),
        *(gathers(table, column, category) for table, (column, category) in OF.items()),
    ]
