from typing import ClassVar

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual

KEPT_BACK = models.Q(("kept_back_why", None)) | models.Q(
    ("reviewed_at__isnull", False), ("kept_back_why__isnull", False), GreaterThan(Length("kept_back_why"), 29)
)
ENDED = """
update information_sharing_emergencyaccess set ended_at = reviewed_at, ended_by = reviewed_by where review_outcome = 'not_justified';
update information_sharing_circleentry e set ended_at = d.reviewed_at, ended_by = d.reviewed_by
  from information_sharing_sharingdecision d where d.id = e.decision_id and d.review_outcome = 'not_justified' and e.ended_at is null
"""


def check(model: str, name: str, condition: models.Q) -> migrations.AddConstraint:
    return migrations.AddConstraint(model, models.CheckConstraint(condition=condition, name=name))


class Migration(migrations.Migration):
    """An emergency that was not right has ended; who answers for the record stands with it; a reviewer says why they keep one back.

    What was begun for a shorter reason stays as it is.
    """

    dependencies: ClassVar = [("information_sharing", "0017_guard_lists_at_size"), ("agencies", "0001_initial")]
    operations: ClassVar = [
        migrations.AddField("sharingdecision", "kept_back_why", models.BinaryField(null=True)),
        migrations.AddField("emergencyaccess", "kept_back_why", models.BinaryField(null=True)),
        migrations.AddField("emergencyaccess", "ended_at", models.DateTimeField(null=True)),
        migrations.AddField("emergencyaccess", "ended_by", models.UUIDField(null=True)),
        migrations.AddField(
            "emergencyaccess",
            "controller",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.agency"),
        ),
        migrations.AddIndex("emergencyaccess", models.Index(fields=["controller", "review_due_at"], name="emergency_to_review_too")),
        migrations.RunSQL(ENDED, migrations.RunSQL.noop),
        check("sharingdecision", "decision_kept_back_with_a_reason", KEPT_BACK),
        check("emergencyaccess", "emergency_kept_back_with_a_reason", KEPT_BACK),
        check(
            "emergencyaccess",
            "emergency_ended_by_somebody",
            models.Q(("ended_at", None), ("ended_by", None)) | models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
        ),
        check(
            "emergencyaccess",
            "emergency_not_right_has_ended",
            models.Q(("review_outcome", "not_justified"), _negated=True) | models.Q(("ended_at__isnull", False)),
        ),
        AddConstraintNotValid(
            "emergencyaccess",
            models.CheckConstraint(
                condition=models.Q(("reason__isnull", False)) & models.Q(GreaterThanOrEqual(Length("reason"), 39)),
                name="emergency_says_a_few_words",
            ),
        ),
    ]
