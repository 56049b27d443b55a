from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

CARD = "information_requests_informationrequest"
IS_GUARDIAN = "(select reachin.acting_kind()) = 'staff' and (select reachin.acting_role()) = 'information_guardian'"
OPEN = "(select reachin.opened('information_request', 'contact'))"
REMINDS = "(select reachin.acting_kind()) = 'system' and (select reachin.acting_role()) = 'reminding'"
STANDS_IN = f"{IS_GUARDIAN} and kind = 'complaint' and controller_id = any ((select reachin.stands_in_for())::uuid[])"
STANDING_IN = """
create function reachin.stands_in_for() returns uuid[] language sql stable security definer set search_path = pg_catalog, reachin, pg_temp as
  $$ select coalesce(array_agg(a.id), '{}') from public.agencies_agency a
     where reachin.acting_kind() = 'staff' and reachin.acting_role() = 'information_guardian' and a.id <> reachin.acting_agency()
       and exists (select 1 from public.agencies_agency own where own.id = reachin.acting_agency() and own.kind = 'hub')
       and (select count(*) from public.accounts_account g
            where g.agency_id = a.id and g.role = 'information_guardian' and g.ended_at is null) < 2 $$;
comment on function reachin.stands_in_for() is
  'The agencies that have fewer than the two guardians whom an answer needs: the guardians of the hub answer complaints about them.';
create function reachin.may_open_standing_in(subject uuid, for_purpose text) returns reachin.permitted language sql stable
  security definer set search_path = pg_catalog, reachin, pg_temp as
  $$ select case when card.state in ('released', 'refused') then (array['contact'], '{}'::uuid[])::reachin.permitted
       else (array['contact'], array[card.person_id])::reachin.permitted end
     from public.information_requests_informationrequest card
     where card.id = subject and for_purpose = 'information_request' and card.kind = 'complaint'
       and card.controller_id = any (reachin.stands_in_for()) $$;
alter function reachin.may_open_information_request(uuid, text) rename to may_open_own_information_request;
create function reachin.may_open_information_request(subject uuid, for_purpose text) returns reachin.permitted language sql stable
  security definer set search_path = pg_catalog, reachin, pg_temp as
  $$ select coalesce(reachin.may_open_own_information_request(subject, for_purpose), reachin.may_open_standing_in(subject, for_purpose)) $$;
update reachin.openable set question = 'reachin.may_open_information_request(uuid, text)' where kind = 'information_request';
comment on function reachin.may_open_information_request(uuid, text) is
  'A guardian of the agency that answers for it opens what a person asked; where that agency has no two guardians, one of the hub opens a complaint.';
revoke execute on function reachin.stands_in_for(), reachin.may_open_standing_in(uuid, text),
  reachin.may_open_information_request(uuid, text) from public;
grant execute on function reachin.stands_in_for() to reachin_app
"""
NO_STANDING_IN = """
update reachin.openable set question = 'reachin.may_open_own_information_request(uuid, text)' where kind = 'information_request';
drop function reachin.may_open_information_request(uuid, text);
alter function reachin.may_open_own_information_request(uuid, text) rename to may_open_information_request;
drop function reachin.may_open_standing_in(uuid, text); drop function reachin.stands_in_for()
"""
POLICIES = f"""
create policy app_reminds on {CARD} for select to reachin_app using ({REMINDS});
create policy app_stands_in on {CARD} for select to reachin_app using ({STANDS_IN});
create policy app_answers_standing_in on {CARD} for update to reachin_app
  using ({STANDS_IN} and id = {OPEN}) with check ({STANDS_IN} and id = {OPEN})
"""
NO_POLICIES = f"drop policy app_reminds on {CARD}; drop policy app_stands_in on {CARD}; drop policy app_answers_standing_in on {CARD}"


class Migration(migrations.Migration):
    """What waits is looked through each day; the hub's guardians answer complaints where an agency has no two guardians of its own."""

    dependencies: ClassVar = [("information_requests", "0004_guard_carried_out")]
    operations: ClassVar = [
        migrations.RunSQL("grant select on agencies_agency, accounts_account to reachin_guard", migrations.RunSQL.noop),
        GuardFunctions(STANDING_IN, NO_STANDING_IN),
        migrations.RunSQL(POLICIES, NO_POLICIES),
    ]
