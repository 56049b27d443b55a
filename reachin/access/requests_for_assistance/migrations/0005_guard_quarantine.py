from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardTable

AT_THE_HUB = "(select reachin.acting_role() in ('hub_worker', 'duty_worker'))"
SYSTEM = "(select reachin.acting_kind()) = 'system' and (select reachin.acting_role()) = 'closed_loop'"
OF_A_CARD = (
    "exists (select 1 from requests_for_assistance_requestforassistance card"
    " where card.id = request_for_assistance_id and card.holder_agency_id = (select reachin.acting_agency()))"
)


class Migration(migrations.Migration):
    """Only whoever triages where the request is held sees that it looks automatic; its sender never does."""

    dependencies: ClassVar = [("requests_for_assistance", "0004_quarantine")]
    operations: ClassVar = [
        GuardTable(
            "requests_for_assistance_quarantine",
            see=f"({AT_THE_HUB} and {OF_A_CARD}) or ({SYSTEM})",
            add=SYSTEM,
            change=f"{AT_THE_HUB} and {OF_A_CARD}",
            changeable=("checked_as", "checked_at", "checked_by_id"),
        )
    ]
