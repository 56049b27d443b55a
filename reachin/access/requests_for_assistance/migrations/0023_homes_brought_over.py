from typing import Any, ClassVar

from django.db import migrations

from reachin.groundwork.field_encryption import unseal_answers
from reachin.groundwork.field_encryption.sealing import LEAST_BYTES

FIELD, SAYS = "requests.safety", "home_is_secret"
BATCH = 500


def bring_over(apps: Any, schema_editor: Any) -> None:
    """Marks the home of everybody of a request that says that it is a secret, and of whom no mark was ever made; its card forgets where."""
    database = schema_editor.connection.alias
    told = apps.get_model("requests_for_assistance", "SafetyTold").objects.using(database)
    for row in told.select_related("request_for_assistance").iterator(chunk_size=BATCH):
        sealed, held = bytes(row.sealed or b""), row.request_for_assistance
        if len(sealed) >= LEAST_BYTES and unseal_answers(sealed, field=FIELD, row=held.id).get(SAYS) == "yes":
            _mark(apps, database, held)


def _mark(apps: Any, database: str, held: Any) -> None:
    named = apps.get_model("requests_for_assistance", "RequestPerson").objects.using(database).filter(request_for_assistance=held)
    mark = apps.get_model("people", "ProtectedHome")
    people = set(named.values_list("alias__person_id", flat=True))
    known = set(mark.objects.using(database).filter(person_id__in=people).values_list("person_id", flat=True))
    new = [mark(person_id=person, said_at=held.received_at, said_by=held.received_by) for person in sorted(people - known)]
    if new:
        mark.objects.using(database).bulk_create(new)
        apps.get_model("requests_for_assistance", "PlaceTold").objects.using(database).filter(request_for_assistance=held).update(
            postcode_digest=None
        )
        type(held).objects.using(database).filter(id=held.id).update(area_code="")


class Migration(migrations.Migration):
    """Who said that home is a secret before the mark of the person existed is protected as everybody is who says it now."""

    dependencies: ClassVar = [("requests_for_assistance", "0022_who_said_blocks"), ("people", "0006_guard_homes")]
    operations: ClassVar = [migrations.RunPython(bring_over, migrations.RunPython.noop)]
