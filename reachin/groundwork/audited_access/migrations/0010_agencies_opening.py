from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audited_access", "0009_chain_by_keys")]

    operations = [
        migrations.AddField(
            model_name="openingbrake",
            name="by_agency",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
    ]
