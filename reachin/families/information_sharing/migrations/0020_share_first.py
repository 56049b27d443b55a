from datetime import timedelta
from typing import ClassVar

from django.db import migrations, models
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan

DECISION = "sharingdecision"
UNFINISHED = models.Q(("completed_at", None), ("words_due_at__isnull", False))


def says(column: str) -> models.Q:
    return models.Q((f"{column}__isnull", False), GreaterThan(Length(column), 29))


def check(name: str, condition: models.Q) -> migrations.AddConstraint:
    return migrations.AddConstraint(DECISION, models.CheckConstraint(condition=condition, name=name))


class Migration(migrations.Migration):
    """In an emergency the reason comes first and the rest of the seven things within a day: until then a decision is unfinished."""

    dependencies: ClassVar = [("information_sharing", "0019_guard_emergencies")]
    operations: ClassVar = [
        *(
            migrations.RemoveConstraint(DECISION, name)
            for name in ("decision_says_whose_views", "decision_says_why_needed", "decision_says_why_not_told")
        ),
        migrations.AddField(DECISION, "words_due_at", models.DateTimeField(null=True)),
        migrations.AddField(DECISION, "completed_at", models.DateTimeField(null=True)),
        migrations.AddField(DECISION, "completed_by", models.UUIDField(null=True)),
        migrations.AlterField(DECISION, "views", models.BinaryField(null=True)),
        migrations.AlterField(DECISION, "necessity", models.BinaryField(null=True)),
        migrations.AddIndex(DECISION, models.Index(fields=["decided_by"], condition=UNFINISHED, name="decision_unfinished")),
        check("decision_says_whose_views", says("views") | UNFINISHED),
        check("decision_says_why_needed", says("necessity") | UNFINISHED),
        check(
            "decision_says_why_not_told",
            (models.Q(("informed", "not_told")) & says("not_told_why"))
            | (~models.Q(("informed", "not_told")) & models.Q(("not_told_why", None)))
            | (UNFINISHED & models.Q(("informed", "not_told"), ("not_told_why", None))),
        ),
        check(
            "decision_is_finished_within_a_day",
            models.Q(("words_due_at", None))
            | models.Q(
                ("beats_block", False),
                ("decision", "share"),
                ("is_emergency", True),
                ("words_due_at__gt", models.F("decided_at")),
                ("words_due_at__lte", CombinedExpression(models.F("decided_at"), "+", models.Value(timedelta(days=1)))),
            ),
        ),
        check(
            "decision_finished_by_somebody",
            models.Q(("completed_at", None), ("completed_by", None))
            | models.Q(("completed_at__isnull", False), ("completed_by__isnull", False), ("words_due_at__isnull", False)),
        ),
        check("decision_right_only_in_full", ~(UNFINISHED & models.Q(("review_outcome", "justified")))),
    ]
