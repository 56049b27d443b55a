from django.db import models
from django.utils.translation import gettext_lazy as _


class Ground(models.TextChoices):
    """Why somebody may have an account about themselves. From twelve understanding is presumed; before, somebody has to say why."""

    GROWN_UP = "grown_up", _("They are 16 or older")
    TWELVE = "twelve", _("They are 12 to 15")
    UNDERSTANDS = "understands", _("They are younger than 12 and understand what it means")
