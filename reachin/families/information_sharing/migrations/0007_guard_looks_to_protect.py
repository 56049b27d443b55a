from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

before = import_module("reachin.families.information_sharing.migrations.0004_guard_decisions")


def made_before(name: str, until: str) -> str:
    """A function as it was, made again."""
    text = before.CIRCLE[before.CIRCLE.index(f"create function reachin.{name}(") : before.CIRCLE.index(until)]
    return text.replace("create function", "create or replace function", 1).rstrip().removesuffix(";")


SERVES = """
create or replace function reachin.serves(entered_for text, opened_for text) returns boolean language sql immutable
  set search_path = pg_catalog, pg_temp as
  $$ select entered_for = opened_for or (entered_for = 'protection' and opened_for = 'front_door') $$;
comment on function reachin.serves(text, text) is
  'Whether an entry for one purpose lets somebody open for another: whoever keeps people safe reads at the front door too, and not the other way.'
"""
RECEIPTS = """
create or replace function reachin.receipts() returns table (looked_on date, agency_id uuid, role text, purpose text, looks bigint)
  language sql stable security definer set search_path = pg_catalog, reachin, pg_temp as
  $$ select (o.opened_at at time zone 'Europe/London')::date, o.agency_id, o.role, o.purpose, count(*)
     from reachin.opening o
     where o.people @> array[reachin.opened_own()] and o.actor_kind = 'staff' and o.purpose <> 'emergency'
       and o.opened_at < reachin.clock() - interval '3 days'
       and (o.purpose <> 'protection' or o.opened_at < reachin.clock() - interval '90 days' and not exists (
         select 1 from public.information_sharing_sharingdecision d
           where d.person_id = any (reachin.joined(array[reachin.opened_own()])) and d.agency_id = o.agency_id and d.informed = 'not_told'))
     group by 1, 2, 3, 4 order by 1 desc, 2, 3, 4 $$;
comment on function reachin.receipts() is
  'Who looked at the person whose own page is open, by day; three days late. What was done to protect somebody comes three months late, and never where the person was not told of that agency.'
"""


class Migration(migrations.Migration):
    """Only an entry to protect opens to protect; and such looks show to the person in the end, unless that would warn somebody."""

    dependencies: ClassVar = [("information_sharing", "0006_review_words"), ("people", "0003_stands_for")]
    operations: ClassVar = [
        GuardFunctions(SERVES, made_before("serves", "comment on function reachin.serves")),
        GuardFunctions(RECEIPTS, made_before("receipts", "comment on function reachin.receipts")),
    ]
