"""What ties a moment to whoever made it so: columns that are given together or not at all."""

from django.db import models


def both_or_none(*columns: str, name: str) -> models.CheckConstraint:
    """A constraint by which all of these columns are given, or none: `ended_at` with its `ended_by`, and what else belongs to them."""
    none = models.Q(**dict.fromkeys(columns))
    return models.CheckConstraint(condition=none | models.Q(**{f"{column}__isnull": False for column in columns}), name=name)
