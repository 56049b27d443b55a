from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A card says since when a message to its family could not be sent: the queue shows it without reading any message."""

    dependencies: ClassVar = [("requests_for_assistance", "0020_guard_one_card")]
    operations: ClassVar = [
        migrations.AddField(model_name="requestforassistance", name="untold_since", field=models.DateTimeField(null=True)),
        migrations.RunSQL(
            sql="grant update (untold_since) on requests_for_assistance_requestforassistance to reachin_app",
            reverse_sql="revoke update (untold_since) on requests_for_assistance_requestforassistance from reachin_app",
        ),
    ]
