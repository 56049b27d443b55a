from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

OPEN = "person_id = any ((select reachin.opened_people('contact'))::uuid[])"
IS_STAFF = "(select reachin.acting_kind()) = 'staff'"
SIGNER = "(select reachin.signer())"
THE_LOOP = "((select reachin.acting_kind()) = 'system' and (select reachin.acting_role()) = 'closed_loop')"
OWN = "person_id = (select reachin.own_person())"
OWN_PERSON = """
create function reachin.own_person() returns uuid language sql stable security definer set search_path = pg_catalog, reachin, pg_temp as
  $$ select coalesce(reachin.opened_own(), (select a.person_id
       from public.requests_for_assistance_requestperson p
         join public.people_personalias a on a.id = p.alias_id
         join public.requests_for_assistance_requestforassistance r on r.id = p.request_for_assistance_id
       where r.id = reachin.family_scope() and p.is_contact and r.asked_by <> 'practitioner'
         and a.person_id = any (reachin.opened_people('contact')))) $$;
comment on function reachin.own_person() is
  'Who they are themselves that have their own page or their own request open: nobody else who is named in it.';
revoke execute on function reachin.own_person() from public;
grant execute on function reachin.own_person() to reachin_app
"""
EACH_BY_THEIR_OWN = f"({IS_STAFF} and {OPEN}) or ({OWN}) or ({OPEN} and {{said}} = {SIGNER}) or {THE_LOOP}"


CHANGES = f"({IS_STAFF} and {OPEN}) or ({OWN}) or ({OPEN} and told_by = {SIGNER})"


def seeing(table: str, using: str) -> str:
    return f"drop policy app_sees on {table}; create policy app_sees on {table} for select to reachin_app using ({using})"


def changing(condition: str) -> str:
    return (
        "drop policy app_changes on people_contactinstruction;"
        " create policy app_changes on people_contactinstruction for update to reachin_app"
        f" using ({condition}) with check ({condition})"
    )


class Migration(migrations.Migration):
    """A family reads how they themselves are reached, whom they keep out, and what they said for others; not what others said of the others."""

    dependencies: ClassVar = [("requests_for_assistance", "0018_guard_senders"), ("information_sharing", "0012_circles_end")]
    operations: ClassVar = [
        GuardFunctions(OWN_PERSON, "drop function reachin.own_person()"),
        *(
            migrations.RunSQL(seeing(table, EACH_BY_THEIR_OWN.format(said=said)), seeing(table, f"{OPEN} or {THE_LOOP}"))
            for table, said in (("people_contactinstruction", "told_by"), ("information_sharing_block", "said_by"))
        ),
        migrations.RunSQL(changing(CHANGES), changing(OPEN)),
    ]
