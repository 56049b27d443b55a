from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

CONTEXT = """
create or replace function reachin.context(part int) returns text language plpgsql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
declare
  said text := current_setting('reachin.context', true);
  parts text[];
  body text;
begin
  if said is null or said = '' then
    raise exception 'no context: rows about families are read inside acting()' using errcode = 'insufficient_privilege';
  end if;
  parts := string_to_array(said, '|');
  body := array_to_string(parts[1:7], '|');
  if array_length(parts, 1) is distinct from 8
    or not exists (
      select from reachin.signing_key key
      where parts[8] = encode(sha256(key.outer_pad || sha256(key.inner_pad || convert_to(body, 'UTF8'))), 'hex')
        and (key.accepted_until is null or key.accepted_until > reachin.clock()))
    or parts[7]::bigint < extract(epoch from reachin.clock()) then
    raise exception 'context refused' using errcode = 'insufficient_privilege';
  end if;
  return nullif(parts[part], '');
end $$
"""
BEFORE = """
create or replace function reachin.context(part int) returns text language plpgsql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
declare
  said text := current_setting('reachin.context', true);
  parts text[];
  key reachin.signing_key;
  body text;
begin
  if said is null or said = '' then
    raise exception 'no context: rows about families are read inside acting()' using errcode = 'insufficient_privilege';
  end if;
  parts := string_to_array(said, '|');
  select * into key from reachin.signing_key where id = 1;
  body := array_to_string(parts[1:7], '|');
  if array_length(parts, 1) is distinct from 8
    or parts[8] is distinct from encode(sha256(key.outer_pad || sha256(key.inner_pad || convert_to(body, 'UTF8'))), 'hex')
    or parts[7]::bigint < extract(epoch from reachin.clock()) then
    raise exception 'context refused' using errcode = 'insufficient_privilege';
  end if;
  return nullif(parts[part], '');
end $$;
delete from reachin.signing_key where id <> 1
"""


class Migration(migrations.Migration):
    """Contexts may be signed with one of two keys while they change: the one before is accepted for as long as a context lives."""

    dependencies: ClassVar = [("audited_access", "0007_guard_brakes")]
    operations: ClassVar = [
        GuardFunctions(
            sql=f"alter table reachin.signing_key add column accepted_until timestamptz;{CONTEXT}",
            reverse_sql=f"{BEFORE};alter table reachin.signing_key drop column accepted_until",
        ),
    ]
