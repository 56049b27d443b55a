from typing import ClassVar

from django.db import migrations

TABLE = "referrals_referralperson"
OF_OWN_REQUEST = (
    "(select reachin.family_scope()) is not null and exists (select 1 from referrals_referral card"
    " where card.id = referral_id and card.request_for_assistance_id = (select reachin.opened('request', 'own')))"
)


class Migration(migrations.Migration):
    """Whoever asked sees for whom help was asked, so that their page tells of others' help no more than concerns them."""

    dependencies: ClassVar = [("referrals", "0012_guard_looking_to_protect")]
    operations: ClassVar = [
        migrations.RunSQL(
            f"create policy app_asker_sees on {TABLE} for select to reachin_app using ({OF_OWN_REQUEST})",
            f"drop policy app_asker_sees on {TABLE}",
        )
    ]
