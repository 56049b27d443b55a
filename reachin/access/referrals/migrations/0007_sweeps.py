from typing import ClassVar

from django.db import migrations

from reachin.families.retention.functions import RetentionFunctions, retention_reads, retention_removes

DRAFTS = ("requests_for_assistance_draftrequest", "requests_for_assistance_wayin")
SWEEPS = """
create function reachin.sweep_drafts(before timestamptz) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
declare
  gone int;
begin
  delete from public.requests_for_assistance_wayin w using public.requests_for_assistance_draftrequest d
    where w.id = d.id and d.changed_at < before;
  delete from public.requests_for_assistance_draftrequest d where d.changed_at < before;
  get diagnostics gone = row_count;
  return gone;
end $$;

create function reachin.sweep_messages(before timestamptz) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
declare
  gone int;
begin
  delete from public.notices_message m
    where m.settled_at < before
      and not exists (select from public.retention_legalhold h where h.lifted_at is null and h.subject_id = m.about_id);
  get diagnostics gone = row_count;
  return gone;
end $$;
revoke execute on function reachin.sweep_drafts(timestamptz), reachin.sweep_messages(timestamptz) from public;
insert into reachin.sweepable values
  ('draft', 0.25, 'reachin.sweep_drafts(timestamptz)'), ('message', 1, 'reachin.sweep_messages(timestamptz)')
"""
NO_SWEEPS = """
delete from reachin.sweepable where class_code in ('draft', 'message');
drop function reachin.sweep_drafts(timestamptz); drop function reachin.sweep_messages(timestamptz)
"""
NO_RIGHTS = ";\n".join(
    f"drop policy retention_reads on {table}; drop policy retention_removes on {table}; revoke select, delete on {table} from reachin_retention"
    for table in DRAFTS
)


class Migration(migrations.Migration):
    """Drafts that nobody went on with, and messages that are long told, go by the schedule."""

    dependencies: ClassVar = [("referrals", "0006_gather_copies"), ("retention", "0003_sweeps")]
    operations: ClassVar = [
        migrations.RunSQL(f"{retention_reads(*DRAFTS)};\n{retention_removes(*DRAFTS)}", NO_RIGHTS),
        RetentionFunctions(SWEEPS, NO_SWEEPS),
    ]
