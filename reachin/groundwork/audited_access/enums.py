from django.db import models
from django.utils.translation import gettext_lazy as _


class BrakeStep(models.TextChoices):
    """What was done about somebody who opened more records within an hour than their role usually needs."""

    WARNED = "warned", _("Went on: work against danger is never held up")
    ASKED = "asked", _("Was asked for a reason")
    REFUSED = "refused", _("Was refused")


class OpeningReason(models.TextChoices):
    """Why somebody opens more records than usual. Chosen, not written: words about a family belong with its record."""

    BUSY = "busy", _("I am working through many requests today")
    COVERING = "covering", _("I am covering for somebody")
    CHECKING = "checking", _("I was asked to check records")
    WORRIED = "worried", _("I am worried about somebody’s safety")
    OTHER = "other", _("Something else")
