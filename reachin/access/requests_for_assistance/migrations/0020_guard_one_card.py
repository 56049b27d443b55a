from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

before = import_module("reachin.access.requests_for_assistance.migrations.0012_protected_homes")
BEGINS = before.QUESTION.index("create function reachin.held_cards_with_protected_home")
OF_ALL = before.QUESTION[BEGINS : before.QUESTION.index("revoke execute", BEGINS)] + (
    "revoke execute on function reachin.held_cards_with_protected_home() from public;"
    "grant execute on function reachin.held_cards_with_protected_home() to reachin_app"
)
OF_ONE = """
create function reachin.held_card_has_protected_home(card uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
  select case when exists (
    select 1 from public.requests_for_assistance_requestperson p
      join public.people_personalias same on same.id = p.alias_id
      join public.people_personalias said on said.stands_for_id = same.stands_for_id
      join public.people_protectedhome h on h.person_id = said.person_id and h.lifted_at is null
    where p.request_for_assistance_id = card)
  then reachin.acting_kind() = 'staff' and reachin.acting_role() in ('hub_worker', 'duty_worker')
    and reachin.acting_agency() = (select holder_agency_id from public.requests_for_assistance_requestforassistance where id = card)
  else false end $$;
comment on function reachin.held_card_has_protected_home(uuid) is
  'Whether a request in the hands of whoever acts is one of which a list must not tell where anybody lives: no area, no school.';
revoke execute on function reachin.held_card_has_protected_home(uuid) from public;
grant execute on function reachin.held_card_has_protected_home(uuid) to reachin_app
"""


class Migration(migrations.Migration):
    """A list asks of each card that it shows, and no longer gathers every protected home that there is for each page of it."""

    dependencies: ClassVar = [("requests_for_assistance", "0019_guard_own_person")]
    operations: ClassVar = [
        GuardFunctions(OF_ONE, "drop function reachin.held_card_has_protected_home(uuid)"),
        GuardFunctions("drop function reachin.held_cards_with_protected_home()", OF_ALL),
    ]
