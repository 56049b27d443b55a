from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

first = import_module("reachin.families.information_sharing.migrations.0004_guard_decisions")
DECISION, ENTRY = "information_sharing_sharingdecision", first.ENTRY
PATH = "set search_path = pg_catalog, reachin, pg_temp"
SAID = (
    *("views", "necessity", "informed", "not_told_why", "basis", "special_condition", "criminal_condition", "statutory_power"),
    *("completed_at", "completed_by"),
)


def row(of: str) -> str:
    return "(" + ", ".join(f"{of}.{column}" for column in SAID) + ")"


KEEPS = f"""
create function reachin.first_share_ends_by_then() returns trigger language plpgsql security definer {PATH} as $$
begin
  if exists (select from public.{DECISION} d where d.id = new.decision_id and d.words_due_at is not null and d.completed_at is null
    and (new.until is null or new.until > d.words_due_at)) then
    raise exception 'what is shared first counts no longer than until it is written down in full' using errcode = 'check_violation';
  end if;
  return new;
end $$;
comment on function reachin.first_share_ends_by_then() is
  'A share that was made first, in an emergency, is over when its record is due: it goes on only by a new decision.';
create function reachin.decision_keeps_its_words() returns trigger language plpgsql {PATH} as $$
begin
  if current_user = 'reachin_app' and {row("new")} is distinct from {row("old")}
    and (old.words_due_at is null or old.completed_at is not null or new.completed_at is null
      or old.decided_by is distinct from reachin.signer() or new.completed_by is distinct from reachin.signer()) then
    raise exception 'what was decided stays as it was said' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
comment on function reachin.decision_keeps_its_words() is
  'The seven things are written once: with the decision, or after an emergency by whoever decided. A reviewer changes none of them.';
revoke execute on function reachin.first_share_ends_by_then(), reachin.decision_keeps_its_words() from public
"""
NOT_KEPT = "drop function reachin.decision_keeps_its_words(); drop function reachin.first_share_ends_by_then()"
OWN = f"{first.IS_STAFF} and decided_by = {first.USER} and controller_id = {first.AGENCY} and words_due_at is not null"
POLICIES = f"""
create trigger first_share_ends_by_then before insert on {ENTRY} for each row execute function reachin.first_share_ends_by_then();
create trigger decision_keeps_its_words before update on {DECISION} for each row execute function reachin.decision_keeps_its_words();
grant update ({", ".join(SAID)}) on {DECISION} to reachin_app;
create policy app_sees_what_to_finish on {DECISION} for select to reachin_app using ({OWN});
create policy app_finishes on {DECISION} for update to reachin_app using ({OWN} and completed_at is null)
  with check (completed_at is not null and completed_by = {first.SIGNER} and decided_by = {first.SIGNER})
"""
NO_POLICIES = f"""
drop policy app_finishes on {DECISION};
drop policy app_sees_what_to_finish on {DECISION};
revoke update ({", ".join(SAID)}) on {DECISION} from reachin_app;
drop trigger decision_keeps_its_words on {DECISION};
drop trigger first_share_ends_by_then on {ENTRY}
"""


class Migration(migrations.Migration):
    """What was shared first is over when its record is due; the record is written once, by whoever shared, and by nobody else."""

    dependencies: ClassVar = [("information_sharing", "0020_share_first")]
    operations: ClassVar = [GuardFunctions(KEEPS, NOT_KEPT), migrations.RunSQL(POLICIES, NO_POLICIES)]
