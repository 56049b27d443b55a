from typing import ClassVar

from django.db import migrations

OF_GATHERED = "request_for_assistance_id = any ((select reachin.requests_gathered('story'))::uuid[])"
OF_A_CARD = f"exists (select 1 from referrals_referral card where card.id = referral_id and card.{OF_GATHERED})"


def gathers(table: str, using: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"create policy app_gathers_everywhere on {table} for select to reachin_app using ({using})",
        f"drop policy app_gathers_everywhere on {table}",
    )


class Migration(migrations.Migration):
    """What was asked of others, and what was said of it, is part of a copy whoever holds the request now."""

    dependencies: ClassVar = [("referrals", "0015_shut_out_of_cards"), ("requests_for_assistance", "0016_gather_more")]
    operations: ClassVar = [
        gathers("referrals_referral", OF_GATHERED),
        gathers("referrals_referralperson", OF_A_CARD),
        gathers("referrals_snapshot", OF_A_CARD),
        gathers("referrals_referralnote", OF_A_CARD),
    ]
