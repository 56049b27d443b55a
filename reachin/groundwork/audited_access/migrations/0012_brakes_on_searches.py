from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audited_access", "0011_guard_agencies_opening")]

    operations = [
        migrations.AddField(
            model_name="openingbrake",
            name="searches",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
    ]
