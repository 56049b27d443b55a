from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from reachin.groundwork.audited_access.guarding import GuardFunctions

JOINED = """
create table reachin.moving_key (name text primary key, place regclass not null, pointing name not null);
comment on table reachin.moving_key is 'Columns whose rows move with their person when two records are joined (MovingKey).';
create function reachin.joined(who uuid[]) returns uuid[] language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
  select array_agg(distinct other) from (
    select unnest(who) as other
    union
    select theirs.person_id from public.people_personalias mine join public.people_personalias theirs on theirs.stands_for_id = mine.stands_for_id
      where mine.person_id = any (who)) records $$;
comment on function reachin.joined(uuid[]) is
  'These records and all that are joined with them: of the same persons. For what protects (blocks, hidden addresses) and for identity;'
  ' never for who may see what.';
revoke execute on function reachin.joined(uuid[]) from public
"""
NOT_JOINED = "drop function reachin.joined(uuid[]); drop table reachin.moving_key"


class Migration(migrations.Migration):
    """An alias learns whom it stands for, beside the record that it was made with. Each begins by standing for its own."""

    dependencies: ClassVar = [("people", "0002_guard")]
    operations: ClassVar = [
        migrations.AddField(
            "PersonAlias",
            "stands_for",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"),
        ),
        migrations.RunSQL(
            sql="update people_personalias set stands_for_id = person_id where stands_for_id is null; set constraints all immediate",
            reverse_sql=migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            "PersonAlias",
            "stands_for",
            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"),
        ),
        GuardFunctions(JOINED, NOT_JOINED),
    ]
