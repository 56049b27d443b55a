from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions, GuardTable

OPEN = "any ((select reachin.opened_people('contact'))::uuid[])"
THE_LOOP = "(select reachin.acting_kind()) = 'system' and (select reachin.acting_role()) = 'closed_loop'"
SOMEBODY = "(select reachin.acting_kind()) in ('family', 'staff')"
SIGNER = "(select reachin.signer())"
OWN_WORK = """
create function reachin.recorded_by_signer(who uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select exists (select 1 from public.people_person p where p.id = who and p.recorded_by = reachin.signer()) $$;
create function reachin.has_alias(who uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select exists (select 1 from public.people_personalias a where a.person_id = who) $$;
create function reachin.may_write_about(who uuid) returns boolean language sql stable set search_path = pg_catalog, reachin, pg_temp as
  $$ select coalesce(who = any (reachin.opened_people('contact')), false) or reachin.recorded_by_signer(who) $$;
create function reachin.may_point_at(alias uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select exists (select 1 from public.people_personalias a where a.id = alias and reachin.may_write_about(a.person_id)) $$;
comment on function reachin.may_point_at(uuid) is
  'Whether whoever acts may name this person in a record of theirs: only somebody who is open to them, or whom they recorded themselves.';
revoke execute on function reachin.recorded_by_signer(uuid), reachin.has_alias(uuid), reachin.may_write_about(uuid), reachin.may_point_at(uuid)
  from public;
grant execute on function reachin.recorded_by_signer(uuid), reachin.has_alias(uuid), reachin.may_write_about(uuid), reachin.may_point_at(uuid)
  to reachin_app
"""
NOT_OWN_WORK = """
drop function reachin.may_point_at(uuid); drop function reachin.may_write_about(uuid);
drop function reachin.has_alias(uuid); drop function reachin.recorded_by_signer(uuid)
"""


class Migration(migrations.Migration):
    """People are seen only while they are open, and written about only then or by whoever recorded them.

    The closed loop may find how somebody is to be told, and nothing else of them.
    """

    dependencies: ClassVar = [("people", "0001_initial"), ("audited_access", "0003_guard_audit")]
    operations: ClassVar = [
        GuardFunctions(OWN_WORK, NOT_OWN_WORK),
        GuardTable("people_person", see=f"id = {OPEN}", add=f"{SOMEBODY} and recorded_by = {SIGNER}"),
        GuardTable(
            "people_personalias",
            see=f"person_id = {OPEN} or {THE_LOOP}",
            add=f"{SOMEBODY} and reachin.recorded_by_signer(person_id) and not reachin.has_alias(person_id)",
        ),
        GuardTable(
            "people_persondetails",
            see=f"person_id = {OPEN}",
            add=f"{SOMEBODY} and reachin.recorded_by_signer(person_id)",
            change=f"person_id = {OPEN}",
            changeable=("sealed",),
        ),
        GuardTable(
            "people_contactinstruction",
            see=f"person_id = {OPEN} or {THE_LOOP}",
            add=f"{SOMEBODY} and told_by = {SIGNER} and reachin.may_write_about(person_id)",
            change=f"person_id = {OPEN}",
            changeable=("ended_at", "ended_by"),
        ),
    ]
