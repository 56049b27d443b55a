from typing import ClassVar

from django.db import migrations

from reachin.families.people.moving import MovingKey

BEFORE = (
    "(select reachin.acting_kind()) in ('family', 'staff') and reachin.recorded_by_signer(person_id) and not reachin.has_alias(person_id)"
)


def adding(condition: str) -> str:
    return f"drop policy app_adds on people_personalias; create policy app_adds on people_personalias for insert to reachin_app with check ({condition})"


class Migration(migrations.Migration):
    """A new alias stands for its own record; only joining and parting make it stand for another."""

    dependencies: ClassVar = [("people", "0003_stands_for")]
    operations: ClassVar = [
        migrations.RunSQL(sql=adding(f"{BEFORE} and stands_for_id = person_id"), reverse_sql=adding(BEFORE)),
        MovingKey("people_personalias", "stands_for_id"),
    ]
