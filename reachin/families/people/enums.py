from django.db import models
from django.utils.translation import gettext_lazy as _


class Relation(models.TextChoices):
    """What somebody is to the person who asks, in the family's own terms."""

    SELF = "self", _("Me")
    CHILD = "child", _("My child")
    EXPECTED_BABY = "expected_baby", _("A baby we are expecting")
    PARTNER = "partner", _("My partner")
    PARENT = "parent", _("My mum, dad or carer")
    SIBLING = "sibling", _("My brother or sister")
    GRANDCHILD = "grandchild", _("My grandchild")
    CARED_FOR = "cared_for", _("A child I look after")
    OTHER = "other", _("Somebody else in my family")
