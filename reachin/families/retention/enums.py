from django.db import models
from django.utils.translation import gettext_lazy as _


class Begins(models.TextChoices):
    """From what moment the years of a schedule are counted."""

    ENDED = "ended", _("when it ended")
    WRITTEN = "written", _("when it was last written")
    SETTLED = "settled", _("when it was sent or given up")
    DESTROYED = "destroyed", _("when what it tells of was destroyed")
    REPLACED = "replaced", _("when something newer took its place")


class ReviewDecision(models.TextChoices):
    """What a reviewer says of a record whose time is over."""

    KEEP = "keep", _("Keep it, and look again later")
    DESTROY = "destroy", _("Destroy what was told")
    HOLD = "hold", _("Hold it")
