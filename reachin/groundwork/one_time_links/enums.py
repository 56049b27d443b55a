from django.db import models
from django.utils.translation import gettext_lazy as _


class Factor(models.TextChoices):
    """What a link needs beside itself."""

    PHRASE = "phrase", _("A phrase that the person chose")
    WORKER = "worker", _("A worker who has made sure that it is them")
