from typing import ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

CHECKED_AS = [("released", "A person sent it"), ("set_aside", "No person sent it")]
SUSPICIONS = [
    ("filled_trap", "A field was filled in that people do not see"),
    ("too_fast", "It was sent faster than anybody writes"),
    ("not_our_form", "It did not come from our own page"),
    ("old_form", "It came from a page that was more than a day old"),
    ("many_from_network", "Many requests came from the same network within an hour"),
    ("many_to_target", "Many requests named the same phone number or email address within a day"),
]
OUTCOMES = [
    ("helped", "The family got help"),
    ("advice_given", "Advice was enough"),
    ("own_way", "The family found their own way"),
    ("not_wanted_any_more", "The family no longer want this"),
    ("not_reached", "The family could not be reached"),
    ("moved_away", "The family moved to another partnership"),
    ("other_process", "Taken on by another process, such as child protection"),
    ("nothing_fitting", "There was no fitting service"),
    ("set_aside", "Set aside: it looked automatic"),
]
WAITS_FOR = [
    ("hub", "The hub"),
    ("check", "The hub: looks automatic"),
    ("sender", "The sender"),
    ("agency", "The agencies that were asked"),
    ("nobody", "Nobody"),
]


class Migration(migrations.Migration):
    """A request that looks automatic waits to be checked; why it looks so, and what was decided."""

    dependencies: ClassVar = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("requests_for_assistance", "0003_guard_by_purpose"),
    ]
    operations: ClassVar = [
        migrations.AlterField("requestforassistance", "outcome", models.CharField(blank=True, choices=OUTCOMES, max_length=30)),
        migrations.AlterField("requestforassistance", "waiting_for", models.CharField(choices=WAITS_FOR, max_length=10)),
        migrations.CreateModel(
            "Quarantine",
            fields=[
                (
                    "request_for_assistance",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="quarantine",
                        serialize=False,
                        to="requests_for_assistance.requestforassistance",
                    ),
                ),
                (
                    "suspicions",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=SUSPICIONS, max_length=30), size=None),
                ),
                ("marked_at", models.DateTimeField()),
                ("checked_as", models.CharField(blank=True, choices=CHECKED_AS, max_length=20)),
                ("checked_at", models.DateTimeField(null=True)),
                (
                    "checked_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=Q(checked_as__in=["", "released", "set_aside"]), name="quarantine_check_known"),
                    models.CheckConstraint(
                        condition=Q(checked_at=None, checked_by=None, checked_as="")
                        | Q(checked_at__isnull=False, checked_by__isnull=False) & ~Q(checked_as=""),
                        name="quarantine_checked_by_somebody",
                    ),
                ],
            },
        ),
    ]
