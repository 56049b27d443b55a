from typing import ClassVar

from django.db import migrations

CORRECTION, CARD = "information_requests_correction", "information_requests_informationrequest"
OPEN = "(select reachin.opened('information_request', 'contact'))"
IS_GUARDIAN = "(select reachin.acting_kind()) = 'staff' and (select reachin.acting_role()) = 'information_guardian'"
AT_THE_HUB = "(select reachin.acting_kind()) = 'staff' and (select reachin.acting_role()) in ('hub_worker', 'duty_worker')"
TOLD = {"storytold": "story", "plantold": "plan", "safetytold": "safety"}


def of_gathered(category: str) -> str:
    """A request that is held of whoever asked for a correction, while the second guardian gives the answer."""
    return (
        f"{IS_GUARDIAN} and request_for_assistance_id = any ((select reachin.requests_for_copy('{category}'))::uuid[])"
        f" and exists (select 1 from {CARD} i where i.id = {OPEN} and i.kind = 'correction' and i.state = 'released'"
        " and i.reviewed_by = (select reachin.signer()))"
    )


def corrects(table: str, category: str) -> migrations.RunSQL:
    name, held = f"requests_for_assistance_{table}", of_gathered(category)
    return migrations.RunSQL(
        f"create policy app_corrects on {name} for update to reachin_app using ({held}) with check ({held})",
        f"drop policy app_corrects on {name}",
    )


class Migration(migrations.Migration):
    """What was told is put right by the second guardian, and the hub sees what stood there before, marked as corrected."""

    dependencies: ClassVar = [("requests_for_assistance", "0014_guard_renewed"), ("information_requests", "0004_guard_carried_out")]
    operations: ClassVar = [
        *(corrects(table, category) for table, category in TOLD.items()),
        migrations.RunSQL(
            f"create policy app_sees_who_was_put_right on {CORRECTION} for select to reachin_app using ({AT_THE_HUB} and made_at is not null"
            " and what = 'details' and subject_id = any ((select reachin.opened_people('contact'))::uuid[]))",
            f"drop policy app_sees_who_was_put_right on {CORRECTION}",
        ),
    ]
