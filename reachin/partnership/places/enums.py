from django.db import models
from django.utils.translation import gettext_lazy as _


class AreaKind(models.TextChoices):
    """Whose area it is. One place lies in one of each."""

    COUNTRY = "country", _("Country")
    COUNCIL = "council", _("Council area")
    HEALTH_BOARD = "health_board", _("Health board")
    PARTNERSHIP = "partnership", _("Health and social care partnership")


class PlaceKind(models.TextChoices):
    """How closely a place is known."""

    POSTCODE = "postcode", _("Postcode")
    OUTWARD = "outward", _("First part of a postcode")
    NAME = "name", _("Place name")
    AREA = "area", _("Area")
