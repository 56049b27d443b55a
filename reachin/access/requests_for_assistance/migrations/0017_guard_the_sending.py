from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

circle = import_module("reachin.families.information_sharing.migrations.0004_guard_decisions")
ENTRY = circle.ENTRY
RESTS_ON = """
create function reachin.rests_on(decided uuid, who uuid, whose_agency uuid, entered_for text, kinds text[], on_basis text) returns boolean
  language sql stable security definer set search_path = pg_catalog, reachin, pg_temp as
  $$ select exists (select 1 from public.information_sharing_sharingdecision d
       where d.id = decided and d.decision = 'share' and d.person_id = who and d.agency_id = whose_agency and d.purpose = entered_for
         and kinds <@ d.categories::text[] and d.basis = on_basis and d.decided_by = reachin.signer())
     and not exists (select 1 from public.information_sharing_circleentry e where e.decision_id = decided) $$;
comment on function reachin.rests_on(uuid, uuid, uuid, text, text[], text) is
  'Whether a decision to share that whoever acts made says just this, and nobody entered a circle by it yet: what was ended does not come back by it.';
create function reachin.is_of_the_sending(who uuid, whose_agency uuid, whose_account uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select reachin.recorded_by_signer(who)
       and exists (select 1 from public.requests_for_assistance_requestperson p
         join public.people_personalias a on a.id = p.alias_id
         join public.requests_for_assistance_requestforassistance r on r.id = p.request_for_assistance_id
         where a.person_id = who and (whose_account is null and whose_agency = r.holder_agency_id
           or whose_account = r.sender_id and whose_agency = r.sender_agency_id))
       and not exists (select 1 from public.information_sharing_circleentry e where e.person_id = who and e.agency_id = whose_agency
         and e.account_id is not distinct from whose_account and e.decision_id is null) $$;
comment on function reachin.is_of_the_sending(uuid, uuid, uuid) is
  'Whether an agency enters the circle of somebody whom whoever acts has just named, because it receives the request, or sends it: once, and without a decision.';
revoke execute on function reachin.rests_on(uuid, uuid, uuid, text, text[], text), reachin.is_of_the_sending(uuid, uuid, uuid) from public;
grant execute on function reachin.rests_on(uuid, uuid, uuid, text, text[], text), reachin.is_of_the_sending(uuid, uuid, uuid) to reachin_app
"""
NOT_RESTS_ON = """
drop function reachin.is_of_the_sending(uuid, uuid, uuid); drop function reachin.rests_on(uuid, uuid, uuid, text, text[], text)
"""
WRITES = f"(({circle.WRITES}) or ({circle.THE_LOOP}))"
DECIDED = "(decision_id is not null and reachin.rests_on(decision_id, person_id, agency_id, purpose, categories::text[], basis))"
SENT = "(decision_id is null and purpose = 'front_door' and reachin.is_of_the_sending(person_id, agency_id, account_id))"


def adding(condition: str) -> str:
    return f"drop policy app_adds on {ENTRY}; create policy app_adds on {ENTRY} for insert to reachin_app with check ({condition})"


class Migration(migrations.Migration):
    """Every entry in a circle rests on a decision that says the same, but for a request's own sending to whoever receives it."""

    dependencies: ClassVar = [
        ("requests_for_assistance", "0016_gather_more"),
        ("information_sharing", "0011_guard_set_once"),
    ]
    operations: ClassVar = [
        GuardFunctions(RESTS_ON, NOT_RESTS_ON),
        migrations.RunSQL(
            adding(f"{WRITES} and ({DECIDED} or {SENT}) and recorded_by = {circle.SIGNER}"),
            adding(f"{WRITES} and recorded_by = {circle.SIGNER}"),
        ),
    ]
